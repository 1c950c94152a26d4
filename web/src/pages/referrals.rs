//! `/referrals`: one's code, its address, and whom it brought.

use askama::Template;
use axum::{extract::State, response::Response};
use vanikeys_core::flow::referral::{self, Referrals};

use super::{Frame, Steps, page, words};
use crate::{
    Web,
    error::Problem,
    extract::{Page, Signed},
};

#[derive(Template)]
#[template(path = "pages/referrals.html")]
struct ReferralsPage {
    frame: Frame,
    own: Referrals,
    steps: Steps,
}

/// The page.
pub(crate) async fn show(State(web): State<Web>, signed: Signed, wanted: Page) -> Result<Response, Problem> {
    let own = referral::referrals(&web.app, &signed.actor, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new("/referrals?", wanted, own.total);
    let frame = Frame::signed(&web, &signed, "Referrals").await?.section("heists");
    page(&ReferralsPage { frame, own, steps })
}
