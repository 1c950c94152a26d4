//! What becomes of purchases: refunds, disputes, and payments that come too late.

use uuid::Uuid;
use vanikeys_core::{
    app::App,
    domain::ledger::{Balance, Refusal},
    flow::{
        Actor, Failure,
        account::delete::delete,
        doctor::{self, Finding, Grade},
        job::{self, JobOrder},
        purchase::{Payment, Purchase},
    },
    store::Tx,
};

use crate::{
    accounts::people::{PASSWORD, actor as signed_in, password},
    world::{World, over_both, prefix},
};

const fn balance(balance: i64, held: i64, debt: i64) -> Balance {
    Balance { balance, held, debt }
}

fn purchase(user: Uuid) -> Purchase {
    Purchase { id: Uuid::now_v7(), user, tokens: 500, cents: 399 }
}

/// Handles an event in a transaction of its own, twice, and answers with the account afterwards.
async fn told(world: &World, event: impl AsyncFn(&mut Tx, &App) -> Result<Balance, Failure<Refusal>>) -> Balance {
    let mut last = None;
    for _ in 0..2 {
        let mut tx = world.app.db.begin().await.unwrap();
        let after = event(&mut tx, &world.app).await.unwrap();
        tx.commit().await.unwrap();
        assert!(last.is_none_or(|last| last == after), "told again, it did something");
        last = Some(after);
    }
    last.unwrap()
}

async fn nothing_broken(world: &World) {
    world.ledger_holds().await;
    let findings = doctor::examine(&world.app).await.unwrap();
    // What is told here comes from nobody's payments, so there are no rows to compare it with.
    let of_ledger = |finding: &&Finding| finding.check != "purchases";
    let broken: Vec<_> = findings.iter().filter(|one| one.grade == Grade::Broken).filter(of_ledger).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

over_both! {
    /// Purchase 500, 400 held by a job, refund 500: 100 taken, job cancelled, what it releases pays the debt.
    async fn a_refund_cancels_jobs_and_what_they_release_pays_it(world, |config| config.tariff.minimum = 400) {
        let ann = world.user(0).await;
        let bought = purchase(ann.user);
        let paid = told(&world, async |tx, app| bought.paid(tx, app, Payment::Intent("pi_1")).await).await;
        assert_eq!(paid, balance(500, 0, 0));
        job::create(&world.app, &ann, None, &JobOrder { pattern: prefix("meow"), ..JobOrder::default() }).await.unwrap();
        let after = told(&world, async |tx, app| bought.refunded(tx, app, "re_1", 399).await).await;
        assert_eq!(after, balance(0, 0, 0));
        assert_eq!(world.number("SELECT COUNT(*) FROM jobs WHERE status = 'cancelled'").await, 1);
        let rows = "SELECT taken || ' ' || repaid || ' ' || open FROM takings";
        assert_eq!(world.texts(rows).await, ["100 400 0"]);
        let failed = told(&world, async |tx, app| bought.refund_failed(tx, app, "re_1").await).await;
        assert_eq!(failed, balance(500, 0, 0));
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action = 'tokens.claw_back'").await, 1);
        nothing_broken(&world).await;
    }

    async fn a_dispute_takes_and_its_end_gives_back_in_either_order(world) {
        let ann = world.user(0).await;
        let (one, two) = (purchase(ann.user), purchase(ann.user));
        for (bought, payment) in [(one, Payment::Intent("pi_1")), (two, Payment::Checkout("cs_2"))] {
            told(&world, async |tx, app| bought.paid(tx, app, payment).await).await;
        }
        let keys = "SELECT key FROM transfers WHERE kind = 'purchase' ORDER BY key";
        assert_eq!(world.texts(keys).await, ["checkout:cs_2", "payment:pi_1"]);
        assert_eq!(told(&world, async |tx, app| one.disputed(tx, app, "dp_1", 399).await).await, balance(500, 0, 0));
        assert_eq!(told(&world, async |tx, app| one.dispute_won(tx, app, "dp_1").await).await, balance(1_000, 0, 0));
        assert_eq!(told(&world, async |tx, app| two.dispute_won(tx, app, "dp_2").await).await, balance(1_000, 0, 0));
        assert_eq!(told(&world, async |tx, app| two.disputed(tx, app, "dp_2", 399).await).await, balance(1_000, 0, 0));
        nothing_broken(&world).await;
    }

    async fn what_is_paid_for_a_deleted_account_is_credited_and_forfeited(world) {
        let ann = world.sign_up("ann").await;
        let bought = purchase(ann.user.id);
        told(&world, async |tx, app| bought.paid(tx, app, Payment::Intent("pi_1")).await).await;
        told(&world, async |tx, app| bought.disputed(tx, app, "dp_1", 399).await).await;
        delete(&world.app, &signed_in(&ann), &password(PASSWORD)).await.unwrap();
        let late = purchase(ann.user.id);
        let paid = told(&world, async |tx, app| late.paid(tx, app, Payment::Intent("pi_2")).await).await;
        let won = told(&world, async |tx, app| bought.dispute_won(tx, app, "dp_1").await).await;
        assert_eq!((paid, won), (balance(0, 0, 0), balance(0, 0, 0)));
        let user = ann.user.id;
        let mut expected = [format!("forfeit:{user} 1000"), format!("forfeit:{user}:pi_2 500"), format!("forfeit:{user}:dp_1 500")];
        expected.sort();
        let forfeits = "SELECT key || ' ' || amount FROM transfers WHERE kind = 'forfeit' AND asset = 'vani_token' ORDER BY key";
        let mut found = world.texts(forfeits).await;
        found.sort();
        assert_eq!(found, expected);
        nothing_broken(&world).await;
    }

    /// A payment that is told twice and at once, of an account that is being deleted: nothing is lost.
    async fn a_payment_races_with_the_deletion_of_its_account(world) {
        let ann = world.sign_up("ann").await;
        let bought = purchase(ann.user.id);
        let mut racing = Vec::new();
        for _ in 0..4 {
            let app = world.app.clone();
            racing.push(tokio::spawn(async move {
                let mut tx = app.db.begin().await.unwrap();
                bought.paid(&mut tx, &app, Payment::Intent("pi_1")).await.unwrap();
                tx.commit().await.unwrap();
            }));
        }
        let (app, person): (App, Actor) = (world.app.clone(), signed_in(&ann));
        racing.push(tokio::spawn(async move { delete(&app, &person, &password(PASSWORD)).await.unwrap() }));
        for one in racing { one.await.unwrap(); }
        let forfeited = "SELECT CAST(SUM(amount) AS BIGINT) FROM transfers WHERE kind = 'forfeit' AND asset = 'vani_token'";
        assert_eq!(world.number(forfeited).await, 1_500);
        nothing_broken(&world).await;
    }
}
