//! What goes wrong between a person and the service: a double click, two tabs, the back button, a lost connection, an
//! ended session, a restart in the middle. Nothing is charged twice, nothing is lost, the page says what is going on.

use std::time::Duration;

use serde_json::{Value, json};
use vanikeys_testkit::browser::thirtyfour::prelude::*;
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::eventually;
use vanikeys_testkit::process::Signal;

use super::{ORDER, PASSWORD, PULL, SAVE, arrives, ask, click, fill, go, shows, sign_up};
use crate::world::{Api, Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_charged_twice_and_nothing_is_lost() {
    let (mut world, browser, rosa) = rosa_in(Shape::Embedded).await;
    double_click(&world, &browser, &rosa).await;
    back_button(&browser, &rosa).await;
    two_tabs(&world, &browser, &rosa).await;
    lost_connection(&world, &browser, &rosa).await;
    slow_network(&world, &browser).await;
    killed_in_the_middle_of_a_pull(&mut world, &browser, &rosa).await;
    killed_in_the_middle_of_a_job(&mut world, &browser, &rosa).await;
    ended_session(&world, &browser, &rosa).await;
    // What was lost on the way stands in the console; what the policy stops would too.
    let errors = browser.console_errors().await;
    assert!(!errors.iter().any(|error| error.contains("Content Security Policy")), "{errors:?}");
    world.doctor();
}

/// In a fleet the web front dies while searchers and workers go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_web_front_that_dies_in_the_middle_loses_nothing() {
    let (mut world, browser, rosa) = rosa_in(Shape::Fleet).await;
    // The identity is saved, so that the next click pulls.
    builder(&world, &browser).await;
    click(&browser, PULL).await;
    click(&browser, SAVE).await;
    arrives(&browser, |path| path.starts_with("/app/pulls/")).await;
    killed_in_the_middle_of_a_pull(&mut world, &browser, &rosa).await;
    killed_in_the_middle_of_a_job(&mut world, &browser, &rosa).await;
    world.doctor();
}

/// Rosa in the browser and through the API; her pulls cost tokens.
async fn rosa_in(shape: Shape) -> (World, Browser, Api) {
    let world = World::with(shape, &[("FREE_PULLS_PER_DAY", "0")]).await;
    let browser = Browser::start(Look { still: true, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    let signed_in = json!({ "email": "rosa@example.org", "password": PASSWORD });
    let signed_in = world.api().post("/auth/login", signed_in).await.ok();
    let rosa = world.api().with_access(signed_in["accessToken"].as_str().unwrap());
    (world, browser, rosa)
}

async fn pulls(rosa: &Api) -> i64 {
    rosa.get("/api/pulls/history?limit=1").await.ok()["total"].as_i64().unwrap()
}

async fn builder(world: &World, browser: &Browser) {
    go(browser, &format!("{}/app?text=ab&kind=contains", world.url())).await;
}

async fn double_click(world: &World, browser: &Browser, rosa: &Api) {
    builder(world, browser).await;
    let twice =
        |selector: &str| format!("const b = document.querySelector(\"{selector}\"); b.click(); b.click(); b.click();");
    ask(browser, &twice(PULL)).await;
    browser.find(SAVE).await;
    assert_eq!(pulls(rosa).await, 0, "nothing is pulled before what opens the key is saved");
    ask(browser, &twice(SAVE)).await;
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    assert_eq!(pulls(rosa).await, 1, "three clicks on one button are one pull");
    // The same for a form that is sent without a script: the key in it counts.
    let once = "return (async () => { const b = new URLSearchParams({ text: 'ab', kind: 'contains', once: 'twice-1', custody: 'service' }); \
        const send = () => fetch('/app/pull', { method: 'POST', body: b }); \
        const [one, two] = await Promise.all([send(), send()]); return one.url === two.url && one.url; })()";
    assert!(ask(browser, once).await.is_string(), "both sendings lead to the same pull");
    assert_eq!(pulls(rosa).await, 2);
}

async fn back_button(browser: &Browser, rosa: &Api) {
    let first = arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    click(browser, PULL).await;
    arrives(browser, |path| path.starts_with("/app/pulls/") && path != first).await;
    browser.page().back().await.unwrap();
    arrives(browser, |path| path == first).await;
    assert_eq!(pulls(rosa).await, 3, "going back pulls nothing");
    // Pulling again from there is another pull, not the old one again.
    click(browser, PULL).await;
    arrives(browser, |path| path != first).await;
    assert_eq!(pulls(rosa).await, 4);
}

async fn two_tabs(world: &World, browser: &Browser, rosa: &Api) {
    let page = browser.page();
    let first = page.window().await.unwrap();
    builder(world, browser).await;
    let second = page.new_tab().await.unwrap();
    page.switch_to_window(second).await.unwrap();
    builder(world, browser).await;
    click(browser, PULL).await;
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    page.close_window().await.unwrap();
    page.switch_to_window(first).await.unwrap();
    click(browser, PULL).await;
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    assert_eq!(pulls(rosa).await, 6, "each tab pulled once");
}

async fn network(browser: &Browser, offline: bool, latency: u32) {
    let cdp = browser.page().cdp();
    cdp.send_raw("Network.enable", json!({})).await.unwrap();
    let wanted = json!({ "offline": offline, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1 });
    cdp.send_raw("Network.emulateNetworkConditions", wanted).await.unwrap();
}

/// Loses the first answer of a call.
fn lose(call: &str) -> String {
    format!(
        "const real = window.fetch; let lost = false; window.fetch = async (...all) => {{ \
         const answer = await real(...all); \
         if (!lost && String(all[0]).includes('{call}')) {{ lost = true; throw new TypeError('lost'); }} return answer; }};"
    )
}

async fn lost_connection(world: &World, browser: &Browser, rosa: &Api) {
    builder(world, browser).await;
    // The answer is lost on its way: the pull is made, but the page does not hear of it.
    ask(browser, &lose("execute")).await;
    click(browser, PULL).await;
    shows(browser, "form[action='/app/pull'] [data-told]", "nothing is charged twice").await;
    let made = pulls(rosa).await;
    click(browser, PULL).await;
    let path = arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    assert_eq!(pulls(rosa).await, made, "the second try brings the same pull");
    let newest = rosa.get("/api/pulls/history?limit=1").await.ok();
    assert!(path.ends_with(newest["items"][0]["id"].as_str().unwrap()));

    builder(world, browser).await;
    network(browser, true, 0).await;
    click(browser, PULL).await;
    shows(browser, "form[action='/app/pull'] [data-told]", "connection was lost").await;
    shows(browser, "#connection", "offline").await;
    network(browser, false, 0).await;
    click(browser, PULL).await;
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    assert_eq!(pulls(rosa).await, made + 1);
}

async fn slow_network(world: &World, browser: &Browser) {
    builder(world, browser).await;
    network(browser, false, 600).await;
    fill(browser, &[("#text", "abc")]).await;
    shows(browser, "#answer", "“abc”").await;
    click(browser, PULL).await;
    let waiting =
        ask(browser, &format!("return document.querySelector(\"{PULL}\").getAttribute('aria-disabled')")).await;
    assert_eq!(waiting, Value::from("true"), "the button says that it works");
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    network(browser, false, 0).await;
}

/// The process dies with a pull in its hands. The page says so, and trying again makes one pull.
async fn killed_in_the_middle_of_a_pull(world: &mut World, browser: &Browser, rosa: &Api) {
    builder(world, browser).await;
    let before = pulls(rosa).await;
    let port = world.port;
    // It has taken the connection, and answers nothing any more.
    world.web.signal(Signal::STOP);
    click(browser, PULL).await;
    let waiting = format!("return document.querySelector(\"{PULL}\").getAttribute('aria-disabled')");
    assert_eq!(ask(browser, &waiting).await, Value::from("true"));
    tokio::task::block_in_place(|| world.web.kill());
    shows(browser, "form[action='/app/pull'] [data-told]", "nothing is charged twice").await;
    click(browser, PULL).await;
    shows(browser, "form[action='/app/pull'] [data-told]", "connection was lost").await;
    tokio::task::block_in_place(|| {
        world.web.spawn();
        world.web.wait_http(port, "/readyz");
    });
    let left = pulls(rosa).await;
    assert!(left - before <= 1, "{left}");
    click(browser, PULL).await;
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    assert_eq!(pulls(rosa).await, before + 1, "one pull, whenever it was made");
}

async fn killed_in_the_middle_of_a_job(world: &mut World, browser: &Browser, rosa: &Api) {
    // Six letters: nobody finds them while this test runs.
    world.grant("rosa", 50_000);
    go(browser, &format!("{}/app?text=mvp42a&kind=prefix", world.url())).await;
    ask(browser, &lose("jobs/create")).await;
    click(browser, ORDER).await;
    shows(browser, "form[action='/app/jobs'] [data-told]", "nothing is charged twice").await;
    click(browser, ORDER).await;
    let job = arrives(browser, |path| path.starts_with("/app/jobs/")).await;
    assert_eq!(rosa.get("/api/jobs").await.ok()["total"], 1, "ordered once");
    shows(browser, "[data-live='state']", "Searching").await;
    let port = world.port;
    tokio::task::block_in_place(|| world.web.kill());
    // While nothing answers, the page stays and says so.
    eventually("the page says that the connection is away", Duration::from_secs(40), || async {
        ask(browser, "dispatchEvent(new Event('online'))").await;
        let line = browser.page().find(By::Css("#connection")).await.ok()?;
        line.text().await.ok().filter(|text| text.contains("continues without this page"))
    })
    .await;
    let before = tried(browser).await;
    tokio::task::block_in_place(|| {
        world.web.spawn();
        world.web.wait_http(port, "/readyz");
    });
    eventually("the search goes on", Duration::from_secs(60), || async {
        ask(browser, "dispatchEvent(new Event('online'))").await;
        (tried(browser).await > before).then_some(())
    })
    .await;
    assert!(!browser.find("#connection").await.is_displayed().await.unwrap(), "the connection is back");
    // The session ends while one watches.
    browser.page().delete_all_cookies().await.unwrap();
    ask(browser, "dispatchEvent(new Event('online'))").await;
    shows(browser, "#connection", "the search goes on without it").await;
    sign_in_again(browser).await;
    arrives(browser, |path| path == job).await;
    click(browser, "details:has(form[action$='/cancel']) > summary").await;
    click(browser, "form[action$='/cancel'] button").await;
    shows(browser, "[data-live='state']", "Cancelled.").await;
}

/// Attempts as the page shows them.
async fn tried(browser: &Browser) -> u64 {
    let text = browser.find("[data-live='facts'] dd").await.text().await.unwrap_or_default();
    text.replace(',', "").parse().unwrap_or_default()
}

async fn ended_session(world: &World, browser: &Browser, rosa: &Api) {
    builder(world, browser).await;
    let before = pulls(rosa).await;
    browser.page().delete_all_cookies().await.unwrap();
    click(browser, PULL).await;
    shows(browser, "#connection", "Your session has ended").await;
    assert_eq!(pulls(rosa).await, before, "nothing was done");
    sign_in_again(browser).await;
    arrives(browser, |path| path.starts_with("/app?text=ab")).await;
    click(browser, PULL).await;
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    assert_eq!(pulls(rosa).await, before + 1);
}

/// By the link that the page offers.
async fn sign_in_again(browser: &Browser) {
    click(browser, "#connection a").await;
    arrives(browser, |path| path.starts_with("/sign-in")).await;
    fill(browser, &[("#email", "rosa@example.org"), ("#password", PASSWORD)]).await;
    click(browser, "form[action='/sign-in'] button").await;
}
