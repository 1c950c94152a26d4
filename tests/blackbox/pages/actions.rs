//! Every action of a person, with scripts and without: sharing, keeping, erasing, exporting, checking receipts, drawing
//! one's own share, filtering, choosing letters, changing password and address, forgetting, ending the account.

use serde_json::{Value, json};
use vanikeys_testkit::browser::thirtyfour::prelude::*;
use vanikeys_testkit::browser::{Browser, Look};

use super::{PASSWORD, PULL, arrives, ask, assert_quiet, click, fill, go, shows, sign_up};
use crate::world::{Shape, World, secret_in};

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { still: true, ..Look::default() }).await;
    let_the_service_keep_keys(&world, &browser).await;
    every_action(&world, &browser).await;
    live_odds(&world, &browser).await;
    assert_quiet(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { javascript: false, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    every_action(&world, &browser).await;
    own_share_without_a_script(&world, &browser).await;
}

/// With scripts keys are sealed unless one chooses otherwise; the choice stands beside the button, and stays.
async fn let_the_service_keep_keys(world: &World, browser: &Browser) {
    sign_up(world, browser).await;
    go(browser, &format!("{}/app?text=mvp4&kind=prefix", world.url())).await;
    shows(browser, "form[action='/app/pull'] .readable", "Only you can read this key").await;
    click(browser, "form[action='/app/pull'] [data-choose='service']").await;
    shows(browser, "form[action='/app/jobs'] .readable", "You read this key after signing in").await;
}

async fn every_action(world: &World, browser: &Browser) {
    let to = |path: &str| format!("{}{path}", world.url());

    // A pull: kept, shared, found again, exported, checked, erased.
    go(browser, &to("/app?text=%5Ba-z%5D&kind=regex")).await;
    click(browser, PULL).await;
    let pull = arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    click(browser, "form[action$='/keep'] button").await;
    shows(browser, "main", "Saved to your account.").await;
    click(browser, "form[action$='/share'] button").await;
    let shared = shows(browser, "a[href*='/p/']", "/p/").await;
    go(browser, &to(&format!("{pull}/key?format=seed-hex"))).await;
    let seed = std::fs::read_to_string(browser.downloaded(|name| name.contains("seed")).await).unwrap();
    assert_eq!(seed.trim().len(), 64);
    go(browser, &to("/app/history?text=a-z&minScore=1&kept=true")).await;
    shows(browser, "main table", "Pull 1").await;
    click(browser, "a[href='/app/history/kept.json']").await;
    let kept = std::fs::read_to_string(browser.downloaded(|name| name.ends_with(".json")).await).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept[0]["exports"]["seed-hex"].as_str().unwrap().trim(), seed.trim());
    go(browser, &to("/app/history?from=2020-01-01&to=2020-12-31")).await;
    shows(browser, ".empty", "No pulls match").await;
    go(browser, &to(&pull)).await;
    click(browser, "a[href^='/verify?pull=']").await;
    click(browser, "form[action='/verify'] button").await;
    shows(browser, ".note.good", "Receipt is valid").await;
    go(browser, &shared).await;
    shows(browser, "main", "for the whole match").await;
    assert!(!browser.page().source().await.unwrap().contains(seed.trim()), "a shared page holds no secret");
    go(browser, &to(&pull)).await;
    click(browser, "details:has(form[action$='/shred']) > summary").await;
    click(browser, "form[action$='/shred'] button").await;
    shows(browser, "main", "Erased on").await;

    mend(world, browser).await;
    account(world, browser).await;
}

/// What is impossible is explained where it was asked, and one click mends it.
async fn mend(world: &World, browser: &Browser) {
    go(browser, &format!("{}/app?text=Zoe&kind=prefix", world.url())).await;
    shows(browser, ".note.bad", "No key can match").await;
    click(browser, ".mends a").await;
    shows(browser, "#answer", "What it takes").await;
    browser.find(PULL).await;
}

async fn account(world: &World, browser: &Browser) {
    let page = format!("{}/account", world.url());
    go(browser, &page).await;
    click(browser, "form[action='/account/letters'] input").await;
    click(browser, "form[action='/account/letters'] button").await;
    shows(browser, ".note.good", "e-mail choices are saved").await;
    fill(browser, &[("#currentPassword", "not my password"), ("#newPassword", "another long password")]).await;
    click(browser, "form[action='/account/password'] button").await;
    shows(browser, ".note.bad", "password").await;
    fill(browser, &[("#currentPassword", PASSWORD), ("#newPassword", "another long password")]).await;
    click(browser, "form[action='/account/password'] button").await;
    shows(browser, ".note.good", "password is changed").await;
    fill(browser, &[("#email", "rosa@elsewhere.org"), ("#emailPassword", "another long password")]).await;
    click(browser, "form[action='/account/email'] button").await;
    shows(browser, ".note.good", "address").await;
    click(browser, "form[action='/sign-out'] button").await;
    arrives(browser, |path| path == "/").await;

    // Forgotten, and reset by the letter.
    click(browser, "a[href='/sign-in']").await;
    click(browser, "a[href='/forgot']").await;
    fill(browser, &[("#email", "rosa@elsewhere.org")]).await;
    click(browser, "form[action='/forgot'] button").await;
    shows(browser, ".note.good", "on its way").await;
    let secret = letter(world, "reset").await;
    go(browser, &format!("{}/reset?token={secret}", world.url())).await;
    fill(browser, &[("#password", PASSWORD)]).await;
    click(browser, "form[action='/reset'] button").await;
    shows(browser, ".note", "Password changed").await;
    fill(browser, &[("#email", "rosa@elsewhere.org"), ("#password", PASSWORD)]).await;
    click(browser, "form[action='/sign-in'] button").await;
    arrives(browser, |path| path == "/app").await;
    go(browser, &format!("{}/notifications", world.url())).await;
    shows(browser, "h1", "Notices").await;
    go(browser, &format!("{}/app/wallet", world.url())).await;
    shows(browser, "main table", "Welcome").await;
}

/// The secret of the newest letter of a kind that lies in the data folder.
async fn letter(world: &World, kind: &str) -> String {
    let folder = world.data().join("mail");
    let (kind, folder) = (&kind, &folder);
    vanikeys_testkit::eventually("a letter lies there", std::time::Duration::from_secs(20), || async move {
        let letters = std::fs::read_dir(folder).ok()?.flatten();
        let texts = letters.filter_map(|file| std::fs::read_to_string(file.path()).ok());
        // Long lines of a letter end in "=" and go on; "=3D" is "=".
        let mut texts = texts.map(|text| text.replace("=\r\n", "").replace("=\n", "").replace("=3D", "="));
        texts.find(|text| text.contains(&format!("/{kind}?token="))).map(|text| secret_in(&text))
    })
    .await
}

/// Odds come while one types, and the address follows.
async fn live_odds(world: &World, browser: &Browser) {
    for page in ["/", "/odds", "/app"] {
        go(browser, &format!("{}{page}", world.url())).await;
        fill(browser, &[("#text", "mvp")]).await;
        shows(browser, "#answer", "“mvp”").await;
        let said = ask(browser, "return document.getElementById('said').textContent").await;
        assert!(said.as_str().unwrap().contains("A pull costs"), "{page}: {said}");
        let reloaded = ask(browser, "return location.search").await;
        assert!(reloaded.as_str().unwrap().contains("text=mvp"), "{page}: {reloaded}");
    }
    let look_alikes = "document.querySelector('[name=fuzzy]').click()";
    ask(browser, look_alikes).await;
    shows(browser, "#answer", "look-alikes count").await;
    // The keyboard alone is enough: from the field to the button by Tab, pressed by Enter.
    ask(browser, &format!("document.querySelector(\"{PULL}\").focus()")).await;
    browser.page().active_element().await.unwrap().send_keys(Key::Enter).await.unwrap();
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
}

/// The service's promise is asked for by a button, one's own share is written into a field.
async fn own_share_without_a_script(world: &World, browser: &Browser) {
    go(browser, &format!("{}/app?text=e&kind=contains", world.url())).await;
    click(browser, "details:has(.draw) > summary").await;
    click(browser, "button[formaction='/app/commitment']").await;
    arrives(browser, |path| path.contains("commitment=")).await;
    let promised = shows(browser, "[data-commitment]", "").await;
    assert_eq!(promised.len(), 64, "{promised}");
    fill(browser, &[("#clientShare", &"07".repeat(32))]).await;
    click(browser, PULL).await;
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    shows(browser, "main", "promised its share before it saw the one that you drew").await;
    let receipt = browser.page().source().await.unwrap();
    assert!(receipt.contains(&promised), "the receipt names the promise");
    // The end of the account is an action too.
    go(browser, &format!("{}/account", world.url())).await;
    fill(browser, &[("#deletePassword", PASSWORD)]).await;
    click(browser, "form[action='/account/delete'] button").await;
    arrives(browser, |path| path == "/").await;
    let again = json!({ "email": "rosa@elsewhere.org", "password": PASSWORD });
    world.api().post("/auth/login", again).await.problem(401);
}
