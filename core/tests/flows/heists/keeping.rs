//! What is kept and for how long: retention, export, deletion, tokens that expire; and that every kind of notice can be
//! a letter.

use std::time::Duration;

use vanikeys_core::{
    domain::{happening::EmailChoice, heist::Status, task::Queue},
    flow::{
        Actor, Origin,
        account::{delete, export::export},
        heist,
        mail_choices::{choices, choose},
    },
};

use super::ground::{ask, give, has, invariants, player, rob, work};
use crate::{
    accounts::people::{PASSWORD, actor, password},
    tasks,
    world::over_both,
};

const DAY: Duration = Duration::from_secs(24 * 3_600);

over_both! {
    async fn attempts_are_forgotten_after_ninety_days_and_heists_are_not(world) {
        let (ann, bob) = (player(&world, 100, 2).await, player(&world, 1_000, 0).await);
        assert_eq!(rob(&world, &ann, &bob).await.0, Status::Success);
        assert_eq!(rob(&world, &ann, &bob).await.0, Status::FailedCooldown);
        let lines = "SELECT COUNT(*) FROM audit WHERE action = 'heist.attempt'";
        assert_eq!(world.number(lines).await, 2);
        world.pass(90 * DAY);
        assert_eq!(heist::prune(&world.app).await.unwrap(), 0);
        world.pass(Duration::from_micros(1));
        assert_eq!(heist::prune(&world.app).await.unwrap(), 3);
        assert_eq!(world.number(lines).await, 0);
        assert_eq!(world.texts("SELECT status FROM heists").await, ["SUCCESS"]);
        invariants(&world).await;
    }

    async fn where_a_request_came_from_is_in_the_audit_alone_and_goes_with_the_account(world) {
        let signed = world.sign_up("annie").await;
        let ann = Actor {
            user: signed.user.id,
            origin: Origin { ip: Some("192.0.2.7".into()), user_agent: Some("a browser".into()), request_id: None },
        };
        give(&world, &ann, 0, 2).await;
        let bob = player(&world, 1_000, 0).await;
        ask(&world, &ann, bob.user).await.unwrap();
        assert_eq!(world.texts("SELECT ip FROM heists WHERE ip IS NOT NULL").await, ["192.0.2.7"]);
        work(&world).await;
        let seen = "SELECT COUNT(*) FROM audit WHERE action = 'heist.attempt' AND ip = '192.0.2.7' AND user_agent = 'a browser'";
        assert_eq!(world.number(seen).await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM heists WHERE ip IS NOT NULL OR user_agent IS NOT NULL").await, 0);
        delete::delete(&world.app, &ann, &password(PASSWORD)).await.unwrap();
        assert_eq!(world.number(seen).await, 0);
        let told = heist::list_notices(&world.app, &bob, &Default::default(), 10, 0).await.unwrap();
        assert!(told.items[0].message.starts_with("A deleted user took"), "{}", told.items[0].message);
        let history = heist::history(&world.app, &bob, Default::default(), 10, 0).await.unwrap();
        assert_eq!((history.total, &history.items[0].other_name), (1, &None));
        assert_eq!(has(&world, &ann).await, (0, 0));
        invariants(&world).await;
    }

    async fn an_export_has_the_whole_game(world) {
        let ann = actor(&world.sign_up("annie").await);
        give(&world, &ann, 0, 1).await;
        let bob = player(&world, 1_000, 0).await;
        rob(&world, &ann, &bob).await;
        let game = export(&world.app, ann.user).await.unwrap()["game"].clone();
        assert_eq!((&game["points"], &game["heistTokens"]), (&75.into(), &0.into()), "{game}");
        assert_eq!(game["heists"][0]["status"], "SUCCESS");
        assert_eq!(game["pointEvents"].as_array().unwrap().len(), 2);
    }

    async fn tokens_that_were_not_spent_in_time_are_gone(world, |config| config.heist.token_expiry_days = Some(30)) {
        let ann = player(&world, 0, 2).await;
        world.pass(20 * DAY);
        give(&world, &ann, 0, 1).await;
        world.pass(10 * DAY);
        assert_eq!(heist::expire_tokens(&world.app).await.unwrap(), 0);
        world.pass(Duration::from_micros(1));
        assert_eq!(heist::expire_tokens(&world.app).await.unwrap(), 2);
        assert_eq!(heist::expire_tokens(&world.app).await.unwrap(), 0);
        assert_eq!(has(&world, &ann).await.1, 1);
        invariants(&world).await;
    }

    async fn letters_about_the_game_are_sent_to_those_who_want_them(world, |config| config.heist.letters = true) {
        let (ann, bob) = (actor(&world.sign_up("annie").await), actor(&world.sign_up("bobby").await));
        give(&world, &ann, 0, 1).await;
        give(&world, &bob, 1_000, 0).await;
        let made = choices(&world.app, bob.user).await.unwrap();
        assert!(made.iter().any(|choice| choice.letter.name() == "heist-suffered" && choice.wanted));
        rob(&world, &ann, &bob).await;
        let owed = tasks::all(&world, Queue::Emails).await;
        assert_eq!(owed.iter().map(|task| task.kind.as_str()).collect::<Vec<_>>(), ["notice"]);
        tasks::work(&world, Queue::Emails).await;
        let told = heist::list_notices(&world.app, &bob, &Default::default(), 10, 0).await.unwrap();
        assert!(told.items[0].email_sent && told.items[0].email_sent_at.is_some());
        choose(&world.app, bob.user, &[(EmailChoice::HeistSuffered, false)]).await.unwrap();
        choose(&world.app, ann.user, &[(EmailChoice::HeistSuccess, true)]).await.unwrap();
        world.pass(2 * DAY);
        give(&world, &ann, 0, 1).await;
        assert_eq!(rob(&world, &ann, &bob).await.0, Status::Success);
        tasks::work(&world, Queue::Emails).await;
        let mailed = async |who| heist::list_notices(&world.app, who, &Default::default(), 1, 0).await.unwrap().items[0].email_sent;
        assert!(!mailed(&bob).await && mailed(&ann).await, "each as they chose");
    }

    async fn without_the_setting_no_letter_leaves(world) {
        let (ann, bob) = (actor(&world.sign_up("annie").await), actor(&world.sign_up("bobby").await));
        give(&world, &ann, 0, 1).await;
        give(&world, &bob, 1_000, 0).await;
        rob(&world, &ann, &bob).await;
        assert!(tasks::all(&world, Queue::Emails).await.is_empty());
    }
}
