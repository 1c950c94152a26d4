//! `vanikeys migrate`: the database's schema, forward or back.

use clap::Args;
use serde_json::json;
use vanikeys_core::{
    app::{App, Schema},
    store::migrate,
};

use super::{Common, Failed, block_on, held::hold, must_exist, opened, output, with};

/// Arguments of `migrate`.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Take migrations back until this version is the newest; 0 removes every table
    #[arg(long, value_name = "VERSION", value_parser = clap::value_parser!(i64).range(0..))]
    down_to: Option<i64>,
    /// Take SECRET_KEY although the database was used with another; what that one sealed stays closed
    #[arg(long, conflicts_with = "down_to")]
    adopt_secret_key: bool,
}

pub(super) fn run(common: &Common, args: &Migrate) -> Result<(), Failed> {
    let newest = migrate::newest();
    if let Some(version) = args.down_to.filter(|version| *version > newest) {
        return Err(Failed::Usage(format!("there is no schema version {version}; the newest is {newest}")));
    }
    if args.adopt_secret_key {
        return adopt(common);
    }
    // Here a service may begin; a folder that is not there has nothing to be taken back.
    let config = common.configuration(&[])?;
    if args.down_to.is_some() {
        must_exist(&config)?;
    }
    let _held = hold(&config)?;
    let version = with(config, Schema::Leave, async |app| match args.down_to {
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

/// Opens the database with a secret that it does not know, and makes it known.
fn adopt(common: &Common) -> Result<(), Failed> {
    let config = common.configuration(&[])?;
    must_exist(&config)?;
    let _held = hold(&config)?;
    block_on(async {
        let app = App::adopt_secret(config).await.map_err(opened)?;
        app.db.close().await;
        Ok::<_, Failed>(())
    })??;
    let newest = migrate::newest();
    if common.json {
        output::json(&json!({ "schema": newest, "newest": newest }));
    } else {
        output::line(
            "SECRET_KEY is the database's from now on. Run `vanikeys doctor`: it names what cannot be opened.",
        );
    }
    Ok(())
}
