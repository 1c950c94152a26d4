//! People. What identifies somebody (address, name, password) is nullable and goes when the account is deleted; the
//! row stays, since the ledger refers to it.

mod listing;

pub use listing::{Filter, list, of_person, signups_from};

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, dialect, execute, row, sql};
use crate::domain::{account::Role, plan::Plan, time::Timestamp};

/// A user as stored, without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The id.
    pub id: Uuid,
    /// The address; none once deleted.
    pub email: Option<String>,
    /// The name others see; none once deleted.
    pub username: Option<String>,
    /// What the user may do.
    pub role: Role,
    /// The plan; what is in force says [`Plan::in_force`].
    pub plan: Plan,
    /// When the plan ends.
    pub plan_expires_at: Option<Timestamp>,
    /// When the address was confirmed.
    pub email_confirmed_at: Option<Timestamp>,
    /// What this user passes on.
    pub referral_code: String,
    /// Who referred this user.
    pub referred_by: Option<Uuid>,
    /// When the signup was flagged as suspicious, while it is.
    pub flagged_at: Option<Timestamp>,
    /// Why it was.
    pub flag_reason: Option<String>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

impl User {
    /// True until the account is deleted.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.deleted_at.is_none()
    }
}

/// What a new account is made of.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// The id.
    pub id: Uuid,
    /// The address as typed.
    pub email: &'a str,
    /// The address as compared.
    pub email_key: &'a str,
    /// Equal for aliases of one mailbox.
    pub person_key: &'a str,
    /// The name as typed.
    pub username: &'a str,
    /// The name as compared.
    pub username_key: &'a str,
    /// argon2id in PHC form.
    pub password_hash: &'a str,
    /// What the user may do.
    pub role: Role,
    /// Given when the address counts as confirmed at once.
    pub email_confirmed_at: Option<Timestamp>,
    /// What this user passes on.
    pub referral_code: &'a str,
    /// Who referred this user.
    pub referred_by: Option<Uuid>,
    /// The network of the signup.
    pub network: Option<&'a str>,
    /// Why the signup is suspicious, if it is.
    pub flag_reason: Option<&'a str>,
    /// Now; also when terms and age were confirmed.
    pub at: Timestamp,
}

row! { User from users:
    id, email, username, role, plan, plan_expires_at, email_confirmed_at, referral_code, referred_by, flagged_at,
    flag_reason, created_at, deleted_at
}

/// A query for whole users.
fn select(rest: &str) -> String {
    format!("SELECT {} FROM users {rest}", User::COLUMNS)
}

/// Makes an account.
///
/// # Errors
/// [`StoreError::Unique`](super::StoreError::Unique) of `email_key`, `username_key` or `referral_code`.
pub async fn insert(tx: &mut Tx, new: &NewUser<'_>) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO users (id, email, email_key, person_key, username, username_key, password_hash, role, \
         email_confirmed_at, adult_confirmed_at, terms_accepted_at, referral_code, referred_by, signup_network, \
         flagged_at, flag_reason, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15, $10)",
        new.id,
        new.email,
        new.email_key,
        new.person_key,
        new.username,
        new.username_key,
        new.password_hash,
        new.role,
        new.email_confirmed_at,
        new.at,
        new.referral_code,
        new.referred_by,
        new.network,
        new.flag_reason.map(|_| new.at),
        new.flag_reason
    )?;
    Ok(())
}

/// The user of that id, deleted ones too.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<User>> {
    let text = select("WHERE id = $1");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// The user with that address.
///
/// # Errors
/// The database's.
pub async fn by_email(on: &mut impl Sql, email_key: &str) -> StoreResult<Option<User>> {
    let text = select("WHERE email_key = $1");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(email_key).fetch_optional(c).await)
}

/// The user with that name.
///
/// # Errors
/// The database's.
pub async fn by_username(on: &mut impl Sql, username_key: &str) -> StoreResult<Option<User>> {
    let text = select("WHERE username_key = $1");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(username_key).fetch_optional(c).await)
}

/// The active user who passes on that code, and the key of the person behind.
///
/// # Errors
/// The database's.
pub async fn by_referral_code(on: &mut impl Sql, code: &str) -> StoreResult<Option<(Uuid, Option<String>)>> {
    sql!(on, c => sqlx::query_as("SELECT id, person_key FROM users WHERE referral_code = $1 AND status = 'active'")
        .bind(code).fetch_optional(c).await)
}

/// Locks an active user until the transaction ends; none if there is no such user.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, id: Uuid) -> StoreResult<Option<User>> {
    let text = format!("{}{}", select("WHERE id = $1 AND status = 'active'"), dialect::lock_rows(tx));
    sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// Id and password hash of the active user with that address.
///
/// # Errors
/// The database's.
pub async fn password_by_email(on: &mut impl Sql, email_key: &str) -> StoreResult<Option<(Uuid, String)>> {
    sql!(on, c => sqlx::query_as(
        "SELECT id, password_hash FROM users WHERE email_key = $1 AND status = 'active' AND password_hash IS NOT NULL")
        .bind(email_key).fetch_optional(c).await)
}

/// Address key and password hash of an active user.
///
/// # Errors
/// The database's.
pub async fn password_of(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<(String, String)>> {
    sql!(on, c => sqlx::query_as(
        "SELECT email_key, password_hash FROM users WHERE id = $1 AND status = 'active' AND password_hash IS NOT NULL")
        .bind(id).fetch_optional(c).await)
}

/// Sets the password.
///
/// # Errors
/// The database's.
pub async fn set_password(tx: &mut Tx, id: Uuid, password_hash: &str) -> StoreResult<()> {
    execute!(tx, "UPDATE users SET password_hash = $1 WHERE id = $2 AND status = 'active'", password_hash, id)?;
    Ok(())
}

/// Marks the address as confirmed; tells whether it was not before.
///
/// # Errors
/// The database's.
pub async fn confirm_email(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<bool> {
    let text = "UPDATE users SET email_confirmed_at = $1 \
                WHERE id = $2 AND status = 'active' AND email_confirmed_at IS NULL";
    Ok(execute!(tx, text, at, id)? == 1)
}

/// Gives the user another address, confirmed.
///
/// # Errors
/// [`StoreError::Unique`](super::StoreError::Unique) of `email_key`.
pub async fn set_email(
    tx: &mut Tx,
    id: Uuid,
    email: &str,
    email_key: &str,
    person_key: &str,
    at: Timestamp,
) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE users SET email = $1, email_key = $2, person_key = $3, email_confirmed_at = $4 \
         WHERE id = $5 AND status = 'active'",
        email,
        email_key,
        person_key,
        at,
        id
    )?;
    Ok(())
}

/// Sets what the user may do.
///
/// # Errors
/// The database's.
pub async fn set_role(tx: &mut Tx, id: Uuid, role: Role) -> StoreResult<()> {
    execute!(tx, "UPDATE users SET role = $1 WHERE id = $2", role, id)?;
    Ok(())
}

/// Takes the flag off a suspicious signup; tells whether there was one.
///
/// # Errors
/// The database's.
pub async fn clear_flag(tx: &mut Tx, id: Uuid) -> StoreResult<bool> {
    let text = "UPDATE users SET flagged_at = NULL, flag_reason = NULL WHERE id = $1 AND flagged_at IS NOT NULL";
    Ok(execute!(tx, text, id)? == 1)
}

/// Marks the account as deleted and removes everything in the row that identifies the person.
///
/// # Errors
/// The database's.
pub async fn anonymise(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE users SET status = 'deleted', deleted_at = $1, email = NULL, email_key = NULL, person_key = NULL, \
         username = NULL, username_key = NULL, password_hash = NULL, role = 'user', signup_network = NULL, \
         flagged_at = NULL, flag_reason = NULL, email_confirmed_at = NULL WHERE id = $2",
        at,
        id
    )?;
    Ok(())
}
