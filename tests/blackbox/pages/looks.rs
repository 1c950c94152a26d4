//! Every page looked at: light and dark, a desktop and a phone, 320 points wide, without scripts. The accessibility
//! checker axe finds nothing, nothing sticks out, the policy reports nothing, and pictures are kept.

use serde_json::{Value, json};
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::{artefacts, workspace};

use super::{ORDER, PULL, SAVE, arrives, ask, assert_quiet, click, go, send, shows, sign_up, wait_for_completion};
use crate::world::World;

const OPEN: &[&str] = &[
    "/",
    "/odds",
    "/odds?text=GO+BE+AWE+SOME&kind=sequence&caseInsensitive=on&fuzzy=on",
    "/odds?text=Zoe&kind=prefix",
    "/odds?text=a+b&kind=prefix",
    "/odds?text=%5E%5Bab&kind=regex",
    "/how-it-works",
    "/pricing",
    "/verify",
    "/terms",
    "/privacy",
    "/docs/api",
    "/sign-up",
    "/sign-in?why=ended",
    "/confirm?token=x",
    "/forgot",
    "/split",
    "/reset?token=x",
    "/offline",
    "/design",
    "/leaderboard",
    "/leaderboard?season=2020-01",
];

const OWN: &[&str] = &[
    "/app",
    "/app?text=mvp4&kind=prefix",
    "/app/jobs",
    "/app/jobs?status=failed",
    "/app/history",
    "/app/history?text=nothing+like+it",
    "/app/wallet",
    "/app/purchases",
    "/app/plan",
    "/notifications",
    "/account",
    "/leaderboard",
    "/heists",
    "/referrals",
    "/admin",
    "/admin/tasks?state=done",
    "/admin/workers",
    "/admin/users",
    "/admin/settings",
    "/admin/heists",
    "/admin/audit",
    "/admin/billing",
    "/admin/billing/purchases",
    "/admin/billing/events",
];

#[tokio::test(flavor = "multi_thread")]
async fn on_a_desktop() {
    every_page(Look::default(), "desktop").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_phone() {
    every_page(Look { phone: true, still: true, ..Look::default() }, "phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_on_320_points() {
    let world = World::in_development().await;
    let browser = Browser::start(Look { phone: true, javascript: false, still: true, ..Look::default() }).await;
    let narrow = json!({ "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": true });
    browser.page().cdp().send_raw("Emulation.setDeviceMetricsOverride", narrow).await.unwrap();
    let own = lived_in(&world, &browser).await;
    for path in OPEN.iter().chain(OWN).copied().chain(own.iter().map(String::as_str)) {
        go(&browser, &format!("{}{path}", world.url())).await;
        assert_fits(&browser, path).await;
    }
    picture(&browser, "narrow-last").await;
}

/// A window of 1280 by 1024 points at 400 %: what is left is 320 by 256.
#[tokio::test(flavor = "multi_thread")]
async fn zoomed_to_400_percent() {
    let world = World::in_development().await;
    let browser = Browser::start(Look { still: true, ..Look::default() }).await;
    let own = lived_in(&world, &browser).await;
    let zoomed = json!({ "width": 320, "height": 256, "deviceScaleFactor": 4, "mobile": false });
    browser.page().cdp().send_raw("Emulation.setDeviceMetricsOverride", zoomed).await.unwrap();
    for path in OPEN.iter().chain(OWN).copied().chain(own.iter().map(String::as_str)) {
        go(&browser, &format!("{}{path}", world.url())).await;
        assert_fits(&browser, path).await;
    }
    // The step before the first order, too.
    ask(&browser, "localStorage.clear()").await;
    go(&browser, &format!("{}/app?text=ab&kind=contains", world.url())).await;
    click(&browser, PULL).await;
    browser.find(SAVE).await;
    ask(&browser, "document.querySelectorAll('[data-save] details').forEach((one) => { one.open = true; })").await;
    assert_fits(&browser, "the step that saves an identity").await;
    picture(&browser, "zoomed-save").await;
    assert_quiet(&browser).await;
}

/// Printed, a pull is its result and its receipt: nothing to click, nothing hidden, never a private key.
#[tokio::test(flavor = "multi_thread")]
async fn on_paper() {
    let world = World::in_development().await;
    let browser = Browser::start(Look { dark: true, still: true, ..Look::default() }).await;
    let own = lived_in(&world, &browser).await;
    for (name, path) in ["pull", "shared", "found"].iter().zip(&own) {
        go(&browser, &format!("{}{path}", world.url())).await;
        let print = json!({ "media": "print" });
        browser.page().cdp().send_raw("Emulation.setEmulatedMedia", print).await.unwrap();
        let left = "return [...document.querySelectorAll('form, button, header, footer, .actions')].filter((one) => one.checkVisibility()).length";
        assert_eq!(ask(&browser, left).await, 0, "{path}: things to click");
        let colours = ask(&browser, "return getComputedStyle(document.body).color").await;
        assert_eq!(colours, "rgb(29, 27, 23)", "{path}: ink on paper, also from a dark screen");
        if *name != "found" {
            let receipt = "return document.querySelector('pre').getBoundingClientRect().height > 100 && document.querySelector('pre').textContent.includes('signature')";
            assert_eq!(ask(&browser, receipt).await, true, "{path}: the receipt is there to read");
        }
        let page = json!({ "printBackground": false, "preferCSSPageSize": true });
        let printed = browser.page().cdp().send_raw("Page.printToPDF", page).await.unwrap();
        let data = printed["data"].as_str().or_else(|| printed["value"]["data"].as_str()).unwrap_or_default();
        let bytes = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, data).unwrap();
        std::fs::write(artefacts().join(format!("printed-{name}.pdf")), bytes).unwrap();
        picture(&browser, &format!("printed-{name}")).await;
    }
}

async fn every_page(look: Look, name: &str) {
    let world = World::in_development().await;
    let browser = Browser::start(look).await;
    for path in OPEN.iter().chain(&["/nothing-here"]) {
        inspect(&world, &browser, path, name).await;
    }
    let _ = browser.console_errors().await;
    let own = lived_in(&world, &browser).await;
    for path in own.iter().rev() {
        inspect(&world, &browser, path, name).await;
        if *path == own[RUNNING] {
            // It would search beside the browser for as long as that looks at everything else.
            click(&browser, "details:has(form[action$='/cancel']) > summary").await;
            click(&browser, "form[action$='/cancel'] button").await;
            shows(&browser, "[data-live='state']", "Cancelled.").await;
        }
    }
    for path in OWN {
        inspect(&world, &browser, path, name).await;
    }
    assert_quiet(&browser).await;
}

/// Which of an account's own pages shows a job that runs.
const RUNNING: usize = 3;

/// An account with a pull, a shared one, a job that is done, one that runs, and a heist; its own pages.
async fn lived_in(world: &World, browser: &Browser) -> Vec<String> {
    sign_up(world, browser).await;
    world.admin(&["create-admin", "rosa@example.org", "--promote"]);
    go(browser, &format!("{}/app?text=%5Ba-z%5D&kind=regex", world.url())).await;
    let pull = send(browser, PULL, "/app/pulls/").await;
    click(browser, "form[action$='/share'] button").await;
    let shared = shows(browser, "a[href*='/p/']", "/p/").await;
    let shared = shared[shared.find("/p/").unwrap()..].to_owned();
    go(browser, &format!("{}/app?text=ez&kind=contains", world.url())).await;
    let found = send(browser, ORDER, "/app/jobs/").await;
    wait_for_completion(browser).await;
    world.grant("rosa", 50_000);
    go(browser, &format!("{}/app?text=mvp42a&kind=prefix", world.url())).await;
    let running = send(browser, ORDER, "/app/jobs/").await;
    let (robbed, question) = robbed(world, browser).await;
    vec![pull, shared, found, running, robbed, question]
}

/// A heist that succeeded, and the question before another.
async fn robbed(world: &World, browser: &Browser) -> (String, String) {
    let mut targets = Vec::new();
    for name in ["cecil", "daisy"] {
        let id = world.register(name).await.api.get("/auth/me").await.ok()["id"].as_str().unwrap().to_owned();
        targets.push(format!("/heists/rob/{id}"));
    }
    go(browser, &format!("{}/referrals", world.url())).await;
    let link = browser.find("#link").await.attr("value").await.unwrap().unwrap();
    for name in ["gusta", "hanno"] {
        let body = json!({ "email": format!("{name}@example.org"), "username": name, "password": "nine lives of a flap",
            "acceptTerms": true, "adult": true, "referralCode": link.split_once("ref=").unwrap().1 });
        assert_eq!(world.api().post("/auth/register", body).await.status, 201);
    }
    go(browser, &format!("{}{}", world.url(), targets[0])).await;
    click(browser, "form[action^='/heists/rob/'] button").await;
    let attempt = arrives(browser, |path| path.starts_with("/heists/attempts/")).await;
    // The cooldown is over.
    world.sql("UPDATE players SET last_heist_at = 0 WHERE last_heist_at IS NOT NULL");
    (attempt, targets.swap_remove(1))
}

/// One page in both themes.
async fn inspect(world: &World, browser: &Browser, path: &str, name: &str) {
    go(browser, &format!("{}{path}", world.url())).await;
    assert_fits(browser, path).await;
    let kind: String = path.split('?').next().unwrap().trim_matches('/').replace('/', "-").chars().take(16).collect();
    for (theme, rules) in [("light", "all"), ("dark", "color-contrast")] {
        set_theme(browser, theme).await;
        let found = axe(browser, rules).await;
        assert!(found.is_empty(), "{path} on a {name}, {theme}: {found:#?}");
        picture(browser, &format!("page-{kind}-{}-{name}-{theme}", mark(path))).await;
    }
}

/// A short mark that tells pictures of one page with different questions apart.
fn mark(path: &str) -> String {
    blake3::hash(path.as_bytes()).to_hex()[..4].to_owned()
}

async fn set_theme(browser: &Browser, theme: &str) {
    let media = json!({ "features": [
        { "name": "prefers-color-scheme", "value": theme },
        { "name": "prefers-reduced-motion", "value": "reduce" },
    ]});
    browser.page().cdp().send_raw("Emulation.setEmulatedMedia", media).await.unwrap();
}

/// What axe finds: rule, and the elements.
pub(super) async fn axe(browser: &Browser, rules: &str) -> Vec<String> {
    static AXE: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let file = workspace().join("tests/node/node_modules/axe-core/axe.min.js");
        std::fs::read_to_string(file).expect("npm ci --prefix tests/node (scripts/test does it)")
    });
    ask(browser, &format!("{}; return true", *AXE)).await;
    let only = match rules {
        "all" => {
            json!({ "type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
        }
        rule => json!({ "type": "rule", "values": [rule] }),
    };
    let script = format!(
        "return axe.run({{ runOnly: {only}, resultTypes: ['violations'] }}).then((found) => found.violations.map((one) => \
         one.id + ': ' + one.nodes.slice(0, 4).map((node) => node.html.slice(0, 160)).join(' | ')))"
    );
    serde_json::from_value(ask(browser, &script).await).unwrap()
}

/// Nothing makes the page wider than the screen.
pub(super) async fn assert_fits(browser: &Browser, path: &str) {
    let over = "const wide = document.documentElement.clientWidth; \
        const out = [...document.querySelectorAll('body *')].filter((one) => { const box = one.getBoundingClientRect(); \
            return box.width > 0 && box.right > wide + 1 && !one.closest('.wide, pre, .unseen'); }); \
        return document.documentElement.scrollWidth > wide ? out.slice(0, 4).map((one) => one.outerHTML.slice(0, 120)) : []";
    let out: Vec<Value> = serde_json::from_value(ask(browser, over).await).unwrap();
    assert!(out.is_empty(), "{path} is wider than the screen: {out:#?}");
}

/// Keeps a picture of the whole page.
pub(super) async fn picture(browser: &Browser, name: &str) {
    let size = "return [document.documentElement.clientWidth, Math.min(document.documentElement.scrollHeight, 6000)]";
    let size = ask(browser, size).await;
    // No picture is higher than what can be drawn in one go.
    let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
    let wanted = json!({ "format": "jpeg", "quality": 60, "captureBeyondViewport": true, "clip": clip });
    let taken = browser.page().cdp().send_raw("Page.captureScreenshot", wanted).await.unwrap();
    let data = taken["data"].as_str().or_else(|| taken["value"]["data"].as_str()).unwrap_or_default();
    let bytes = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, data).unwrap();
    std::fs::write(artefacts().join(format!("{name}.jpg")), bytes).unwrap();
}
