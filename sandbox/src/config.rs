//! What a sandbox is told at its start.

/// The version of Stripe's API whose shapes are played.
pub const API_VERSION: &str = "2026-08-26.dahlia";

/// How long things take and where pages are found.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the pages are reached from a browser, without a slash at the end.
    pub base_url: String,
    /// The only secret key that is let in; without one, every `sk_test_` and `rk_test_` key is.
    pub secret_key: Option<String>,
    /// Seconds until a delayed payment (a bank debit) succeeds or fails.
    pub delayed_payment: i64,
    /// Seconds until the search finds what was made; Stripe's takes up to a minute.
    pub search_lag: i64,
    /// Whether the requests under `/_sandbox` are answered: advancing the clock, faults, disputes.
    pub controls: bool,
}

impl Config {
    /// A sandbox whose pages are under this address, with times as at Stripe but for the search.
    #[must_use]
    pub fn new(base_url: impl Into<String>) -> Self {
        Self { base_url: base_url.into(), secret_key: None, delayed_payment: 3 * 86400, search_lag: 0, controls: false }
    }
}
