//! Keys that only the person can read, which is how the pages order them: the identity is made in the browser and saved
//! before anything is charged, asked for once, each person's own; what comes back is opened and checked in the page.

use serde_json::{Value, json};
use vanikeys_testkit::browser::{Browser, Look};

use super::{
    ORDER, PASSWORD, PULL, SAVE, arrives, ask, assert_quiet, click, fill, go, send, shows, sign_up, sign_up_as,
    wait_for_completion,
};
use crate::keys::Identity;
use crate::world::{Api, Shape, World};

/// Any key has a small letter.
const CERTAIN: &str = "/app?text=%5Ba-z%5D&kind=regex";

#[tokio::test(flavor = "multi_thread")]
async fn an_order_waits_until_its_identity_is_saved() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { still: true, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    let rosa = api(&world, "rosa").await;
    let identity = first_pull(&world, &browser, &rosa).await;
    opened_and_checked(&world, &browser, &rosa, &identity).await;
    second_order(&world, &browser, &rosa, &identity).await;
    somebody_else(&world, &browser, &rosa, &identity).await;
    assert_quiet(&browser).await;
    world.doctor();
}

/// What somebody has already is taken in; the service keeps keys for those who want that; nothing is guessed.
#[tokio::test(flavor = "multi_thread")]
async fn an_identity_of_ones_own_or_none() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { still: true, phone: true, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    let rosa = api(&world, "rosa").await;
    go(&browser, &format!("{}{CERTAIN}", world.url())).await;
    click(&browser, PULL).await;
    browser.find(SAVE).await;
    click(&browser, "[data-save] details:nth-of-type(2) > summary").await;
    fill(&browser, &[("[data-save] input", "AGE-SECRET-KEY-1NONE")]).await;
    click(&browser, "[data-save] details:nth-of-type(2) button").await;
    shows(&browser, "[data-save] [role='status']", "It was not taken").await;
    assert_eq!(total(&rosa).await, 0);
    let own = Identity::new();
    let secret = std::fs::read_to_string(own.file()).unwrap();
    let secret = secret.lines().find(|line| line.starts_with("AGE-SECRET-KEY-1")).unwrap();
    fill(&browser, &[("[data-save] input", secret)]).await;
    click(&browser, "[data-save] details:nth-of-type(2) button").await;
    arrives(&browser, |path| path.starts_with("/app/pulls/")).await;
    assert_eq!(newest(&rosa).await["recipient"], own.recipient.as_str());

    // Forgotten on the account page, it is asked for again; then the service is to keep the key.
    go(&browser, &format!("{}/account", world.url())).await;
    for _ in 0..2 {
        click(&browser, "[data-identities] details > summary").await;
        click(&browser, "[data-identities] details button").await;
        shows(&browser, "[data-identities] [role='status']", "no longer").await;
    }
    go(&browser, &format!("{}{CERTAIN}", world.url())).await;
    click(&browser, PULL).await;
    browser.find(SAVE).await;
    click(&browser, "[data-save] button.plain").await;
    arrives(&browser, |path| path.starts_with("/app/pulls/")).await;
    assert_eq!(newest(&rosa).await["custody"], "service");
    shows(&browser, "main a[href*='format=openssh']", "").await;
    // That is remembered, and undone by one click.
    go(&browser, &format!("{}{CERTAIN}", world.url())).await;
    shows(&browser, "form[action='/app/pull'] .readable", "after signing in").await;
    click(&browser, "form[action='/app/pull'] [data-choose='sealed']").await;
    click(&browser, PULL).await;
    click(&browser, "[data-save] details:nth-of-type(1) > summary").await;
    click(&browser, "[data-save] details:nth-of-type(1) button").await;
    arrives(&browser, |path| path.starts_with("/app/pulls/")).await;
    assert_eq!(newest(&rosa).await["custody"], "sealed");
    assert_quiet(&browser).await;
}

async fn api(world: &World, name: &str) -> Api {
    let body = json!({ "email": format!("{name}@example.org"), "password": PASSWORD });
    let answer = world.api().post("/auth/login", body).await.ok();
    world.api().with_access(answer["accessToken"].as_str().unwrap())
}

async fn total(person: &Api) -> i64 {
    person.get("/api/pulls/history?limit=1").await.ok()["total"].as_i64().unwrap()
}

async fn newest(person: &Api) -> Value {
    person.get("/api/pulls/history?limit=1").await.ok()["items"][0].clone()
}

/// Returns the file that was saved.
async fn first_pull(world: &World, browser: &Browser, rosa: &Api) -> String {
    go(browser, &format!("{}{CERTAIN}", world.url())).await;
    shows(browser, "form[action='/app/pull'] .readable", "Only you can read this key").await;
    click(browser, PULL).await;
    shows(browser, "form[action='/app/pull'] [data-save]", "Nothing is charged before").await;
    // Asking again changes nothing, and a job waits for the same identity.
    click(browser, PULL).await;
    click(browser, ORDER).await;
    shows(browser, "form[action='/app/jobs'] [data-save]", "save what opens your keys").await;
    let shown = "return new Set([...document.querySelectorAll('[data-save] pre')].map((one) => one.textContent)).size";
    assert_eq!(ask(browser, shown).await, 1, "one identity");
    assert_eq!(total(rosa).await, 0, "nothing is pulled before");
    assert_eq!(rosa.get("/api/jobs").await.ok()["total"], 0, "nothing is ordered before");
    browser.screenshot("save-identity").await;
    click(browser, "form[action='/app/pull'] [data-save] button.go").await;
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    let identity = std::fs::read_to_string(browser.downloaded(|name| name.contains("identity")).await).unwrap();
    let pull = newest(rosa).await;
    assert_eq!((total(rosa).await, &pull["custody"]), (1, &json!("sealed")));
    assert!(identity.contains(pull["recipient"].as_str().unwrap()) && identity.contains("AGE-SECRET-KEY-1"));
    identity
}

async fn opened_and_checked(world: &World, browser: &Browser, rosa: &Api, identity: &str) {
    click(browser, "[data-open] .actions button").await;
    shows(browser, "[data-open] [role='status']", "nothing was sent anywhere").await;
    browser.screenshot("opened-in-the-page").await;
    click(browser, "[data-open] [data-format='seed-hex']").await;
    let seed = std::fs::read_to_string(browser.downloaded(|name| name == "seed.hex").await).unwrap();
    assert_eq!(seed.trim().len(), 64);
    click(browser, "[data-open] .actions:last-child button:last-child").await;
    let file = std::fs::read_to_string(browser.downloaded(|name| name == "vanikeys-key.json").await).unwrap();

    // How the key came about is worked out in the page.
    click(browser, "a[href^='/verify?pull=']").await;
    click(browser, "[data-derive] .actions button").await;
    let said = shows(browser, "[data-derive] .note", "This key came about as promised").await;
    assert_eq!(said.matches(": holds").count(), 5, "{said}");
    browser.screenshot("derivation").await;
    // The same from the file that was saved, and from one that somebody changed.
    let mut other: Value = serde_json::from_str(&file).unwrap();
    let share = other["pull"]["clientShare"].as_str().unwrap().to_owned();
    go(browser, &format!("{}/verify", world.url())).await;
    pasted(browser, &file).await;
    shows(browser, "[data-derive] .note.good", "as promised").await;
    other["pull"]["clientShare"] = json!(share.chars().rev().collect::<String>());
    pasted(browser, &other.to_string()).await;
    shows(browser, "[data-derive] .note.bad", "Your share is the one that the receipt names: does not hold").await;
    other["pull"]["clientShare"] = json!(share);
    other["pull"]["receipt"]["text"] = json!("another");
    pasted(browser, &other.to_string()).await;
    shows(browser, "[data-derive] .note.bad", "signed by this service: does not hold").await;
    // Still sealed, with the identity that opens it below.
    let sealed = world.sql("SELECT lower(hex(id)) FROM pulls").remove(0);
    let sealed = uuid::Uuid::parse_str(&sealed).unwrap();
    let sealed = rosa.get(&format!("/api/pulls/{sealed}/key?format=sealed")).await.text;
    pasted(browser, &format!("{sealed}\n{identity}")).await;
    shows(browser, "[data-derive] .note.good", "as promised").await;
    pasted(browser, "not a key").await;
    shows(browser, "[data-derive] [role='status']", "neither a key file nor a sealed one").await;
    // No form has the fields, so none can send them; and the form has got the receipt alone.
    let sent = ask(browser, "return [...document.querySelectorAll('[data-derive] input, [data-derive] textarea')].filter((one) => one.form || one.name).length").await;
    assert_eq!(sent, 0);
    let receipt = ask(browser, "return document.getElementById('receipt').value").await;
    assert!(receipt.as_str().unwrap().contains("commitmentId") && !receipt.as_str().unwrap().contains(&share));
    click(browser, "form[action='/verify'] button").await;
    shows(browser, ".note.good", "Receipt is valid").await;
    assert!(!world.logs().contains(&share) && !world.logs().contains(seed.trim()));
    checked_in_service_custody(world, browser, rosa).await;
}

/// A key that the service holds is checked in the same way, by its whole file.
async fn checked_in_service_custody(world: &World, browser: &Browser, rosa: &Api) {
    let order = json!({ "pattern": { "text": "e", "kind": "contains" }, "custody": "service" });
    let pull = rosa.post("/api/pulls/execute", order).await.ok();
    go(browser, &format!("{}/verify?pull={}", world.url(), pull["id"].as_str().unwrap())).await;
    click(browser, "[data-derive] .actions button").await;
    let said = shows(browser, "[data-derive] .note", "This key came about as promised").await;
    assert_eq!(said.matches(": holds").count(), 5, "{said}");
}

async fn pasted(browser: &Browser, text: &str) {
    let text = serde_json::to_string(text).unwrap();
    ask(browser, &format!("document.getElementById('own-file').value = {text}; document.querySelector('[data-derive] .note')?.remove()")).await;
    click(browser, "[data-derive] .actions button").await;
}

/// The identity is not asked for again, and a found key is opened with it.
async fn second_order(world: &World, browser: &Browser, rosa: &Api, identity: &str) {
    go(browser, &format!("{}/app?text=ez&kind=contains", world.url())).await;
    click(browser, PULL).await;
    arrives(browser, |path| path.starts_with("/app/pulls/")).await;
    let pull = newest(rosa).await;
    assert!(identity.contains(pull["recipient"].as_str().unwrap()), "the same identity");
    go(browser, &format!("{}/app?text=ez&kind=contains", world.url())).await;
    click(browser, ORDER).await;
    arrives(browser, |path| path.starts_with("/app/jobs/")).await;
    wait_for_completion(browser).await;
    click(browser, "[data-open] .actions button").await;
    click(browser, "[data-open] [data-format='did-document']").await;
    let document = std::fs::read_to_string(browser.downloaded(|name| name == "did.json").await).unwrap();
    assert!(document.contains("did:key:z6Mk"), "{document}");
    click(browser, "details:has(form[action$='/shred']) > summary").await;
    click(browser, "form[action$='/shred'] button").await;
    shows(browser, "main", "Erased on").await;
    let jobs = rosa.get("/api/jobs").await.ok();
    assert_eq!(jobs["items"][0]["custody"], "sealed");
}

/// Another account in the same browser gets an identity of its own.
async fn somebody_else(world: &World, browser: &Browser, rosa: &Api, identity: &str) {
    go(browser, &format!("{}/account", world.url())).await;
    shows(browser, "[data-identities] li", "age1").await;
    click(browser, "form[action='/sign-out'] button").await;
    arrives(browser, |path| path == "/").await;
    sign_up_as(world, browser, "lea").await;
    go(browser, &format!("{}/account", world.url())).await;
    shows(browser, "[data-identities]", "An identity that I have").await;
    assert_eq!(ask(browser, "return document.querySelectorAll('[data-identities] li').length").await, 0);
    go(browser, &format!("{}{CERTAIN}", world.url())).await;
    click(browser, PULL).await;
    shows(browser, "[data-save]", "Nothing is charged before").await;
    let offered = shows(browser, "[data-save]", "").await;
    assert!(!identity.lines().any(|line| offered.contains(line)), "not rosa's");
    send(browser, PULL, "/app/pulls/").await;
    let lea = api(world, "lea").await;
    assert_ne!(newest(&lea).await["recipient"], newest(rosa).await["recipient"]);
}
