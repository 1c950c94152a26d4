//! `/auth`: registering, signing in and out, links from e-mails, password and address.

use axum::{Json, extract::State, response::IntoResponse};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use vanikeys_core::{
    domain::time::Timestamp,
    flow::account::{self, Password, SignedIn, challenge::Challenge, change_email::Changed, register::Registration},
    secret::Secret,
};

use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, Check, Origin, Signed},
};

/// A user, as the user sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    /// The user's id.
    id: Uuid,
    /// The address.
    #[schema(example = "ann@example.org")]
    email: Option<String>,
    /// The name that others see.
    #[schema(example = "ann")]
    username: Option<String>,
    /// `user` or `admin`.
    #[schema(example = "user")]
    role: &'static str,
    /// `free`, `pro` or `unlimited`.
    #[schema(example = "free")]
    plan: String,
    /// Whether the address is confirmed.
    email_confirmed: bool,
    /// What to pass on to refer others.
    referral_code: String,
    /// When the account was made.
    created_at: Timestamp,
}

impl From<account::User> for User {
    fn from(user: account::User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            username: user.username,
            role: user.role.name(),
            plan: user.plan.name().to_owned(),
            email_confirmed: user.email_confirmed_at.is_some(),
            referral_code: user.referral_code,
            created_at: user.created_at,
        }
    }
}

/// Somebody who has just signed in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Session {
    /// Who.
    user: User,
    /// The credential: send it as `Authorization: Bearer <accessToken>`.
    access_token: String,
    /// When it ends.
    expires_at: Timestamp,
}

impl From<SignedIn> for Session {
    fn from(signed: SignedIn) -> Self {
        let SignedIn { user, given } = signed;
        Self { user: user.into(), access_token: given.secret.expose().to_owned(), expires_at: given.expires_at }
    }
}

/// What somebody writes to sign up.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Register {
    /// The address; an e-mail to confirm it follows where mail is on.
    #[schema(
        example = "ann@example.org",
        pattern = r"^ *[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+ *$"
    )]
    email: String,
    /// The name that others see.
    #[schema(example = "ann", pattern = r"^ *[A-Za-z0-9][A-Za-z0-9_-]{2,23} *$")]
    username: String,
    /// 10 to 128 characters, and none of the commonest.
    #[schema(example = "nine lives of a split flap", min_length = 10, max_length = 128)]
    password: String,
    /// The code of whoever referred you.
    #[serde(default)]
    #[schema(pattern = r"^ *([0-9A-TV-Za-tv-z]{8})? *$")]
    referral_code: Option<String>,
    /// Must be true.
    #[schema(schema_with = must_be_true)]
    accept_terms: bool,
    /// Must be true: 18 years or more.
    #[schema(schema_with = must_be_true)]
    adult: bool,
    /// From `GET /auth/challenge`, where registration costs work.
    #[serde(default)]
    challenge: Option<String>,
    /// Its solution.
    #[serde(default)]
    solution: Option<String>,
}

fn must_be_true() -> utoipa::openapi::Object {
    let boolean = utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::Type::Boolean);
    boolean.enum_values(Some([true])).description(Some("Must be true.")).build()
}

impl Check for Register {}

impl From<Register> for Registration {
    fn from(body: Register) -> Self {
        Self {
            email: body.email,
            username: body.username,
            password: Password::new(body.password),
            referral_code: body.referral_code,
            accept_terms: body.accept_terms,
            adult: body.adult,
            challenge: body.challenge,
            solution: body.solution,
        }
    }
}

/// Register
///
/// Makes an account and signs in.
#[utoipa::path(post, path = "/auth/register", tag = "accounts", operation_id = "register", request_body = Register,
    responses((status = 201, body = Session),
        (status = 409, description = "`EMAIL_TAKEN` or `USERNAME_TAKEN`"),
        (status = 422, description = "`CHALLENGE_REQUIRED` or `CHALLENGE_REFUSED` (`reason`)"),
        (status = 503, description = "`REGISTRATION_CLOSED` or `BUSY`")))]
pub(crate) async fn register(
    State(web): State<Web>,
    Origin(origin): Origin,
    ApiJson { body, .. }: ApiJson<Register>,
) -> Result<impl IntoResponse, Problem> {
    let wanted = account::Form::AccessToken;
    let signed = account::register::register(&web.app, &body.into(), wanted, &origin).await?;
    Ok((StatusCode::CREATED, Json(Session::from(signed))))
}

/// Address and password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Login {
    /// The address.
    #[schema(example = "ann@example.org")]
    email: String,
    /// The password.
    #[schema(example = "nine lives of a split flap")]
    password: String,
}

impl Check for Login {}

/// Sign in
#[utoipa::path(post, path = "/auth/login", tag = "accounts", operation_id = "login", request_body = Login,
    responses((status = 200, body = Session),
        (status = 401, description = "`WRONG_CREDENTIALS`, the same for unknown addresses and wrong passwords"),
        (status = 429, description = "`TOO_MANY_ATTEMPTS` (`retryAfterSeconds`)"), (status = 503, description = "`BUSY`")))]
pub(crate) async fn login(
    State(web): State<Web>,
    Origin(origin): Origin,
    ApiJson { body, .. }: ApiJson<Login>,
) -> Result<Json<Session>, Problem> {
    let password = Password::new(body.password);
    let wanted = account::Form::AccessToken;
    Ok(Json(account::login::login(&web.app, &body.email, &password, wanted, &origin).await?.into()))
}

/// Sign out
///
/// Ends the credential of this request; others stay.
#[utoipa::path(post, path = "/auth/logout", tag = "accounts", operation_id = "logout",
    security(("accessToken" = []), ("session" = [])), responses((status = 204)))]
pub(crate) async fn logout(State(web): State<Web>, signed: Signed) -> Result<StatusCode, Problem> {
    account::logout::logout(&web.app, signed.person.with).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who is signed in
#[utoipa::path(get, path = "/auth/me", tag = "accounts", operation_id = "me",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = User)))]
pub(crate) async fn me(State(web): State<Web>, signed: Signed) -> Result<Json<User>, Problem> {
    Ok(Json(account::show::show(&web.app, &signed.actor).await?.into()))
}

/// Work that a registration costs
///
/// Find a text so that SHA-256 of `challenge:solution` begins with `bits` zero bits. 0 bits: nothing to do.
#[utoipa::path(get, path = "/auth/challenge", tag = "accounts", operation_id = "challenge",
    responses((status = 200, body = Challenge)))]
pub(crate) async fn challenge(State(web): State<Web>) -> Result<Json<Challenge>, Problem> {
    Ok(Json(account::challenge::new(&web.app)?))
}

/// A link's secret part.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Link {
    /// What comes after `token=` in the link of the e-mail.
    token: String,
}

impl Check for Link {}

/// Confirm an address
///
/// With the token of an e-mail: of the account, or of the address it moves to.
#[utoipa::path(post, path = "/auth/email/confirm", tag = "accounts", operation_id = "confirmEmail", request_body = Link,
    responses((status = 200, body = User),
        (status = 409, description = "`EMAIL_TAKEN`"),
        (status = 410, description = "`LINK_EXPIRED` or `LINK_USED`"),
        (status = 422, description = "`LINK_UNKNOWN`")))]
pub(crate) async fn confirm_email(
    State(web): State<Web>,
    Origin(origin): Origin,
    ApiJson { body, .. }: ApiJson<Link>,
) -> Result<Json<User>, Problem> {
    let token = Secret::new(body.token);
    Ok(Json(account::confirm_email::confirm_email(&web.app, &token, &origin).await?.into()))
}

/// Resend the confirmation e-mail
#[utoipa::path(post, path = "/auth/email/resend", tag = "accounts", operation_id = "resendConfirmation",
    security(("accessToken" = []), ("session" = [])),
    responses((status = 202, description = "An e-mail is on its way"),
        (status = 409, description = "`ALREADY_CONFIRMED`"),
        (status = 429, description = "`TOO_MANY_LETTERS`")))]
pub(crate) async fn resend(State(web): State<Web>, signed: Signed) -> Result<StatusCode, Problem> {
    account::confirm_email::send_again(&web.app, &signed.actor).await?;
    Ok(StatusCode::ACCEPTED)
}

/// An address.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Address {
    /// The address of the account.
    #[schema(example = "ann@example.org")]
    email: String,
}

impl Check for Address {}

/// Forgotten password
///
/// The answer is the same whether or not the address has an account; an e-mail goes out if it has.
#[utoipa::path(post, path = "/auth/password/forgot", tag = "accounts", operation_id = "forgotPassword", request_body = Address,
    responses((status = 202, description = "If the address has an account, an e-mail is on its way")))]
pub(crate) async fn forgot_password(
    State(web): State<Web>,
    Origin(origin): Origin,
    ApiJson { body, .. }: ApiJson<Address>,
) -> Result<StatusCode, Problem> {
    drop(account::forgot_password::forgot_password(&web.app, &body.email, &origin));
    Ok(StatusCode::ACCEPTED)
}

/// A new password under a link.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Reset {
    /// What comes after `token=` in the link of the e-mail.
    token: String,
    /// 10 to 128 characters, and none of the commonest.
    #[schema(min_length = 10, max_length = 128)]
    password: String,
}

impl Check for Reset {}

/// Set a new password by link
///
/// Every session and access token of the account ends.
#[utoipa::path(post, path = "/auth/password/reset", tag = "accounts", operation_id = "resetPassword", request_body = Reset,
    responses((status = 204),
        (status = 410, description = "`LINK_EXPIRED` or `LINK_USED`"),
        (status = 422, description = "`LINK_UNKNOWN`"), (status = 503, description = "`BUSY`")))]
pub(crate) async fn reset_password(
    State(web): State<Web>,
    Origin(origin): Origin,
    ApiJson { body, .. }: ApiJson<Reset>,
) -> Result<StatusCode, Problem> {
    let (token, password) = (Secret::new(body.token), Password::new(body.password));
    account::reset_password::reset_password(&web.app, &token, &password, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The current password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangePassword {
    /// The password now.
    current_password: String,
    /// 10 to 128 characters, and none of the commonest.
    #[schema(min_length = 10, max_length = 128)]
    new_password: String,
}

impl Check for ChangePassword {}

/// Change the password
///
/// Every session and access token of the account ends; the answer carries a fresh one.
#[utoipa::path(post, path = "/auth/password/change", tag = "accounts", operation_id = "changePassword", request_body = ChangePassword,
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Session),
        (status = 403, description = "`WRONG_PASSWORD`"),
        (status = 429, description = "`TOO_MANY_ATTEMPTS` (`retryAfterSeconds`)"), (status = 503, description = "`BUSY`")))]
pub(crate) async fn change_password(
    State(web): State<Web>,
    signed: Signed,
    ApiJson { body, .. }: ApiJson<ChangePassword>,
) -> Result<Json<Session>, Problem> {
    let (current, new) = (Password::new(body.current_password), Password::new(body.new_password));
    let wanted = account::Form::AccessToken;
    Ok(Json(account::change_password::change_password(&web.app, &signed.actor, &current, &new, wanted).await?.into()))
}

/// A new address, with the password as proof.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangeEmail {
    /// The new address.
    #[schema(
        example = "ann@example.net",
        pattern = r"^ *[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+ *$"
    )]
    email: String,
    /// The password.
    password: String,
}

impl Check for ChangeEmail {}

/// What became of a change of address.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EmailChange {
    /// Whether the account has the new address now; if not, once the link in the e-mail to it is opened.
    changed: bool,
}

/// Change the address
#[utoipa::path(post, path = "/auth/email/change", tag = "accounts", operation_id = "changeEmail", request_body = ChangeEmail,
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = EmailChange),
        (status = 403, description = "`WRONG_PASSWORD`"), (status = 409, description = "`EMAIL_TAKEN`"),
        (status = 429, description = "`TOO_MANY_ATTEMPTS` (`retryAfterSeconds`) or `TOO_MANY_LETTERS`"),
        (status = 503, description = "`BUSY`")))]
pub(crate) async fn change_email(
    State(web): State<Web>,
    signed: Signed,
    ApiJson { body, .. }: ApiJson<ChangeEmail>,
) -> Result<Json<EmailChange>, Problem> {
    let password = Password::new(body.password);
    let changed = account::change_email::change_email(&web.app, &signed.actor, &password, &body.email).await?;
    Ok(Json(EmailChange { changed: changed == Changed::Now }))
}
