//! `/unsubscribe`: the page behind the link that ends letters of one kind. Looking at it ends nothing, since mail
//! scanners open every link; its button does, and so does the one click of a mail program (RFC 8058).

use askama::Template;
use axum::{extract::State, response::Response};
use serde::Deserialize;
use vanikeys_core::flow::mail::{self, unsubscribe};

use super::{Frame, page};
use crate::{
    Web,
    error::{Problem, Refuse},
    extract::{ApiQuery, Viewer},
};

#[derive(Template)]
#[template(path = "pages/unsubscribe.html")]
struct Unsubscribe {
    frame: Frame,
    about: &'static str,
    token: String,
    done: bool,
}

/// The token of a link.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Link {
    token: String,
}

/// The page.
pub(crate) async fn show(
    State(web): State<Web>,
    viewer: Viewer,
    ApiQuery(Link { token }): ApiQuery<Link>,
) -> Result<Response, Problem> {
    let letter = unsubscribe::letter_of(&web.app, &token).map_err(|refusal| refusal.problem())?;
    page(&Unsubscribe { frame: Frame::bare(viewer, "E-mails"), about: letter.about(), token, done: false })
}

/// Ends the letters. What the body says does not matter: the token decides.
pub(crate) async fn end(
    State(web): State<Web>,
    viewer: Viewer,
    ApiQuery(Link { token }): ApiQuery<Link>,
) -> Result<Response, Problem> {
    let letter = mail::unsubscribe(&web.app, &token).await?;
    page(&Unsubscribe { frame: Frame::bare(viewer, "E-mails"), about: letter.about(), token, done: true })
}
