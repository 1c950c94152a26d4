//! `/app/wallet`: balance, held, every transfer with its reason.

use askama::Template;
use axum::{extract::State, response::Response};
use vanikeys_core::flow::wallet::{self, Movement, Wallet};

use super::{Frame, Steps, page, words};
use crate::web::{
    Web,
    error::Problem,
    extract::{Page, Signed},
};

#[derive(Template)]
#[template(path = "pages/wallet.html")]
struct WalletPage {
    frame: Frame,
    wallet: Wallet,
    movements: Vec<Movement>,
    steps: Steps,
}

pub(crate) async fn show(State(web): State<Web>, signed: Signed, wanted: Page) -> Result<Response, Problem> {
    let wallet = wallet::balance(&web.app, &signed.actor).await?;
    let found = wallet::transactions(&web.app, &signed.actor, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new("/app/wallet?", wanted, found.total);
    let frame = Frame::signed(&web, &signed, "Wallet").await?;
    page(&WalletPage { frame, wallet, movements: found.items, steps })
}
