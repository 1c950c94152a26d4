//! What is taken for an event of Stripe's, and what is not.

use serde_json::{Value, json};
use vanikeys_core::{
    domain::billing::event::EventState,
    flow::{
        By, Failure,
        billing::{
            self, admin,
            webhook::{NotTaken, Taken, run_again, take},
        },
    },
};
use vanikeys_sandbox::sign;

use super::stand::{Shop, in_shops};

fn event(id: &str, kind: &str) -> Value {
    json!({
        "id": id, "object": "event", "type": kind, "created": 1_795_262_000, "livemode": false,
        "data": { "object": { "id": "pi_1", "object": "payment_intent" } },
    })
}

impl Shop {
    fn secret(&self) -> String {
        self.app().config.billing.stripe.as_ref().unwrap().webhook_secrets[0].expose().to_owned()
    }

    async fn sent(&self, body: &str) -> Result<Taken, Failure<NotTaken>> {
        let now = self.app().clock.now().seconds();
        let header = sign::header(&[&self.secret()], now, body.as_bytes());
        take(self.app(), Some(&header), body.as_bytes()).await
    }

    async fn stored(&self) -> i64 {
        admin::events(self.app(), None, 100, 0).await.unwrap().total
    }
}

in_shops! {
    async fn what_is_signed_wrong_leaves_nothing_behind(shop) {
        let (body, now) = (event("evt_1", "payment_intent.succeeded").to_string(), shop.app().clock.now().seconds());
        let right = sign::header(&[&shop.secret()], now, body.as_bytes());
        let header = |secret: &str, at: i64| Some(sign::header(&[secret], at, body.as_bytes()));
        for (header, body) in [
            (None, body.clone()),
            (Some(String::new()), body.clone()),
            (header("whsec_other", now), body.clone()),
            (header(&shop.secret(), now - 301), body.clone()),
            (header(&shop.secret(), now + 301), body.clone()),
            (Some(right.clone()), body.replace("evt_1", "evt_2")),
            (Some(right.replace("v1=", "v0=")), body.clone()),
        ] {
            let refused = take(shop.app(), header.as_deref(), body.as_bytes()).await;
            assert!(matches!(refused, Err(Failure::Refused(NotTaken::Signature(_)))), "{header:?}: {refused:?}");
        }
        for body in ["", "[]", "{}", "not json"] {
            let refused = shop.sent(body).await;
            assert!(matches!(refused, Err(Failure::Refused(NotTaken::Body(_)))), "{body}: {refused:?}");
        }
        assert_eq!(shop.stored().await, 0);
        for at in [now - 300, now + 300] {
            let header = header(&shop.secret(), at);
            take(shop.app(), header.as_deref(), body.as_bytes()).await.unwrap();
        }
        assert_eq!(shop.stored().await, 1);
    }

    async fn each_event_is_stored_once_and_what_nobody_needs_is_ignored_with_its_reason(shop) {
        let thin = json!({ "id": "evt_thin", "object": "v2.core.event", "type": "v1.billing.meter.error_report_triggered",
            "created": "2026-11-21T12:00:00Z", "livemode": false, "related_object": { "id": "mtr_1" } });
        let live = json!({ "livemode": true, "id": "evt_live", "object": "event", "type": "invoice.paid",
            "created": 1, "data": { "object": { "id": "in_1" } } });
        let bare = json!({ "id": "evt_bare", "object": "event", "type": "invoice.paid", "created": 1, "livemode": false });
        for (body, expected, reason) in [
            (thin, Taken::Ignored, Some("it is no snapshot event")),
            (live, Taken::Ignored, Some("it is of live mode")),
            (bare, Taken::Ignored, Some("it names no object")),
            (event("evt_odd", "plan.created"), Taken::Ignored, Some("nothing here depends on events of this type")),
            (event("evt_1", "payment_intent.succeeded"), Taken::Owed, None),
        ] {
            assert_eq!(shop.sent(&body.to_string()).await.unwrap(), expected, "{body}");
            assert_eq!(shop.sent(&body.to_string()).await.unwrap(), Taken::Known, "{body}");
            let all = admin::events(shop.app(), None, 100, 0).await.unwrap().items;
            let kept = all.iter().find(|one| body["id"] == *one.id).unwrap();
            assert_eq!(kept.reason.as_deref(), reason);
            let text = admin::event_text(shop.app(), &kept.id).await.unwrap();
            assert_eq!(text, body.to_string());
        }
        // Nobody here ordered that payment.
        shop.handle().await;
        let ignored = admin::events(shop.app(), Some(EventState::Ignored), 100, 0).await.unwrap();
        assert_eq!(ignored.total, 5);
        assert!(ignored.items.iter().any(|one| one.reason.as_deref() == Some("the payment is not there")));
        shop.world.pass(31 * crate::billing::stand::DAY);
        assert_eq!(billing::forget(shop.app()).await.unwrap(), 5);
        let gone = admin::event_text(shop.app(), "evt_1").await;
        assert!(matches!(gone, Err(Failure::Refused(_))), "{gone:?}");
        assert_eq!(shop.stored().await, 5);
    }

    async fn an_event_is_handled_again_when_an_admin_says_so(shop) {
        let ann = shop.user().await;
        shop.buy(&ann, "popular").await;
        let event = shop.events("payment_intent.succeeded").pop().unwrap();
        run_again(shop.app(), &By::default(), &event).await.unwrap();
        assert_eq!(shop.handle().await, 1);
        assert_eq!(shop.tokens(&ann).await, (500, 0, 0));
        assert!(run_again(shop.app(), &By::default(), "evt_none").await.is_err());
        shop.sound().await;
    }

    async fn a_secret_is_replaced_by_another_without_a_gap(shop) {
        let mut shop = shop;
        let mut config = (*shop.world.app.config).clone();
        let mut account = config.billing.stripe.clone().unwrap();
        account.webhook_secrets.insert(0, vanikeys_core::secret::Secret::new("whsec_new"));
        config.billing.stripe = Some(account);
        shop.world.app.config = std::sync::Arc::new(config);
        let now = shop.app().clock.now().seconds();
        for (id, secrets) in [("evt_a", vec!["whsec_new"]), ("evt_b", vec!["whsec_gone", "whsec_new"])] {
            let body = event(id, "payment_intent.succeeded").to_string();
            let header = sign::header(&secrets, now, body.as_bytes());
            assert_eq!(take(shop.app(), Some(&header), body.as_bytes()).await.unwrap(), Taken::Owed);
        }
        let old = shop.app().config.billing.stripe.as_ref().unwrap().webhook_secrets[1].expose().to_owned();
        let body = event("evt_c", "payment_intent.succeeded").to_string();
        let header = sign::header(&[&old], now, body.as_bytes());
        assert_eq!(take(shop.app(), Some(&header), body.as_bytes()).await.unwrap(), Taken::Owed);
    }
}
