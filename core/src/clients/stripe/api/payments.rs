//! Payment intents: one payment from being wanted to being made.

use serde::Serialize;

use super::{
    super::{Change, List, Look, Metadata, Object, Read, Unreadable},
    Created, Enabled, Searchable,
};
use crate::domain::time::Timestamp;

/// A payment intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentIntent {
    /// Its id.
    pub id: String,
    /// How it stands, like `succeeded`.
    pub status: String,
    /// What is to be paid, in cents.
    pub amount: i64,
    /// What was paid, in cents.
    pub amount_received: Option<i64>,
    /// In small letters, like `usd`.
    pub currency: Option<String>,
    /// Whose it is.
    pub customer: Option<String>,
    /// Its last charge.
    pub latest_charge: Option<String>,
    /// What lets a front of somebody's own pay it.
    pub client_secret: Option<String>,
    /// Why the last attempt failed, like `card_declined`.
    pub failure: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Whether money moves.
    pub livemode: Option<bool>,
}

impl Read for PaymentIntent {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            status: object.need("status", Object::text)?,
            amount: object.need("amount", Object::int)?,
            amount_received: object.int("amount_received"),
            currency: object.text("currency"),
            customer: object.reference("customer"),
            latest_charge: object.reference("latest_charge"),
            client_secret: object.text("client_secret"),
            failure: object.text("last_payment_error.code"),
            metadata: object.metadata("metadata"),
            created: object.moment("created"),
            livemode: object.flag("livemode"),
        })
    }
}

impl Searchable for PaymentIntent {
    const PATH: &'static str = "/v1/payment_intents";
}

/// Makes a payment intent, for a front of somebody's own.
#[derive(Clone, Debug, Serialize)]
pub struct CreateIntent {
    /// What is to be paid, in cents.
    pub amount: i64,
    /// In small letters, like `usd`.
    pub currency: String,
    /// Whose it is.
    pub customer: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Where the receipt goes.
    pub receipt_email: Option<String>,
    /// Every means of payment that the dashboard allows.
    pub automatic_payment_methods: Enabled,
    /// Entries of our own.
    pub metadata: Metadata,
}

impl Change for CreateIntent {
    type Answer = PaymentIntent;

    fn path(&self) -> String {
        PaymentIntent::PATH.to_owned()
    }
}

/// Calls a payment intent off.
#[derive(Clone, Debug, Serialize)]
pub struct CancelIntent {
    /// Its id.
    #[serde(skip)]
    pub id: String,
    /// Why.
    pub cancellation_reason: Option<CancelReason>,
}

/// Why a payment intent is called off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Nobody paid it.
    Abandoned,
    /// It was paid otherwise.
    Duplicate,
    /// It looks like fraud.
    Fraudulent,
    /// The customer wants it so.
    RequestedByCustomer,
}

impl Change for CancelIntent {
    type Answer = PaymentIntent;

    fn path(&self) -> String {
        format!("{}/{}/cancel", PaymentIntent::PATH, self.id)
    }
}

/// Reads a payment intent.
#[derive(Clone, Debug, Serialize)]
pub struct GetIntent {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetIntent {
    type Answer = PaymentIntent;

    fn path(&self) -> String {
        format!("{}/{}", PaymentIntent::PATH, self.id)
    }
}

/// Reads payment intents.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListIntents {
    /// Of this customer.
    pub customer: Option<String>,
    /// Made within this time.
    pub created: Option<Created>,
}

impl List for ListIntents {
    type Item = PaymentIntent;
    const PATH: &'static str = PaymentIntent::PATH;
}
