//! Deleting an account and exporting it: what goes, what stays, what adds up.

use std::time::Duration;

use vanikeys_core::{
    clients::{clock::Clock, mailer::Mailer},
    custody::SearcherKey,
    domain::{
        ledger::{Asset, House, Kind, Movement},
        task::Queue,
        time::Timestamp,
    },
    flow::{
        account::{
            AccountRefusal, Form, delete::delete, export::export, forgot_password::forgot_password, register::register,
        },
        forfeit::{Cause, forfeit},
        grant::grant_tokens,
        job, mail,
    },
    store::{audit::Origin, exports, ledger, users},
};

use vanikeys_grind::{Kind as PatternKind, PatternSpec};
use vanikeys_testkit::Scratch;

use super::people::{PASSWORD, actor, form, password, refused, shown};
use crate::{
    tasks,
    world::{World, over_both},
};

async fn sums_to_zero(world: &World) {
    let off = world
        .number(
            "SELECT COUNT(*) FROM ledger_accounts a WHERE a.house IS NULL AND a.balance <> \
             COALESCE((SELECT CAST(SUM(t.amount) AS BIGINT) FROM transfers t WHERE t.credit_account = a.id), 0) - \
             COALESCE((SELECT CAST(SUM(t.amount) AS BIGINT) FROM transfers t WHERE t.debit_account = a.id), 0)",
        )
        .await;
    assert_eq!(off, 0);
}

over_both! {
    async fn a_deleted_account_leaves_the_ledger_whole_and_nobody_in_it(world) {
        let ann = world.sign_up("ann").await;
        let browser = world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        grant_tokens(&world.app, uuid::Uuid::now_v7(), ann.user.id, 234, None).await.unwrap();
        let wrong = delete(&world.app, &actor(&ann), &password("tarragon lantern 8")).await;
        assert_eq!(refused(wrong), AccountRefusal::WrongPassword);
        delete(&world.app, &actor(&ann), &password(PASSWORD)).await.unwrap();

        assert!(!world.is_signed_in(&shown(&ann)).await && !world.is_signed_in(&shown(&browser)).await);
        assert_eq!(refused(world.login("ann", PASSWORD, "192.0.2.1").await), AccountRefusal::WrongCredentials);
        assert_eq!(refused(delete(&world.app, &actor(&ann), &password(PASSWORD)).await), AccountRefusal::Gone);
        assert_eq!(refused(export(&world.app, ann.user.id).await), AccountRefusal::Gone);

        let row = users::find(&mut world.app.db.read().await.unwrap(), ann.user.id).await.unwrap().unwrap();
        assert!(!row.is_active() && row.email.is_none() && row.username.is_none());
        let forfeited = world.texts("SELECT key FROM transfers WHERE kind = 'forfeit' AND asset = 'vani_token' AND amount = 1234").await;
        assert_eq!(forfeited, [format!("forfeit:{}", ann.user.id)]);
        sums_to_zero(&world).await;
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE ip IS NOT NULL OR user_agent IS NOT NULL").await, 0);
        // Name and address are free again.
        register(&world.app, &form("ann"), Form::Session, &Origin::default()).await.unwrap();
    }

    async fn letters_that_are_kept_as_files_go_with_the_account_and_with_time(world) {
        let mut world = world;
        let scratch = Scratch::new("letters");
        world.app.mailer = Mailer::files(scratch.path().to_owned());
        let files = || std::fs::read_dir(scratch.path()).unwrap().count();
        let ann = world.sign_up("ann").await;
        world.sign_up("bob").await;
        for name in ["ann", "bob"] {
            forgot_password(&world.app, &format!("{name}@example.org"), &Origin::default()).await.unwrap();
        }
        tasks::work(&world, Queue::Emails).await;
        assert_eq!(files(), 2);
        delete(&world.app, &actor(&ann), &password(PASSWORD)).await.unwrap();
        assert_eq!(files(), 1, "those of others stay");
        let written = std::fs::read_dir(scratch.path()).unwrap().next().unwrap().unwrap().metadata().unwrap().modified();
        let written = written.unwrap().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
        let kept = Duration::from_secs(30 * 86_400);
        world.app.clock = Clock::manual(Timestamp::from_micros(written.try_into().unwrap()) + kept);
        assert_eq!(mail::tidy(&world.app).await.unwrap(), 0);
        world.pass(Duration::from_secs(1));
        assert_eq!(mail::tidy(&world.app).await.unwrap(), 1);
    }

    async fn what_a_job_holds_is_forfeited_when_it_is_released(world) {
        let ann = world.sign_up("ann").await;
        let (app, user) = (&world.app, ann.user.id);
        let (job, at) = (uuid::Uuid::now_v7(), app.clock.now());
        let mut tx = app.db.begin().await.unwrap();
        let movement = |amount, key: &str| Movement {
            user, asset: Asset::VaniToken, amount, kind: Kind::Job, key: key.to_owned(), subject: Some(job), note: None, at,
        };
        let (hold, _) = ledger::hold(&mut tx, &movement(300, "job:x:hold")).await.unwrap();
        tx.commit().await.unwrap();
        delete(app, &actor(&ann), &password(PASSWORD)).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM transfers WHERE kind = 'forfeit' AND asset = 'vani_token'").await, 0);
        let mut tx = app.db.begin().await.unwrap();
        ledger::settle(&mut tx, hold, &movement(100, "job:x:settle")).await.unwrap();
        for _ in 0..2 {
            forfeit(&mut tx, app, user, Cause::Deletion).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(world.number("SELECT amount FROM transfers WHERE kind = 'forfeit' AND asset = 'vani_token'").await, 900);
        sums_to_zero(&world).await;
    }

    /// The slice under way counts; what the job then releases goes to the house, not back to nobody.
    async fn a_deleted_account_s_jobs_are_cancelled_and_what_they_release_is_forfeited(world) {
        let ann = world.sign_up("ann").await;
        let app = &world.app;
        let key = SearcherKey::generate();
        job::enrol_searcher(app, "test", key.id().public_key().as_bytes()).await.unwrap();
        let announcement = job::Announcement { threads: 1, rate: 1e6, rates: Vec::new() };
        job::searcher_announced(app, key.id().public_key().as_bytes(), announcement.clone()).await.unwrap();
        let pattern = PatternSpec::new(PatternKind::Prefix, "gacha");
        let order = job::JobOrder { pattern, ..job::JobOrder::default() };
        let ordered = job::create(app, &actor(&ann), None, &order).await.unwrap();
        let waiting = job::create(app, &actor(&ann), None, &order).await.unwrap();
        let issued = world.coordinate().await.unwrap();
        assert!(!issued.slices.is_empty());
        delete(app, &actor(&ann), &password(PASSWORD)).await.unwrap();
        let open = "SELECT COUNT(*) FROM jobs WHERE status IN ('queued', 'running')";
        // Slices that nobody reports expire, and the cancelled jobs settle.
        for _ in 0..5 {
            world.pass(std::time::Duration::from_secs(3_600));
            job::searcher_announced(app, key.id().public_key().as_bytes(), announcement.clone()).await.unwrap();
            world.coordinate().await.unwrap();
        }
        assert_eq!(world.number(open).await, 0, "{} {}", ordered.id, waiting.id);
        assert_eq!(world.number("SELECT COUNT(*) FROM jobs WHERE status = 'cancelled'").await, 2);
        assert_eq!(world.number("SELECT amount FROM transfers WHERE kind = 'forfeit' AND asset = 'vani_token'").await, 1_000);
        assert_eq!(world.number("SELECT balance FROM ledger_accounts WHERE house IS NULL").await, 0);
        sums_to_zero(&world).await;
    }

    async fn an_export_reads_page_after_page_and_misses_nothing(world) {
        let ann = world.sign_up("ann").await;
        for n in 1..=6 {
            // All at the same time: ids tell them apart.
            grant_tokens(&world.app, uuid::Uuid::now_v7(), ann.user.id, n, None).await.unwrap();
        }
        let mut on = world.app.db.read().await.unwrap();
        let account = exports::account(&mut on, ann.user.id, &Asset::VaniToken).await.unwrap().unwrap();
        let (mut amounts, mut last) = (Vec::new(), exports::TOP);
        loop {
            let page = exports::transfers(&mut on, account, last, 2).await.unwrap();
            let Some(end) = page.last() else { break };
            last = (end.created_at, end.id);
            amounts.extend(page.iter().map(|transfer| transfer.amount));
        }
        drop(on);
        amounts.sort_unstable();
        assert_eq!(amounts, [1, 2, 3, 4, 5, 6, 1_000]);
        let order = job::JobOrder { pattern: crate::world::prefix("mm"), ..job::JobOrder::default() };
        for _ in 0..2 {
            job::create(&world.app, &actor(&ann), None, &order).await.unwrap();
        }
        let document = export(&world.app, ann.user.id).await.unwrap();
        assert_eq!(document["transactions"].as_array().unwrap().len(), 7);
        assert_eq!(document["jobs"].as_array().unwrap().len(), 2);
        let under_way = world.app.limits.enter(&format!("export:{}", ann.user.id), 1).await.unwrap();
        assert_eq!(refused(export(&world.app, ann.user.id).await), AccountRefusal::ExportRunning);
        drop(under_way);
        export(&world.app, ann.user.id).await.unwrap();
    }

    async fn an_export_says_everything_and_no_secret(world) {
        let ann = world.sign_up("ann").await;
        world.sign_up("bob").await;
        let document = export(&world.app, ann.user.id).await.unwrap();
        assert_eq!(document["account"]["email"], "ann@example.org");
        assert_eq!(document["vaniTokens"]["balance"], 1_000);
        assert_eq!(document["transactions"][0]["amount"], 1_000);
        assert_eq!((document["pulls"].as_array().unwrap().len(), document["jobs"].as_array().unwrap().len()), (0, 0));
        let text = document.to_string();
        assert!(!text.contains("argon2") && !text.contains("bob"), "{text}");
    }

    async fn an_active_account_forfeits_nothing(world) {
        let ann = world.sign_up("ann").await;
        let mut tx = world.app.db.begin().await.unwrap();
        assert_eq!(forfeit(&mut tx, &world.app, ann.user.id, Cause::Deletion).await.unwrap(), 0);
        tx.commit().await.unwrap();
        let mut on = world.app.db.read().await.unwrap();
        assert_eq!(ledger::balance(&mut on, ann.user.id, &Asset::VaniToken).await.unwrap().balance, 1_000);
        assert_eq!(House::Forfeits.name(), "forfeits");
    }
}
