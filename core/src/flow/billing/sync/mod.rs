//! Making a row of ours say what Stripe says: fetch everything that the row depends on, then write it under the row's
//! lock, unless a fetch that began later was written before. So events may come in any order and any number of times, and
//! whoever looks (a webhook, reconcile, an admin) writes the same.

mod claims;
mod hold;
mod purchase;
mod subscription;

use uuid::Uuid;

pub(super) use hold::release;
pub(crate) use hold::release_all;
pub(super) use purchase::PurchaseFacts;
pub(super) use subscription::SubscriptionFacts;

use super::{call::CallError, refusal::Outcome, shop::Shop};
use crate::{
    app::App,
    clients::stripe::api::charges::FraudWarning,
    domain::time::Timestamp,
    flow::{Failure, nudge},
    store::{
        StoreResult, Tx,
        billing::fetches::{self, Turn},
        transact,
    },
};

/// A row of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A purchase of a pack.
    Purchase(Uuid),
    /// A subscription.
    Subscription(Uuid),
}

/// Objects at Stripe that the row may not know yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Hints {
    /// A Checkout Session.
    pub(super) session: Option<String>,
    /// A payment intent.
    pub(super) intent: Option<String>,
    /// A subscription.
    pub(super) subscription: Option<String>,
    /// The invoice whose refunds and disputes are to be looked at.
    pub(super) invoice: Option<String>,
    /// Whether refunds and disputes are to be looked at, though nothing else says that there are any.
    pub(super) claims: bool,
    /// A warning of fraud.
    pub(super) warning: Option<FraudWarning>,
}

/// What Stripe says about a row.
pub(super) enum Facts {
    /// About a purchase.
    Purchase(Box<PurchaseFacts>),
    /// About a subscription.
    Subscription(Box<SubscriptionFacts>),
}

/// What writing did.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    /// What differed from Stripe and no longer does, a sentence each.
    pub(super) changes: Vec<String>,
    /// Users who are to look again.
    pub(super) users: Vec<Uuid>,
}

impl Written {
    /// Makes those look again who are to.
    pub(super) fn tell(&self, app: &App) {
        for user in &self.users {
            nudge::told(app, *user);
        }
    }
}

/// Fetches what Stripe says about a row; nothing if there is no such row.
pub(super) async fn fetch(
    app: &App,
    shop: &Shop<'_>,
    target: Target,
    hints: &Hints,
) -> Result<Option<Facts>, CallError> {
    Ok(match target {
        Target::Purchase(id) => purchase::fetch(app, shop, id, hints).await?.map(Box::new).map(Facts::Purchase),
        Target::Subscription(id) => {
            subscription::fetch(app, shop, id, hints).await?.map(Box::new).map(Facts::Subscription)
        }
    })
}

/// Writes it.
pub(super) async fn write(tx: &mut Tx, app: &App, facts: &Facts, at: Timestamp) -> Outcome<Written> {
    match facts {
        Facts::Purchase(facts) => purchase::write(tx, app, facts, at).await,
        Facts::Subscription(facts) => subscription::write(tx, app, facts, at).await,
    }
}

/// Fetches and writes; for whoever has no task to settle.
pub(super) async fn sync(app: &App, shop: &Shop<'_>, target: Target, hints: &Hints) -> Outcome<Written> {
    let Some(facts) = fetch(app, shop, target, hints).await? else { return Ok(Written::default()) };
    let at = app.clock.now();
    let written: Outcome<Written> = async { transact!(app.db, tx => write(tx, app, &facts, at).await) }.await;
    let written = written?;
    written.tell(app);
    Ok(written)
}

/// A fetch begins.
async fn begin(app: &App, object: &str) -> StoreResult<Turn> {
    let at = app.clock.now();
    transact!(app.db, tx => fetches::begin(tx, object, at).await)
}

/// A status that this program does not know fails the task, and nothing is written.
fn unknown_word(error: impl std::error::Error + Send + Sync + 'static) -> Failure<super::BillingRefusal> {
    Failure::broken(error)
}
