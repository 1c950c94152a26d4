//! The client against the sandbox, over HTTP on loopback.

mod faults;
mod requests;

use std::time::Duration;

use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use uuid::Uuid;
use vanikeys_sandbox::{Clock, Config, Http, Sandbox};

use super::{
    account::Account,
    api::customers::{CreateCustomer, Customer},
    *,
};
use crate::secret::Secret;

/// Impatient, so that tests need not wait for what never comes.
const PACE: Pace = Pace {
    attempts: 3,
    attempt: Duration::from_millis(500),
    whole: Duration::from_secs(20),
    first_wait: Duration::from_millis(4),
};

/// A sandbox and a client of its own.
struct Stand {
    sandbox: Sandbox,
    stripe: Stripe,
    base: String,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn account(base: &str) -> Account {
    Account {
        secret_key: Secret::new("sk_test_1"),
        publishable_key: None,
        webhook_secrets: Vec::new(),
        api_base: base.to_owned(),
        livemode: false,
        page_origins: Vec::new(),
    }
}

impl Stand {
    async fn new() -> Self {
        Self::with(PACE, |_| ()).await
    }

    async fn with(pace: Pace, change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut config = Config::new(base.clone());
        config.record = true;
        change(&mut config);
        let sandbox = Sandbox::new(config, Clock::System, 7, Http::default());
        let serving = tokio::spawn(sandbox.clone().serve(listener));
        let stripe = Stripe::new(&account(&base), &Trust::default(), pace).unwrap();
        Self { sandbox, stripe, base, serving }
    }

    /// Makes a customer under the key of this act.
    async fn customer(&self, act: u128) -> Result<Customer, Trouble> {
        let metadata = metadata(&[("instance", "i"), ("user", &act.to_string())]);
        let create = CreateCustomer { email: Some("ann@example.org".to_owned()), name: None, metadata };
        self.stripe.send(&acting(act), "customer", &create).await
    }

    /// Status and idempotency key of each request since this was asked last.
    fn sent(&self) -> Vec<(u64, String)> {
        let one = |exchange: &Value| {
            (exchange["status"].as_u64().unwrap(), exchange["key"].as_str().unwrap_or_default().to_owned())
        };
        self.sandbox.exchanges().iter().map(one).collect()
    }

    fn customers(&self) -> usize {
        self.sandbox.objects("customer").len()
    }
}

fn acting(id: u128) -> Acting {
    Acting::new(Uuid::from_u128(id))
}

fn metadata(entries: &[(&str, &str)]) -> Metadata {
    entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
