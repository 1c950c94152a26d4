//! What a happening reads like. Words are not stored; they are made when a notice is read or an e-mail is written.

use serde::{Deserialize, Serialize};

use super::{Happening, payments};
use crate::domain::billing::money;

/// Where a notice leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Action {
    /// Words on the button.
    pub label: String,
    /// The page.
    pub route: String,
}

/// A happening in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// A few words.
    pub title: &'static str,
    /// A sentence or two.
    pub message: String,
    /// What to do about it.
    pub action: Action,
}

impl Happening {
    /// Puts it into words, with the name of the [`person`](Self::person) it names if they have one.
    #[must_use]
    pub fn words(&self, name: Option<&str>) -> Words {
        // Names are written as their owners write them, at the start of a sentence too.
        let first = name.unwrap_or("A deleted user");
        let name = name.unwrap_or("a deleted user");
        let (title, message, label, route) = match self {
            Self::JobCompleted { job_id, pattern, did, .. } => (
                "Your key was found",
                format!("We found your key for {pattern}: {did}. Get it on the job's page."),
                "Get the key",
                format!("/app/jobs/{job_id}"),
            ),
            Self::JobFailed { job_id, pattern, reason, released, .. } => (
                "A job failed",
                format!(
                    "The search for {pattern} ended without a key: {reason}. {} went back to your balance.",
                    counted(*released, "VaniToken")
                ),
                "Look at the job",
                format!("/app/jobs/{job_id}"),
            ),
            Self::PullWon { pull_id, did, one_in, .. } => (
                "A pull matched in full",
                format!("1 in {one_in}: {did}. Keep it before its key is erased."),
                "Look at the pull",
                format!("/app/pulls/{pull_id}"),
            ),
            Self::WebhookDisabled { url, reason, .. } => (
                "A webhook endpoint was disabled",
                format!("{url} gets no more events: {reason}. Repair it and enable it again."),
                "Look at your endpoints",
                String::from("/account"),
            ),
            Self::HeistSuccess { points, new_total, .. } => (
                "Your heist succeeded",
                format!(
                    "You took {} from {name} and have {} now.",
                    counted(*points, "point"),
                    counted(*new_total, "point")
                ),
                "Look at your heists",
                String::from("/heists"),
            ),
            Self::HeistVictim { points, new_total, protection_until, .. } => (
                "You were robbed",
                format!(
                    "{first} took {} from you; {new_total} are left. You are protected until {}.",
                    counted(*points, "point"),
                    protection_until.minute()
                ),
                "Buy a shield",
                String::from("/heists"),
            ),
            Self::TokenEarned { tokens, points, .. } => (
                "A referral was rewarded",
                format!(
                    "{first} signed up with your code: {} and {} for you.",
                    counted(*tokens, "Heist Token"),
                    counted(*points, "point")
                ),
                "Choose a target",
                String::from("/leaderboard"),
            ),
            Self::ShieldActivated { .. } => (
                "Your shield blocked a heist",
                format!("{first} tried to rob you and lost a token. The shield is used up."),
                "Buy another",
                String::from("/heists"),
            ),
            Self::ShieldExpired { .. } => (
                "Your shield expired",
                String::from("Seven days are over and nobody tried. You can be robbed again."),
                "Buy another",
                String::from("/heists"),
            ),
            Self::PaymentSucceeded { what, cents, currency, tokens, stripe_id, .. } => {
                payments::succeeded(what, &money(*cents, currency), *tokens, stripe_id)
            }
            Self::PaymentFailed { what, cents, currency, grace_until, .. } => {
                payments::failed(what, &money(*cents, currency), *grace_until)
            }
            Self::PaymentRefunded { what, cents, currency, tokens, stripe_id, .. } => {
                payments::refunded(what, &money(*cents, currency), *tokens, stripe_id)
            }
            Self::PaymentDisputed { what, cents, currency, tokens, stripe_id, .. } => {
                payments::disputed(what, &money(*cents, currency), *tokens, stripe_id)
            }
            Self::DisputeEnded { what, won, stripe_id, .. } => payments::decided(what, *won, stripe_id),
            Self::SubscriptionUpdated { what, status, ends_at, .. } => payments::subscription(what, *status, *ends_at),
        };
        Words { title, message, action: Action { label: label.to_owned(), route } }
    }
}

fn counted(count: i64, of: &str) -> String {
    if count == 1 { format!("1 {of}") } else { format!("{count} {of}s") }
}
