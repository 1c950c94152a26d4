//! Where else than on the page something is told: the e-mails that a user may switch off, and the events that
//! endpoints get.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray, VariantNames};
use uuid::Uuid;

/// An e-mail that a user may choose to get or not. Those that an account cannot do without (confirming an address, a
/// new password) are not among them.
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
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum EmailChoice {
    /// A job delivered its key.
    KeyFound,
    /// A job failed.
    JobFailed,
    /// A pull matched in full.
    PullWon,
    /// One's heist succeeded.
    HeistSuccess,
    /// One was robbed.
    HeistSuffered,
    /// A referral earned a Heist Token.
    TokenEarned,
    /// A shield blocked a heist, or its time was over.
    Shield,
}

impl EmailChoice {
    /// Every one, in the order in which the account page shows them.
    pub const ALL: &[Self] = <Self as VariantArray>::VARIANTS;

    /// Its name in the store, the API and unsubscribe links.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// Whether it is sent to those who never chose: what one waits for is, what one has just seen is not.
    #[must_use]
    pub const fn wanted_by_default(self) -> bool {
        match self {
            Self::KeyFound | Self::JobFailed | Self::HeistSuffered | Self::TokenEarned | Self::Shield => true,
            Self::PullWon | Self::HeistSuccess => false,
        }
    }

    /// What it is about, as the end of "Send me an e-mail when ...".
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::KeyFound => "a job found its key",
            Self::JobFailed => "a job failed",
            Self::PullWon => "a pull matched in full",
            Self::HeistSuccess => "a heist of mine succeeded",
            Self::HeistSuffered => "somebody robbed me",
            Self::TokenEarned => "a referral earned me a Heist Token",
            Self::Shield => "my shield blocked a heist or expired",
        }
    }
}

/// What an e-mail about a happening says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailForm {
    /// What the notice says.
    Notice,
    /// The key of a job, as its target shows it.
    KeyFound {
        /// The job.
        job_id: Uuid,
    },
    /// Why a job failed, and what that costs.
    JobFailed {
        /// The job.
        job_id: Uuid,
    },
    /// The key of a pull, as its target shows it.
    PullWon {
        /// The pull.
        pull_id: Uuid,
    },
}

/// Something that endpoints are told about, by the name under which they subscribe to it and deliveries carry it.
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = WebhookEvent))]
pub enum Event {
    /// A job delivered its key.
    #[serde(rename = "job.completed")]
    #[strum(serialize = "job.completed")]
    JobCompleted,
    /// A job failed.
    #[serde(rename = "job.failed")]
    #[strum(serialize = "job.failed")]
    JobFailed,
    /// A pull matched in full.
    #[serde(rename = "pull.won")]
    #[strum(serialize = "pull.won")]
    PullWon,
    /// Somebody robbed the player.
    #[serde(rename = "heist.suffered")]
    #[strum(serialize = "heist.suffered")]
    HeistSuffered,
    /// Something was paid.
    #[serde(rename = "payment.succeeded")]
    #[strum(serialize = "payment.succeeded")]
    PaymentSucceeded,
    /// A payment did not arrive.
    #[serde(rename = "payment.failed")]
    #[strum(serialize = "payment.failed")]
    PaymentFailed,
    /// A payment was refunded.
    #[serde(rename = "payment.refunded")]
    #[strum(serialize = "payment.refunded")]
    PaymentRefunded,
    /// A payment was disputed.
    #[serde(rename = "payment.disputed")]
    #[strum(serialize = "payment.disputed")]
    PaymentDisputed,
    /// A subscription began, changed or ended.
    #[serde(rename = "subscription.updated")]
    #[strum(serialize = "subscription.updated")]
    SubscriptionUpdated,
}

impl Event {
    /// Every event.
    pub const ALL: &[Self] = <Self as VariantArray>::VARIANTS;

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}
