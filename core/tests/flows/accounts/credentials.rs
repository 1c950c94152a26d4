//! Signing in and out: one identity behind both credentials, the same answer for every wrong one, back-off.

use std::time::Duration;

use vanikeys_core::{
    custody::Keyring,
    flow::account::{
        AccountRefusal, Credential, Form, authenticate::authenticate, login::login, logout::logout, sweep::sweep,
    },
    secret::Secret,
    store::{
        audit::Origin,
        sign_in_failures::{self, Count},
    },
};

use super::people::{PASSWORD, address, origin, password, refused, shown};
use crate::world::{SECRET_KEY, World, over_both};

async fn with(world: &World, credential: &Credential) -> Option<vanikeys_core::flow::account::authenticate::With> {
    authenticate(&world.app, credential).await.unwrap().map(|who| who.with)
}

over_both! {
    async fn one_identity_stands_behind_both_credentials(world) {
        let api = world.sign_up("ann").await;
        let browser = world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        assert_eq!((api.given.form, browser.given.form), (Form::AccessToken, Form::Session));
        for credential in [shown(&api), shown(&browser)] {
            let who = authenticate(&world.app, &credential).await.unwrap().unwrap();
            assert_eq!((who.user, who.username.as_str(), who.with.form()), (api.user.id, "ann", credential.form()));
        }
    }

    async fn signing_out_ends_that_credential_only(world) {
        let (first, second) = (world.sign_up("ann").await, world.login("ann", PASSWORD, "192.0.2.1").await.unwrap());
        let third = world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        for ended in [&first, &second] {
            let known = with(&world, &shown(ended)).await.unwrap();
            logout(&world.app, known).await.unwrap();
            logout(&world.app, known).await.unwrap();
            assert!(!world.is_signed_in(&shown(ended)).await);
        }
        assert!(world.is_signed_in(&shown(&third)).await);
    }

    async fn credentials_end_by_themselves(world) {
        let (api, browser) = (world.sign_up("ann").await, world.login("ann", PASSWORD, "192.0.2.1").await.unwrap());
        world.pass(Duration::from_secs(7 * 86_400 - 1));
        assert!(world.is_signed_in(&shown(&api)).await && world.is_signed_in(&shown(&browser)).await);
        world.pass(Duration::from_secs(1));
        assert!(!world.is_signed_in(&shown(&api)).await);
        // Using a session moves its end.
        world.pass(Duration::from_secs(29 * 86_400));
        assert!(world.is_signed_in(&shown(&browser)).await);
        world.pass(Duration::from_secs(30 * 86_400));
        assert!(!world.is_signed_in(&shown(&browser)).await);
        assert!(sweep(&world.app).await.unwrap() >= 2);
        assert_eq!(world.number("SELECT COUNT(*) FROM sessions").await, 0);
        assert_eq!(world.number("SELECT COUNT(*) FROM access_tokens").await, 0);
    }

    async fn what_was_not_given_out_is_nobodys(world) {
        let ann = world.sign_up("ann").await;
        let token = ann.given.secret.expose().to_owned();
        let stranger = Keyring::parse("60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752").unwrap();
        let mut foreign = world.app.clone();
        foreign.keyring = std::sync::Arc::new(stranger);
        assert!(authenticate(&foreign, &shown(&ann)).await.unwrap().is_none());
        for text in ["", "x", "a.b.c", &token[..token.len() - 1], &token.to_uppercase(), &format!("{token}x")] {
            assert!(!world.is_signed_in(&Credential::AccessToken(Secret::new(text))).await, "{text}");
            assert!(!world.is_signed_in(&Credential::Session(Secret::new(text))).await, "{text}");
        }
        assert!(!world.is_signed_in(&Credential::Session(Secret::new(token))).await, "a token is no cookie");
    }

    async fn a_rotated_secret_keeps_everybody_signed_in(world) {
        let (api, browser) = (world.sign_up("ann").await, world.login("ann", PASSWORD, "192.0.2.1").await.unwrap());
        let new = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
        let mut rotated = world.app.clone();
        rotated.keyring = std::sync::Arc::new(Keyring::parse(&format!("{new},{SECRET_KEY}")).unwrap());
        for credential in [shown(&api), shown(&browser)] {
            assert!(authenticate(&rotated, &credential).await.unwrap().is_some());
        }
    }

    async fn secrets_are_not_stored_in_the_clear(world) {
        let ann = world.login("ann", PASSWORD, "192.0.2.1").await;
        assert!(ann.is_err());
        world.sign_up("ann").await;
        let browser = world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        let hashes = world.texts("SELECT password_hash FROM users").await;
        assert!(hashes[0].starts_with("$argon2id$") && !hashes[0].contains(PASSWORD));
        let debug = format!("{browser:?} {:?}", shown(&browser));
        assert!(!debug.contains(browser.given.secret.expose()));
    }

    /// Unknown and wrong are one path: the same answer after the same work, counted the same.
    async fn an_unknown_address_and_a_wrong_password_are_told_apart_by_nothing(world) {
        world.sign_up("ann").await;
        let mut seen = Vec::new();
        for (name, ip) in [("ann", "192.0.2.1"), ("nobody", "192.0.2.2")] {
            let (checks, counts) = (world.app.passwords.checks(), world.number("SELECT COUNT(*) FROM sign_in_failures").await);
            let refusal = refused(world.login(name, "tarragon lantern 8", ip).await);
            let counted = world.number("SELECT COUNT(*) FROM sign_in_failures").await - counts;
            seen.push((refusal, world.app.passwords.checks() - checks, counted));
        }
        assert_eq!(seen[0], (AccountRefusal::WrongCredentials, 1, 2));
        assert_eq!(seen[0], seen[1]);
        for malformed in ["", "ann", "ann@", "a\u{0}b@example.org"] {
            let none = Origin::default();
            let outcome = login(&world.app, malformed.trim_matches('\0'), &password("x"), Form::Session, &none).await;
            if !malformed.contains('\0') {
                assert_eq!(refused(outcome), AccountRefusal::WrongCredentials);
            }
        }
    }

    async fn guessing_at_an_account_slows_down_wherever_it_comes_from(world) {
        world.sign_up("ann").await;
        for n in 0..6 {
            let from = format!("192.0.2.{n}");
            assert_eq!(refused(world.login("ann", "tarragon lantern 8", &from).await), AccountRefusal::WrongCredentials);
        }
        let blocked = world.login("ann", PASSWORD, "203.0.113.9").await;
        assert_eq!(refused(blocked), AccountRefusal::TooManyAttempts { retry_after_seconds: 1 });
        world.sign_up("bob").await;
        world.login("bob", PASSWORD, "192.0.2.1").await.unwrap();
        world.pass(Duration::from_secs(1));
        world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        for _ in 0..5 {
            assert_eq!(refused(world.login("ann", "tarragon lantern 8", "192.0.2.1").await), AccountRefusal::WrongCredentials);
        }
        world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
    }

    async fn a_network_that_guesses_at_many_accounts_slows_down(world) {
        world.sign_up("ann").await;
        for n in 0..31 {
            let refusal = refused(world.login(&format!("user{n}"), "tarragon lantern 8", "192.0.2.1").await);
            assert_eq!(refusal, AccountRefusal::WrongCredentials);
        }
        assert!(matches!(refused(world.login("ann", PASSWORD, "192.0.2.1").await), AccountRefusal::TooManyAttempts { .. }));
        world.login("ann", PASSWORD, "192.0.2.2").await.unwrap();
    }

    async fn forty_guesses_at_once_do_not_slip_past_the_count(world) {
        world.sign_up("ann").await;
        let tries: Vec<_> = (0..40).map(|n| {
            let app = world.app.clone();
            tokio::spawn(async move {
                let guess = password(&format!("tarragon lantern x{n}"));
                refused(login(&app, &address("ann"), &guess, Form::Session, &origin("192.0.2.1")).await)
            })
        }).collect();
        let mut looked_at = 0;
        for tried in tries {
            looked_at += usize::from(tried.await.unwrap() == AccountRefusal::WrongCredentials);
        }
        // At most ten are looked at together with the six that are free.
        assert!((6..=16).contains(&looked_at), "{looked_at}");
        let refusal = refused(world.login("ann", PASSWORD, "192.0.2.2").await);
        assert!(matches!(refusal, AccountRefusal::TooManyAttempts { .. }));
    }

    /// Whoever hangs up while the password is being looked at is counted all the same.
    async fn a_guess_counts_even_if_nobody_waits_for_its_answer(world) {
        world.sign_up("ann").await;
        let sum = |what: &str| format!("SELECT CAST(COALESCE(SUM({what}), 0) AS BIGINT) FROM sign_in_failures");
        let announced = async {
            while world.number(&sum("pending")).await == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = announced => {}
            done = world.login("ann", "tarragon lantern 8", "192.0.2.1") => assert!(done.is_err()),
        }
        let settled = async {
            while world.number(&sum("failures")).await != 2 || world.number(&sum("pending")).await != 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), settled).await.expect("account and network count it");
    }

    async fn strangers_do_not_lock_out_the_network_that_the_owner_signed_in_from(world) {
        world.sign_up("ann").await;
        world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        for n in 0..6 {
            world.login("ann", "tarragon lantern 8", &format!("203.0.113.{n}")).await.unwrap_err();
        }
        let elsewhere = refused(world.login("ann", PASSWORD, "203.0.113.99").await);
        assert!(matches!(elsewhere, AccountRefusal::TooManyAttempts { .. }));
        world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        // Guesses from there are slowed down by themselves.
        for _ in 0..6 {
            world.login("ann", "tarragon lantern 8", "192.0.2.1").await.unwrap_err();
        }
        let there = refused(world.login("ann", PASSWORD, "192.0.2.1").await);
        assert!(matches!(there, AccountRefusal::TooManyAttempts { .. }));
        world.pass(Duration::from_secs(25 * 3_600));
        sweep(&world.app).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM sign_in_failures").await, 1, "the network stays known");
        world.pass(Duration::from_secs(30 * 86_400));
        sweep(&world.app).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM sign_in_failures").await, 0);
    }

    async fn right_passwords_at_once_are_no_guesses(world) {
        for name in ["ann", "bob"] {
            world.sign_up(name).await;
        }
        let tries: Vec<_> = (0..40).map(|n| {
            let app = world.app.clone();
            let name = if n % 5 == 0 { "ann" } else { "bob" };
            tokio::spawn(async move {
                login(&app, &address(name), &password(PASSWORD), Form::Session, &origin("192.0.2.1")).await.is_ok()
            })
        }).collect();
        let mut done = 0;
        for tried in tries {
            done += usize::from(tried.await.unwrap());
        }
        assert!(done >= 8 + 10, "{done}");
        world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        assert_eq!(world.number("SELECT CAST(SUM(failures + pending) AS BIGINT) FROM sign_in_failures").await, 0);
    }

    async fn a_try_whose_process_died_is_forgotten(world) {
        world.sign_up("ann").await;
        world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        let mut tx = world.app.db.begin().await.unwrap();
        for subject in world.texts("SELECT subject FROM sign_in_failures ORDER BY subject").await {
            let count = sign_in_failures::lock(&mut tx, &subject, world.app.clock.now()).await.unwrap();
            sign_in_failures::save(&mut tx, &Count { pending: 500, ..count }).await.unwrap();
        }
        tx.commit().await.unwrap();
        let refusal = refused(world.login("ann", PASSWORD, "192.0.2.1").await);
        assert_eq!(refusal, AccountRefusal::TooManyAttempts { retry_after_seconds: 1 });
        world.pass(Duration::from_secs(60));
        world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
    }
}
