//! Store functions that no flow above exercises by itself.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    domain::{account::Role, owner::Owner},
    store::{access_tokens, admin_keys, receipt_keys, sessions, settings, users},
};

use crate::world::over_both;

over_both! {
    async fn users_are_listed_found_and_promoted(world) {
        let ann = world.sign_up("ann").await.user;
        world.pass(Duration::from_secs(1));
        let bob = world.sign_up("bob_b").await.user;
        let mut tx = world.app.db.begin().await.unwrap();
        users::set_role(&mut tx, bob.id, Role::Admin).await.unwrap();
        assert!(!users::clear_flag(&mut tx, bob.id).await.unwrap());
        tx.commit().await.unwrap();
        let mut on = world.app.db.read().await.unwrap();
        let (all, total) = users::list(&mut on, users::Filter::default(), 10, 0).await.unwrap();
        assert_eq!((all.iter().map(|user| user.id).collect::<Vec<_>>(), total), (vec![bob.id, ann.id], 2));
        for (text, found) in [("ann@", 1), ("b_b", 1), ("b%b", 0), ("_nn", 0), ("example", 2), ("zz", 0)] {
            let filter = users::Filter { text: Some(text), flagged: false };
            assert_eq!(users::list(&mut on, filter, 1, 0).await.unwrap().1, found, "{text}");
        }
        let admin = users::by_username(&mut on, "bob_b").await.unwrap().unwrap();
        assert_eq!((admin.id, admin.role), (bob.id, Role::Admin));
        assert_eq!(users::by_email(&mut on, "ann@example.org").await.unwrap().unwrap().id, ann.id);
        assert!(users::find(&mut on, Uuid::now_v7()).await.unwrap().is_none());
    }

    async fn access_tokens_speak_for_one_owner(world) {
        let ann = world.sign_up("ann").await.user;
        let (user, guild) = (Owner::User(ann.id), Owner::Community(ann.id));
        let (at, later) = (world.app.clock.now(), world.app.clock.now() + Duration::from_secs(60));
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        let mut tx = world.app.db.begin().await.unwrap();
        access_tokens::insert(&mut tx, one, user, at, later).await.unwrap();
        access_tokens::insert(&mut tx, other, guild, at, later).await.unwrap();
        for (id, owner, valid) in [(one, user, true), (one, guild, false), (other, user, false), (other, guild, true)] {
            assert_eq!(access_tokens::is_valid(&mut tx, id, owner, at).await.unwrap(), valid, "{id} {owner:?}");
        }
        assert_eq!(access_tokens::revoke_all_of(&mut tx, guild, at).await.unwrap(), 1);
        assert!(access_tokens::is_valid(&mut tx, one, user, at).await.unwrap());
        assert!(!access_tokens::is_valid(&mut tx, other, guild, at).await.unwrap());
        assert_eq!(access_tokens::forget_expired(&mut tx, later).await.unwrap(), 2);
    }

    async fn admin_keys_count_until_they_are_revoked(world) {
        let (id, at) = (Uuid::now_v7(), world.app.clock.now());
        let mut tx = world.app.db.begin().await.unwrap();
        admin_keys::insert(&mut tx, id, "deploy", &[7; 32], at).await.unwrap();
        assert_eq!(admin_keys::by_hash(&mut tx, &[7; 32]).await.unwrap().unwrap().name, "deploy");
        admin_keys::touch(&mut tx, id, at).await.unwrap();
        assert!(admin_keys::revoke(&mut tx, id, at).await.unwrap());
        assert!(!admin_keys::revoke(&mut tx, id, at).await.unwrap());
        assert!(admin_keys::by_hash(&mut tx, &[7; 32]).await.unwrap().is_none());
        let all = admin_keys::all(&mut tx).await.unwrap();
        assert_eq!((all.len(), all[0].last_used_at), (1, Some(at)));
    }

    async fn switches_and_receipt_keys_are_kept(world) {
        let at = world.app.clock.now();
        let mut tx = world.app.db.begin().await.unwrap();
        assert_eq!(settings::get(&mut tx, "a.b").await.unwrap(), None);
        for value in ["true", "false"] {
            settings::set(&mut tx, "a.b", value, None, at).await.unwrap();
            assert_eq!(settings::get(&mut tx, "a.b").await.unwrap().as_deref(), Some(value));
        }
        for _ in 0..2 {
            receipt_keys::keep(&mut tx, "0123456789abcdef", &[3; 32], at).await.unwrap();
        }
        assert_eq!(receipt_keys::all(&mut tx).await.unwrap(), [[3; 32]]);
    }

    async fn sessions_are_listed_by_their_last_use(world) {
        let ann = world.sign_up("ann").await.user;
        let (at, later) = (world.app.clock.now(), world.app.clock.now() + Duration::from_secs(60));
        let mut tx = world.app.db.begin().await.unwrap();
        for n in 1..=2 {
            sessions::insert(&mut tx, &[n; 32], ann.id, Some("browser"), at, later).await.unwrap();
        }
        sessions::touch(&mut tx, &[1; 32], at + Duration::from_secs(1), later).await.unwrap();
        let listed = sessions::of(&mut tx, ann.id, at).await.unwrap();
        assert_eq!(listed.iter().map(|one| one.token_hash[0]).collect::<Vec<_>>(), [1, 2]);
        assert!(sessions::find(&mut tx, &[1; 32], later).await.unwrap().is_none());
        assert_eq!(sessions::delete_all_of(&mut tx, ann.id).await.unwrap(), 2);
    }
}
