//! The game in real Chromium, both shapes: one invites another, has a token and a notice, robs a third; both are told by
//! page and by mail; the board moves; one cools down and the other is protected; time passes, and it works again.

use std::time::{Duration, Instant};

use serde_json::json;
use vanikeys_testkit::browser::{Browser, Look};

use super::{PASSWORD, arrives, assert_quiet, click, fill, go, shows, sign_up};
use crate::world::{Person, Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    story(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    story(Shape::Fleet).await;
}

async fn story(shape: Shape) {
    let world = World::with(shape, &[("HEIST_EMAIL_ENABLED", "true")]).await;
    let cecil = world.register("cecil").await;
    let target = cecil.api.get("/auth/me").await.ok()["id"].as_str().unwrap().to_owned();
    let (rosa, other) = (Browser::start(Look::default()).await, Browser::start(Look::default()).await);
    sign_up(&world, &rosa).await;
    invites(&world, &rosa, &other).await;
    other.page().delete_all_cookies().await.unwrap();
    robs(&world, &rosa, &other, &cecil, &target).await;
    told_by_mail(&world).await;
    switched_off(&world, &rosa, &target).await;
    time_passes(&world, &rosa, &target).await;
    assert_quiet(&rosa).await;
    assert_quiet(&other).await;
    world.doctor();
}

/// Somebody signs up by the link that `rosa` passes on; her open page hears of it.
async fn invites(world: &World, rosa: &Browser, other: &Browser) {
    go(rosa, &format!("{}/referrals", world.url())).await;
    let link = rosa.find("#link").await.prop("value").await.unwrap().unwrap();
    go(other, &link).await;
    fill(other, &[("#email", "bruno@example.org"), ("#username", "bruno"), ("#password", PASSWORD)]).await;
    click(other, "input[name='adult']").await;
    click(other, "input[name='acceptTerms']").await;
    click(other, "form[action='/sign-up'] button").await;
    shows(other, "header .purse", "bruno").await;
    shows(rosa, ".bell .badge", "1").await;
    go(rosa, &format!("{}/notifications", world.url())).await;
    shows(rosa, "main", "bruno signed up with your code").await;
    go(rosa, &format!("{}/referrals", world.url())).await;
    shows(rosa, "table", "1 Heist Token, 50 points").await;
    go(rosa, &format!("{}/heists", world.url())).await;
    shows(rosa, ".facts", "75").await;
    // What one has just seen comes by mail only if one asks for it.
    go(rosa, &format!("{}/account", world.url())).await;
    click(rosa, "input[name='heist-success']").await;
    click(rosa, "form[action='/account/letters'] button").await;
    shows(rosa, "main", "Your e-mail choices are saved").await;
}

/// `rosa` robs, from the board over the question to what came of it; the one who is robbed looks on.
async fn robs(world: &World, rosa: &Browser, other: &Browser, cecil: &Person, target: &str) {
    go(other, &format!("{}/sign-in?next=/heists", world.url())).await;
    fill(other, &[("#email", &cecil.email), ("#password", &cecil.password)]).await;
    click(other, "form[action='/sign-in'] button").await;
    arrives(other, |path| path == "/heists").await;
    go(rosa, &format!("{}/leaderboard", world.url())).await;
    shows(rosa, "#own-rank", "You're #1 with 75 points").await;
    click(rosa, &format!("a[href='/heists/rob/{target}']")).await;
    shows(rosa, "main", "You would take 1 of 25 points").await;
    click(rosa, &format!("form[action='/heists/rob/{target}'] button")).await;
    arrives(rosa, |path| path.starts_with("/heists/attempts/")).await;
    shows(rosa, "main", "You took 1 point from cecil.").await;
    shows(rosa, ".facts", "76").await;
    rosa.screenshot("heist-reveal").await;

    shows(other, ".bell .badge", "1").await;
    click(other, ".bell").await;
    shows(other, "main", "rosa took 1 point from you").await;
    go(other, &format!("{}/heists", world.url())).await;
    shows(other, "table", "You were robbed by rosa").await;
    go(other, &format!("{}/leaderboard", world.url())).await;
    shows(other, "#own-rank", "24 points").await;

    let why = format!("#why-{target}");
    go(rosa, &format!("{}/leaderboard", world.url())).await;
    shows(rosa, "#own-rank", "You're #1 with 76 points").await;
    shows(rosa, &why, "A heist costs 1 Heist Token and you have 0").await;
    another_token(world, rosa, "daisy").await;
    go(rosa, &format!("{}/leaderboard", world.url())).await;
    shows(rosa, &why, "you can again in 23 h 59 min").await;
    go(rosa, &format!("{}/heists", world.url())).await;
    shows(rosa, "main", "You can again in 23 h 59 min").await;
    let third = world.register("tessa").await;
    let code = third.api.get("/api/referrals").await.ok()["code"].as_str().unwrap().to_owned();
    invited(world, &code, "guest").await;
    let order = json!({ "targetUserId": target });
    third.api.post("/api/heist/execute", order).await.refused(409, "TARGET_PROTECTED");
}

/// Somebody else signs up with `rosa`'s code.
async fn another_token(world: &World, rosa: &Browser, name: &str) {
    go(rosa, &format!("{}/referrals", world.url())).await;
    let link = rosa.find("#link").await.prop("value").await.unwrap().unwrap();
    invited(world, link.split_once("ref=").unwrap().1, name).await;
}

async fn invited(world: &World, code: &str, name: &str) {
    let body = json!({ "email": format!("{name}@example.org"), "username": name, "password": PASSWORD,
        "acceptTerms": true, "adult": true, "referralCode": code });
    let answer = world.api().post("/auth/register", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

async fn told_by_mail(world: &World) {
    let all = [
        ("rosa@example.org", "bruno signed up with your code"),
        ("rosa@example.org", "You took 1 point from cecil"),
        ("cecil@example.org", "rosa took 1 point from you"),
    ];
    for (to, text) in all {
        let Some(sink) = &world.mail else { continue };
        sink.wait_for(text, |mail| mail.to.iter().any(|address| address == to) && mail.text().contains(text)).await;
    }
}

/// An operator switches heists off in one process; the others know within a second.
async fn switched_off(world: &World, rosa: &Browser, target: &str) {
    let page = format!("{}/heists/rob/{target}", world.url());
    world.admin(&["set", "heist.enabled", "false"]);
    let since = Instant::now();
    go(rosa, &page).await;
    shows(rosa, "main", "Heists are switched off").await;
    assert!(since.elapsed() < Duration::from_secs(1), "it took {:?}", since.elapsed());
    world.admin(&["set", "heist.enabled", "true"]);
}

/// What happened lies two days back.
async fn time_passes(world: &World, rosa: &Browser, target: &str) {
    let days = 48 * 3_600 * 1_000_000_i64;
    world.sql(&format!("UPDATE players SET last_heist_at = last_heist_at - {days}, robbed_at = robbed_at - {days}"));
    go(rosa, &format!("{}/leaderboard", world.url())).await;
    click(rosa, &format!("a[href='/heists/rob/{target}']")).await;
    click(rosa, &format!("form[action='/heists/rob/{target}'] button")).await;
    arrives(rosa, |path| path.starts_with("/heists/attempts/")).await;
    shows(rosa, "main", "You took 1 point from cecil.").await;
}
