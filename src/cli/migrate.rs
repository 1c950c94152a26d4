//! `vanikeys migrate`: the database's schema, forward or back.

use clap::Args;
use serde_json::json;
use vanikeys_core::{app::Schema, store::migrate};

use super::{Common, Failed, output};

/// Arguments of `migrate`.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Take migrations back until this version is the newest; 0 removes every table
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(i64).range(0..))]
    down_to: Option<i64>,
}

pub(super) fn run(common: &Common, args: &Migrate) -> Result<(), Failed> {
    let newest = migrate::newest();
    if let Some(version) = args.down_to.filter(|version| *version > newest) {
        return Err(Failed::Usage(format!("there is no schema version {version}; the newest is {newest}")));
    }
    let version = common.with_app(Schema::Leave, async |app| match args.down_to {
        Some(version) => migrate::down(&app.db, version).await.map(|()| version).map_err(Failed::work),
        None => migrate::up(&app.db).await.map(|()| newest).map_err(Failed::work),
    })?;
    if common.json {
        output::json(&json!({ "schema": version, "newest": newest }));
    } else {
        output::line(format_args!("The database's schema is at version {version} of {newest}."));
    }
    Ok(())
}
