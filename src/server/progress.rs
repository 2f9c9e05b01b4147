//! Shows that a job is running, to clients that can show it.
//!
//! A client is asked whether it will show a progress while the job runs already: who
//! answers late or never holds up nothing. What was begun is ended exactly once; what was
//! cancelled before it began never begins.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{Client, PATIENCE};
use super::jobs::{JobId, Jobs};

/// Reports are no closer to each other than this.
pub(crate) const PACE: Duration = Duration::from_millis(100);

/// The progress of one job. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Progress(Arc<Shared>);

struct Shared {
    client: Client,
    title: &'static str,
    /// How much is done is told as a share.
    is_counted: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    viewers: Vec<Viewer>,
    done: usize,
    total: usize,
    told: Option<Instant>,
    /// That it has ended.
    ended: Option<End>,
}

/// What viewers see who have not seen it begin.
enum End {
    /// That it was there, and these words.
    Late(String),
    /// Nothing.
    Never,
}

struct Viewer {
    token: Value,
    /// The client said that it would show it.
    is_shown: bool,
}

impl Progress {
    /// A progress that nobody sees yet.
    pub(crate) fn new(client: &Client, title: &'static str, is_counted: bool) -> Self {
        Self(Arc::new(Shared {
            client: client.clone(),
            title,
            is_counted,
            state: Mutex::default(),
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows it under a token that the client gave us.
    pub(crate) fn show(&self, token: Value) {
        let mut state = self.lock();
        match &state.ended {
            None if state.viewers.iter().any(|viewer| viewer.token == token) => {}
            None => {
                self.begin(&state, &token);
                state.viewers.push(Viewer { token, is_shown: true });
            }
            Some(End::Late(message)) => self.flash(&state, &token, message),
            Some(End::Never) => {}
        }
    }

    /// Asks the client to show it, under a token of our own.
    pub(crate) fn ask(&self, jobs: &Jobs, job: JobId) {
        let token = json!(format!("docstring-ls/{job}"));
        {
            let mut state = self.lock();
            if state.ended.is_some() {
                return;
            }
            state.viewers.push(Viewer { token: token.clone(), is_shown: false });
        }
        let progress = self.clone();
        jobs.spawn(async move {
            let params = json!({"token": token});
            let client = &progress.0.client;
            let asked = client.request("window/workDoneProgress/create", params, PATIENCE, || ());
            progress.answered(&token, asked.await.is_ok());
        });
    }

    fn answered(&self, token: &Value, accepted: bool) {
        let mut state = self.lock();
        let Some(at) = state.viewers.iter().position(|viewer| viewer.token == *token) else {
            return;
        };
        match (&state.ended, accepted) {
            (None, true) => {
                self.begin(&state, token);
                if let Some(viewer) = state.viewers.get_mut(at) {
                    viewer.is_shown = true;
                }
                return;
            }
            // The job was quicker than the client.
            (Some(End::Late(message)), true) => self.flash(&state, token, message),
            _ => {}
        }
        state.viewers.swap_remove(at);
    }

    /// Whether it is shown, or is to be shown, under this token.
    pub(crate) fn has(&self, token: &Value) -> bool {
        self.lock().viewers.iter().any(|viewer| viewer.token == *token)
    }

    /// Tells how much of it is done; `false` when that was told a moment ago, so that it
    /// has to be told again.
    pub(crate) fn report(&self, done: usize, total: usize) -> bool {
        let mut state = self.lock();
        (state.done, state.total) = (done, total);
        if state.ended.is_some() {
            return true;
        }
        if state.told.is_some_and(|told| told.elapsed() < PACE) {
            return false;
        }
        state.told = Some(Instant::now());
        let percentage = state.percentage();
        let value = json!({"kind": "report", "message": format!("{done}/{total}"), "percentage": percentage});
        for viewer in state.viewers.iter().filter(|viewer| viewer.is_shown) {
            self.tell(&viewer.token, &value);
        }
        true
    }

    /// Ends it after its work was done; the first end counts.
    pub(crate) fn finish(&self, message: String) {
        self.end(Some(&message.clone()), End::Late(message));
    }

    /// Ends it early; the first end counts. Where it has not begun it never will.
    pub(crate) fn abandon(&self, message: Option<&str>) {
        self.end(message, End::Never);
    }

    fn end(&self, message: Option<&str>, later: End) {
        let mut state = self.lock();
        if state.ended.is_some() {
            return;
        }
        for viewer in state.viewers.iter().filter(|viewer| viewer.is_shown) {
            self.tell(&viewer.token, &end(message));
        }
        state.viewers.retain(|viewer| !viewer.is_shown);
        state.ended = Some(later);
    }

    /// The whole of a progress whose work was quicker than the client.
    fn flash(&self, state: &State, token: &Value, message: &str) {
        self.begin(state, token);
        self.tell(token, &end(Some(message)));
    }

    fn begin(&self, state: &State, token: &Value) {
        let mut value = json!({"kind": "begin", "title": self.0.title, "cancellable": true});
        if let (true, Some(object)) = (self.0.is_counted, value.as_object_mut()) {
            object.insert("percentage".into(), Value::from(state.percentage()));
            if state.total > 0 {
                let message = format!("{}/{}", state.done, state.total);
                object.insert("message".into(), Value::from(message));
            }
        }
        self.tell(token, &value);
    }

    fn tell(&self, token: &Value, value: &Value) {
        self.0.client.notify("$/progress", json!({"token": token, "value": value}));
    }
}

fn end(message: Option<&str>) -> Value {
    match message {
        Some(message) => json!({"kind": "end", "message": message}),
        None => json!({"kind": "end"}),
    }
}

impl State {
    fn percentage(&self) -> usize {
        (self.done * 100).checked_div(self.total).unwrap_or(0).min(100)
    }
}
