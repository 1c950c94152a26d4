//! Finding users.

use uuid::Uuid;

use crate::{
    app::App,
    store::{
        StoreResult,
        users::{self, Filter, User},
    },
};

/// The active user that an admin names by id, address or name.
///
/// # Errors
/// The store's.
pub async fn find(app: &App, named: &str) -> StoreResult<Option<User>> {
    let key = named.trim().to_ascii_lowercase();
    let mut on = app.db.read().await?;
    let user = match key.parse::<Uuid>() {
        Ok(id) => users::find(&mut on, id).await?,
        Err(_) if key.contains('@') => users::by_email(&mut on, &key).await?,
        Err(_) => users::by_username(&mut on, &key).await?,
    };
    Ok(user.filter(User::is_active))
}

/// A page of active users, newest first, and how many there are in all.
///
/// # Errors
/// The store's.
pub async fn list(
    app: &App,
    text: Option<&str>,
    flagged: bool,
    limit: i64,
    offset: i64,
) -> StoreResult<(Vec<User>, i64)> {
    let text = text.map(str::to_ascii_lowercase);
    let filter = Filter { text: text.as_deref(), flagged };
    users::list(&mut app.db.read().await?, filter, limit, offset).await
}
