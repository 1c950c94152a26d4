//! Opening a Checkout Session for a row, whatever happened to earlier tries: the same one comes out.

use uuid::Uuid;

use super::{
    call::CallError,
    customer,
    shop::{Shop, customer_is_gone, key_is_old, key_is_spent},
};
use crate::{
    app::App,
    clients::{
        acting::Acting,
        stripe::{
            Trouble,
            api::checkout::{CreateSession, ListSessions, Session},
        },
    },
    domain::{owner::Owner, time::Timestamp},
    flow::outside::rows,
};

/// What became of it.
pub(super) enum Opened {
    /// There is one.
    Session(Box<Session>),
    /// Stripe says no, in its words.
    Refused(String),
}

/// The row that a session is opened for.
#[derive(Clone, Copy, Debug)]
pub(super) struct For {
    /// Its id.
    pub(super) row: Uuid,
    /// The entry of the session's metadata that has the id.
    pub(super) entry: &'static str,
    /// Who pays.
    pub(super) owner: Owner,
    /// When it was stored.
    pub(super) at: Timestamp,
}

/// Opens the row's session. `create` makes the request for a customer, and makes the same one each time.
pub(super) async fn open(
    app: &App,
    shop: &Shop<'_>,
    this: For,
    create: impl Fn(&str) -> CreateSession,
) -> Result<Opened, CallError> {
    let customer = customer::at_stripe(app, shop, this.owner).await?;
    let acting = rows::acting(this.row);
    if key_is_old(this.at, app.clock.now())
        && let Some(session) = find(shop, &customer, this).await?
    {
        return Ok(Opened::Session(Box::new(session)));
    }
    match send(shop, &acting, "session", &create(&customer)).await {
        Err(trouble) if customer_is_gone(&trouble) => {
            let other = customer::again(app, shop, this.owner, &customer).await?;
            ended(send(shop, &acting, "session-for-another-customer", &create(&other)).await)
        }
        Err(trouble) if key_is_spent(&trouble) => match find(shop, &customer, this).await {
            Ok(Some(session)) => Ok(Opened::Session(Box::new(session))),
            Ok(None) => ended(send(shop, &acting, "session-again", &create(&customer)).await),
            Err(trouble) => Err(trouble.into()),
        },
        other => ended(other),
    }
}

async fn send(shop: &Shop<'_>, acting: &Acting, step: &str, create: &CreateSession) -> Result<Session, Trouble> {
    shop.stripe.send(acting, step, create).await
}

fn ended(sent: Result<Session, Trouble>) -> Result<Opened, CallError> {
    match sent {
        Ok(session) => Ok(Opened::Session(Box::new(session))),
        Err(Trouble::Refused(refused)) => Ok(Opened::Refused(refused.message)),
        Err(trouble) => Err(trouble.into()),
    }
}

/// The session that was opened for a row, if one was.
pub(super) async fn find(shop: &Shop<'_>, customer: &str, this: For) -> Result<Option<Session>, Trouble> {
    let list = ListSessions { customer: Some(customer.to_owned()), ..ListSessions::default() };
    let row = this.row.to_string();
    let all = shop.stripe.list(&list).await?;
    Ok(all.into_iter().find(|one| shop.owns(&one.metadata) && one.metadata.get(this.entry) == Some(&row)))
}
