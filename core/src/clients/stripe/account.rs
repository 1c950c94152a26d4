//! Which account at Stripe payments go to.

use url::Url;

use crate::secret::Secret;

/// An account at Stripe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The key that requests are made with.
    pub secret_key: Secret,
    /// The key for Stripe's scripts in browsers, which need not be kept secret.
    pub publishable_key: Option<String>,
    /// What webhooks are signed with; several while one is being replaced.
    pub webhook_secrets: Vec<Secret>,
    /// Where its API is, without a slash at the end.
    pub api_base: String,
    /// Whether money moves, by the kind of key. Objects of one mode are unknown in the other.
    pub livemode: bool,
    /// Origins of the pages that a purchase leads to, for the policies of ours that lead there.
    pub page_origins: Vec<String>,
}

/// Where Stripe's API is.
pub const API_BASE: &str = "https://api.stripe.com";

/// Where Stripe's own pages are, if the API is Stripe's: Checkout and the billing portal.
const PAGES: [&str; 2] = ["https://checkout.stripe.com", "https://billing.stripe.com"];

/// Origins of the pages that belong to an API at this address: a stand-in's are where its API is.
#[must_use]
pub fn page_origins(api_base: &str) -> Vec<String> {
    if api_base == API_BASE {
        return PAGES.map(str::to_owned).to_vec();
    }
    Url::parse(api_base).map(|url| url.origin().ascii_serialization()).into_iter().collect()
}
