//! A user orders a pack of VaniTokens, to be paid on Stripe's page or on one of the client's own.

mod intent;
mod page;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::{intent::MakeIntent, page::OpenPage};
use super::{
    pages,
    refusal::{BillingRefusal, Outcome},
    shop::{self, Shop},
};
use crate::{
    app::App,
    domain::{
        billing::{
            CURRENCY, limits, pack,
            purchase::{State, Way},
            shop::Item,
        },
        price::Pack,
        time::Timestamp,
    },
    flow::{Actor, Failure, Key, outside::requests},
    store::{
        Tx,
        billing::purchases::{self, Purchase},
        users,
    },
};

/// A page on which a purchase is paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PackPage {
    /// Where it is.
    pub checkout_url: String,
    /// The purchase.
    pub purchase_id: Uuid,
}

/// What a client's own page needs to have a purchase paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PackIntent {
    /// For Stripe's script; whoever has it can pay this purchase, and nothing else.
    pub client_secret: String,
    /// For Stripe's script too.
    pub publishable_key: String,
    /// The purchase.
    pub payment_id: Uuid,
}

/// Opens a page of Checkout for a pack; one that is open already is handed out again.
///
/// # Errors
/// A [`BillingRefusal`]; [`Failure::Unavailable`] if Stripe cannot be used right now, and then nothing was charged.
pub async fn checkout(app: &App, actor: &Actor, key: &Key, pack: &str) -> Outcome<PackPage> {
    let shop = shop::open_shop(app).await?;
    let pack = shop::find_pack(app, pack)?;
    requests::run(app, key, &OpenPage(Order { app, shop: &shop, actor, pack })).await
}

/// Makes a payment intent for a pack, for a client with a page of its own.
///
/// # Errors
/// As [`checkout`].
pub async fn intent(app: &App, actor: &Actor, key: &Key, pack: &str) -> Outcome<PackIntent> {
    let shop = shop::open_shop(app).await?;
    let pack = shop::find_pack(app, pack)?;
    requests::run(app, key, &MakeIntent(Order { app, shop: &shop, actor, pack })).await
}

/// Somebody wants a pack.
struct Order<'a> {
    app: &'a App,
    shop: &'a Shop<'a>,
    actor: &'a Actor,
    pack: Pack,
}

/// What is about to be done for an order.
#[derive(Serialize, Deserialize)]
enum Plan {
    /// A page that is open already.
    Known(PackPage),
    /// Stripe is asked about this purchase.
    New { purchase: Uuid, price: Option<String>, at: Timestamp },
}

impl Order<'_> {
    /// Checks that the user may buy the pack, and stores the purchase.
    async fn prepare(&self, tx: &mut Tx, way: Way, at: Timestamp) -> Outcome<Plan> {
        let (user, pack, mode) = (self.actor.user, self.pack, self.shop.mode);
        let account = users::lock(tx, user).await?.filter(users::User::is_active);
        let account = account.ok_or(Failure::Refused(BillingRefusal::Gone))?;
        let price = shop::sold(tx, self.app, &Item::Pack(pack)).await?;
        let key = pack::key(&pack);
        if way == Way::Checkout
            && let Some(known) =
                purchases::open_page(tx, (user, mode), (&key, pack.cents), at + pages::OPEN_FOR).await?
            && let Some(checkout_url) = known.checkout_url
        {
            return Ok(Plan::Known(PackPage { checkout_url, purchase_id: known.id }));
        }
        let bought = purchases::bought(tx, user, account.created_at, at - limits::WINDOW).await?;
        limits::check(&bought, pack.tokens, self.app.config.billing.purchases_per_day, at)
            .map_err(|over| Failure::Refused(over.into()))?;
        let new = Purchase {
            id: Uuid::now_v7(),
            user_id: user,
            mode,
            way,
            pack: key,
            tokens: pack.tokens,
            cents: pack.cents,
            currency: CURRENCY.to_owned(),
            state: State::Wanted,
            session_id: None,
            intent_id: None,
            charge_id: None,
            checkout_url: None,
            expires_at: None,
            paid_cents: None,
            refunded_cents: 0,
            failure: None,
            receipt_url: None,
            warning_id: None,
            hold_id: None,
            created_at: at,
            paid_at: None,
            ended_at: None,
        };
        purchases::insert(tx, &new).await?;
        Ok(Plan::New { purchase: new.id, price, at })
    }

    /// Stripe refused: the purchase is over.
    async fn give_up(&self, tx: &mut Tx, purchase: Uuid, message: &str, at: Timestamp) -> Outcome<BillingRefusal> {
        if let Some(mut row) = purchases::lock(tx, purchase).await?.filter(|row| row.state == State::Wanted) {
            row.state = State::Failed;
            row.failure = Some(message.to_owned());
            row.ended_at = Some(at);
            purchases::save(tx, &row).await?;
        }
        Ok(BillingRefusal::Refused { message: message.to_owned() })
    }
}
