//! The platform's keyring (Keychain, Credential Manager, Secret Service), in a build with
//! the feature `keyring`: `api-key-from = "keyring"`.

use secrecy::SecretString;

/// The service under which keys are kept; the user name is the provider's.
#[cfg(feature = "keyring")]
const SERVICE: &str = "docstring-ls";

/// The key of this provider. Blocks: a person may have to unlock the keyring.
///
/// # Errors
///
/// When there is no keyring, or no key in it: one sentence that says what to do.
#[cfg(feature = "keyring")]
pub(super) fn password(provider: &str) -> Result<SecretString, String> {
    let entry = keyring::v1::Entry::new(SERVICE, provider)
        .map_err(|error| format!("the keyring cannot be opened: {error}"))?;
    entry.get_password().map(SecretString::from).map_err(|error| {
        format!(
            "the keyring has no key for service `{SERVICE}` and user `{provider}` ({error}): \
             store one there, or name another source of the key"
        )
    })
}

/// The key of this provider, which this build cannot look up.
///
/// # Errors
///
/// Always.
#[cfg(not(feature = "keyring"))]
pub(super) fn password(provider: &str) -> Result<SecretString, String> {
    Err(format!(
        "the key of `{provider}` is in the keyring, and this build reads none: build with \
         `--features keyring`, or use `api-key-command` with the keyring's own program"
    ))
}
