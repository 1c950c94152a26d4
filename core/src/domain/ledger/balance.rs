//! One user account and what movements do to it. Every function takes the account as it is and answers with the
//! account as it will be, or with the reason why not; the store writes what comes out.

use serde::{Deserialize, Serialize};

/// A user account of one asset, in whole tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Balance {
    /// All tokens on the account, held ones too.
    pub balance: i64,
    /// The part that open holds reserve.
    pub held: i64,
    /// What the user owes after a refund of tokens that were spent already.
    pub debt: i64,
}

/// Why a movement is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "snake_case")]
pub enum Refusal {
    /// Less is available than the movement needs.
    #[error("{needed} tokens are needed and {available} are available")]
    Insufficient {
        /// Tokens the movement needs.
        needed: i64,
        /// Tokens available now.
        available: i64,
    },
    /// Amounts are positive.
    #[error("an amount must be above zero")]
    NotPositive,
    /// A settlement names more than the hold has.
    #[error("{posted} cannot be posted from a hold of {held}")]
    MoreThanHeld {
        /// Tokens to post.
        posted: i64,
        /// Tokens in the hold.
        held: i64,
    },
    /// The sum does not fit an account.
    #[error("the account cannot hold that many tokens")]
    Overflow,
}

/// What a credit did: the account afterwards, and how much of the credit paid debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credited {
    /// The account with the credit on it, before the debt is paid from it.
    pub credited: Balance,
    /// Tokens that go on to `clawback` at once.
    pub repaid: i64,
    /// The account when both are done.
    pub after: Balance,
}

impl Balance {
    /// Tokens that can be spent or held.
    #[must_use]
    pub const fn available(self) -> i64 {
        self.balance - self.held
    }

    /// Spends `amount` (zero for a free pull).
    ///
    /// # Errors
    /// [`Refusal::Insufficient`].
    pub fn debit(self, amount: i64) -> Result<Self, Refusal> {
        if amount < 0 {
            return Err(Refusal::NotPositive);
        }
        if amount > self.available() {
            return Err(Refusal::Insufficient { needed: amount, available: self.available() });
        }
        Ok(Self { balance: self.balance - amount, ..self })
    }

    /// Receives `amount`; debt is paid from it first.
    ///
    /// # Errors
    /// [`Refusal::NotPositive`], [`Refusal::Overflow`].
    pub fn credit(self, amount: i64) -> Result<Credited, Refusal> {
        if amount <= 0 {
            return Err(Refusal::NotPositive);
        }
        let balance = self.balance.checked_add(amount).ok_or(Refusal::Overflow)?;
        let credited = Self { balance, ..self };
        let repaid = amount.min(self.debt);
        Ok(Credited { credited, repaid, after: credited.repay(repaid) })
    }

    /// Reserves `amount`.
    ///
    /// # Errors
    /// [`Refusal::NotPositive`], [`Refusal::Insufficient`].
    pub fn hold(self, amount: i64) -> Result<Self, Refusal> {
        if amount <= 0 {
            return Err(Refusal::NotPositive);
        }
        if amount > self.available() {
            return Err(Refusal::Insufficient { needed: amount, available: self.available() });
        }
        Ok(Self { held: self.held + amount, ..self })
    }

    /// Ends a hold of `amount`: `posted` is spent and the rest released, which pays debt first.
    ///
    /// # Errors
    /// [`Refusal::MoreThanHeld`].
    pub fn settle(self, amount: i64, posted: i64) -> Result<Credited, Refusal> {
        if posted < 0 || posted > amount || amount > self.held {
            return Err(Refusal::MoreThanHeld { posted, held: amount.min(self.held) });
        }
        let credited = Self { balance: self.balance - posted, held: self.held - amount, ..self };
        let repaid = (amount - posted).min(self.debt);
        Ok(Credited { credited, repaid, after: credited.repay(repaid) })
    }

    /// Takes `amount` back: what is available goes at once (the second value), the rest becomes debt.
    ///
    /// # Errors
    /// [`Refusal::NotPositive`], [`Refusal::Overflow`].
    pub fn claw_back(self, amount: i64) -> Result<(Self, i64), Refusal> {
        if amount <= 0 {
            return Err(Refusal::NotPositive);
        }
        let taken = amount.min(self.available());
        let debt = self.debt.checked_add(amount - taken).ok_or(Refusal::Overflow)?;
        Ok((Self { balance: self.balance - taken, debt, ..self }, taken))
    }

    /// Undoes a taking: `forgiven` is owed no more, and `amount` comes back and pays other debt first.
    ///
    /// # Errors
    /// [`Refusal::Overflow`].
    pub fn give_back(self, amount: i64, forgiven: i64) -> Result<Credited, Refusal> {
        let relieved = Self { debt: self.debt - forgiven, ..self };
        if amount == 0 {
            return Ok(Credited { credited: relieved, repaid: 0, after: relieved });
        }
        relieved.credit(amount)
    }

    fn repay(self, amount: i64) -> Self {
        Self { balance: self.balance - amount, debt: self.debt - amount, ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account(balance: i64, held: i64, debt: i64) -> Balance {
        Balance { balance, held, debt }
    }

    #[test]
    fn a_refund_of_spent_tokens_becomes_debt_that_the_next_purchase_pays() {
        let (after, taken) = account(50, 0, 0).claw_back(500).unwrap();
        assert_eq!((taken, after), (50, account(0, 0, 450)));
        let bought = after.credit(500).unwrap();
        assert_eq!((bought.repaid, bought.after), (450, account(50, 0, 0)));
    }

    #[test]
    fn what_a_cancelled_job_releases_pays_the_debt() {
        let (after, taken) = account(500, 400, 0).claw_back(500).unwrap();
        assert_eq!((taken, after), (100, account(400, 400, 400)));
        let settled = after.settle(400, 0).unwrap();
        assert_eq!((settled.repaid, settled.after), (400, account(0, 0, 0)));
    }

    #[derive(Clone, Debug)]
    enum Move {
        Debit(i64),
        Credit(i64),
        Hold(i64),
        Settle(usize, f64),
        ClawBack(i64),
    }

    fn moves() -> impl Strategy<Value = Vec<Move>> {
        let amount = 0i64..2_000;
        let one = prop_oneof![
            amount.clone().prop_map(Move::Debit),
            amount.clone().prop_map(Move::Credit),
            amount.clone().prop_map(Move::Hold),
            (any::<usize>(), 0.0..=1.0).prop_map(|(which, share)| Move::Settle(which, share)),
            amount.prop_map(Move::ClawBack),
        ];
        proptest::collection::vec(one, 1..60)
    }

    proptest! {
        /// Whatever happens in whatever order: nothing below zero, tokens conserved, no debt beside available tokens.
        #[test]
        #[expect(clippy::cast_possible_truncation, reason = "a share of a small hold")]
        #[expect(clippy::cast_precision_loss, reason = "a share of a small hold")]
        fn no_program_of_movements_breaks_the_account(program in moves()) {
            let mut account = Balance::default();
            let mut holds: Vec<i64> = Vec::new();
            let (mut came, mut went, mut owed) = (0i64, 0i64, 0i64);
            for step in program {
                match step {
                    Move::Debit(n) => if let Ok(after) = account.debit(n) { account = after; went += n; },
                    Move::Credit(n) => if let Ok(done) = account.credit(n) {
                        account = done.after; came += n; went += done.repaid; owed -= done.repaid;
                    },
                    Move::Hold(n) => if let Ok(after) = account.hold(n) { account = after; holds.push(n); },
                    Move::Settle(which, share) => if !holds.is_empty() {
                        let hold = holds.remove(which % holds.len());
                        let posted = (hold as f64 * share) as i64;
                        let done = account.settle(hold, posted).unwrap();
                        account = done.after; went += posted + done.repaid; owed -= done.repaid;
                    },
                    Move::ClawBack(n) => if let Ok((after, taken)) = account.claw_back(n) {
                        account = after; went += taken; owed += n - taken;
                    },
                }
                prop_assert!(account.available() >= 0 && account.held >= 0 && account.debt >= 0);
                prop_assert!(account.debt == 0 || account.available() == 0);
                prop_assert_eq!(account.balance, came - went);
                prop_assert_eq!(account.debt, owed);
                prop_assert_eq!(account.held, holds.iter().sum::<i64>());
            }
        }
    }
}
