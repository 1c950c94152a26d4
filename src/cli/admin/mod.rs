//! `vanikeys admin`: what only operators do. Whoever can read the configuration is one.

mod accounts;
mod keys;
mod queues;
mod searchers;
mod switch;
mod tokens;

use clap::Subcommand;
use vanikeys_core::{
    app::App,
    flow::{Failure, admin},
    store::users::User,
};

use super::{Common, Failed};

/// The commands under `admin`.
#[derive(Debug, Subcommand)]
pub(super) enum Admin {
    /// Make an account with the role of an admin, or an admin of a user
    CreateAdmin(accounts::CreateAdmin),
    /// List users
    ListUsers(accounts::ListUsers),
    /// Clear the flag of a suspicious signup, so that its rewards come
    ClearFlag(accounts::ClearFlag),
    /// Give a user VaniTokens
    GrantTokens(tokens::Grant),
    /// Give a user points of this month's season
    GrantPoints(tokens::GrantPoints),
    /// Take a grant back; what was spent becomes debt
    TakeBack(tokens::TakeBack),
    /// Make a key for the admin API
    CreateApiKey(keys::Create),
    /// Revoke a key of the admin API
    RevokeApiKey(keys::Revoke),
    /// List the keys of the admin API
    ListApiKeys,
    /// Let a searcher's reports count
    EnrolSearcher(searchers::Enrol),
    /// List searchers, their rates and when they were last seen
    Searchers,
    /// Suspend or reinstate a searcher
    SuspendSearcher(searchers::Suspend),
    /// Print the public keys that searchers check slices with (SLICE_KEYS)
    SliceKeys,
    /// Show every queue in numbers
    Queues,
    /// Let the tasks of a queue wait
    Pause(queues::Named),
    /// Let a paused queue go on
    Resume(queues::Named),
    /// Forget the items of a queue that nobody could read
    ForgetUnreadable(queues::Named),
    /// List dead tasks
    Dead(queues::Dead),
    /// Let dead tasks run again
    RunAgain(queues::RunAgain),
    /// Turn a switch, in every process and without a restart
    Set(switch::Set),
}

pub(super) fn run(common: &Common, command: Admin) -> Result<(), Failed> {
    match command {
        Admin::CreateAdmin(args) => accounts::create_admin(common, args),
        Admin::ListUsers(args) => accounts::list_users(common, &args),
        Admin::ClearFlag(args) => accounts::clear_flag(common, &args),
        Admin::GrantTokens(args) => tokens::grant(common, &args),
        Admin::GrantPoints(args) => tokens::grant_points(common, &args),
        Admin::TakeBack(args) => tokens::take_back(common, &args),
        Admin::CreateApiKey(args) => keys::create(common, &args),
        Admin::RevokeApiKey(args) => keys::revoke(common, &args),
        Admin::ListApiKeys => keys::list(common),
        Admin::EnrolSearcher(args) => searchers::enrol(common, &args),
        Admin::Searchers => searchers::list(common),
        Admin::SuspendSearcher(args) => searchers::suspend(common, &args),
        Admin::SliceKeys => searchers::slice_keys(common),
        Admin::Queues => queues::list(common),
        Admin::Pause(args) => queues::pause(common, &args),
        Admin::Resume(args) => queues::resume(common, &args),
        Admin::ForgetUnreadable(args) => queues::forget_unreadable(common, &args),
        Admin::Dead(args) => queues::dead(common, &args),
        Admin::RunAgain(args) => queues::run_again(common, &args),
        Admin::Set(args) => switch::set(common, &args),
    }
}

/// The user that the command names.
async fn user(app: &App, named: &str) -> Result<User, Failed> {
    let found = admin::users::find(app, named).await.map_err(Failed::work)?;
    found.ok_or_else(|| Failed::work(format!("there is no user {named:?}; name one by id, e-mail address or username")))
}

fn failed<R: std::error::Error + Send + Sync + 'static>(failure: Failure<R>) -> Failed {
    Failed::work(failure.to_string())
}
