//! More that happens to one player at once, each on a connection of its own.

use vanikeys_core::{
    domain::{happening::NoticeKind, heist::Status},
    flow::{
        Failure, Origin,
        account::{
            Form,
            delete::delete,
            register::{Registration, register},
        },
        heist::{self, ShieldRefusal},
        points,
    },
};

use super::ground::{ask, attempt, give, has, invariants, player, pushed, work};
use crate::{
    accounts::people::{PASSWORD, actor, form, password},
    world::over_both,
};

over_both! {
    async fn shields_bought_at_once_are_one(world) {
        let bob = world.user(1_000).await;
        let buying: Vec<_> = (0..8).map(|_| {
            let (app, bob) = (world.app.clone(), bob.clone());
            tokio::spawn(async move { heist::buy_shield(&app, &bob, None).await })
        }).collect();
        let mut bought = 0;
        for one in buying {
            match one.await.unwrap() {
                Ok(_) => bought += 1,
                Err(refused) => assert!(matches!(refused, Failure::Refused(ShieldRefusal::ShieldActive { .. })), "{refused}"),
            }
        }
        assert_eq!((bought, world.balance(&bob).await.balance), (1, 950));
        invariants(&world).await;
    }

    async fn check_ins_at_once_are_one(world) {
        let bob = world.user(0).await;
        let checking: Vec<_> = (0..8).map(|_| {
            let (app, bob) = (world.app.clone(), bob.clone());
            tokio::spawn(async move { points::check_in(&app, &bob, None).await.is_ok() })
        }).collect();
        let mut done = 0;
        for one in checking {
            done += usize::from(one.await.unwrap());
        }
        assert_eq!((done, has(&world, &bob).await.0), (1, 15));
        invariants(&world).await;
    }

    /// Two robbers, a shield, a check-in and a deletion, all over one player.
    async fn everything_happens_to_one_player_at_once(world) {
        for round in 0..8 {
            let bob = actor(&world.sign_up(&format!("bobby{round}")).await);
            give(&world, &bob, 975, 1).await;
            let (ann, cid, dan) = (player(&world, 0, 1).await, player(&world, 0, 1).await, player(&world, 400, 0).await);
            let mut ids = Vec::new();
            for (robber, target) in [(&ann, &bob), (&cid, &bob), (&bob, &dan)] {
                ids.push((robber.clone(), ask(&world, robber, target.user).await.unwrap()));
            }
            let mut running = Vec::new();
            for task in pushed(&world).await {
                let app = world.app.clone();
                running.push(tokio::spawn(async move { heist::apply(&app, &[task]).await.map(drop).unwrap() }));
            }
            let (app, own) = (world.app.clone(), bob.clone());
            running.push(tokio::spawn(async move { drop(points::check_in(&app, &own, None).await) }));
            let (app, own) = (world.app.clone(), bob.clone());
            running.push(tokio::spawn(async move { drop(heist::buy_shield(&app, &own, None).await) }));
            if round % 2 == 0 {
                let (app, own) = (world.app.clone(), bob.clone());
                running.push(tokio::spawn(async move { delete(&app, &own, &password(PASSWORD)).await.unwrap() }));
            }
            for one in running {
                one.await.unwrap();
            }
            work(&world).await;
            let mut successes = 0;
            for (robber, id) in &ids[..2] {
                let ended = attempt(&world, robber, *id).await;
                successes += usize::from(ended.status == Status::Success);
                let spent = ended.token_spent;
                assert_eq!(spent, matches!(ended.status, Status::Success | Status::FailedShield), "{ended:?}");
                assert_eq!(has(&world, robber).await.1, i64::from(!spent));
            }
            assert!(successes <= 1, "one target was robbed twice");
            if round % 2 == 0 {
                assert_eq!(has(&world, &bob).await, (0, 0), "what an account had goes with it");
            }
            invariants(&world).await;
        }
    }

    async fn a_storm_on_a_code_whose_owner_plays_on(world) {
        let signed = world.sign_up("annie").await;
        let ann = actor(&signed);
        give(&world, &ann, 1_975, 1).await;
        let (bob, cid) = (player(&world, 400, 0).await, player(&world, 0, 1).await);
        let (own, theirs) = (ask(&world, &ann, bob.user).await.unwrap(), ask(&world, &cid, ann.user).await.unwrap());
        let mut running = Vec::new();
        for number in 0..16 {
            let (app, code) = (world.app.clone(), signed.user.referral_code.clone());
            running.push(tokio::spawn(async move {
                let form = Registration { referral_code: Some(code), ..form(&format!("guest{number}")) };
                drop(register(&app, &form, Form::AccessToken, &Origin::default()).await.unwrap());
            }));
        }
        for task in pushed(&world).await {
            let app = world.app.clone();
            running.push(tokio::spawn(async move { heist::apply(&app, &[task]).await.map(drop).unwrap() }));
        }
        let (app, her) = (world.app.clone(), ann.clone());
        running.push(tokio::spawn(async move { assert_eq!(points::check_in(&app, &her, None).await.unwrap().points_awarded, 15) }));
        for one in running {
            one.await.unwrap();
        }
        let (won, lost) = (attempt(&world, &ann, own).await, attempt(&world, &cid, theirs).await);
        let (won, lost) = (won.outcome.unwrap().points_stolen, lost.outcome.unwrap().points_stolen);
        assert_eq!((won, lost), (20, 100));
        assert_eq!(has(&world, &ann).await, (2_000 + 16 * 50 + 15 + won - lost, 16));
        let told = heist::list_notices(&world.app, &ann, &Default::default(), 50, 0).await.unwrap();
        assert_eq!(told.items.iter().filter(|notice| notice.kind == NoticeKind::TokenEarned).count(), 16);
        invariants(&world).await;
    }
}
