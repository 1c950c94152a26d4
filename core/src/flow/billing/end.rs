//! Ends subscriptions at Stripe: those that were paid beside another, those whose money went back, and those of an account
//! that is about to be deleted.

use uuid::Uuid;

use super::{
    call::CallError,
    refusal::{BillingRefusal, Outcome},
    shop::{self, Shop, key_is_old, key_is_spent},
    sync::{self, Hints, Target},
};
use crate::{
    app::App,
    clients::stripe::{
        Trouble,
        api::{
            checkout::ExpireSession,
            refunds::{CreateRefund, ListRefunds, Refund as AtStripe, RefundReason},
            subscriptions::CancelSubscription,
        },
    },
    domain::{
        billing::{
            refund::{Claim, RefundStatus},
            subscription::Status,
        },
        owner::Owner,
        time::Timestamp,
    },
    flow::{
        Failure, Unavailable,
        outside::{requests::LONGEST_ACT, rows},
    },
    queue::Stop,
    store::{
        StoreResult,
        billing::{
            invoices::{self, Invoice},
            refunds::{self, Refund},
            subscriptions::{self, Subscription},
        },
        outbox::Claimed,
        transact,
    },
};

/// Cancels a subscription that must not be, and refunds it if it was one too many. Every step may be done again.
///
/// # Errors
/// How the try ended, if not well.
pub async fn end(app: &App, _: &Claimed, subscription: Uuid) -> Result<(), Stop> {
    let row = subscriptions::find(&mut app.db.read().await?, subscription).await?;
    let Some(row) = row else { return Err(Stop::Fail(format!("there is no subscription {subscription}"))) };
    let shop = shop::shop(app).await?;
    cancel(&shop, &row).await?;
    if row.surplus {
        let target = Target::Subscription(row.id);
        sync::sync(app, &shop, target, &Hints::default()).await?;
        for refund in wanted(app, &row).await? {
            give_back(app, &shop, &refund).await?;
        }
    }
    let paid = invoices::of(&mut app.db.read().await?, row.id).await?;
    let invoice = paid.into_iter().find(|invoice| invoice.paid_at.is_some()).map(|invoice| invoice.stripe_id);
    let written = sync::sync(app, &shop, Target::Subscription(row.id), &Hints { invoice, ..Hints::default() }).await?;
    written.tell(app);
    Ok(())
}

/// Ends it now; one that is over already is fine.
async fn cancel(shop: &Shop<'_>, row: &Subscription) -> Result<(), CallError> {
    let Some(id) = row.stripe_id.clone() else { return Ok(()) };
    let cancel = CancelSubscription { id, ..CancelSubscription::default() };
    match shop.stripe.send(&rows::acting(row.id), "cancel", &cancel).await {
        Ok(_) | Err(Trouble::Missing(_)) => Ok(()),
        Err(trouble) => Err(trouble.into()),
    }
}

/// The refunds that a surplus subscription is owed: a row for each of its paid invoices, committed before Stripe is asked.
async fn wanted(app: &App, row: &Subscription) -> StoreResult<Vec<(Refund, Invoice)>> {
    let at = app.clock.now();
    transact!(app.db, tx => {
        let mut all = Vec::new();
        for invoice in invoices::of(tx, row.id).await? {
            if invoice.paid_at.is_none() || invoice.cents == 0 {
                continue;
            }
            let known = refunds::of_invoice(tx, &invoice.stripe_id).await?;
            let taking = known.iter().filter(|refund| refund.status.claim() == Claim::Takes);
            let left = invoice.cents - taking.map(|refund| refund.cents).sum::<i64>();
            if left < 1 {
                continue;
            }
            // One that never reached Stripe was closed by reconcile, and is asked for anew.
            if let Some(refund) = known.into_iter().find(|refund| refund.status == RefundStatus::Wanted) {
                all.push((refund, invoice));
                continue;
            }
            let refund = Refund {
                id: Uuid::now_v7(),
                stripe_id: None,
                purchase_id: None,
                invoice_id: Some(invoice.stripe_id.clone()),
                cents: left,
                status: RefundStatus::Wanted,
                note: Some("a second subscription of the same kind".to_owned()),
                asked_by: None,
                created_at: at,
                changed_at: at,
            };
            refunds::insert(tx, &refund).await?;
            all.push((refund, invoice));
        }
        Ok(all)
    })
}

async fn give_back(app: &App, shop: &Shop<'_>, (refund, invoice): &(Refund, Invoice)) -> Result<(), CallError> {
    let Some(intent) = &invoice.intent_id else { return Ok(()) };
    let at = app.clock.now();
    let made = match ask(shop, refund, intent, (RefundReason::Duplicate, at)).await {
        Ok(made) => Some(made.id),
        Err(Trouble::Refused(no)) => {
            tracing::error!(refund.id = %refund.id, alert = "refund_refused", "Stripe refused a refund: {}", no.message);
            None
        }
        Err(trouble) => return Err(trouble.into()),
    };
    let saved: StoreResult<()> = async {
        transact!(app.db, tx => match &made {
            Some(id) => refunds::made(tx, refund.id, id).await,
            None => refunds::refused(tx, refund.id, at).await.map(drop),
        })
    }
    .await;
    Ok(saved?)
}

/// Asks Stripe for the refund that a row wants; the same one however often and however late.
pub(super) async fn ask(
    shop: &Shop<'_>,
    refund: &Refund,
    intent: &str,
    (reason, now): (RefundReason, Timestamp),
) -> Result<AtStripe, Trouble> {
    if key_is_old(refund.created_at, now)
        && let Some(made) = made(shop, refund, intent).await?
    {
        return Ok(made);
    }
    let reason = Some(reason);
    let metadata = shop.entries(&[("refund", refund.id.to_string())]);
    let create = CreateRefund { payment_intent: intent.to_owned(), amount: Some(refund.cents), reason, metadata };
    match shop.stripe.send(&rows::acting(refund.id), "refund", &create).await {
        Err(trouble) if key_is_spent(&trouble) => match made(shop, refund, intent).await? {
            Some(made) => Ok(made),
            None => shop.stripe.send(&rows::acting(refund.id), "refund-again", &create).await,
        },
        other => other,
    }
}

/// The refund that Stripe made for a row, if it did.
pub(super) async fn made(shop: &Shop<'_>, refund: &Refund, intent: &str) -> Result<Option<AtStripe>, Trouble> {
    let list = ListRefunds { payment_intent: Some(intent.to_owned()), ..ListRefunds::default() };
    let id = refund.id.to_string();
    Ok(shop.stripe.list(&list).await?.into_iter().find(|one| one.metadata.get("refund") == Some(&id)))
}

/// Ends everything that an owner pays for, before the owner is deleted.
///
/// # Errors
/// [`Failure::Unavailable`] if Stripe cannot be used right now; then nothing may be deleted.
pub(crate) async fn end_all(app: &App, owner: Owner) -> Outcome<()> {
    let ended = tokio::time::timeout(LONGEST_ACT, end_each(app, owner)).await;
    ended.unwrap_or_else(|_| Err(Unavailable::new(shop::PAYMENTS, "it took too long to answer").into()))
}

async fn end_each(app: &App, owner: Owner) -> Outcome<()> {
    let all = subscriptions::not_over(&mut app.db.read().await?, owner).await?;
    if all.is_empty() {
        return Ok(());
    }
    let shop = match shop::shop(app).await {
        Err(Failure::Refused(BillingRefusal::NotSoldHere)) => {
            if all.iter().all(|row| row.stripe_id.is_none()) {
                return Ok(());
            }
            let why = "there are subscriptions to cancel, and no account at Stripe to do it by";
            return Err(Unavailable::new(shop::PAYMENTS, why).into());
        }
        other => other?,
    };
    for row in all.iter().filter(|row| row.mode == shop.mode) {
        let mut row = row.clone();
        if row.status == Status::Open {
            close(&shop, &row).await?;
        }
        sync::sync(app, &shop, Target::Subscription(row.id), &Hints::default()).await?;
        if row.stripe_id.is_none() {
            let now = subscriptions::find(&mut app.db.read().await?, row.id).await?;
            row.stripe_id = now.and_then(|now| now.stripe_id);
        }
        if row.stripe_id.is_some() {
            cancel(&shop, &row).await?;
            sync::sync(app, &shop, Target::Subscription(row.id), &Hints::default()).await?;
        }
    }
    Ok(())
}

/// Closes a page so that nobody pays on it any more; one that was paid or has expired cannot be closed, and need not.
async fn close(shop: &Shop<'_>, row: &Subscription) -> Result<(), CallError> {
    let Some(id) = row.session_id.clone() else { return Ok(()) };
    let (acting, expire) = (rows::acting(row.id), ExpireSession { id });
    let closed = match shop.stripe.send(&acting, "expire", &expire).await {
        Err(trouble) if key_is_spent(&trouble) => shop.stripe.send(&acting, "expire-again", &expire).await,
        other => other,
    };
    match closed {
        Ok(_) | Err(Trouble::Refused(_) | Trouble::Missing(_)) => Ok(()),
        Err(trouble) => Err(trouble.into()),
    }
}
