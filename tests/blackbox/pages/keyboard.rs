//! The whole way with the keyboard alone: signing up, a first pull, opening its key, a job, its download. Whatever has
//! the focus shows it and is in sight, nothing holds the focus, and what happened is said to those who hear the page.

use serde_json::Value;
use vanikeys_testkit::browser::thirtyfour::prelude::*;
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::eventually;

use super::{ORDER, PASSWORD, PULL, SAVE, arrives, ask, assert_quiet, go, shows, wait_for_completion};
use crate::world::{Shape, World};

/// More stops than any page has before the one that is looked for.
const STOPS: usize = 80;

#[tokio::test(flavor = "multi_thread")]
async fn from_signing_up_to_a_download() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { still: true, ..Look::default() }).await;
    go(&browser, &format!("{}/", world.url())).await;
    // The first stop leads past the bar.
    press(&browser, Key::Tab).await;
    let first = ask(&browser, "return document.activeElement.className").await;
    assert_eq!(first, "skip");
    step(&browser, "header a[href='/sign-up']").await;
    press(&browser, Key::Enter).await;
    arrives(&browser, |path| path.starts_with("/sign-up")).await;
    for (field, text) in [("#email", "rosa@example.org"), ("#username", "rosa"), ("#password", PASSWORD)] {
        step(&browser, field).await;
        browser.page().active_element().await.unwrap().send_keys(text).await.unwrap();
    }
    for tick in ["input[name='adult']", "input[name='acceptTerms']"] {
        step(&browser, tick).await;
        press(&browser, " ").await;
    }
    step(&browser, "form[action='/sign-up'] button").await;
    press(&browser, Key::Enter).await;
    arrives(&browser, |path| path == "/app").await;

    step(&browser, "#text").await;
    browser.page().active_element().await.unwrap().send_keys("ez").await.unwrap();
    step(&browser, "#kind").await;
    press(&browser, "any").await; // "anywhere"
    eventually("the odds are said", std::time::Duration::from_secs(20), || async {
        let said = ask(&browser, "return document.getElementById('said').textContent").await;
        let kind = ask(&browser, "return document.getElementById('kind').value").await;
        let shown = ask(&browser, "return document.getElementById('answer').textContent.includes('anywhere')").await;
        (said.as_str()?.contains("A pull costs") && kind != "prefix" && shown == true).then_some(())
    })
    .await;
    step(&browser, PULL).await;
    press(&browser, Key::Enter).await;
    browser.find(SAVE).await;
    let here = ask(&browser, "return document.activeElement.hasAttribute('data-save')").await;
    assert_eq!(here, true, "the step that is to be taken has the focus");
    step(&browser, SAVE).await;
    press(&browser, Key::Enter).await;
    arrives(&browser, |path| path.starts_with("/app/pulls/")).await;
    eventually("the result is said", std::time::Duration::from_secs(20), || async {
        let said = ask(&browser, "return document.querySelector('#result > [role=status]')?.textContent").await;
        said.as_str().filter(|said| !said.is_empty()).map(|_| ())
    })
    .await;
    step(&browser, "[data-open] .actions button").await;
    press(&browser, Key::Enter).await;
    shows(&browser, "[data-open] [role='status']", "nothing was sent").await;
    step(&browser, "[data-format='seed-hex']").await;
    press(&browser, Key::Enter).await;
    browser.downloaded(|name| name == "seed.hex").await;

    browser.page().back().await.unwrap();
    arrives(&browser, |path| path.starts_with("/app?")).await;
    step(&browser, ORDER).await;
    press(&browser, Key::Enter).await;
    arrives(&browser, |path| path.starts_with("/app/jobs/")).await;
    wait_for_completion(&browser).await;
    step(&browser, "[data-open] .actions button").await;
    press(&browser, Key::Enter).await;
    shows(&browser, "[data-open] [role='status']", "nothing was sent").await;
    step(&browser, "[data-format='openssh']").await;
    press(&browser, Key::Enter).await;
    browser.downloaded(|name| name == "id_ed25519").await;
    assert_quiet(&browser).await;
}

async fn press(browser: &Browser, key: impl Into<TypingData>) {
    browser.page().active_element().await.unwrap().send_keys(key).await.unwrap();
}

/// Goes on by Tab until the element has the focus. On the way every stop is looked at.
async fn step(browser: &Browser, selector: &str) {
    let look = format!(
        "const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one); \
         const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth; \
         const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; \
         return {{ there: one.matches(\"{selector}\"), body: one === document.body, seen, ring, what: one.outerHTML.slice(0, 120) }}"
    );
    let mut before = Value::Null;
    for _ in 0..STOPS {
        press(browser, Key::Tab).await;
        let stop = ask(browser, &look).await;
        if stop["body"] == true {
            continue;
        }
        assert_eq!(stop["seen"], true, "out of sight: {stop}");
        assert_eq!(stop["ring"], true, "no sign of the focus: {stop}");
        if stop["there"] == true {
            return;
        }
        assert_ne!(stop["what"], before["what"], "the focus is held");
        before = stop;
    }
    panic!("`{selector}` is not reached by Tab");
}
