//! Charges, and what issuers of cards warn of.

use serde::Serialize;

use super::{
    super::{List, Look, Metadata, Object, Read, Unreadable},
    Created,
};
use crate::domain::time::Timestamp;

const WARNINGS: &str = "/v1/radar/early_fraud_warnings";

/// A charge: money that moved, or should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Its id.
    pub id: String,
    /// In cents.
    pub amount: i64,
    /// What of it was refunded, in cents.
    pub amount_refunded: i64,
    /// Whether there is a dispute about it.
    pub disputed: bool,
    /// In small letters, like `usd`.
    pub currency: Option<String>,
    /// Whose it is.
    pub customer: Option<String>,
    /// The payment intent that it is of.
    pub payment_intent: Option<String>,
    /// `succeeded`, `pending` or `failed`.
    pub status: Option<String>,
    /// Stripe's receipt.
    pub receipt_url: Option<String>,
    /// Entries of our own.
    pub metadata: Metadata,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Whether money moves.
    pub livemode: Option<bool>,
}

impl Read for Charge {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            amount: object.need("amount", Object::int)?,
            amount_refunded: object.need("amount_refunded", Object::int)?,
            disputed: object.flag("disputed") == Some(true),
            currency: object.text("currency"),
            customer: object.reference("customer"),
            payment_intent: object.reference("payment_intent"),
            status: object.text("status"),
            receipt_url: object.text("receipt_url"),
            metadata: object.metadata("metadata"),
            created: object.moment("created"),
            livemode: object.flag("livemode"),
        })
    }
}

/// Reads a charge.
#[derive(Clone, Debug, Serialize)]
pub struct GetCharge {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetCharge {
    type Answer = Charge;

    fn path(&self) -> String {
        format!("/v1/charges/{}", self.id)
    }
}

/// The issuer of a card warns that a charge may be fraud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FraudWarning {
    /// Its id.
    pub id: String,
    /// The charge.
    pub charge: Option<String>,
    /// The payment intent of that.
    pub payment_intent: Option<String>,
    /// Whether a refund would still spare us a dispute.
    pub actionable: bool,
    /// What kind of fraud.
    pub fraud_type: Option<String>,
    /// When it came.
    pub created: Option<Timestamp>,
    /// Whether money moves.
    pub livemode: Option<bool>,
}

impl Read for FraudWarning {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            charge: object.reference("charge"),
            payment_intent: object.reference("payment_intent"),
            actionable: object.flag("actionable") == Some(true),
            fraud_type: object.text("fraud_type"),
            created: object.moment("created"),
            livemode: object.flag("livemode"),
        })
    }
}

/// Reads a warning.
#[derive(Clone, Debug, Serialize)]
pub struct GetFraudWarning {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetFraudWarning {
    type Answer = FraudWarning;

    fn path(&self) -> String {
        format!("{WARNINGS}/{}", self.id)
    }
}

/// Reads warnings.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListFraudWarnings {
    /// About this payment.
    pub payment_intent: Option<String>,
    /// Come within this time.
    pub created: Option<Created>,
}

impl List for ListFraudWarnings {
    type Item = FraudWarning;
    const PATH: &'static str = WARNINGS;
}
