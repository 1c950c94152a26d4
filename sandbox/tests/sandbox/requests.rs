//! What every request has in common: credentials, version, unknown things, pages of lists, idempotency keys.

use serde_json::{Value, json};

use crate::stand::{START, Stand, text};

#[tokio::test]
async fn only_secret_test_keys_are_let_in() {
    let stand = Stand::with(|config| config.secret_key = Some("sk_test_1".to_owned()));
    assert_eq!(stand.call("GET", "/v1/customers", "", &[]).await.status, 200);
    for key in ["", "Bearer sk_live_1", "Bearer sk_test_2", "Bearer pk_test_1"] {
        // The last header of a name counts here, so the stand's own is replaced.
        let request = axum::http::Request::builder().uri("/v1/customers").header("authorization", key);
        let response =
            tower::ServiceExt::oneshot(stand.sandbox.router(), request.body(axum::body::Body::empty()).unwrap());
        assert_eq!(response.await.unwrap().status(), 401, "{key}");
    }
}

#[tokio::test]
async fn answers_name_request_and_version_and_old_versions_are_refused() {
    let stand = Stand::new();
    let answered = stand.call("GET", "/v1/customers", "", &[("stripe-version", "2026-08-26.dahlia")]).await;
    assert!(answered.header("request-id").unwrap().starts_with("req_"));
    assert_eq!(answered.header("stripe-version"), Some("2026-08-26.dahlia"));
    for version in ["2024-06-20", "soon", "2026-8-1"] {
        let refused = stand.call("GET", "/v1/customers", "", &[("stripe-version", version)]).await;
        assert_eq!(refused.status, 400, "{version}");
    }
}

#[tokio::test]
async fn unknown_paths_objects_and_parameters_have_stripes_errors() {
    let stand = Stand::new();
    let path = stand.call("GET", "/v1/nothing", "", &[]).await;
    assert_eq!((path.status, path.error("type")), (404, "invalid_request_error"));
    let object = stand.call("GET", "/v1/customers/cus_none", "", &[]).await;
    assert_eq!(
        (object.status, object.error("code"), object.error("message")),
        (404, "resource_missing", "No such customer: 'cus_none'")
    );
    let parameter = stand.call("GET", "/v1/customers?nope=1", "", &[]).await;
    assert_eq!(
        (parameter.status, parameter.error("code"), parameter.error("param")),
        (400, "parameter_unknown", "nope")
    );
    let expansion = stand.call("GET", "/v1/customers?expand[]=data.nope", "", &[]).await;
    assert_eq!(expansion.status, 200, "of nothing, everything can be expanded");
    stand.customer("").await;
    assert_eq!(stand.call("GET", "/v1/customers?expand[]=data.nope", "", &[]).await.status, 400);
    assert_eq!(stand.call("GET", "/v1/customers?expand[]=a.b.c.d.e", "", &[]).await.error("code"), "property_too_deep");
}

#[tokio::test]
async fn lists_come_in_pages_newest_first() {
    let stand = Stand::new();
    let mut ids = Vec::new();
    for _ in 0..25 {
        ids.insert(0, stand.customer("").await["id"].clone());
    }
    let ids_of =
        |page: &Value| page["data"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    let (mut seen, mut path) = (Vec::new(), "/v1/customers?limit=10".to_owned());
    loop {
        let page = stand.get(&path).await;
        seen.extend(ids_of(&page));
        if page["has_more"] == false {
            break;
        }
        path = format!("/v1/customers?limit=10&starting_after={}", text(seen.last().unwrap()));
    }
    assert_eq!(seen, ids);
    let before = stand.get(&format!("/v1/customers?limit=3&ending_before={}", text(&ids[5]))).await;
    assert_eq!((ids_of(&before), &before["has_more"]), (ids[2..5].to_vec(), &json!(true)));
    for query in ["limit=0", "limit=101", "limit=x", "starting_after=cus_none"] {
        let answered = stand.call("GET", &format!("/v1/customers?{query}"), "", &[]).await;
        assert!([400, 404].contains(&answered.status), "{query}");
    }
    let later = stand.get(&format!("/v1/customers?created[gt]={START}")).await;
    assert_eq!(later["data"], json!([]));
}

#[tokio::test]
async fn search_finds_by_metadata_after_its_lag() {
    let stand = Stand::with(|config| config.search_lag = 60);
    let customer = stand.customer("").await;
    let path = "/v1/customers/search?query=metadata%5B'user'%5D:'u1'%20AND%20email:'ann@example.org'";
    assert_eq!(stand.get(path).await["data"], json!([]));
    stand.pass(60);
    let found = stand.get(path).await;
    assert_eq!((&found["data"][0]["id"], &found["object"]), (&customer["id"], &json!("search_result")));
    assert_eq!(stand.call("GET", "/v1/customers/search?query=what", "", &[]).await.status, 400);
}

#[tokio::test]
async fn a_key_gives_the_same_answer_again_and_makes_one_object() {
    let stand = Stand::new();
    let key = [("idempotency-key", "k1")];
    let first = stand.call("POST", "/v1/customers", "email=a@example.org", &key).await;
    let again = stand.call("POST", "/v1/customers", "email=a@example.org", &key).await;
    assert_eq!((first.body["id"].clone(), first.header("idempotent-replayed")), (again.body["id"].clone(), None));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.header("original-request"), first.header("request-id"));
    assert_eq!(stand.sandbox.objects("customer").len(), 1);
    for (path, form) in [("/v1/customers", "email=b@example.org"), ("/v1/products", "name=x")] {
        let other = stand.call("POST", path, form, &key).await;
        assert_eq!((other.status, other.error("type")), (400, "idempotency_error"), "{path}");
    }
    stand.pass(24 * 3600);
    assert_eq!(stand.call("POST", "/v1/customers", "email=b@example.org", &key).await.status, 200);
}

#[tokio::test]
async fn a_refusal_by_the_operation_is_kept_and_one_before_it_is_not() {
    let stand = Stand::new();
    let key = [("idempotency-key", "k1")];
    let unknown = stand.call("POST", "/v1/customers", "nope=1", &key).await;
    assert_eq!(unknown.status, 400);
    assert_eq!(stand.call("POST", "/v1/customers", "email=a@example.org", &key).await.status, 200);
    let key = [("idempotency-key", "k2")];
    let form = "amount=499&currency=usd&confirm=true&payment_method=pm_card_chargeDeclined";
    for replayed in [None, Some("true")] {
        let declined = stand.call("POST", "/v1/payment_intents", form, &key).await;
        assert_eq!((declined.status, declined.header("idempotent-replayed")), (402, replayed));
    }
    assert_eq!(stand.sandbox.objects("payment_intent").len(), 1);
}

#[tokio::test]
async fn a_deleted_customer_is_gone_with_its_subscriptions() {
    let stand = Stand::new();
    let (customer, price) = (stand.customer("pm_card_visa").await, stand.price(999, true).await);
    let subscription = stand.subscription(&customer, &price).await;
    let path = format!("/v1/customers/{}", text(&customer["id"]));
    let expected = json!({ "id": customer["id"], "object": "customer", "deleted": true });
    assert_eq!(stand.call("DELETE", &path, "", &[]).await.body, expected);
    assert_eq!(stand.get(&path).await, expected);
    assert_eq!(stand.object(&subscription["id"])["status"], "canceled");
    let form = format!("customer={}&items[0][price]={}", text(&customer["id"]), text(&price["id"]));
    assert_eq!(stand.refused("/v1/subscriptions", &form, 404).await.error("code"), "resource_missing");
    assert!(stand.events().iter().any(|name| name == "customer.deleted"));
}
