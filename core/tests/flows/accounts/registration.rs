//! Signing up: every refusal, races, work, welcome tokens, suspicion.

use std::time::Duration;

use vanikeys_core::{
    domain::{account::work, ledger::Asset},
    flow::account::{
        AccountRefusal, Form, challenge,
        confirm_email::confirm_email,
        register::{Registration, register},
    },
    store::{audit::Origin, ledger, users},
};

use super::people::{address, form, origin, password, refused, shown, with_mail};
use crate::world::{World, over_both};

fn costs_work(config: &mut vanikeys_core::config::Config) {
    config.registration_work_bits = 8;
}

async fn balance(world: &World, user: uuid::Uuid) -> i64 {
    let mut on = world.app.db.read().await.unwrap();
    ledger::balance(&mut on, user, &Asset::VaniToken).await.unwrap().balance
}

over_both! {
    async fn a_newcomer_is_signed_in_and_welcomed(world) {
        let done = world.sign_up("ann").await;
        assert_eq!(done.user.email.as_deref(), Some("ann@example.org"));
        assert!(done.user.email_confirmed_at.is_some(), "no mail leaves here");
        assert!(world.is_signed_in(&shown(&done)).await);
        assert_eq!(balance(&world, done.user.id).await, 1_000);
        assert_eq!(done.given.expires_at.since(world.app.clock.now()), Duration::from_secs(7 * 86_400));
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action = 'account.register'").await, 1);
    }

    async fn every_refused_field_is_named_at_once(world) {
        let bad = Registration {
            email: "ann".into(),
            username: "a".into(),
            password: password("short"),
            referral_code: Some("?".into()),
            accept_terms: false,
            adult: false,
            ..form("ann")
        };
        let refusal = refused(register(&world.app, &bad, Form::Session, &Origin::default()).await);
        let AccountRefusal::Invalid { fields } = refusal else { panic!("{refusal:?}") };
        let names: Vec<&str> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(names, ["email", "username", "password", "referralCode", "acceptTerms", "adult"]);
        assert_eq!(world.number("SELECT COUNT(*) FROM users").await, 0);
    }

    async fn names_and_addresses_are_taken_whatever_their_case(world) {
        world.sign_up("ann").await;
        let again = |email: &str, name: &str| Registration { email: email.into(), username: name.into(), ..form("x") };
        let now = |form: Registration| {
            let app = world.app.clone();
            async move { refused(register(&app, &form, Form::Session, &Origin::default()).await) }
        };
        assert_eq!(now(again("ANN@Example.org", "bob")).await, AccountRefusal::EmailTaken);
        assert_eq!(now(again("bob@example.org", "Ann")).await, AccountRefusal::UsernameTaken);
    }

    async fn of_twenty_signups_at_once_one_wins(world) {
        let tries: Vec<_> = (0..20).map(|n| {
            let app = world.app.clone();
            let form = Registration { username: format!("ann{n}"), ..form("ann") };
            tokio::spawn(async move { register(&app, &form, Form::AccessToken, &Origin::default()).await })
        }).collect();
        let mut won = 0;
        for tried in tries {
            match tried.await.unwrap() {
                Ok(_) => won += 1,
                other => assert_eq!(refused(other), AccountRefusal::EmailTaken),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM users").await, 1);
        assert_eq!(world.number("SELECT CAST(SUM(amount) AS BIGINT) FROM transfers WHERE asset = 'vani_token'").await, 1_000);
    }

    async fn referral_codes_are_somebodys_and_not_ones_own(world) {
        let ann = world.sign_up("ann").await.user;
        let with = |code: &str, email: &str, name: &str| Registration {
            referral_code: Some(code.into()), email: email.into(), username: name.into(), ..form("x")
        };
        let app = &world.app;
        let none = Origin::default();
        let bob = with(&ann.referral_code.to_lowercase(), "bob@example.org", "bob");
        let bob = register(app, &bob, Form::Session, &none).await.unwrap();
        assert_eq!(bob.user.referred_by, Some(ann.id));
        for (code, email) in [("00000000", "eve@example.org"), (&ann.referral_code, "ann+2@example.org")] {
            let refusal = refused(register(app, &with(code, email, "eve"), Form::Session, &none).await);
            let AccountRefusal::Invalid { fields } = refusal else { panic!("{refusal:?}") };
            assert_eq!(fields[0].field, "referralCode");
        }
    }

    async fn work_is_asked_for_checked_and_counts_once(world, costs_work) {
        let app = &world.app;
        let none = Origin::default();
        let problem = |form: Registration| async move {
            refused(register(app, &form, Form::Session, &Origin::default()).await).to_string()
        };
        assert_eq!(refused(register(app, &form("ann"), Form::Session, &none).await), AccountRefusal::WorkMissing);
        let fresh = challenge::new(app).unwrap();
        assert_eq!(fresh.bits, 8);
        let solution = work::solve(&fresh.challenge, 8);
        let with = |name: &str, challenge: &str, solution: &str| Registration {
            challenge: Some(challenge.into()), solution: Some(solution.into()), ..form(name)
        };
        let wrong = (0..).map(|n| format!("wrong {n}")).find(|text| !work::is_solved(&fresh.challenge, text, 8));
        assert!(problem(with("ann", &fresh.challenge, &wrong.unwrap())).await.contains("not solved"));
        let mut forged = fresh.challenge.clone();
        forged.replace_range(0..1, if forged.starts_with('A') { "B" } else { "A" });
        for foreign in [forged.as_str(), "", "?", &"A".repeat(200)] {
            assert!(problem(with("ann", foreign, &solution)).await.contains("not one of this service"), "{foreign}");
        }
        register(app, &with("ann", &fresh.challenge, &solution), Form::Session, &none).await.unwrap();
        assert!(problem(with("bob", &fresh.challenge, &solution)).await.contains("used already"));
        let late = challenge::new(app).unwrap();
        world.pass(Duration::from_secs(601));
        let solution = work::solve(&late.challenge, 8);
        assert!(problem(with("bob", &late.challenge, &solution)).await.contains("expired"));
    }

    async fn a_refused_registration_has_cost_its_work(world, costs_work) {
        let solved = |name: &str, challenge: &challenge::Challenge| Registration {
            solution: Some(work::solve(&challenge.challenge, 8)), challenge: Some(challenge.challenge.clone()), ..form(name)
        };
        let (first, second) = (challenge::new(&world.app).unwrap(), challenge::new(&world.app).unwrap());
        register(&world.app, &solved("ann", &first), Form::Session, &Origin::default()).await.unwrap();
        for expected in ["there is an account", "used already"] {
            let again = Registration { username: "bob".into(), ..solved("ann", &second) };
            let outcome = register(&world.app, &again, Form::Session, &Origin::default()).await;
            let refusal = refused(outcome).to_string();
            assert!(refusal.contains(expected), "{refusal}");
        }
    }

    async fn of_ten_signups_with_one_challenge_one_wins(world, costs_work) {
        let fresh = challenge::new(&world.app).unwrap();
        let solution = work::solve(&fresh.challenge, 8);
        let tries: Vec<_> = (0..10).map(|n| {
            let app = world.app.clone();
            let form = Registration {
                challenge: Some(fresh.challenge.clone()), solution: Some(solution.clone()), ..form(&format!("ann{n}"))
            };
            tokio::spawn(async move { register(&app, &form, Form::AccessToken, &Origin::default()).await.is_ok() })
        }).collect();
        let mut won = 0;
        for tried in tries {
            won += usize::from(tried.await.unwrap());
        }
        assert_eq!(won, 1);
    }

    async fn where_mail_leaves_the_welcome_waits_for_the_confirmed_address(world, with_mail) {
        let ann = world.sign_up("ann").await.user;
        assert_eq!((ann.email_confirmed_at, balance(&world, ann.id).await), (None, 0));
        let token = world.letters("confirm-address").await.remove(0);
        let confirmed = confirm_email(&world.app, &token, &Origin::default()).await.unwrap();
        assert!(confirmed.email_confirmed_at.is_some());
        assert_eq!(balance(&world, ann.id).await, 1_000);
    }

    async fn away_from_loopback_the_welcome_costs_work(world, |config| {
        config.public_url.loopback = false;
    }) {
        let ann = world.sign_up("ann").await.user;
        assert_eq!(balance(&world, ann.id).await, 0);
    }

    async fn suspicious_signups_are_flagged_and_get_nothing_yet(world, |config| {
        config.public_url.loopback = false;
        config.welcome_tokens_set = 1_000;
        config.registration_work_bits = 0;
    }) {
        let from = |name: &str, email: &str, ip: &str| {
            let app = world.app.clone();
            let form = Registration { email: email.into(), ..form(name) };
            let origin = origin(ip);
            async move { register(&app, &form, Form::Session, &origin).await.unwrap().user }
        };
        let thrown = from("eve", "eve@mailinator.com", "192.0.2.1").await;
        assert!(thrown.flag_reason.unwrap().contains("disposable"));
        for n in 0..5 {
            let user = from(&format!("user{n}"), &address(&format!("user{n}")), &format!("198.51.100.{n}")).await;
            assert_eq!(user.flagged_at, None);
        }
        let sixth = from("user6", &address("user6"), "198.51.100.77").await;
        assert!(sixth.flag_reason.unwrap().contains("many signups"));
        world.pass(Duration::from_secs(3_601));
        assert_eq!(from("user7", &address("user7"), "198.51.100.78").await.flagged_at, None);
        let alias = from("user8", "user7+again@example.org", "203.0.113.1").await;
        assert!(alias.flag_reason.unwrap().contains("alias"));
        let mut on = world.app.db.read().await.unwrap();
        let flagged = users::Filter { flagged: true, ..users::Filter::default() };
        assert_eq!(users::list(&mut on, flagged, 10, 0).await.unwrap().1, 3);
    }
}
