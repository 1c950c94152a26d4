//! `/account`: address, password, letters, own data, the end of the account.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use serde::Deserialize;
use vanikeys_core::{
    domain::happening::EmailChoice,
    flow::{
        Failure,
        account::{self, AccountRefusal, Password, User, change_email::Changed},
        mail_choices::{self, Choice},
    },
};

use super::{Frame, failed, page, words};
use crate::{
    Web,
    error::{Problem, Refuse},
    extract::{ApiQuery, Form, Signed, cookies},
};

#[derive(Template)]
#[template(path = "pages/account.html")]
struct AccountPage {
    frame: Frame,
    user: User,
    letters: Vec<Choice>,
    done: &'static str,
    error: Option<Problem>,
    origin: String,
    confirmed: &'static str,
}

/// What was done before the page was shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

/// The page.
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(query): ApiQuery<Done>,
) -> Result<Response, Problem> {
    let done = match query.done.as_str() {
        "password" => "The password is changed. Every other session and access token has ended.",
        "email" => "The address is changed.",
        "letters" => "Your e-mail choices are saved.",
        "confirmed" => "Your address is confirmed.",
        "letter" => "An e-mail is on its way; open the link in it.",
        _ => "",
    };
    page(&account_page(&web, &signed, done, None).await?)
}

async fn account_page(
    web: &Web,
    signed: &Signed,
    done: &'static str,
    error: Option<Problem>,
) -> Result<AccountPage, Problem> {
    let user = account::show::show(&web.app, &signed.actor).await?;
    let frame = Frame::signed(web, signed, "Account").await?.section("account");
    let letters = mail_choices::choices(&web.app, signed.actor.user).await?;
    let confirmed = if user.email_confirmed_at.is_some() { "yes" } else { "not yet" };
    Ok(AccountPage { frame, user, letters, done, error, origin: web.public_origin().to_owned(), confirmed })
}

async fn refused(web: &Web, signed: &Signed, failure: Failure<AccountRefusal>) -> Result<Response, Problem> {
    let Failure::Refused(refusal) = failure else { return Err(failure.into()) };
    let problem = refusal.problem();
    failed(&problem, &account_page(web, signed, "", Some(problem.clone())).await?)
}

/// The password form.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PasswordForm {
    current_password: String,
    new_password: String,
}

/// Changes the password; this browser stays signed in.
pub(crate) async fn password(
    State(web): State<Web>,
    signed: Signed,
    jar: CookieJar,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Problem> {
    let (current, new) = (Password::new(form.current_password), Password::new(form.new_password));
    let wanted = account::Form::Session;
    match account::change_password::change_password(&web.app, &signed.actor, &current, &new, wanted).await {
        Ok(fresh) => {
            let jar = jar.add(cookies::session(&web, &fresh.given));
            Ok((jar, Redirect::to("/account?done=password")).into_response())
        }
        Err(failure) => refused(&web, &signed, failure).await,
    }
}

/// The address form.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct EmailForm {
    email: String,
    password: String,
}

/// Changes the address.
pub(crate) async fn email(
    State(web): State<Web>,
    signed: Signed,
    Form(form): Form<EmailForm>,
) -> Result<Response, Problem> {
    let password = Password::new(form.password);
    match account::change_email::change_email(&web.app, &signed.actor, &password, &form.email).await {
        Ok(Changed::Now) => Ok(Redirect::to("/account?done=email").into_response()),
        Ok(Changed::WhenConfirmed) => Ok(Redirect::to("/account?done=letter").into_response()),
        Err(failure) => refused(&web, &signed, failure).await,
    }
}

/// Sends the e-mail to confirm the address again.
pub(crate) async fn resend(State(web): State<Web>, signed: Signed) -> Result<Response, Problem> {
    match account::confirm_email::send_again(&web.app, &signed.actor).await {
        Ok(()) => Ok(Redirect::to("/account?done=letter").into_response()),
        Err(failure) => refused(&web, &signed, failure).await,
    }
}

/// Keeps which letters are wanted: those whose box is ticked.
pub(crate) async fn letters(
    State(web): State<Web>,
    signed: Signed,
    Form(ticked): Form<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let made: Vec<_> = EmailChoice::ALL.iter().map(|letter| (*letter, ticked.contains_key(letter.name()))).collect();
    mail_choices::choose(&web.app, signed.actor.user, &made).await?;
    Ok(Redirect::to("/account?done=letters").into_response())
}

/// The form that ends the account.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct DeleteForm {
    password: String,
}

/// Deletes the account.
pub(crate) async fn delete(
    State(web): State<Web>,
    signed: Signed,
    jar: CookieJar,
    Form(form): Form<DeleteForm>,
) -> Result<Response, Problem> {
    match account::delete::delete(&web.app, &signed.actor, &Password::new(form.password)).await {
        Ok(()) => Ok((jar.add(cookies::none(&web)), Redirect::to("/")).into_response()),
        Err(failure) => refused(&web, &signed, failure).await,
    }
}
