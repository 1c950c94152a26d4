//! Buying in real Chromium, both shapes, at a sandbox that plays Stripe: a pack that is declined, abandoned, then paid, a
//! plan that is subscribed to, canceled and resumed, a refund by an admin; tokens and pages are right after each.

use vanikeys_testkit::browser::{Browser, Look};

use super::{arrives, assert_quiet, click, fill, go, shows, sign_up};
use crate::world::{Shape, World, priced, sandboxed};

/// The demo's own sandbox, on a phone, in the dark, without scripts.
#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    let world = World::with(Shape::Embedded, &[("DEMO_CHECKOUT", "true")]).await;
    story(&world, Look { phone: true, dark: true, javascript: false, still: true }, "phone-dark-plain").await;
}

/// A sandbox in the test, where Stripe would be.
#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    let (world, _till) = sandboxed(Shape::Fleet).await;
    story(&world, Look::default(), "desktop").await;
}

async fn story(world: &World, look: Look, name: &str) {
    let (world, browser) = (world, Browser::start(look).await);
    sign_up(world, &browser).await;
    priced(world).await;
    buys(world, &browser, name).await;
    subscribes(world, &browser, name).await;
    is_refunded(world, &browser, name).await;
    assert_quiet(&browser).await;
    world.doctor();
}

/// Pays on Stripe's page.
pub(super) async fn pay(browser: &Browser, card: &str) {
    fill(browser, &[("input[name='number']", card)]).await;
    click(browser, "main form button[type='submit']").await;
}

/// A pack: declined, abandoned, paid.
async fn buys(world: &World, browser: &Browser, name: &str) {
    go(browser, &format!("{}/app/wallet", world.url())).await;
    browser.screenshot(&format!("shop-wallet-empty-{name}")).await;
    click(browser, "main a[href='/pricing'].button").await;
    shows(browser, "h1", "Pricing").await;
    browser.screenshot(&format!("shop-pricing-{name}")).await;
    click(browser, "form:has([value='popular']) button").await;
    shows(browser, "h1", "Pay").await;
    pay(browser, "4000000000000002").await;
    shows(browser, "main", "declined").await;
    click(browser, "main form a").await;
    arrives(browser, |path| path.starts_with("/app/purchases/") && path.ends_with("canceled=1")).await;
    shows(browser, "main", "Nothing was charged").await;
    browser.screenshot(&format!("shop-abandoned-{name}")).await;
    click(browser, "main .actions a.go").await;
    shows(browser, "h1", "Pay").await;
    pay(browser, "4242 4242 4242 4242").await;
    arrives(browser, |path| path.starts_with("/app/purchases/") && !path.contains('?')).await;
    // Without a reload by hand: the page looks again by itself.
    shows(browser, "h1", "Paid and credited").await;
    browser.screenshot(&format!("shop-paid-{name}")).await;
    go(browser, &format!("{}/app/wallet", world.url())).await;
    shows(browser, ".price", "1,500 tokens").await;
    shows(browser, "main table", "pi_").await;
    browser.screenshot(&format!("shop-wallet-{name}")).await;
}

/// A plan: subscribed to, canceled, resumed.
async fn subscribes(world: &World, browser: &Browser, name: &str) {
    go(browser, &format!("{}/app/plan", world.url())).await;
    browser.screenshot(&format!("shop-plans-{name}")).await;
    click(browser, "form:has([value='pro']) button").await;
    shows(browser, "h1", "Subscribe").await;
    pay(browser, "4242424242424242").await;
    arrives(browser, |path| path.starts_with("/app/plan")).await;
    shows(browser, "[data-plan='pro']", "Renews on").await;
    shows(browser, "header .purse", "50 free pulls").await;
    browser.screenshot(&format!("shop-plan-{name}")).await;
    click(browser, "form[action='/app/plan/cancel'] button").await;
    shows(browser, "[data-plan='pro']", "Ends on").await;
    browser.screenshot(&format!("shop-plan-canceled-{name}")).await;
    click(browser, "form[action='/app/plan/resume'] button").await;
    shows(browser, "[data-plan='pro']", "Renews on").await;
}

/// An admin refunds the pack.
async fn is_refunded(world: &World, browser: &Browser, name: &str) {
    world.admin(&["create-admin", "rosa@example.org", "--promote"]);
    for (path, picture) in [("", "revenue"), ("/events", "events"), ("/subscriptions", "subscriptions")] {
        go(browser, &format!("{}/admin/billing{path}", world.url())).await;
        browser.screenshot(&format!("shop-admin-{picture}-{name}")).await;
    }
    go(browser, &format!("{}/admin/billing/purchases?state=paid", world.url())).await;
    browser.screenshot(&format!("shop-admin-purchases-{name}")).await;
    click(browser, "main table a").await;
    shows(browser, "main", "$3.99 are left").await;
    click(browser, "form[action$='/refund'] button").await;
    shows(browser, "main table", "Refund of").await;
    browser.screenshot(&format!("shop-admin-refunded-{name}")).await;
    go(browser, &format!("{}/app/wallet", world.url())).await;
    shows(browser, ".price", "1,000 tokens").await;
    shows(browser, "main table", "refunded").await;
    browser.screenshot(&format!("shop-refunded-{name}")).await;
}
