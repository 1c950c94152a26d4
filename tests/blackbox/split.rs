//! Split keys from outside, in both shapes: halves made by the terminal and by the page, jobs that find offsets, and keys
//! that sign for software that is not ours. And every target as a job through the API.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use vanikeys_testkit::browser::thirtyfour::prelude::*;
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::{Package, program, workspace};

use crate::pages;
use crate::world::{Person, Shape, World};

const DEADLINE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    terminal_and_api(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    terminal_and_api(Shape::Fleet).await;
}

fn vanikeys(world: &World, args: &[&str]) -> Value {
    let output = world.vanikeys(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The public key of a private key's file by way of noble, which signed with it too.
fn signs_abroad(format: &str, file: &Path) -> String {
    let node = program("node", Package("nodejs"));
    let script = workspace().join("tests/node/read-key.mjs");
    let mut command = std::process::Command::new(node);
    let input = std::fs::File::open(file).unwrap();
    let output = command.arg(script).arg(format).stdin(input).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["signed"], true, "{read}");
    read["publicKey"].as_str().unwrap().to_owned()
}

async fn terminal_and_api(shape: Shape) {
    let world = World::start(shape).await;
    let ada = world.register("ada").await;
    let half = world.files.join("half.json");
    let made = vanikeys(&world, &["split", "new", "--json", "--out", half.to_str().unwrap()]);
    let order = json!({ "custody": "split", "recipient": made["recipient"], "proof": made["proof"] });
    let pattern = json!({ "text": "vani", "target": "onion" });
    let mut quoted = order.clone();
    quoted["pattern"] = pattern.clone();
    assert_eq!(ada.api.post("/api/jobs/quote", quoted.clone()).await.ok()["custody"], "split");
    let id = ada.order(&pattern, order).await;
    ada.api.post("/api/jobs/create", quoted).await.refused(409, "SPLIT_POINT_USED");
    let job = ada.wait_for_end(&id, DEADLINE).await;
    assert_eq!((&job["status"], &job["formats"]), (&json!("completed"), &json!(["offset"])), "{job}");
    ada.api.get(&format!("/api/jobs/{id}/result?format=tor")).await.refused(409, "FORMAT_NOT_AVAILABLE");
    let offset = ada.api.get(&format!("/api/jobs/{id}/result")).await;
    assert_eq!(offset.ok()["publicKey"], job["publicKey"]);
    let file = world.files.join("offset.json");
    std::fs::write(&file, &offset.text).unwrap();
    for format in ["tor", "expanded-hex"] {
        let out = world.files.join(format);
        let args = ["split", "combine", "--secret", half.to_str().unwrap(), "--offset", file.to_str().unwrap()];
        let args = [&args[..], &["--format", format, "--out", out.to_str().unwrap(), "--json"]].concat();
        let combined = vanikeys(&world, &args);
        assert!(combined["onion"].as_str().unwrap().starts_with("vani"), "{combined}");
        assert_eq!(signs_abroad(format, &out), job["publicKey"].as_str().unwrap());
    }
    // Another half does not fit.
    let other = world.files.join("other.json");
    vanikeys(&world, &["split", "new", "--json", "--out", other.to_str().unwrap()]);
    let args = ["split", "combine", "--secret", other.to_str().unwrap(), "--offset", file.to_str().unwrap()];
    assert_eq!(world.vanikeys(&args).status.code(), Some(2));
    every_target(&ada, &world.register("bob").await).await;
    world.doctor();
}

async fn every_target(ada: &Person, bo: &Person) {
    for (number, (target, text, format)) in [
        ("solana", "va", "solana"),
        ("ssh", "Ma", "openssh"),
        ("ssh-fingerprint", "va", "openssh"),
        ("onion", "va", "tor"),
        ("hex", "abc", "seed-hex"),
        ("wireguard", "va", "wireguard"),
        ("age", "va", "age"),
        ("libp2p", "Qa", "libp2p"),
        ("stellar", "AB", "stellar"),
        ("algorand", "VA", "algorand"),
        ("aptos", "abc", "aptos"),
        ("sui", "abc", "sui"),
    ]
    .into_iter()
    .enumerate()
    {
        // The welcome tokens of one do not pay for all.
        let ada = if number < 5 { ada } else { bo };
        let pattern = json!({ "text": text, "target": target });
        let id = ada.order(&pattern, json!({})).await;
        let job = ada.wait_for_end(&id, DEADLINE).await;
        assert!(job["text"].as_str().is_some_and(|found| found.starts_with(text)), "{target}: {job}");
        ada.api.get(&format!("/api/jobs/{id}/result?format={format}")).await.ok();
        if target == "onion" {
            let refused = ada.api.get(&format!("/api/jobs/{id}/result?format=openssh")).await;
            refused.refused(409, "FORMAT_NOT_AVAILABLE");
        }
    }
    let impossible = json!({ "pattern": { "text": "v0", "target": "onion" } });
    ada.api.post("/api/jobs/create", impossible).await.refused(422, "IMPOSSIBLE_PATTERN");
}

/// The page draws a half, the order waits until it is saved, and the page puts both halves together.
#[tokio::test(flavor = "multi_thread")]
async fn in_the_page() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look::default()).await;
    pages::sign_up(&world, &browser).await;
    pages::go(&browser, &format!("{}/app?text=vani&target=onion", world.url())).await;
    let form = "form[action='/app/jobs']";
    pages::click(&browser, &format!("{form} summary")).await;
    pages::click(&browser, &format!("{form} input[value='split']")).await;
    pages::click(&browser, &format!("{form} [data-split] > button")).await;
    browser.find(&format!("{form} [data-split] pre")).await;
    let order = format!("{form} > p > button");
    pages::click(&browser, &order).await;
    let note = browser.find(&format!("{form} [data-split] [role='status']")).await;
    assert!(note.text().await.unwrap().contains("then order"), "the order waits until the half is saved");
    pages::click(&browser, &format!("{form} [data-split] .actions button")).await;
    let half = browser.downloaded(|name| name.contains("split-secret")).await;
    pages::click(&browser, &order).await;
    pages::wait_for_completion(&browser).await;
    // The terminal reads what the page drew.
    let point: Value = vanikeys(&world, &["verify", half.to_str().unwrap(), "--json"]);
    pages::click(&browser, "a[href*='format=offset']").await;
    let offset = browser.downloaded(|name| name.contains("offset")).await;
    let delivered: Value = serde_json::from_slice(&std::fs::read(&offset).unwrap()).unwrap();
    assert_eq!(delivered["point"], point["publicKey"]);
    // The half is known to this browser, so the page needs nothing but the button.
    pages::click(&browser, "[data-combine] > button").await;
    pages::click(&browser, "[data-combine] [data-format='tor']").await;
    let made = browser.downloaded(|name| name.contains("hs_ed25519_secret_key")).await;
    assert_eq!(signs_abroad("tor", &made), delivered["publicKey"].as_str().unwrap());
    let terminal = world.files.join("terminal.tor");
    let args = ["split", "combine", "--secret", half.to_str().unwrap(), "--offset", offset.to_str().unwrap()];
    vanikeys(&world, &[&args[..], &["--out", terminal.to_str().unwrap(), "--json"]].concat());
    assert_eq!(std::fs::read(&made).unwrap(), std::fs::read(&terminal).unwrap(), "page and terminal make the same key");
    // The page for any other day.
    pages::go(&browser, &format!("{}/split", world.url())).await;
    let fields = browser.page().find_all(By::Css("[data-combine-here] textarea")).await.unwrap();
    fields[0].send_keys(std::fs::read_to_string(&half).unwrap()).await.unwrap();
    fields[1].send_keys(std::fs::read_to_string(&offset).unwrap()).await.unwrap();
    pages::click(&browser, "[data-combine-here] > button").await;
    browser.find("[data-combine-here] [data-format='expanded-hex']").await;
    pages::assert_quiet(&browser).await;
    world.doctor();
}
