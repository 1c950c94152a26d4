//! Metrics of this process, in Prometheus' text format.

use std::{sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Bounds of the latency histogram, in seconds.
const SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Bounds for what takes minutes or hours: how late a webhook is.
const DELAYS: [f64; 8] = [1.0, 5.0, 30.0, 120.0, 600.0, 3_600.0, 21_600.0, 86_400.0];

/// The process's metrics. There is one recorder a process; installing again finds the first.
#[derive(Clone)]
pub(crate) struct Meter(Option<PrometheusHandle>);

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meter")
    }
}

impl Meter {
    /// Installs the recorder that all parts of the program report to.
    pub(crate) fn install() -> Self {
        static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
        let handle = RECORDER.get_or_init(|| {
            let builder = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
                .and_then(|builder| {
                    builder.set_buckets_for_metric(
                        Matcher::Full("vanikeys_billing_webhook_delay_seconds".to_owned()),
                        &DELAYS,
                    )
                })
                .map_err(|error| error.to_string());
            let installed = builder.and_then(|builder| builder.install_recorder().map_err(|error| error.to_string()));
            installed.inspect_err(|error| tracing::warn!(error, "metrics are off")).ok()
        });
        Self(handle.clone())
    }

    /// Notes one answered request.
    pub(crate) fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        metrics::counter!("vanikeys_http_requests_total", &labels).increment(1);
        metrics::histogram!("vanikeys_http_request_seconds", &labels[..2]).record(took.as_secs_f64());
    }

    /// All metrics as text.
    pub(crate) fn text(&self) -> String {
        self.0.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }
}
