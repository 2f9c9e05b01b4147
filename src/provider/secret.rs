//! Keys that are neither in a variable nor printed by a command.

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use super::ProviderId;

/// A storage that keeps keys by the name of their provider, such as an editor's.
pub trait SecretStorage: Send + Sync {
    /// The key for this provider; `None` when there is none. Asked when a call needs it.
    ///
    /// # Errors
    ///
    /// Why the storage cannot be asked: one sentence without a full stop and without secrets.
    fn get<'a>(
        &'a self,
        provider: &'a ProviderId,
    ) -> BoxFuture<'a, Result<Option<SecretString>, String>>;

    /// Changes whenever a key was stored or removed: what was got before is asked for again.
    fn revision(&self) -> u64;
}
