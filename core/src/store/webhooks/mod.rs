//! Endpoints of users and communities for outgoing webhooks; what was sent to them is in [`deliveries`].

pub mod deliveries;

use uuid::Uuid;

use super::{
    Sql, StoreResult, Tx, Unreadable, bulk, dialect, execute,
    owned::{self, column},
    row, sql,
    stored::Column,
    users,
};
use crate::domain::{happening::Event, owner::Owner, time::Timestamp, word};

/// An endpoint as stored.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub owner: Owner,
    /// Where it is.
    pub url: String,
    /// Its owner's words.
    pub description: String,
    /// The events it gets.
    pub events: Vec<Event>,
    /// Its signing keys, encrypted.
    pub keys: Vec<u8>,
    /// Its public signing key.
    pub public_key: Vec<u8>,
    /// Whether it gets events.
    pub enabled: bool,
    /// When the first try failed after the last that did not.
    pub failing_since: Option<Timestamp>,
    /// Why it was disabled, if not by its owner.
    pub disabled_reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

row! { Endpoint from webhook_endpoints:
    id, url, description, events, keys, public_key, enabled, failing_since, disabled_reason, created_at;
    owner of Owned: user_id, community_id
}

struct Owned {
    id: Uuid,
    user_id: Option<Uuid>,
    community_id: Option<Uuid>,
}

row! { Owned from webhook_endpoints: id, user_id, community_id }

impl TryFrom<Owned> for Owner {
    type Error = Unreadable;

    fn try_from(row: Owned) -> Result<Self, Unreadable> {
        owned::read("webhook_endpoints", row.id, row.user_id, row.community_id)
    }
}

/// Events are stored as names with spaces between.
impl Column for Vec<Event> {
    type Raw = String;

    fn read(raw: String) -> Result<Self, String> {
        raw.split_whitespace().map(|name| word::read::<Event>(name).map_err(|unknown| unknown.to_string())).collect()
    }
}

fn events_text(events: &[Event]) -> String {
    events.iter().map(|event| event.name()).collect::<Vec<_>>().join(" ")
}

/// Stores a new endpoint.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &Endpoint) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO webhook_endpoints (id, user_id, community_id, url, description, events, keys, public_key, enabled, \
         created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.id,
        new.owner.user(),
        new.owner.community(),
        &new.url,
        &new.description,
        events_text(&new.events),
        new.keys.as_slice(),
        new.public_key.as_slice(),
        new.enabled,
        new.created_at
    )?;
    Ok(())
}

/// Makes changes to the endpoints of an owner happen one after the other, until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, owner: Owner) -> StoreResult<()> {
    match owner {
        Owner::User(user) => users::lock(tx, user).await.map(drop),
        Owner::Community(community) => {
            let Some(text) = dialect::lock_name(tx) else { return Ok(()) };
            execute!(tx, text, format!("webhook endpoints of {community}")).map(drop)
        }
    }
}

/// The owner's endpoints, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql, owner: Owner) -> StoreResult<Vec<Endpoint>> {
    let (columns, owned_by) = (Endpoint::COLUMNS, column(owner));
    let text = format!("SELECT {columns} FROM webhook_endpoints WHERE {owned_by} = $1 ORDER BY created_at, id");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(owner.id()).fetch_all(c).await)
}

/// The endpoints of users that get events.
///
/// # Errors
/// The database's.
pub async fn enabled_of(on: &mut impl Sql, users: impl IntoIterator<Item = Uuid>) -> StoreResult<Vec<Endpoint>> {
    let (columns, ids) = (Endpoint::COLUMNS, bulk::id_list(1));
    let text = format!("SELECT {columns} FROM webhook_endpoints WHERE enabled AND user_id IN ({ids})");
    bulk::by_ids(on, &text, &[], users).await
}

/// Finds an endpoint of the owner.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid, owner: Owner) -> StoreResult<Option<Endpoint>> {
    let (columns, owned_by) = (Endpoint::COLUMNS, column(owner));
    let text = format!("SELECT {columns} FROM webhook_endpoints WHERE id = $1 AND {owned_by} = $2");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).bind(owner.id()).fetch_optional(c).await)
}

/// Finds an endpoint whoever owns it.
///
/// # Errors
/// The database's.
pub async fn get(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Endpoint>> {
    let text = format!("SELECT {} FROM webhook_endpoints WHERE id = $1", Endpoint::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// Changes what its owner may change. Enabling it forgives what failed before.
///
/// # Errors
/// The database's.
pub async fn update(tx: &mut Tx, changed: &Endpoint) -> StoreResult<bool> {
    let text = format!(
        "UPDATE webhook_endpoints SET url = $3, description = $4, events = $5, enabled = $6, failing_since = $7, \
         disabled_reason = $8 WHERE id = $1 AND {} = $2",
        column(changed.owner)
    );
    let rows = execute!(
        tx,
        sqlx::AssertSqlSafe(text.as_str()),
        changed.id,
        changed.owner.id(),
        &changed.url,
        &changed.description,
        events_text(&changed.events),
        changed.enabled,
        changed.failing_since,
        &changed.disabled_reason
    )?;
    Ok(rows == 1)
}

/// Removes an endpoint of the owner with all its deliveries; false if there is none.
///
/// # Errors
/// The database's.
pub async fn delete(tx: &mut Tx, id: Uuid, owner: Owner) -> StoreResult<bool> {
    let whose = format!("id = $1 AND {} = $2", column(owner));
    let text =
        format!("DELETE FROM webhook_deliveries WHERE endpoint_id IN (SELECT id FROM webhook_endpoints WHERE {whose})");
    execute!(tx, sqlx::AssertSqlSafe(text.as_str()), id, owner.id())?;
    let text = format!("DELETE FROM webhook_endpoints WHERE {whose}");
    Ok(execute!(tx, sqlx::AssertSqlSafe(text.as_str()), id, owner.id())? == 1)
}

/// A try failed: notes since when, and answers that moment.
///
/// # Errors
/// The database's.
pub async fn failing(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<Option<Timestamp>> {
    sql!(tx, c => sqlx::query_scalar(
        "UPDATE webhook_endpoints SET failing_since = COALESCE(failing_since, $2) WHERE id = $1 RETURNING failing_since")
        .bind(id).bind(at).fetch_optional(c).await)
}

/// A try arrived.
///
/// # Errors
/// The database's.
pub async fn arrived(tx: &mut Tx, id: Uuid) -> StoreResult<()> {
    // Most of the time there is nothing to change, and then nothing is locked either.
    execute!(tx, "UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL", id)?;
    Ok(())
}

/// Gives an endpoint up; false if it was disabled before.
///
/// # Errors
/// The database's.
pub async fn disable(tx: &mut Tx, id: Uuid, reason: &str) -> StoreResult<bool> {
    let rows = execute!(
        tx,
        "UPDATE webhook_endpoints SET enabled = $3, disabled_reason = $2 WHERE id = $1 AND enabled",
        id,
        reason,
        false
    )?;
    Ok(rows == 1)
}
