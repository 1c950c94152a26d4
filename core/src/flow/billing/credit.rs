//! An operator has a payment looked at by its id: if it was made for a purchase of ours, it is credited as its webhook
//! would have, under the same key, so that a webhook that comes late changes nothing.

use serde_json::json;

use super::{
    refusal::{BillingRefusal, Outcome, refused},
    resolve::{Resolved, resolve},
    shop,
    sync::{self, Target},
    view::{self, PurchaseView},
};
use crate::{
    app::App,
    domain::{audit::Action, billing::event::Topic},
    flow::By,
    store::{
        StoreResult,
        audit::{self, Entry},
        billing::purchases,
        transact,
    },
};

/// Credits a payment.
///
/// # Errors
/// [`BillingRefusal::NotFound`] if it pays no purchase of ours, [`BillingRefusal::NotPaid`], or
/// [`Failure::Unavailable`](crate::flow::Failure::Unavailable).
pub async fn credit(app: &App, by: &By, payment_intent: &str) -> Outcome<PurchaseView> {
    let shop = shop::shop(app).await?;
    let not_found = || BillingRefusal::NotFound { what: "payment".to_owned(), id: payment_intent.to_owned() };
    let Resolved::Rows(rows) = resolve(app, &shop, Topic::Intent, payment_intent).await? else {
        return refused(not_found());
    };
    let found = rows.into_iter().find_map(|(target, hints)| match target {
        Target::Purchase(id) => Some((id, hints)),
        Target::Subscription(_) => None,
    });
    let Some((id, hints)) = found else { return refused(not_found()) };
    let written = sync::sync(app, &shop, Target::Purchase(id), &hints).await?;
    let mut on = app.db.read().await?;
    let row = purchases::find(&mut on, id).await?;
    let Some(row) = row else { return refused(not_found()) };
    if row.paid_at.is_none() {
        return refused(BillingRefusal::NotPaid);
    }
    let view = view::whole(&mut on, row).await?;
    drop(on);
    let at = app.clock.now();
    let detail = json!({ "purchase": id, "payment": payment_intent, "changes": written.changes });
    let noted: StoreResult<()> = async {
        transact!(app.db, tx => {
            let entry = Entry::new(by.id(), Action::BillingCredit, Some(view.user_id), detail.clone());
            audit::record(tx, &entry, &by.origin, at).await
        })
    }
    .await;
    noted?;
    Ok(view)
}
