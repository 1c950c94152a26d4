//! The demo's checkout: a sandbox in this process plays Stripe. Its API listens on a loopback port of its own, its pages
//! are part of the site, and it sends webhooks, signed, to the site's own endpoint; so everything from the request on is
//! what it is with Stripe. Its state is a file in the data folder, so that a purchase outlives a restart.

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpListener;
use vanikeys_core::{
    clients::stripe::account::Account,
    config::{Config, Prices, Shape},
    ops::probe,
    random,
    secret::Secret,
};
use vanikeys_sandbox::{Clock, Config as SandboxConfig, Http, Sandbox};
use vanikeys_web::SANDBOX_PATH;

use super::{Failed, secret_file};

/// The sandbox's file in the data folder.
const FILE: &str = "sandbox.json";

/// Where the sandbox sends its events.
const WEBHOOKS: &str = "/api/billing/webhook";

/// How often the state is written, if it changed.
const SAVED: Duration = Duration::from_secs(1);

/// What has a price of its own at Stripe: the end of its setting's name, the product's name, cents, and whether they are
/// paid every month.
const ITEMS: [(&str, &str, i64, bool); 8] = [
    ("pro", "Plan pro", 999, true),
    ("unlimited", "Plan unlimited", 9_900, true),
    ("basic", "Community basic", 2_900, true),
    ("premium", "Community premium", 9_900, true),
    ("exclusive", "Community exclusive", 19_900, true),
    ("elite", "Community elite", 44_900, true),
    ("badge", "Score badge", 499, false),
    ("boost", "Community boost", 299, true),
];

/// How the sandbox is reached, and what is sold there.
#[derive(Clone, Serialize, Deserialize)]
struct Shop {
    api_base: String,
    secret_key: String,
    webhook_secret: String,
    /// The webhook endpoint at the sandbox.
    endpoint: String,
    /// Prices by the end of their setting's name.
    prices: BTreeMap<String, String>,
}

/// What the file holds.
#[derive(Serialize, Deserialize)]
struct Kept {
    shop: Shop,
    /// The sandbox's own state.
    sandbox: Value,
}

/// A sandbox that runs.
pub(super) struct DemoCheckout {
    sandbox: Sandbox,
    shop: Shop,
    file: PathBuf,
}

impl DemoCheckout {
    /// Starts the sandbox, or goes on with the one that was here before, and lets the configuration lead to it. `site` is
    /// where the web front listens.
    ///
    /// # Errors
    /// Its file is not one, or cannot be written.
    pub(super) async fn start(config: &mut Config, site: SocketAddr) -> Result<Self, Failed> {
        config.make_missing().map_err(|error| Failed::usage(error.to_string()))?;
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Failed::work)?;
        let api_base = format!("http://{}", listener.local_addr().map_err(Failed::work)?);
        let secret_key = format!("sk_test_{}", hex::encode(random::bytes::<24>().map_err(Failed::work)?));
        let mut played = SandboxConfig::new(format!("{}{SANDBOX_PATH}", config.public_url.origin));
        played.secret_key = Some(secret_key.clone());
        let file = config.data.join(FILE);
        let webhooks = format!("url=http://{}{WEBHOOKS}", probe::reachable(site));
        let (sandbox, shop) = match read(&file)? {
            Some(kept) => again(played, kept, &webhooks).ok_or_else(|| broken(&file, "it is not a sandbox's"))?,
            None => anew(played, &webhooks)?,
        };
        let checkout = Self { sandbox, shop: Shop { api_base, secret_key, ..shop }, file };
        checkout.save()?;
        tokio::spawn(checkout.sandbox.clone().serve(listener));
        config.billing.stripe = Some(checkout.shop.account(config));
        config.billing.prices = checkout.shop.prices();
        Ok(checkout)
    }

    /// The sandbox, whose pages are to be part of the site.
    pub(super) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Writes the state whenever it changed, until the task is dropped.
    pub(super) async fn keep_saving(&self) {
        let mut saved = self.sandbox.changes();
        loop {
            tokio::time::sleep(SAVED).await;
            let changes = self.sandbox.changes();
            if changes != saved {
                saved = changes;
                if let Err(error) = self.save() {
                    tracing::error!(%error, "the state of the payment sandbox was not written");
                }
            }
        }
    }

    /// Writes the state.
    ///
    /// # Errors
    /// The file system's.
    pub(super) fn save(&self) -> Result<(), Failed> {
        let kept = Kept { shop: self.shop.clone(), sandbox: self.sandbox.state() };
        secret_file::replace(&self.file, serde_json::to_string(&kept).map_err(Failed::work)?.as_bytes())
    }
}

impl Shop {
    fn account(&self, config: &Config) -> Account {
        Account {
            secret_key: Secret::new(self.secret_key.as_str()),
            publishable_key: Some("pk_test_sandbox".to_owned()),
            webhook_secrets: vec![Secret::new(self.webhook_secret.as_str())],
            api_base: self.api_base.clone(),
            livemode: false,
            page_origins: vec![config.public_url.origin.clone()],
        }
    }

    fn prices(&self) -> Prices {
        let price = |item: &str| self.prices.get(item).cloned();
        Prices {
            pro: price("pro"),
            unlimited: price("unlimited"),
            basic: price("basic"),
            premium: price("premium"),
            exclusive: price("exclusive"),
            elite: price("elite"),
            badge: price("badge"),
            boost: price("boost"),
        }
    }
}

/// Lets a command on this host use the sandbox of the demo that runs on the same data folder, where no account is set.
///
/// # Errors
/// The sandbox's file is not one.
pub(super) fn adopt(config: &mut Config) -> Result<(), Failed> {
    if config.billing.stripe.is_some() || config.shape != Shape::Embedded {
        return Ok(());
    }
    if let Some(Kept { shop, .. }) = read(&config.data.join(FILE))? {
        config.billing.stripe = Some(shop.account(config));
        config.billing.prices = shop.prices();
    }
    Ok(())
}

fn read(file: &Path) -> Result<Option<Kept>, Failed> {
    match std::fs::read(file) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|error| broken(file, &error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failed::work(format!("cannot read {}: {error}", file.display()))),
    }
}

fn broken(file: &Path, why: &str) -> Failed {
    Failed::usage(format!(
        "{} cannot be used: {why}; remove it to begin with an empty payment sandbox, which knows nothing of what was \
         bought before",
        file.display()
    ))
}

/// Goes on with what was kept. The site may listen elsewhere now.
fn again(config: SandboxConfig, kept: Kept, webhooks: &str) -> Option<(Sandbox, Shop)> {
    let sandbox = Sandbox::resume(config, Clock::System, &kept.sandbox, Http::default())?;
    sandbox.post(&format!("/v1/webhook_endpoints/{}", kept.shop.endpoint), webhooks).ok()?;
    Some((sandbox, kept.shop))
}

/// A sandbox with everything that is for sale.
fn anew(config: SandboxConfig, webhooks: &str) -> Result<(Sandbox, Shop), Failed> {
    let seed = u64::from_le_bytes(random::bytes::<8>().map_err(Failed::work)?);
    let sandbox = Sandbox::new(config, Clock::System, seed, Http::default());
    let post = |path: &str, form: &str| sandbox.post(path, form).map_err(|refused| Failed::work(refused.to_string()));
    let text = |object: &Value, key: &str| object[key].as_str().unwrap_or_default().to_owned();
    let endpoint = post("/v1/webhook_endpoints", &format!("{webhooks}&enabled_events[]=*"))?;
    let mut prices = BTreeMap::new();
    for (item, name, cents, monthly) in ITEMS {
        let product = post("/v1/products", &format!("name={name}"))?;
        let recurring = if monthly { "&recurring[interval]=month" } else { "" };
        let form = format!("product={}&currency=usd&unit_amount={cents}{recurring}", text(&product, "id"));
        prices.insert(item.to_owned(), text(&post("/v1/prices", &form)?, "id"));
    }
    let features = "features[subscription_cancel][enabled]=true&features[subscription_cancel][mode]=at_period_end&\
                    features[payment_method_update][enabled]=true&features[invoice_history][enabled]=true";
    post("/v1/billing_portal/configurations", features)?;
    let (webhook_secret, endpoint) = (text(&endpoint, "secret"), text(&endpoint, "id"));
    Ok((sandbox, Shop { api_base: String::new(), secret_key: String::new(), webhook_secret, endpoint, prices }))
}
