//! `/app/wallet`: balance and how it went, what is held, what was bought last, every transfer with its reason.

use askama::Template;
use axum::{extract::State, response::Response};
use vanikeys_core::{
    domain::{ledger::Kind, price::Tariff},
    flow::{
        billing::{
            self,
            view::{self, PurchaseView},
        },
        wallet::{self, Movement, Wallet},
    },
};

use super::{Frame, Steps, chart::Chart, page, paying, words};
use crate::{
    Web,
    error::Problem,
    extract::{Page, Signed},
};

#[derive(Template)]
#[template(path = "pages/wallet.html")]
struct WalletPage {
    frame: Frame,
    wallet: Wallet,
    tariff: Tariff,
    /// Seconds until free pulls are renewed.
    renewal: f64,
    movements: Vec<Movement>,
    steps: Steps,
    /// The balance at the end of each day.
    chart: Chart,
    /// Whether packs are sold here.
    sold: bool,
    /// The last few.
    purchases: Vec<PurchaseView>,
}

/// Days of the chart.
const DAYS: u32 = 30;

/// Purchases that are shown; the others have a page of their own.
const LAST: i64 = 5;

impl WalletPage {
    /// The cash price of so many tokens, to or fro.
    fn worth(&self, tokens: &i64) -> String {
        words::cents(self.tariff.cents(tokens.abs()))
    }
}

/// The address of what a movement belongs to, if it has a page.
pub(crate) fn subject(movement: &Movement) -> Option<String> {
    let pages = words::pages_of(movement.kind)?;
    movement.subject.map(|id| format!("{pages}/{id}"))
}

/// Whether it is a pull that cost nothing.
pub(crate) fn is_free_pull(movement: &Movement) -> bool {
    movement.kind == Kind::Pull && movement.amount == 0
}

pub(crate) async fn show(State(web): State<Web>, signed: Signed, wanted: Page) -> Result<Response, Problem> {
    let wallet = wallet::balance(&web.app, &signed.actor).await?;
    let found = wallet::transactions(&web.app, &signed.actor, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new("/app/wallet?", wanted, found.total);
    let frame = Frame::signed(&web, &signed, "Wallet").await?.section("wallet");
    let renewal = wallet.free_pulls_renew_at.since(web.app.clock.now()).as_secs_f64();
    let catalog = billing::catalog(&web.app).await?;
    let days = wallet::by_day(&web.app, &signed.actor, DAYS).await?;
    page(&WalletPage {
        frame,
        wallet,
        tariff: paying::sold(&web.app.config.tariff, &catalog),
        renewal,
        movements: found.items,
        steps,
        chart: Chart::new("Balance", web.app.clock.now(), days),
        sold: catalog.closed.is_none(),
        purchases: view::purchases_of(&web.app, signed.actor.user, LAST, 0).await?.items,
    })
}
