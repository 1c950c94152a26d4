//! Operation: logs, the word to systemd, probes and the numbers that dashboards draw. Shared by the web front and the
//! workers; rules and use cases know nothing of it.
//!
//! Metrics, all named `vanikeys_..`, are listed with their meaning in `docs/OPERATIONS.md`.

pub mod alive;
pub mod gauges;
pub mod notify;
pub mod probe;
pub mod process;
pub mod telemetry;
pub mod traces;
