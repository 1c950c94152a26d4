//! Disputes: a bank takes a payment back, or asks about it.

use serde::Serialize;

use super::{
    super::{List, Look, Metadata, Object, Read, Unreadable},
    Created,
};
use crate::domain::time::Timestamp;

const PATH: &str = "/v1/disputes";

/// A dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// Its id.
    pub id: String,
    /// How it stands, like `needs_response` or `warning_closed`.
    pub status: String,
    /// In cents.
    pub amount: i64,
    /// In small letters, like `usd`.
    pub currency: Option<String>,
    /// The charge that it is about.
    pub charge: Option<String>,
    /// The payment intent of that.
    pub payment_intent: Option<String>,
    /// Why, like `fraudulent`.
    pub reason: Option<String>,
    /// Until when it can be objected to.
    pub due_by: Option<Timestamp>,
    /// Entries of our own.
    pub metadata: Metadata,
    /// When it began.
    pub created: Option<Timestamp>,
    /// Whether money moves.
    pub livemode: Option<bool>,
}

impl Read for Dispute {
    fn read(object: &Object<'_>) -> Result<Self, Unreadable> {
        Ok(Self {
            id: object.id()?,
            status: object.need("status", Object::text)?,
            amount: object.need("amount", Object::int)?,
            currency: object.text("currency"),
            charge: object.reference("charge"),
            payment_intent: object.reference("payment_intent"),
            reason: object.text("reason"),
            due_by: object.moment("evidence_details.due_by"),
            metadata: object.metadata("metadata"),
            created: object.moment("created"),
            livemode: object.flag("livemode"),
        })
    }
}

/// Reads a dispute.
#[derive(Clone, Debug, Serialize)]
pub struct GetDispute {
    /// Its id.
    #[serde(skip)]
    pub id: String,
}

impl Look for GetDispute {
    type Answer = Dispute;

    fn path(&self) -> String {
        format!("{PATH}/{}", self.id)
    }
}

/// Reads disputes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListDisputes {
    /// About this payment.
    pub payment_intent: Option<String>,
    /// About this charge.
    pub charge: Option<String>,
    /// Begun within this time.
    pub created: Option<Created>,
}

impl List for ListDisputes {
    type Item = Dispute;
    const PATH: &'static str = PATH;
}
