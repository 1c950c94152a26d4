//! What one process at a time does: leadership of a role, and the schedule of recurring work.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    app::App,
    clients::signals::Topic,
    queue::{Owed, upkeep::Upkeep},
    store::{StoreError, leaders, schedule, transact},
};

/// Takes or keeps a role for `lease`. True if `holder` leads.
///
/// # Errors
/// The store's; then nobody may act on the role.
pub async fn lead(app: &App, role: &str, holder: Uuid, lease: Duration) -> Result<bool, StoreError> {
    transact!(app.db, tx => leaders::lead(tx, role, holder, lease).await)
}

/// Gives a role up, so that another need not wait.
///
/// # Errors
/// The store's.
pub async fn resign(app: &App, role: &str, holder: Uuid) -> Result<(), StoreError> {
    transact!(app.db, tx => leaders::resign(tx, role, holder).await)
}

/// Owes a recurring piece of work if it is due: marked and owed in one transaction, so that it is owed once however
/// many processes ask.
///
/// # Errors
/// The store's.
pub async fn take_turn(app: &App, name: &str, every: Duration) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let due = transact!(app.db, tx => {
        let due = schedule::take(tx, name, every, now).await?;
        if due {
            Owed::new(&Upkeep::Recurring { name: name.to_owned() }, now).enqueue(tx).await?;
        }
        Ok::<_, StoreError>(due)
    })?;
    if due {
        app.signals.publish(Topic::Outbox);
    }
    Ok(due)
}
