//! Stripe's own software against the sandbox over real HTTP: the clients for Node.js and Python, and the command line.

use std::{
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tokio::{net::TcpListener, process::Command};
use vanikeys_sandbox::{Clock, Config, Http, Sandbox, sign};

use crate::document;

/// A sandbox that listens, lives by the system's clock and delivers.
struct Running {
    sandbox: Sandbox,
    url: String,
}

impl Running {
    async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut config = Config::new(url.clone());
        config.controls = true;
        config.record = true;
        change(&mut config);
        let sandbox = Sandbox::new(config, Clock::System, 7, Http::default());
        tokio::spawn(sandbox.clone().serve(listener));
        Self { sandbox, url }
    }

    /// Waits for an event of this type after so many others.
    async fn wait_for(&self, kind: &str, after: usize) {
        for _ in 0..2400 {
            if self.sandbox.objects("event").iter().skip(after).any(|event| event["type"] == kind) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no {kind} came");
    }

    async fn matches_the_document(self) {
        let mut exchanges = self.sandbox.exchanges();
        // Paying without a browser, as the command line does, is not documented.
        exchanges.retain(|exchange| !exchange["path"].as_str().unwrap().contains("/payment_pages/"));
        document::check(exchanges, self.sandbox.objects("event"), false).await;
    }
}

/// What a program prints if it ends well.
async fn stdout(command: &mut Command, name: &str) -> String {
    let command = command.stdin(Stdio::null()).kill_on_drop(true);
    let Output { status, stdout, stderr } = command.output().await.unwrap_or_else(|error| panic!("{name}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(status.success(), "{name}: {status}\n{}\n{}", text(&stdout), text(&stderr));
    text(&stdout)
}

fn packages() -> &'static Path {
    let folder = Path::new("../tests/node");
    assert!(folder.join("node_modules").exists(), "npm packages are missing; scripts/test installs them");
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_for_node_goes_from_customer_to_dispute() {
    let running = Running::start(|_| ()).await;
    let mut node = Command::new("node");
    let said = stdout(node.arg("stripe.mjs").arg(&running.url).current_dir(packages()), "node").await;
    let said: Value = serde_json::from_str(&said).unwrap();
    // Stripe's library signs as the sandbox does.
    let (payload, start) = (said["payload"].as_str().unwrap(), said["start"].as_i64().unwrap());
    assert_eq!(said["header"], sign::header(&["whsec_test"], start, payload.as_bytes()));
    let types: Vec<&str> = said["types"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for wanted in [
        "checkout.session.completed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
        "invoice.paid",
        "customer.subscription.pending_update_applied",
        "charge.refunded",
        "charge.dispute.closed",
        "charge.dispute.funds_reinstated",
    ] {
        assert!(types.contains(&wanted), "{wanted} was not received: {types:?}");
    }
    running.matches_the_document().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_for_python_reads_everything() {
    let running = Running::start(|_| ()).await;
    let mut python = Command::new(document::python());
    stdout(python.arg("../tests/python/stripe_client.py").arg(&running.url), "python").await;
    running.matches_the_document().await;
}

/// Events that Stripe's command line causes by a series of requests of its own, and one that each must bring.
const TRIGGERED: &[(&str, &str)] = &[
    ("customer.created", "customer.created"),
    ("customer.deleted", "customer.deleted"),
    ("product.created", "product.created"),
    ("price.created", "price.created"),
    ("payment_intent.succeeded", "charge.succeeded"),
    ("payment_intent.payment_failed", "payment_intent.payment_failed"),
    ("payment_intent.canceled", "payment_intent.canceled"),
    ("payment_intent.requires_action", "payment_intent.requires_action"),
    ("charge.refunded", "refund.created"),
    ("charge.dispute.created", "charge.dispute.created"),
    ("charge.dispute.closed", "charge.dispute.closed"),
    ("checkout.session.completed", "checkout.session.completed"),
    ("checkout.session.expired", "checkout.session.expired"),
    ("checkout.session.async_payment_succeeded", "checkout.session.async_payment_succeeded"),
    ("checkout.session.async_payment_failed", "checkout.session.async_payment_failed"),
    ("customer.subscription.created", "invoice.paid"),
    ("customer.subscription.updated", "customer.subscription.updated"),
    ("customer.subscription.deleted", "customer.subscription.deleted"),
    ("customer.subscription.trial_will_end", "customer.subscription.trial_will_end"),
    ("customer.subscription.paused", "customer.subscription.paused"),
    ("subscription.payment_failed", "invoice.payment_failed"),
    ("invoice.created", "invoice.created"),
    ("invoice.finalized", "invoice.finalized"),
    ("invoice.paid", "invoice.paid"),
    ("invoice.payment_succeeded", "invoice.payment_succeeded"),
    ("invoice.payment_failed", "invoice.payment_failed"),
    ("invoice.payment_action_required", "invoice.payment_action_required"),
    ("invoice.voided", "invoice.voided"),
    ("invoice.marked_uncollectible", "invoice.marked_uncollectible"),
    ("invoiceitem.created", "invoiceitem.created"),
    ("billing_portal.configuration.created", "billing_portal.configuration.created"),
    ("billing_portal.session.created", "billing_portal.session.created"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_triggers_events() {
    // What a bank settles later is settled at the next look at the clock.
    let running = Running::start(|config| config.delayed_payment = 0).await;
    let stripe = packages().join("node_modules/@stripe/cli-linux-x64/bin/stripe");
    let home = std::env::temp_dir().join(format!("stripe-cli-{}", std::process::id()));
    for (name, wanted) in TRIGGERED {
        let before = running.sandbox.objects("event").len();
        let mut command = Command::new(&stripe);
        command.args(["trigger", name, "--api-key", "sk_test_commandline", "--api-base", &running.url]);
        command.env("XDG_CONFIG_HOME", &home).env("STRIPE_CLI_TELEMETRY_OPTOUT", "1");
        stdout(&mut command, name).await;
        running.wait_for(wanted, before).await;
    }
    let _ = std::fs::remove_dir_all(&home);
    running.matches_the_document().await;
}
