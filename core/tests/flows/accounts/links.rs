//! Links in letters: what they prove, that each works once, that nothing else does.

use std::{sync::Arc, time::Duration};

use vanikeys_core::{
    custody::Keyring,
    flow::account::{
        AccountRefusal, confirm_email::confirm_email, forgot_password::forgot_password, reset_password::reset_password,
    },
    secret::Secret,
    store::audit::Origin,
};

use super::people::{PASSWORD, address, password, refused, shown, with_mail};
use crate::world::{SECRET_KEY, World, over_both};

const NEW: &str = "marjoram ladder 10";

async fn forget(world: &World, name: &str) {
    forgot_password(&world.app, &address(name), &Origin::default()).await.unwrap();
}

async fn reset(world: &World, token: &Secret, new: &str) -> Result<(), AccountRefusal> {
    match reset_password(&world.app, token, &password(new), &Origin::default()).await {
        Ok(()) => Ok(()),
        other => Err(refused(other)),
    }
}

over_both! {
    async fn a_reset_link_sets_the_password_once_and_ends_every_credential(world) {
        let ann = world.sign_up("ann").await;
        let browser = world.login("ann", PASSWORD, "192.0.2.1").await.unwrap();
        forget(&world, "ann").await;
        forget(&world, "ann").await;
        let letters = world.letters("reset-password").await;
        assert_eq!(letters.len(), 2);
        let AccountRefusal::Invalid { fields } = reset(&world, &letters[0], "short").await.unwrap_err() else { panic!() };
        assert_eq!(fields[0].field, "password");
        reset(&world, &letters[0], NEW).await.unwrap();
        for used in &letters {
            assert_eq!(reset(&world, used, "fennel bucket 11").await, Err(AccountRefusal::LinkUsed));
        }
        assert!(!world.is_signed_in(&shown(&ann)).await && !world.is_signed_in(&shown(&browser)).await);
        assert_eq!(refused(world.login("ann", PASSWORD, "192.0.2.1").await), AccountRefusal::WrongCredentials);
        world.login("ann", NEW, "192.0.2.1").await.unwrap();
    }

    async fn of_ten_uses_at_once_one_counts(world) {
        world.sign_up("ann").await;
        forget(&world, "ann").await;
        let letter = world.letters("reset-password").await.remove(0);
        let tries: Vec<_> = (0..10).map(|n| {
            let (app, letter) = (world.app.clone(), letter.clone());
            tokio::spawn(async move {
                reset_password(&app, &letter, &password(&format!("marjoram ladder {n}")), &Origin::default()).await.is_ok()
            })
        }).collect();
        let mut counted = 0;
        for tried in tries {
            counted += usize::from(tried.await.unwrap());
        }
        assert_eq!(counted, 1);
    }

    async fn forgetting_tells_nobody_who_has_an_account(world) {
        world.sign_up("ann").await;
        for name in ["ann", "nobody"] {
            for _ in 0..8 {
                forget(&world, name).await;
            }
        }
        forgot_password(&world.app, "nonsense", &Origin::default()).await.unwrap();
        assert_eq!(world.letters("reset-password").await.len(), 5, "letters to one mailbox are bounded");
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox").await, 5);
    }

    async fn asking_for_addresses_that_nobody_has_leaves_no_trace(world) {
        world.sign_up("ann").await;
        let before = world.number("SELECT COUNT(*) FROM audit").await;
        for n in 0..3 {
            forget(&world, &format!("nobody{n}")).await;
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, before);
        forget(&world, "ann").await;
        assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, before + 1);
    }

    async fn a_link_to_an_address_that_the_account_left_resets_nothing(world, with_mail) {
        let ann = world.sign_up("ann").await;
        forget(&world, "ann").await;
        let letter = world.letters("reset-password").await.remove(0);
        let mut tx = world.app.db.begin().await.unwrap();
        let moved = "UPDATE users SET email = 'new@example.org', email_key = 'new@example.org' WHERE id = $1";
        world.execute(&mut tx, moved, ann.user.id).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(reset(&world, &letter, NEW).await, Err(AccountRefusal::LinkExpired));
        assert!(world.is_signed_in(&shown(&ann)).await);
    }

    async fn links_end_and_are_for_one_purpose(world, with_mail) {
        world.sign_up("ann").await;
        forget(&world, "ann").await;
        let (confirm, reset_link) =
            (world.letters("confirm-address").await.remove(0), world.letters("reset-password").await.remove(0));
        let none = Origin::default();
        assert_eq!(refused(confirm_email(&world.app, &reset_link, &none).await), AccountRefusal::LinkUnknown);
        assert_eq!(reset(&world, &confirm, NEW).await, Err(AccountRefusal::LinkUnknown));
        for foreign in ["", "x", &confirm.expose().to_lowercase(), &format!("{}x", confirm.expose())] {
            let outcome = confirm_email(&world.app, &Secret::new(foreign), &none).await;
            assert_eq!(refused(outcome), AccountRefusal::LinkUnknown, "{foreign}");
        }
        world.pass(Duration::from_secs(3_600));
        assert_eq!(reset(&world, &reset_link, NEW).await, Err(AccountRefusal::LinkExpired));
        confirm_email(&world.app, &confirm, &none).await.unwrap();
        assert_eq!(refused(confirm_email(&world.app, &confirm, &none).await), AccountRefusal::LinkUsed);
        assert!(world.letters("reset-password").await.is_empty(), "an expired link is not written out");
    }

    async fn a_reset_confirms_the_address_and_lets_the_owner_in_at_once(world, with_mail) {
        let ann = world.sign_up("ann").await;
        for _ in 0..7 {
            world.login("ann", "tarragon lantern 8", "192.0.2.1").await.unwrap_err();
        }
        forget(&world, "ann").await;
        reset(&world, &world.letters("reset-password").await[0], NEW).await.unwrap();
        let fresh = world.login("ann", NEW, "192.0.2.9").await.unwrap();
        assert!(fresh.user.email_confirmed_at.is_some());
        assert_eq!(fresh.user.id, ann.user.id);
    }

    async fn a_rotated_secret_keeps_links_that_are_under_way(world, with_mail) {
        world.sign_up("ann").await;
        let new = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
        let mut world = world;
        let before = world.letters("confirm-address").await.remove(0);
        world.app.keyring = Arc::new(Keyring::parse(&format!("{new},{SECRET_KEY}")).unwrap());
        let after = world.letters("confirm-address").await.remove(0);
        assert_eq!(before.expose(), after.expose(), "a letter that is written again has the same link");
        confirm_email(&world.app, &after, &Origin::default()).await.unwrap();
    }

    async fn no_secret_of_a_link_is_stored_or_queued(world, with_mail) {
        world.sign_up("ann").await;
        forget(&world, "ann").await;
        let mut tokens = world.letters("confirm-address").await;
        tokens.extend(world.letters("reset-password").await);
        let mut stored = world.texts("SELECT payload FROM outbox").await;
        stored.extend(world.texts("SELECT detail FROM audit").await);
        stored.extend(world.texts("SELECT email FROM mail_links").await);
        assert!(tokens.iter().all(|token| stored.iter().all(|text| !text.contains(token.expose()))));
    }
}
