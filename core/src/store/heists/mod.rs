//! Attempts at heists: recorded when asked for, settled once.

mod numbers;
mod stats;

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

pub use numbers::{Numbers, Seen, numbers};
pub use stats::{
    Alarms, Day, Fortune, Named, Redistribution, Totals, alarms, averages, by_day, fortunes, most_robbed,
    redistribution, tokens, top_robbers, totals,
};

use super::{Sql, StoreResult, Tx, Unreadable, bulk, bulk::insert_many, dialect, execute, row, sql, stored::json};
use crate::domain::{
    heist::{HeistRefusal, Loot, Moved, Outcome, Status},
    time::Timestamp,
};

/// An attempt as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heist {
    /// Its id.
    pub id: Uuid,
    /// Who robs.
    pub attacker_id: Uuid,
    /// Who is robbed.
    pub victim_id: Uuid,
    /// How it stands.
    pub outcome: Outcome,
    /// Whether it passed the checks when it was asked for, and went to the queue.
    pub admitted: bool,
    /// Whether it cost the token.
    pub token_spent: bool,
    /// The robber's Heist Tokens after.
    pub tokens_after: Option<i64>,
    /// Address of the client, until it is settled.
    pub ip: Option<String>,
    /// What the client calls itself, until it is settled.
    pub user_agent: Option<String>,
    /// The request.
    pub request_id: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was settled.
    pub applied_at: Option<Timestamp>,
}

row! { Heist from heists:
    id, attacker_id, victim_id, admitted, token_spent, tokens_after, ip, user_agent, request_id, created_at, applied_at;
    outcome of Ending: status, refusal, points, attacker_before, attacker_after, victim_before, victim_after,
    cooldown_ends_at
}

/// The columns that make an [`Outcome`].
struct Ending {
    id: Uuid,
    status: Status,
    refusal: Option<HeistRefusal>,
    points: i64,
    attacker_before: Option<i64>,
    attacker_after: Option<i64>,
    victim_before: Option<i64>,
    victim_after: Option<i64>,
    cooldown_ends_at: Option<Timestamp>,
}

row! { Ending from heists:
    id, status, refusal, points, attacker_before, attacker_after, victim_before, victim_after, cooldown_ends_at
}

impl TryFrom<Ending> for Outcome {
    type Error = Unreadable;

    fn try_from(row: Ending) -> Result<Self, Unreadable> {
        let broken = |column, problem: &str| Unreadable::new("heists", column, &row.id, problem);
        let given = |column, value: Option<i64>| value.ok_or_else(|| broken(column, "it is missing"));
        match (row.status, row.refusal) {
            (Status::Pending, None) => Ok(Self::Pending),
            (Status::Success, None) => Ok(Self::Success(Loot {
                points: row.points,
                robber: Moved {
                    before: given("attacker_before", row.attacker_before)?,
                    after: given("attacker_after", row.attacker_after)?,
                },
                target: Moved {
                    before: given("victim_before", row.victim_before)?,
                    after: given("victim_after", row.victim_after)?,
                },
                cooldown_ends_at: row.cooldown_ends_at.ok_or_else(|| broken("cooldown_ends_at", "it is missing"))?,
            })),
            (status, Some(refusal)) if refusal.status() == status => Ok(Self::Refused(refusal)),
            (status, Some(refusal)) => Err(broken("refusal", &format!("{status:?} goes with none of {refusal:?}"))),
            (status, None) => Err(broken("refusal", &format!("{status:?} goes with one, and it is missing"))),
        }
    }
}

const INSERT: &str = "INSERT INTO heists (id, attacker_id, victim_id, status, failure_reason, refusal, admitted, \
    token_spent, points, attacker_before, attacker_after, victim_before, victim_after, tokens_after, \
    cooldown_ends_at, ip, user_agent, request_id, created_at, applied_at)";

/// Refusals as their column keeps them, by heist.
fn refusals(heists: &[Heist]) -> StoreResult<HashMap<Uuid, String>> {
    let refused = heists.iter().filter_map(|heist| heist.outcome.refusal().map(|refusal| (heist.id, refusal)));
    refused.map(|(id, refusal)| Ok((id, json(refusal)?))).collect()
}

/// Records attempts, or settles recorded ones.
///
/// # Errors
/// The database's.
pub async fn save(tx: &mut Tx, heists: &[Heist]) -> StoreResult<()> {
    let refusals = refusals(heists)?;
    insert_many!(
        tx,
        INSERT,
        20,
        "ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status, failure_reason = EXCLUDED.failure_reason, \
         refusal = EXCLUDED.refusal, token_spent = EXCLUDED.token_spent, points = EXCLUDED.points, \
         attacker_before = EXCLUDED.attacker_before, attacker_after = EXCLUDED.attacker_after, \
         victim_before = EXCLUDED.victim_before, victim_after = EXCLUDED.victim_after, \
         tokens_after = EXCLUDED.tokens_after, cooldown_ends_at = EXCLUDED.cooldown_ends_at, ip = NULL, \
         user_agent = NULL, applied_at = EXCLUDED.applied_at",
        heists,
        |query, row| query
            .bind(row.id)
            .bind(row.attacker_id)
            .bind(row.victim_id)
            .bind(row.outcome.status())
            .bind(row.outcome.refusal().map(HeistRefusal::code))
            .bind(refusals.get(&row.id))
            .bind(row.admitted)
            .bind(row.token_spent)
            .bind(row.outcome.loot().map_or(0, |loot| loot.points))
            .bind(row.outcome.loot().map(|loot| loot.robber.before))
            .bind(row.outcome.loot().map(|loot| loot.robber.after))
            .bind(row.outcome.loot().map(|loot| loot.target.before))
            .bind(row.outcome.loot().map(|loot| loot.target.after))
            .bind(row.tokens_after)
            .bind(row.outcome.loot().map(|loot| loot.cooldown_ends_at))
            .bind(&row.ip)
            .bind(&row.user_agent)
            .bind(&row.request_id)
            .bind(row.created_at)
            .bind(row.applied_at)
    );
    Ok(())
}

/// Everybody on either side of these attempts. Sides never change, so this needs no lock.
///
/// # Errors
/// The database's.
pub async fn sides(on: &mut impl Sql, ids: &[Uuid]) -> StoreResult<BTreeSet<Uuid>> {
    let text = format!("SELECT attacker_id, victim_id FROM heists WHERE id IN ({})", bulk::id_list(1));
    let found: Vec<(Uuid, Uuid)> = bulk::by_ids(on, &text, &[], ids.iter().copied()).await?;
    Ok(found.into_iter().flat_map(|(one, other)| [one, other]).collect())
}

/// The attempts among these that nobody has settled, locked, oldest first.
///
/// # Errors
/// The database's.
pub async fn lock_pending(tx: &mut Tx, ids: &[Uuid]) -> StoreResult<Vec<Heist>> {
    let text = format!(
        "SELECT {} FROM heists WHERE status = 'PENDING' AND id IN ({}) ORDER BY id{}",
        Heist::COLUMNS,
        bulk::id_list(1),
        dialect::lock_rows(tx)
    );
    bulk::by_ids(tx, &text, &[], ids.iter().copied()).await
}

/// An attempt of a robber.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid, attacker: Uuid) -> StoreResult<Option<Heist>> {
    let text = format!("SELECT {} FROM heists WHERE id = $1 AND attacker_id = $2", Heist::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).bind(attacker).fetch_optional(c).await)
}

/// Whose side of heists a history shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// As robber.
    Attacker,
    /// As target.
    Victim,
    /// Both.
    #[default]
    All,
}

/// A page of a user's heists, newest first, and how many there are. As a target one sees only those that had an effect.
///
/// # Errors
/// The database's.
pub async fn history(
    on: &mut impl Sql,
    user: Uuid,
    (side, status): (Side, Option<Status>),
    limit: i64,
    offset: i64,
) -> StoreResult<(Vec<Heist>, i64)> {
    let robbed = "victim_id = $1 AND attacker_id <> $1 AND status IN ('SUCCESS', 'FAILED_SHIELD')";
    let whose = match side {
        Side::Attacker => String::from("attacker_id = $1"),
        Side::Victim => robbed.to_owned(),
        Side::All => format!("(attacker_id = $1 OR ({robbed}))"),
    };
    let clause = format!("{whose} AND ($2 = '' OR status = $2)");
    let status = status.map_or("", Status::name);
    let text = format!("SELECT COUNT(*) FROM heists WHERE {clause}");
    let total = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
        .bind(user).bind(status).fetch_one(c).await)?;
    let columns = Heist::COLUMNS;
    let text =
        format!("SELECT {columns} FROM heists WHERE {clause} ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4");
    let page = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(user).bind(status).bind(limit).bind(offset).fetch_all(c).await)?;
    Ok((page, total))
}

/// Forgets settled attempts older than a moment that had no effect, some at a time, and the audit entries about all
/// attempts of that age. Answers how many rows went.
///
/// # Errors
/// The database's.
pub async fn prune(tx: &mut Tx, before: Timestamp, limit: i64) -> StoreResult<u64> {
    let attempts = execute!(
        tx,
        "DELETE FROM heists WHERE id IN (SELECT id FROM heists WHERE created_at < $1 \
         AND status NOT IN ('PENDING', 'SUCCESS', 'FAILED_SHIELD') ORDER BY created_at LIMIT $2)",
        before,
        limit
    )?;
    let lines = execute!(
        tx,
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE action = 'heist.attempt' AND at < $1 \
         ORDER BY at LIMIT $2)",
        before,
        limit
    )?;
    Ok(attempts + lines)
}
