use std::collections::BTreeMap;

use super::*;
use crate::config::{Problems, Purpose, Sources};

const KEYS: [(&str, &str); 2] =
    [("STRIPE_SECRET_KEY", "sk_test_hush1"), ("STRIPE_WEBHOOK_SECRET", "whsec_hush2,whsec_hush3")];

fn load(settings: &[(&str, &str)]) -> Result<Config, Problems> {
    let environment: BTreeMap<String, String> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Config::load(&Sources { environment, ..Sources::default() }, Purpose::Service)
}

fn problems(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    let Problems(all) = load(settings).unwrap_err();
    all.into_iter().map(|one| (one.setting.clone(), one.to_string())).collect()
}

#[test]
fn without_keys_nothing_is_sold() {
    let billing = load(&[]).unwrap().billing;
    assert!(billing.enabled && billing.stripe.is_none() && !billing.sells() && !billing.demo_checkout);
    assert_eq!((billing.grace, billing.audit_retention), (hours(24), hours(24 * 30)));
    assert_eq!((billing.tax, billing.purchases_per_day), (Tax::Off, 20));
    assert!(billing.pack_prices.is_empty() && billing.prices == Prices::default());
}

#[test]
fn keys_say_the_mode_and_are_never_shown() {
    let prices =
        [("STRIPE_PRICE_PRO", "price_1"), ("TOKEN_PACKS", "100:0.99,500:3.99:price_2"), ("BILLING_TAX", "stripe")];
    let config = load(&[&KEYS[..], &[("STRIPE_PUBLISHABLE_KEY", "pk_test_1")], &prices].concat()).unwrap();
    let account = config.billing.stripe.as_ref().unwrap();
    assert!(config.billing.sells() && !account.livemode);
    assert_eq!((account.webhook_secrets.len(), account.publishable_key.as_deref()), (2, Some("pk_test_1")));
    assert_eq!(account.api_base, "https://api.stripe.com");
    assert_eq!(account.page_origins, ["https://checkout.stripe.com", "https://billing.stripe.com"]);
    assert_eq!(config.billing.prices.pro.as_deref(), Some("price_1"));
    assert_eq!(config.billing.pack_prices, BTreeMap::from([(500, "price_2".to_owned())]));
    assert_eq!(config.billing.tax, Tax::Stripe);
    let shown = format!("{}{config:?}{}", config.print(), serde_json::to_string(&config.in_force()).unwrap());
    assert!(!shown.contains("hush"), "{shown}");
    assert!(load(&[("STRIPE_SECRET_KEY", "rk_live_1")]).unwrap().billing.stripe.unwrap().livemode);
}

#[test]
fn a_stand_in_is_where_its_address_says() {
    let there = |base| load(&[&KEYS[..], &[("STRIPE_API_BASE", base)]].concat());
    let account = there("http://127.0.0.1:12111/").unwrap().billing.stripe.unwrap();
    assert_eq!(account.api_base, "http://127.0.0.1:12111");
    assert_eq!(account.page_origins, ["http://127.0.0.1:12111"]);
    assert!(there("https://stripe.example.org").is_ok() && there("http://stripe.example.org").is_err());
}

#[test]
fn every_bad_value_is_named() {
    for (name, value, says) in [
        ("STRIPE_SECRET_KEY", "pk_test_hush", "not a secret key"),
        ("STRIPE_SECRET_KEY", "sk_prod_hush", "begins with sk_test_"),
        ("STRIPE_SECRET_KEY", "sk_test_", "not a secret key"),
        ("STRIPE_SECRET_KEY", "sk_test_hush hush", "not a secret key"),
        ("STRIPE_API_BASE", "http://stripe.example.org", "without TLS"),
        ("STRIPE_API_BASE", "https://stripe.example.org/v1", "more than scheme, host and port"),
        ("STRIPE_PRICE_PRO", "9.99", "not the id of a price"),
        ("TOKEN_PACKS", "100:0.99:price 1", "not the id of a price"),
        ("BILLING_ENABLED", "perhaps", "true or false"),
        ("BILLING_GRACE_HOURS", "-1", "from 0 to 8760"),
        ("BILLING_AUDIT_RETENTION_DAYS", "0", "from 1 to 3650"),
        ("BILLING_TAX", "on", "off or stripe"),
        ("PURCHASES_PER_DAY", "0", "from 1 to 100000"),
        ("DEMO_CHECKOUT", "maybe", "true or false"),
    ] {
        let found = problems(&[(name, value)]);
        assert_eq!(found.len(), 1, "{name}={value}: {found:?}");
        assert!(found[0].0 == name && found[0].1.contains(says) && !found[0].1.contains("hush"), "{found:?}");
    }
}

#[test]
fn settings_that_do_not_go_together_are_named() {
    let key = KEYS[0];
    for (settings, name, says) in [
        (vec![("STRIPE_WEBHOOK_SECRET", "whsec_1")], "STRIPE_WEBHOOK_SECRET", "no STRIPE_SECRET_KEY"),
        (vec![("STRIPE_PUBLISHABLE_KEY", "pk_test_1")], "STRIPE_PUBLISHABLE_KEY", "no STRIPE_SECRET_KEY"),
        (vec![key, ("STRIPE_PUBLISHABLE_KEY", "pk_live_1")], "STRIPE_PUBLISHABLE_KEY", "of the other mode"),
        (vec![key, ("STRIPE_WEBHOOK_SECRET", "whsec_1,hush")], "STRIPE_WEBHOOK_SECRET", "no secret of a webhook"),
        (vec![("STRIPE_PRICE_PRO", "p1"), ("STRIPE_PRICE_BOOST", "p1")], "STRIPE_PRICE_BOOST", "the same price"),
        (vec![("TOKEN_PACKS", "1:0.99:p1"), ("STRIPE_PRICE_PRO", "p1")], "STRIPE_PRICE_PRO", "the same price"),
        (vec![key, ("DEMO_CHECKOUT", "true")], "DEMO_CHECKOUT", "payments go to Stripe"),
        (vec![("DEMO_CHECKOUT", "true"), ("VANIKEYS_LISTEN", "0.0.0.0:80")], "DEMO_CHECKOUT", "without paying"),
        (vec![("DEMO_CHECKOUT", "true"), ("PUBLIC_URL", "https://a.example")], "DEMO_CHECKOUT", "without paying"),
    ] {
        let found = problems(&settings);
        assert_eq!(found.len(), 1, "{settings:?}: {found:?}");
        assert!(found[0].0 == name && found[0].1.contains(says) && !found[0].1.contains("hush"), "{found:?}");
    }
    assert!(load(&[("DEMO_CHECKOUT", "true")]).unwrap().billing.demo_checkout);
}

#[test]
fn what_is_hardly_meant_is_a_warning() {
    let warnings = |settings: &[(&str, &str)]| load(settings).unwrap().billing_warnings().join("; ");
    let (public, live) = (("PUBLIC_URL", "https://keys.example.org"), ("STRIPE_SECRET_KEY", "sk_live_1"));
    assert_eq!(warnings(&[]), "");
    assert_eq!(warnings(&KEYS), "");
    assert_eq!(warnings(&[live, KEYS[1], public]), "");
    assert!(warnings(&[KEYS[0], KEYS[1], public]).contains("without paying"));
    assert!(warnings(&[live, KEYS[1]]).contains("real money"));
    assert!(warnings(&[KEYS[0]]).contains("STRIPE_WEBHOOK_SECRET is not set"));
}
