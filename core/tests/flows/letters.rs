//! Letters from the event to the mail server, and the notices that say the same.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    clients::{mailer::Mailer, tls::Trust},
    domain::{
        happening::{EmailChoice, NoticeKind},
        task::Queue,
        time::Timestamp,
    },
    flow::{
        Actor, Failure,
        account::{delete, forgot_password::forgot_password},
        job::{self, JobOrder},
        mail::{self, UnsubscribeRefusal, unsubscribe},
        mail_choices,
        notices::{self, Filter, Which},
        tasks::Taken,
    },
    queue::Stop,
    secret::Secret,
    store::{audit::Origin, outbox::Fence},
};
use vanikeys_testkit::{
    Scratch,
    smtp::{Mail, Sink},
};

use crate::{
    searching::Searcher,
    tasks,
    world::{World, over_both, prefix},
};

/// Lets letters go to a mail server of the test's own.
fn posted(world: &mut World) -> Sink {
    let sink = Sink::start();
    world.app.mailer = Mailer::smtp(&Secret::new(sink.url()), "here", &Trust::default()).unwrap();
    sink
}

/// A user with a confirmed address and tokens for one job.
async fn reader(world: &World, address: &str) -> Actor {
    let actor = world.user(100).await;
    let mut tx = world.app.db.begin().await.unwrap();
    let now = world.app.clock.now().micros();
    let text = format!(
        "UPDATE users SET email = '{address}', email_key = '{address}', email_confirmed_at = {now} WHERE id = $1"
    );
    world.execute(&mut tx, &text, actor.user).await.unwrap();
    tx.commit().await.unwrap();
    actor
}

/// Orders a job and finds its key; answers the job and the seed.
async fn find_key(world: &World, actor: &Actor) -> (Uuid, String) {
    let searcher = Searcher::enrolled(world).await;
    let order = JobOrder { pattern: prefix("m"), ..JobOrder::default() };
    let made = job::create(&world.app, actor, None, &order).await.unwrap();
    let issued = world.coordinate().await.unwrap();
    let (report, _) = searcher.find(&searcher.open(&issued.slices[0]));
    job::settle_report(&world.app, report).await.unwrap();
    let file = job::result(&world.app, actor, made.id, Some("seed-hex")).await.unwrap();
    (made.id, String::from_utf8(file.content.trim_ascii().to_vec()).unwrap())
}

fn token(mail: &Mail) -> String {
    let header = mail.raw.lines().find(|line| line.starts_with("List-Unsubscribe: ")).unwrap();
    header.split("token=").nth(1).unwrap().trim_end_matches(['>', '\r']).to_owned()
}

over_both! {
    async fn a_found_key_is_told_by_notice_and_letter_and_the_key_is_in_neither(world) {
        let mut world = world;
        let sink = posted(&mut world);
        let ann = reader(&world, "ann@example.org").await;
        let (job, seed) = find_key(&world, &ann).await;
        assert_eq!(tasks::work(&world, Queue::Emails).await, [Taken::Done]);
        let mails = sink.mails();
        let [mail] = mails.as_slice() else { panic!("{} letters", mails.len()) };
        assert_eq!(mail.to, ["ann@example.org"]);
        assert_eq!(mail.subject(), "Your key was found: m");
        let link = format!("http://localhost:8080/app/jobs/{job}");
        assert!(mail.text().contains(&link) && mail.html().contains(&link), "{}", mail.text());
        assert!(!mail.raw.contains(&seed) && !mail.text().contains(&seed));
        let task = tasks::all(&world, Queue::Emails).await.remove(0);
        assert!(mail.raw.contains(&format!("Message-ID: <{}@localhost>", task.id)), "{}", mail.raw);
        assert!(mail.raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));

        let page = notices::list(&world.app, &ann, &Filter::default(), 10, 0).await.unwrap();
        assert_eq!((page.total, page.unread_count), (1, 1));
        let notice = &page.items[0];
        assert_eq!((notice.kind, notice.title.as_str()), (NoticeKind::JobCompleted, "Your key was found"));
        assert_eq!((notice.email_sent, notice.email_sent_at), (true, Some(world.app.clock.now())));
        assert_eq!(notice.actions[0].route, format!("/app/jobs/{job}"));
        assert!(notice.message.contains("did:key:z6Mkm"), "{}", notice.message);
        assert!(!notice.metadata.to_string().contains(&seed));
    }

    async fn a_letter_that_is_sent_again_is_the_same_letter(world) {
        let mut world = world;
        let sink = posted(&mut world);
        let ann = reader(&world, "ann@example.org").await;
        find_key(&world, &ann).await;
        // The process dies between sending and settling: the first try is never settled.
        let first = tasks::claim(&world, Queue::Emails).await.remove(0);
        let late = vanikeys_core::flow::tasks::Claimed { fence: Fence { attempt: 0, ..first.fence }, ..first.clone() };
        assert_eq!(tasks::handle(&world, &late).await, Err(Stop::Stale));
        assert!(!notices::list(&world.app, &ann, &Filter::default(), 1, 0).await.unwrap().items[0].email_sent);
        assert_eq!(tasks::handle(&world, &first).await, Ok(()));
        let ids: Vec<String> = sink.mails().iter().map(|mail| mail.header("Message-ID")).collect();
        assert_eq!((ids.len(), &ids[0]), (2, &ids[1]));
    }

    async fn a_busy_server_delays_a_letter_and_loses_none(world) {
        let mut world = world;
        let sink = posted(&mut world);
        let ann = reader(&world, "ann@example.org").await;
        find_key(&world, &ann).await;
        sink.refuse(true);
        assert_eq!(tasks::work(&world, Queue::Emails).await, [Taken::Again]);
        assert!(tasks::work(&world, Queue::Emails).await.is_empty(), "not before its wait is over");
        let task = tasks::all(&world, Queue::Emails).await.remove(0);
        assert!(!task.last_error.unwrap().contains("ann@"));
        sink.refuse(false);
        world.pass(Duration::from_secs(60));
        assert_eq!(tasks::work(&world, Queue::Emails).await, [Taken::Done]);
        assert_eq!(sink.mails().len(), 1);
    }

    async fn letters_that_nobody_wants_are_not_owed_or_dropped(world) {
        let mut world = world;
        let sink = posted(&mut world);
        let ann = reader(&world, "ann@example.org").await;
        let wanted: Vec<bool> = mail_choices::choices(&world.app, ann.user).await.unwrap().iter().take(3).map(|one| one.wanted).collect();
        assert_eq!(wanted, [true, true, false]);
        find_key(&world, &ann).await;
        mail_choices::choose(&world.app, ann.user, &[(EmailChoice::KeyFound, false)]).await.unwrap();
        assert_eq!(tasks::work(&world, Queue::Emails).await, [Taken::Done], "dropped: chosen after it was owed");
        vanikeys_core::flow::grant::grant_tokens(&world.app, Uuid::now_v7(), ann.user, 100, None).await.unwrap();
        find_key(&world, &ann).await;
        assert!(tasks::work(&world, Queue::Emails).await.is_empty(), "not owed");
        assert!(sink.mails().is_empty());
        assert_eq!(notices::unread(&world.app, &ann).await.unwrap(), 2, "notices come all the same");
    }

    async fn letters_go_to_confirmed_addresses_of_living_accounts_only(world) {
        let mut world = world;
        let sink = posted(&mut world);
        let without = world.user(100).await;
        find_key(&world, &without).await;
        let unconfirmed = reader(&world, "ben@example.org").await;
        find_key(&world, &unconfirmed).await;
        let mut tx = world.app.db.begin().await.unwrap();
        world.execute(&mut tx, "UPDATE users SET email_confirmed_at = NULL WHERE id = $1", unconfirmed.user).await.unwrap();
        tx.commit().await.unwrap();
        let gone = reader(&world, "cat@example.org").await;
        find_key(&world, &gone).await;
        delete_for_test(&world, &gone).await;
        assert_eq!(tasks::work(&world, Queue::Emails).await, [Taken::Done; 3]);
        assert!(sink.mails().is_empty());
    }

    async fn a_link_in_a_letter_ends_letters_of_its_kind(world) {
        let mut world = world;
        let sink = posted(&mut world);
        let ann = reader(&world, "ann@example.org").await;
        find_key(&world, &ann).await;
        tasks::work(&world, Queue::Emails).await;
        let token = token(&sink.mails()[0]);
        assert_eq!(unsubscribe::letter_of(&world.app, &token), Ok(EmailChoice::KeyFound));
        assert!(mail_choices::choices(&world.app, ann.user).await.unwrap()[0].wanted, "looking ends nothing");
        for _ in 0..2 {
            assert_eq!(mail::unsubscribe(&world.app, &token).await.unwrap(), EmailChoice::KeyFound);
        }
        let choices = mail_choices::choices(&world.app, ann.user).await.unwrap();
        assert!(!choices[0].wanted && choices[1].wanted);
        let other = token.replace("key-found", "job-failed");
        let short = token[..token.len() - 2].to_owned();
        for wrong in ["", "..", "a.b.c", "a.key-found.c", &other, &short, &format!("{token}.x"), &format!("{token}A")] {
            let ended = mail::unsubscribe(&world.app, wrong).await;
            assert!(matches!(ended, Err(Failure::Refused(UnsubscribeRefusal::LinkUnknown))), "{wrong}");
        }
        delete_for_test(&world, &ann).await;
        mail::unsubscribe(&world.app, &token).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM mail_choices").await, 0, "nothing is kept about who left");
    }

    async fn a_letter_with_a_link_is_written_while_the_link_works(world) {
        let mut world = world;
        let sink = posted(&mut world);
        reader(&world, "ann@example.org").await;
        forgot_password(&world.app, "ann@example.org", &Origin::default()).await.unwrap();
        assert_eq!(tasks::work(&world, Queue::Emails).await, [Taken::Done]);
        let mail = sink.mails().remove(0);
        let text = mail.text();
        let secret = text.split("/reset?token=").nth(1).unwrap().lines().next().unwrap();
        assert!(secret.len() > 40 && mail.html().contains(secret));
        assert!(!mail.raw.contains("List-Unsubscribe"), "one cannot do without this letter");
        let stored = format!("SELECT COUNT(*) FROM outbox WHERE payload LIKE '%{secret}%' OR last_error LIKE '%{secret}%'");
        assert_eq!(world.number(&stored).await, 0);
        forgot_password(&world.app, "ann@example.org", &Origin::default()).await.unwrap();
        world.pass(Duration::from_secs(3_601));
        assert_eq!(tasks::work(&world, Queue::Emails).await, [Taken::Done], "dropped: the link is over");
        assert_eq!(sink.mails().len(), 1);
    }

    async fn tasks_of_retired_kinds_are_still_understood(world) {
        let mut world = world;
        let sink = posted(&mut world);
        let ann = reader(&world, "ann@example.org").await;
        let (job, _) = find_key(&world, &ann).await;
        let task = tasks::all(&world, Queue::Emails).await.remove(0);
        let notice = notices::list(&world.app, &ann, &Filter::default(), 1, 0).await.unwrap().items.remove(0).id;
        let payload = format!(r#"{{"kind":"key-found","jobId":"{job}","noticeId":"{notice}"}}"#);
        let mut tx = world.app.db.begin().await.unwrap();
        let text = format!("UPDATE outbox SET kind = 'key-found', payload = '{payload}' WHERE id = $1");
        world.execute(&mut tx, &text, task.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(tasks::work(&world, Queue::Emails).await, [Taken::Done]);
        assert_eq!(sink.mails()[0].subject(), "Your key was found: m");
        assert!(notices::list(&world.app, &ann, &Filter::default(), 1, 0).await.unwrap().items[0].email_sent);
    }

    async fn a_stored_value_that_cannot_be_read_is_an_error_that_names_its_row(world) {
        let ann = reader(&world, "ann@example.org").await;
        find_key(&world, &ann).await;
        let notice = notices::list(&world.app, &ann, &Filter::default(), 1, 0).await.unwrap().items.remove(0).id;
        let spoiled = async |text: &str, id| {
            let mut tx = world.app.db.begin().await.unwrap();
            world.execute(&mut tx, text, id).await.unwrap();
            tx.commit().await.unwrap();
        };
        for (text, said) in [
            ("UPDATE notices SET metadata = '{}' WHERE id = $1", "notices.metadata"),
            ("UPDATE notices SET kind = 'KEY_LOST' WHERE id = $1", "\"KEY_LOST\""),
        ] {
            spoiled(text, notice).await;
            let error = notices::list(&world.app, &ann, &Filter::default(), 1, 0).await.unwrap_err().to_string();
            assert!(error.contains(&notice.to_string()) && error.contains(said), "{error}");
        }
        mail_choices::choose(&world.app, ann.user, &[(EmailChoice::KeyFound, false)]).await.unwrap();
        spoiled("UPDATE mail_choices SET letter = 'rumors' WHERE user_id = $1", ann.user).await;
        let error = mail_choices::choices(&world.app, ann.user).await.unwrap_err().to_string();
        assert!(error.contains(&ann.user.to_string()) && error.contains("\"rumors\""), "{error}");
    }

    async fn without_a_mail_server_letters_are_files(world) {
        let mut world = world;
        let scratch = Scratch::new("letters");
        world.app.mailer = Mailer::files(scratch.path().to_owned());
        let ann = reader(&world, "ann@example.org").await;
        find_key(&world, &ann).await;
        assert_eq!(tasks::work(&world, Queue::Emails).await, [Taken::Done]);
        let task = tasks::all(&world, Queue::Emails).await.remove(0);
        let letter = std::fs::read_to_string(scratch.path().join(format!("{}.eml", task.id))).unwrap();
        assert!(letter.contains("To: ann@example.org") && letter.contains("Subject: Your key was found: m"));
    }

    async fn notices_are_filtered_counted_and_marked(world) {
        let ann = world.user(100).await;
        let ben = world.user(100).await;
        find_key(&world, &ann).await;
        find_key(&world, &ben).await;
        world.pass(Duration::from_secs(1));
        let failing = world.user(100).await;
        let order = JobOrder { pattern: prefix("m"), ..JobOrder::default() };
        job::create(&world.app, &failing, None, &order).await.unwrap();
        world.pass(Duration::from_secs(120));
        world.coordinate().await.unwrap();
        world.pass(world.app.config.job_stall);
        world.coordinate().await.unwrap();
        let failed = notices::list(&world.app, &failing, &Filter::default(), 10, 0).await.unwrap();
        assert_eq!(failed.items[0].kind, NoticeKind::JobFailed);
        assert!(failed.items[0].message.contains("100 VaniTokens went back"), "{}", failed.items[0].message);

        let of = |kind| Filter { kind: Some(kind), ..Filter::default() };
        assert_eq!(notices::list(&world.app, &ann, &of(NoticeKind::JobFailed), 10, 0).await.unwrap().total, 0);
        let page = notices::list(&world.app, &ann, &of(NoticeKind::JobCompleted), 10, 0).await.unwrap();
        let (mine, seen) = (page.items[0].id, world.app.clock.now() > Timestamp::from_micros(0));
        assert!(seen && !page.items[0].read);
        let these = |ids: &[Uuid]| Which::These(ids.to_vec());
        assert_eq!(notices::mark_read(&world.app, &ben, &these(&[mine, Uuid::nil()])).await.unwrap(), 0, "not Ben's");
        assert_eq!(notices::mark_read(&world.app, &ann, &these(&[mine, mine])).await.unwrap(), 1);
        assert_eq!(notices::mark_read(&world.app, &ann, &Which::All).await.unwrap(), 0, "read already");
        let unread = Filter { unread_only: true, ..Filter::default() };
        let page = notices::list(&world.app, &ann, &unread, 10, 0).await.unwrap();
        assert_eq!((page.total, page.unread_count), (0, 0));
        assert_eq!(notices::unread(&world.app, &ben).await.unwrap(), 1);
        assert_eq!(notices::mark_read(&world.app, &ben, &Which::All).await.unwrap(), 1);
    }
}

/// Deletes an account as its owner would.
async fn delete_for_test(world: &World, actor: &Actor) {
    let password = "correct horse battery";
    let hash = world.app.passwords.hash(password.to_owned().into()).await.unwrap();
    let mut tx = world.app.db.begin().await.unwrap();
    let text = format!("UPDATE users SET password_hash = '{hash}' WHERE id = $1");
    world.execute(&mut tx, &text, actor.user).await.unwrap();
    tx.commit().await.unwrap();
    let password = vanikeys_core::flow::account::Password::new(password.to_owned());
    delete::delete(&world.app, actor, &password).await.unwrap();
}
