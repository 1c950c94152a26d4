//! What users are told. One case a happening, with the ids and numbers that it is about (never a secret); matches
//! without a catch-all say which notice it is, whether there is an e-mail and a webhook event about it, and whom it
//! names. What it reads like is in [`words`], which e-mails and events there are in [`channels`]. Telling it is
//! `flow::notify`'s.

mod channels;
mod payments;
#[cfg(test)]
mod tests;
mod words;

pub use channels::{EmailChoice, EmailForm, Event};
pub use words::{Action, Words};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};
use uuid::Uuid;

use super::{billing::subscription::Status, time::Timestamp};

/// Something that a user is told.
///
/// A new one takes, with an e-mail that can be switched off and a webhook event: the case here and in the matches
/// below, its words in `words.rs`, its [`EmailChoice`] and [`Event`] in `channels.rs`, the flow in which it happens,
/// and a line in the table of `tests.rs`. The API, its document, the account page, unsubscribe links and the
/// notification page follow by themselves.
///
/// Notices are stored in this form, so a field that is added needs a default, and a case that nothing causes any more
/// stays until no database can hold one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "about", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum Happening {
    /// A job delivered its key.
    JobCompleted {
        /// The job.
        job_id: Uuid,
        /// What was searched for.
        #[serde(default)]
        pattern: String,
        /// What it was searched in.
        #[serde(default)]
        target: String,
        /// The key.
        did: String,
    },
    /// A job failed.
    JobFailed {
        /// The job.
        job_id: Uuid,
        /// What was searched for.
        #[serde(default)]
        pattern: String,
        /// What it was searched in.
        #[serde(default)]
        target: String,
        /// Why, as the end of a sentence.
        reason: String,
        /// VaniTokens that went back to the balance.
        released: i64,
    },
    /// A pull matched in full.
    PullWon {
        /// The pull.
        pull_id: Uuid,
        /// The key.
        did: String,
        /// What the pattern was matched against.
        #[serde(default)]
        text: String,
        /// One key in how many does, as a decimal.
        one_in: String,
    },
    /// An endpoint was disabled because nothing arrived there.
    WebhookDisabled {
        /// The endpoint.
        endpoint_id: Uuid,
        /// Where it is, without path and query, in which people put tokens.
        url: String,
        /// Why.
        reason: String,
    },
    /// A heist took points.
    HeistSuccess {
        /// The heist.
        heist_id: Uuid,
        /// Whom they were taken from.
        victim_id: Uuid,
        /// How many.
        points: i64,
        /// Points of the season afterwards.
        new_total: i64,
        /// When the next heist is possible.
        cooldown_ends_at: Timestamp,
    },
    /// Somebody took points.
    HeistVictim {
        /// The heist.
        heist_id: Uuid,
        /// Who did.
        attacker_id: Uuid,
        /// How many.
        points: i64,
        /// Points of the season afterwards.
        new_total: i64,
        /// Until when nobody else can.
        protection_until: Timestamp,
    },
    /// A referral earned Heist Tokens.
    TokenEarned {
        /// Who signed up.
        referred_id: Uuid,
        /// Heist Tokens.
        tokens: i64,
        /// Points.
        points: i64,
        /// Heist Tokens afterwards.
        new_total: i64,
    },
    /// A shield blocked a heist.
    ShieldActivated {
        /// The heist.
        heist_id: Uuid,
        /// Who tried.
        attacker_id: Uuid,
    },
    /// A shield's time was over.
    ShieldExpired {
        /// The shield.
        shield_id: Uuid,
        /// When it was.
        expired_at: Timestamp,
    },
    /// Something was paid.
    PaymentSucceeded {
        /// The purchase or subscription.
        payment_id: Uuid,
        /// What for, as people call it.
        what: String,
        /// How much, in the currency's smallest unit.
        cents: i64,
        /// The currency.
        currency: String,
        /// VaniTokens that were credited.
        tokens: i64,
        /// Stripe's id of the payment.
        stripe_id: String,
    },
    /// A payment did not arrive.
    PaymentFailed {
        /// The purchase or subscription.
        payment_id: Uuid,
        /// What for, as people call it.
        what: String,
        /// How much, in the currency's smallest unit.
        cents: i64,
        /// The currency.
        currency: String,
        /// Until when what it is for stays nevertheless; nothing if it was never there.
        grace_until: Option<Timestamp>,
    },
    /// A payment was refunded, in part or whole.
    PaymentRefunded {
        /// The purchase or subscription.
        payment_id: Uuid,
        /// What it was for, as people call it.
        what: String,
        /// How much went back, in the currency's smallest unit.
        cents: i64,
        /// The currency.
        currency: String,
        /// VaniTokens that were taken for it.
        tokens: i64,
        /// Stripe's id of the refund.
        stripe_id: String,
    },
    /// A payment was disputed at the bank.
    PaymentDisputed {
        /// The purchase or subscription.
        payment_id: Uuid,
        /// What it was for, as people call it.
        what: String,
        /// How much, in the currency's smallest unit.
        cents: i64,
        /// The currency.
        currency: String,
        /// VaniTokens that were taken for it.
        tokens: i64,
        /// Stripe's id of the dispute.
        stripe_id: String,
    },
    /// A dispute was decided.
    DisputeEnded {
        /// The purchase or subscription.
        payment_id: Uuid,
        /// What it was for, as people call it.
        what: String,
        /// Whether the payment stands.
        won: bool,
        /// Stripe's id of the dispute.
        stripe_id: String,
    },
    /// A subscription began, changed or ended.
    SubscriptionUpdated {
        /// The subscription.
        subscription_id: Uuid,
        /// What it is for, as people call it.
        what: String,
        /// How it stands.
        status: Status,
        /// When it ends, if that is decided.
        ends_at: Option<Timestamp>,
    },
}

/// The kind of a notice, as it is stored and as the API names it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
    VariantNames,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum NoticeKind {
    /// A job delivered its key.
    JobCompleted,
    /// A job failed.
    JobFailed,
    /// A pull matched in full.
    PullWon,
    /// An endpoint was disabled because nothing arrived there.
    WebhookDisabled,
    /// A heist took points.
    HeistSuccess,
    /// Somebody took points.
    HeistVictim,
    /// A referral earned Heist Tokens.
    TokenEarned,
    /// A shield blocked a heist.
    ShieldActivated,
    /// A shield's time was over.
    ShieldExpired,
    /// Something was paid.
    PaymentSucceeded,
    /// A payment did not arrive.
    PaymentFailed,
    /// A payment was refunded.
    PaymentRefunded,
    /// A payment was disputed.
    PaymentDisputed,
    /// A dispute was decided.
    DisputeEnded,
    /// A subscription began, changed or ended.
    SubscriptionUpdated,
}

impl NoticeKind {
    /// Its name in the store and the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether it belongs to the game, whose notices have a list of their own and whose e-mails the operator turns on.
    #[must_use]
    pub const fn is_of_game(self) -> bool {
        match self {
            Self::JobCompleted | Self::JobFailed | Self::PullWon | Self::WebhookDisabled => false,
            Self::PaymentSucceeded | Self::PaymentFailed | Self::PaymentRefunded => false,
            Self::PaymentDisputed | Self::DisputeEnded | Self::SubscriptionUpdated => false,
            Self::HeistSuccess
            | Self::HeistVictim
            | Self::TokenEarned
            | Self::ShieldActivated
            | Self::ShieldExpired => true,
        }
    }

    /// The kinds that belong to the game.
    #[must_use]
    pub fn of_game() -> Vec<Self> {
        <Self as VariantArray>::VARIANTS.iter().copied().filter(|kind| kind.is_of_game()).collect()
    }
}

/// Somebody whom a happening names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The user.
    pub id: Uuid,
    /// The field beside the id in which readers get the name.
    pub field: &'static str,
}

impl Happening {
    /// The notice that tells it.
    #[must_use]
    pub const fn kind(&self) -> NoticeKind {
        match self {
            Self::JobCompleted { .. } => NoticeKind::JobCompleted,
            Self::JobFailed { .. } => NoticeKind::JobFailed,
            Self::PullWon { .. } => NoticeKind::PullWon,
            Self::WebhookDisabled { .. } => NoticeKind::WebhookDisabled,
            Self::HeistSuccess { .. } => NoticeKind::HeistSuccess,
            Self::HeistVictim { .. } => NoticeKind::HeistVictim,
            Self::TokenEarned { .. } => NoticeKind::TokenEarned,
            Self::ShieldActivated { .. } => NoticeKind::ShieldActivated,
            Self::ShieldExpired { .. } => NoticeKind::ShieldExpired,
            Self::PaymentSucceeded { .. } => NoticeKind::PaymentSucceeded,
            Self::PaymentFailed { .. } => NoticeKind::PaymentFailed,
            Self::PaymentRefunded { .. } => NoticeKind::PaymentRefunded,
            Self::PaymentDisputed { .. } => NoticeKind::PaymentDisputed,
            Self::DisputeEnded { .. } => NoticeKind::DisputeEnded,
            Self::SubscriptionUpdated { .. } => NoticeKind::SubscriptionUpdated,
        }
    }

    /// The e-mail about it, if there is one: what it says, and by which choice it is switched off. What is about money
    /// has no choice: it is always sent.
    #[must_use]
    pub const fn email(&self) -> Option<(EmailForm, Option<EmailChoice>)> {
        match *self {
            Self::JobCompleted { job_id, .. } => Some((EmailForm::KeyFound { job_id }, Some(EmailChoice::KeyFound))),
            Self::JobFailed { job_id, .. } => Some((EmailForm::JobFailed { job_id }, Some(EmailChoice::JobFailed))),
            Self::PullWon { pull_id, .. } => Some((EmailForm::PullWon { pull_id }, Some(EmailChoice::PullWon))),
            Self::WebhookDisabled { .. } | Self::SubscriptionUpdated { .. } => None,
            Self::HeistSuccess { .. } => Some((EmailForm::Notice, Some(EmailChoice::HeistSuccess))),
            Self::HeistVictim { .. } => Some((EmailForm::Notice, Some(EmailChoice::HeistSuffered))),
            Self::TokenEarned { .. } => Some((EmailForm::Notice, Some(EmailChoice::TokenEarned))),
            Self::ShieldActivated { .. } | Self::ShieldExpired { .. } => {
                Some((EmailForm::Notice, Some(EmailChoice::Shield)))
            }
            Self::PaymentSucceeded { .. }
            | Self::PaymentFailed { .. }
            | Self::PaymentRefunded { .. }
            | Self::PaymentDisputed { .. }
            | Self::DisputeEnded { .. } => Some((EmailForm::Notice, None)),
        }
    }

    /// The event that endpoints get, if there is one. Its data is [`data`](Self::data).
    #[must_use]
    pub const fn event(&self) -> Option<Event> {
        match self {
            Self::JobCompleted { .. } => Some(Event::JobCompleted),
            Self::JobFailed { .. } => Some(Event::JobFailed),
            Self::PullWon { .. } => Some(Event::PullWon),
            Self::HeistVictim { .. } => Some(Event::HeistSuffered),
            Self::PaymentSucceeded { .. } => Some(Event::PaymentSucceeded),
            Self::PaymentFailed { .. } => Some(Event::PaymentFailed),
            Self::PaymentRefunded { .. } => Some(Event::PaymentRefunded),
            Self::PaymentDisputed { .. } => Some(Event::PaymentDisputed),
            Self::SubscriptionUpdated { .. } => Some(Event::SubscriptionUpdated),
            Self::WebhookDisabled { .. }
            | Self::DisputeEnded { .. }
            | Self::HeistSuccess { .. }
            | Self::TokenEarned { .. }
            | Self::ShieldActivated { .. }
            | Self::ShieldExpired { .. } => None,
        }
    }

    /// The job, pull, heist, shield, endpoint, user, purchase or subscription that it is about.
    #[must_use]
    pub const fn subject(&self) -> Uuid {
        match *self {
            Self::JobCompleted { job_id: id, .. }
            | Self::JobFailed { job_id: id, .. }
            | Self::PullWon { pull_id: id, .. }
            | Self::WebhookDisabled { endpoint_id: id, .. }
            | Self::HeistSuccess { heist_id: id, .. }
            | Self::HeistVictim { heist_id: id, .. }
            | Self::TokenEarned { referred_id: id, .. }
            | Self::ShieldActivated { heist_id: id, .. }
            | Self::ShieldExpired { shield_id: id, .. }
            | Self::PaymentSucceeded { payment_id: id, .. }
            | Self::PaymentFailed { payment_id: id, .. }
            | Self::PaymentRefunded { payment_id: id, .. }
            | Self::PaymentDisputed { payment_id: id, .. }
            | Self::DisputeEnded { payment_id: id, .. }
            | Self::SubscriptionUpdated { subscription_id: id, .. } => id,
        }
    }

    /// The other user whom it names. Names are not stored; they are looked up when it is read.
    #[must_use]
    pub const fn person(&self) -> Option<Person> {
        match *self {
            Self::HeistSuccess { victim_id: id, .. } => Some(Person { id, field: "victimName" }),
            Self::HeistVictim { attacker_id: id, .. } | Self::ShieldActivated { attacker_id: id, .. } => {
                Some(Person { id, field: "attackerName" })
            }
            Self::TokenEarned { referred_id: id, .. } => Some(Person { id, field: "referredName" }),
            Self::JobCompleted { .. }
            | Self::JobFailed { .. }
            | Self::PullWon { .. }
            | Self::WebhookDisabled { .. }
            | Self::ShieldExpired { .. }
            | Self::PaymentSucceeded { .. }
            | Self::PaymentFailed { .. }
            | Self::PaymentRefunded { .. }
            | Self::PaymentDisputed { .. }
            | Self::DisputeEnded { .. }
            | Self::SubscriptionUpdated { .. } => None,
        }
    }

    /// Its ids and numbers, as the notice keeps them and webhooks carry them.
    ///
    /// # Errors
    /// A field that has no form in JSON, of which there is none today.
    pub fn data(&self) -> Result<Value, serde_json::Error> {
        Ok(serde_json::to_value(self)?["about"].take())
    }

    /// Puts together what [`kind`](Self::kind) and [`data`](Self::data) took apart.
    ///
    /// # Errors
    /// The data is not that of such a happening.
    pub fn read(kind: NoticeKind, data: Value) -> Result<Self, serde_json::Error> {
        serde_json::from_value(json!({ "kind": kind, "about": data }))
    }
}
