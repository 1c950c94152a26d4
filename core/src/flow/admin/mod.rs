//! What only operators do: making admins and API keys, looking at users, judging flagged signups, turning switches.
//! Every deed leaves a line in the audit.

pub mod activity;
pub mod api_keys;
pub mod create_admin;
pub mod review_signup;
pub mod switches;
pub mod users;

use uuid::Uuid;

use super::By;
use crate::{
    app::App,
    store::{
        StoreResult, Tx,
        audit::{self, Deed},
    },
};

async fn note(
    tx: &mut Tx,
    app: &App,
    by: &By,
    action: &str,
    subject: Option<Uuid>,
    detail: serde_json::Value,
) -> StoreResult<()> {
    audit::record(tx, &Deed { actor: by.id(), action, subject, detail }, &by.origin, app.clock.now()).await
}
