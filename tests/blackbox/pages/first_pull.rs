//! A first-time visitor reaches a first pull in under a minute and three clicks after signing up.

use std::time::{Duration, Instant};

use vanikeys_testkit::browser::{Browser, Look};

use super::{PULL, SAVE, arrives, assert_quiet, click, fill, shows, sign_up};
use crate::world::{Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_first_pull_takes_two_clicks_after_signing_up() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look::default()).await;
    sign_up(&world, &browser).await;
    let begun = Instant::now();
    let mut clicks = 0;

    // Signing up leads to the form; what is typed brings odds and the button by itself.
    arrives(&browser, |path| path == "/app").await;
    fill(&browser, &[("#text", "mvp")]).await;
    shows(&browser, "#answer", "1 in").await;
    click(&browser, PULL).await;
    clicks += 1;
    // Once: what opens the keys is saved, and the pull goes on by itself.
    click(&browser, SAVE).await;
    clicks += 1;
    arrives(&browser, |path| path.starts_with("/app/pulls/")).await;
    shows(&browser, "#outcome", "").await;

    assert!(clicks <= 3, "{clicks} clicks");
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    // The person took part in the draw without having to know.
    shows(&browser, "main", "promised its share before it saw the one that you drew").await;
    assert_quiet(&browser).await;
}
