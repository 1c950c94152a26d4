//! The main job in real Chromium: register, see odds, pull, order a 4-character prefix with the welcome tokens, watch
//! it live, download the OpenSSH file. With scripts and without, on a desktop and on a phone, in both custodies.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use vanikeys_testkit::browser::{Browser, Look};

use super::{ORDER, PULL, assert_quiet, click, go, send, shows, sign_up, wait_for_completion};
use crate::keys::did_of_openssh_file;
use crate::world::{Shape, World};

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

    send(&browser, PULL, "/app/pulls/").await;
    shows(&browser, "h1", PATTERN).await;
    browser.find(".stars").await;
    browser.screenshot(&format!("pull-{name}")).await;

    see_odds(world, &browser).await;
    send(&browser, ORDER, "/app/jobs/").await;
    browser.screenshot(&format!("job-{name}")).await;
    // Live without a reload where scripts run, by a refresh of the page where not.
    wait_for_completion(&browser).await;
    browser.screenshot(&format!("found-{name}")).await;
    if look.javascript {
        // Sealed, and opened in the page.
        click(&browser, "[data-open] .actions button").await;
        click(&browser, "[data-open] [data-format='openssh']").await;
    } else {
        click(&browser, "a[href*='format=openssh']").await;
    }
    let file = browser.downloaded(|name| !name.contains("identity")).await;
    assert_found(&file);
    assert_quiet(&browser).await;
    world.doctor();
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

fn assert_found(file: &Path) {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let did = did_of_openssh_file(file);
    assert!(did.starts_with(&format!("did:key:z6Mk{PATTERN}")), "{did}");
}
