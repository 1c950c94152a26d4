//! `admin enrol-searcher`, `searchers`, `suspend-searcher`, `slice-keys`: who may report on slices, and what searchers
//! check slices with.

use clap::Args;
use serde_json::json;
use vanikeys_core::{
    app::{App, Schema},
    custody::SearcherId,
    flow::{By, job},
    store::searchers::Searcher,
};

use super::failed;
use crate::cli::{Common, Failed, figures, output};

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

/// Arguments of `suspend-searcher`.
#[derive(Debug, Args)]
pub(crate) struct Suspend {
    /// Its name, its id or its public key
    searcher: String,
    /// Let it work again
    #[arg(long)]
    lift: bool,
}

pub(super) fn list(common: &Common) -> Result<(), Failed> {
    let searchers = common.with_app(Schema::Leave, async |app| job::searchers(&app).await.map_err(failed))?;
    if common.json {
        output::json(&searchers.iter().map(shown).collect::<Vec<_>>());
        return Ok(());
    }
    for one in &searchers {
        let state = if one.suspended_at.is_some() { "suspended" } else { "enrolled" };
        let seen = one.last_seen_at.map_or_else(|| "never seen".to_owned(), |at| format!("seen {}", at.rfc3339()));
        let rate = one.rate.map_or_else(|| "no rate yet".to_owned(), figures::rate);
        output::line(format_args!("{}  {}  {state}  {rate}  {seen}", hex::encode(one.public_key), one.name));
    }
    let plural = if searchers.len() == 1 { "" } else { "s" };
    output::line(format_args!("{} searcher{plural}.", searchers.len()));
    Ok(())
}

fn shown(one: &Searcher) -> serde_json::Value {
    json!({
        "id": one.id,
        "name": one.name,
        "publicKey": hex::encode(one.public_key),
        "enrolledAt": one.enrolled_at,
        "suspendedAt": one.suspended_at,
        "lastSeenAt": one.last_seen_at,
        "badReports": one.bad_reports,
        "threads": one.threads,
        "rate": one.rate,
    })
}

pub(super) fn suspend(common: &Common, args: &Suspend) -> Result<(), Failed> {
    let name = common.with_app(Schema::Leave, async |app| {
        let searcher = find(&app, &args.searcher).await?;
        job::suspend_searcher(&app, &By::default(), searcher.id, !args.lift).await.map_err(failed)?;
        Ok(searcher.name)
    })?;
    if common.json {
        output::json(&json!({ "searcher": name, "suspended": !args.lift }));
    } else if args.lift {
        output::line(format_args!("The searcher {name} may work again."));
    } else {
        output::line(format_args!("The searcher {name} is suspended; what it reports does not count."));
    }
    Ok(())
}

/// The one searcher of that key or name.
async fn find(app: &App, named: &str) -> Result<Searcher, Failed> {
    let all = job::searchers(app).await.map_err(failed)?;
    let mut found: Vec<Searcher> = all
        .into_iter()
        .filter(|one| [&one.name, &hex::encode(one.public_key), &one.id.to_string()].contains(&&named.to_owned()))
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(Failed::work(format!("several searchers are called {named:?}; name one by its id"))),
        (None, _) => {
            Err(Failed::work(format!("there is no searcher {named:?}; `vanikeys admin searchers` lists them")))
        }
    }
}

pub(super) fn slice_keys(common: &Common) -> Result<(), Failed> {
    let keys = common.with_app(Schema::Leave, async |app| {
        Ok(app.keyring.slice_keys().iter().map(ToString::to_string).collect::<Vec<_>>())
    })?;
    if common.json {
        output::json(&json!({ "sliceKeys": keys }));
    } else {
        output::line(keys.join(","));
    }
    Ok(())
}
