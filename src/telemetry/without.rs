//! Stands for `otlp` in a build without it: spans go nowhere.

use tracing_subscriber::layer::Identity;

/// No spans.
pub(super) struct Spans;

impl Spans {
    pub(super) fn new(_: fn(&str)) -> (Self, Identity) {
        (Self, Identity::new())
    }

    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(super) fn export_to(&self, _: Option<&str>) {}

    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(super) fn finish(&self) {}
}
