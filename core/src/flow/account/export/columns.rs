//! Where in an export each column that names a user comes out, and why the others do not; compared with the schema of
//! both databases, over sample rows.

use std::collections::BTreeSet;

use super::export;
use crate::{
    app::App,
    clients::clock::Clock,
    config::Config,
    domain::time::Timestamp,
    secret::Secret,
    store::testing::{catalog, samples},
};

enum Told {
    /// Under this pointer of the document.
    At(&'static str),
    /// It is not told; why.
    Not(#[allow(dead_code, reason = "for whoever reads the list")] &'static str),
}

const COLUMNS: &[(&str, Told)] = &[
    ("access_tokens.user_id", Told::Not("an id and times of a credential")),
    ("audit.actor", Told::Not("the operator's record, for 90 days")),
    ("audit.subject", Told::Not("the operator's record, for 90 days")),
    ("billing_customers.user_id", Told::At("/billing/customer")),
    ("free_pulls.user_id", Told::Not("counted in the pulls")),
    ("heists.attacker_id", Told::At("/game/heists")),
    ("heists.victim_id", Told::At("/game/heists")),
    ("holds.subject", Told::At("/vaniTokens/held")),
    ("idempotency_keys.scope", Told::Not("answers that were given, for a day")),
    ("jobs.user_id", Told::At("/jobs")),
    ("ledger_accounts.owner", Told::At("/vaniTokens/balance")),
    ("mail_choices.user_id", Told::At("/letters")),
    ("mail_links.user_id", Told::Not("links that were mailed")),
    ("notices.subject", Told::At("/notices")),
    ("notices.user_id", Told::At("/notices")),
    ("outbox.user_id", Told::Not("work that is owed; what it is about is told elsewhere")),
    ("pattern_credits.user_id", Told::Not("follows from pulls and jobs")),
    ("players.user_id", Told::At("/game/lifetimePoints")),
    ("point_kinds.updated_by", Told::Not("about the service")),
    ("pull_commitments.user_id", Told::Not("drawn for a pull that was not made")),
    ("pulls.user_id", Told::At("/pulls")),
    ("purchases.user_id", Told::At("/billing/purchases")),
    ("queues.paused_by", Told::Not("about the service")),
    ("referrals.referred_id", Told::At("/game/referrals")),
    ("referrals.referrer_id", Told::At("/game/referrals")),
    ("refunds.asked_by", Told::Not("about the service")),
    ("sessions.user_id", Told::At("/sessions")),
    ("settings.updated_by", Told::Not("about the service")),
    ("shields.user_id", Told::At("/game/shieldUntil")),
    ("sign_in_failures.subject", Told::Not("a network's or name's failures, for a day")),
    ("subscriptions.user_id", Told::At("/billing/subscriptions")),
    ("takings.subject", Told::At("/debts")),
    ("transfers.subject", Told::At("/transactions")),
    ("users.referred_by", Told::At("/account")),
    ("webhook_endpoints.user_id", Told::At("/webhookEndpoints")),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_column_that_names_a_user_is_told_or_has_its_reason() {
    let listed: BTreeSet<String> = COLUMNS.iter().map(|(column, _)| (*column).to_owned()).collect();
    for fixture in samples::both_with_samples().await {
        let name = catalog::name(&fixture.db).await;
        assert_eq!(catalog::user_columns(&fixture.db).await, listed, "{name}: core/src/flow/account/export/columns.rs");
        let clock = Clock::manual(Timestamp::parse("2026-11-21T12:00:00Z").unwrap());
        let mut config = Config::default();
        config.secret_key = Some(Secret::new("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"));
        let app = App::assemble(fixture.db.clone(), config, clock).unwrap();
        let document = export(&app, samples::id(1)).await.unwrap();
        for (column, told) in COLUMNS {
            let Told::At(place) = told else { continue };
            let value = document.pointer(place).unwrap_or(&serde_json::Value::Null);
            let empty =
                value.is_null() || value.as_array().is_some_and(Vec::is_empty) || *value == serde_json::json!({});
            assert!(!empty, "{name}: {column} is said to be at {place}, and nothing is there");
        }
    }
}
