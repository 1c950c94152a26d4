//! What a process says of itself while it runs: logs on standard error, a readable sentence and its fields or one JSON
//! object a line (`LOG_FORMAT=json`), and traces to a collector where one is named.

use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use super::traces::{Traces, TracesError};
use crate::config::{Config, LogFormat};

/// Logs and traces, until [`Telemetry::end`].
#[must_use = "traces of the last seconds are lost unless it is ended"]
#[derive(Debug)]
pub struct Telemetry(Option<Traces>);

/// Begins to log and trace as the configuration says. The second call in a process changes nothing. Not to be called
/// from asynchronous code.
///
/// # Errors
/// The collector's client cannot be made.
pub fn begin(config: &Config) -> Result<Telemetry, TracesError> {
    let traces = config.collector.as_ref().map(|collector| Traces::new(collector, &config.trust)).transpose()?;
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(std::io::stderr);
    let lines = match config.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // One filter for both. With a filter for each, the spans of a worker's tasks reached neither at `info`: a library
    // that asks whether a level is on, as sqlx does, leaves its answer behind for the next span of the thread.
    let begun = tracing_subscriber::registry()
        .with(EnvFilter::new(&config.log_level))
        .with(lines)
        .with(traces.as_ref().map(Traces::layer));
    // A subscriber that is there already can only be a test's own.
    begun.try_init().ok();
    Ok(Telemetry(traces))
}

impl Telemetry {
    /// Sends what is not sent yet, for as long as a stop may take. Not to be called from asynchronous code.
    pub fn end(self) {
        if let Some(Err(error)) = self.0.as_ref().map(Traces::end) {
            tracing::warn!(%error, "the last traces did not reach the collector");
        }
    }
}
