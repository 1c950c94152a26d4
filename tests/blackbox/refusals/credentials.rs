//! Credentials that are missing, malformed, forged, ended or in the wrong place.

use serde_json::json;

use crate::world::World;

pub async fn check(world: &World) {
    nobody_and_forgers(world).await;
    ended(world).await;
    guessing(world).await;
    cookies(world).await;
}

async fn nobody_and_forgers(world: &World) {
    let gus = world.register("gus").await;
    let good = gus.api.request(reqwest::Method::GET, "/").build().unwrap();
    let good = good.headers()["authorization"].to_str().unwrap().replace("Bearer ", "");
    let mut parts = good.split('.');
    let (head, claims) = (parts.next().unwrap(), parts.next().unwrap());
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    let huge = "A".repeat(6000);
    let forged = [
        String::new(),
        "x".to_owned(),
        "a.b.c".to_owned(),
        unsigned,
        format!("{head}.{claims}.AAAA"),
        format!("{good}x"),
        huge,
    ];
    for path in ["/auth/me", "/api/tokens/balance", "/api/jobs", "/api/pulls/history"] {
        world.api().get(path).await.refused(401, "UNAUTHENTICATED");
        for access in &forged {
            let api = world.api().with_header("authorization", &format!("Bearer {access}"));
            let answer = api.get(path).await;
            assert!([401, 431].contains(&answer.status), "{path} with {access:.40}: {}", answer.status);
        }
        for scheme in ["Basic Z3VzOmd1cw==", "Bearer", "bearer", "Token x", "Bearer a b"] {
            world.api().with_header("authorization", scheme).get(path).await.refused(401, "UNAUTHENTICATED");
        }
    }
    let admin = gus.api.get("/admin/users").await;
    assert!([403, 404].contains(&admin.status), "an ordinary user is no admin: {}", admin.status);
}

/// Signing out and changing the password end access tokens at once.
async fn ended(world: &World) {
    let hal = world.register("hal").await;
    let login = json!({ "email": hal.email, "password": hal.password });
    let again = world.api().post("/auth/login", login).await.ok();
    let second = world.api().with_access(again["accessToken"].as_str().unwrap());
    second.get("/auth/me").await.ok();
    second.post("/auth/logout", json!({})).await.ok();
    second.get("/auth/me").await.refused(401, "UNAUTHENTICATED");
    hal.api.get("/auth/me").await.ok();
    let change = json!({ "currentPassword": hal.password, "newPassword": "another long password" });
    hal.api.post("/auth/password/change", change).await.ok();
    hal.api.get("/auth/me").await.refused(401, "UNAUTHENTICATED");
}

/// An unknown address and a wrong password get the same answer; many of them are slowed down.
async fn guessing(world: &World) {
    let ida = world.register("ida").await;
    let wrong = world.api().post("/auth/login", json!({ "email": ida.email, "password": "not the password" })).await;
    let nobody =
        world.api().post("/auth/login", json!({ "email": "nobody@example.org", "password": "not the password" })).await;
    let (wrong, nobody) = (wrong.problem(401), nobody.problem(401));
    assert_eq!((&wrong["error"], &wrong["message"]), (&nobody["error"], &nobody["message"]));
    let mut last = 401;
    for _ in 0..20 {
        let body = json!({ "email": ida.email, "password": "not the password" });
        last = world.api().post("/auth/login", body).await.status;
        if last == 429 {
            break;
        }
        assert_eq!(last, 401);
    }
    assert_eq!(last, 429, "guessing goes on unhindered");
}

/// A cookie alone does not make a request from elsewhere obeyed.
async fn cookies(world: &World) {
    let api = world.api().with_header("cookie", "vanikeys_session=forged");
    api.get("/auth/me").await.refused(401, "UNAUTHENTICATED");
    let body = json!({ "pattern": { "text": "e", "kind": "prefix" } });
    api.post("/api/pulls/execute", body.clone()).await.refused(403, "FOREIGN_ORIGIN");
    let foreign = api.with_header("origin", "https://elsewhere.example");
    foreign.post("/api/pulls/execute", body.clone()).await.refused(403, "FOREIGN_ORIGIN");
    let site = world.api().with_header("sec-fetch-site", "cross-site");
    site.post("/auth/login", json!({ "email": "a@b.example", "password": "0123456789" })).await.problem(403);
    let own = api.with_header("sec-fetch-site", "same-origin");
    own.post("/api/pulls/execute", body).await.refused(401, "UNAUTHENTICATED");
}
