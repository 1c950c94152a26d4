//! The leaderboard when it is long, and the game's pages for those who do not see heists: the own rank stays in view,
//! nothing that is looked for is hidden by it, axe finds nothing, nothing sticks out.

use serde_json::json;
use vanikeys_testkit::browser::{Browser, Look};

use super::looks::{assert_fits, axe, picture};
use super::{ask, assert_quiet, go, shows, sign_up};
use crate::world::{Shape, World};

/// Players beside the one who looks.
const CROWD: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_rank_stays_in_view_on_a_long_board() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { still: true, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    crowd(&world);
    for (name, width, height) in [("desktop", 1280, 800), ("phone", 390, 844), ("narrow", 320, 568)] {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 1000 });
        browser.page().cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await.unwrap();
        go(&browser, &format!("{}/leaderboard", world.url())).await;
        shows(&browser, "#own-rank", "You're #61 with 25 points").await;
        assert!(
            ask(&browser, "return document.documentElement.scrollHeight > 2 * innerHeight").await == true,
            "{name}"
        );
        for part in [0.0, 0.3, 0.6, 0.9] {
            let seen = format!(
                "scrollTo(0, {part} * (document.documentElement.scrollHeight - innerHeight)); \
                 const own = document.getElementById('own-rank'); const box = own.getBoundingClientRect(); \
                 return box.top >= 0 && box.bottom <= innerHeight \
                     && own.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2))"
            );
            assert_eq!(ask(&browser, &seen).await, true, "{name}, {part} down: one's own rank is out of view");
        }
        // Who goes from button to button, forwards and backwards, sees each of them.
        let hidden = "const all = [...document.querySelectorAll('.follow table a.button')]; \
            const own = document.getElementById('own-rank'); \
            return all.length < 50 ? -1 : [...all, ...all.toReversed()].filter((one) => { one.focus(); const box = one.getBoundingClientRect(); \
                return box.top < own.getBoundingClientRect().bottom || box.bottom > innerHeight; }).length";
        assert_eq!(ask(&browser, hidden).await, 0, "{name}: buttons lie behind one's own rank");
        assert_fits(&browser, "/leaderboard").await;
        let found = axe(&browser, "all").await;
        assert!(found.is_empty(), "{name}: {found:#?}");
        ask(&browser, "scrollTo(0, 0.6 * (document.documentElement.scrollHeight - innerHeight))").await;
        browser.screenshot(&format!("board-{name}-scrolled")).await;
        picture(&browser, &format!("board-{name}")).await;
    }
    // Beyond the first page, too.
    go(&browser, &format!("{}/leaderboard?offset=50", world.url())).await;
    shows(&browser, "#own-rank", "You're #61").await;
    shows(&browser, "tr[aria-current]", "rosa").await;
    assert_quiet(&browser).await;
}

/// Players with 1,060 points and less, ten with as many each, and a Heist Token for the one who looks.
fn crowd(world: &World) {
    world.sql(&format!(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {CROWD}) \
         INSERT INTO users (id, username, username_key, referral_code, adult_confirmed_at, terms_accepted_at, created_at) \
         SELECT randomblob(16), 'player' || n, 'player' || n, 'PLAYER' || n, 0, 0, 0 FROM n"
    ));
    world.sql(
        "INSERT INTO ledger_accounts (id, owner, asset, balance, created_at) SELECT randomblob(16), u.id, a.asset, \
         1000 + CAST(substr(u.username, 7) AS INTEGER) / 10 * 10, 0 FROM users u \
         JOIN (SELECT DISTINCT asset FROM ledger_accounts WHERE asset LIKE 'points:%') a WHERE u.username LIKE 'player%'",
    );
    world.sql(
        "INSERT INTO ledger_accounts (id, owner, asset, balance, created_at) \
         SELECT randomblob(16), id, 'heist_token', 1, 0 FROM users WHERE username = 'rosa'",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_heists_there_are_points_all_the_same() {
    let world = World::with(Shape::Embedded, &[("HEIST_ROLLOUT_PERCENT", "0")]).await;
    let browser = Browser::start(Look { phone: true, still: true, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    crowd(&world);
    for path in ["/leaderboard", "/heists", "/referrals"] {
        inspect(&world, &browser, path, "quiet").await;
        let links = ask(&browser, "return document.querySelector('header nav').textContent").await;
        let links = links.as_str().unwrap();
        assert!(links.contains("Points") && !links.contains("Heists"), "{path}: {links}");
        if path != "/referrals" {
            let said = ask(&browser, "return document.querySelector('main').textContent").await;
            let said = said.as_str().unwrap();
            assert!(!said.contains("Rob") && !said.contains("eist") && !said.contains("hield"), "{path}: {said}");
        }
    }
    go(&browser, &format!("{}/heists", world.url())).await;
    super::click(&browser, "form[action='/heists/check-in'] button").await;
    shows(&browser, ".facts", "40").await;
    go(&browser, &format!("{}/referrals", world.url())).await;
    shows(&browser, "main", "which is kept until heists are open to you").await;
    assert_quiet(&browser).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_heists_are_switched_off_the_pages_say_so() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { phone: true, still: true, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    crowd(&world);
    world.admin(&["set", "heist.enabled", "false"]);
    for path in ["/leaderboard", "/heists", "/referrals"] {
        inspect(&world, &browser, path, "off").await;
    }
    go(&browser, &format!("{}/leaderboard", world.url())).await;
    shows(&browser, ".follow table", "Heists are switched off at the moment").await;
    assert_eq!(ask(&browser, "return document.querySelectorAll('.follow table a.button').length").await, 0);
    go(&browser, &format!("{}/heists", world.url())).await;
    shows(&browser, "main", "Heists are switched off at the moment. What you have stays").await;
    assert_eq!(ask(&browser, "return document.querySelectorAll(\"form[action='/heists/shield']\").length").await, 0);
    world.admin(&["set", "heist.enabled", "true"]);
    go(&browser, &format!("{}/heists", world.url())).await;
    shows(&browser, "form[action='/heists/shield']", "Buy for 50 tokens").await;
    assert_quiet(&browser).await;
}

/// A page on 320 points, looked at.
async fn inspect(world: &World, browser: &Browser, path: &str, name: &str) {
    let narrow = json!({ "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": true });
    browser.page().cdp().send_raw("Emulation.setDeviceMetricsOverride", narrow).await.unwrap();
    go(browser, &format!("{}{path}", world.url())).await;
    assert_fits(browser, path).await;
    let found = axe(browser, "all").await;
    assert!(found.is_empty(), "{path}: {found:#?}");
    picture(browser, &format!("{name}-{}", &path[1..])).await;
}
