//! `admin set`.

use clap::Args;
use serde_json::json;
use vanikeys_core::{
    app::Schema,
    flow::{By, Failure, admin::switches},
};

use super::failed;
use crate::cli::{Common, Failed, output};

/// Arguments of `set`.
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// The switch: registration.open or heist.enabled
    name: String,
    /// true or false
    value: String,
}

pub(super) fn set(common: &Common, args: &Set) -> Result<(), Failed> {
    common.with_app(Schema::Migrate, async |app| {
        switches::set(&app, &By::default(), &args.name, &args.value).await.map_err(|failure| match failure {
            Failure::Refused(refusal) => Failed::Usage(refusal.to_string()),
            other => failed(other),
        })
    })?;
    if common.json {
        output::json(&json!({ "name": args.name, "value": args.value }));
    } else {
        output::line(format_args!("{} is {} now.", args.name, args.value));
    }
    Ok(())
}
