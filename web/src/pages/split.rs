//! `/split`: makes the user's half of a split key and puts both halves together, all in the browser. Nothing of it is
//! ever sent here.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, page};
use crate::{Web, error::Problem, extract::Viewer};

#[derive(Template)]
#[template(path = "pages/split.html")]
struct Split {
    frame: Frame,
}

/// The page.
pub(crate) async fn show(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    page(&Split { frame: Frame::load(&web, viewer, "Split keys").await? })
}
