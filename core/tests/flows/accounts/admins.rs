//! What operators do: admins, API keys, flagged signups, switches, each with its audit entry; and how long an entry
//! knows where it came from.

use std::time::Duration;

use vanikeys_core::{
    domain::{account::Role, audit::Action, ledger::Asset},
    flow::{
        By, Failure,
        account::{
            AccountRefusal, Form,
            register::{Registration, register},
        },
        admin::{
            api_keys::{self, KeyRefusal},
            audit::{Search, erase_addresses, list},
            create_admin::{create_admin, fresh_password, promote},
            review_signup,
            switches::{self, SwitchRefusal},
            users,
        },
        grant::{GrantRefusal, grant_tokens, take_back},
        switch::Switch,
    },
    secret::Secret,
    store::{
        audit::{Entry, Origin, record_all},
        ledger,
    },
};

use super::people::{PASSWORD, form, password, refused};
use crate::world::{World, over_both};

async fn balance(world: &World, user: uuid::Uuid) -> (i64, i64) {
    let mut on = world.app.db.read().await.unwrap();
    let account = ledger::balance(&mut on, user, &Asset::VaniToken).await.unwrap();
    (account.balance, account.debt)
}

over_both! {
    async fn admins_are_made_or_promoted(world) {
        let (app, by) = (&world.app, By::default());
        let made = create_admin(app, &by, "root@example.org", "rooty", &password(PASSWORD)).await.unwrap();
        assert_eq!((made.role, made.email_confirmed_at.is_some()), (Role::Admin, true));
        let again = create_admin(app, &by, "root@example.org", "rooty2", &password(PASSWORD)).await;
        assert_eq!(refused(again), AccountRefusal::EmailTaken);
        let bad = refused(create_admin(app, &by, "root", "x", &password("short")).await);
        let AccountRefusal::Invalid { fields } = bad else { panic!("{bad:?}") };
        assert_eq!(fields.len(), 3);
        let ann = world.sign_up("ann").await.user;
        assert_eq!(promote(app, &by, ann.id).await.unwrap().role, Role::Admin);
        assert_eq!(refused(promote(app, &by, uuid::Uuid::now_v7()).await), AccountRefusal::Gone);
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action IN ('admin.create', 'admin.promote')").await, 2);
        let fresh = fresh_password().unwrap();
        assert!(fresh.expose().len() == 24 && fresh != fresh_password().unwrap());
    }

    async fn users_are_found_by_what_people_call_them(world) {
        let ann = world.sign_up("ann").await.user;
        for named in [ann.id.to_string(), "ANN".to_owned(), " Ann@example.org ".to_owned()] {
            assert_eq!(users::find(&world.app, &named).await.unwrap().map(|user| user.id), Some(ann.id), "{named}");
        }
        for named in [uuid::Uuid::now_v7().to_string(), "bob".to_owned(), "bob@example.org".to_owned(), String::new()] {
            assert!(users::find(&world.app, &named).await.unwrap().is_none(), "{named}");
        }
        assert_eq!(users::list(&world.app, Some("ANN"), false, 10, 0).await.unwrap().1, 1);
    }

    async fn api_keys_are_shown_once_and_count_until_revoked(world) {
        let (app, by) = (&world.app, By::default());
        let made = api_keys::create(app, &by, " deploy ").await.unwrap();
        assert!(made.secret.expose().starts_with("vka_"));
        let known = api_keys::authenticate(app, &made.secret).await.unwrap().unwrap();
        assert_eq!((known.id, known.name.as_str()), (made.id, "deploy"));
        for foreign in ["", "vka_", "vka_x", &format!("{}x", made.secret.expose()), &made.secret.expose()[4..]] {
            assert!(api_keys::authenticate(app, &Secret::new(foreign)).await.unwrap().is_none(), "{foreign}");
        }
        assert!(api_keys::list(app).await.unwrap()[0].last_used_at.is_some());
        api_keys::revoke(app, &by, made.id).await.unwrap();
        assert!(api_keys::authenticate(app, &made.secret).await.unwrap().is_none());
        let twice = api_keys::revoke(app, &by, made.id).await;
        assert!(matches!(twice, Err(Failure::Refused(KeyRefusal::Unknown))));
        for name in ["", " ", &"x".repeat(101)] {
            assert!(matches!(api_keys::create(app, &by, name).await, Err(Failure::Refused(KeyRefusal::BadName))));
        }
        let stored = world.texts("SELECT detail FROM audit").await.join(" ");
        assert!(!stored.contains(made.secret.expose()));
    }

    async fn a_cleared_signup_gets_what_waited_once(world) {
        let eve = Registration { email: "eve@mailinator.com".into(), ..form("eve") };
        let eve = register(&world.app, &eve, Form::Session, &Origin::default()).await.unwrap().user;
        assert!(eve.flagged_at.is_some());
        assert_eq!(balance(&world, eve.id).await, (0, 0));
        for _ in 0..2 {
            let cleared = review_signup::clear(&world.app, &By::default(), eve.id).await.unwrap();
            assert_eq!(cleared.flagged_at, None);
        }
        assert_eq!(balance(&world, eve.id).await, (1_000, 0));
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action = 'signup.clear'").await, 1);
    }

    async fn where_requests_came_from_is_forgotten_after_ninety_days(world) {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let app = &world.app;
        let ip = Some("192.0.2.7".into());
        let origin = Origin { ip, user_agent: Some("a browser".into()), request_id: Some("r1".into()) };
        let entry = Entry::new(None, Action::JobCreate, None, serde_json::json!({ "tokens": 5 }));
        let mut tx = app.db.begin().await.unwrap();
        // More than one pass takes.
        record_all(&mut tx, &vec![(entry, origin); 501], app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        world.pass(Duration::from_secs(1));
        create_admin(app, &By::default(), "root@example.org", "rooty", &password(PASSWORD)).await.unwrap();
        world.pass(90 * DAY - Duration::from_secs(1));
        assert_eq!(erase_addresses(app).await.unwrap(), 0, "not before");
        world.pass(Duration::from_micros(1));
        assert_eq!(erase_addresses(app).await.unwrap(), 501);
        assert_eq!(erase_addresses(app).await.unwrap(), 0);
        let search = Search { action: Some(Action::JobCreate), ..Search::default() };
        let (entries, total) = list(app, &search, 1, 500).await.unwrap();
        assert_eq!((total, &entries[0].ip, &entries[0].user_agent), (501, &None, &None));
        assert_eq!((entries[0].request_id.as_deref(), &entries[0].detail["tokens"]), (Some("r1"), &5.into()));
    }

    async fn how_long_it_is_known_is_a_setting(world, |config| config.audit_address_retention = Duration::from_secs(60)) {
        let origin = Origin { ip: Some("192.0.2.7".into()), ..Origin::default() };
        register(&world.app, &form("ann"), Form::Session, &origin).await.unwrap();
        world.pass(Duration::from_secs(60));
        assert_eq!(erase_addresses(&world.app).await.unwrap(), 0);
        world.pass(Duration::from_micros(1));
        assert_eq!(erase_addresses(&world.app).await.unwrap(), 1);
    }

    async fn registration_can_be_closed_and_opened(world) {
        let (app, by) = (&world.app, By::default());
        switches::set(app, &by, "registration.open", "false").await.unwrap();
        assert!(!Switch::Registration.is_on(&mut app.db.read().await.unwrap()).await.unwrap());
        let closed = register(app, &form("ann"), Form::Session, &Origin::default()).await;
        assert_eq!(refused(closed), AccountRefusal::RegistrationClosed);
        switches::set(app, &by, "registration.open", "true").await.unwrap();
        world.sign_up("ann").await;
        let unknown = switches::set(app, &by, "registration.opne", "true").await;
        assert!(matches!(unknown, Err(Failure::Refused(SwitchRefusal::Unknown { .. }))));
        let bad = switches::set(app, &by, "registration.open", "maybe").await;
        assert!(matches!(bad, Err(Failure::Refused(SwitchRefusal::BadValue { .. }))));
        assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE action = 'switch.set'").await, 2);
    }

    async fn grants_come_once_and_are_taken_back_once(world) {
        let ann = world.sign_up("ann").await.user;
        let grant = uuid::Uuid::now_v7();
        for _ in 0..2 {
            grant_tokens(&world.app, grant, ann.id, 500, Some("for the party")).await.unwrap();
        }
        assert_eq!(balance(&world, ann.id).await, (1_500, 0));
        for _ in 0..2 {
            take_back(&world.app, grant, None).await.unwrap();
        }
        assert_eq!(balance(&world, ann.id).await, (1_000, 0));
        let unknown = take_back(&world.app, uuid::Uuid::now_v7(), None).await;
        assert!(matches!(unknown, Err(Failure::Refused(GrantRefusal::Unknown))));
    }
}
