//! How people are told: notices, letters they choose, endpoints for webhooks.

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;
use vanikeys_core::{domain::happening::EmailChoice, flow::mail::unsubscribe};

use super::world::{Caller, World, over_both};

const ENDPOINTS: &str = "/api/webhooks/endpoints";

fn wanted(url: &str) -> Value {
    json!({ "url": url, "description": "mine", "events": ["job.completed", "pull.won"] })
}

/// Pulls until a pull wins; one in some thirty does.
async fn win(world: &World, who: &Caller) {
    let order = json!({ "pattern": { "text": "e" } });
    loop {
        let done = world.post(who, "/api/pulls/execute", order.clone()).await;
        assert!(done.status.is_success(), "{}", done.text);
        if done.json()["isWin"] == true {
            return;
        }
    }
}

over_both! {
    async fn endpoints_are_made_changed_tried_and_removed(world) {
        let (ann, eve) = (world.register("ann").await, world.register("eve").await);
        let made = world.post(&ann, ENDPOINTS, wanted("https://example.org/hook")).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json();
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        assert!(made["publicKey"].as_str().unwrap().starts_with("whpk_"));
        let one = format!("{ENDPOINTS}/{}", made["id"].as_str().unwrap());
        let listed = world.get(&ann, ENDPOINTS).await;
        assert_eq!((&listed.json()["total"], &listed.json()["items"][0]["id"]), (&1.into(), &made["id"]));
        assert!(!listed.text.contains("whsec_"), "the secret is shown once");
        let change = json!({ "events": ["job.failed"] });
        let changed = world.call(&ann, Method::PATCH, &one, change.clone(), &[]).await.json();
        assert_eq!((&changed["events"], &changed["url"]), (&json!(["job.failed"]), &made["url"]));

        let sent = world.post(&ann, &format!("{one}/test"), json!(null)).await;
        assert_eq!((sent.status.as_u16(), &sent.json()["event"]), (202, &"webhook.test".into()));
        let log = world.get(&ann, &format!("{one}/deliveries?limit=5")).await.json();
        assert_eq!((&log["total"], &log["items"][0]["state"]), (&1.into(), &"waiting".into()));
        let again = format!("/api/webhooks/deliveries/{}/redeliver", sent.json()["id"].as_str().unwrap());
        world.post(&ann, &again, json!(null)).await.is_problem(409, "DELIVERY_WAITING");

        world.get(&eve, &format!("{one}/deliveries")).await.is_problem(404, "NOT_FOUND");
        world.call(&eve, Method::PATCH, &one, change, &[]).await.is_problem(404, "NOT_FOUND");
        world.post(&eve, &format!("{one}/test"), json!(null)).await.is_problem(404, "NOT_FOUND");
        world.post(&eve, &again, json!(null)).await.is_problem(404, "NOT_FOUND");
        world.call(&eve, Method::DELETE, &one, json!(null), &[]).await.is_problem(404, "NOT_FOUND");

        let off = json!({ "enabled": false });
        assert_eq!(world.call(&ann, Method::PATCH, &one, off, &[]).await.json()["enabled"], false);
        world.post(&ann, &format!("{one}/test"), json!(null)).await.is_problem(409, "ENDPOINT_DISABLED");
        assert_eq!(world.call(&ann, Method::DELETE, &one, json!(null), &[]).await.status, 204);
        world.call(&ann, Method::DELETE, &one, json!(null), &[]).await.is_problem(404, "NOT_FOUND");
    }

    async fn endpoints_that_will_not_do_are_refused_by_field(world) {
        let ann = world.register("ann").await;
        for (body, field) in [
            (wanted("https://169.254.169.254/"), "url"),
            (wanted("http://example.org/"), "url"),
            (json!({ "url": "https://example.org", "events": [] }), "events"),
            (json!({ "url": "https://example.org", "events": ["payment.dreamed"] }), "events"),
            (json!({ "url": "https://example.org", "events": ["pull.won"], "description": "x".repeat(201) }), "description"),
        ] {
            let problem = world.post(&ann, ENDPOINTS, body).await.is_problem(422, "VALIDATION_FAILED");
            assert_eq!(problem["details"]["fields"][0]["field"], field);
        }
        world.post(&Caller::nobody(), ENDPOINTS, wanted("https://example.org")).await.is_problem(401, "UNAUTHENTICATED");
        for _ in 0..10 {
            assert_eq!(world.post(&ann, ENDPOINTS, wanted("https://example.org")).await.status, 201);
        }
        world.post(&ann, ENDPOINTS, wanted("https://example.org")).await.is_problem(409, "TOO_MANY_ENDPOINTS");
    }

    async fn letters_are_chosen_by_api_form_and_link(world) {
        let ann = world.register("ann").await;
        let wanted = async || {
            let letters = world.get(&ann, "/api/account/letters").await.json();
            letters["letters"].as_array().unwrap().iter().map(|one| one["wanted"] == true).take(3).collect::<Vec<_>>()
        };
        assert_eq!(wanted().await, [true, true, false]);
        let choice = json!({ "letters": [{ "letter": "pull-won", "wanted": true }] });
        assert_eq!(world.call(&ann, Method::PUT, "/api/account/letters", choice, &[]).await.status, 200);
        assert_eq!(wanted().await, [true, true, true]);
        let unknown = json!({ "letters": [{ "letter": "confirm-address", "wanted": false }] });
        let refused = world.call(&ann, Method::PUT, "/api/account/letters", unknown, &[]).await;
        refused.is_problem(422, "VALIDATION_FAILED");
        let browser = world.browser(&ann).await;
        assert_eq!(world.form(&browser, "/account/letters", &[("key-found", "on")]).await.status, 303);
        assert_eq!(wanted().await, [true, false, false]);
        assert!(world.get(&browser, "/account").await.text.contains("a job found its key"));

        let link = unsubscribe::url(&world.app, ann.id, EmailChoice::KeyFound);
        let link = link.strip_prefix(&world.app.config.public_url.origin).unwrap();
        let nobody = Caller::nobody().with("accept", "text/html");
        assert!(world.get(&nobody, link).await.text.contains("Unsubscribe?"));
        assert_eq!(wanted().await, [true, false, false], "looking ends nothing");
        let done = world.form(&Caller::nobody(), link, &[("List-Unsubscribe", "One-Click")]).await;
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(wanted().await, [false, false, false]);
        for wrong in ["/unsubscribe", "/unsubscribe?token=a.key-found.b"] {
            world.get(&Caller::nobody(), wrong).await.is_problem(422, "LINK_UNKNOWN");
            world.post(&Caller::nobody(), wrong, json!(null)).await.is_problem(422, "LINK_UNKNOWN");
        }
    }

    async fn notices_are_listed_and_marked(world) {
        let ann = world.register("ann").await;
        win(&world, &ann).await;
        let page = world.get(&ann, "/api/notices?type=PULL_WON&unreadOnly=true&limit=5").await.json();
        assert_eq!((&page["total"], &page["unreadCount"]), (&1.into(), &1.into()), "{page}");
        let notice = &page["items"][0];
        assert_eq!((&notice["type"], &notice["read"], &notice["emailSent"]), (&"PULL_WON".into(), &false.into(), &false.into()));
        let wrong = world.get(&ann, "/api/notices?type=KEY_LOST").await;
        wrong.is_problem(422, "VALIDATION_FAILED");
        let browser = world.browser(&ann).await;
        let shown = world.get(&browser, "/notifications").await.text;
        assert!(shown.contains(notice["title"].as_str().unwrap()));
        for wrong in [json!({}), json!({ "notificationIds": [], "markAllRead": true }), json!({ "markAllRead": false })] {
            world.post(&ann, "/api/notices/read", wrong).await.is_problem(422, "VALIDATION_FAILED");
        }
        let these = json!({ "notificationIds": [notice["id"], Uuid::nil()] });
        assert_eq!(world.post(&ann, "/api/notices/read", these).await.json()["markedCount"], 1);
        assert_eq!(world.post(&ann, "/api/notices/read", json!({ "markAllRead": true })).await.json()["markedCount"], 0);
        assert_eq!(world.get(&ann, "/api/notices").await.json()["unreadCount"], 0);
    }
}
