//! Everything that the sandbox takes and answers, against Stripe's OpenAPI document of the version that is played.

use std::{path::PathBuf, process::Stdio};

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::Command};
use vanikeys_sandbox::operations;

use crate::stand::{START, Stand, text};

/// The Python environment that `scripts/test` makes.
fn environment() -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    cache.join("vanikeys/python")
}

pub fn python() -> PathBuf {
    environment().join("bin/python")
}

/// Holds what was recorded against the document; `complete` if every operation must have succeeded once.
pub async fn check(exchanges: Vec<Value>, events: Vec<Value>, complete: bool) {
    let found = problems(exchanges, events, complete).await;
    assert!(found.is_empty(), "against Stripe's document:\n{found}");
}

/// What differs from the document, a line each.
async fn problems(exchanges: Vec<Value>, events: Vec<Value>, complete: bool) -> String {
    let document = environment().join("stripe/spec3.json");
    assert!(document.exists(), "{} is missing: scripts/test fetches it", document.display());
    let record = json!({ "operations": operations(), "exchanges": exchanges, "events": events, "complete": complete });
    let mut command = Command::new(python());
    let command = command.arg("../tests/python/stripe_document.py").arg(document);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(record.to_string().as_bytes()).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    let found = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert_eq!(output.status.success(), found.is_empty(), "the check itself failed: {found}");
    found
}

#[tokio::test]
async fn every_operation_takes_and_answers_what_stripe_documents() {
    let stand = Stand::new();
    endpoints(&stand).await;
    let (once, monthly) = catalog(&stand).await;
    let customer = customers(&stand).await;
    sessions(&stand, &once, &monthly, &customer).await;
    subscriptions(&stand, &monthly, &customer).await;
    payments(&stand, &customer).await;
    by_hand(&stand, &customer).await;
    portal(&stand, &customer).await;
    clocks(&stand).await;
    lists(&stand).await;
    refusals(&stand).await;
    check(stand.sandbox.exchanges(), stand.sandbox.objects("event"), true).await;
}

#[tokio::test]
async fn the_check_finds_what_is_wrong() {
    let stand = Stand::new();
    stand.customer("").await;
    let good = stand.sandbox.exchanges().remove(0);
    let event = stand.sandbox.objects("event").remove(0);
    assert_eq!(problems(vec![good.clone()], vec![event.clone()], false).await, "");
    let wrong = |pointer: &str, value: Value| {
        let mut exchange = good.clone();
        *exchange.pointer_mut(pointer).unwrap() = value;
        exchange
    };
    let mut unknown = good.clone();
    unknown["answer"]["nope"] = json!(1);
    let mut other = event;
    other["type"] = json!("customer.sold");
    for (exchanges, events, expected) in [
        (vec![wrong("/answer/created", json!("now"))], vec![], "created"),
        (vec![wrong("/answer/object", json!("client"))], vec![], "object"),
        (vec![unknown], vec![], "nope"),
        (vec![wrong("/form", json!("nope=1"))], vec![], "[nope]: unknown to Stripe"),
        (vec![wrong("/form", json!("email="))], vec![], "[email]: empty"),
        (vec![wrong("/path", json!("/v1/clients"))], vec![], "no such operation"),
        (vec![], vec![other], "no such type"),
    ] {
        let found = problems(exchanges, events, false).await;
        assert!(found.contains(expected), "{expected} is not in: {found}");
    }
}

/// Reads and changes an object by its path.
async fn touch(stand: &Stand, path: &str, form: &str) {
    stand.get(path).await;
    stand.post(path, form).await;
}

async fn remove(stand: &Stand, path: &str) {
    assert_eq!(stand.call("DELETE", path, "", &[]).await.status, 200, "{path}");
}

async fn endpoints(stand: &Stand) {
    let form = "url=http://shop.test/hook&enabled_events[]=*&metadata[instance]=i&description=d";
    let made = stand.post("/v1/webhook_endpoints", form).await;
    let path = format!("/v1/webhook_endpoints/{}", text(&made["id"]));
    touch(stand, &path, "enabled_events[]=invoice.paid").await;
    remove(stand, &path).await;
}

async fn catalog(stand: &Stand) -> (Value, Value) {
    let product = stand.post("/v1/products", "name=Pack&metadata[instance]=i&images[]=http://shop.test/a.png").await;
    touch(stand, &format!("/v1/products/{}", text(&product["id"])), "description=d&metadata=").await;
    let unused = stand.post("/v1/products", "name=Unused&id=unused").await;
    remove(stand, &format!("/v1/products/{}", text(&unused["id"]))).await;
    let form = format!("product={}&currency=usd&unit_amount=99&lookup_key=starter&nickname=n", text(&product["id"]));
    let once = stand.post("/v1/prices", &form).await;
    touch(stand, &format!("/v1/prices/{}", text(&once["id"])), "metadata[tokens]=100&tax_behavior=exclusive").await;
    (once, stand.price(999, true).await)
}

async fn customers(stand: &Stand) -> Value {
    let gone = stand.customer("").await;
    let path = format!("/v1/customers/{}", text(&gone["id"]));
    touch(stand, &path, "name=Ann&address[country]=US&metadata[user]=").await;
    remove(stand, &path).await;
    stand.get(&path).await;
    let customer = stand.customer("pm_card_visa").await;
    let card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2034&card[cvc]=123";
    let method = stand.post("/v1/payment_methods", card).await;
    let path = format!("/v1/payment_methods/{}", text(&method["id"]));
    stand.get(&path).await;
    stand.post(&format!("{path}/attach"), &format!("customer={}", text(&customer["id"]))).await;
    stand.get(&format!("/v1/customers/{}/payment_methods?type=card", text(&customer["id"]))).await;
    stand.get(&format!("/v1/payment_methods?customer={}", text(&customer["id"]))).await;
    stand.post(&format!("{path}/detach"), "").await;
    customer
}

async fn sessions(stand: &Stand, once: &Value, monthly: &Value, customer: &Value) {
    let form = format!(
        "mode=payment&line_items[0][price]={}&line_items[0][quantity]=2&line_items[1][price_data][currency]=usd&\
         line_items[1][price_data][unit_amount]=5&line_items[1][price_data][product_data][name]=Tip&success_url=\
         http://shop.test/ok&customer_email=ann@example.org&payment_intent_data[metadata][purchase]=p&customer_creation=\
         always&locale=auto&submit_type=pay&automatic_tax[enabled]=true&expand[]=line_items",
        text(&once["id"])
    );
    let session = stand.post("/v1/checkout/sessions", &form).await;
    let path = format!("/v1/checkout/sessions/{}", text(&session["id"]));
    touch(stand, &path, "metadata[purchase]=p2").await;
    stand.get(&format!("{path}/line_items")).await;
    stand.submit(&session, "4000000000000002").await;
    stand.submit(&session, "4242424242424242").await;
    stand.get(&format!("{path}?expand[]=payment_intent.latest_charge.balance_transaction&expand[]=customer")).await;
    for number in ["000123456789", "000111111116", "4000002760003184"] {
        let session = stand.session("payment", once, customer).await;
        stand.submit(&session, number).await;
        stand.get(&format!("/v1/checkout/sessions/{}?expand[]=payment_intent", text(&session["id"]))).await;
    }
    let plan = stand.session("subscription", monthly, customer).await;
    stand.submit(&plan, "4000000000000002").await;
    stand.submit(&plan, "4242424242424242").await;
    let expand = "expand[]=subscription.latest_invoice.payments&expand[]=subscription.default_payment_method";
    stand.get(&format!("/v1/checkout/sessions/{}?{expand}", text(&plan["id"]))).await;
    let left = stand.session("subscription", monthly, customer).await;
    stand.post(&format!("/v1/checkout/sessions/{}/expire", text(&left["id"])), "").await;
    stand.pass(4 * 86400);
}

async fn subscriptions(stand: &Stand, monthly: &Value, customer: &Value) {
    let form = format!(
        "customer={}&items[0][price]={}&trial_period_days=4&metadata[plan]=pro&description=d&\
         trial_settings[end_behavior][missing_payment_method]=pause",
        text(&customer["id"]),
        text(&monthly["id"])
    );
    let trial = stand.post("/v1/subscriptions", &form).await;
    stand.pass(5 * 86400);
    let path = format!("/v1/subscriptions/{}", text(&trial["id"]));
    stand
        .get(&format!("{path}?expand[]=latest_invoice.payments&expand[]=customer&expand[]=items.data.price.product"))
        .await;
    stand.post(&path, "pause_collection[behavior]=keep_as_draft").await;
    stand.post(&path, "pause_collection=&default_payment_method=pm_card_chargeCustomerFail").await;
    let dear = stand.price(9900, true).await;
    let item = text(&trial["items"]["data"][0]["id"]).to_owned();
    let items = format!("items[0][id]={item}&items[0][price]={}", text(&dear["id"]));
    let details = items.replace("items[0]", "subscription_details[items][0]");
    let preview = format!("subscription={}&{details}", text(&trial["id"]));
    stand.post("/v1/invoices/create_preview", &preview).await;
    let pending = format!("{items}&proration_behavior=always_invoice&payment_behavior=pending_if_incomplete");
    let waits = stand.post(&path, &pending).await;
    let invoice = format!("/v1/invoices/{}", text(&waits["latest_invoice"]));
    touch(stand, &invoice, "metadata[a]=b").await;
    stand.get(&format!("{invoice}/lines")).await;
    stand.post(&format!("{invoice}/pay"), "payment_method=pm_card_visa").await;
    stand.get(&format!("/v1/subscription_items?subscription={}", text(&trial["id"]))).await;
    stand.pass(32 * 86400);
    let overdue = format!("/v1/invoices/{}", text(&stand.get(&path).await["latest_invoice"]));
    stand.get(&format!("{overdue}?expand[]=confirmation_secret&expand[]=payments.data.payment.payment_intent")).await;
    stand.post(&format!("{overdue}/mark_uncollectible"), "").await;
    stand.post(&format!("{overdue}/void"), "").await;
    stand.post(&path, &format!("cancel_at={}", START + 90 * 86400)).await;
    stand.post(&path, "cancel_at=&cancellation_details[feedback]=unused").await;
    stand.post(&path, "cancel_at_period_end=true").await;
    remove(stand, &path).await;
    paused(stand, monthly).await;
}

/// A trial that ends without a card, and a draft that is finalized by hand.
async fn paused(stand: &Stand, monthly: &Value) {
    let poor = stand.customer("").await;
    let form = format!(
        "customer={}&items[0][price]={}&trial_period_days=1&trial_settings[end_behavior][missing_payment_method]=pause",
        text(&poor["id"]),
        text(&monthly["id"])
    );
    let trial = stand.post("/v1/subscriptions", &form).await;
    stand.pass(86400);
    let resumed = stand.post(&format!("/v1/subscriptions/{}/resume", text(&trial["id"])), "").await;
    stand.post(&format!("/v1/invoices/{}/finalize", text(&resumed["latest_invoice"])), "").await;
}

async fn by_hand(stand: &Stand, customer: &Value) {
    let id = text(&customer["id"]);
    let item = |amount: i64| format!("amount={amount}&currency=usd&customer={id}&description=Thing&metadata[p]=1");
    let unwanted = stand.post("/v1/invoiceitems", &item(5)).await;
    let path = format!("/v1/invoiceitems/{}", text(&unwanted["id"]));
    stand.get(&path).await;
    remove(stand, &path).await;
    stand.post("/v1/invoiceitems", &item(2_000)).await;
    stand.get(&format!("/v1/invoiceitems?customer={id}")).await;
    let form = format!("customer={id}&description=d&metadata[p]=1&pending_invoice_items_behavior=include");
    let invoice = stand.post("/v1/invoices", &form).await;
    let paid = stand.post(&format!("/v1/invoices/{}/pay", text(&invoice["id"])), "payment_method=pm_card_visa").await;
    assert_eq!((&paid["status"], &paid["amount_paid"]), (&json!("paid"), &json!(2_000)));
    let empty = stand.post("/v1/invoices", &format!("customer={id}")).await;
    assert_eq!(stand.post(&format!("/v1/invoices/{}/pay", text(&empty["id"])), "").await["status"], "paid");
}

async fn payments(stand: &Stand, customer: &Value) {
    let form = format!(
        "amount=499&currency=usd&customer={}&automatic_payment_methods[enabled]=true&metadata[p]=1&receipt_email=a@b.c",
        text(&customer["id"])
    );
    let intent = stand.post("/v1/payment_intents", &form).await;
    let path = format!("/v1/payment_intents/{}", text(&intent["id"]));
    touch(stand, &path, "amount=599&metadata[p]=2").await;
    stand.refused(&format!("{path}/confirm"), "payment_method=pm_card_chargeDeclined", 402).await;
    stand.post(&format!("{path}/cancel"), "cancellation_reason=duplicate").await;
    for card in [
        "pm_card_visa",
        "pm_card_createDispute",
        "pm_card_createDisputeInquiry",
        "pm_card_createIssuerFraudRecord",
        "pm_card_pendingRefund",
        "pm_card_refundFail",
        "pm_card_authenticationRequired",
        "pm_usBankAccount_success",
    ] {
        let intent = stand.post("/v1/payment_intents", &form).await;
        let confirm = format!("payment_method={card}&return_url=http://shop.test/back");
        let path = format!("/v1/payment_intents/{}/confirm", text(&intent["id"]));
        let paid = stand.post(&path, &confirm).await;
        if let Some(charge) = paid["latest_charge"].as_str() {
            stand.get(&format!("/v1/charges/{charge}?expand[]=payment_intent&expand[]=refunds")).await;
            // One of them is disputed and another still on its way; both refusals are checked, too.
            let form = format!("charge={charge}&amount=100&metadata[why]=x&reason=duplicate");
            stand.call("POST", "/v1/refunds", &form, &[]).await;
        }
    }
    stand.pass(4 * 86400);
    for refund in stand.sandbox.objects("refund") {
        touch(stand, &format!("/v1/refunds/{}", text(&refund["id"])), "metadata[a]=b").await;
    }
    for dispute in stand.sandbox.objects("dispute") {
        let path = format!("/v1/disputes/{}", text(&dispute["id"]));
        touch(stand, &path, "evidence[uncategorized_text]=x&submit=false").await;
        stand.post(&format!("{path}/close"), "").await;
    }
    for warning in stand.sandbox.objects("radar.early_fraud_warning") {
        stand.get(&format!("/v1/radar/early_fraud_warnings/{}?expand[]=charge", text(&warning["id"]))).await;
    }
}

async fn portal(stand: &Stand, customer: &Value) {
    let form = "features[subscription_cancel][enabled]=true&features[subscription_cancel][mode]=at_period_end&\
                features[payment_method_update][enabled]=true&features[customer_update][enabled]=true&\
                features[customer_update][allowed_updates][]=email&business_profile[headline]=h&metadata[instance]=i";
    let made = stand.post("/v1/billing_portal/configurations", form).await;
    let path = format!("/v1/billing_portal/configurations/{}", text(&made["id"]));
    touch(stand, &path, "features[invoice_history][enabled]=true&default_return_url=http://shop.test").await;
    stand.post("/v1/billing_portal/sessions", &format!("customer={}", text(&customer["id"]))).await;
}

async fn clocks(stand: &Stand) {
    let clock = stand.post("/v1/test_helpers/test_clocks", &format!("frozen_time={START}&name=n")).await;
    let path = format!("/v1/test_helpers/test_clocks/{}", text(&clock["id"]));
    stand.get(&path).await;
    stand.post(&format!("{path}/advance"), &format!("frozen_time={}", START + 60)).await;
    remove(stand, &path).await;
}

async fn lists(stand: &Stand) {
    for kind in [
        "customers",
        "products",
        "prices",
        "charges",
        "refunds",
        "disputes",
        "radar/early_fraud_warnings",
        "events",
        "payment_intents",
        "checkout/sessions",
        "subscriptions?status=all&",
        "invoices",
        "invoice_payments",
        "webhook_endpoints",
        "billing_portal/configurations",
        "test_helpers/test_clocks",
    ] {
        let sign = if kind.contains('?') { "" } else { "?" };
        stand.get(&format!("/v1/{kind}{sign}limit=100")).await;
    }
    for kind in ["charges", "customers", "invoices", "payment_intents", "prices", "products", "subscriptions"] {
        stand.get(&format!("/v1/{kind}/search?query=metadata%5B'instance'%5D:'i'&limit=5")).await;
    }
    let event = stand.sandbox.objects("event").remove(0);
    stand.get(&format!("/v1/events/{}", text(&event["id"]))).await;
}

async fn refusals(stand: &Stand) {
    for path in ["/v1/customers/cus_none", "/v1/customers?nope=1", "/v1/customers?limit=0"] {
        assert!(stand.call("GET", path, "", &[]).await.status >= 400);
    }
}
