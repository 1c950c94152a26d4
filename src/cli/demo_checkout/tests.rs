use std::os::unix::fs::PermissionsExt;

use vanikeys_core::{
    clients::{
        stripe::{
            Pace, Stripe, Trouble,
            api::{
                catalog::{GetPrice, ListPrices},
                portal::ListPortalConfigurations,
                webhooks::ListWebhookEndpoints,
            },
        },
        tls::Trust,
    },
    config::Config,
};
use vanikeys_testkit::Scratch;

use super::*;

const SITE: &str = "127.0.0.1:8080";

fn config(scratch: &Scratch) -> Config {
    let mut config = Config::default();
    config.data = scratch.path().join("data");
    config
}

fn client(config: &Config) -> Stripe {
    Stripe::new(config.billing.stripe.as_ref().unwrap(), &Trust::default(), Pace::default()).unwrap()
}

#[tokio::test]
async fn everything_is_for_sale_and_stays_so_after_a_restart() {
    let scratch = Scratch::new("demo-checkout");
    let mut first = config(&scratch);
    let checkout = DemoCheckout::start(&mut first, SITE.parse().unwrap()).await.unwrap();
    assert!(first.billing.sells());
    let stripe = client(&first);
    assert_eq!(stripe.list(&ListPrices::default()).await.unwrap().len(), ITEMS.len());
    let named = first.billing.prices.all();
    for ((_, id), (item, _, cents, monthly)) in named.into_iter().zip(ITEMS) {
        let price = stripe.get(&GetPrice { id: id.unwrap().to_owned() }).await.unwrap();
        assert!(price.fits(cents, monthly), "{item}: {price:?}");
    }
    assert_eq!(stripe.list(&ListPortalConfigurations::default()).await.unwrap().len(), 1);
    let endpoints = stripe.list(&ListWebhookEndpoints {}).await.unwrap();
    assert_eq!(endpoints[0].url.as_deref(), Some("http://127.0.0.1:8080/api/billing/webhook"));

    let file = first.data.join(FILE);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let mut command = config(&scratch);
    adopt(&mut command).unwrap();
    assert_eq!(command.billing, first.billing, "a command finds the sandbox that runs");

    checkout.sandbox().post("/v1/customers", "email=ann@example.org").unwrap();
    checkout.save().unwrap();
    let mut second = config(&scratch);
    let checkout = DemoCheckout::start(&mut second, "0.0.0.0:80".parse().unwrap()).await.unwrap();
    assert_eq!((&second.billing.prices, checkout.sandbox().objects("customer").len()), (&first.billing.prices, 1));
    let (before, now) = (first.billing.stripe.as_ref().unwrap(), second.billing.stripe.as_ref().unwrap());
    assert_eq!(before.webhook_secrets, now.webhook_secrets);
    let endpoints = client(&second).list(&ListWebhookEndpoints {}).await.unwrap();
    assert_eq!(endpoints[0].url.as_deref(), Some("http://127.0.0.1:80/api/billing/webhook"));
    let stale = Account { secret_key: before.secret_key.clone(), ..now.clone() };
    let stale = Stripe::new(&stale, &Trust::default(), Pace::default()).unwrap();
    let refused = stale.list(&ListWebhookEndpoints {}).await;
    assert!(matches!(refused, Err(Trouble::Unavailable { .. })), "a key lets in for one run only");
}

#[tokio::test]
async fn a_file_that_is_not_a_sandboxs_is_named() {
    let scratch = Scratch::new("demo-checkout");
    let mut config = config(&scratch);
    std::fs::create_dir_all(&config.data).unwrap();
    for text in ["", "{}", "not json"] {
        std::fs::write(config.data.join(FILE), text).unwrap();
        let failed = DemoCheckout::start(&mut config, SITE.parse().unwrap()).await.err().unwrap();
        assert!(failed.to_string().contains("sandbox.json cannot be used"), "{failed}");
        assert!(adopt(&mut config).is_err());
    }
}
