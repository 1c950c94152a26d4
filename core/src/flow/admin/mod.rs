//! What only operators do: making admins and API keys, looking at users, judging flagged signups, turning switches.
//! All of it is recorded in the audit.

pub mod activity;
pub mod api_keys;
pub mod audit;
pub mod create_admin;
pub mod review_signup;
pub mod switches;
pub mod users;

use uuid::Uuid;

use super::By;
use crate::{
    app::App,
    domain::audit::Action,
    store::{
        StoreResult, Tx,
        audit::{Entry, record},
    },
};

async fn note(
    tx: &mut Tx,
    app: &App,
    by: &By,
    action: Action,
    subject: Option<Uuid>,
    detail: serde_json::Value,
) -> StoreResult<()> {
    let entry = Entry::new(by.id(), action, subject, detail);
    record(tx, &entry, &by.origin, app.clock.now()).await
}
