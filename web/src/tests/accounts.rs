//! Accounts through the API and through the pages' forms.

use http::Method;
use serde_json::json;

use vanikeys_core::config::{Config, PublicUrl};

use super::world::{Caller, On, World, over_both};

over_both! {
    async fn a_person_comes_and_goes(world) {
        let ann = world.register("ann").await;
        let me = world.get(&ann, "/auth/me").await.json();
        assert_eq!((&me["username"], &me["emailConfirmed"], &me["role"]), (&"ann".into(), &true.into(), &"user".into()));
        let again = json!({ "email": "ann@example.org", "username": "ann2", "password": "nine lives of a flap",
            "acceptTerms": true, "adult": true });
        world.post(&Caller::nobody(), "/auth/register", again.clone()).await.is_problem(409, "EMAIL_TAKEN");
        let mut other = again;
        (other["email"], other["username"]) = ("b@example.org".into(), "Ann".into());
        world.post(&Caller::nobody(), "/auth/register", other).await.is_problem(409, "USERNAME_TAKEN");
        let login = json!({ "email": "ann@example.org", "password": "nine lives of a flap" });
        let second = world.post(&Caller::nobody(), "/auth/login", login.clone()).await.json();
        let second = Caller::bearer(second["accessToken"].as_str().unwrap());
        assert_eq!(world.post(&second, "/auth/logout", json!(null)).await.status, 204);
        world.get(&second, "/auth/me").await.is_problem(401, "UNAUTHENTICATED");
        let change = json!({ "currentPassword": "nine lives of a flap", "newPassword": "ten lives of a flap" });
        let changed = world.post(&ann, "/auth/password/change", change).await;
        assert_eq!(changed.status, 200);
        world.get(&ann, "/auth/me").await.is_problem(401, "UNAUTHENTICATED");
        world.post(&Caller::nobody(), "/auth/login", login).await.is_problem(401, "WRONG_CREDENTIALS");
        let ann = Caller::bearer(changed.json()["accessToken"].as_str().unwrap());
        let export = world.get(&ann, "/api/account/export").await;
        assert_eq!(export.json()["account"]["username"], "ann");
        assert!(export.header("content-disposition").starts_with("attachment"));
        let wrong = json!({ "password": "not the password" });
        world.call(&ann, Method::DELETE, "/api/account", wrong, &[]).await.is_problem(403, "WRONG_PASSWORD");
        let right = json!({ "password": "ten lives of a flap" });
        assert_eq!(world.call(&ann, Method::DELETE, "/api/account", right, &[]).await.status, 204);
        world.get(&ann, "/auth/me").await.is_problem(401, "UNAUTHENTICATED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_names_every_field_it_refuses() {
    let world = World::open(On::Sqlite).await;
    let body = json!({ "email": "no", "username": "", "password": "short", "acceptTerms": false, "adult": false });
    let problem = world.post(&Caller::nobody(), "/auth/register", body).await;
    let problem = problem.is_problem(422, "VALIDATION_FAILED");
    let fields: Vec<_> =
        problem["details"]["fields"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["email", "username", "password", "acceptTerms", "adult"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_are_none_are_told_apart_from_the_rest() {
    let world = World::open(On::Sqlite).await;
    let nobody = Caller::nobody();
    let link = json!({ "token": "nothing" });
    world.post(&nobody, "/auth/email/confirm", link).await.is_problem(422, "LINK_UNKNOWN");
    let reset = json!({ "token": "nothing", "password": "nine lives of a flap" });
    world.post(&nobody, "/auth/password/reset", reset).await.is_problem(422, "LINK_UNKNOWN");
    let forgot = json!({ "email": "nobody@example.org" });
    assert_eq!(world.post(&nobody, "/auth/password/forgot", forgot).await.status, 202);
    let ann = world.register("ann").await;
    world.post(&ann, "/auth/email/resend", json!(null)).await.is_problem(409, "ALREADY_CONFIRMED");
    assert_eq!(world.get(&nobody, "/auth/challenge").await.json()["bits"], 0);
    let email = json!({ "email": "ann@example.net", "password": "nine lives of a flap" });
    assert_eq!(world.post(&ann, "/auth/email/change", email).await.json()["changed"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn under_tls_only_a_cookie_that_no_other_host_could_set_is_a_session() {
    let https = |config: &mut Config| {
        config.public_url = PublicUrl { origin: "https://keys.example.org".to_owned(), https: true, loopback: false };
    };
    let world = World::configured(On::Sqlite, https).await;
    let ann = world.register("ann").await;
    let fields = [("email", "ann@example.org"), ("password", "nine lives of a flap")];
    let signed = world.form(&Caller::nobody(), "/sign-in", &fields).await;
    let cookie = signed.header("set-cookie");
    assert!(cookie.starts_with("__Host-vanikeys_session=") && cookie.contains("Secure"), "{cookie}");
    assert!(cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
    let session = cookie.split(';').next().unwrap();
    let shows = |cookie: &str| Caller::nobody().with("cookie", cookie);
    assert_eq!(world.get(&shows(session), "/auth/me").await.json()["id"], ann.id.to_string());
    let plain = session.replace("__Host-", "");
    assert_eq!(world.get(&shows(&plain), "/auth/me").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_signs_up_in_and_out_without_a_script() {
    let world = World::open(On::Sqlite).await;
    let nobody = Caller::nobody();
    let mut fields = vec![("email", "bob@example.org"), ("username", "bob"), ("password", "short"), ("adult", "on")];
    let again = world.form(&nobody, "/sign-up", &fields).await;
    assert_eq!(again.status, 422);
    assert!(again.text.contains("value=\"bob@example.org\"") && !again.text.contains("short\""), "{}", again.text);
    fields[2].1 = "nine lives of a flap";
    fields.push(("acceptTerms", "on"));
    let signed = world.form(&nobody, "/sign-up", &fields).await;
    assert_eq!((signed.status.as_u16(), signed.header("location")), (303, "/app"));
    let cookie = signed.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    let browser = nobody.with("cookie", cookie.split(';').next().unwrap()).with("accept", "text/html");
    assert!(world.get(&browser, "/app").await.text.contains("1,000"));
    let out = world.form(&browser, "/sign-out", &[]).await;
    assert_eq!(out.header("location"), "/");
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(world.get(&browser, "/app").await.status, 303, "the session ended on the server too");
    let wrong = world.form(&nobody, "/sign-in", &[("email", "bob@example.org"), ("password", "wrong")]).await;
    assert_eq!(wrong.status, 401);
    let fields = [("email", "bob@example.org"), ("password", "nine lives of a flap"), ("next", "//evil.example")];
    assert_eq!(world.form(&nobody, "/sign-in", &fields).await.header("location"), "/app");
}
