//! Referrals: once for each, at sign-up or at confirmation, many at once.

use uuid::Uuid;
use vanikeys_core::{
    app::App,
    config::ReferralAward,
    domain::happening::NoticeKind,
    flow::{
        Origin,
        account::{
            Form, SignedIn,
            confirm_email::confirm_email,
            register::{Registration, register},
        },
        heist,
        notices::Filter,
        referral,
    },
};

use super::ground::{has, invariants};
use crate::{
    accounts::people::{actor, form, with_mail},
    world::over_both,
};

async fn sign_up(app: &App, name: &str, code: Option<&str>) -> SignedIn {
    let form = Registration { referral_code: code.map(str::to_owned), ..form(name) };
    register(app, &form, Form::AccessToken, &Origin::default()).await.unwrap()
}

over_both! {
    async fn a_sign_up_with_a_code_rewards_once_and_tells(world) {
        let app = &world.app;
        let ann = sign_up(app, "annie", None).await;
        assert_eq!(has(&world, &actor(&ann)).await, (25, 0), "points for signing up");
        let bob = sign_up(app, "bobby", Some(&ann.user.referral_code)).await;
        assert_eq!(has(&world, &actor(&ann)).await, (75, 1));
        assert_eq!(has(&world, &actor(&bob)).await, (25, 0));
        let own = referral::referrals(app, &actor(&ann), 10, 0).await.unwrap();
        assert_eq!((own.total, own.items[0].name.as_deref(), own.items[0].rewarded), (1, Some("bobby"), true));
        assert_eq!((own.items[0].tokens, own.items[0].points), (1, 50));
        assert!(own.link.ends_with(&format!("/sign-up?ref={}", own.code)));
        let told = heist::list_notices(app, &actor(&ann), &Filter::default(), 10, 0).await.unwrap();
        assert_eq!(told.items[0].kind, NoticeKind::TokenEarned);
        assert_eq!(told.items[0].metadata["referredName"], "bobby");
        let tokens = heist::tokens(app, &actor(&ann)).await.unwrap();
        assert_eq!((tokens.balance, tokens.total_earned), (1, 1));
        invariants(&world).await;
    }

    async fn a_storm_of_sign_ups_on_one_code_counts_every_one(world) {
        let ann = sign_up(&world.app, "annie", None).await;
        let mut all = Vec::new();
        for number in 0..24 {
            let (app, code) = (world.app.clone(), ann.user.referral_code.clone());
            all.push(tokio::spawn(async move { sign_up(&app, &format!("guest{number}"), Some(&code)).await.user.id }));
        }
        let mut ids: Vec<Uuid> = Vec::new();
        for one in all {
            ids.push(one.await.unwrap());
        }
        assert_eq!(has(&world, &actor(&ann)).await, (25 + 24 * 50, 24));
        assert_eq!(world.number("SELECT COUNT(*) FROM referrals").await, 24);
        invariants(&world).await;
    }

    async fn a_cap_is_not_passed(world, |config| config.heist.token_cap = Some(1)) {
        let ann = sign_up(&world.app, "annie", None).await;
        sign_up(&world.app, "bobby", Some(&ann.user.referral_code)).await;
        sign_up(&world.app, "cecil", Some(&ann.user.referral_code)).await;
        assert_eq!(has(&world, &actor(&ann)).await, (125, 1));
        invariants(&world).await;
    }

    async fn without_a_confirmed_address_a_referral_may_wait(world, |config| {
        config.heist.referral_award = ReferralAward::Confirmed;
        with_mail(config);
    }) {
        let ann = sign_up(&world.app, "annie", None).await;
        sign_up(&world.app, "bobby", Some(&ann.user.referral_code)).await;
        assert_eq!(has(&world, &actor(&ann)).await, (25, 0));
        let own = referral::referrals(&world.app, &actor(&ann), 10, 0).await.unwrap();
        assert!(!own.items[0].rewarded);
        for link in world.letters("confirm-address").await {
            confirm_email(&world.app, &link, &Origin::default()).await.unwrap();
        }
        assert_eq!(has(&world, &actor(&ann)).await, (75, 1));
        invariants(&world).await;
    }
}
