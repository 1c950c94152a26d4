//! Attempts on the pages: text that would be a script in every field, and forms that another site sends. All fail,
//! and the policy has nothing to stop.

use reqwest::Method;
use serde_json::json;
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::workspace;

use super::{PASSWORD, ask, assert_quiet, go, sign_up};
use crate::world::{Answer, Shape, World};

const SCRIPT: &str = "\"'><script>window.owned=1</script><img src=x onerror=window.owned=1>{{7*7}}";

#[tokio::test(flavor = "multi_thread")]
async fn text_stays_text_and_foreign_forms_are_refused() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { still: true, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    in_every_question(&world, &browser).await;
    in_every_form(&world, &browser).await;
    kept_and_shown_again(&world, &browser).await;
    assert_quiet(&browser).await;
    foreign(&world).await;
}

/// In the query of every page that reads one.
async fn in_every_question(world: &World, browser: &Browser) {
    let evil: String = form_urlencoded::byte_serialize(SCRIPT.as_bytes()).collect();
    for path in [
        format!("/?text={evil}"),
        format!("/odds?text={evil}&kind=contains"),
        format!("/odds?text={evil}&kind=regex"),
        format!("/app?text={evil}&kind=sequence"),
        format!("/app/answer?text={evil}&kind=contains"),
        format!("/app/history?text={evil}&from={evil}"),
        format!("/sign-in?next={evil}&why={evil}"),
        format!("/sign-up?ref={evil}&next={evil}"),
        format!("/confirm?token={evil}"),
        format!("/reset?token={evil}"),
        format!("/account?done={evil}"),
        format!("/{evil}"),
        format!("/p/{evil}"),
    ] {
        go(browser, &format!("{}{path}", world.url())).await;
        harmless(browser, &path).await;
    }
}

/// In every text field of every form, as a browser sends it.
async fn in_every_form(world: &World, browser: &Browser) {
    for page in
        ["/sign-up", "/sign-in", "/forgot", "/reset?token=x", "/confirm?token=x", "/verify", "/account", "/app?text=ab"]
    {
        go(browser, &format!("{}{page}", world.url())).await;
        let forms = ask(browser, "return document.querySelectorAll(\"main form[method='post']\").length").await;
        for form in 0..forms.as_u64().unwrap() {
            go(browser, &format!("{}{page}", world.url())).await;
            let send = format!(
                "const form = document.querySelectorAll(\"main form[method='post']\")[{form}]; \
                 if (form.action.endsWith('/delete') || form.action.endsWith('/sign-out')) return ''; \
                 form.noValidate = true; delete form.dataset.send; \
                 for (const field of form.elements) if (!['hidden', 'checkbox', 'radio', 'submit'].includes(field.type) && 'value' in field) \
                   {{ field.value = {}; if (field.type === 'email') field.type = 'text'; }} \
                 form.submit(); return form.action",
                serde_json::to_string(SCRIPT).unwrap()
            );
            // The text again, where changing the type has dropped what was not an address.
            ask(browser, &send).await;
            harmless(browser, &format!("{page}, form {form}")).await;
        }
    }
}

/// What the service keeps is shown on many pages afterwards: to its owner, to anyone, to administrators.
async fn kept_and_shown_again(world: &World, browser: &Browser) {
    let body = json!({ "email": "rosa@example.org", "password": PASSWORD });
    let signed_in = world.api().post("/auth/login", body).await.ok();
    let rosa = world.api().with_access(signed_in["accessToken"].as_str().unwrap());
    // A regular expression may hold anything, and this one matches any key.
    let pattern = json!({ "text": format!("[a-z]|{}", SCRIPT.replace("{{7*7}}", "")), "kind": "regex" });
    let pull = rosa.post("/api/pulls/execute", json!({ "pattern": pattern })).await.ok();
    let pull = pull["id"].as_str().unwrap().to_owned();
    rosa.post(&format!("/api/pulls/{pull}/keep"), json!({})).await.ok();
    let shared = rosa.post(&format!("/api/pulls/{pull}/share"), json!({})).await.ok();
    let share = shared["shareId"].as_str().unwrap();
    let job = rosa.post("/api/jobs/create", json!({ "pattern": pattern })).await.ok();
    let job = job["id"].as_str().unwrap().to_owned();
    world.grant("rosa", 5);
    world.admin(&["create-admin", "rosa@example.org", "--promote"]);
    let user = world.sql("SELECT lower(hex(id)) FROM users WHERE username = 'rosa'").remove(0);
    let user = uuid::Uuid::parse_str(&user).unwrap();
    let given = json!({ "amount": 1, "note": SCRIPT });
    rosa.post_keyed(&format!("/admin/api/users/{user}/grants"), "script-1", given).await.ok();
    let asked: String = form_urlencoded::byte_serialize(pattern["text"].as_str().unwrap().as_bytes()).collect();
    go(browser, &format!("{}/app/jobs/{job}", world.url())).await;
    super::wait_for_completion(browser).await;
    for path in [
        format!("/app/pulls/{pull}"),
        format!("/app/jobs/{job}"),
        format!("/p/{share}"),
        format!("/verify?pull={pull}"),
        format!("/app?text={asked}&kind=regex"),
        String::from("/app/jobs"),
        String::from("/app/history"),
        String::from("/app/wallet"),
        String::from("/notifications"),
        String::from("/account"),
        String::from("/admin"),
        String::from("/admin/tasks?state=done"),
        String::from("/admin/users?text=rosa"),
        String::from("/admin/workers"),
        String::from("/admin/settings"),
    ] {
        go(browser, &format!("{}{path}", world.url())).await;
        harmless(browser, &path).await;
    }
    let note = "return document.body.textContent.includes('window.owned')";
    go(browser, &format!("{}/app/history", world.url())).await;
    assert_eq!(ask(browser, note).await, true, "the text is there, as text");
    // While it is typed, the answer comes into the page as it is.
    go(browser, &format!("{}/app", world.url())).await;
    super::fill(browser, &[("#text", SCRIPT)]).await;
    super::shows(browser, "#answer .note.bad", "").await;
    harmless(browser, "typed").await;
}

async fn harmless(browser: &Browser, what: &str) {
    let owned = ask(browser, "return window.owned ?? document.querySelectorAll('img[onerror]').length").await;
    assert_eq!(owned, 0, "{what}");
    // A page that says 4xx is an answer, not a fault of the page.
    let errors = browser.console_errors().await;
    let errors: Vec<_> = errors.into_iter().filter(|error| !error.contains("Failed to load resource")).collect();
    assert!(errors.is_empty(), "{what}: {errors:?}");
}

/// Every address that takes a POST refuses a browser's cookie that another site sends along.
async fn foreign(world: &World) {
    let form = |path: &str, body: String| {
        let request = world.api().request(Method::POST, path);
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    };
    let body = format!("email=rosa%40example.org&password={}", PASSWORD.replace(' ', "+"));
    let signed_in = Answer::of(form("/sign-in", body)).await;
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(cookie.contains('='), "{}", signed_in.status);
    let id = "0199aaaa-0000-7000-8000-000000000000";
    let mut tried = 0;
    for path in posts() {
        let path = path.replace("{id}", id).replace("{name}", "emails");
        for foreign in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
        {
            let request = form(&path, String::from("x=y")).header("cookie", &cookie).header(foreign.0, foreign.1);
            let answer = Answer::of(request).await;
            // Where Stripe calls, its signature lets in and a cookie counts for nothing.
            let status = if path.ends_with("/webhook") { 400 } else { 403 };
            assert_eq!(answer.status, status, "{path} with {foreign:?}: {}", answer.text);
        }
        tried += 1;
    }
    assert!(tried >= 25, "{tried} addresses");

    // The addresses for programs take no browser's cookie from elsewhere either.
    let document = world.api().get("/openapi.json").await.ok();
    let mut tried = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let path = path.replace("{id}", id).replace("{name}", "emails").replace("{user}", id);
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if operations[method.as_str().to_lowercase()].is_null() {
                continue;
            }
            for foreign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
                let request = world.api().request(method.clone(), &path).header("cookie", &cookie);
                let answer = Answer::of(request.header(foreign.0, foreign.1).json(&json!({}))).await;
                assert_eq!(answer.status, 403, "{method} {path} with {foreign:?}: {}", answer.text);
            }
            tried += 1;
        }
    }
    assert!(tried >= 25, "{tried} calls");
}

/// The addresses of pages that take a POST, read from the list of routes.
fn posts() -> Vec<String> {
    let routes = std::fs::read_to_string(workspace().join("web/src/routes.rs")).unwrap();
    let lines = routes.lines().filter(|line| line.contains(".route(\"") && line.contains("post("));
    lines.map(|line| line.split('"').nth(1).unwrap().to_owned()).collect()
}
