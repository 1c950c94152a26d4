//! Administration: for admins and for programs with a key, and for nobody else.

use http::Method;
use serde_json::json;

use super::world::{Caller, over_both};

over_both! {
    async fn administration_is_for_administrators(world) {
        let (ann, bo) = (world.register("ann").await, world.register("bob").await);
        for path in ["queues", "tasks", "audit", "workers", "searchers", "users", "keys"] {
            let path = format!("/admin/api/{path}");
            world.get(&Caller::nobody(), &path).await.is_problem(401, "UNAUTHENTICATED");
            world.get(&bo, &path).await.is_problem(403, "NOT_ADMIN");
        }
        world.promote(&ann).await;
        let queues = world.get(&ann, "/admin/api/queues").await.json();
        assert!(queues["items"].as_array().unwrap().iter().any(|queue| queue["name"] == "emails"), "{queues}");
        let paused = world.post(&ann, "/admin/api/queues/emails/pause", json!(null)).await.json();
        assert_eq!(paused["changed"], true);
        assert_eq!(world.post(&ann, "/admin/api/queues/emails/pause", json!(null)).await.json()["changed"], false);
        assert_eq!(world.post(&ann, "/admin/api/queues/emails/resume", json!(null)).await.json()["changed"], true);
        world.post(&ann, "/admin/api/queues/nothing/pause", json!(null)).await.is_problem(404, "NOT_FOUND");
        assert_eq!(world.get(&ann, "/admin/api/tasks?state=dead&queue=emails").await.json()["total"], 0);
        let waiting = world.get(&ann, "/admin/api/tasks?state=waiting&queue=emails").await.json();
        let emails = queues["items"].as_array().unwrap().iter().find(|queue| queue["name"] == "emails").unwrap();
        assert_eq!(waiting["total"], emails["waiting"], "the list and the overview mean the same");
        let odd = world.get(&ann, "/admin/api/tasks?state=odd").await.is_problem(422, "VALIDATION_FAILED");
        assert!(odd.to_string().contains("is none of dead, waiting, later, running, done"), "{odd}");
        let odd = world.get(&ann, "/admin/api/tasks?queue=odd").await.is_problem(422, "VALIDATION_FAILED");
        assert!(odd.to_string().contains("is none of searches, reports, heists, emails"), "{odd}");
        let nothing = format!("/admin/api/tasks/{}/run-again", uuid::Uuid::now_v7());
        world.post(&ann, &nothing, json!(null)).await.is_problem(404, "NOT_FOUND");
        assert_eq!(world.post(&ann, "/admin/api/tasks/run-again", json!({})).await.json()["count"], 0);
        let nothing = format!("/admin/api/searchers/{}/suspend", uuid::Uuid::now_v7());
        world.post(&ann, &nothing, json!(null)).await.is_problem(404, "NOT_FOUND");
        let off = world.call(&ann, Method::PUT, "/admin/api/switches/registration.open", json!({ "on": false }), &[]).await;
        assert_eq!(off.status, 204);
        let late = json!({ "email": "c@example.org", "username": "cleo", "password": "nine lives of a flap", "acceptTerms": true, "adult": true });
        let late = world.post(&Caller::nobody(), "/auth/register", late).await;
        late.is_problem(503, "REGISTRATION_CLOSED");
        world.call(&ann, Method::PUT, "/admin/api/switches/odd", json!({ "on": true }), &[]).await.is_problem(404, "NOT_FOUND");
    }

    async fn the_audit_is_listed_by_what_was_done_and_by_whom(world) {
        let (ann, bo) = (world.register("ann").await, world.register("bob").await);
        world.promote(&ann).await;
        let grant = json!({ "amount": 500, "note": "sorry for the wait" });
        let path = format!("/admin/api/users/{}/grants", bo.id);
        let given = world.call(&ann, Method::POST, &path, grant, &[("user-agent", "a browser")]).await;
        assert_eq!(given.status, 201, "{}", given.text);
        let all = world.get(&ann, "/admin/api/audit").await.json();
        let first = &all["items"][0];
        assert_eq!((&first["action"], &first["subjectId"]), (&json!("tokens.grant"), &json!(bo.id)), "newest first");
        assert_eq!((&first["actorId"], &first["detail"]["amount"]), (&json!(ann.id), &json!(500)));
        assert_eq!((&first["userAgent"], &first["communityId"]), (&json!("a browser"), &json!(null)));
        let (site, admin) = (&world, &ann);
        let total = |path: String| async move { site.get(admin, &path).await.json()["total"].as_i64() };
        assert_eq!(total("/admin/api/audit?action=account.register".into()).await, Some(2));
        assert_eq!(total(format!("/admin/api/audit?action=tokens.grant&actorId={}", ann.id)).await, Some(1));
        assert_eq!(total(format!("/admin/api/audit?action=tokens.grant&actorId={}", bo.id)).await, Some(0));
        assert_eq!(total(format!("/admin/api/audit?subjectId={}&limit=1", bo.id)).await, Some(2));
        assert_eq!(total(format!("/admin/api/audit?communityId={}", bo.id)).await, Some(0));
        let odd = world.get(&ann, "/admin/api/audit?action=tokens.gift").await.is_problem(422, "VALIDATION_FAILED");
        assert!(odd.to_string().contains("is none of account.register, account.login"), "{odd}");
        let odd = world.get(&ann, "/admin/api/audit?actorId=ann").await.is_problem(422, "VALIDATION_FAILED");
        assert_eq!(odd["details"]["fields"][0]["field"], "actorId", "{odd}");
        world.get(&ann, "/admin/api/audit?subjectId=").await.is_problem(422, "VALIDATION_FAILED");
        let all = world.get(&world.browser(&ann).await, "/admin/audit?action=&actorId=&subjectId=&communityId=").await;
        assert!(all.status == 200 && all.text.contains("account.register"), "{}", all.text);
        let page = world.get(&world.browser(&ann).await, "/admin/audit?action=tokens.grant&actorId=").await;
        assert!(page.status == 200 && page.text.contains("sorry for the wait"), "{}", page.text);
        assert!(!page.text.contains("<b>account.register</b>"), "{}", page.text);
    }

    async fn tokens_are_given_once_for_a_key(world) {
        let (ann, bo) = (world.register("ann").await, world.register("bob").await);
        world.promote(&ann).await;
        let path = format!("/admin/api/users/{}/grants", bo.id);
        let grant = json!({ "amount": 500, "note": "sorry for the wait" });
        for _ in 0..2 {
            let given = world.call(&ann, Method::POST, &path, grant.clone(), &[("idempotency-key", "g1")]).await;
            assert_eq!((given.status.as_u16(), &given.json()["balance"]), (201, &1500.into()));
        }
        world.post(&ann, &path, json!({ "amount": 0 })).await.is_problem(422, "VALIDATION_FAILED");
        let nobody = format!("/admin/api/users/{}/grants", uuid::Uuid::now_v7());
        world.post(&ann, &nobody, grant).await.is_problem(404, "NOT_FOUND");
        let transfers = world.get(&bo, "/api/tokens/transactions").await.json();
        assert_eq!(transfers["items"][0]["note"], "sorry for the wait");
    }

    async fn a_program_comes_with_a_key(world) {
        let ann = world.register("ann").await;
        world.promote(&ann).await;
        let made = world.post(&ann, "/admin/api/keys", json!({ "name": "dashboard" })).await.json();
        let program = Caller::bearer(made["key"].as_str().unwrap());
        assert_eq!(world.get(&program, "/admin/api/users").await.json()["total"], 1);
        world.get(&program, "/auth/me").await.is_problem(401, "UNAUTHENTICATED");
        let keys = world.get(&program, "/admin/api/keys").await;
        assert!(!keys.text.contains(made["key"].as_str().unwrap()), "a key is shown once");
        world.post(&ann, "/admin/api/keys", json!({ "name": " " })).await.is_problem(422, "VALIDATION_FAILED");
        let other = world.post(&ann, "/admin/api/keys", json!({ "name": "shop" })).await.json();
        let other = Caller::bearer(other["key"].as_str().unwrap());
        let grants = format!("/admin/api/users/{}/grants", ann.id);
        for (who, balance) in [(&program, 1010), (&program, 1010), (&other, 1020)] {
            let grant = json!({ "amount": 10, "note": "a present" });
            let given = world.call(who, Method::POST, &grants, grant, &[("idempotency-key", "p1")]).await;
            assert_eq!(given.json()["balance"], balance, "each program has keys of its own");
        }
        let path = format!("/admin/api/keys/{}", made["id"].as_str().unwrap());
        assert_eq!(world.call(&ann, Method::DELETE, &path, json!(null), &[]).await.status, 204);
        world.get(&program, "/admin/api/users").await.is_problem(401, "UNAUTHENTICATED");
        world.call(&ann, Method::DELETE, &path, json!(null), &[]).await.is_problem(404, "NOT_FOUND");
    }
}
