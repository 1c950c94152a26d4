//! The doctor finds nothing after ordinary work, and every kind of thing that must not be.

use vanikeys_core::{
    app::App,
    flow::{
        doctor::{self, Finding, Grade},
        grant::{grant_tokens, take_back},
        job::{self, JobOrder},
        pull::{self, PullOrder},
    },
    store::Db,
};

use crate::world::{World, over_both, prefix};

async fn tamper(app: &App, text: &str) {
    match &app.db {
        Db::Postgres(pool) => sqlx::query(sqlx::AssertSqlSafe(text)).execute(pool).await.map(drop).unwrap(),
        Db::Sqlite { write, .. } => sqlx::query(sqlx::AssertSqlSafe(text)).execute(write).await.map(drop).unwrap(),
    }
}

/// What is broken, in the order of the checks.
async fn broken(app: &App) -> Vec<&'static str> {
    let findings = doctor::examine(app).await.unwrap();
    let broken = findings.into_iter().filter(|finding| finding.grade == Grade::Broken);
    broken.map(|finding| finding.check).collect()
}

/// A grant, a grant taken back, pulls, a job cancelled and a job that runs.
async fn ordinary_life(world: &World) {
    let (ann, bob) = (world.user(1_000).await, world.user(0).await);
    let grant = uuid::Uuid::now_v7();
    grant_tokens(&world.app, grant, bob.user, 250, None).await.unwrap();
    take_back(&world.app, grant, None).await.unwrap();
    for _ in 0..3 {
        let order = PullOrder {
            pattern: prefix("me"),
            commitment_id: None,
            client_share: None,
            custody: None,
            recipient: None,
        };
        pull::execute(&world.app, &ann, None, &order).await.unwrap();
    }
    let order = JobOrder { pattern: prefix("moon"), ..JobOrder::default() };
    let first = job::create(&world.app, &ann, None, &order).await.unwrap();
    job::cancel(&world.app, &ann, None, first.id).await.unwrap();
    job::create(&world.app, &ann, None, &order).await.unwrap();
}

over_both! {
    async fn ordinary_life_leaves_nothing_broken(world) {
        ordinary_life(&world).await;
        let findings = doctor::examine(&world.app).await.unwrap();
        let bad: Vec<&Finding> = findings.iter().filter(|finding| finding.grade == Grade::Broken).collect();
        assert!(bad.is_empty(), "{bad:?}");
        let key_files = findings.iter().find(|finding| finding.check == "key files").unwrap();
        assert!(key_files.found.contains("newest 3"), "{}", key_files.found);
        let workers = findings.iter().find(|finding| finding.check == "workers").unwrap();
        assert_eq!(workers.grade, Grade::Notice, "nobody works in this world");
    }

    async fn tokens_out_of_nothing_are_found(world) {
        ordinary_life(&world).await;
        tamper(&world.app, "UPDATE ledger_accounts SET balance = balance + 1 WHERE balance > 100").await;
        assert_eq!(broken(&world.app).await, ["ledger sums", "ledger balances", "ledger chains"]);
    }

    async fn a_transfer_that_vanished_is_found(world) {
        ordinary_life(&world).await;
        tamper(&world.app, "DELETE FROM transfers WHERE kind = 'pull' AND key = (SELECT MIN(key) FROM transfers WHERE kind = 'pull')").await;
        let found = broken(&world.app).await;
        assert!(found.contains(&"ledger balances") && found.contains(&"ledger chains"), "{found:?}");
    }

    async fn a_changed_amount_is_found(world) {
        ordinary_life(&world).await;
        tamper(&world.app, "UPDATE transfers SET amount = amount + 1 WHERE kind = 'pull'").await;
        assert!(broken(&world.app).await.contains(&"ledger steps"));
    }

    async fn a_transfer_to_nobody_is_found(world) {
        ordinary_life(&world).await;
        tamper(&world.app, "UPDATE transfers SET credit_account = id WHERE kind = 'pull'").await;
        assert!(broken(&world.app).await.contains(&"ledger accounts"));
    }

    async fn a_hold_without_its_tokens_is_found(world) {
        ordinary_life(&world).await;
        tamper(&world.app, "UPDATE ledger_accounts SET held = held - 1 WHERE held > 0").await;
        assert_eq!(broken(&world.app).await, ["ledger holds"]);
    }

    async fn a_key_file_that_does_not_open_is_found(world) {
        ordinary_life(&world).await;
        let other = "UPDATE pulls SET key_file = (SELECT key_file FROM pulls ORDER BY number LIMIT 1) WHERE number = 2";
        tamper(&world.app, other).await;
        assert_eq!(broken(&world.app).await, ["key files"]);
    }

    async fn a_schema_of_yesterday_is_found(world) {
        let newest = vanikeys_core::store::migrate::newest();
        vanikeys_core::store::migrate::down(&world.app.db, newest - 1).await.unwrap();
        assert_eq!(broken(&world.app).await, ["schema"]);
    }
}
