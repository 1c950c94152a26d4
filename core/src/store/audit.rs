//! The audit: who did what to whom, written in the transaction of what it is about.

use std::fmt::Write as _;

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, bulk::insert_many, execute, row, sql};
use crate::domain::{audit::Action, time::Timestamp};

/// An audit entry about to be recorded.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The user, admin or API key that did it; none for the system.
    pub actor: Option<Uuid>,
    /// What was done.
    pub action: Action,
    /// To whom or what.
    pub subject: Option<Uuid>,
    /// The community in which it was done.
    pub community: Option<Uuid>,
    /// Particulars; never a secret.
    pub detail: serde_json::Value,
}

impl Entry {
    /// Something that was done outside any community.
    #[must_use]
    pub fn new(actor: Option<Uuid>, action: Action, subject: Option<Uuid>, detail: serde_json::Value) -> Self {
        Self { actor, action, subject, community: None, detail }
    }

    /// The same, done in a community.
    #[must_use]
    pub fn in_community(self, community: Uuid) -> Self {
        Self { community: Some(community), ..self }
    }
}

/// Where a request came from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Address of the client.
    pub ip: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The request's id, carried through to tasks.
    pub request_id: Option<String>,
}

/// An audit entry as stored.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its id.
    pub id: Uuid,
    /// When it was done.
    pub at: Timestamp,
    /// The user, admin or API key that did it; none for the system.
    pub actor: Option<Uuid>,
    /// What was done.
    pub action: Action,
    /// To whom or what.
    pub subject: Option<Uuid>,
    /// The community in which it was done.
    pub community_id: Option<Uuid>,
    /// Particulars, as JSON.
    pub detail: String,
    /// Address of the client, until it is erased.
    pub ip: Option<String>,
    /// What the client called itself, until it is erased.
    pub user_agent: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

row! { Recorded from audit: id, at, actor, action, subject, community_id, detail, ip, user_agent, request_id }

/// Which entries a list shows: those for which everything given holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Search {
    /// What was done.
    pub action: Option<Action>,
    /// Who did it.
    pub actor: Option<Uuid>,
    /// To whom or what.
    pub subject: Option<Uuid>,
    /// In which community.
    pub community: Option<Uuid>,
}

impl Search {
    /// The condition, and the ids that it takes after the action.
    fn clause(&self) -> (String, Vec<Uuid>) {
        let ids = [("actor", self.actor), ("subject", self.subject), ("community_id", self.community)];
        let mut clause = String::from(if self.action.is_some() { "action = $1" } else { "TRUE" });
        let mut given = Vec::new();
        for (column, id) in ids {
            let Some(id) = id else { continue };
            given.push(id);
            let place = given.len() + usize::from(self.action.is_some());
            // Writing into a string cannot fail.
            write!(clause, " AND {column} = ${place}").ok();
        }
        (clause, given)
    }
}

/// A page of entries, newest first, and how many there are in all.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql, search: &Search, limit: i64, offset: i64) -> StoreResult<(Vec<Recorded>, i64)> {
    let (clause, ids) = search.clause();
    let text = format!("SELECT COUNT(*) FROM audit WHERE {clause}");
    let total = sql!(on, c => {
        let mut query = sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()));
        if let Some(action) = search.action {
            query = query.bind(action);
        }
        for id in &ids {
            query = query.bind(*id);
        }
        query.fetch_one(c).await
    })?;
    let columns = Recorded::COLUMNS;
    // Both are numbers.
    let text =
        format!("SELECT {columns} FROM audit WHERE {clause} ORDER BY at DESC, id DESC LIMIT {limit} OFFSET {offset}");
    let page = sql!(on, c => {
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()));
        if let Some(action) = search.action {
            query = query.bind(action);
        }
        for id in &ids {
            query = query.bind(*id);
        }
        query.fetch_all(c).await
    })?;
    Ok((page, total))
}

/// Records an entry.
///
/// # Errors
/// The database's.
pub async fn record(tx: &mut Tx, entry: &Entry, origin: &Origin, at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO audit (id, at, actor, action, subject, community_id, detail, ip, user_agent, request_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        Uuid::now_v7(),
        at,
        entry.actor,
        entry.action,
        entry.subject,
        entry.community,
        entry.detail.to_string(),
        &origin.ip,
        &origin.user_agent,
        &origin.request_id
    )?;
    Ok(())
}

/// Records entries, each with where its request came from.
///
/// # Errors
/// The database's.
pub async fn record_all(tx: &mut Tx, entries: &[(Entry, Origin)], at: Timestamp) -> StoreResult<()> {
    insert_many!(
        tx,
        "INSERT INTO audit (id, at, actor, action, subject, community_id, detail, ip, user_agent, request_id)",
        10,
        "",
        entries,
        |query, row| query
            .bind(Uuid::now_v7())
            .bind(at)
            .bind(row.0.actor)
            .bind(row.0.action)
            .bind(row.0.subject)
            .bind(row.0.community)
            .bind(row.0.detail.to_string())
            .bind(&row.1.ip)
            .bind(&row.1.user_agent)
            .bind(&row.1.request_id)
    );
    Ok(())
}

/// Erases where the requests of entries before a moment came from, the oldest first, `most` at a time; answers how many
/// entries were changed.
///
/// # Errors
/// The database's.
pub async fn erase_addresses(tx: &mut Tx, before: Timestamp, most: i64) -> StoreResult<u64> {
    execute!(
        tx,
        "UPDATE audit SET ip = NULL, user_agent = NULL WHERE id IN (SELECT id FROM audit \
         WHERE (ip IS NOT NULL OR user_agent IS NOT NULL) AND at < $1 ORDER BY at LIMIT $2)",
        before,
        most
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{both, commit};

    const COMMUNITY: Uuid = Uuid::from_u128(7);

    /// Entries of an hour, one a second; every other one in a community.
    async fn fill(db: &crate::store::Db, count: i64) {
        let origin = Origin { ip: Some("192.0.2.1".into()), user_agent: Some("browser".into()), request_id: None };
        let done: StoreResult<()> = commit!(db, tx => {
            for second in 0..count {
                let actor = Some(Uuid::from_u128(1));
                let action = if second < 2 { Action::AccountLogin } else { Action::JobCreate };
                let mut entry = Entry::new(actor, action, None, serde_json::json!({ "second": second }));
                if second % 2 == 1 {
                    entry = entry.in_community(COMMUNITY);
                }
                record(tx, &entry, &origin, Timestamp::from_micros(second * 1_000_000)).await?;
            }
            Ok(())
        });
        done.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_list_shows_what_is_asked_for_newest_first() {
        for fixture in both().await {
            fill(&fixture.db, 5).await;
            let mut conn = fixture.db.read().await.unwrap();
            let (page, total) = list(&mut conn, &Search::default(), 2, 1).await.unwrap();
            let seconds: Vec<&str> = page.iter().map(|one| one.detail.as_str()).collect();
            assert_eq!((seconds, total), (vec!["{\"second\":3}", "{\"second\":2}"], 5));
            let logins = Search { action: Some(Action::AccountLogin), ..Search::default() };
            assert_eq!(list(&mut conn, &logins, 9, 0).await.unwrap().1, 2);
            let (actor, community) = (Some(Uuid::from_u128(1)), Some(COMMUNITY));
            let there = Search { action: Some(Action::AccountLogin), actor, community, subject: None };
            let (page, total) = list(&mut conn, &there, 9, 0).await.unwrap();
            assert_eq!((total, page[0].community_id, page[0].at.micros()), (1, community, 1_000_000));
            let nobody = Search { actor: Some(Uuid::from_u128(2)), subject: actor, ..Search::default() };
            assert_eq!(list(&mut conn, &nobody, 9, 0).await.unwrap().1, 0);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn addresses_go_oldest_first_and_no_more_than_asked_for() {
        for fixture in both().await {
            let db = &fixture.db;
            fill(db, 5).await;
            let before = Timestamp::from_micros(3_000_000);
            for (most, gone) in [(2, 2), (2, 1), (2, 0)] {
                let done: StoreResult<u64> = commit!(db, tx => erase_addresses(tx, before, most).await);
                assert_eq!(done.unwrap(), gone);
            }
            let (all, _) = list(&mut db.read().await.unwrap(), &Search::default(), 9, 0).await.unwrap();
            let known: Vec<bool> = all.iter().map(|one| one.ip.is_some() && one.user_agent.is_some()).collect();
            assert_eq!(known, [true, true, false, false, false]);
        }
    }
}
