//! Settings of what is paid: Stripe's account, prices, packs, limits.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use super::{
    Config, PublicUrl, Shape,
    reader::{Reader, Wrong, list, number, wrong},
    values::{self, hours},
};
use crate::{
    clients::stripe::account::{API_BASE, Account, page_origins},
    domain::price::Pack,
    secret::Secret,
};

/// What is paid, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Billing {
    /// False: nothing can be bought or changed; what was bought stays, and webhooks are handled.
    pub enabled: bool,
    /// Stripe's account that payments go to; without one nothing is sold.
    pub stripe: Option<Account>,
    /// Whether a sandbox in this process plays Stripe where there is no account.
    pub demo_checkout: bool,
    /// Ids of prices at Stripe.
    pub prices: Prices,
    /// Ids of packs' prices at Stripe, by the number of tokens. A pack without one is sold for what `TOKEN_PACKS` says.
    pub pack_prices: BTreeMap<i64, String>,
    /// How long a renewal may stay unpaid before what it paid for ends.
    pub grace: Duration,
    /// How long raw events are kept.
    pub audit_retention: Duration,
    /// Who computes taxes.
    pub tax: Tax,
    /// Purchases of an account a day.
    pub purchases_per_day: u32,
}

/// Who computes taxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tax {
    /// Nobody: prices are what is paid.
    Off,
    /// Stripe Tax, on top of the price.
    Stripe,
}

/// Ids of prices at Stripe. What has none isn't sold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// The plan `pro`, a month.
    pub pro: Option<String>,
    /// The plan `unlimited`, a month.
    pub unlimited: Option<String>,
    /// The community tier `basic`, a month.
    pub basic: Option<String>,
    /// The community tier `premium`, a month.
    pub premium: Option<String>,
    /// The community tier `exclusive`, a month.
    pub exclusive: Option<String>,
    /// The community tier `elite`, a month.
    pub elite: Option<String>,
    /// A badge, once.
    pub badge: Option<String>,
    /// A boost, a month.
    pub boost: Option<String>,
}

impl Prices {
    /// The setting and the id of each, in the order of the table of settings.
    #[must_use]
    pub fn all(&self) -> [(&'static str, Option<&str>); 8] {
        [
            ("STRIPE_PRICE_PRO", self.pro.as_deref()),
            ("STRIPE_PRICE_UNLIMITED", self.unlimited.as_deref()),
            ("STRIPE_PRICE_BASIC", self.basic.as_deref()),
            ("STRIPE_PRICE_PREMIUM", self.premium.as_deref()),
            ("STRIPE_PRICE_EXCLUSIVE", self.exclusive.as_deref()),
            ("STRIPE_PRICE_ELITE", self.elite.as_deref()),
            ("STRIPE_PRICE_BADGE", self.badge.as_deref()),
            ("STRIPE_PRICE_BOOST", self.boost.as_deref()),
        ]
    }
}

impl Billing {
    /// Whether anything can be bought or changed. Without a secret for webhooks nobody would notice a payment.
    #[must_use]
    pub fn sells(&self) -> bool {
        self.enabled && self.stripe.as_ref().is_some_and(|account| !account.webhook_secrets.is_empty())
    }
}

impl Config {
    /// What is allowed in billing's settings and hardly meant, a sentence each.
    #[must_use]
    pub fn billing_warnings(&self) -> Vec<&'static str> {
        let Some(account) = &self.billing.stripe else { return Vec::new() };
        let mut warnings = Vec::new();
        match (account.livemode, self.public_url.loopback) {
            (false, false) => warnings.push(
                "STRIPE_SECRET_KEY is a test key and PUBLIC_URL is not on loopback: everybody can buy without paying",
            ),
            (true, true) => {
                warnings
                    .push("STRIPE_SECRET_KEY is a live key and PUBLIC_URL is on loopback: payments move real money");
            }
            (false, true) | (true, false) => {}
        }
        if account.webhook_secrets.is_empty() {
            warnings.push(
                "STRIPE_WEBHOOK_SECRET is not set, so nothing is sold: payments would go unnoticed; \
                 `vanikeys billing setup` makes the endpoint and prints its secret",
            );
        }
        warnings
    }
}

/// Reads everything but the packs, which come with the tariff.
pub(super) fn billing(r: &mut Reader, pack_prices: BTreeMap<i64, String>) -> Billing {
    const BOOLEAN: &[(&str, bool)] = &[("true", true), ("false", false)];
    const TAXES: &[(&str, Tax)] = &[("off", Tax::Off), ("stripe", Tax::Stripe)];
    Billing {
        enabled: r.get("BILLING_ENABLED", "true", values::one_of(BOOLEAN)),
        stripe: account(r),
        demo_checkout: r.get("DEMO_CHECKOUT", "false", values::one_of(BOOLEAN)),
        prices: prices(r, &pack_prices),
        pack_prices,
        grace: hours(r.get("BILLING_GRACE_HOURS", "24", number(0, 8_760))),
        audit_retention: hours(24 * r.get("BILLING_AUDIT_RETENTION_DAYS", "30", number(1_u64, 3_650))),
        tax: r.get("BILLING_TAX", "off", values::one_of(TAXES)),
        purchases_per_day: r.get("PURCHASES_PER_DAY", "20", number(1, 100_000)),
    }
}

fn account(r: &mut Reader) -> Option<Account> {
    let secret_key = r.optional("STRIPE_SECRET_KEY", secret_key);
    let publishable = r.optional("STRIPE_PUBLISHABLE_KEY", publishable_key);
    let webhook_secrets = r.optional("STRIPE_WEBHOOK_SECRET", list(webhook_secret)).unwrap_or_default();
    let api_base = r.get("STRIPE_API_BASE", API_BASE, api_base);
    if !r.has("STRIPE_SECRET_KEY") {
        for name in ["STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET"] {
            if r.has(name) {
                r.misfit(name, "there is no STRIPE_SECRET_KEY to go with it", "set both or neither");
            }
        }
    }
    let (secret_key, livemode) = secret_key?;
    let publishable_key = publishable.map(|(key, other)| {
        if other != livemode {
            let why = "STRIPE_SECRET_KEY is of the other mode";
            r.misfit("STRIPE_PUBLISHABLE_KEY", why, "give two test keys or two live keys");
        }
        key
    });
    let page_origins = page_origins(&api_base);
    Some(Account { secret_key, publishable_key, webhook_secrets, api_base, livemode, page_origins })
}

fn prices(r: &mut Reader, packs: &BTreeMap<i64, String>) -> Prices {
    let prices = Prices {
        pro: r.optional("STRIPE_PRICE_PRO", price_id),
        unlimited: r.optional("STRIPE_PRICE_UNLIMITED", price_id),
        basic: r.optional("STRIPE_PRICE_BASIC", price_id),
        premium: r.optional("STRIPE_PRICE_PREMIUM", price_id),
        exclusive: r.optional("STRIPE_PRICE_EXCLUSIVE", price_id),
        elite: r.optional("STRIPE_PRICE_ELITE", price_id),
        badge: r.optional("STRIPE_PRICE_BADGE", price_id),
        boost: r.optional("STRIPE_PRICE_BOOST", price_id),
    };
    let mut seen: Vec<&str> = packs.values().map(String::as_str).collect();
    for (setting, id) in prices.all() {
        let Some(id) = id else { continue };
        if seen.contains(&id) {
            let why = "another item has the same price";
            r.misfit(setting, why, "give each its own: what was bought is told by its price");
        }
        seen.push(id);
    }
    prices
}

/// A sandbox plays Stripe for whoever can open its page, so it must be hard to reach by accident.
pub(super) fn check_demo(r: &mut Reader, billing: &Billing, shape: &Shape, loopback: bool) {
    const NAME: &str = "DEMO_CHECKOUT";
    if !billing.demo_checkout {
        return;
    }
    if billing.stripe.is_some() {
        r.misfit(NAME, "STRIPE_SECRET_KEY is set, so payments go to Stripe", "unset one of them");
    }
    if *shape != Shape::Embedded {
        r.misfit(NAME, "the sandbox lives in one process and a fleet has several", "use Stripe's test keys in a fleet");
    }
    if !loopback {
        let fix = "keep VANIKEYS_LISTEN and PUBLIC_URL on loopback, or use Stripe's test keys";
        r.misfit(NAME, "everybody could buy without paying", fix);
    }
}

/// A key, and whether it is live. No message repeats it.
fn secret_key(text: &str) -> Result<(Secret, bool), Wrong> {
    let fix = "copy the secret key from Stripe's dashboard: it begins with sk_test_, sk_live_, rk_test_ or rk_live_";
    let live = is_live(text, &["sk", "rk"]).ok_or_else(|| wrong("it is not a secret key of Stripe's", fix))?;
    Ok((Secret::new(text), live))
}

fn publishable_key(text: &str) -> Result<(String, bool), Wrong> {
    let fix = "copy the publishable key from Stripe's dashboard: it begins with pk_test_ or pk_live_";
    let live = is_live(text, &["pk"]).ok_or_else(|| wrong("it is not a publishable key of Stripe's", fix))?;
    Ok((text.to_owned(), live))
}

/// Whether a key of these kinds is live; none if it is no key.
fn is_live(key: &str, kinds: &[&str]) -> Option<bool> {
    let (kind, rest) = key.split_once('_')?;
    let (mode, rest) = rest.split_once('_')?;
    if !kinds.contains(&kind) || !is_id(rest) {
        return None;
    }
    match mode {
        "test" => Some(false),
        "live" => Some(true),
        _ => None,
    }
}

fn webhook_secret(text: &str) -> Result<Secret, Wrong> {
    if text.strip_prefix("whsec_").is_some_and(is_id) {
        return Ok(Secret::new(text));
    }
    let fix =
        "give what `vanikeys billing setup` or Stripe's dashboard shows: it begins with whsec_; several with commas";
    Err(wrong("there is what is no secret of a webhook endpoint", fix))
}

fn api_base(text: &str) -> Result<String, Wrong> {
    let fix = "give an address like https://api.stripe.com, without a path";
    let url = values::public_url(text).map_err(|Wrong { why, .. }| wrong(why, fix))?;
    let PublicUrl { origin, https, loopback } = url;
    if https || loopback {
        return Ok(origin);
    }
    Err(wrong("the secret key would travel without TLS", "give an https address, or one on loopback"))
}

/// The id of a price at Stripe.
pub(super) fn price_id(text: &str) -> Result<String, Wrong> {
    if text.len() <= 255 && is_id(text) {
        return Ok(text.to_owned());
    }
    Err(wrong(format!("{text:?} is not the id of a price"), "give one like price_1MoBy5LkdIwHu7ixZhnattbh"))
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// A pack, with its price at Stripe if it has one there: `500:3.99` or `500:3.99:price_1Mo`.
pub(super) fn pack(text: &str) -> Result<(Pack, Option<String>), Wrong> {
    let bad = |why: &str| {
        let fix = "give packs like 100:0.99, 500:3.99, tokens before dollars, then the id of a price at Stripe if there is one";
        wrong(format!("the pack {text:?} {why}"), fix)
    };
    let mut parts = text.splitn(3, ':').map(str::trim);
    let tokens = parts.next().unwrap_or_default();
    let dollars = parts.next().ok_or_else(|| bad("has no price"))?;
    let id = parts.next().map(price_id).transpose()?;
    let tokens: i64 = tokens.parse().map_err(|_| bad("has no whole number of tokens"))?;
    let (whole, part) = dollars.split_once('.').unwrap_or((dollars, "00"));
    let digits = |text: &str| !text.is_empty() && text.len() <= 7 && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() != 2 {
        return Err(bad("has no price in dollars and cents"));
    }
    let cents: i64 = format!("{whole}{part}").parse().map_err(|_| bad("has no price in dollars and cents"))?;
    if !(1..=1_000_000_000).contains(&tokens) || cents < 1 {
        return Err(bad("needs tokens and a price above zero"));
    }
    Ok((Pack { tokens, cents }, id))
}
