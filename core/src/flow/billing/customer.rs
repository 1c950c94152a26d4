//! The customer at Stripe that an owner pays as, made once however many ask for it.

use uuid::Uuid;

use super::{
    call::CallError,
    shop::{Shop, key_is_old, key_is_spent},
};
use crate::{
    app::App,
    clients::stripe::api::customers::{CreateCustomer, Customer as AtStripe},
    domain::owner::Owner,
    flow::outside::rows,
    store::{
        StoreResult,
        billing::customers::{self, Customer},
        transact, users,
    },
};

/// The id of the owner's customer at Stripe, made there if it has none. Its row is committed first, and its id makes the
/// idempotency key, so a race makes one.
pub(super) async fn at_stripe(app: &App, shop: &Shop<'_>, owner: Owner) -> Result<String, CallError> {
    let known = row(app, shop, owner).await?;
    if let Some(id) = known.stripe_id {
        return Ok(id);
    }
    let made = make(app, shop, owner, &known).await?;
    let stored: StoreResult<Customer> = async {
        transact!(app.db, tx => {
            customers::made(tx, known.id, &made.id).await?;
            customers::ensure(tx, owner, shop.mode, app.clock.now()).await
        })
    }
    .await;
    Ok(stored?.stripe_id.unwrap_or(made.id))
}

/// The owner's customer is gone at Stripe: makes another, and answers with its id.
pub(super) async fn again(app: &App, shop: &Shop<'_>, owner: Owner, gone: &str) -> Result<String, CallError> {
    let forgotten: StoreResult<bool> = async { transact!(app.db, tx => customers::gone(tx, gone).await) }.await;
    forgotten?;
    tracing::warn!(customer = gone, "Stripe no longer has this customer; another is made");
    at_stripe(app, shop, owner).await
}

async fn row(app: &App, shop: &Shop<'_>, owner: Owner) -> StoreResult<Customer> {
    let at = app.clock.now();
    transact!(app.db, tx => customers::ensure(tx, owner, shop.mode, at).await)
}

async fn make(app: &App, shop: &Shop<'_>, owner: Owner, known: &Customer) -> Result<AtStripe, CallError> {
    let (step, number) = (format!("customer-{}", known.made), known.made.to_string());
    let about = match owner {
        Owner::User(id) => ("user", id.to_string()),
        Owner::Community(id) => ("community", id.to_string()),
    };
    let (email, name) = match owner {
        Owner::User(id) => named(app, id).await?,
        Owner::Community(_) => (None, None),
    };
    let metadata = shop.entries(&[about, ("customer", known.id.to_string()), ("number", number.clone())]);
    let create = CreateCustomer { email, name, metadata };
    if key_is_old(known.created_at, app.clock.now())
        && let Some(found) = find(shop, known.id, &number).await?
    {
        return Ok(found);
    }
    match shop.stripe.send(&rows::acting(known.id), &step, &create).await {
        Err(trouble) if key_is_spent(&trouble) => match find(shop, known.id, &number).await? {
            Some(found) => Ok(found),
            None => Err(trouble.into()),
        },
        other => Ok(other?),
    }
}

/// What was made before under this number: it has our entries.
async fn find(shop: &Shop<'_>, id: Uuid, number: &str) -> Result<Option<AtStripe>, CallError> {
    let id = id.to_string();
    let entries = [("instance", shop.instance.as_str()), ("customer", id.as_str()), ("number", number)];
    let found = shop.stripe.search::<AtStripe>(&entries).await?;
    Ok(found.into_iter().find(|customer| !customer.deleted))
}

async fn named(app: &App, user: Uuid) -> StoreResult<(Option<String>, Option<String>)> {
    let user = users::find(&mut app.db.read().await?, user).await?;
    Ok(user.map(|user| (user.email, user.username)).unwrap_or_default())
}
