//! Who did what to whom: written in the transaction of the deed itself.

use uuid::Uuid;

use super::{StoreResult, Tx, bulk::insert_many, execute};
use crate::domain::time::Timestamp;

/// One line of the audit.
#[derive(Clone, Debug)]
pub struct Deed<'a> {
    /// The user, admin or API key that did it; none for the system.
    pub actor: Option<Uuid>,
    /// What was done, like `tokens.grant`.
    pub action: &'a str,
    /// To whom or what.
    pub subject: Option<Uuid>,
    /// Particulars; never a secret.
    pub detail: serde_json::Value,
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

/// Records a deed.
///
/// # Errors
/// The database's.
pub async fn record(tx: &mut Tx, deed: &Deed<'_>, origin: &Origin, at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO audit (id, at, actor, action, subject, detail, ip, user_agent, request_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        Uuid::now_v7(),
        at.micros(),
        deed.actor,
        deed.action,
        deed.subject,
        deed.detail.to_string(),
        &origin.ip,
        &origin.user_agent,
        &origin.request_id
    )?;
    Ok(())
}

/// Records deeds, each with where its request came from.
///
/// # Errors
/// The database's.
pub async fn record_all(tx: &mut Tx, deeds: &[(Deed<'_>, Origin)], at: Timestamp) -> StoreResult<()> {
    insert_many!(
        tx,
        "INSERT INTO audit (id, at, actor, action, subject, detail, ip, user_agent, request_id)",
        9,
        "",
        deeds,
        |query, row| query
            .bind(Uuid::now_v7())
            .bind(at.micros())
            .bind(row.0.actor)
            .bind(row.0.action)
            .bind(row.0.subject)
            .bind(row.0.detail.to_string())
            .bind(&row.1.ip)
            .bind(&row.1.user_agent)
            .bind(&row.1.request_id)
    );
    Ok(())
}
