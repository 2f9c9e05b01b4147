//! Gets a key from where the user keeps it: once, when the first call needs it, and
//! again when a server no longer takes what a command printed: such keys may be made for
//! an hour. A key is never shown, and wiped from memory when dropped.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::keyring;
use super::{Auth, ErrorKind, KeySource, ProviderError, ProviderId, SecretStorage};

/// How long a command may take to print a key.
const COMMAND_TIME: Duration = Duration::from_secs(10);
/// Most bytes of a key's line.
const LONGEST: u64 = 64 * 1024;

/// A key, and where it comes from.
pub(super) struct Key {
    provider: ProviderId,
    source: Option<KeySource>,
    editor: Option<Arc<dyn SecretStorage>>,
    timeout: Duration,
    /// Locked while the key is looked up, so that many calls ask for a passphrase once.
    value: Mutex<Option<Known>>,
}

/// A key that was looked up.
struct Known {
    key: SecretString,
    since: Instant,
    /// The state of the editor's storage at that moment.
    revision: u64,
}

impl Key {
    /// The key of this provider, not looked up yet.
    pub(super) fn new(
        provider: ProviderId,
        source: Option<KeySource>,
        editor: Option<Arc<dyn SecretStorage>>,
    ) -> Self {
        Self { provider, source, editor, timeout: COMMAND_TIME, value: Mutex::new(None) }
    }

    /// The header that carries the key; `None` for a server without one.
    ///
    /// # Errors
    ///
    /// When the key cannot be had, or not be sent.
    pub(super) async fn header(
        &self,
        auth: Auth,
    ) -> Result<Option<(&'static str, SecretString)>, ProviderError> {
        let Some(source) = &self.source else { return Ok(None) };
        let revision = self.editor.as_ref().map_or(0, |editor| editor.revision());
        let mut value = self.value.lock().await;
        if value.as_ref().is_none_or(|known| known.revision != revision) {
            // An old key is not used when there is no new one.
            *value = None;
            let key = self.resolve(source).await?;
            *value = Some(Known { key, since: Instant::now(), revision });
        }
        Ok(value.as_ref().map(|Known { key, .. }| match auth {
            Auth::Bearer => {
                ("authorization", SecretString::from(format!("Bearer {}", key.expose_secret())))
            }
            Auth::Header(name) => (name, key.clone()),
        }))
    }

    async fn resolve(&self, source: &KeySource) -> Result<SecretString, ProviderError> {
        match source {
            KeySource::Environment { variable, value: Some(value) } => {
                clean(value, &format!("the environment variable `{variable}`"))
            }
            KeySource::Environment { variable, value: None } => {
                if let Some(key) = self.of_editor().await? {
                    return Ok(key);
                }
                let advice = match &self.editor {
                    Some(_) => ", or store it with the editor's command \"Set API key\"",
                    None => "",
                };
                Err(fault(format!(
                    "the environment variable `{variable}` with the key is not set: set it, or \
                     start the editor from a shell that has it{advice}"
                )))
            }
            KeySource::Command(words) => {
                let (words, timeout) = (words.clone(), self.timeout);
                let name = words.first().cloned().unwrap_or_default();
                let line = tokio::task::spawn_blocking(move || first_line(&words, timeout)).await;
                let key = line.map_err(|_| fault("the command for the key broke off"))??;
                clean(&key, &format!("the key command `{name}`"))
            }
            KeySource::Editor if self.editor.is_none() => Err(fault(
                "the key is in the editor's secret storage, which is not at hand here: name \
                 another source with `api-key-env`, `api-key-command` or `api-key-from`",
            )),
            KeySource::Editor => self.of_editor().await?.ok_or_else(|| {
                fault(format!(
                    "the editor keeps no key for `{}`: store it with the command \"Set API key\"",
                    self.provider
                ))
            }),
            KeySource::Keyring => {
                let provider = self.provider.clone();
                let key = tokio::task::spawn_blocking(move || keyring::password(&provider.0));
                let key = key.await.map_err(|_| fault("the keyring broke off"))?.map_err(fault)?;
                clean(&key, "the keyring")
            }
        }
    }

    /// The key that the editor keeps for this provider, if there is one.
    async fn of_editor(&self) -> Result<Option<SecretString>, ProviderError> {
        let Some(editor) = &self.editor else { return Ok(None) };
        let key = editor.get(&self.provider).await.map_err(fault)?;
        key.map(|key| clean(&key, "the editor's secret storage")).transpose()
    }

    /// Forgets a key that a server did not take, if asking for it again may help: it was
    /// known before `call` began, and does not come from a variable.
    pub(super) async fn expire(&self, call: Instant) -> bool {
        let mut value = self.value.lock().await;
        let is_old = value.as_ref().is_some_and(|known| known.since < call);
        let is_fixed = matches!(self.source, Some(KeySource::Environment { value: Some(_), .. }));
        let may_help = is_old && !is_fixed;
        if may_help {
            *value = None;
        }
        may_help
    }
}

fn fault(message: impl Into<String>) -> ProviderError {
    ProviderError::new(ErrorKind::Auth, message)
}

/// A key as it is sent.
fn clean(key: &SecretString, origin: &str) -> Result<SecretString, ProviderError> {
    let trimmed = key.expose_secret().trim();
    if trimmed.is_empty() {
        return Err(fault(format!("the key from {origin} is empty")));
    }
    if !trimmed.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(fault(format!("the key from {origin} has characters that no key has")));
    }
    Ok(SecretString::from(trimmed))
}

/// The first line that a command prints. No shell is involved.
fn first_line(words: &[String], timeout: Duration) -> Result<SecretString, ProviderError> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(fault("the command for the key is empty"));
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.map_err(|error| {
        fault(format!("the key command `{program}` cannot be started: {}", error.kind()))
    })?;
    let Some(output) = child.stdout.take() else {
        return Err(fault(format!("the key command `{program}` has no output")));
    };
    let (sender, receiver) = mpsc::channel();
    // A thread, because a pipe cannot be read with a time limit; it ends with the pipe.
    std::thread::spawn(move || {
        let mut line = Zeroizing::new(Vec::new());
        let read = BufReader::new(output).take(LONGEST).read_until(b'\n', &mut line);
        // Nobody listens any more after the time limit.
        let _ = sender.send(read.map(|_| line));
    });
    let line = receiver.recv_timeout(timeout);
    // Whatever follows the first line does not matter, so that it need not be awaited.
    let _ = child.kill();
    let status = child.wait();
    let line = match line {
        Ok(Ok(line)) => line,
        Ok(Err(_)) => return Err(fault(format!("the key command `{program}` cannot be read"))),
        Err(_) => {
            let seconds = timeout.as_secs();
            return Err(fault(format!(
                "the key command `{program}` printed nothing in {seconds} s"
            )));
        }
    };
    let text = std::str::from_utf8(&line)
        .map_err(|_| fault(format!("the key command `{program}` printed no text")))?;
    if text.trim().is_empty() {
        let code = status.ok().and_then(|status| status.code()).filter(|code| *code != 0);
        let why = code.map_or_else(String::new, |code| format!(" and ended with status {code}"));
        return Err(fault(format!("the key command `{program}` printed no key{why}")));
    }
    Ok(SecretString::from(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    fn key(source: KeySource, editor: Option<Arc<Editor>>) -> Key {
        let editor = editor.map(|editor| editor as Arc<dyn SecretStorage>);
        Key::new(ProviderId("claude".into()), Some(source), editor)
    }

    fn header(source: KeySource) -> Result<(String, String), String> {
        sent(&key(source, None))
    }

    fn sent(key: &Key) -> Result<(String, String), String> {
        run(key.header(Auth::Bearer))
            .map(|header| header.unwrap())
            .map(|(name, value)| (name.to_owned(), value.expose_secret().to_owned()))
            .map_err(|error| {
                assert_eq!(error.kind, ErrorKind::Auth);
                error.to_string()
            })
    }

    fn command(words: &[&str]) -> Result<(String, String), String> {
        header(KeySource::Command(words.iter().map(|word| (*word).to_owned()).collect()))
    }

    fn variable(value: Option<&str>) -> Result<(String, String), String> {
        header(KeySource::Environment { variable: "SOME_KEY".into(), value: value.map(Into::into) })
    }

    #[test]
    fn a_key_is_trimmed_and_sent_in_its_header() {
        let sent = ("authorization".to_owned(), "Bearer k-1".to_owned());
        assert_eq!(variable(Some(" k-1\n")), Ok(sent.clone()));
        assert_eq!(command(&["printf", "  k-1 "]), Ok(sent));
    }

    /// An editor that keeps at most one key.
    #[derive(Default)]
    struct Editor {
        kept: std::sync::Mutex<Option<&'static str>>,
        revision: std::sync::atomic::AtomicU64,
        asked: std::sync::atomic::AtomicU64,
    }

    impl Editor {
        fn keep(&self, key: Option<&'static str>) {
            *self.kept.lock().unwrap() = key;
            self.revision.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }

    impl SecretStorage for Editor {
        fn get<'a>(
            &'a self,
            provider: &'a ProviderId,
        ) -> super::super::BoxFuture<'a, Result<Option<SecretString>, String>> {
            assert_eq!(&*provider.0, "claude");
            self.asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let key = self.kept.lock().unwrap().map(SecretString::from);
            Box::pin(std::future::ready(Ok(key)))
        }

        fn revision(&self) -> u64 {
            self.revision.load(std::sync::atomic::Ordering::Relaxed)
        }
    }

    #[test]
    fn the_editor_has_the_key_when_the_variable_has_none() {
        let editor = Arc::new(Editor::default());
        let unset = || KeySource::Environment { variable: "SOME_KEY".into(), value: None };
        for source in [unset(), KeySource::Editor] {
            editor.keep(None);
            let key = key(source, Some(Arc::clone(&editor)));
            let missing = sent(&key).unwrap_err();
            assert!(missing.contains("Set API key"), "{missing}");
            editor.keep(Some("k-1"));
            assert_eq!(sent(&key).unwrap().1, "Bearer k-1");
            let asked = editor.asked.load(std::sync::atomic::Ordering::Relaxed);
            sent(&key).unwrap();
            assert_eq!(editor.asked.load(std::sync::atomic::Ordering::Relaxed), asked);
            editor.keep(Some("k-2"));
            assert_eq!(sent(&key).unwrap().1, "Bearer k-2");
            editor.keep(None);
            sent(&key).unwrap_err();
        }
        let set = KeySource::Environment { variable: "K".into(), value: Some("k-0".into()) };
        editor.keep(Some("k-3"));
        assert_eq!(sent(&key(set, Some(editor))).unwrap().1, "Bearer k-0");
    }

    #[test]
    fn a_terminal_has_no_editor_to_ask() {
        let error = header(KeySource::Editor).unwrap_err();
        assert!(error.contains("not at hand here") && error.contains("api-key-env"), "{error}");
    }

    #[test]
    #[cfg(not(feature = "keyring"))]
    fn a_build_without_a_keyring_says_so() {
        let error = header(KeySource::Keyring).unwrap_err();
        assert!(error.contains("--features keyring") && error.contains("`claude`"), "{error}");
    }

    #[test]
    fn a_missing_or_useless_variable_is_named_and_its_value_is_not() {
        let missing = variable(None).unwrap_err();
        assert!(missing.contains("`SOME_KEY`") && missing.contains("not set"), "{missing}");
        let empty = variable(Some("  ")).unwrap_err();
        assert!(empty.contains("`SOME_KEY` is empty"), "{empty}");
        let odd = variable(Some("se\ncret")).unwrap_err();
        assert!(odd.contains("`SOME_KEY`") && !odd.contains("cret"), "{odd}");
    }

    #[test]
    #[cfg(unix)]
    fn a_command_gives_its_first_line_only() {
        let (_, value) = command(&["printf", "key-of-mine\\nuser: me\\n"]).unwrap();
        assert_eq!(value, "Bearer key-of-mine");
    }

    #[test]
    #[cfg(unix)]
    fn a_command_that_fails_says_how() {
        let absent = command(&["/no/such/program"]).unwrap_err();
        assert!(absent.contains("`/no/such/program` cannot be started"), "{absent}");
        let silent = command(&["false"]).unwrap_err();
        assert!(silent.contains("`false` printed no key"), "{silent}");
        assert!(command(&[]).unwrap_err().contains("is empty"));
    }

    #[test]
    #[cfg(unix)]
    fn a_key_of_a_command_is_kept_until_it_expires() {
        let words = ["sh", "-c", "echo $$"].map(str::to_owned).to_vec();
        let key = key(KeySource::Command(words), None);
        let get = || run(key.header(Auth::Header("x-api-key"))).unwrap().unwrap().1;
        let before = Instant::now();
        let first = get();
        assert_eq!(first.expose_secret(), get().expose_secret());
        // It was got for this very call: the next one would be the same.
        assert!(!run(key.expire(before)));
        assert!(run(key.expire(Instant::now())));
        assert_ne!(first.expose_secret(), get().expose_secret());
        let set = KeySource::Environment { variable: "K".into(), value: Some("k".into()) };
        let set = super::Key::new(ProviderId("claude".into()), Some(set), None);
        run(set.header(Auth::Bearer)).unwrap();
        assert!(!run(set.expire(Instant::now())));
    }

    #[test]
    #[cfg(unix)]
    fn a_command_that_hangs_is_ended() {
        let words = ["sleep".to_owned(), "60".to_owned()];
        let started = std::time::Instant::now();
        let error = first_line(&words, Duration::from_millis(20)).unwrap_err();
        assert!(error.to_string().contains("printed nothing"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
