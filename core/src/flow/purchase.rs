//! What becomes of a purchase of VaniTokens in the ledger: it is paid, refunded, disputed. Whoever handles payments
//! knows what happened and calls these within its own transaction; each event may be told any number of times, and
//! refunds and disputes in any order. How many tokens an event takes is ruled in `domain::ledger`.

use serde_json::json;
use uuid::Uuid;

use super::{
    Failure, debts,
    forfeit::{Cause as Forfeited, forfeit},
};
use crate::{
    app::App,
    domain::{
        audit::Action,
        ledger::{Asset, Balance, Cause, Claim, Kind, Movement, Refusal},
    },
    store::{
        Tx,
        audit::{self, Entry, Origin},
        ledger,
    },
};

/// A purchase: the same numbers at every call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Its id.
    pub id: Uuid,
    /// Who bought.
    pub user: Uuid,
    /// The VaniTokens that it gave.
    pub tokens: i64,
    /// What it cost, in cents.
    pub cents: i64,
}

/// What a purchase was paid by, with Stripe's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment<'a> {
    /// A payment intent.
    Intent(&'a str),
    /// A checkout session that cost nothing and so has no payment intent.
    Checkout(&'a str),
}

impl<'a> Payment<'a> {
    fn key(self) -> String {
        match self {
            Self::Intent(id) => format!("payment:{id}"),
            Self::Checkout(id) => format!("checkout:{id}"),
        }
    }

    const fn id(self) -> &'a str {
        match self {
            Self::Intent(id) | Self::Checkout(id) => id,
        }
    }
}

/// The account afterwards.
type Outcome = Result<Balance, Failure<Refusal>>;

impl Purchase {
    fn movement(&self, app: &App, kind: Kind, key: String) -> Movement<'static> {
        let (asset, at) = (Asset::VaniToken, app.clock.now());
        Movement { user: self.user, asset, amount: self.tokens, kind, key, subject: Some(self.id), note: None, at }
    }

    /// It was paid: its tokens are credited, and pay debt first. Those of a deleted account are forfeited in the same
    /// transaction, and somebody should look into the payment.
    ///
    /// # Errors
    /// [`Refusal::NotPositive`], [`Refusal::Overflow`], or the store's.
    pub async fn paid(&self, tx: &mut Tx, app: &App, payment: Payment<'_>) -> Outcome {
        let movement = self.movement(app, Kind::Purchase, payment.key());
        let after = ledger::credit(tx, &movement).await?;
        self.forfeit_if_late(tx, app, payment.id(), after).await
    }

    /// So many cents of it were refunded by this refund, which neither failed nor was canceled: with the refunds told
    /// before, the share of the tokens that all of them make is taken back.
    ///
    /// # Errors
    /// The store's.
    pub async fn refunded(&self, tx: &mut Tx, app: &App, refund: &str, cents: i64) -> Outcome {
        self.take(tx, app, Cause::Refund, format!("refund:{refund}"), cents).await
    }

    /// The refund failed or was canceled: what it took goes back.
    ///
    /// # Errors
    /// The store's.
    pub async fn refund_failed(&self, tx: &mut Tx, app: &App, refund: &str) -> Outcome {
        let taking = format!("refund:{refund}");
        let key = format!("{taking}:failed");
        self.give_back(tx, app, Cause::Refund, (&taking, key), refund).await
    }

    /// So many cents of it are disputed: their share of the tokens is taken back, as far as refunds left any.
    ///
    /// # Errors
    /// The store's.
    pub async fn disputed(&self, tx: &mut Tx, app: &App, dispute: &str, cents: i64) -> Outcome {
        self.take(tx, app, Cause::Dispute, format!("dispute:{dispute}"), cents).await
    }

    /// The dispute was won: what it took or was repaid since goes back, and its open debt is forgiven.
    ///
    /// # Errors
    /// The store's.
    pub async fn dispute_won(&self, tx: &mut Tx, app: &App, dispute: &str) -> Outcome {
        let taking = format!("dispute:{dispute}");
        let key = format!("{taking}:won");
        self.give_back(tx, app, Cause::Dispute, (&taking, key), dispute).await
    }

    async fn take(&self, tx: &mut Tx, app: &App, cause: Cause, key: String, cents: i64) -> Outcome {
        let movement = self.movement(app, Kind::Clawback, key);
        let claim = Claim::Share { cents, of: self.cents };
        let done = ledger::claw_back(tx, &movement, cause, claim).await?;
        if done.again {
            return Ok(done.balance);
        }
        let detail = json!({ "purchase": self.id, "cause": cause, "key": movement.key, "cents": cents,
            "asked": done.taking.asked, "taken": done.taking.taken, "owed": done.taking.open });
        self.note(tx, Action::TokensClawBack, detail, &movement).await?;
        debts::cancel_jobs(tx, app, self.user, done.balance).await?;
        Ok(ledger::balance(tx, self.user, &Asset::VaniToken).await?)
    }

    async fn give_back(
        &self,
        tx: &mut Tx,
        app: &App,
        cause: Cause,
        (taking, key): (&str, String),
        event: &str,
    ) -> Outcome {
        let movement = self.movement(app, Kind::ClawbackReversal, key);
        let done = ledger::give_back(tx, &movement, cause, taking).await?;
        if done.again {
            return Ok(done.balance);
        }
        let detail = json!({ "purchase": self.id, "cause": cause, "key": movement.key, "amount": done.taking.paid(),
            "forgiven": done.taking.forgiven });
        self.note(tx, Action::TokensGiveBack, detail, &movement).await?;
        self.forfeit_if_late(tx, app, event, done.balance).await
    }

    async fn note(
        &self,
        tx: &mut Tx,
        action: Action,
        detail: serde_json::Value,
        movement: &Movement<'_>,
    ) -> Result<(), Failure<Refusal>> {
        let entry = Entry::new(None, action, Some(self.user), detail);
        Ok(audit::record(tx, &entry, &Origin::default(), movement.at).await?)
    }

    async fn forfeit_if_late(&self, tx: &mut Tx, app: &App, event: &str, after: Balance) -> Outcome {
        let tokens = forfeit(tx, app, self.user, Forfeited::Late(event)).await?;
        if tokens == 0 {
            return Ok(after);
        }
        tracing::error!(
            purchase.id = %self.id,
            tokens,
            alert = "tokens_for_deleted_account",
            "{event} brought tokens to a deleted account; they were forfeited, and the payment should be refunded"
        );
        Ok(ledger::balance(tx, self.user, &Asset::VaniToken).await?)
    }
}
