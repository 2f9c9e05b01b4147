//! Keys that the editor keeps: asked for with `docstring-ls/apiKey`, when a call needs
//! one, by clients that announced that they answer it.

use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::client::{Client, PATIENCE};
use crate::provider::{ProviderId, SecretStorage};

/// The editor's secret storage.
pub(crate) struct EditorSecrets {
    client: Client,
    revision: AtomicU64,
}

impl EditorSecrets {
    /// The storage of this client.
    pub(crate) fn new(client: Client) -> Self {
        Self { client, revision: AtomicU64::new(0) }
    }

    /// A key was stored or removed.
    pub(crate) fn changed(&self) {
        self.revision.fetch_add(1, Ordering::Relaxed);
    }
}

impl SecretStorage for EditorSecrets {
    fn get<'a>(
        &'a self,
        provider: &'a ProviderId,
    ) -> BoxFuture<'a, Result<Option<SecretString>, String>> {
        let params = json!({"provider": &*provider.0});
        async move {
            let asked = self.client.request("docstring-ls/apiKey", params, PATIENCE, || ()).await;
            // Neither the answer nor the client's error text is repeated: a key may be in it.
            let mut answer =
                asked.map_err(|_| "the editor did not say what key it keeps".to_owned())?;
            match answer.get_mut("key").map(Value::take) {
                Some(Value::String(key)) if !key.trim().is_empty() => Ok(Some(key.into())),
                _ => Ok(None),
            }
        }
        .boxed()
    }

    fn revision(&self) -> u64 {
        self.revision.load(Ordering::Relaxed)
    }
}
