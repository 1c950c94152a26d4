//! `admin enrol-searcher`.

use clap::Args;
use serde_json::json;
use vanikeys_core::{app::Schema, custody::SearcherId, flow::job};

use super::failed;
use crate::cli::{Common, Failed, output};

/// Arguments of `enrol-searcher`.
#[derive(Debug, Args)]
pub(crate) struct Enrol {
    /// The searcher's id: its public key, as `vanikeys-worker` prints it
    id: SearcherId,
    /// A name to know it by
    #[arg(long)]
    name: String,
}

pub(super) fn enrol(common: &Common, args: &Enrol) -> Result<(), Failed> {
    if !args.id.is_usable() {
        return Err(Failed::Usage(format!(
            "{} is no key that can sign; copy the id as the searcher prints it",
            args.id
        )));
    }
    let key = args.id.public_key();
    let id = common.with_app(Schema::Migrate, async |app| {
        job::enrol_searcher(&app, &args.name, key.as_bytes()).await.map_err(failed)
    })?;
    if common.json {
        output::json(&json!({ "searcher": id, "publicKey": args.id, "name": args.name }));
    } else {
        output::line(format_args!("The searcher {} is enrolled; its reports count from now on.", args.name));
    }
    Ok(())
}
