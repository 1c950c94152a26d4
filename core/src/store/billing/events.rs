//! Events that Stripe sent, each once by its id.

use super::Part;
use crate::{
    domain::{
        billing::{Mode, event::EventState},
        time::Timestamp,
    },
    store::{Sql, StoreResult, Tx, execute, row, sql},
};

/// An event as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id at Stripe.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// The object that it is about.
    pub object_id: Option<String>,
    /// Whether money moves.
    pub mode: Mode,
    /// What became of it.
    pub state: EventState,
    /// Why it was ignored or failed.
    pub reason: Option<String>,
    /// When it happened, in whole seconds.
    pub created_at: Timestamp,
    /// When it was first delivered.
    pub received_at: Timestamp,
    /// When it was handled or ignored.
    pub handled_at: Option<Timestamp>,
}

row! { Event from billing_events:
    id, kind, object_id, mode, state, reason, created_at, received_at, handled_at
}

/// Stores an event with its sealed text, if there is one; false if it was stored before, and then nothing is changed.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &Event, body: Option<&[u8]>) -> StoreResult<bool> {
    let rows = execute!(
        tx,
        "INSERT INTO billing_events (id, kind, object_id, mode, state, reason, body, created_at, received_at, handled_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
        &new.id,
        &new.kind,
        &new.object_id,
        new.mode,
        new.state,
        &new.reason,
        body,
        new.created_at,
        new.received_at,
        new.handled_at
    )?;
    Ok(rows == 1)
}

/// Notes what became of an event.
///
/// # Errors
/// The database's.
pub async fn ended(tx: &mut Tx, id: &str, state: EventState, reason: Option<&str>, at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE billing_events SET state = $2, reason = $3, handled_at = $4 WHERE id = $1",
        id,
        state,
        reason,
        at
    )?;
    Ok(())
}

/// Its task is owed once more.
///
/// # Errors
/// The database's.
pub async fn again(tx: &mut Tx, id: &str) -> StoreResult<bool> {
    let text = "UPDATE billing_events SET state = 'waiting', reason = NULL, handled_at = NULL WHERE id = $1";
    Ok(execute!(tx, text, id)? == 1)
}

/// Finds an event.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: &str) -> StoreResult<Option<Event>> {
    let text = format!("SELECT {} FROM billing_events WHERE id = $1", Event::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// The sealed text of an event, until its retention is over.
///
/// # Errors
/// The database's.
pub async fn body(on: &mut impl Sql, id: &str) -> StoreResult<Option<Vec<u8>>> {
    let found: Option<Option<Vec<u8>>> = sql!(on, c => sqlx::query_scalar(
        "SELECT body FROM billing_events WHERE id = $1").bind(id).fetch_optional(c).await)?;
    Ok(found.flatten())
}

/// All events in a state, or in any, the newest first, and how many there are.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql, state: Option<EventState>, part: Part) -> StoreResult<(Vec<Event>, i64)> {
    let filter = if state.is_some() { "state = $1" } else { "$1 IS NULL" };
    let text = format!(
        "SELECT {} FROM billing_events WHERE {filter} ORDER BY received_at DESC, id DESC LIMIT $2 OFFSET $3",
        Event::COLUMNS
    );
    let rows = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(state).bind(part.limit).bind(part.offset).fetch_all(c).await)?;
    let text = format!("SELECT COUNT(*) FROM billing_events WHERE {filter}");
    let total = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(state).fetch_one(c).await)?;
    Ok((rows, total))
}

/// How many wait or failed, and when the oldest of those came.
///
/// # Errors
/// The database's.
pub async fn unhandled(on: &mut impl Sql) -> StoreResult<(i64, Option<Timestamp>)> {
    let (count, oldest): (i64, Option<i64>) = sql!(on, c => sqlx::query_as(
        "SELECT COUNT(*), MIN(received_at) FROM billing_events WHERE state IN ('waiting', 'failed')")
        .fetch_one(c).await)?;
    Ok((count, oldest.map(Timestamp::from_micros)))
}

/// Forgets the texts of events that came before a moment, some at a time; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_bodies(tx: &mut Tx, before: Timestamp) -> StoreResult<u64> {
    execute!(
        tx,
        "UPDATE billing_events SET body = NULL WHERE id IN \
         (SELECT id FROM billing_events WHERE received_at < $1 AND body IS NOT NULL LIMIT 1000)",
        before
    )
}
