//! What comes after a purchase, in real Chromium, both shapes: a payment that a bank settles days later, renewals that fail,
//! their grace and its end, a plan that recovers and is canceled, disputes that are won and lost. Tokens, free pulls, letters
//! and pages are right after each.

use std::time::Duration;

use serde_json::Value;
use vanikeys_sandbox::Sandbox;
use vanikeys_testkit::browser::thirtyfour::prelude::*;
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::{eventually, smtp};

use super::shop::pay;
use super::{arrives, assert_quiet, click, go, shows, sign_up};
use crate::world::{Shape, World, priced, sandboxed};

const HOUR: u64 = 3600;

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    story(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    story(Shape::Fleet).await;
}

async fn story(shape: Shape) {
    let (world, till) = sandboxed(shape).await;
    let this = Story { world, sandbox: till.sandbox, browser: Browser::start(Look::default()).await };
    sign_up(&this.world, &this.browser).await;
    priced(&this.world).await;
    this.is_paid_late().await;
    this.renews_and_fails().await;
    this.is_canceled().await;
    this.is_disputed().await;
    assert_quiet(&this.browser).await;
    this.world.doctor();
}

struct Story {
    world: World,
    sandbox: Sandbox,
    browser: Browser,
}

impl Story {
    /// The newest object of a kind at Stripe.
    fn newest(&self, kind: &str) -> Value {
        self.sandbox.objects(kind).pop().unwrap()
    }

    /// Looks at a page until it shows something.
    async fn reads(&self, path: &str, selector: &str, part: &str) {
        let url = format!("{}{path}", self.world.url());
        let (browser, url) = (&self.browser, url.as_str());
        eventually(&format!("{path} shows {part:?}"), Duration::from_secs(30), || async move {
            go(browser, url).await;
            for element in browser.page().find_all(By::Css(selector)).await.ok()? {
                if element.text().await.ok()?.contains(part) {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    /// A letter says so, where letters are sent.
    async fn is_written(&self, part: &str) {
        if let Some(sink) = &self.world.mail {
            sink.wait_for(part, |mail: &smtp::Mail| mail.text().contains(part)).await;
        }
    }

    async fn orders(&self, pack: &str, number: &str) {
        go(&self.browser, &format!("{}/pricing", self.world.url())).await;
        click(&self.browser, &format!("form:has([value='{pack}']) button")).await;
        shows(&self.browser, "h1", "Pay").await;
        pay(&self.browser, number).await;
        arrives(&self.browser, |path| path.starts_with("/app/purchases/")).await;
    }

    async fn is_paid_late(&self) {
        self.orders("popular", "000123456789").await;
        shows(&self.browser, "h1", "Your payment is being confirmed").await;
        self.browser.screenshot("shop-processing").await;
        let intent = self.newest("payment_intent");
        self.sandbox.bring_due(intent["id"].as_str().unwrap(), Duration::ZERO).unwrap();
        shows(&self.browser, "h1", "Paid and credited").await;
        self.reads("/app/wallet", ".price", "1,500 tokens").await;
        self.is_written("500 VaniTokens were credited").await;
    }

    /// The period ended so many seconds ago, and the renewal was tried an hour after that.
    fn renews(&self, ago: u64) {
        let subscription = self.newest("subscription");
        self.sandbox.bring_due(subscription["id"].as_str().unwrap(), Duration::from_secs(ago)).unwrap();
    }

    /// The last invoice is paid with a card that works.
    async fn pays_the_invoice(&self) {
        let is_open = |invoice: &Value| invoice["status"] == "open";
        let invoice = eventually("an invoice is open", Duration::from_secs(10), || async {
            self.sandbox.objects("invoice").into_iter().find(is_open)
        })
        .await;
        let path = format!("/v1/invoices/{}/pay", invoice["id"].as_str().unwrap());
        self.sandbox.post(&path, "payment_method=pm_card_visa").unwrap();
    }

    async fn renews_and_fails(&self) {
        go(&self.browser, &format!("{}/app/plan", self.world.url())).await;
        click(&self.browser, "form:has([value='pro']) button").await;
        shows(&self.browser, "h1", "Subscribe").await;
        pay(&self.browser, "4242424242424242").await;
        arrives(&self.browser, |path| path.starts_with("/app/plan")).await;
        shows(&self.browser, "[data-plan='pro']", "Renews on").await;
        let subscription = self.newest("subscription");
        let [id, customer] = ["id", "customer"].map(|key| subscription[key].as_str().unwrap());
        let attach = "/v1/payment_methods/pm_card_chargeCustomerFail/attach";
        let method = self.sandbox.post(attach, &format!("customer={customer}")).unwrap();
        let form = format!("default_payment_method={}", method["id"].as_str().unwrap());
        self.sandbox.post(&format!("/v1/subscriptions/{id}"), &form).unwrap();

        self.renews(HOUR + 100);
        self.reads("/app/plan", "[data-plan='pro'] [role='alert']", "The plan stays until").await;
        shows(&self.browser, "header .purse", "50 free pulls").await;
        self.browser.screenshot("shop-grace").await;
        self.is_written("could not be collected").await;
        self.pays_the_invoice().await;
        self.reads("/app/plan", "[data-status='active']", "Renews on").await;

        self.renews(26 * HOUR);
        self.reads("/app/plan", "[data-plan='pro'] [role='alert']", "so the plan has ended").await;
        shows(&self.browser, "header .purse", "3 free pulls").await;
        self.browser.screenshot("shop-grace-over").await;
        self.pays_the_invoice().await;
        self.reads("/app/plan", "[data-status='active']", "Renews on").await;
        shows(&self.browser, "header .purse", "50 free pulls").await;
    }

    async fn is_canceled(&self) {
        click(&self.browser, "form[action='/app/plan/cancel'] button").await;
        shows(&self.browser, "[data-plan='pro']", "Ends on").await;
        self.renews(0);
        self.reads("/app/plan", "main .lead", "You have the plan free").await;
        shows(&self.browser, "header .purse", "3 free pulls").await;
        self.reads("/notifications", "main", "has ended").await;
    }

    /// The bank disputes the newest payment of a pack, and decides when it has seen the evidence.
    async fn disputed(&self, evidence: &str, meanwhile: &str, after: &str) {
        let paid = |charge: &Value| charge["status"] == "succeeded" && charge["metadata"]["purchase"].is_string();
        let charge = self.sandbox.objects("charge").into_iter().rev().find(paid).unwrap();
        let dispute = self.sandbox.open_dispute(charge["id"].as_str().unwrap(), "fraudulent", false).unwrap();
        self.reads("/app/wallet", ".price", meanwhile).await;
        let form = format!("evidence[uncategorized_text]={evidence}&submit=true");
        self.sandbox.post(&format!("/v1/disputes/{}", dispute["id"].as_str().unwrap()), &form).unwrap();
        let purchase = format!("/app/purchases/{}", charge["metadata"]["purchase"].as_str().unwrap());
        let decided = if evidence.starts_with("winning") { "won" } else { "lost" };
        self.reads(&purchase, "main table td", decided).await;
        self.browser.screenshot(&format!("shop-dispute-{decided}")).await;
        self.reads("/app/wallet", ".price", after).await;
    }

    async fn is_disputed(&self) {
        self.disputed("winning_evidence", "1,000 tokens", "1,500 tokens").await;
        self.is_written("what was taken for it went back to you").await;
        self.orders("starter", "4242 4242 4242 4242").await;
        shows(&self.browser, "h1", "Paid and credited").await;
        self.disputed("losing_evidence", "1,500 tokens", "1,500 tokens").await;
        self.is_written("The bank took the payment back").await;
    }
}
