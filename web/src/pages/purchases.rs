//! `/app/purchases`: buying a pack, what became of it, and the history of all. The page that Stripe leads back to shows
//! what is known and changes nothing.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use vanikeys_core::{
    domain::billing::purchase::State as Stands,
    flow::billing::{
        self,
        view::{self, PurchaseView},
    },
};

use super::{Frame, Steps, page, paying, pricing, words};
use crate::{
    Web,
    error::Problem,
    extract::{ApiQuery, Form, Id, Idem, Page, Signed, Viewer},
};

#[derive(Template)]
#[template(path = "pages/purchases.html")]
struct Purchases {
    frame: Frame,
    purchases: Vec<PurchaseView>,
    steps: Steps,
}

#[derive(Template)]
#[template(path = "pages/purchase.html")]
struct PurchasePage {
    frame: Frame,
    purchase: PurchaseView,
    /// Whether the buyer turned back from Stripe's page.
    turned_back: bool,
}

impl PurchasePage {
    /// What happened, in a few words.
    fn heading(&self) -> &'static str {
        match self.purchase.state {
            Stands::Wanted | Stands::Open if self.turned_back => "Not paid",
            Stands::Wanted | Stands::Open => "Waiting for your payment",
            Stands::Processing => "Your payment is being confirmed",
            Stands::Paid if self.purchase.frozen => "Paid, and held back",
            Stands::Paid => "Paid and credited",
            Stands::Failed => "The payment failed",
            Stands::Expired => "The payment page expired",
            Stands::Canceled => "The payment was canceled",
        }
    }

    /// What that means, and what to do.
    fn explained(&self) -> String {
        let tokens = words::tokens(self.purchase.tokens);
        match self.purchase.state {
            Stands::Wanted | Stands::Open if self.turned_back => {
                String::from("You left the payment page. Nothing was charged.")
            }
            Stands::Wanted | Stands::Open => format!(
                "If you have just paid, it takes a few seconds until Stripe tells us. Then {tokens} are credited, and this \
                 page says so."
            ),
            Stands::Processing => format!(
                "Stripe is waiting for your bank, which can take some days. {tokens} are credited as soon as it confirms; \
                 you can leave this page."
            ),
            Stands::Paid if self.purchase.frozen => format!(
                "The issuer of the card warned of fraud, so {tokens} cannot be spent until an administrator has looked at it."
            ),
            Stands::Paid => format!("{tokens} were added to your balance."),
            Stands::Failed => String::from("Nothing was charged. You can try again with another card."),
            Stands::Expired => String::from("Nobody paid in time. Nothing was charged."),
            Stands::Canceled => String::from("Nothing was charged."),
        }
    }

    /// Whether the page looks again by itself.
    fn waits(&self) -> bool {
        self.purchase.state.is_open() && !self.turned_back
    }
}

/// What a form buys.
#[derive(Debug, Deserialize)]
pub(crate) struct BuyForm {
    pack: String,
    once: Option<String>,
}

/// Opens Stripe's page for a pack and leads there.
pub(crate) async fn buy(
    State(web): State<Web>,
    signed: Signed,
    Form(form): Form<BuyForm>,
) -> Result<Response, Problem> {
    let content = blake3::hash(form.pack.as_bytes()).into();
    let key = Idem::form(form.once)?.always(signed.actor.user, "POST /app/purchases", content);
    match billing::checkout(&web.app, &signed.actor, &key, &form.pack).await {
        Ok(opened) => Ok(Redirect::to(&opened.checkout_url).into_response()),
        Err(failure) => {
            let viewer = Viewer(Some(signed.person.clone()));
            pricing::refused(&web, viewer, paying::shown(failure)?).await
        }
    }
}

/// All purchases.
pub(crate) async fn list(State(web): State<Web>, signed: Signed, wanted: Page) -> Result<Response, Problem> {
    let found = view::purchases_of(&web.app, signed.actor.user, wanted.limit.into(), wanted.offset.into()).await?;
    let steps = Steps::new("/app/purchases?", wanted, found.total);
    let frame = Frame::signed(&web, &signed, "Purchases").await?.section("wallet");
    page(&Purchases { frame, purchases: found.items, steps })
}

/// How the page was come to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Came {
    canceled: Option<String>,
}

/// One purchase.
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
    ApiQuery(came): ApiQuery<Came>,
) -> Result<Response, Problem> {
    let purchase = view::purchase(&web.app, &signed.actor, id).await?;
    let frame = Frame::signed(&web, &signed, "Purchase").await?.section("wallet");
    let mut shown = PurchasePage { frame, purchase, turned_back: came.canceled.is_some() };
    shown.frame.title = shown.heading().to_owned();
    Ok(paying::leads_to_stripe(&web, page(&shown)?))
}

/// What the page knew when it asked whether there is news.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Seen {
    state: String,
}

/// Whether a purchase stands otherwise than a page shows it, which then reloads.
pub(crate) async fn news(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
    ApiQuery(seen): ApiQuery<Seen>,
) -> Result<Response, Problem> {
    let purchase = view::purchase(&web.app, &signed.actor, id).await?;
    Ok(reload(purchase.state.name() != seen.state))
}

/// Has htmx load the page anew, or nothing at all.
pub(super) fn reload(news: bool) -> Response {
    if news {
        let header = (HeaderName::from_static("hx-refresh"), HeaderValue::from_static("true"));
        return [header].into_response();
    }
    StatusCode::NO_CONTENT.into_response()
}
