//! `admin create-api-key`, `revoke-api-key`, `list-api-keys`.

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;
use vanikeys_core::{
    app::Schema,
    flow::{By, admin},
};

use super::failed;
use crate::cli::{Common, Failed, output};

/// Arguments of `create-api-key`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// What it is for
    name: String,
}

pub(super) fn create(common: &Common, args: &Create) -> Result<(), Failed> {
    let made = common.with_app(Schema::Migrate, async |app| {
        admin::api_keys::create(&app, &By::default(), &args.name).await.map_err(failed)
    })?;
    if common.json {
        output::json(&json!({ "id": made.id, "name": args.name.trim(), "key": made.secret.expose() }));
    } else {
        output::line(format_args!("The key {}, shown this once: {}", made.id, made.secret.expose()));
    }
    Ok(())
}

/// Arguments of `revoke-api-key`.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The key's id
    id: Uuid,
}

pub(super) fn revoke(common: &Common, args: &Revoke) -> Result<(), Failed> {
    common.with_app(Schema::Migrate, async |app| {
        admin::api_keys::revoke(&app, &By::default(), args.id).await.map_err(failed)
    })?;
    if common.json {
        output::json(&json!({ "revoked": args.id }));
    } else {
        output::line(format_args!("The key {} counts no more.", args.id));
    }
    Ok(())
}

pub(super) fn list(common: &Common) -> Result<(), Failed> {
    let keys = common.with_app(Schema::Migrate, async |app| admin::api_keys::list(&app).await.map_err(Failed::work))?;
    if common.json {
        let one = |key: &vanikeys_core::store::admin_keys::AdminKey| -> Value {
            json!({
                "id": key.id,
                "name": key.name,
                "createdAt": key.created_at,
                "lastUsedAt": key.last_used_at,
                "revokedAt": key.revoked_at,
            })
        };
        output::json(&keys.iter().map(one).collect::<Vec<_>>());
        return Ok(());
    }
    for key in &keys {
        let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {at}"));
        let state = key.revoked_at.map_or(used, |at| format!("revoked {at}"));
        output::line(format_args!("{}  {}  {state}", key.id, key.name));
    }
    output::line(format_args!("{} in all", keys.len()));
    Ok(())
}
