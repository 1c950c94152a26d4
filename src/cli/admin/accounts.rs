//! `admin create-admin`, `list-users`, `clear-flag`.

use std::{io::Read, path::PathBuf};

use clap::Args;
use serde_json::{Value, json};
use vanikeys_core::{
    app::Schema,
    flow::{By, account::Password, admin},
    store::users::User,
};

use super::{failed, user};
use crate::cli::{Common, Failed, output};

/// Arguments of `create-admin`.
#[derive(Debug, Args)]
pub(crate) struct CreateAdmin {
    /// The e-mail address of the account
    email: String,
    /// The name of a new account
    #[arg(long, required_unless_present = "promote")]
    username: Option<String>,
    /// A file with the password of a new account, `-` for standard input; without it one is made and printed
    #[arg(long, value_name = "FILE", conflicts_with = "promote")]
    password_file: Option<PathBuf>,
    /// Make an admin of the user who has this address
    #[arg(long, conflicts_with = "username")]
    promote: bool,
}

pub(super) fn create_admin(common: &Common, args: CreateAdmin) -> Result<(), Failed> {
    let by = By::default();
    let Some(username) = args.username else {
        let made = common.with_app(Schema::Migrate, async |app| {
            let user = user(&app, &args.email).await?;
            admin::create_admin::promote(&app, &by, user.id).await.map_err(failed)
        })?;
        return report(common, &made, None);
    };
    let (password, told) = match &args.password_file {
        Some(file) => (read_password(file)?, None),
        None => {
            let fresh = admin::create_admin::fresh_password().map_err(Failed::work)?;
            (fresh.expose().to_owned(), Some(fresh.expose().to_owned()))
        }
    };
    let made = common.with_app(Schema::Migrate, async |app| {
        let password = Password::new(password);
        admin::create_admin::create_admin(&app, &by, &args.email, &username, &password).await.map_err(failed)
    })?;
    report(common, &made, told)
}

fn report(common: &Common, user: &User, password: Option<String>) -> Result<(), Failed> {
    if common.json {
        output::json(&json!({ "user": shown(user), "password": password }));
        return Ok(());
    }
    let name = user.username.as_deref().unwrap_or_default();
    output::line(format_args!("{name} ({}) is an admin.", user.email.as_deref().unwrap_or_default()));
    if let Some(password) = password {
        output::line(format_args!("The password, shown this once: {password}"));
    }
    Ok(())
}

fn read_password(file: &PathBuf) -> Result<String, Failed> {
    let read = if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = read.map_err(|error| Failed::Usage(format!("{}: {error}", file.display())))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Arguments of `list-users`.
#[derive(Debug, Args)]
pub(crate) struct ListUsers {
    /// Part of the name or address
    #[arg(long)]
    search: Option<String>,
    /// Only flagged signups
    #[arg(long)]
    flagged: bool,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=1000))]
    limit: i64,
    /// From this one on, counted from 0
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    offset: i64,
}

pub(super) fn list_users(common: &Common, args: &ListUsers) -> Result<(), Failed> {
    let (users, total) = common.with_app(Schema::Migrate, async |app| {
        let page = admin::users::list(&app, args.search.as_deref(), args.flagged, args.limit, args.offset);
        page.await.map_err(Failed::work)
    })?;
    if common.json {
        let items: Vec<Value> = users.iter().map(shown).collect();
        output::json(&json!({ "items": items, "limit": args.limit, "offset": args.offset, "total": total }));
        return Ok(());
    }
    for user in &users {
        let flag = user.flag_reason.as_deref().map_or_else(String::new, |reason| format!("  flagged: {reason}"));
        let (email, name) = (user.email.as_deref().unwrap_or_default(), user.username.as_deref().unwrap_or_default());
        output::line(format_args!("{}  {:5}  {name}  {email}  {}{flag}", user.id, user.role.name(), user.created_at));
    }
    output::line(format_args!("{} of {total}", users.len()));
    Ok(())
}

/// Arguments of `clear-flag`.
#[derive(Debug, Args)]
pub(crate) struct ClearFlag {
    /// Id, e-mail address or username
    user: String,
}

pub(super) fn clear_flag(common: &Common, args: &ClearFlag) -> Result<(), Failed> {
    let cleared = common.with_app(Schema::Migrate, async |app| {
        let user = user(&app, &args.user).await?;
        admin::review_signup::clear(&app, &By::default(), user.id).await.map_err(failed)
    })?;
    if common.json {
        output::json(&shown(&cleared));
    } else {
        output::line(format_args!("{} is not flagged.", cleared.username.as_deref().unwrap_or_default()));
    }
    Ok(())
}

fn shown(user: &User) -> Value {
    json!({
        "id": user.id,
        "email": user.email,
        "username": user.username,
        "role": user.role,
        "plan": user.plan.name(),
        "emailConfirmedAt": user.email_confirmed_at,
        "flaggedAt": user.flagged_at,
        "flagReason": user.flag_reason,
        "createdAt": user.created_at,
    })
}
