//! The first page is small and steady, files are cached for good, and Lighthouse is content with the pages that matter.

use std::process::Command;

use serde_json::Value;
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::{Package, artefacts, program, workspace};

use super::{arrives, ask, assert_quiet, click, go, shows, sign_up};
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
    let again =
        ask(&browser, "return performance.getEntriesByType('resource').filter((one) => one.transferSize > 0).length")
            .await;
    assert_eq!(again, 0, "the second page fetches nothing but itself");
    assert_quiet(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lighthouse_is_content() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look::default()).await;
    sign_up(&world, &browser).await;
    go(&browser, &format!("{}/app?text=ez&kind=contains", world.url())).await;
    click(&browser, "form[action='/app/jobs'] > p > button").await;
    let job = arrives(&browser, |path| path.starts_with("/app/jobs/")).await;
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
