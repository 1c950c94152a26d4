//! Everything the service knows about a user, as one JSON document. Private keys are not in it: they are fetched one by
//! one, each in the format asked for.

mod billing;
#[cfg(test)]
mod columns;
mod game;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{AccountRefusal, Outcome};
use crate::{
    app::App,
    domain::{job::Cause, ledger::Asset, owner::Owner, season::Season},
    flow::{Failure, webhooks::EndpointView},
    store::{
        Conn, StoreResult, exports,
        jobs::Job,
        ledger::{self, Transfer},
        mail_choices,
        notices::Notice,
        pulls::Pull,
        sessions, users,
        users::User,
        webhooks,
    },
};

/// Rows read at a time.
const PAGE: i64 = 500;

/// The document.
///
/// # Errors
/// [`AccountRefusal::Gone`], [`AccountRefusal::ExportRunning`], or the store's.
pub async fn export(app: &App, user: Uuid) -> Outcome<Value> {
    let place = app.limits.enter(&format!("export:{user}"), 1).await;
    let Some(_place) = place else { return Err(Failure::Refused(AccountRefusal::ExportRunning)) };
    let now = app.clock.now();
    let mut on = app.db.read().await?;
    let on = &mut on;
    let account = users::find(on, user).await?.filter(User::is_active);
    let account = account.ok_or(Failure::Refused(AccountRefusal::Gone))?;
    let balance = ledger::balance(on, user, &Asset::VaniToken).await?;
    let sessions: Vec<Value> = sessions::of(on, user, now).await?.iter().map(session).collect();
    let endpoints =
        webhooks::list(on, Owner::User(user)).await?.into_iter().map(EndpointView::from).collect::<Vec<_>>();
    let letters = mail_choices::of(on, [user]).await?;
    let letters: BTreeMap<&str, bool> = letters.made_by(user).map(|(email, wanted)| (email.name(), wanted)).collect();
    Ok(json!({
        "exportedAt": now,
        "account": describe(&account),
        "vaniTokens": balance,
        "transactions": transfers(on, user).await?,
        "debts": debts(on, user).await?,
        "billing": billing::export(on, user).await?,
        "game": game::export(on, user, Season::of(now)).await?,
        "pulls": all_pulls(on, user).await?,
        "jobs": all_jobs(on, user).await?,
        "notices": all_notices(on, user).await?,
        "sessions": sessions,
        "webhookEndpoints": endpoints,
        "letters": letters,
    }))
}

fn describe(user: &User) -> Value {
    json!({
        "id": user.id,
        "email": user.email,
        "emailConfirmedAt": user.email_confirmed_at,
        "username": user.username,
        "role": user.role,
        "plan": user.plan.name(),
        "planExpiresAt": user.plan_expires_at,
        "referralCode": user.referral_code,
        "referredBy": user.referred_by,
        "createdAt": user.created_at,
    })
}

fn session(session: &sessions::Session) -> Value {
    json!({
        "userAgent": session.user_agent,
        "createdAt": session.created_at,
        "lastSeenAt": session.last_seen_at,
        "expiresAt": session.expires_at,
    })
}

async fn transfers(on: &mut Conn, user: Uuid) -> StoreResult<Vec<Value>> {
    let Some(account) = exports::account(on, user, &Asset::VaniToken).await? else { return Ok(Vec::new()) };
    let (mut all, mut last) = (Vec::new(), exports::TOP);
    loop {
        let page = exports::transfers(on, account, last, PAGE).await?;
        let Some(end) = page.last() else { return Ok(all) };
        last = (end.created_at, end.id);
        all.extend(page.iter().map(|transfer| one_transfer(transfer, account)));
    }
}

/// What was taken back, and what of it is owed.
async fn debts(on: &mut Conn, user: Uuid) -> StoreResult<Vec<Value>> {
    let takings = ledger::takings_of(on, user, &Asset::VaniToken).await?;
    let one = |taken: &ledger::TakenBack| {
        json!({
            "cause": taken.cause,
            "key": taken.key,
            "subject": taken.subject,
            "asked": taken.asked,
            "taken": taken.taken,
            "repaid": taken.repaid,
            "open": taken.open,
            "forgiven": taken.forgiven,
            "at": taken.created_at,
            "undoneAt": taken.undone_at,
        })
    };
    Ok(takings.iter().map(one).collect())
}

fn one_transfer(transfer: &Transfer, account: Uuid) -> Value {
    let received = account == transfer.credit_account;
    let (before, after) = if received {
        (transfer.credit_before, transfer.credit_after)
    } else {
        (transfer.debit_before, transfer.debit_after)
    };
    json!({
        "id": transfer.id,
        "kind": transfer.kind,
        "amount": if received { transfer.amount } else { -transfer.amount },
        "before": before,
        "after": after,
        "subject": transfer.subject,
        "note": transfer.note,
        "at": transfer.created_at,
    })
}

async fn all_pulls(on: &mut Conn, user: Uuid) -> StoreResult<Vec<Value>> {
    let (mut all, mut last) = (Vec::new(), exports::TOP);
    loop {
        let page = exports::pulls(on, user, last, PAGE).await?;
        let Some(end) = page.last() else { return Ok(all) };
        last = (end.created_at, end.id);
        all.extend(page.iter().map(one_pull));
    }
}

fn one_pull(pull: &Pull) -> Value {
    json!({
        "id": pull.id,
        "number": pull.number,
        "pattern": pull.pattern,
        "target": pull.target,
        "publicKey": hex::encode(pull.public_key),
        "text": pull.text,
        "isWin": pull.is_win,
        "free": pull.free,
        "tokensSpent": pull.tokens_spent,
        "custody": pull.custody,
        "recipient": pull.recipient.to_string(),
        "receipt": parsed(&pull.receipt),
        "keptAt": pull.kept_at,
        "keyErasedAt": pull.erased_at,
        "shareId": pull.share_id,
        "at": pull.created_at,
    })
}

async fn all_jobs(on: &mut Conn, user: Uuid) -> StoreResult<Vec<Value>> {
    let (mut all, mut last) = (Vec::new(), exports::TOP);
    loop {
        let page = exports::jobs(on, user, last, PAGE).await?;
        let Some(end) = page.last() else { return Ok(all) };
        last = (end.created_at, end.id);
        all.extend(page.iter().map(one_job));
    }
}

fn one_job(job: &Job) -> Value {
    json!({
        "id": job.id,
        "pattern": job.pattern,
        "target": job.target,
        "status": job.state.status(),
        "custody": job.custody,
        "recipient": job.recipient.to_string(),
        "price": job.price,
        "credit": job.credit,
        "posted": job.posted,
        "released": job.released,
        "attempts": job.attempts,
        "failure": job.state.cause().map(Cause::sentence),
        "publicKey": job.state.found().map(|found| hex::encode(found.public_key)),
        "text": job.state.found().map(|found| &found.text),
        "keyErasedAt": job.erased_at,
        "orderedAt": job.created_at,
        "startedAt": job.started_at,
        "finishedAt": job.finished_at,
    })
}

async fn all_notices(on: &mut Conn, user: Uuid) -> StoreResult<Vec<Value>> {
    let (mut all, mut last) = (Vec::new(), exports::TOP);
    loop {
        let page = exports::notices(on, user, last, PAGE).await?;
        let Some(end) = page.last() else { return Ok(all) };
        last = (end.created_at, end.id);
        all.extend(page.iter().map(one_notice));
    }
}

fn one_notice(notice: &Notice) -> Value {
    json!({
        "id": notice.id,
        "kind": notice.what.kind(),
        "subject": notice.what.subject(),
        "metadata": notice.data,
        "at": notice.created_at,
        "readAt": notice.read_at,
    })
}

/// Stored JSON as JSON; what is not stays a text.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}
