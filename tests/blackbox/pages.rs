//! The main job in real Chromium: register, see odds, pull, order a 4-character prefix with the welcome tokens, watch
//! it live, download the OpenSSH file. With scripts and without, on a desktop and on a phone, in both custodies.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use vanikeys_testkit::browser::thirtyfour::prelude::*;
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::eventually;

use crate::keys::did_of_openssh_file;
use crate::world::{Shape, World, secret_in};

const PATTERN: &str = "mvp4";

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts_embedded() {
    let world = World::start(Shape::Embedded).await;
    main_job(&world, Look::default(), "desktop").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts_fleet() {
    let world = World::start(Shape::Fleet).await;
    main_job(&world, Look { dark: true, ..Look::default() }, "fleet-dark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_on_a_phone() {
    let world = World::start(Shape::Embedded).await;
    main_job(&world, Look { phone: true, dark: true, javascript: false, still: true }, "phone-dark-plain").await;
}

async fn main_job(world: &World, look: Look, name: &str) {
    let browser = Browser::start(look).await;
    sign_up(world, &browser).await;
    see_odds(world, &browser).await;
    browser.screenshot(&format!("odds-{name}")).await;

    click(&browser, "form[action='/app/pull'] > p > button").await;
    browser.says("h1", PATTERN).await;
    browser.find(".stars").await;
    browser.screenshot(&format!("pull-{name}")).await;

    see_odds(world, &browser).await;
    click(&browser, "form[action='/app/jobs'] > p > button").await;
    browser.screenshot(&format!("job-{name}")).await;
    // Live without a reload where scripts run, by a refresh of the page where not.
    wait_for_completion(&browser).await;
    browser.screenshot(&format!("found-{name}")).await;
    click(&browser, "a[href*='format=openssh']").await;
    let file = browser.downloaded(|_| true).await;
    assert_found(&file);
    assert_quiet(&browser).await;
    world.doctor();
}

/// An identity is made in the page, the order waits until it is saved, and the page opens what comes back.
#[tokio::test(flavor = "multi_thread")]
async fn sealed_in_the_page() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look::default()).await;
    sign_up(&world, &browser).await;
    see_odds(&world, &browser).await;
    click(&browser, "form[action='/app/jobs'] summary").await;
    click(&browser, "form[action='/app/jobs'] [data-seal] button").await;
    browser.find("form[action='/app/jobs'] [data-seal] pre").await;
    let order = "form[action='/app/jobs'] > p > button";
    click(&browser, order).await;
    // The order waits for that.
    browser.says("form[action='/app/jobs'] [data-seal] [role='status']", "saved").await;
    click(&browser, "form[action='/app/jobs'] [data-seal] .actions button").await;
    let identity = browser.downloaded(|name| name.contains("identity")).await;
    assert!(std::fs::read_to_string(identity).unwrap().contains("AGE-SECRET-KEY-1"));
    click(&browser, order).await;
    wait_for_completion(&browser).await;
    click(&browser, "[data-open] > button").await;
    click(&browser, "[data-open] [data-format='openssh']").await;
    assert_found(&browser.downloaded(|name| name.contains("ed25519")).await);
    assert_quiet(&browser).await;
}

pub async fn sign_up(world: &World, browser: &Browser) {
    go(browser, &format!("{}/sign-up", world.url())).await;
    for (field, value) in [("email", "rosa@example.org"), ("username", "rosa"), ("password", "a rather long password")]
    {
        browser.find(&format!("#{field}")).await.send_keys(value).await.unwrap();
    }
    click(browser, "input[name='adult']").await;
    click(browser, "input[name='acceptTerms']").await;
    click(browser, "form[action='/sign-up'] button").await;
    browser.says("header .purse", "rosa").await;
    if let Some(sink) = &world.mail {
        let letter = sink.wait_for("confirm the address", |mail| mail.text().contains("token=")).await;
        let body = serde_json::json!({ "token": secret_in(&letter.text()) });
        world.api().post("/auth/email/confirm", body).await.ok();
    }
}

async fn see_odds(world: &World, browser: &Browser) {
    go(browser, &format!("{}/app", world.url())).await;
    let field = browser.find("#text").await;
    field.clear().await.unwrap();
    field.send_keys(PATTERN).await.unwrap();
    // With scripts the answer comes by itself; the button brings it in any case.
    click(browser, "form[action='/app'] button").await;
    browser.says("#answer table", "1 in").await;
}

pub async fn wait_for_completion(browser: &Browser) {
    eventually("the page shows that the key is found", Duration::from_secs(150), || async {
        let stage = browser.page().find(By::Css("[data-status]")).await.ok()?;
        let status = stage.attr("data-status").await.ok()??;
        assert!(["queued", "running", "completed"].contains(&status.as_str()), "the job is {status}");
        (status == "completed").then_some(())
    })
    .await;
}

fn assert_found(file: &Path) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let did = did_of_openssh_file(file);
    assert!(did.starts_with(&format!("did:key:z6Mk{PATTERN}")), "{did}");
}

/// No script failed and nothing broke the content security policy.
pub async fn assert_quiet(browser: &Browser) {
    let errors = browser.console_errors().await;
    assert!(errors.is_empty(), "the console says {errors:?}");
}

pub async fn go(browser: &Browser, url: &str) {
    browser.page().goto(url).await.unwrap();
}

/// Clicks the element once it can be clicked.
pub async fn click(browser: &Browser, selector: &str) {
    eventually(&format!("`{selector}` can be clicked"), Duration::from_secs(10), || async {
        // The page may have put another element in its place meanwhile.
        let element = browser.find(selector).await;
        element.click().await.ok()
    })
    .await;
}
