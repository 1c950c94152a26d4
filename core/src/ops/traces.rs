//! Traces for an OpenTelemetry collector, by OTLP over HTTP: a span for every request and every try of a task. All that
//! a request caused has one trace, and that trace's id is the request's, so that either finds the other.

use std::{collections::HashMap, time::Duration};

use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, Status, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _},
};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{Resource, error::OTelSdkError, trace::SdkTracerProvider};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer, registry::LookupSpan};
use uuid::Uuid;

use crate::{clients::tls::Trust, config::Collector};

/// The collector may take so long for one export.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The client for the collector cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("traces cannot be sent to OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
pub struct TracesError(String);

/// The way to the collector: spans are kept in memory for some seconds and sent together by a thread of its own. If the
/// collector does not take them they are dropped; nothing waits for it.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// # Errors
    /// The TLS client cannot be made.
    pub fn new(collector: &Collector, trust: &Trust) -> Result<Self, TracesError> {
        let failed = |error: &dyn std::error::Error| TracesError(error.to_string());
        let client = reqwest::blocking::Client::builder()
            .tls_backend_preconfigured(trust.client().map_err(|error| failed(&error))?)
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| failed(&error))?;
        let headers: HashMap<_, _> =
            collector.headers.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(format!("{}/v1/traces", collector.endpoint.expose().trim_end_matches('/')))
            .with_headers(headers)
            .with_timeout(TIMEOUT)
            .build()
            .map_err(|error| failed(&error))?;
        let resource = Resource::builder().with_service_name("vanikeys").build();
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
    }

    /// What turns spans into traces, with the logged lines of each.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("vanikeys"))
    }

    /// Sends what is not sent yet.
    pub(super) fn end(&self) -> Result<(), OTelSdkError> {
        self.0.shutdown_with_timeout(TIMEOUT)
    }
}

/// Puts a span that has not begun into the trace of the request that caused it. Without a collector nothing happens.
pub fn caused_by(span: &Span, request_id: &str) {
    let id = trace_id(request_id);
    let [_, _, _, _, _, _, _, _, tail @ ..] = id.to_bytes();
    let parent = SpanContext::new(id, SpanId::from_bytes(tail), TraceFlags::SAMPLED, true, TraceState::default());
    // It fails where no collector is named, and then there is no trace to be put into.
    span.set_parent(Context::new().with_remote_span_context(parent)).ok();
}

/// Notes in a span's trace how its request was answered. Logs have a line for that.
pub fn answered(span: &Span, status: u16) {
    span.set_attribute("http.response.status_code", i64::from(status));
    if status >= 500 {
        span.set_status(Status::error(""));
    }
}

/// Notes in a span's trace that its task did not succeed, and why.
pub fn failed(span: &Span, reason: &str) {
    span.set_status(Status::error(reason.to_owned()));
}

/// The id itself where it is a UUID, which those are that the service makes; else its hash.
fn trace_id(request_id: &str) -> TraceId {
    let hashed = || {
        let [first @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
            *blake3::hash(request_id.as_bytes()).as_bytes();
        first
    };
    TraceId::from_bytes(request_id.parse::<Uuid>().map_or_else(|_| hashed(), Uuid::into_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_has_the_id_of_its_request() {
        let id = "01a1fde6-f897-73ed-8b75-f8e7dd5ac681";
        assert_eq!(trace_id(id).to_string(), id.replace('-', ""));
        assert_eq!(trace_id("their-own"), trace_id("their-own"));
        assert_ne!(trace_id("their-own"), trace_id("another"));
    }
}
