//! One pull: the key is derived from both shares, then debit, pattern, result, sealed key file and the erasure of
//! the service's share commit in one transaction, before any answer. So nobody can draw again or drop a win.

use uuid::Uuid;
use vanikeys_grind::Pattern;

use super::{
    PullDone, PullOrder, PullRefusal,
    made::{self, Made, Shares},
};
use crate::{
    app::App,
    custody::Recipient,
    domain::{
        happening::Happening,
        ledger::{Asset, Kind, Movement},
        points::ACHIEVEMENT_ONE_IN,
        price,
        time::Timestamp,
    },
    flow::{
        Actor, Failure,
        custody::{self, Custody},
        notify::{Notification, notify},
        nudge,
        once::{self, once},
        points,
    },
    store::{
        Erasable, Tx, commitments,
        credits::{self, Source},
        idempotency::Key,
        ledger, plans, players,
        pulls::{self, NewPull, Pull},
    },
};

/// Makes one key.
///
/// # Errors
/// See [`PullRefusal`].
pub async fn execute(
    app: &App,
    actor: &Actor,
    key: Option<&Key>,
    order: &PullOrder,
) -> Result<PullDone, Failure<PullRefusal>> {
    let (pattern, custody, recipient) = match checked(app, order).await {
        Ok(checked) => checked,
        Err(refusal) => return once::invalid(app, key, Failure::Refused(refusal)).await,
    };
    let request = made::request_hash(order, custody);
    let shares = match made::shares(app, actor.user, order, &request).await {
        Ok(Shares::Drawn(shares)) => shares,
        Ok(Shares::UsedForThis(pull)) => return replay(app, actor.user, pull).await,
        Err(failure) => return once::refuse(app, key, failure).await,
    };
    let at = app.clock.now();
    let made = made::make(app, shares, pattern.clone(), recipient, at).await?;
    let price = price::pull(pattern.odds().difficulty());
    let done = once!(app, key, tx => {
        let rare = made.answer.is_win && made.answer.one_in.parse().is_ok_and(|n: f64| n >= ACHIEVEMENT_ONE_IN);
        if rare {
            players::lock(tx, [actor.user]).await?;
        }
        let account = ledger::lock_account(tx, actor.user, &Asset::VaniToken, at).await?;
        if let Some(commitment) = made.client_commitment
            && !commitments::use_up(tx, commitment, made.id, &request, at).await?
        {
            return used_meanwhile(tx, actor.user, commitment, &request).await;
        }
        let (free, left) = use_free(app, tx, actor.user, at).await?;
        let spent = if free { 0 } else { price };
        let movement = Movement {
            user: actor.user,
            asset: Asset::VaniToken,
            amount: spent,
            kind: Kind::Pull,
            key: format!("pull:{}", made.id),
            subject: Some(made.id),
            note: None,
            at,
        };
        let after = ledger::debit_locked(tx, &account, &movement).await?;
        if spent > 0 {
            credits::add(tx, actor.user, &pattern.key(), (Source::Pull, made.id), spent, at).await?;
        }
        let done = PullDone {
            custody,
            tokens_spent: spent,
            tokens_remaining: after.available(),
            free_pull: free,
            free_pulls_left: left,
            pull_number: pulls::next_number(tx, actor.user).await?,
            key_expires_at: at + app.config.pull_key_retention,
            created_at: at,
            ..made.answer.clone()
        };
        store(tx, actor.user, &pattern, &made, &done).await?;
        if done.is_win {
            notify(tx, app, &[won(actor, &done)]).await?;
        }
        if rare {
            points::achievement(tx, app, actor.user, done.id).await?;
        }
        Ok(done)
    })?;
    if done.is_win {
        nudge::told(app, actor.user);
    }
    Ok(done)
}

fn won(actor: &Actor, done: &PullDone) -> Notification {
    let what = Happening::PullWon {
        pull_id: done.id,
        did: done.did.clone(),
        text: done.text.clone(),
        one_in: done.one_in.clone(),
    };
    Notification::new(actor.user, what).request(actor.origin.request_id.as_deref())
}

async fn checked(app: &App, order: &PullOrder) -> Result<(Pattern, Custody, Recipient), PullRefusal> {
    let pattern = app.patterns.compile(&order.pattern).await.map_err(PullRefusal::Pattern)?;
    let (custody, recipient) = custody::of_pull(app, order.custody, order.recipient.as_deref())?;
    Ok((pattern, custody, recipient))
}

/// Whether a free pull pays, and how many are left after this.
async fn use_free(
    app: &App,
    tx: &mut Tx,
    user: Uuid,
    at: Timestamp,
) -> Result<(bool, Option<i64>), Failure<PullRefusal>> {
    let plan = plans::of(tx, user, at).await?.unwrap_or_default();
    let Some(most) = plan.free_pulls(i64::from(app.config.free_pulls_per_day)) else { return Ok((true, None)) };
    Ok(match pulls::use_free(tx, user, at.day(), most).await? {
        Some(used) => (true, Some(most - used)),
        None => (false, Some(0)),
    })
}

async fn store(
    tx: &mut Tx,
    user: Uuid,
    pattern: &Pattern,
    made: &Made,
    done: &PullDone,
) -> Result<(), Failure<PullRefusal>> {
    let without_receipt = PullDone { receipt: serde_json::Value::Null, ..done.clone() };
    let pull = Pull {
        id: made.id,
        user_id: user,
        number: done.pull_number,
        pattern: pattern.spec().clone(),
        pattern_key: pattern.key(),
        target: pattern.target(),
        one_in: done.one_in.clone(),
        public_key: made.public_key,
        text: done.text.clone(),
        matched: i64::from(done.score.matched),
        parts: i64::from(done.score.of),
        result: serde_json::to_string(&without_receipt).map_err(Failure::broken)?,
        is_win: done.is_win,
        free: done.free_pull,
        tokens_spent: done.tokens_spent,
        custody: done.custody,
        recipient: Erasable(Some(made.recipient.clone())),
        receipt: done.receipt.to_string(),
        key_expires_at: Some(done.key_expires_at),
        kept_at: None,
        erased_at: None,
        share_id: None,
        created_at: done.created_at,
    };
    Ok(pulls::insert(tx, &NewPull { pull: &pull, key_file: made.key_file.as_bytes() }).await?)
}

/// The commitment was used between our reading it and our transaction: by the same request, or by another.
async fn used_meanwhile(
    tx: &mut Tx,
    user: Uuid,
    commitment: Uuid,
    request: &[u8; 32],
) -> Result<PullDone, Failure<PullRefusal>> {
    let used = commitments::find(tx, commitment, user).await?;
    match used.map(|used| (used.pull_id, used.request_hash)) {
        Some((Some(pull), Some(hash))) if hash == *request => {
            let stored = pulls::find(tx, pull, user).await?;
            stored.map(|stored| answer(&stored)).unwrap_or(Err(Failure::Refused(PullRefusal::NotFound)))
        }
        Some((Some(_), _)) => Err(Failure::Refused(PullRefusal::CommitmentUsed)),
        Some((None, _)) | None => Err(Failure::Refused(PullRefusal::CommitmentExpired)),
    }
}

async fn replay(app: &App, user: Uuid, pull: Uuid) -> Result<PullDone, Failure<PullRefusal>> {
    let mut conn = app.db.read().await?;
    let stored = pulls::find(&mut conn, pull, user).await?.ok_or(Failure::Refused(PullRefusal::NotFound))?;
    answer(&stored)
}

/// The answer that was given when the pull was made.
pub(super) fn answer(stored: &Pull) -> Result<PullDone, Failure<PullRefusal>> {
    let mut done: PullDone = serde_json::from_str(&stored.result).map_err(Failure::broken)?;
    done.receipt = serde_json::from_str(&stored.receipt).map_err(Failure::broken)?;
    Ok(done)
}
