//! What the process tells about itself: a log on stderr, and in a build with the feature
//! `otlp` the spans of its questions (see `orchestrator::trace`), sent to a collector.
//!
//! Nothing is sent unless [`Telemetry::export_to`] is given an address, which is the
//! user's own setting. The variables that other programs obey (`OTEL_…`) have no say.

#[cfg(not(feature = "otlp"))]
#[path = "without.rs"]
mod spans;
#[cfg(feature = "otlp")]
#[path = "otlp.rs"]
mod spans;

use std::io;

use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use spans::Spans;

/// The log and the spans of this process. Dropping it flushes them.
pub struct Telemetry {
    spans: Spans,
}

impl Telemetry {
    /// Listens to the whole process from now on; the log on stderr is what the filter
    /// `log` admits, in the syntax of `tracing`.
    ///
    /// `warn` is told why spans could not be exported, once for each address. It may be
    /// called on any thread.
    pub fn start(log: Option<&str>, warn: fn(&str)) -> Self {
        let (spans, layer) = Spans::new(warn);
        let log = log.map(|filter| {
            let filter = EnvFilter::builder().parse_lossy(filter);
            fmt::layer().with_ansi(false).with_writer(io::stderr).with_filter(filter)
        });
        // Fails when the process logs already, and then that goes on.
        let _ = tracing_subscriber::registry().with(layer).with(log).try_init();
        Self { spans }
    }

    /// Sends spans to the collector at this address from now on, or to none. In a build
    /// without the feature `otlp` this does nothing.
    pub fn export_to(&self, endpoint: Option<&str>) {
        self.spans.export_to(endpoint);
    }

    /// Sends what has not been sent, for a second at most, and no more after it.
    pub fn finish(&self) {
        self.spans.finish();
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.finish();
    }
}
