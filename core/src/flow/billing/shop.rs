//! Whether anything is sold, by which account, and under which name: what all of billing stands on.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::refusal::{BillingRefusal, Outcome, refused};
use crate::{
    app::App,
    clients::stripe::{Metadata, Stripe, Trouble},
    domain::{
        billing::{Mode, pack, shop::Item},
        plan::Plan,
        price::Pack,
        time::Timestamp,
    },
    flow::{Failure, Unavailable},
    queue::Stop,
    store::{Sql, StoreError, StoreResult, billing::prices, settings, transact},
};

/// What users call Stripe when it cannot be used.
pub const PAYMENTS: &str = "the payment provider";

/// Where this service's own name at Stripe is kept.
const INSTANCE: &str = "billing.instance";

/// The account at Stripe, if there is one.
pub(super) struct Shop<'a> {
    /// Calls to it.
    pub(super) stripe: &'a Stripe,
    /// Whether money moves.
    pub(super) mode: Mode,
    /// This service's own name there: what bears another is somebody else's.
    pub(super) instance: String,
}

impl Shop<'_> {
    /// Whether an object with these entries is ours.
    pub(super) fn owns(&self, metadata: &Metadata) -> bool {
        metadata.get("instance") == Some(&self.instance)
    }

    /// Entries of an object that is about a row of ours.
    pub(super) fn entries(&self, about: &[(&str, String)]) -> Metadata {
        let mut entries = BTreeMap::from([("instance".to_owned(), self.instance.clone())]);
        entries.extend(about.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        entries
    }
}

/// The account, whether or not anything can be bought; events are handled and subscriptions end all the same.
///
/// # Errors
/// [`BillingRefusal::NotSoldHere`], or the store's.
pub(super) async fn shop(app: &App) -> Outcome<Shop<'_>> {
    let Some(stripe) = &app.stripe else { return refused(BillingRefusal::NotSoldHere) };
    Ok(Shop { stripe, mode: Mode::of(stripe.livemode()), instance: instance(app).await? })
}

/// The account, if things can be bought and changed.
///
/// # Errors
/// [`BillingRefusal::Disabled`], [`BillingRefusal::NotSoldHere`], or the store's.
pub(super) async fn open_shop(app: &App) -> Outcome<Shop<'_>> {
    if app.config.billing.stripe.is_none() {
        return refused(BillingRefusal::NotSoldHere);
    }
    if !app.config.billing.enabled {
        return refused(BillingRefusal::Disabled);
    }
    if !app.config.billing.sells() {
        return refused(BillingRefusal::NotSoldHere);
    }
    shop(app).await
}

/// The name that marks this service's objects at Stripe; drawn once, and kept in backups.
async fn instance(app: &App) -> StoreResult<String> {
    if let Some(known) = settings::get(&mut app.db.read().await?, INSTANCE).await? {
        return Ok(known);
    }
    let at = app.clock.now();
    transact!(app.db, tx => {
        settings::keep(tx, INSTANCE, &Uuid::new_v4().simple().to_string(), at).await?;
        let kept = settings::get(tx, INSTANCE).await?;
        kept.ok_or_else(|| StoreError::Corrupt("the instance was kept and is not there".to_owned()))
    })
}

/// The pack of this key.
///
/// # Errors
/// [`BillingRefusal::Unknown`] with those that there are.
pub(super) fn find_pack(app: &App, wanted: &str) -> Outcome<Pack> {
    let packs = &app.config.tariff.packs;
    pack::find(packs, wanted).ok_or_else(|| {
        let known = packs.iter().map(pack::key).collect();
        Failure::Refused(BillingRefusal::Unknown { wanted: wanted.to_owned(), known })
    })
}

/// Plans that can be bought.
pub(super) const PLANS: [Plan; 2] = [Plan::Pro, Plan::Unlimited];

/// The id of an item's price at Stripe, if it has one.
pub(super) fn price_id<'a>(app: &'a App, item: &Item) -> Option<&'a str> {
    let billing = &app.config.billing;
    match item {
        Item::Pack(pack) => billing.pack_prices.get(&pack.tokens).map(String::as_str),
        Item::Plan(Plan::Pro) => billing.prices.pro.as_deref(),
        Item::Plan(Plan::Unlimited) => billing.prices.unlimited.as_deref(),
        Item::Plan(Plan::Free) => None,
    }
}

/// Everything that may be sold.
pub(super) fn items(app: &App) -> Vec<Item> {
    let packs = app.config.tariff.packs.iter().map(|pack| Item::Pack(*pack));
    packs.chain(PLANS.map(Item::Plan)).collect()
}

/// Makes sure that an item is sold: its price was looked at, and fits. A pack without a price of its own at Stripe is sold
/// for what the page says.
///
/// # Errors
/// [`BillingRefusal::NotSold`], or the store's.
pub(super) async fn sold(on: &mut impl Sql, app: &App, item: &Item) -> Outcome<Option<String>> {
    let not_sold = |why: &str| Failure::Refused(BillingRefusal::NotSold { item: item.title(), why: why.to_owned() });
    let Some(id) = price_id(app, item) else {
        return match item {
            Item::Pack(_) => Ok(None),
            Item::Plan(_) => Err(not_sold("it has no price at Stripe yet")),
        };
    };
    let known = prices::find(on, &item.key()).await?.filter(|price| price.price_id.as_deref() == Some(id));
    match known {
        Some(price) if price.problem.is_none() && Some(price.cents) == item.cents() => Ok(Some(id.to_owned())),
        Some(price) => Err(not_sold(price.problem.as_deref().unwrap_or("its price has not been looked at yet"))),
        None => Err(not_sold("its price has not been looked at yet")),
    }
}

/// Nothing came back from Stripe that can be worked with.
pub(super) fn away(trouble: &Trouble) -> Unavailable {
    let retry_after = match trouble {
        Trouble::Unavailable { retry_after, .. } => *retry_after,
        Trouble::Kept(_) | Trouble::Refused(_) | Trouble::Missing(_) | Trouble::Unreadable { .. } => None,
    };
    Unavailable { what: PAYMENTS, reason: trouble.to_string(), retry_after }
}

/// How a task ends that Stripe brought nothing for: what cannot be read today cannot be read tomorrow.
pub(super) fn stop(trouble: &Trouble) -> Stop {
    match trouble {
        Trouble::Unavailable { retry_after: Some(wait), .. } => Stop::RetryAfter(*wait, trouble.to_string()),
        Trouble::Unavailable { retry_after: None, .. }
        | Trouble::Kept(_)
        | Trouble::Refused(_)
        | Trouble::Missing(_) => Stop::Retry(trouble.to_string()),
        Trouble::Unreadable { .. } => Stop::Fail(trouble.to_string()),
    }
}

/// Stripe forgets idempotency keys a day after their first use; an hour before that nobody relies on one.
pub(super) fn key_is_old(asked: Timestamp, now: Timestamp) -> bool {
    now.since(asked) > std::time::Duration::from_secs(23 * 3600)
}

/// Whether Stripe answers this idempotency key with a failure from now on: it failed and keeps that, or the key was used
/// with other words (an address that changed meanwhile). What came of the first use has to be looked for.
pub(super) fn key_is_spent(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Kept(_) => true,
        Trouble::Refused(refused) => refused.kind.as_deref() == Some("idempotency_error"),
        Trouble::Unavailable { .. } | Trouble::Missing(_) | Trouble::Unreadable { .. } => false,
    }
}

/// Whether Stripe refuses because it no longer has the customer.
pub(super) fn customer_is_gone(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Missing(refused) | Trouble::Refused(refused) => {
            refused.code.as_deref() == Some("resource_missing") && refused.param.as_deref() == Some("customer")
        }
        Trouble::Unavailable { .. } | Trouble::Kept(_) | Trouble::Unreadable { .. } => false,
    }
}

/// The plan that a price stands for: by the settings, or by what they were when prices were last looked at.
pub(super) async fn plan_of(on: &mut impl Sql, app: &App, price: &str) -> StoreResult<Option<Plan>> {
    if let Some(plan) = PLANS.into_iter().find(|plan| price_id(app, &Item::Plan(*plan)) == Some(price)) {
        return Ok(Some(plan));
    }
    let item = prices::item_of(on, price).await?;
    Ok(PLANS.into_iter().find(|plan| item.as_deref() == Some(&Item::Plan(*plan).key())))
}
