//! What makes it a game: confetti for a whole match and for nothing less, a sound that is off until turned on, a
//! notification for those who allow it; and nothing of it for people who want things to stand still.

use serde_json::json;
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::eventually;

use super::{ORDER, PULL, arrives, ask, assert_quiet, click, go, send, shows, sign_up};
use crate::world::{Shape, World};

/// Runs before the scripts of every page: counts tones and flakes, and says that nobody looks where that is asked for.
const WATCH: &str = "window.seen = { tones: 0, flakes: 0, told: [] }; \
    const start = OscillatorNode.prototype.start; \
    OscillatorNode.prototype.start = function (...all) { window.seen.tones += 1; return start.apply(this, all); }; \
    new MutationObserver((all) => { for (const one of all) for (const node of one.addedNodes) \
        if (node.className === 'confetti') window.seen.flakes += node.childElementCount; }) \
        .observe(document, { childList: true, subtree: true }); \
    ServiceWorkerRegistration.prototype.showNotification = function (title, what) { window.seen.told.push([title, what.body, what.data]); };";

#[tokio::test(flavor = "multi_thread")]
async fn confetti_is_for_whole_matches_and_sound_for_those_who_want_it() {
    let world = World::start(Shape::Embedded).await;
    let browser = watched(Look::default()).await;
    sign_up(&world, &browser).await;

    // The whole match first, then some of one.
    pull(&world, &browser, "text=%5Ba-z%5D&kind=regex").await;
    assert!(seen(&browser, "flakes").await > 0, "a whole match rains");
    assert_eq!(seen(&browser, "tones").await, 0, "nothing sounds");
    assert_eq!(shows(&browser, "[data-sound]", "Sound").await, "Sound: off");
    // A reload tells the result and celebrates no second time.
    browser.page().refresh().await.unwrap();
    shows(&browser, "#outcome", "Full match").await;
    assert_eq!(seen(&browser, "flakes").await, 0);

    click(&browser, "[data-sound]").await;
    assert_eq!(shows(&browser, "[data-sound]", "on").await, "Sound: on");
    pull(&world, &browser, "text=a+b+c+d+e+f+g+zzzz&kind=sequence&caseInsensitive=on").await;
    shows(&browser, "#outcome", "of 8. Kind of what you wanted?").await;
    assert_eq!(seen(&browser, "flakes").await, 0, "a near miss is none");
    assert_eq!(shows(&browser, "[data-sound]", "Sound").await, "Sound: on", "the choice stays");
    assert!(seen(&browser, "tones").await > 0, "the flaps are heard");
    assert_quiet(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn things_stand_still_for_those_who_want_that() {
    let world = World::start(Shape::Embedded).await;
    let browser = watched(Look { still: true, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    pull(&world, &browser, "text=%5Ba-z%5D&kind=regex").await;
    shows(&browser, "#outcome", "Full match").await;
    assert_eq!(seen(&browser, "flakes").await, 0);
    let moving = ask(&browser, "return document.getAnimations().length").await;
    assert_eq!(moving, 0, "nothing is animated");
    assert_quiet(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_allows_it_is_told_when_the_key_is_found() {
    let world = World::start(Shape::Embedded).await;
    let browser = watched(Look { still: true, ..Look::default() }).await;
    let allowed = json!({ "permissions": ["notifications"], "origin": world.url() });
    browser.page().cdp().send_raw("Browser.grantPermissions", allowed).await.unwrap();
    sign_up(&world, &browser).await;
    world.grant("rosa", 5000);
    // Nobody searches before the page has looked away.
    world.admin(&["pause", "searches"]);
    go(&browser, &format!("{}/app?text=ez&kind=contains", world.url())).await;
    let job = send(&browser, ORDER, "/app/jobs/").await;
    click(&browser, "[data-notify]").await;
    shows(&browser, "[data-notify]", "You'll be notified when it's found").await;
    ask(&browser, "Object.defineProperty(document, 'hidden', { get: () => true })").await;
    world.admin(&["resume", "searches"]);
    let told = eventually("a notification", std::time::Duration::from_secs(120), || async {
        let told = ask(&browser, "return window.seen.told").await;
        told[0].is_array().then(|| told[0].clone())
    })
    .await;
    assert_eq!(told, json!(["Your key was found", "ez stands there.", job]));
    let said = ask(&browser, "return document.getElementById('said').textContent").await;
    assert!(said.as_str().unwrap().contains("Found"), "those who hear the page are told too: {said}");
    assert_quiet(&browser).await;
}

async fn watched(look: Look) -> Browser {
    let browser = Browser::start(look).await;
    let script = json!({ "source": WATCH });
    browser.page().cdp().send_raw("Page.enable", json!({})).await.unwrap();
    browser.page().cdp().send_raw("Page.addScriptToEvaluateOnNewDocument", script).await.unwrap();
    browser
}

/// Pulls and waits until the result was told.
async fn pull(world: &World, browser: &Browser, query: &str) {
    go(browser, &format!("{}/app?{query}", world.url())).await;
    send(browser, PULL, "/app/pulls/").await;
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    eventually("the result is told", std::time::Duration::from_secs(30), || async {
        let said = ask(browser, "return document.querySelector('#result > [role=status]')?.textContent ?? ''").await;
        (said.as_str()? == ask(browser, "return document.getElementById('outcome').textContent").await.as_str()?)
            .then_some(())
    })
    .await;
}

async fn seen(browser: &Browser, what: &str) -> u64 {
    ask(browser, &format!("return window.seen.{what}")).await.as_u64().unwrap()
}
