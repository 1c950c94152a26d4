//! Refunds.

use serde::Serialize;

use super::{
    super::{Change, List, Look, Metadata, Object, Read, Unreadable},
    Created,
};
use crate::domain::time::Timestamp;

const PATH: &str = "/v1/refunds";

/// A refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub id: String,
    /// `pending`, `requires_action`, `succeeded`, `failed` or `canceled`.
    pub status: String,
    /// In cents.
    pub amount: i64,
    /// In small letters, like `usd`.
    pub currency: Option<String>,
    /// The charge that it is of.
    pub charge: Option<String>,
    /// The payment intent of that.
    pub payment_intent: Option<String>,
    /// Why it came back.
    pub failure_reason: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
    /// When it was made.
    pub created: Option<Timestamp>,
}

impl Read for Refund {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            status: object.need("status", Object::text)?,
            amount: object.need("amount", Object::int)?,
            currency: object.text("currency"),
            charge: object.reference("charge"),
            payment_intent: object.reference("payment_intent"),
            failure_reason: object.text("failure_reason"),
            metadata: object.metadata("metadata"),
            created: object.moment("created"),
        })
    }
}

/// Refunds a payment.
#[derive(Clone, Debug, Serialize)]
pub struct CreateRefund {
    /// The payment.
    pub payment_intent: String,
    /// So many cents; without it, all that is left.
    pub amount: Option<i64>,
    /// Why.
    pub reason: Option<RefundReason>,
    /// Entries of our own.
    pub metadata: Metadata,
}

/// Why a payment is refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// It was paid twice.
    Duplicate,
    /// It looks like fraud.
    Fraudulent,
    /// The customer wants it so.
    RequestedByCustomer,
}

impl Change for CreateRefund {
    type Answer = Refund;

    fn path(&self) -> String {
        PATH.to_owned()
    }
}

/// Reads a refund.
#[derive(Clone, Debug, Serialize)]
pub struct GetRefund {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetRefund {
    type Answer = Refund;

    fn path(&self) -> String {
        format!("{PATH}/{}", self.id)
    }
}

/// Reads refunds.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListRefunds {
    /// Of this payment.
    pub payment_intent: Option<String>,
    /// Of this charge.
    pub charge: Option<String>,
    /// Made within this time.
    pub created: Option<Created>,
}

impl List for ListRefunds {
    type Item = Refund;
    const PATH: &'static str = PATH;
}
