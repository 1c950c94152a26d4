//! Checkout Sessions: a page of Stripe's on which one purchase is paid.

use serde::Serialize;

use super::{
    super::{Change, List, Look, Metadata, Object, Read, Unreadable},
    Created, Enabled,
};
use crate::domain::time::Timestamp;

const PATH: &str = "/v1/checkout/sessions";

/// A Checkout Session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// `open`, `complete` or `expired`.
    pub status: String,
    /// `paid`, `unpaid` or `no_payment_required`.
    pub payment_status: String,
    /// `payment` or `subscription`.
    pub mode: Option<String>,
    /// Where its page is, while it is open.
    pub url: Option<String>,
    /// What is paid in all, in cents.
    pub amount_total: Option<i64>,
    /// In small letters, like `usd`.
    pub currency: Option<String>,
    /// Whose it is.
    pub customer: Option<String>,
    /// What pays it; none where nothing is to be paid, and for subscriptions.
    pub payment_intent: Option<String>,
    /// The subscription that came of it.
    pub subscription: Option<String>,
    /// The first invoice of that.
    pub invoice: Option<String>,
    /// Our own id for it.
    pub client_reference_id: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it can't be paid any more.
    pub expires_at: Option<Timestamp>,
    /// Whether money moves.
    pub livemode: Option<bool>,
}

impl Read for Session {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            status: object.need("status", Object::text)?,
            payment_status: object.need("payment_status", Object::text)?,
            mode: object.text("mode"),
            url: object.text("url"),
            amount_total: object.int("amount_total"),
            currency: object.text("currency"),
            customer: object.reference("customer"),
            payment_intent: object.reference("payment_intent"),
            subscription: object.reference("subscription"),
            invoice: object.reference("invoice"),
            client_reference_id: object.text("client_reference_id"),
            metadata: object.metadata("metadata"),
            created: object.moment("created"),
            expires_at: object.moment("expires_at"),
            livemode: object.flag("livemode"),
        })
    }
}

/// Opens a Checkout Session.
#[derive(Clone, Debug, Serialize)]
pub struct CreateSession {
    /// What it sells by.
    pub mode: SessionMode,
    /// Whose it is.
    pub customer: String,
    /// What is sold.
    pub line_items: Vec<LineItem>,
    /// Where a customer who paid goes; `{CHECKOUT_SESSION_ID}` in it becomes the session's id.
    pub success_url: String,
    /// Where one goes who turns back.
    pub cancel_url: Option<String>,
    /// Our own id for it.
    pub client_reference_id: Option<String>,
    /// Entries of our own, at the session.
    pub metadata: Metadata,
    /// What the payment intent gets; mode payment only.
    pub payment_intent_data: Option<PaymentIntentData>,
    /// What the subscription gets; mode subscription only.
    pub subscription_data: Option<SubscriptionData>,
    /// When it can't be paid any more, in Unix seconds: 30 minutes to 24 hours from now.
    pub expires_at: Option<i64>,
    /// Whether Stripe computes taxes. It must then keep the address at the customer: see [`CustomerUpdate`].
    pub automatic_tax: Option<Enabled>,
    /// What of the page is kept at the customer.
    pub customer_update: Option<CustomerUpdate>,
}

/// What a session sells by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionMode {
    /// Once.
    Payment,
    /// Again and again.
    Subscription,
}

/// One thing that is sold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LineItem {
    /// The id of its price.
    pub price: Option<String>,
    /// Its price, where it has none at Stripe.
    pub price_data: Option<PriceData>,
    /// How many.
    pub quantity: i64,
}

/// A price that is made for one session.
#[derive(Clone, Debug, Serialize)]
pub struct PriceData {
    /// In small letters, like `usd`.
    pub currency: String,
    /// In cents.
    pub unit_amount: i64,
    /// What it is the price of.
    pub product_data: ProductData,
}

/// A product that is made for one session.
#[derive(Clone, Debug, Serialize)]
pub struct ProductData {
    /// What the page calls it.
    pub name: String,
    /// A line below that.
    pub description: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
}

/// What a session's payment intent gets.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PaymentIntentData {
    /// What it is for, for the dashboard and receipts.
    pub description: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
}

/// What a session's subscription gets.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SubscriptionData {
    /// What it is for.
    pub description: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
}

/// What of the page is kept at the customer.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct CustomerUpdate {
    /// The address.
    pub address: Keep,
}

/// Whether something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// As it is entered.
    Auto,
    /// Not.
    Never,
}

impl Change for CreateSession {
    type Answer = Session;

    fn path(&self) -> String {
        PATH.to_owned()
    }
}

/// Closes an open session, so that it can't be paid any more.
#[derive(Clone, Debug, Serialize)]
pub struct ExpireSession {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Change for ExpireSession {
    type Answer = Session;

    fn path(&self) -> String {
        format!("{PATH}/{}/expire", self.id)
    }
}

/// Reads a session.
#[derive(Clone, Debug, Serialize)]
pub struct GetSession {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetSession {
    type Answer = Session;

    fn path(&self) -> String {
        format!("{PATH}/{}", self.id)
    }
}

/// Reads sessions.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListSessions {
    /// Of this customer.
    pub customer: Option<String>,
    /// Paid by this payment intent.
    pub payment_intent: Option<String>,
    /// That began this subscription.
    pub subscription: Option<String>,
    /// That stand like this.
    pub status: Option<SessionStatus>,
    /// Made within this time.
    pub created: Option<Created>,
}

/// How a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SessionStatus {
    /// It can be paid.
    Open,
    /// The customer went through with it.
    Complete,
    /// It can't be paid any more.
    Expired,
}

impl List for ListSessions {
    type Item = Session;
    const PATH: &'static str = PATH;
}
