//! Logs on standard error: a readable sentence and its fields, or one JSON object a line (`LOG_FORMAT=json`).

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Begins to log as the configuration says. The second call in a process changes nothing.
pub fn begin(config: &Config) {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&config.log_level))
        .with_ansi(false)
        .with_writer(std::io::stderr);
    // A subscriber that is there already can only be a test's own.
    match config.log_format {
        LogFormat::Text => lines.try_init().ok(),
        LogFormat::Json => lines.json().flatten_event(true).try_init().ok(),
    };
}
