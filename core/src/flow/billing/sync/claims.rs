//! Refunds and disputes of one payment, as rows: which are new, and which stand otherwise than before.

use uuid::Uuid;

use super::unknown_word;
use crate::{
    clients::stripe::api::{disputes::Dispute as AtBank, refunds::Refund as AtStripe},
    domain::{
        billing::refund::{Claim, DisputeStatus, RefundStatus},
        time::Timestamp,
    },
    flow::billing::refusal::Outcome,
    store::{
        Tx,
        billing::{
            disputes::{self, Dispute},
            refunds::{self, Refund},
        },
    },
};

/// What a refund or a dispute is of.
#[derive(Clone, Debug)]
pub(super) enum Of {
    /// A purchase.
    Purchase(Uuid),
    /// An invoice.
    Invoice(String),
}

impl Of {
    const fn purchase(&self) -> Option<Uuid> {
        match self {
            Self::Purchase(id) => Some(*id),
            Self::Invoice(_) => None,
        }
    }

    fn invoice(&self) -> Option<String> {
        match self {
            Self::Purchase(_) => None,
            Self::Invoice(id) => Some(id.clone()),
        }
    }
}

/// A refund now, and what it claimed before.
pub(super) struct RefundNow {
    /// Its id at Stripe.
    pub(super) stripe_id: String,
    /// How much.
    pub(super) cents: i64,
    /// How it stands.
    pub(super) status: RefundStatus,
    /// How it stood.
    pub(super) before: Option<RefundStatus>,
}

impl RefundNow {
    /// Whether it takes something that it did not take before.
    pub(super) fn begins(&self) -> bool {
        self.status.claim() == Claim::Takes && self.before.is_none_or(|before| before.claim() == Claim::None)
    }
}

/// Writes what Stripe says of all refunds of a payment.
pub(super) async fn refunds(tx: &mut Tx, of: &Of, all: &[AtStripe], at: Timestamp) -> Outcome<Vec<RefundNow>> {
    let known = match of {
        Of::Purchase(id) => refunds::of_purchase(tx, *id).await?,
        Of::Invoice(id) => refunds::of_invoice(tx, id).await?,
    };
    let mut now = Vec::new();
    for refund in all {
        let status: RefundStatus = refund.status.parse().map_err(unknown_word)?;
        let asked = refund.metadata.get("refund").and_then(|id| id.parse::<Uuid>().ok());
        let is_it = |row: &&Refund| {
            row.stripe_id.as_deref() == Some(&refund.id) || (row.stripe_id.is_none() && Some(row.id) == asked)
        };
        let row = known.iter().find(is_it);
        let before = row.map(|row| row.status);
        match row {
            Some(row) if row.status == status && row.stripe_id.is_some() => {}
            Some(row) => {
                let (stripe_id, cents) = (Some(refund.id.clone()), refund.amount);
                refunds::save(tx, &Refund { stripe_id, cents, status, changed_at: at, ..row.clone() }).await?;
            }
            None => {
                let new = Refund {
                    id: Uuid::now_v7(),
                    stripe_id: Some(refund.id.clone()),
                    purchase_id: of.purchase(),
                    invoice_id: of.invoice(),
                    cents: refund.amount,
                    status,
                    note: None,
                    asked_by: None,
                    created_at: refund.created.unwrap_or(at),
                    changed_at: at,
                };
                refunds::insert(tx, &new).await?;
            }
        }
        now.push(RefundNow { stripe_id: refund.id.clone(), cents: refund.amount, status, before });
    }
    Ok(now)
}

/// A dispute now, and how it stood before.
pub(super) struct DisputeNow {
    /// Its id at Stripe.
    pub(super) stripe_id: String,
    /// How much.
    pub(super) cents: i64,
    /// How it stands.
    pub(super) status: DisputeStatus,
    /// How it stood.
    pub(super) before: Option<DisputeStatus>,
}

impl DisputeNow {
    /// Whether it takes something that it did not take before.
    pub(super) fn begins(&self) -> bool {
        self.status.claim() == Claim::Takes && self.before.is_none_or(|before| before.claim() == Claim::None)
    }

    /// Whether it was decided since: won or not.
    pub(super) fn ended(&self) -> Option<bool> {
        if self.before == Some(self.status) {
            return None;
        }
        match self.status {
            DisputeStatus::Won | DisputeStatus::Prevented => Some(true),
            DisputeStatus::Lost => Some(false),
            DisputeStatus::WarningNeedsResponse
            | DisputeStatus::WarningUnderReview
            | DisputeStatus::WarningClosed
            | DisputeStatus::NeedsResponse
            | DisputeStatus::UnderReview => None,
        }
    }
}

/// Writes what Stripe says of all disputes of a payment. An alert goes with each that somebody has to answer.
pub(super) async fn disputes(tx: &mut Tx, of: &Of, all: &[AtBank], at: Timestamp) -> Outcome<Vec<DisputeNow>> {
    let mut now = Vec::new();
    for dispute in all {
        let status: DisputeStatus = dispute.status.parse().map_err(unknown_word)?;
        let row = Dispute {
            stripe_id: dispute.id.clone(),
            purchase_id: of.purchase(),
            invoice_id: of.invoice(),
            cents: dispute.amount,
            status,
            reason: dispute.reason.clone().unwrap_or_default(),
            due_at: dispute.due_by,
            created_at: dispute.created.unwrap_or(at),
            changed_at: at,
        };
        let before = disputes::put(tx, &row).await?;
        if before != Some(status) && status.needs_answer() {
            tracing::error!(
                dispute = %dispute.id,
                reason = %row.reason,
                alert = "payment_disputed",
                "a payment is disputed; answer the bank in Stripe's dashboard"
            );
        }
        now.push(DisputeNow { stripe_id: dispute.id.clone(), cents: dispute.amount, status, before });
    }
    Ok(now)
}
