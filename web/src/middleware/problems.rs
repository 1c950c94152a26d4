//! Writes problems: problem+json for programs, a page for people. Here the request's id and the time are known.

use askama::Template;
use axum::{
    Json,
    extract::{Request, State},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Method, header};

use super::RequestId;
use crate::{
    Web,
    error::{Problem, ProblemDocument},
    extract::{Identity, Viewer},
    pages::Frame,
};

/// The page of an error.
#[derive(Template)]
#[template(path = "pages/problem.html")]
struct ProblemPage {
    frame: Frame,
    problem: Problem,
    heading: &'static str,
    request_id: String,
    /// Whether asking for the same page once more may help.
    again: bool,
}

/// What happened, in the largest letters of the page.
fn heading(status: http::StatusCode) -> &'static str {
    match status.as_u16() {
        404 => "There is nothing here",
        403 => "This was not obeyed",
        410 => "It is gone",
        413 => "That is too much at once",
        402 => "Not enough tokens",
        409 | 422 => "That will not do",
        429 => "Too often",
        503 => "Not right now",
        500.. => "Something broke",
        _ => "This did not work",
    }
}

pub(super) async fn write(State(web): State<Web>, request: Request, next: Next) -> Response {
    let page = for_people(request.uri().path(), request.headers());
    let head = request.method() == Method::GET || request.method() == Method::HEAD;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let from = came_from(request.headers());
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default().0;
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    let identity = response.extensions().get::<Identity>().cloned();
    let (parts, _) = response.into_parts();
    let mut written = if page && problem.code == "UNAUTHENTICATED" {
        // What was sent is not sent again by signing in; the page that it was sent from is a good place to go on.
        let (next, why) = if head { (path, "needed") } else { (from.unwrap_or_else(|| String::from("/app")), "ended") };
        Redirect::to(&format!("/sign-in?why={why}&next={}", crate::pages::encode(&next))).into_response()
    } else if page {
        let viewer = match identity {
            Some(Identity::User(person)) => Viewer(Some(person)),
            _ => Viewer(None),
        };
        page_of(viewer, problem, id, head)
    } else {
        document_of(&web, problem, id)
    };
    for (name, value) in &parts.headers {
        if !written.headers().contains_key(name) {
            written.headers_mut().append(name, value.clone());
        }
    }
    written
}

/// The page of ours that a form was sent from.
fn came_from(headers: &HeaderMap) -> Option<String> {
    let (_, rest) = headers.get(header::REFERER)?.to_str().ok()?.split_once("://")?;
    rest.find('/').map(|path| rest[path..].to_owned())
}

/// Whether a person looks at the answer. The API's paths always answer documents.
fn for_people(path: &str, headers: &HeaderMap) -> bool {
    let program = ["/api/", "/auth/", "/admin/api/"].iter().any(|lead| path.starts_with(lead));
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !program && accept.contains("text/html")
}

fn page_of(viewer: Viewer, problem: Problem, request_id: String, head: bool) -> Response {
    let status = problem.status;
    let again = head && (status.is_server_error() || status.as_u16() == 429);
    let frame = Frame::bare(viewer, heading(status));
    match (ProblemPage { frame, heading: heading(status), problem, request_id, again }).render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => status.into_response(),
    }
}

fn document_of(web: &Web, problem: Problem, request_id: String) -> Response {
    let document = ProblemDocument {
        kind: format!("/docs/api#{}", problem.code),
        title: problem.status.canonical_reason().unwrap_or("Error").to_owned(),
        status: problem.status.as_u16(),
        error: problem.code.to_owned(),
        message: problem.message.into_owned(),
        details: problem.details.map(|details| *details),
        request_id,
        timestamp: web.app.clock.now().rfc3339(),
    };
    let mut response = (problem.status, Json(document)).into_response();
    let kind = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
