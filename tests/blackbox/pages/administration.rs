//! The admin pages in the browser, without scripts, so that every action is a plain form: charts, queues paused and
//! resumed, dead tasks searched and run again, searchers suspended, tokens given, flags cleared, switches turned.

use vanikeys_testkit::browser::{Browser, Look};

use super::{click, fill, go, shows, sign_up};
use crate::world::{Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_runs_the_service_from_the_pages() {
    let world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { javascript: false, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    let to = |path: &str| format!("{}{path}", world.url());
    go(&browser, &to("/admin")).await;
    shows(&browser, "h1", "This was not obeyed").await;
    world.admin(&["create-admin", "rosa@example.org", "--promote"]);
    world.register("lea").await;

    go(&browser, &to("/admin")).await;
    shows(&browser, ".bars figcaption", "New accounts: 2 in 14 days").await;
    click(&browser, "form[action='/admin/queues/emails/pause'] button").await;
    shows(&browser, "main", "paused since").await;
    click(&browser, "form[action='/admin/queues/emails/resume'] button").await;
    shows(&browser, "form[action='/admin/queues/emails/pause']", "Pause").await;

    tasks(&world, &browser).await;

    go(&browser, &to("/admin/workers")).await;
    shows(&browser, "main table", "searches").await;
    click(&browser, "form[action$='/suspend'] button").await;
    shows(&browser, "main", "suspended").await;
    click(&browser, "form[action$='/resume'] button").await;
    shows(&browser, "form[action$='/suspend']", "Suspend").await;

    world.sql("UPDATE users SET flagged_at = 1, flag_reason = 'many from one address' WHERE username = 'lea'");
    go(&browser, &to("/admin")).await;
    click(&browser, ".note a[href='/admin/users?flagged=true']").await;
    shows(&browser, "main table", "many from one address").await;
    click(&browser, "form[action$='/clear-flag'] button").await;
    shows(&browser, ".empty", "No users match.").await;
    go(&browser, &to("/admin/users?text=lea")).await;
    click(&browser, "main table summary").await;
    fill(&browser, &[("input[name='amount']", "250"), ("input[name='note']", "for the wait")]).await;
    click(&browser, "form[action$='/grants'] button").await;
    shows(&browser, "h1", "Users").await;
    let given = world.sql("SELECT COUNT(*) FROM transfers WHERE note = 'for the wait' AND amount = 250");
    assert_eq!(given, ["1"]);

    go(&browser, &to("/admin/settings")).await;
    shows(&browser, "main table", "VANIKEYS_DATA").await;
    let page = browser.page().source().await.unwrap();
    let secret = std::fs::read_to_string(world.data().join("secret.key")).unwrap_or_default();
    assert!(secret.trim().is_empty() || !page.contains(secret.trim()), "secrets are masked");
    click(&browser, "form[action='/admin/settings/registration.open'] button").await;
    shows(&browser, "form[action='/admin/settings/registration.open']", "off").await;
    world.doctor();
}

/// Dead letters, as a mail server that is away for days leaves them.
async fn tasks(world: &World, browser: &Browser) {
    world.admin(&["pause", "emails"]);
    for name in ["mia", "nora", "olga"] {
        world.register(name).await;
    }
    let killed = "UPDATE outbox SET state = 'dead', last_error = 'mail server away', finished_at = 1 WHERE queue = 'emails' AND state <> 'done'";
    world.sql(killed);
    let dead = || world.sql("SELECT COUNT(*) FROM outbox WHERE state = 'dead'")[0].parse::<u32>().unwrap();
    if dead() == 0 {
        // Where no letter was owed, a task that was done serves as well.
        world.sql("UPDATE outbox SET state = 'dead', last_error = 'mail server away' WHERE state = 'done'");
    }
    let before = dead();
    assert!(before >= 3, "{before} dead tasks to work with");
    go(browser, &format!("{}/admin/tasks?text=server+away", world.url())).await;
    shows(browser, "main table", "mail server away").await;
    click(browser, "button[formaction$='/run-again']").await;
    shows(browser, "h1", "Tasks").await;
    assert_eq!(dead(), before - 1, "one runs again");
    click(browser, "main table input[type='checkbox']").await;
    click(browser, "form[action='/admin/tasks/selected'] .actions button").await;
    shows(browser, "h1", "Tasks").await;
    assert_eq!(dead(), before - 2, "the ticked one runs again");
    go(browser, &format!("{}/admin/tasks?text=server+away", world.url())).await;
    click(browser, "form[action='/admin/tasks/run-again'] button").await;
    shows(browser, ".empty", "No tasks match.").await;
    assert_eq!(dead(), 0);
    world.admin(&["resume", "emails"]);
}
