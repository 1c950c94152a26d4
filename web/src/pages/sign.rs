//! Signing up, in and out; links from letters; forgotten passwords.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use vanikeys_core::{
    flow::{
        Failure,
        account::{self, AccountRefusal, Given, Password, challenge::Challenge, register::Registration},
    },
    secret::Secret,
};

use super::{Frame, failed, page};
use crate::{
    Web,
    error::{Problem, Refuse},
    extract::{ApiQuery, Form, Origin, Viewer, cookies},
};

#[derive(Template)]
#[template(path = "pages/sign_up.html")]
struct SignUp {
    frame: Frame,
    fields: SignUpFields,
    challenge: Challenge,
    next: String,
    free_pulls: u32,
    error: Option<Problem>,
}

#[derive(Template)]
#[template(path = "pages/sign_in.html")]
struct SignIn {
    frame: Frame,
    email: String,
    next: String,
    /// Why one has to, if it was not one's own choice.
    why: &'static str,
    error: Option<Problem>,
}

#[derive(Template)]
#[template(path = "pages/confirm.html")]
struct Confirm {
    frame: Frame,
    token: String,
    error: Option<Problem>,
}

#[derive(Template)]
#[template(path = "pages/forgot.html")]
struct Forgot {
    frame: Frame,
    sent: bool,
    mail_folder: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/reset.html")]
struct Reset {
    frame: Frame,
    token: String,
    error: Option<Problem>,
}

/// What the sign-up page shows again after a mistake; never the password.
#[derive(Debug, Default)]
struct SignUpFields {
    email: String,
    username: String,
    referral_code: String,
}

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Next {
    next: String,
    /// A referral code from a link.
    r#ref: String,
    /// Why one is here.
    why: String,
}

/// A path of this site, or `/app`: never somebody else's address.
fn local(next: &str) -> &str {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.bytes().all(|byte| byte.is_ascii_graphic());
    if ours { next } else { "/app" }
}

fn signed_in(web: &Web, jar: CookieJar, given: &Given, next: &str) -> Response {
    (jar.add(cookies::session(web, given)), Redirect::to(local(next))).into_response()
}

/// The sign-up page.
pub(crate) async fn up(
    State(web): State<Web>,
    viewer: Viewer,
    ApiQuery(query): ApiQuery<Next>,
) -> Result<Response, Problem> {
    let fields = SignUpFields { referral_code: query.r#ref, ..SignUpFields::default() };
    let challenge = account::challenge::new(&web.app)?;
    let (next, free_pulls) = (local(&query.next).to_owned(), web.app.config.free_pulls_per_day);
    page(&SignUp { frame: Frame::bare(viewer, "Sign up"), fields, challenge, next, free_pulls, error: None })
}

/// The sign-up form.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignUpForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    referral_code: String,
    accept_terms: Option<String>,
    adult: Option<String>,
    challenge: Option<String>,
    solution: Option<String>,
    #[serde(default)]
    next: String,
}

/// For people, where programs are told of challenges.
const WORK: &str = "Registration costs a little work against robots, and it was not done, not done right, or done too \
    long ago. With JavaScript send the form again, and the page does it; without, run the line below once more.";

/// Makes an account and signs in.
pub(crate) async fn sign_up(
    State(web): State<Web>,
    Origin(origin): Origin,
    jar: CookieJar,
    Form(form): Form<SignUpForm>,
) -> Result<Response, Problem> {
    let fields = SignUpFields {
        email: form.email.clone(),
        username: form.username.clone(),
        referral_code: form.referral_code.clone(),
    };
    let registration = Registration {
        email: form.email,
        username: form.username,
        password: Password::new(form.password),
        referral_code: Some(form.referral_code),
        accept_terms: form.accept_terms.is_some(),
        adult: form.adult.is_some(),
        challenge: form.challenge,
        solution: form.solution,
    };
    match account::register::register(&web.app, &registration, account::Form::Session, &origin).await {
        Ok(signed) => Ok(signed_in(&web, jar, &signed.given, &form.next)),
        Err(Failure::Refused(refusal)) => {
            let mut problem = refusal.problem();
            if matches!(refusal, AccountRefusal::WorkMissing | AccountRefusal::WorkRefused { .. }) {
                problem.message = WORK.into();
            }
            let challenge = account::challenge::new(&web.app)?;
            let frame = Frame::bare(Viewer(None), "Sign up");
            let (next, free_pulls) = (local(&form.next).to_owned(), web.app.config.free_pulls_per_day);
            failed(&problem, &SignUp { frame, fields, challenge, next, free_pulls, error: Some(problem.clone()) })
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The sign-in page.
pub(crate) async fn r#in(viewer: Viewer, ApiQuery(query): ApiQuery<Next>) -> Result<Response, Problem> {
    let next = local(&query.next).to_owned();
    let why = match query.why.as_str() {
        "ended" => "Your session has ended, so nothing was done. Sign in to continue where you were.",
        "needed" => "Please sign in to continue.",
        "confirmed" => "Address confirmed. Please sign in.",
        "reset" => "Password changed. Please sign in.",
        _ => "",
    };
    page(&SignIn { frame: Frame::bare(viewer, "Sign in"), email: String::new(), next, why, error: None })
}

/// The sign-in form.
#[derive(Deserialize)]
pub(crate) struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// Signs in.
pub(crate) async fn sign_in(
    State(web): State<Web>,
    Origin(origin): Origin,
    jar: CookieJar,
    Form(form): Form<SignInForm>,
) -> Result<Response, Problem> {
    let password = Password::new(form.password);
    match account::login::login(&web.app, &form.email, &password, account::Form::Session, &origin).await {
        Ok(signed) => Ok(signed_in(&web, jar, &signed.given, &form.next)),
        Err(Failure::Refused(refusal)) => {
            let problem = refusal.problem();
            let (frame, next) = (Frame::bare(Viewer(None), "Sign in"), local(&form.next).to_owned());
            failed(&problem, &SignIn { frame, email: form.email, next, why: "", error: Some(problem.clone()) })
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Signs out.
pub(crate) async fn out(State(web): State<Web>, Viewer(person): Viewer, jar: CookieJar) -> Result<Response, Problem> {
    if let Some(person) = person {
        account::logout::logout(&web.app, person.with).await?;
    }
    Ok((jar.add(cookies::none(&web)), Redirect::to("/")).into_response())
}

/// A link's secret part.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Token {
    token: String,
}

/// The page behind a confirmation link. Opening it changes nothing: mail programs open links by themselves.
pub(crate) async fn confirm_page(viewer: Viewer, ApiQuery(query): ApiQuery<Token>) -> Result<Response, Problem> {
    page(&Confirm { frame: Frame::bare(viewer, "Confirm your address"), token: query.token, error: None })
}

/// Confirms the address.
pub(crate) async fn confirm(
    State(web): State<Web>,
    viewer: Viewer,
    Origin(origin): Origin,
    Form(form): Form<Token>,
) -> Result<Response, Problem> {
    let token = Secret::new(form.token.clone());
    match account::confirm_email::confirm_email(&web.app, &token, &origin).await {
        Ok(user) => {
            // Links are opened in any browser, signed in or not, as this user or another.
            let here = viewer.id() == Some(user.id);
            let next = if here { "/account?done=confirmed" } else { "/sign-in?why=confirmed" };
            Ok(Redirect::to(next).into_response())
        }
        Err(Failure::Refused(refusal)) => {
            let problem = refusal.problem();
            let frame = Frame::bare(viewer, "Confirm your address");
            failed(&problem, &Confirm { frame, token: form.token, error: Some(problem.clone()) })
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The page for a forgotten password.
pub(crate) async fn forgot_page(viewer: Viewer) -> Result<Response, Problem> {
    page(&Forgot { frame: Frame::bare(viewer, "Forgotten password"), sent: false, mail_folder: None })
}

/// An address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct AddressForm {
    email: String,
}

/// Sends a letter, if the address has an account.
pub(crate) async fn forgot(
    State(web): State<Web>,
    viewer: Viewer,
    Origin(origin): Origin,
    Form(form): Form<AddressForm>,
) -> Result<Response, Problem> {
    drop(account::forgot_password::forgot_password(&web.app, &form.email, &origin));
    let config = &web.app.config;
    let mail_folder = (!config.mail_is_on()).then(|| config.data.join("mail").display().to_string());
    page(&Forgot { frame: Frame::bare(viewer, "Forgotten password"), sent: true, mail_folder })
}

/// The page behind a reset link.
pub(crate) async fn reset_page(viewer: Viewer, ApiQuery(query): ApiQuery<Token>) -> Result<Response, Problem> {
    page(&Reset { frame: Frame::bare(viewer, "New password"), token: query.token, error: None })
}

/// A new password under a link.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct ResetForm {
    token: String,
    password: String,
}

/// Sets the new password.
pub(crate) async fn reset(
    State(web): State<Web>,
    Origin(origin): Origin,
    Form(form): Form<ResetForm>,
) -> Result<Response, Problem> {
    let (token, password) = (Secret::new(form.token.clone()), Password::new(form.password));
    let done: Result<(), Failure<AccountRefusal>> =
        account::reset_password::reset_password(&web.app, &token, &password, &origin).await;
    match done {
        Ok(()) => Ok(Redirect::to("/sign-in?why=reset").into_response()),
        Err(Failure::Refused(refusal)) => {
            let problem = refusal.problem();
            let frame = Frame::bare(Viewer(None), "New password");
            failed(&problem, &Reset { frame, token: form.token, error: Some(problem.clone()) })
        }
        Err(failure) => Err(failure.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        assert_eq!(local("/app/jobs?x=1"), "/app/jobs?x=1");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\nb"] {
            assert_eq!(local(foreign), "/app", "{foreign:?}");
        }
    }
}
