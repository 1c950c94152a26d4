//! What moves, and what it means that a key is used again.

use uuid::Uuid;

use super::{Asset, Kind};
use crate::domain::time::Timestamp;

/// What moves between a user and the house, or into and out of a hold. The kind says which account of the house it is.
#[derive(Clone, Debug)]
pub struct Movement<'a> {
    /// Whose account.
    pub user: Uuid,
    /// Of which asset.
    pub asset: Asset,
    /// How much; never negative.
    pub amount: i64,
    /// Why.
    pub kind: Kind,
    /// The idempotency key, like `pull:<id>`.
    pub key: String,
    /// The pull, job, grant ... it belongs to.
    pub subject: Option<Uuid>,
    /// Words of the admin who made it.
    pub note: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

/// What was recorded under a key, as far as a repetition must agree with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// The account that pays.
    pub debit: Uuid,
    /// The account that receives; that of the hold itself for a hold.
    pub credit: Uuid,
    /// How much.
    pub amount: i64,
    /// Why.
    pub kind: Kind,
    /// What it belongs to.
    pub subject: Option<Uuid>,
}

/// How a movement differs from the one that its key was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Another account pays or receives.
    Account,
    /// It is more or less.
    Amount,
    /// It is made for another reason.
    Kind,
    /// It belongs to something else.
    Subject,
    /// It settles another hold.
    Hold,
    /// It posts more or less of the hold and releases the rest.
    Split,
    /// Tokens are taken back, or given back, because of another event.
    Cause,
    /// Another share of what a purchase gave is taken back.
    Share,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Account => "account",
            Self::Amount => "amount",
            Self::Kind => "kind",
            Self::Subject => "subject",
            Self::Hold => "hold",
            Self::Split => "split between post and release",
            Self::Cause => "cause",
            Self::Share => "share of the purchase",
        })
    }
}

impl Content {
    /// How a repetition differs from this; the first difference counts.
    ///
    /// # Errors
    /// The difference.
    pub fn repeated_by(&self, again: &Self) -> Result<(), Difference> {
        if (self.debit, self.credit) != (again.debit, again.credit) {
            Err(Difference::Account)
        } else if self.kind != again.kind {
            Err(Difference::Kind)
        } else if self.subject != again.subject {
            Err(Difference::Subject)
        } else if self.amount != again.amount {
            Err(Difference::Amount)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_differ_has_its_name() {
        let id = Uuid::from_u128;
        let first = Content { debit: id(1), credit: id(2), amount: 5, kind: Kind::Pull, subject: Some(id(3)) };
        assert_eq!(first.repeated_by(&first), Ok(()));
        for (again, expected) in [
            (Content { debit: id(4), ..first }, Difference::Account),
            (Content { credit: id(4), ..first }, Difference::Account),
            (Content { amount: 6, ..first }, Difference::Amount),
            (Content { kind: Kind::Shield, ..first }, Difference::Kind),
            (Content { subject: None, ..first }, Difference::Subject),
        ] {
            assert_eq!(first.repeated_by(&again), Err(expected));
        }
    }
}
