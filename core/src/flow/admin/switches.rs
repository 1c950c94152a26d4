//! An admin turns switches while the service runs; every process sees them at its next look.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::note;
use crate::{
    app::App,
    domain::audit::Action,
    flow::{By, Failure, switch::Switch},
    store::{StoreResult, settings, transact},
};

/// Why a switch cannot be turned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SwitchRefusal {
    /// There is none of that name.
    #[error("there is no switch {name:?}; there is: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The value is neither.
    #[error("{name} is true or false, not {value:?}")]
    BadValue {
        /// The switch.
        name: String,
        /// What was asked for.
        value: String,
    },
}

/// All switches, and whether they are on.
///
/// # Errors
/// The store's.
pub async fn all(app: &App) -> StoreResult<Vec<(Switch, bool)>> {
    let mut conn = app.db.read().await?;
    let mut all = Vec::with_capacity(Switch::ALL.len());
    for switch in Switch::ALL {
        all.push((switch, switch.is_on(&mut conn).await?));
    }
    Ok(all)
}

/// Turns a switch, named and valued as an admin writes it.
///
/// # Errors
/// See [`SwitchRefusal`], or the store's.
pub async fn set(app: &App, by: &By, name: &str, value: &str) -> Result<(), Failure<SwitchRefusal>> {
    let Some(switch) = Switch::ALL.into_iter().find(|switch| switch.name() == name) else {
        let known = Switch::ALL.map(Switch::name).join(", ");
        return Err(Failure::Refused(SwitchRefusal::Unknown { name: name.to_owned(), known }));
    };
    if !matches!(value, "true" | "false") {
        return Err(Failure::Refused(SwitchRefusal::BadValue { name: name.to_owned(), value: value.to_owned() }));
    }
    transact!(app.db, tx => {
        settings::set(tx, switch.name(), value, by.admin, app.clock.now()).await?;
        Ok(note(tx, app, by, Action::SwitchSet, None, json!({ "name": name, "value": value })).await?)
    })
}
