//! Tokens that are taken back because of an event: how many, what becomes debt, who pays it, and what is undone when
//! the event turns out otherwise. Refunds and disputes of one purchase together never take more than it gave.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// Why tokens are taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Cause {
    /// An admin took a grant back.
    Grant,
    /// A purchase was refunded.
    Refund,
    /// A purchase is disputed.
    Dispute,
    /// Nobody wrote it down: debt from before there were causes.
    Unknown,
}

impl Cause {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// How much of what a purchase or grant gave an event claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// All of it.
    All,
    /// The share of this money in what it cost.
    Share {
        /// What went back, in cents; for a refund this one alone, not those before it.
        cents: i64,
        /// What the purchase cost, in cents.
        of: i64,
    },
}

impl Claim {
    /// The money that went back.
    #[must_use]
    pub const fn cents(self) -> Option<i64> {
        match self {
            Self::All => None,
            Self::Share { cents, .. } => Some(cents),
        }
    }
}

/// One taking: `asked` = `covered` + `taken` + `repaid` + `open` + `forgiven`, in whole tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taking {
    /// What its event claims.
    pub asked: i64,
    /// The part that is not taken, since other events of the same purchase took all that was left of it.
    pub covered: i64,
    /// What was available and went at once.
    pub taken: i64,
    /// What was paid since.
    pub repaid: i64,
    /// What is owed.
    pub open: i64,
    /// What is not owed any more, though it was never paid.
    pub forgiven: i64,
}

/// A taking that stands (was not undone), as the next one of the same purchase must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Why.
    pub cause: Cause,
    /// The money that went back, if money did.
    pub cents: Option<i64>,
    /// The tokens.
    pub taking: Taking,
}

/// `ceil(tokens * cents / of)`, never more than `tokens`.
fn share(tokens: i64, cents: i64, of: i64) -> i64 {
    if cents <= 0 || of <= 0 {
        return 0;
    }
    let (tokens, cents, of) = (i128::from(tokens), i128::from(cents), i128::from(of));
    let all = (tokens * cents + of - 1) / of;
    i64::try_from(all.min(tokens)).unwrap_or(i64::MAX)
}

impl Taking {
    /// What an event claims of something that gave `tokens`, after the events before it. Refunds add up: all of them
    /// ask for the share of all the money, so that rounding counts once.
    #[must_use]
    pub fn claim(tokens: i64, cause: Cause, claim: Claim, before: &[Standing]) -> Self {
        let asked = match (claim, cause) {
            (Claim::All, _) => tokens,
            (Claim::Share { cents, of }, Cause::Refund) => {
                let refunds = || before.iter().filter(|one| one.cause == Cause::Refund);
                let money = refunds().fold(cents, |sum, one| sum.saturating_add(one.cents.unwrap_or(0)));
                let asked: i64 = refunds().map(|one| one.taking.asked).sum();
                (share(tokens, money, of) - asked).max(0)
            }
            (Claim::Share { cents, of }, Cause::Grant | Cause::Dispute | Cause::Unknown) => share(tokens, cents, of),
        };
        let taken: i64 = before.iter().map(|one| one.taking.effective()).sum();
        let left = (tokens - taken).max(0);
        Self { asked, covered: asked - asked.min(left), ..Self::default() }
    }

    /// What it takes, now or later.
    #[must_use]
    pub const fn effective(&self) -> i64 {
        self.asked - self.covered
    }

    /// What it took so far.
    #[must_use]
    pub const fn paid(&self) -> i64 {
        self.taken + self.repaid
    }

    /// With what was available when it was made; the rest is owed.
    #[must_use]
    pub const fn made(self, taken: i64) -> Self {
        Self { taken, open: self.effective() - taken, ..self }
    }

    /// Pays `amount` of open debt, at most all of it; answers what is left of the amount.
    pub fn repay(&mut self, amount: i64) -> i64 {
        let part = amount.min(self.open);
        self.open -= part;
        self.repaid += part;
        amount - part
    }

    /// Lets another taking of the same purchase have what this one kept it from taking, before this one is undone.
    /// Answers whether that is anything.
    pub fn hand_over(&mut self, other: &mut Self) -> bool {
        let taken = other.covered.min(self.taken);
        let repaid = (other.covered - taken).min(self.repaid);
        let open = (other.covered - taken - repaid).min(self.open);
        let all = taken + repaid + open;
        self.covered += all;
        (self.taken, self.repaid, self.open) = (self.taken - taken, self.repaid - repaid, self.open - open);
        other.covered -= all;
        (other.taken, other.repaid, other.open) = (other.taken + taken, other.repaid + repaid, other.open + open);
        all > 0
    }

    /// Undoes it: what is open is forgiven, and [`Taking::paid`] goes back to the user. Answers what was forgiven.
    pub fn undo(&mut self) -> i64 {
        let forgiven = std::mem::take(&mut self.open);
        self.forgiven += forgiven;
        forgiven
    }
}

#[cfg(test)]
mod tests;
