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

/// Changes what must not be changed, past the triggers.
async fn tamper(app: &App, text: &str) {
    let open: &[&str] = match &app.db {
        Db::Postgres(_) => &["ALTER TABLE transfers DISABLE TRIGGER USER"],
        Db::Sqlite { .. } => {
            &["DROP TRIGGER IF EXISTS transfers_no_update", "DROP TRIGGER IF EXISTS transfers_no_delete"]
        }
    };
    for statement in open {
        execute(app, statement).await.unwrap();
    }
    execute(app, text).await.unwrap();
}

async fn execute(app: &App, text: &str) -> Result<(), sqlx::Error> {
    match &app.db {
        Db::Postgres(pool) => sqlx::query(sqlx::AssertSqlSafe(text)).execute(pool).await.map(drop),
        Db::Sqlite { write, .. } => sqlx::query(sqlx::AssertSqlSafe(text)).execute(write).await.map(drop),
    }
}

/// What is broken, in the order of the checks.
async fn broken(app: &App) -> Vec<&'static str> {
    let findings = doctor::examine(app).await.unwrap();
    let broken = findings.into_iter().filter(|finding| finding.grade == Grade::Broken);
    broken.map(|finding| finding.check).collect()
}

/// A grant, a grant taken back, another that was spent and leaves debt, pulls, a job cancelled and a job that runs.
async fn ordinary_life(world: &World) {
    let (ann, bob) = (world.user(1_000).await, world.user(0).await);
    let grant = uuid::Uuid::now_v7();
    grant_tokens(&world.app, grant, bob.user, 250, None).await.unwrap();
    take_back(&world.app, grant, None).await.unwrap();
    let (cid, spent) = (world.user(0).await, uuid::Uuid::now_v7());
    grant_tokens(&world.app, spent, cid.user, 3, None).await.unwrap();
    let order =
        PullOrder { pattern: prefix("e"), commitment_id: None, client_share: None, custody: None, recipient: None };
    pull::execute(&world.app, &cid, None, &order).await.unwrap();
    take_back(&world.app, spent, None).await.unwrap();
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
        assert!(key_files.found.contains("newest 4"), "{}", key_files.found);
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

    async fn a_debt_that_nothing_explains_is_found(world) {
        ordinary_life(&world).await;
        tamper(&world.app, "UPDATE ledger_accounts SET debt = debt + 1 WHERE debt > 0").await;
        assert_eq!(broken(&world.app).await, ["ledger debts"]);
    }

    async fn a_debt_that_vanished_is_found(world) {
        ordinary_life(&world).await;
        tamper(&world.app, "UPDATE takings SET forgiven = open, open = 0 WHERE open > 0").await;
        assert_eq!(broken(&world.app).await, ["ledger debts"]);
    }

    async fn a_repayment_without_its_transfer_is_found(world) {
        ordinary_life(&world).await;
        tamper(&world.app, "UPDATE takings SET repaid = repaid + 1, open = open - 1 WHERE open > 0").await;
        tamper(&world.app, "UPDATE ledger_accounts SET debt = debt - 1 WHERE debt > 0").await;
        assert_eq!(broken(&world.app).await, ["ledger takings"]);
    }

    async fn a_purchase_that_was_taken_twice_is_found(world) {
        ordinary_life(&world).await;
        tamper(&world.app, "UPDATE takings SET gave = gave - 1").await;
        assert_eq!(broken(&world.app).await, ["ledger takings"]);
    }

    async fn a_taking_that_was_undone_without_its_transfer_is_found(world) {
        ordinary_life(&world).await;
        tamper(&world.app, "UPDATE takings SET undo_key = 'k', undone_at = 1 WHERE open = 0").await;
        assert_eq!(broken(&world.app).await, ["ledger takings"]);
    }

    /// Nobody changes or removes what was booked, whoever it is.
    async fn transfers_are_immutable(world) {
        ordinary_life(&world).await;
        let before = world.number("SELECT COUNT(*) FROM transfers").await;
        for text in ["UPDATE transfers SET note = 'better'", "DELETE FROM transfers WHERE amount = 0", "DELETE FROM transfers"] {
            let refused = execute(&world.app, text).await.unwrap_err();
            assert!(refused.to_string().contains("immutable"), "{text}: {refused}");
        }
        if matches!(world.app.db, Db::Postgres(_)) {
            let refused = execute(&world.app, "TRUNCATE transfers").await.unwrap_err();
            assert!(refused.to_string().contains("immutable"), "{refused}");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM transfers").await, before);
        assert!(broken(&world.app).await.is_empty());
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
