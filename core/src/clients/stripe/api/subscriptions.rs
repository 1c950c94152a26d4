//! Subscriptions: what is paid again and again.

use reqwest::Method;
use serde::Serialize;

use super::{
    super::{Change, List, Look, Metadata, Object, Read, Unreadable},
    Created, Searchable,
};
use crate::domain::time::Timestamp;

/// A subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// How it stands, like `active`.
    pub status: String,
    /// Whose it is.
    pub customer: Option<String>,
    /// What it is for.
    pub items: Vec<Item>,
    /// Whether it ends with the period.
    pub cancel_at_period_end: bool,
    /// When it ends, if that is set.
    pub cancel_at: Option<Timestamp>,
    /// When it was canceled.
    pub canceled_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When its trial ends.
    pub trial_end: Option<Timestamp>,
    /// Its last invoice.
    pub latest_invoice: Option<String>,
    /// Whether a change waits for its payment.
    pub pending_update: bool,
    /// Entries of our own.
    pub metadata: Metadata,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Whether money moves.
    pub livemode: Option<bool>,
}

/// A part of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Its price.
    pub price: Option<String>,
    /// How many.
    pub quantity: Option<i64>,
    /// When the period that is paid began.
    pub period_start: Option<Timestamp>,
    /// When the period that is paid ends.
    pub period_end: Option<Timestamp>,
}

impl Subscription {
    /// When the period ends: the earliest end of its items.
    #[must_use]
    pub fn period_end(&self) -> Option<Timestamp> {
        self.items.iter().filter_map(|item| item.period_end).min()
    }

    /// When the period began: the latest beginning of its items.
    #[must_use]
    pub fn period_start(&self) -> Option<Timestamp> {
        self.items.iter().filter_map(|item| item.period_start).max()
    }

    /// Whether it ends by itself.
    #[must_use]
    pub fn ends(&self) -> bool {
        self.cancel_at_period_end || self.cancel_at.is_some()
    }
}

impl Read for Item {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            price: object.reference("price"),
            quantity: object.int("quantity"),
            period_start: object.moment("current_period_start"),
            period_end: object.moment("current_period_end"),
        })
    }
}

impl Read for Subscription {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            status: object.need("status", Object::text)?,
            customer: object.reference("customer"),
            items: object.list("items").iter().map(Item::read).collect::<Result<_, _>>()?,
            cancel_at_period_end: object.flag("cancel_at_period_end") == Some(true),
            cancel_at: object.moment("cancel_at"),
            canceled_at: object.moment("canceled_at"),
            ended_at: object.moment("ended_at"),
            trial_end: object.moment("trial_end"),
            latest_invoice: object.reference("latest_invoice"),
            pending_update: object.int("pending_update.expires_at").is_some(),
            metadata: object.metadata("metadata"),
            created: object.moment("created"),
            livemode: object.flag("livemode"),
        })
    }
}

impl Searchable for Subscription {
    const PATH: &'static str = "/v1/subscriptions";
}

/// Changes a subscription. What is not named stays.
#[derive(Clone, Debug, Default, Serialize)]
pub struct UpdateSubscription {
    /// Its id.
    #[serde(skip)]
    pub id: String,
    /// Whether it ends with the period.
    pub cancel_at_period_end: Option<bool>,
    /// When it ends, in Unix seconds; an empty text takes that back.
    pub cancel_at: Option<String>,
    /// What it is for from now on.
    pub items: Option<Vec<ItemChange>>,
    /// What becomes of the time that is paid.
    pub proration_behavior: Option<Proration>,
    /// The moment from which time is counted, in Unix seconds; as in the preview that was shown.
    pub proration_date: Option<i64>,
    /// What becomes of the change if it can't be paid.
    pub payment_behavior: Option<PaymentBehavior>,
    /// Entries of our own; an empty text takes one away. Not together with a change that waits for its payment.
    pub metadata: Option<Metadata>,
}

/// A change of an item.
#[derive(Clone, Debug, Serialize)]
pub struct ItemChange {
    /// The item.
    pub id: String,
    /// Its price from now on.
    pub price: String,
}

/// What becomes of the time that is paid when something changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proration {
    /// The difference is charged at once.
    AlwaysInvoice,
    /// The difference goes on the next invoice.
    CreateProrations,
    /// Nothing.
    None,
}

/// What becomes of a change that can't be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentBehavior {
    /// It waits for its payment, and is dropped after 23 hours.
    PendingIfIncomplete,
    /// It is refused.
    ErrorIfIncomplete,
}

impl UpdateSubscription {
    /// Lets it end with the period that is paid.
    #[must_use]
    pub fn end_with_the_period(id: &str) -> Self {
        Self { id: id.to_owned(), cancel_at_period_end: Some(true), ..Self::default() }
    }

    /// Takes back that it ends, however that was set.
    #[must_use]
    pub fn keep(subscription: &Subscription) -> Self {
        let id = subscription.id.clone();
        match subscription.cancel_at_period_end {
            true => Self { id, cancel_at_period_end: Some(false), ..Self::default() },
            false => Self { id, cancel_at: Some(String::new()), ..Self::default() },
        }
    }

    /// Changes an item to a higher price, charged at once: the change is made when that is paid.
    #[must_use]
    pub fn upgrade(id: &str, item: &str, price: &str, at: Option<i64>) -> Self {
        Self {
            id: id.to_owned(),
            items: Some(vec![ItemChange { id: item.to_owned(), price: price.to_owned() }]),
            proration_behavior: Some(Proration::AlwaysInvoice),
            proration_date: at,
            payment_behavior: Some(PaymentBehavior::PendingIfIncomplete),
            ..Self::default()
        }
    }

    /// Changes an item to a lower price, which the next period costs; nothing is given back for this one. `metadata` can
    /// say what is paid until its end.
    #[must_use]
    pub fn downgrade(id: &str, item: &str, price: &str, metadata: Metadata) -> Self {
        Self {
            id: id.to_owned(),
            items: Some(vec![ItemChange { id: item.to_owned(), price: price.to_owned() }]),
            proration_behavior: Some(Proration::None),
            metadata: Some(metadata),
            ..Self::default()
        }
    }
}

impl Change for UpdateSubscription {
    type Answer = Subscription;

    fn path(&self) -> String {
        format!("{}/{}", Subscription::PATH, self.id)
    }
}

/// Ends a subscription now. Stripe keeps no idempotency keys for it, and refuses the second time as missing.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CancelSubscription {
    /// Its id.
    #[serde(skip)]
    pub id: String,
    /// Whether what is open is charged now.
    pub invoice_now: Option<bool>,
    /// Whether the time that is left is given back.
    pub prorate: Option<bool>,
}

impl Change for CancelSubscription {
    type Answer = Subscription;
    const METHOD: Method = Method::DELETE;

    fn path(&self) -> String {
        format!("{}/{}", Subscription::PATH, self.id)
    }
}

/// Reads a subscription.
#[derive(Clone, Debug, Serialize)]
pub struct GetSubscription {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetSubscription {
    type Answer = Subscription;

    fn path(&self) -> String {
        format!("{}/{}", Subscription::PATH, self.id)
    }
}

/// Reads subscriptions.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListSubscriptions {
    /// Of this customer.
    pub customer: Option<String>,
    /// With this price.
    pub price: Option<String>,
    /// Those that stand like this; without it, all but the canceled ones.
    pub status: Option<Standing>,
    /// Made within this time.
    pub created: Option<Created>,
}

/// Which subscriptions are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// All of them.
    All,
    /// Those that are paid.
    Active,
    /// Those whose renewal was not paid.
    PastDue,
    /// Those that are over.
    Canceled,
}

impl List for ListSubscriptions {
    type Item = Subscription;
    const PATH: &'static str = Subscription::PATH;
}
