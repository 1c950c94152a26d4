//! Pages for when something is not there: no connection, a fault on our side, no script to do a registration's work.

use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::{Package, program, run};

use super::{PASSWORD, arrives, ask, assert_quiet, click, fill, go, shows, sign_up};
use crate::world::{Shape, World, secret_in};

/// A browser that has been here says what is going on when the service cannot be reached, in the looks of the site.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_connection_there_is_a_page_that_says_so() {
    let mut world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look::default()).await;
    go(&browser, &format!("{}/odds", world.url())).await;
    let kept =
        "return navigator.serviceWorker.ready.then(() => caches.match('/offline')).then((page) => Boolean(page))";
    assert_eq!(ask(&browser, kept).await, true);
    tokio::task::block_in_place(|| world.web.kill());
    let wanted = format!("{}/pricing", world.url());
    go(&browser, &wanted).await;
    shows(&browser, "h1", "No connection").await;
    shows(&browser, "main", "nothing that you sent is charged twice").await;
    let dressed = ask(&browser, "return getComputedStyle(document.querySelector('.tile')).display").await;
    assert_eq!(dressed, "grid", "with the site’s style");
    browser.screenshot("offline").await;
    assert_eq!(browser.page().current_url().await.unwrap().as_str(), wanted, "the address stays");
    let port = world.port;
    tokio::task::block_in_place(|| {
        world.web.spawn();
        world.web.wait_http(port, "/readyz");
    });
    click(&browser, "main a.button").await;
    shows(&browser, "h1", "Pricing").await;
}

/// The site can be put among the programs of a phone or desktop: the browser itself finds nothing missing.
#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_installed() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { phone: true, ..Look::default() }).await;
    go(&browser, &format!("{}/", world.url())).await;
    let cdp = browser.page().cdp();
    let found = cdp.send_raw("Page.getAppManifest", serde_json::json!({})).await.unwrap();
    assert_eq!((&found["errors"], found["data"].is_string()), (&serde_json::json!([]), true), "{found}");
    let missing = cdp.send_raw("Page.getInstallabilityErrors", serde_json::json!({})).await.unwrap();
    assert_eq!(missing["installabilityErrors"], serde_json::json!([]), "{missing}");
}

/// A fault is told in words, with what to do and the id under which it was logged; nothing of its inside is shown.
#[tokio::test(flavor = "multi_thread")]
async fn a_fault_says_what_to_do() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look::default()).await;
    sign_up(&world, &browser).await;
    world.sql("ALTER TABLE pulls RENAME TO pulls_away");
    go(&browser, &format!("{}/app/history", world.url())).await;
    shows(&browser, "h1", "Something broke").await;
    let page = shows(&browser, "main", "Request ").await;
    assert!(page.contains("try again") && !page.to_lowercase().contains("sql"), "{page}");
    let id = page.split("Request ").nth(1).unwrap().trim();
    assert!(world.logs().contains(id), "the log has the id {id}");
    browser.screenshot("fault").await;
    world.sql("ALTER TABLE pulls_away RENAME TO pulls");
    click(&browser, "main .actions a").await;
    shows(&browser, "h1", "History").await;
}

/// Registration costs work in the fleet. Where no script does it, a line for the terminal does; and the link in the
/// letter is confirmed by a plain form.
#[tokio::test(flavor = "multi_thread")]
async fn registering_with_work_but_without_scripts() {
    let world = World::with(Shape::Fleet, &[("REGISTRATION_WORK_BITS", "18")]).await;
    let browser = Browser::start(Look { javascript: false, ..Look::default() }).await;
    go(&browser, &format!("{}/sign-up", world.url())).await;
    // Forgotten, it is asked for; what was written stays but for the password.
    let person = [("#email", "rosa@example.org"), ("#username", "rosa"), ("#password", PASSWORD)];
    fill(&browser, &person).await;
    click(&browser, "input[name='adult']").await;
    click(&browser, "input[name='acceptTerms']").await;
    click(&browser, "form[action='/sign-up'] button").await;
    shows(&browser, ".note.bad", "work").await;
    browser.screenshot("sign-up-work-plain").await;
    let line = shows(&browser, "form[action='/sign-up'] pre", "python3").await;
    let solution = run(&program("sh", Package("dash")), ["-c", &line]);
    fill(&browser, &person[2..]).await;
    fill(&browser, &[("#solution", solution.trim())]).await;
    click(&browser, "input[name='adult']").await;
    click(&browser, "input[name='acceptTerms']").await;
    click(&browser, "form[action='/sign-up'] button").await;
    shows(&browser, "header .purse", "rosa").await;
    let letter =
        world.mail.as_ref().unwrap().wait_for("confirm the address", |mail| mail.text().contains("token=")).await;
    go(&browser, &format!("{}/confirm?token=wrong", world.url())).await;
    click(&browser, "form[action='/confirm'] button").await;
    shows(&browser, ".note.bad", "link").await;
    go(&browser, &format!("{}/confirm?token={}", world.url(), secret_in(&letter.text()))).await;
    click(&browser, "form[action='/confirm'] button").await;
    shows(&browser, ".note.good", "Your address is confirmed").await;
}

/// With scripts the page does that work by itself, while one types.
#[tokio::test(flavor = "multi_thread")]
async fn registering_with_work_and_scripts() {
    let world = World::with(Shape::Fleet, &[("REGISTRATION_WORK_BITS", "18")]).await;
    let browser = Browser::start(Look::default()).await;
    sign_up(&world, &browser).await;
    arrives(&browser, |path| path == "/app").await;
    assert_quiet(&browser).await;
}
