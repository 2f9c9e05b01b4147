//! Shows that a job is running, to clients that can show it.

use serde_json::{Value, json};

use super::client::{Client, PATIENCE};
use super::jobs::JobId;

/// A progress that the client shows. It ends when this is dropped, however the job ends.
pub(crate) struct Progress {
    client: Client,
    token: String,
}

impl Progress {
    /// Asks the client to show `title`; `None` when it would not.
    pub(crate) async fn begin(client: &Client, job: JobId, title: &str) -> Option<Self> {
        let token = format!("{PREFIX}{job}");
        let asked = json!({"token": token});
        client.request("window/workDoneProgress/create", asked, PATIENCE, || ()).await.ok()?;
        let progress = Self { client: client.clone(), token };
        progress.tell(&json!({"kind": "begin", "title": title, "cancellable": true}));
        Some(progress)
    }

    fn tell(&self, value: &Value) {
        self.client.notify("$/progress", json!({"token": self.token, "value": value}));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.tell(&json!({"kind": "end"}));
    }
}

const PREFIX: &str = "docstring-ls/";

/// The job whose progress has this token.
pub(crate) fn job_of(token: &Value) -> Option<JobId> {
    token.as_str()?.strip_prefix(PREFIX)?.parse().ok()
}
