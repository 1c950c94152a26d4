//! What a sandbox is told at its start.

/// The version of Stripe's API whose shapes are played.
pub const API_VERSION: &str = "2026-08-26.dahlia";

/// How long things take and where pages are found.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the pages are reached from a browser, without a slash at the end; with a path if they are part of another
    /// site.
    pub base_url: String,
    /// The only secret key that is let in; without one, every `sk_test_` and `rk_test_` key is.
    pub secret_key: Option<String>,
    /// Seconds until a delayed payment (a bank debit) succeeds or fails.
    pub delayed_payment: i64,
    /// Seconds until the search finds what was made; Stripe's takes up to a minute.
    pub search_lag: i64,
    /// Whether the requests under `/_sandbox` are answered: advancing the clock, faults, disputes.
    pub controls: bool,
    /// Whether what goes over the API is kept, for [`Sandbox::exchanges`](crate::Sandbox::exchanges).
    pub record: bool,
}

impl Config {
    /// The path of the base address: what every link of the pages begins with.
    pub(crate) fn root(&self) -> &str {
        let after = self.base_url.find("://").map_or(0, |at| at + 3);
        self.base_url[after..].find('/').map_or("", |at| &self.base_url[after + at..])
    }

    /// A sandbox whose pages are under this address, with times as at Stripe but for the search.
    #[must_use]
    pub fn new(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            secret_key: None,
            delayed_payment: 3 * 86400,
            search_lag: 0,
            controls: false,
            record: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn pages_may_be_part_of_another_site() {
        for (base, root) in
            [("http://127.0.0.1:1", ""), ("https://keys.example/sandbox", "/sandbox"), ("http://[::1]:1/a/b", "/a/b")]
        {
            assert_eq!(Config::new(base).root(), root);
        }
    }
}
