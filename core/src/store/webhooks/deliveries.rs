//! Deliveries: one event to one endpoint, with what was sent and how it went. The delivery's id is the `webhook-id`.

use uuid::Uuid;

use crate::{
    domain::{
        time::Timestamp,
        webhook::{DeliveryState, Occasion},
    },
    store::{Sql, StoreResult, Tx, execute, row, sql, stored::Column},
};

/// A delivery as stored.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its id.
    pub id: Uuid,
    /// Where it goes.
    pub endpoint_id: Uuid,
    /// The event, the same for all endpoints that get it.
    pub event_id: Uuid,
    /// What it tells.
    pub event: Occasion,
    /// The body.
    pub payload: String,
    /// How it stands.
    pub state: DeliveryState,
    /// Tries so far.
    pub attempts: i64,
    /// What the endpoint answered last.
    pub response_status: Option<i64>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When the event happened.
    pub created_at: Timestamp,
    /// When it was last tried.
    pub last_attempt_at: Option<Timestamp>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
}

row! { Delivery from webhook_deliveries:
    id, endpoint_id, event_id, event, payload, state, attempts, response_status, last_error, created_at,
    last_attempt_at, delivered_at
}

/// Events and the test are stored by name.
impl Column for Occasion {
    type Raw = String;

    fn read(raw: String) -> Result<Self, String> {
        raw.parse().map_err(|_| format!("{raw:?} is no event"))
    }
}

/// A delivery that is about to be owed.
#[derive(Clone, Debug)]
pub struct NewDelivery<'a> {
    /// Where it goes.
    pub endpoint: Uuid,
    /// The event.
    pub event_id: Uuid,
    /// What it tells.
    pub event: Occasion,
    /// The body.
    pub payload: &'a str,
    /// Now.
    pub at: Timestamp,
}

/// How a try went.
#[derive(Clone, Debug)]
pub struct Try<'a> {
    /// What it led to.
    pub state: DeliveryState,
    /// What the endpoint answered.
    pub status: Option<u16>,
    /// Why it failed.
    pub error: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

/// Stores a delivery and answers its id.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, new: &NewDelivery<'_>) -> StoreResult<Uuid> {
    let id = Uuid::now_v7();
    execute!(
        tx,
        "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event, payload, state, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        new.endpoint,
        new.event_id,
        new.event.name(),
        new.payload,
        DeliveryState::Waiting,
        new.at
    )?;
    Ok(id)
}

/// Finds a delivery whoever's it is.
///
/// # Errors
/// The database's.
pub async fn get(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Delivery>> {
    let text = format!("SELECT {} FROM webhook_deliveries WHERE id = $1", Delivery::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// A page of an endpoint's deliveries, newest first, and how many there are in all.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql, endpoint: Uuid, limit: i64, offset: i64) -> StoreResult<(Vec<Delivery>, i64)> {
    let total = sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = $1")
        .bind(endpoint).fetch_one(c).await)?;
    let text = format!(
        "SELECT {} FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY created_at DESC, id DESC \
         LIMIT $2 OFFSET $3",
        Delivery::COLUMNS
    );
    let page = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(endpoint).bind(limit).bind(offset).fetch_all(c).await)?;
    Ok((page, total))
}

/// Notes a try.
///
/// # Errors
/// The database's.
pub async fn tried(tx: &mut Tx, id: Uuid, this: &Try<'_>) -> StoreResult<()> {
    let delivered = (this.state == DeliveryState::Delivered).then_some(this.at);
    execute!(
        tx,
        "UPDATE webhook_deliveries SET state = $2, attempts = attempts + 1, response_status = $3, last_error = $4, \
         last_attempt_at = $5, delivered_at = COALESCE($6, delivered_at) WHERE id = $1",
        id,
        this.state,
        this.status.map(i64::from),
        this.error,
        this.at,
        delivered
    )?;
    Ok(())
}

/// Ends a delivery that was not tried.
///
/// # Errors
/// The database's.
pub async fn give_up(tx: &mut Tx, id: Uuid, reason: &str) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE webhook_deliveries SET state = 'dead', last_error = $2 WHERE id = $1 AND state = 'waiting'",
        id,
        reason
    )?;
    Ok(())
}

/// Makes an ended delivery wait again; false if it waits already.
///
/// # Errors
/// The database's.
pub async fn again(tx: &mut Tx, id: Uuid) -> StoreResult<bool> {
    let rows =
        execute!(tx, "UPDATE webhook_deliveries SET state = 'waiting' WHERE id = $1 AND state <> 'waiting'", id)?;
    Ok(rows == 1)
}

/// Removes up to `most` ended deliveries of events before a moment; answers how many.
///
/// # Errors
/// The database's.
pub async fn prune(tx: &mut Tx, before: Timestamp, most: i64) -> StoreResult<u64> {
    execute!(
        tx,
        "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries \
         WHERE created_at < $1 AND state <> 'waiting' ORDER BY created_at LIMIT $2)",
        before,
        most
    )
}
