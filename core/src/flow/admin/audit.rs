//! The audit as operators see it, and how long it knows where requests came from.

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    app::App,
    domain::{audit::Action, time::Timestamp},
    store::{
        StoreError, StoreResult,
        audit::{self, Recorded},
        transact,
    },
};

pub use crate::store::audit::Search;

/// Entries of one pass of the upkeep.
const PASS: i64 = 500;

/// An audit entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = AuditEntry))]
#[serde(rename_all = "camelCase")]
pub struct EntryView {
    /// Its id.
    pub id: Uuid,
    /// When it was done.
    pub at: Timestamp,
    /// The user, admin or API key that did it; none for the system.
    pub actor_id: Option<Uuid>,
    /// What was done.
    pub action: Action,
    /// To whom or what.
    pub subject_id: Option<Uuid>,
    /// The community in which it was done.
    pub community_id: Option<Uuid>,
    /// Particulars.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub detail: Value,
    /// Address of the client; erased after `AUDIT_ADDRESS_DAYS`.
    pub ip: Option<String>,
    /// What the client called itself; erased with the address.
    pub user_agent: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

/// A page of audit entries, newest first, and how many there are in all.
///
/// # Errors
/// The store's.
pub async fn list(app: &App, search: &Search, limit: i64, offset: i64) -> StoreResult<(Vec<EntryView>, i64)> {
    let (page, total) = audit::list(&mut app.db.read().await?, search, limit, offset).await?;
    Ok((page.into_iter().map(EntryView::try_from).collect::<Result<_, _>>()?, total))
}

/// Erases where the requests of old audit entries came from; answers how many entries were changed.
///
/// # Errors
/// The store's.
pub async fn erase_addresses(app: &App) -> StoreResult<u64> {
    let before = app.clock.now() - app.config.audit_address_retention;
    let mut all = 0;
    loop {
        let erased = transact!(app.db, tx => audit::erase_addresses(tx, before, PASS).await)?;
        all += erased;
        if erased == 0 {
            return Ok(all);
        }
    }
}

impl TryFrom<Recorded> for EntryView {
    type Error = StoreError;

    fn try_from(stored: Recorded) -> StoreResult<Self> {
        let detail = serde_json::from_str(&stored.detail)
            .map_err(|error| StoreError::Corrupt(format!("audit.detail of the row {}: {error}", stored.id)))?;
        Ok(Self {
            id: stored.id,
            at: stored.at,
            actor_id: stored.actor,
            action: stored.action,
            subject_id: stored.subject,
            community_id: stored.community_id,
            detail,
            ip: stored.ip,
            user_agent: stored.user_agent,
            request_id: stored.request_id,
        })
    }
}
