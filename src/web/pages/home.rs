//! `/`: what this is.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{Frame, page};
use crate::web::{Web, error::Problem, extract::Viewer};

#[derive(Template)]
#[template(path = "pages/home.html")]
struct Home {
    frame: Frame,
}

pub(crate) async fn show(State(web): State<Web>, viewer: Viewer) -> Result<Response, Problem> {
    page(&Home { frame: Frame::bare(&web, viewer, "Keys that read the way you want") })
}
