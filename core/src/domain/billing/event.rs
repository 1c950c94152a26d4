//! Events of Stripe's by type: what each is about. Nothing of an event is believed but that something happened to an
//! object; what became of the object is fetched.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = BillingEventState))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum EventState {
    /// Its task is owed.
    Waiting,
    /// What it is about was fetched and written.
    Handled,
    /// Nothing here depends on it; the reason says why.
    Ignored,
    /// The last try to handle it failed; the reason says why.
    Failed,
}

impl EventState {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// The kind of object that an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A Checkout Session.
    Session,
    /// A payment intent.
    Intent,
    /// An invoice.
    Invoice,
    /// A subscription.
    Subscription,
    /// A customer.
    Customer,
    /// A charge.
    Charge,
    /// A refund.
    Refund,
    /// A dispute.
    Dispute,
    /// An issuer's warning of fraud.
    Warning,
}

/// Every type of event that is handled, with what it is about.
pub const HANDLED: &[(&str, Topic)] = &[
    ("checkout.session.completed", Topic::Session),
    ("checkout.session.expired", Topic::Session),
    ("checkout.session.async_payment_succeeded", Topic::Session),
    ("checkout.session.async_payment_failed", Topic::Session),
    ("payment_intent.succeeded", Topic::Intent),
    ("payment_intent.payment_failed", Topic::Intent),
    ("payment_intent.canceled", Topic::Intent),
    ("invoice.paid", Topic::Invoice),
    ("invoice.payment_failed", Topic::Invoice),
    ("invoice.payment_action_required", Topic::Invoice),
    ("invoice.voided", Topic::Invoice),
    ("invoice.marked_uncollectible", Topic::Invoice),
    ("customer.subscription.created", Topic::Subscription),
    ("customer.subscription.updated", Topic::Subscription),
    ("customer.subscription.deleted", Topic::Subscription),
    ("customer.subscription.trial_will_end", Topic::Subscription),
    ("customer.subscription.paused", Topic::Subscription),
    ("customer.subscription.resumed", Topic::Subscription),
    ("customer.subscription.pending_update_applied", Topic::Subscription),
    ("customer.subscription.pending_update_expired", Topic::Subscription),
    ("customer.deleted", Topic::Customer),
    ("charge.refunded", Topic::Charge),
    ("refund.created", Topic::Refund),
    ("refund.updated", Topic::Refund),
    ("refund.failed", Topic::Refund),
    ("charge.dispute.created", Topic::Dispute),
    ("charge.dispute.updated", Topic::Dispute),
    ("charge.dispute.closed", Topic::Dispute),
    ("charge.dispute.funds_withdrawn", Topic::Dispute),
    ("charge.dispute.funds_reinstated", Topic::Dispute),
    ("radar.early_fraud_warning.created", Topic::Warning),
];

/// What events of a type are about; none if nothing here depends on them.
#[must_use]
pub fn topic(kind: &str) -> Option<Topic> {
    HANDLED.iter().find(|(name, _)| *name == kind).map(|(_, topic)| *topic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_listed_once_and_others_are_about_nothing() {
        let mut names: Vec<_> = HANDLED.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), HANDLED.len());
        assert_eq!(topic("charge.dispute.closed"), Some(Topic::Dispute));
        for other in ["charge.succeeded", "plan.created", "", "invoice.created"] {
            assert_eq!(topic(other), None, "{other}");
        }
    }
}
