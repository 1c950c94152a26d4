//! A user's own account as it stands.

use super::{AccountRefusal, Outcome};
use crate::{
    app::App,
    flow::{Actor, Failure},
    store::users::{self, User},
};

/// The account of the signed-in user.
///
/// # Errors
/// [`AccountRefusal::Gone`], or the store's.
pub async fn show(app: &App, actor: &Actor) -> Outcome<User> {
    let user = users::find(&mut app.db.read().await?, actor.user).await?;
    user.filter(User::is_active).ok_or(Failure::Refused(AccountRefusal::Gone))
}
