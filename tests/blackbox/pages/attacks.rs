//! Attempts on the pages: text that would be a script in every field, and forms that another site sends. All fail,
//! and the policy has nothing to stop.

use reqwest::Method;
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
            assert_eq!(answer.status, 403, "{path} with {foreign:?}: {}", answer.text);
        }
        tried += 1;
    }
    assert!(tried >= 25, "{tried} addresses");
}

/// The addresses of pages that take a POST, read from the list of routes.
fn posts() -> Vec<String> {
    let routes = std::fs::read_to_string(workspace().join("src/web/routes.rs")).unwrap();
    let lines = routes.lines().filter(|line| line.contains(".route(\"") && line.contains("post("));
    lines.map(|line| line.split('"').nth(1).unwrap().to_owned()).collect()
}
