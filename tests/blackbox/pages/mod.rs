//! The pages in real Chromium: every page and every action, with scripts and without, on a desktop and on a phone, in
//! both themes, with things going wrong. Each file has one service and as few browsers as it can do with.

mod actions;
mod administration;
mod attacks;
mod board;
mod broken;
mod delight;
mod fast;
mod first_pull;
mod game;
mod keyboard;
mod looks;
mod main_job;
mod sealed;
mod shop;
mod shop_later;
mod streams;
mod trouble;

use std::time::Duration;

use serde_json::Value;
use vanikeys_testkit::browser::Browser;
use vanikeys_testkit::browser::thirtyfour::prelude::*;
use vanikeys_testkit::eventually;

use crate::world::{World, secret_in};

const PASSWORD: &str = "a rather long password";
/// Makes a pull.
const PULL: &str = "form[action='/app/pull'] button.go:not([data-save] *)";
/// Orders a job.
const ORDER: &str = "form[action='/app/jobs'] > p > button";
/// Saves the identity that keys are sealed to, and goes on.
const SAVE: &str = "[data-save]:not([hidden]) button.go";

pub async fn sign_up(world: &World, browser: &Browser) {
    sign_up_as(world, browser, "rosa").await;
}

async fn sign_up_as(world: &World, browser: &Browser, name: &str) {
    go(browser, &format!("{}/sign-up", world.url())).await;
    let email = format!("{name}@example.org");
    fill(browser, &[("#email", email.as_str()), ("#username", name), ("#password", PASSWORD)]).await;
    click(browser, "input[name='adult']").await;
    click(browser, "input[name='acceptTerms']").await;
    click(browser, "form[action='/sign-up'] button").await;
    shows(browser, "header .purse", name).await;
    if let Some(sink) = &world.mail {
        let to_them = |mail: &vanikeys_testkit::smtp::Mail| mail.to.contains(&email) && mail.text().contains("token=");
        let letter = sink.wait_for("confirm the address", to_them).await;
        let body = serde_json::json!({ "token": secret_in(&letter.text()) });
        world.api().post("/auth/email/confirm", body).await.ok();
    }
}

/// Writes into fields, whatever stood there.
async fn fill(browser: &Browser, fields: &[(&str, &str)]) {
    for (selector, value) in fields {
        let field = browser.find(selector).await;
        field.clear().await.unwrap();
        field.send_keys(*value).await.unwrap();
    }
}

pub async fn go(browser: &Browser, url: &str) {
    browser.page().goto(url).await.unwrap();
}

/// Clicks the element once it can be clicked.
pub async fn click(browser: &Browser, selector: &str) {
    eventually(&format!("`{selector}` can be clicked"), Duration::from_secs(10), || async {
        // The page may have put another element in its place meanwhile.
        browser.find(selector).await.click().await.ok()
    })
    .await;
}

/// Clicks a button that pulls or orders. Where a script asks for it, the identity that keys are sealed to is saved first.
pub async fn send(browser: &Browser, selector: &str, leads_to: &str) -> String {
    let before = browser.page().current_url().await.unwrap();
    click(browser, selector).await;
    let before = &before;
    eventually(&format!("`{selector}` leads to {leads_to}"), Duration::from_secs(30), || async move {
        if let Ok(save) = browser.page().find(By::Css(SAVE)).await {
            let _ = save.click().await;
        }
        let url = browser.page().current_url().await.ok()?;
        let path = url.as_str()[url.origin().ascii_serialization().len()..].to_owned();
        (url != *before && path.starts_with(leads_to)).then_some(path)
    })
    .await
}

/// The text of an element once it holds `part`.
async fn shows(browser: &Browser, selector: &str, part: &str) -> String {
    eventually(&format!("`{selector}` shows {part:?}"), Duration::from_secs(20), || async {
        let element = browser.page().find(By::Css(selector)).await.ok()?;
        element.text().await.ok().filter(|text| text.contains(part))
    })
    .await
}

/// The path that the browser is at, once it fits.
async fn arrives(browser: &Browser, fits: impl Fn(&str) -> bool) -> String {
    let fits = &fits;
    eventually("the browser arrives", Duration::from_secs(20), || async move {
        let url = browser.page().current_url().await.ok()?;
        let path = url.as_str()[url.origin().ascii_serialization().len()..].to_owned();
        fits(&path).then_some(path)
    })
    .await
}

/// What a script in the page returns.
async fn ask(browser: &Browser, script: &str) -> Value {
    browser.page().execute(script, Vec::new()).await.unwrap().json().clone()
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

/// No script failed and nothing broke the content security policy. A refusal that a page shows is an answer, and who
/// types on gives up the question before.
pub async fn assert_quiet(browser: &Browser) {
    let mut errors = browser.console_errors().await;
    let given_up = errors.iter().any(|error| error.contains("htmx:sendAbort"));
    errors.retain(|error| !error.contains("responded with a status of 4"));
    errors
        .retain(|error| !given_up || !["htmx:sendAbort", "htmx:afterRequest"].iter().any(|name| error.contains(name)));
    assert!(errors.is_empty(), "the console says {errors:?}");
}
