//! Changing the password and the address while signed in.

use vanikeys_core::{
    clients::{mailer::Mailer, tls::Trust},
    domain::{
        account::{FieldProblem, Wrong},
        task::Queue,
    },
    flow::account::{
        AccountRefusal, Form,
        change_email::{Changed, change_email},
        change_password::change_password,
        confirm_email::{confirm_email, send_again},
        forgot_password::forgot_password,
        reset_password::reset_password,
    },
    secret::Secret,
    store::{audit::Origin, users},
};
use vanikeys_testkit::smtp::Sink;

use super::people::{PASSWORD, actor, address, password, refused, shown, with_mail};
use crate::{
    tasks,
    world::{World, over_both},
};

const NEW: &str = "marjoram ladder 10";

async fn email_of(world: &World, user: uuid::Uuid) -> Option<String> {
    users::find(&mut world.app.db.read().await.unwrap(), user).await.unwrap().unwrap().email
}

over_both! {
    async fn a_new_password_ends_every_other_credential(world) {
        let ann = world.sign_up("ann").await;
        let browser = world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        let fresh = change_password(&world.app, &actor(&ann), &password(PASSWORD), &password(NEW), Form::AccessToken)
            .await.unwrap();
        assert!(world.is_signed_in(&shown(&fresh)).await);
        assert!(!world.is_signed_in(&shown(&ann)).await && !world.is_signed_in(&shown(&browser)).await);
        assert_eq!(refused(world.login("ann", PASSWORD, "192.0.2.1").await), AccountRefusal::WrongCredentials);
        world.login("ann", NEW, "192.0.2.1").await.unwrap();
    }

    async fn a_new_password_needs_the_old_one_and_must_be_good(world) {
        let ann = world.sign_up("ann").await;
        let change = |old: &str, new: &str| {
            let (app, actor, old, new) = (world.app.clone(), actor(&ann), password(old), password(new));
            async move { refused(change_password(&app, &actor, &old, &new, Form::Session).await) }
        };
        assert_eq!(change("tarragon lantern 8", NEW).await, AccountRefusal::WrongPassword);
        for bad in ["short", "password123", "ann@example.org"] {
            let AccountRefusal::Invalid { fields } = change(PASSWORD, bad).await else { panic!("{bad}") };
            assert_eq!(fields[0].field, "newPassword");
        }
        for _ in 0..5 {
            assert_eq!(change("tarragon lantern 8", NEW).await, AccountRefusal::WrongPassword);
        }
        assert!(matches!(change(PASSWORD, NEW).await, AccountRefusal::TooManyAttempts { .. }));
        assert!(world.is_signed_in(&shown(&ann)).await);
    }

    async fn where_no_mail_leaves_the_address_changes_at_once(world) {
        let ann = world.sign_up("ann").await;
        world.sign_up("bob").await;
        let change = |to: &str| {
            let (app, actor, to) = (world.app.clone(), actor(&ann), to.to_owned());
            async move { change_email(&app, &actor, &password(PASSWORD), &to).await }
        };
        assert_eq!(refused(change("Bob@example.org").await), AccountRefusal::EmailTaken);
        let same = AccountRefusal::Invalid { fields: vec![FieldProblem::new("email", Wrong::coded("EMAIL_UNCHANGED", "is the address that the account has"))] };
        assert_eq!(refused(change(&address("ann")).await), same);
        assert!(matches!(refused(change("nonsense").await), AccountRefusal::Invalid { .. }));
        let wrong = change_email(&world.app, &actor(&ann), &password("tarragon lantern 8"), "x@example.org").await;
        assert_eq!(refused(wrong), AccountRefusal::WrongPassword);
        assert_eq!(change("ann.new@example.org").await.unwrap(), Changed::Now);
        assert_eq!(email_of(&world, ann.user.id).await.as_deref(), Some("ann.new@example.org"));
        world.login("ann.new", PASSWORD, "192.0.2.1").await.unwrap();
    }

    async fn where_mail_leaves_the_new_address_has_to_be_confirmed(world, with_mail) {
        let ann = world.sign_up("ann").await;
        let (app, none) = (&world.app, Origin::default());
        for to in ["first@example.org", "second@example.org"] {
            let changed = change_email(app, &actor(&ann), &password(PASSWORD), to).await.unwrap();
            assert_eq!(changed, Changed::WhenConfirmed);
        }
        assert_eq!(email_of(&world, ann.user.id).await.as_deref(), Some("ann@example.org"));
        let letters = world.letters("change-address").await;
        assert_eq!(letters.len(), 1, "only the latest link works");
        confirm_email(app, &letters[0], &none).await.unwrap();
        assert_eq!(email_of(&world, ann.user.id).await.as_deref(), Some("second@example.org"));
        // The letter for the old address proves nothing any more.
        let old = world.letters("confirm-address").await.remove(0);
        assert_eq!(refused(confirm_email(app, &old, &none).await), AccountRefusal::LinkExpired);
        assert_eq!(refused(send_again(app, &actor(&ann)).await), AccountRefusal::AlreadyConfirmed);
    }

    async fn a_new_password_stops_a_change_of_address_that_is_under_way(world, with_mail) {
        for way in ["changed", "reset"] {
            let user = world.sign_up(way).await;
            change_email(&world.app, &actor(&user), &password(PASSWORD), "thief@example.org").await.unwrap();
            let link = world.letters("change-address").await.remove(0);
            if way == "changed" {
                change_password(&world.app, &actor(&user), &password(PASSWORD), &password(NEW), Form::Session).await.unwrap();
            } else {
                forgot_password(&world.app, &address(way), &Origin::default()).await.unwrap();
                let letter = world.letters("reset-password").await.remove(0);
                reset_password(&world.app, &letter, &password(NEW), &Origin::default()).await.unwrap();
            }
            let outcome = confirm_email(&world.app, &link, &Origin::default()).await;
            assert_eq!(refused(outcome), AccountRefusal::LinkUsed, "{way}");
            assert_eq!(email_of(&world, user.user.id).await, Some(address(way)));
        }
    }

    async fn a_letter_in_the_old_mailbox_opens_nothing_after_the_address_moved(world, with_mail) {
        let ann = world.sign_up("ann").await;
        forgot_password(&world.app, &address("ann"), &Origin::default()).await.unwrap();
        let reset = world.letters("reset-password").await.remove(0);
        change_email(&world.app, &actor(&ann), &password(PASSWORD), "new@example.org").await.unwrap();
        let link = world.letters("change-address").await.remove(0);
        confirm_email(&world.app, &link, &Origin::default()).await.unwrap();
        let outcome = reset_password(&world.app, &reset, &password(NEW), &Origin::default()).await;
        assert_eq!(refused(outcome), AccountRefusal::LinkUsed);
        world.login("new", PASSWORD, "192.0.2.1").await.unwrap();
    }

    async fn the_old_address_hears_of_a_change_when_it_is_asked_for_and_when_it_is_done(world, with_mail) {
        let mut world = world;
        let sink = Sink::start();
        world.app.mailer = Mailer::smtp(&Secret::new(sink.url()), "here", &Trust::default()).unwrap();
        let ann = world.sign_up("ann").await;
        change_email(&world.app, &actor(&ann), &password(PASSWORD), "unheard@example.org").await.unwrap();
        tasks::work(&world, Queue::Emails).await;
        let unconfirmed: Vec<_> = sink.mails().iter().map(|mail| (mail.to.clone(), mail.subject())).collect();
        assert_eq!(unconfirmed.len(), 2, "an address that nobody confirmed is told nothing: {unconfirmed:?}");
        let confirm = world.letters("confirm-address").await.remove(0);
        confirm_email(&world.app, &confirm, &Origin::default()).await.unwrap();
        change_email(&world.app, &actor(&ann), &password(PASSWORD), "new@example.org").await.unwrap();
        let link = world.letters("change-address").await.remove(0);
        tasks::work(&world, Queue::Emails).await;
        confirm_email(&world.app, &link, &Origin::default()).await.unwrap();
        tasks::work(&world, Queue::Emails).await;
        let told: Vec<String> = sink.mails().iter().filter(|mail| mail.to == ["ann@example.org"])
            .map(vanikeys_testkit::smtp::Mail::subject).collect();
        assert_eq!(told, ["Confirm your address", "Your address is about to change", "Your address was changed"]);
        let mails = sink.mails();
        let asked = mails.iter().find(|mail| mail.subject() == "Your address is about to change").unwrap();
        assert!(asked.text().contains("http://localhost:8080/forgot") && asked.html().contains("/forgot"));
        assert!(mails.iter().all(|mail| mail.to == ["new@example.org"] || !mail.text().contains("new@example.org")));
    }

    async fn guesses_from_outside_do_not_keep_the_owner_from_proving_the_password(world) {
        let ann = world.sign_up("ann").await;
        for n in 0..6 {
            world.login("ann", "tarragon lantern 8", &format!("192.0.2.{n}")).await.unwrap_err();
        }
        let outside = refused(world.login("ann", PASSWORD, "203.0.113.9").await);
        assert!(matches!(outside, AccountRefusal::TooManyAttempts { .. }));
        change_password(&world.app, &actor(&ann), &password(PASSWORD), &password(NEW), Form::Session).await.unwrap();
    }

    async fn an_address_that_somebody_took_meanwhile_stays_theirs(world, with_mail) {
        let ann = world.sign_up("ann").await;
        change_email(&world.app, &actor(&ann), &password(PASSWORD), &address("bob")).await.unwrap();
        world.sign_up("bob").await;
        let letter = world.letters("change-address").await.remove(0);
        assert_eq!(refused(confirm_email(&world.app, &letter, &Origin::default()).await), AccountRefusal::EmailTaken);
        assert_eq!(email_of(&world, ann.user.id).await.as_deref(), Some("ann@example.org"));
    }

    async fn letters_of_one_kind_are_bounded(world, with_mail) {
        let ann = world.sign_up("ann").await;
        for _ in 0..4 {
            send_again(&world.app, &actor(&ann)).await.unwrap();
        }
        assert_eq!(refused(send_again(&world.app, &actor(&ann)).await), AccountRefusal::TooManyLetters);
        world.pass(std::time::Duration::from_secs(3_601));
        send_again(&world.app, &actor(&ann)).await.unwrap();
        assert_eq!(world.letters("confirm-address").await.len(), 6);
    }
}
