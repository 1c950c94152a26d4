//! The part of the export about payments. Cards and addresses are Stripe's, and never come here.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    domain::owner::Owner,
    store::{
        Conn, StoreResult,
        billing::{
            Part, customers, disputes,
            invoices::{self, Invoice},
            purchases::{self, Purchase},
            refunds,
            subscriptions::{self, Subscription},
        },
    },
};

/// Rows of a kind that are told at most; nobody comes near that.
const MOST: Part = Part { offset: 0, limit: 10_000 };

pub(super) async fn export(on: &mut Conn, user: Uuid) -> StoreResult<Value> {
    let owner = Owner::User(user);
    let customer: Vec<Value> = customers::of(on, owner)
        .await?
        .into_iter()
        .map(|customer| json!({ "stripeId": customer.stripe_id, "mode": customer.mode }))
        .collect();
    let mut bought = Vec::new();
    for purchase in purchases::of_user(on, user, MOST).await?.0 {
        let refunds = refunds::of_purchase(on, purchase.id).await?;
        let refunds: Vec<Value> = refunds
            .iter()
            .map(|refund| json!({ "stripeId": refund.stripe_id, "cents": refund.cents, "status": refund.status, "at": refund.created_at }))
            .collect();
        let disputes = disputes::of_purchase(on, purchase.id).await?;
        let disputes: Vec<Value> = disputes
            .iter()
            .map(|dispute| json!({ "stripeId": dispute.stripe_id, "cents": dispute.cents, "status": dispute.status, "at": dispute.created_at }))
            .collect();
        bought.push(one_purchase(&purchase, &refunds, &disputes));
    }
    let mut subscribed = Vec::new();
    for subscription in subscriptions::of(on, owner).await? {
        let invoices: Vec<Value> = invoices::of(on, subscription.id).await?.iter().map(one_invoice).collect();
        subscribed.push(one_subscription(&subscription, &invoices));
    }
    Ok(json!({ "customer": customer, "purchases": bought, "subscriptions": subscribed }))
}

fn one_purchase(purchase: &Purchase, refunds: &[Value], disputes: &[Value]) -> Value {
    json!({
        "id": purchase.id,
        "pack": purchase.pack,
        "tokens": purchase.tokens,
        "cents": purchase.cents,
        "currency": purchase.currency,
        "state": purchase.state,
        "paidCents": purchase.paid_cents,
        "payment": purchase.intent_id,
        "at": purchase.created_at,
        "paidAt": purchase.paid_at,
        "refunds": refunds,
        "disputes": disputes,
    })
}

fn one_subscription(subscription: &Subscription, invoices: &[Value]) -> Value {
    json!({
        "id": subscription.id,
        "kind": subscription.kind,
        "item": subscription.item,
        "status": subscription.status,
        "stripeId": subscription.stripe_id,
        "periodEnd": subscription.period_end,
        "endsAt": subscription.cancel_at,
        "at": subscription.created_at,
        "endedAt": subscription.ended_at,
        "invoices": invoices,
    })
}

fn one_invoice(invoice: &Invoice) -> Value {
    json!({
        "stripeId": invoice.stripe_id,
        "status": invoice.status,
        "cents": invoice.cents,
        "currency": invoice.currency,
        "refundedCents": invoice.refunded_cents,
        "at": invoice.created_at,
        "paidAt": invoice.paid_at,
    })
}
