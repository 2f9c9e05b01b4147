//! Spans to an OpenTelemetry collector: OTLP over HTTP, protobuf.
//!
//! The exporter is our own, because the one of the OpenTelemetry project sends headers
//! that an ambient variable names (`OTEL_EXPORTER_OTLP_HEADERS`, often a secret), and
//! because there is one HTTP client here, whose bounds are known.

use std::fmt;
use std::future::{Future, ready};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider, SpanData,
    SpanExporter, SpanLimits,
};
use prost::Message;
use tokio::runtime::Runtime;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::filter::{FilterFn, LevelFilter};
use tracing_subscriber::{Layer, Registry, reload};

use crate::provider::http::{HttpRequest, Transport, TransportError};
use crate::provider::network::Network;

/// Whose spans are sent; events, and the spans of libraries, are not.
const TARGET: &str = "docstring_ls::orchestrator::trace";
/// Below the configured address, by the specification of OTLP over HTTP.
const PATH: &str = "/v1/traces";
/// How long a batch may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the end waits for the last batch.
const FAREWELL: Duration = Duration::from_secs(1);
/// How often batches are sent, and the most spans in one: the specification's defaults.
const INTERVAL: Duration = Duration::from_secs(5);
const BATCH: usize = 512;
/// Spans that wait to be sent; more are dropped.
const QUEUE: usize = 4096;

type Bridge = OpenTelemetryLayer<Registry, SdkTracer>;

/// Where spans go.
pub(super) struct Spans {
    bridge: reload::Handle<Option<Bridge>, Registry>,
    is_on: Arc<AtomicBool>,
    warn: fn(&str),
    current: Mutex<Option<Export>>,
}

impl Spans {
    /// Spans that go nowhere yet, and what listens for them.
    pub(super) fn new(warn: fn(&str)) -> (Self, impl Layer<Registry> + Send + Sync) {
        let (layer, bridge) = reload::Layer::new(None);
        let is_on = Arc::new(AtomicBool::new(false));
        let is_wanted = Arc::clone(&is_on);
        let filter = FilterFn::new(move |metadata| {
            metadata.is_span() && metadata.target() == TARGET && is_wanted.load(Ordering::Acquire)
        });
        let layer = layer.with_filter(filter.with_max_level_hint(LevelFilter::INFO));
        (Self { bridge, is_on, warn, current: Mutex::new(None) }, layer)
    }

    /// Begins to send to `endpoint`. What is left for another one is sent meanwhile.
    pub(super) fn export_to(&self, endpoint: Option<&str>) {
        if let Some(last) = self.turn_to(endpoint) {
            let _ = std::thread::Builder::new().spawn(move || last.end());
        }
    }

    /// Sends what is left, and no more.
    pub(super) fn finish(&self) {
        if let Some(last) = self.turn_to(None) {
            last.end();
        }
    }

    /// Where spans went before, unless that is the same place.
    fn turn_to(&self, endpoint: Option<&str>) -> Option<Export> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().map(|export| export.endpoint.as_str()) == endpoint {
            return None;
        }
        let next = endpoint.and_then(|endpoint| Export::begin(endpoint, self.warn));
        let bridge = next.as_ref().map(Export::bridge);
        // The filter is asked again when the bridge changes.
        self.is_on.store(bridge.is_some(), Ordering::Release);
        // Fails when the process was never listened to.
        let _ = self.bridge.reload(bridge);
        std::mem::replace(&mut *current, next)
    }
}

/// Spans that go to one collector.
struct Export {
    endpoint: String,
    provider: SdkTracerProvider,
    trouble: Arc<Trouble>,
}

impl Export {
    fn begin(endpoint: &str, warn: fn(&str)) -> Option<Self> {
        let trouble = Arc::new(Trouble { is_told: AtomicBool::new(false), warn });
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            trouble.tell("the system has no room for network connections");
            return None;
        };
        let resource = Resource::builder_empty()
            .with_service_name(env!("CARGO_PKG_NAME"))
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let exporter = Exporter {
            url: format!("{}{PATH}", endpoint.trim_end_matches('/')),
            resource: (&resource).into(),
            network: Network::new(None),
            runtime: Some(runtime),
            trouble: Arc::clone(&trouble),
        };
        // Each of these would follow a variable of the environment if it were not set.
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(INTERVAL);
        let processor = BatchSpanProcessor::builder(exporter).with_batch_config(config.build());
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::AlwaysOn)
            .with_span_limits(SpanLimits::default())
            .with_resource(resource)
            .with_span_processor(processor.build())
            .build();
        Some(Self { endpoint: endpoint.to_owned(), provider, trouble })
    }

    /// Makes OpenTelemetry's spans of ours, and adds nothing to them: places in the source
    /// code and names of threads are no one's business.
    fn bridge(&self) -> Bridge {
        tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_tracer(self.provider.tracer(env!("CARGO_PKG_NAME")))
    }

    /// Sends what has not been sent.
    fn end(&self) {
        // A batch that failed has told why by now.
        if self.provider.shutdown_with_timeout(FAREWELL).is_err() {
            self.trouble.tell("the collector took too long");
        }
    }
}

/// Tells that spans are lost, once.
struct Trouble {
    is_told: AtomicBool,
    warn: fn(&str),
}

impl Trouble {
    fn tell(&self, reason: &str) {
        if !self.is_told.swap(true, Ordering::Relaxed) {
            (self.warn)(&format!("spans could not be sent to `telemetry.otlp-endpoint`: {reason}"));
        }
    }
}

/// Sends batches, on the thread of the batch processor.
struct Exporter {
    url: String,
    resource: ResourceAttributesWithSchema,
    network: Network,
    /// Only taken at the end.
    runtime: Option<Runtime>,
    trouble: Arc<Trouble>,
}

impl Exporter {
    /// Sends a batch and waits for the answer.
    ///
    /// # Errors
    ///
    /// Why spans are lost. A batch is not sent twice.
    fn send(&self, spans: Vec<SpanData>) -> Result<(), String> {
        let resource_spans = group_spans_by_resource_and_scope(spans, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let Some(runtime) = &self.runtime else { return Err("it is over".to_owned()) };
        let call = async { tokio::time::timeout(PATIENCE, self.post(body)).await };
        let (status, answer) = match runtime.block_on(call) {
            Ok(Ok(answered)) => answered,
            Ok(Err(error)) => return Err(error.to_string()),
            Err(_) => return Err("the collector took too long".to_owned()),
        };
        if !(200..300).contains(&status) {
            return Err(format!("the collector answered with status {status}"));
        }
        let partial = ExportTraceServiceResponse::decode(answer.as_slice()).unwrap_or_default();
        match partial.partial_success.map_or(0, |partial| partial.rejected_spans) {
            1.. => Err("the collector rejected some".to_owned()),
            _ => Ok(()),
        }
    }

    async fn post(&self, body: Vec<u8>) -> Result<(u16, Vec<u8>), TransportError> {
        let content_type = ("content-type".to_owned(), "application/x-protobuf".to_owned());
        let url = self.url.clone();
        let headers = vec![content_type];
        let request = HttpRequest { url, headers, secret: None, body: Some(body), is_large: false };
        let mut response = self.network.send(request).await?;
        let mut answer = Vec::new();
        while let Some(piece) = response.body.next().await {
            answer.extend(piece?);
        }
        Ok((response.status, answer))
    }
}

impl SpanExporter for Exporter {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        ready(self.send(batch).map_err(|reason| {
            self.trouble.tell(&reason);
            OTelSdkError::InternalFailure(reason)
        }))
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter").field("url", &self.url).finish_non_exhaustive()
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        // A lookup of a name that hangs must not hold up the end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
