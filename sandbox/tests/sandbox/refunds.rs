//! Money that goes back: refunds, disputes, inquiries, warnings.

use serde_json::{Value, json};

use crate::stand::{Stand, text};

/// A charge of $4.99 with this card.
async fn charge(stand: &Stand, card: &str) -> Value {
    let form =
        format!("amount=499&currency=usd&payment_method={card}&confirm=true&automatic_payment_methods[enabled]=true");
    let intent = stand.post("/v1/payment_intents", &form).await;
    assert_eq!(intent["status"], "succeeded");
    stand.object(&intent["latest_charge"])
}

#[tokio::test]
async fn parts_add_up_and_no_more_than_was_paid_goes_back() {
    let stand = Stand::new();
    let charge = charge(&stand, "pm_card_visa").await;
    let of = format!("payment_intent={}", text(&charge["payment_intent"]));
    let (first, caused) = stand.caused(stand.post("/v1/refunds", &format!("{of}&amount=200"))).await;
    assert_eq!(
        (&first["status"], caused),
        (&json!("succeeded"), vec!["charge.refunded".to_owned(), "refund.created".to_owned()])
    );
    let now = stand.object(&charge["id"]);
    assert_eq!((&now["amount_refunded"], &now["refunded"]), (&json!(200), &json!(false)));
    stand.refused("/v1/refunds", &format!("{of}&amount=300"), 400).await;
    stand.post("/v1/refunds", &of).await;
    assert_eq!(stand.object(&charge["id"])["refunded"], true);
    assert_eq!(stand.refused("/v1/refunds", &of, 400).await.error("code"), "charge_already_refunded");
    let listed = stand.get(&format!("/v1/charges/{}?expand[]=refunds", text(&charge["id"]))).await;
    assert_eq!(listed["refunds"]["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_pending_refund_arrives_or_comes_back() {
    let stand = Stand::new();
    for (card, status, refunded) in [("pm_card_pendingRefund", "succeeded", 499), ("pm_card_refundFail", "failed", 0)] {
        let charge = charge(&stand, card).await;
        let refund = stand.post("/v1/refunds", &format!("charge={}", text(&charge["id"]))).await;
        assert_eq!((&refund["status"], &refund["pending_reason"]), (&json!("pending"), &json!("processing")));
        stand.pass(3 * 86400);
        let now = stand.object(&refund["id"]);
        assert_eq!((&now["status"], now.get("failure_reason").is_some()), (&json!(status), status == "failed"));
        assert_eq!(stand.object(&charge["id"])["amount_refunded"], refunded);
    }
    assert!(stand.events().iter().any(|name| name == "refund.failed"));
}

#[tokio::test]
async fn a_refund_can_be_canceled_or_fail_after_all() {
    let stand = Stand::new();
    for (card, status) in [("pm_card_pendingRefund", "canceled"), ("pm_card_visa", "failed")] {
        let charge = charge(&stand, card).await;
        let refund = stand.post("/v1/refunds", &format!("charge={}", text(&charge["id"]))).await;
        let asked = json!({ "refund": refund["id"], "status": status }).to_string();
        let json = [("content-type", "application/json")];
        assert_eq!(stand.call("POST", "/_sandbox/refund", &asked, &json).await.body["status"], status);
        assert_eq!(stand.object(&charge["id"])["amount_refunded"], 0);
        assert_eq!(stand.call("POST", "/_sandbox/refund", &asked, &json).await.status, 400);
    }
}

#[tokio::test]
async fn a_dispute_withdraws_and_evidence_decides_it() {
    let stand = Stand::new();
    for (evidence, status, last) in [
        ("winning_evidence", "won", "charge.dispute.funds_reinstated"),
        ("losing_evidence", "lost", "charge.dispute.closed"),
    ] {
        let (charge, caused) = stand.caused(charge(&stand, "pm_card_createDispute")).await;
        let opened: Vec<_> = caused.iter().filter(|name| name.starts_with("charge.dispute")).collect();
        assert_eq!(opened, ["charge.dispute.created", "charge.dispute.funds_withdrawn"]);
        let found = stand.get(&format!("/v1/disputes?charge={}", text(&charge["id"]))).await;
        let dispute = found["data"][0].clone();
        assert_eq!(
            (&dispute["status"], &dispute["balance_transactions"][0]["amount"]),
            (&json!("needs_response"), &json!(-499))
        );
        let refused = stand.refused("/v1/refunds", &format!("charge={}", text(&charge["id"])), 400).await;
        assert_eq!(refused.error("code"), "charge_disputed");
        let path = format!("/v1/disputes/{}", text(&dispute["id"]));
        stand.post(&path, "evidence[product_description]=keys&submit=false").await;
        assert_eq!(stand.object(&dispute["id"])["status"], "needs_response");
        let decided = stand.post(&path, &format!("evidence[uncategorized_text]={evidence}")).await;
        assert_eq!((&decided["status"], stand.events().pop().unwrap().as_str()), (&json!(status), last));
        stand.refused(&format!("{path}/close"), "", 400).await;
    }
}

#[tokio::test]
async fn an_inquiry_moves_no_money_until_it_is_escalated() {
    let stand = Stand::new();
    let json = [("content-type", "application/json")];
    for (last, closing) in [("warning_closed", true), ("needs_response", false)] {
        let (charge, caused) = stand.caused(charge(&stand, "pm_card_createDisputeInquiry")).await;
        assert!(!caused.iter().any(|name| name.ends_with("funds_withdrawn")), "{caused:?}");
        let dispute = stand.sandbox.objects("dispute").pop().unwrap();
        assert_eq!((&dispute["status"], &dispute["charge"]), (&json!("warning_needs_response"), &charge["id"]));
        let asked = json!({ "dispute": dispute["id"], "status": last }).to_string();
        let (answer, caused) = stand.caused(stand.call("POST", "/_sandbox/dispute", &asked, &json)).await;
        assert_eq!(answer.body["status"], last);
        assert_eq!(caused.iter().any(|name| name.ends_with("funds_withdrawn")), !closing, "{caused:?}");
    }
}

#[tokio::test]
async fn issuers_warn_of_fraud() {
    let stand = Stand::new();
    let charge = charge(&stand, "pm_card_createIssuerFraudRecord").await;
    let warnings = stand.get(&format!("/v1/radar/early_fraud_warnings?charge={}", text(&charge["id"]))).await;
    assert_eq!(warnings["data"][0]["payment_intent"], charge["payment_intent"]);
    assert!(stand.events().iter().any(|name| name == "radar.early_fraud_warning.created"));
}
