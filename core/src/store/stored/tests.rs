use super::*;
use crate::{
    domain::{ledger::Asset, owner::Owner, season::Season},
    store::{
        Db, Sql, StoreError, StoreResult, audit,
        billing::{customers, purchases, refunds, subscriptions},
        execute, exports, heists, jobs, ledger, mail_links, notices, outbox, plans, players, pulls, slices,
        testing::{both, commit},
        users, webhooks,
    },
};

/// The words as they stand in databases out there: whoever renames or drops one must migrate them. New ones may come.
#[test]
fn stored_words_stay() {
    let known = "jobs.status: queued running completed cancelled failed\n\
         jobs.failure: hopeless no_searcher unsearchable\n\
         slices.state: issued settled expired\n\
         jobs.custody pulls.custody: service sealed split\n\
         heists.status: PENDING SUCCESS FAILED_COOLDOWN FAILED_TARGET_PROTECTED FAILED_SHIELD \
         FAILED_INSUFFICIENT_POINTS FAILED_INSUFFICIENT_TOKENS FAILED_INVALID_TARGET\n\
         outbox.queue queues.name: searches reports heists emails webhooks upkeep\n\
         outbox.state: later ready pushed running done dead\n\
         mail_links.purpose: confirm reset change\n\
         pattern_credits.source: pull job\n\
         holds.state: pending settled\n\
         webhook_deliveries.state: waiting delivered dead\n\
         notices.kind: JOB_COMPLETED JOB_FAILED PULL_WON WEBHOOK_DISABLED HEIST_SUCCESS HEIST_VICTIM TOKEN_EARNED \
         SHIELD_ACTIVATED SHIELD_EXPIRED PAYMENT_SUCCEEDED PAYMENT_FAILED PAYMENT_REFUNDED PAYMENT_DISPUTED DISPUTE_ENDED \
         SUBSCRIPTION_UPDATED\n\
         mail_choices.letter: key-found job-failed pull-won heist-success heist-suffered token-earned shield\n\
         users.status: active deleted\n\
         users.role: user admin\n\
         users.plan: free pro unlimited\n\
         point_kinds.kind: SIGNUP CHECKIN FIRST_CHECKIN_DEAL COIN_PURCHASE ACHIEVEMENT_UNLOCK LOYALTY_BONUS \
         REFERRAL_BONUS HEIST_GAIN HEIST_LOSS\n\
         transfers.kind holds.kind: welcome grant purchase pull job clawback clawback_reversal debt_repayment forfeit \
         shield referral heist_try token_expiry heist SIGNUP CHECKIN FIRST_CHECKIN_DEAL COIN_PURCHASE \
         ACHIEVEMENT_UNLOCK LOYALTY_BONUS REFERRAL_BONUS\n\
         takings.cause: grant refund dispute unknown\n\
         audit.action: account.register account.login account.email.confirm account.email.ask \
         account.email.change account.password.change account.password.forgot account.password.reset \
         account.delete admin.create admin.promote admin_key.create admin_key.revoke signup.clear switch.set \
         tokens.grant tokens.take_back tokens.claw_back tokens.give_back points.grant points.kind pull.shred \
         job.create job.cancel job.shred heist.attempt shield.buy searcher.enrol searcher.suspend \
         searcher.resume searcher.bad_report queue.pause queue.resume task.run-again task.run-all-again \
         billing.refund billing.credit billing.repair billing.event.run-again billing.freeze billing.unfreeze \
         subscription.cancel subscription.resume subscription.grace subscription.revoke subscription.surplus\n\
         billing_customers.mode purchases.mode subscriptions.mode billing_events.mode: test live\n\
         purchases.way: checkout intent\n\
         purchases.state: wanted open processing paid failed expired canceled\n\
         subscriptions.kind: plan\n\
         subscriptions.status: wanted open expired incomplete incomplete_expired trialing active past_due unpaid paused \
         canceled\n\
         refunds.status: wanted refused pending requires_action succeeded failed canceled\n\
         disputes.status: warning_needs_response warning_under_review warning_closed needs_response under_review won \
         lost prevented\n\
         billing_events.state: waiting handled ignored failed\n";
    assert_eq!(known.lines().count(), WORDS.len(), "every enum that is kept stands in the list");
    for line in known.lines() {
        let (columns, words) = line.split_once(": ").unwrap();
        let kept = WORDS.iter().find(|kept| kept.columns.join(" ") == columns);
        let kept = kept.unwrap_or_else(|| panic!("{columns}: no enum is kept there any more"));
        for word in words.split(' ') {
            assert!(kept.words.contains(&word), "{columns}: {word} is not understood any more");
        }
    }
}

/// One row of every table that keeps an enum; all of them have the same id.
const ROWS: [&str; 19] = [
    "INSERT INTO users (id, adult_confirmed_at, terms_accepted_at, referral_code, created_at) \
     VALUES ($1, 1, 1, 'ANN', 1)",
    "INSERT INTO ledger_accounts (id, owner, asset, created_at) VALUES ($1, $1, 'vani_token', 1)",
    "INSERT INTO transfers (id, debit_account, credit_account, asset, amount, kind, key, created_at) \
     VALUES ($1, $1, $1, 'vani_token', 0, 'pull', 'pull', 1)",
    "INSERT INTO takings (id, account, cause, key, gave, created_at) VALUES ($1, $1, 'grant', 'takeback', 1, 1)",
    "INSERT INTO holds (id, account, amount, subject, key, created_at) VALUES ($1, $1, 1, $1, 'hold', 1)",
    "INSERT INTO jobs (id, user_id, pattern, pattern_key, target, one_in, expected_attempts, custody, recipient, status, \
     price, credit, hold_id, turn, created_at) VALUES ($1, $1, '{\"text\":\"a\"}', '', 'did', '1', 1, 'service', '', \
     'queued', 1, 0, $1, 0, 1)",
    "INSERT INTO slices (id, job_id, budget, milliseconds, state, issued_at, expires_at) \
     VALUES ($1, $1, 1, 1, 'issued', 1, 1)",
    "INSERT INTO heists (id, attacker_id, victim_id, status, admitted, created_at) VALUES ($1, $1, $1, 'PENDING', TRUE, 1)",
    "INSERT INTO outbox (id, queue, kind, payload, user_id, state, due_at, turn, created_at) \
     VALUES ($1, 'emails', 'notice', '{}', $1, 'ready', 1, 1, 1)",
    "INSERT INTO webhook_endpoints (id, user_id, url, description, events, keys, public_key, enabled, created_at) \
     VALUES ($1, $1, '', '', 'pull.won', $2, $2, TRUE, 1)",
    "INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event, payload, state, created_at) \
     VALUES ($1, $1, $1, 'pull.won', '{}', 'waiting', 1)",
    "INSERT INTO notices (id, user_id, kind, metadata, created_at) \
     VALUES ($1, $1, 'WEBHOOK_DISABLED', \
     '{\"endpointId\":\"00000000-0000-0000-0000-000000000001\",\"url\":\"\",\"reason\":\"\"}', 1)",
    "INSERT INTO mail_links (id, token_hash, user_id, purpose, email, created_at, expires_at) \
     VALUES ($1, $2, $1, 'confirm', '', 1, 1)",
    "INSERT INTO audit (id, at, action, detail) VALUES ($1, 1, 'job.create', '{}')",
    "INSERT INTO pulls (id, user_id, number, pattern, pattern_key, target, one_in, public_key, text, matched, parts, \
     result, is_win, free, tokens_spent, custody, recipient, receipt, key_file, created_at) VALUES ($1, $1, 1, \
     '{\"text\":\"a\"}', '', 'did', '1', $2, '', 1, 1, '{}', TRUE, TRUE, 0, 'service', '', '{}', $2, 1)",
    "INSERT INTO billing_customers (id, user_id, mode, created_at) VALUES ($1, $1, 'test', 1)",
    "INSERT INTO purchases (id, user_id, mode, way, pack, tokens, cents, currency, state, created_at) \
     VALUES ($1, $1, 'test', 'checkout', 'popular', 500, 399, 'usd', 'open', 1)",
    "INSERT INTO subscriptions (id, user_id, kind, item, mode, status, live, surplus, created_at) \
     VALUES ($1, $1, 'plan', 'pro', 'test', 'open', FALSE, FALSE, 1)",
    "INSERT INTO refunds (id, purchase_id, cents, status, created_at, changed_at) VALUES ($1, $1, 1, 'wanted', 1, 1)",
];

async fn fill(db: &Db) -> Uuid {
    let id = Uuid::now_v7();
    for row in ROWS {
        let done: StoreResult<u64> = if row.contains("$2") {
            commit!(db, tx => execute!(tx, row, id, [7_u8; 32].as_slice()))
        } else {
            commit!(db, tx => execute!(tx, row, id))
        };
        assert_eq!(done.unwrap(), 1, "{row}");
    }
    id
}

/// Reads the row of a column by the use that callers make of it.
async fn read(on: &mut impl Sql, place: &str, id: Uuid) -> StoreResult<()> {
    let at = Timestamp::from_micros(1);
    match place {
        "jobs.status" | "jobs.custody" | "jobs.failure" | "jobs.pattern" | "jobs.target" | "jobs.recipient" => {
            jobs::get(on, id).await.map(drop)
        }
        "slices.state" => slices::find(on, id).await.map(drop),
        "pulls.custody" | "pulls.pattern" => pulls::find(on, id, id).await.map(drop),
        "heists.status" | "heists.refusal" => heists::find(on, id, id).await.map(drop),
        "outbox.queue" | "outbox.state" => outbox::find(on, id).await.map(drop),
        "webhook_deliveries.state" | "webhook_deliveries.event" => webhooks::deliveries::get(on, id).await.map(drop),
        "notices.kind" | "notices.metadata" => notices::find(on, id).await.map(drop),
        "webhook_endpoints.events" => webhooks::get(on, id).await.map(drop),
        "mail_links.purpose" => mail_links::find(on, id).await.map(drop),
        "transfers.kind" => exports::transfers(on, id, exports::TOP, 1).await.map(drop),
        "holds.kind" | "holds.state" => ledger::find_hold(on, id).await.map(drop),
        "audit.action" => audit::list(on, &audit::Search::default(), 1, 0).await.map(drop),
        "takings.cause" => ledger::takings_of(on, id, &Asset::VaniToken).await.map(drop),
        "users.role" => users::find(on, id).await.map(drop),
        "users.plan" => plans::of(on, id, at).await.map(drop),
        "billing_customers.mode" => customers::of(on, Owner::User(id)).await.map(drop),
        "purchases.mode" | "purchases.way" | "purchases.state" => purchases::find(on, id).await.map(drop),
        "subscriptions.mode" | "subscriptions.kind" | "subscriptions.status" => {
            subscriptions::find(on, id).await.map(drop)
        }
        "refunds.status" => refunds::find(on, id).await.map(drop),
        "users.status" => players::standing(on, id, Season::of(at)).await.map(drop),
        _ => panic!("{place} has no reader here"),
    }
}

/// Columns that are written and never read back, or whose rows have no id of ours.
const NOT_READ: [&str; 7] = [
    "pattern_credits.source",
    "queues.name",
    "mail_choices.letter",
    "point_kinds.kind",
    "disputes.status",
    "billing_events.mode",
    "billing_events.state",
];

/// Columns beside those of [`WORDS`] that are made into something.
const OTHERS: [&str; 8] = [
    "jobs.pattern",
    "jobs.target",
    "jobs.recipient",
    "pulls.pattern",
    "heists.refusal",
    "webhook_endpoints.events",
    "webhook_deliveries.event",
    "notices.metadata",
];

#[tokio::test]
async fn what_cannot_be_read_is_an_error_that_names_its_row() {
    for fixture in both().await {
        let db = &fixture.db;
        lift_checks(db).await;
        let id = fill(db).await;
        let places = WORDS.iter().flat_map(|kept| kept.columns).chain(&OTHERS);
        for place in places.filter(|place| !NOT_READ.contains(place)) {
            read(&mut db.read().await.unwrap(), place, id).await.unwrap();
            let (table, column) = place.split_once('.').unwrap();
            let mut tx = db.begin().await.unwrap();
            let text = format!("UPDATE {table} SET {column} = 'spoiled' WHERE id = $1");
            assert_eq!(execute!(&mut tx, sqlx::AssertSqlSafe(text.as_str()), id).unwrap(), 1);
            let error = read(&mut tx, place, id).await.unwrap_err();
            tx.rollback().await.unwrap();
            assert!(matches!(error, StoreError::Unreadable(_)), "{place}: {error:?}");
            let text = error.to_string();
            assert!(text.starts_with(&format!("{place} of the row {id} cannot be read: ")), "{text}");
            assert!(text.contains("\"spoiled\""), "{text}");
        }
    }
}

/// Checks keep such values out as long as only this program writes; so the test takes them away.
async fn lift_checks(db: &Db) {
    match db {
        Db::Postgres(pool) => {
            let text = "DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname, conrelid::regclass AS place \
                        FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 AND connamespace = 'public'::regnamespace \
                        LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.place, c.conname); END LOOP; END $$";
            sqlx::raw_sql(text).execute(pool).await.unwrap();
            sqlx::raw_sql("ALTER TABLE transfers DISABLE TRIGGER USER").execute(pool).await.unwrap();
        }
        Db::Sqlite { write, .. } => {
            sqlx::raw_sql("PRAGMA ignore_check_constraints = ON").execute(write).await.unwrap();
            sqlx::raw_sql("DROP TRIGGER transfers_no_update").execute(write).await.unwrap();
        }
    }
}
