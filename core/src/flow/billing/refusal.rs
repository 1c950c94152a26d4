//! Why something about payments is refused.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    domain::{billing::limits::Over, ledger, time::Timestamp},
    flow::Failure,
};

/// Why something about payments is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "refusal", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum BillingRefusal {
    /// The operator turned purchases off for now.
    #[error("nothing can be bought or changed right now; what was bought stays")]
    Disabled,
    /// Nothing is sold here at all.
    #[error("nothing is sold here: this service has no account at Stripe")]
    NotSoldHere,
    /// There is no such thing to buy.
    #[error("{wanted:?} is not for sale; choose one of {}", .known.join(", "))]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: Vec<String>,
    },
    /// It is not sold because its price at Stripe is not what the pages say, or has not been looked at.
    #[error("{item} is not sold right now: {why}")]
    NotSold {
        /// What.
        item: String,
        /// Why.
        why: String,
    },
    /// The account is gone.
    #[error("this account was deleted")]
    Gone,
    /// The account bought as often as it may in a day.
    #[error("an account can buy {limit} times a day; try again tomorrow")]
    TooMany {
        /// How often that is.
        limit: u32,
    },
    /// The account is new.
    #[error("a new account can buy {tokens} VaniTokens on its first day; more from {until} on")]
    NewAccount {
        /// How many those are.
        tokens: i64,
        /// When it is new no more.
        until: Timestamp,
    },
    /// There is a live subscription of that kind.
    #[error("there is a subscription already; change or end that one")]
    AlreadySubscribed {
        /// Where that can be done.
        portal: Option<String>,
    },
    /// There is no live subscription.
    #[error("there is no subscription to change")]
    NotSubscribed,
    /// Whoever never bought anything has no page at Stripe.
    #[error("nothing was bought yet, so there is nothing to manage")]
    NoCustomer,
    /// Stripe says no.
    #[error("the payment provider refused: {message}")]
    Refused {
        /// Its sentence.
        message: String,
    },
    /// There is no such purchase, payment or event.
    #[error("there is no {what} {id}")]
    NotFound {
        /// What was looked for.
        what: String,
        /// By this id.
        id: String,
    },
    /// It was not paid, so there is nothing to refund or credit.
    #[error("it was not paid")]
    NotPaid,
    /// More than is left of what was paid.
    #[error("only {left} cents are left to refund")]
    TooMuch {
        /// How much that is.
        left: i64,
    },
}

impl From<Over> for BillingRefusal {
    fn from(over: Over) -> Self {
        match over {
            Over::Purchases { limit } => Self::TooMany { limit },
            Over::NewAccount { tokens, until } => Self::NewAccount { tokens, until },
        }
    }
}

/// What the ledger refuses about payments is a broken invariant.
impl TryFrom<ledger::Refusal> for BillingRefusal {
    type Error = ledger::Refusal;

    fn try_from(refusal: ledger::Refusal) -> Result<Self, ledger::Refusal> {
        Err(refusal)
    }
}

/// How a use case about payments ends.
pub type Outcome<T> = Result<T, Failure<BillingRefusal>>;

pub(super) fn refused<T>(refusal: BillingRefusal) -> Outcome<T> {
    Err(Failure::Refused(refusal))
}

pub(super) fn no_purchase(id: Uuid) -> BillingRefusal {
    BillingRefusal::NotFound { what: "purchase".to_owned(), id: id.to_string() }
}
