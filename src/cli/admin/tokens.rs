//! `admin grant-tokens`, `grant-points`, `take-back`.

use clap::Args;
use serde_json::json;
use uuid::Uuid;
use vanikeys_core::{
    app::Schema,
    flow::{grant, points},
};

use super::{failed, user};
use crate::cli::{Common, Failed, output};

/// Arguments of `grant-tokens`.
#[derive(Debug, Args)]
pub(crate) struct Grant {
    /// Id, e-mail address or username
    user: String,
    /// How many
    #[arg(value_parser = clap::value_parser!(i64).range(1..=1_000_000_000_000))]
    tokens: i64,
    /// Why, shown in the user's history
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub(super) fn grant(common: &Common, args: &Grant) -> Result<(), Failed> {
    let id = Uuid::now_v7();
    let after = common.with_app(Schema::Migrate, async |app| {
        let user = user(&app, &args.user).await?;
        grant::grant_tokens(&app, id, user.id, args.tokens, args.note.as_deref()).await.map_err(failed)
    })?;
    if common.json {
        output::json(&json!({ "grant": id, "account": after }));
    } else {
        output::line(format_args!(
            "{} was given {} VaniTokens and has {} now, {} of them held. Take it back with: vanikeys admin take-back {id}",
            args.user, args.tokens, after.balance, after.held
        ));
    }
    Ok(())
}

/// Arguments of `grant-points`.
#[derive(Debug, Args)]
pub(crate) struct GrantPoints {
    /// Id, e-mail address or username
    user: String,
    /// How many
    #[arg(value_parser = clap::value_parser!(i64).range(1..=1_000_000_000))]
    points: i64,
    /// Why, kept with the grant
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub(super) fn grant_points(common: &Common, args: &GrantPoints) -> Result<(), Failed> {
    let id = Uuid::now_v7();
    let after = common.with_app(Schema::Migrate, async |app| {
        let user = user(&app, &args.user).await?;
        points::grant_points(&app, id, user.id, args.points, args.note.as_deref()).await.map_err(failed)
    })?;
    if common.json {
        output::json(&json!({ "grant": id, "points": after }));
    } else {
        output::line(format_args!("{} was given {} points and has {after} this month.", args.user, args.points));
    }
    Ok(())
}

/// Arguments of `take-back`.
#[derive(Debug, Args)]
pub(crate) struct TakeBack {
    /// The grant's id, as `grant-tokens` printed it
    grant: Uuid,
    /// Why, shown in the user's history
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

pub(super) fn take_back(common: &Common, args: &TakeBack) -> Result<(), Failed> {
    let after = common.with_app(Schema::Migrate, async |app| {
        grant::take_back(&app, args.grant, args.note.as_deref()).await.map_err(failed)
    })?;
    if common.json {
        output::json(&json!({ "grant": args.grant, "account": after }));
    } else {
        output::line(format_args!(
            "The grant is taken back; the user has {} VaniTokens now and owes {}.",
            after.balance, after.debt
        ));
    }
    Ok(())
}
