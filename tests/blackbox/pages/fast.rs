//! The first page is small and steady, files are cached for good, and Lighthouse is content with the pages that matter.

use std::process::Command;

use serde_json::Value;
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::{Package, artefacts, program, workspace};

use super::{ORDER, PULL, ask, assert_quiet, go, send, shows, sign_up};
use crate::world::{Shape, World};

/// All that the first page may transfer.
const FIRST_PAGE: u64 = 60 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_is_small_and_nothing_moves() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look::default()).await;
    go(&browser, &format!("{}/", world.url())).await;
    shows(&browser, "#answer", "the board turns").await;
    let sizes = ask(
        &browser,
        "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]\
         .map((one) => [new URL(one.name).pathname, one.transferSize])",
    )
    .await;
    let sizes: Vec<(String, u64)> = serde_json::from_value(sizes).unwrap();
    let total: u64 = sizes.iter().map(|(_, size)| size).sum();
    assert!(total < FIRST_PAGE, "{total} bytes: {sizes:?}");
    std::fs::write(artefacts().join("first-page.txt"), format!("{total} bytes\n{sizes:#?}\n")).unwrap();

    // Typing changes what is asked for, so only what moves by itself counts.
    let shift = "return new Promise((done) => { let sum = 0; new PerformanceObserver((list) => { \
        for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; }).observe({ type: 'layout-shift', buffered: true }); \
        setTimeout(() => done(sum), 300); })";
    for path in ["/", "/odds?text=mvp4&kind=prefix", "/how-it-works", "/pricing", "/sign-up"] {
        go(&browser, &format!("{}{path}", world.url())).await;
        let moved = ask(&browser, shift).await.as_f64().unwrap();
        assert!(moved < 0.01, "{path} moves by {moved}");
    }
    still_while_signed_in(&world, &browser, shift).await;
    go(&browser, &format!("{}/pricing", world.url())).await;
    let again =
        ask(&browser, "return performance.getEntriesByType('resource').filter((one) => one.transferSize > 0).length")
            .await;
    assert_eq!(again, 0, "the second page fetches nothing but itself");
    assert_quiet(&browser).await;
}

/// The pages that scripts make lively: the builder with an answer and a job while it runs.
async fn still_while_signed_in(world: &World, browser: &Browser, shift: &str) {
    sign_up(world, browser).await;
    world.grant("rosa", 50_000);
    go(browser, &format!("{}/app?text=mvp42a&kind=prefix", world.url())).await;
    shows(browser, "form[action='/app/pull'] .readable", "Only you can read this key").await;
    let moved = ask(browser, shift).await.as_f64().unwrap();
    assert!(moved < 0.01, "/app moves by {moved}");
    send(browser, ORDER, "/app/jobs/").await;
    // Until the numbers have changed a few times by themselves.
    for _ in 0..3 {
        let tried = || ask(browser, "return document.querySelector(\"[data-live='facts'] dd\").textContent");
        let before = tried().await;
        vanikeys_testkit::eventually("the numbers change", std::time::Duration::from_secs(60), || async {
            (tried().await != before).then_some(())
        })
        .await;
    }
    let moved = ask(browser, shift).await.as_f64().unwrap();
    assert!(moved < 0.01, "the job's page moves by {moved}");
    // What is opened and checked in the page has its place from the start.
    go(browser, &format!("{}/app?text=%5Ba-z%5D&kind=regex", world.url())).await;
    let pull = send(browser, PULL, "/app/pulls/").await;
    let id = pull.rsplit('/').next().unwrap();
    for path in [pull.clone(), format!("/verify?pull={id}"), String::from("/account"), String::from("/app/wallet")] {
        go(browser, &format!("{}{path}", world.url())).await;
        let moved = ask(browser, shift).await.as_f64().unwrap();
        assert!(moved < 0.01, "{path} moves by {moved}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lighthouse_is_content() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look::default()).await;
    sign_up(&world, &browser).await;
    go(&browser, &format!("{}/app?text=ez&kind=contains", world.url())).await;
    let job = send(&browser, ORDER, "/app/jobs/").await;
    let cookie = browser.page().get_all_cookies().await.unwrap();
    let cookie = cookie.iter().map(|one| format!("{}={}", one.name, one.value)).collect::<Vec<_>>().join("; ");
    let pages = ["/", "/odds", "/app", &job];
    let output = Command::new(program("node", Package("nodejs")))
        .arg(workspace().join("tests/node/lighthouse.mjs"))
        .arg(program("chromium", Package("chromium")))
        .arg(world.url())
        .arg(cookie)
        .args(pages)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(artefacts().join("lighthouse.json"), text.as_bytes()).unwrap();
    let scores: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(scores.len(), pages.len(), "{text}");
    for page in &scores {
        for (category, score) in page["scores"].as_object().unwrap() {
            assert!(score.as_f64().unwrap() >= 0.95, "{category} of {}: {page:#}", page["page"]);
        }
    }
}
