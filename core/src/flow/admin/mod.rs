//! What only operators do: making admins and API keys, looking at users, judging flagged signups, turning switches.
//! Every deed leaves a line in the audit.

pub mod activity;
pub mod api_keys;
pub mod create_admin;
pub mod review_signup;
pub mod switches;
pub mod users;

use uuid::Uuid;

use crate::{
    app::App,
    store::{
        StoreResult, Tx,
        audit::{self, Deed, Origin},
    },
};

/// Who does it: a signed-in admin, a program with an API key, or nobody in particular on the command line.
#[derive(Clone, Debug, Default)]
pub struct By {
    /// The admin.
    pub admin: Option<Uuid>,
    /// The API key.
    pub api_key: Option<Uuid>,
    /// Where the request came from.
    pub origin: Origin,
}

impl By {
    /// The id that the audit names: the admin's or the key's.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        self.admin.or(self.api_key)
    }
}

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
