//! Buying on the pages, without a script: what is refused is told there, and pages tell the truth about payments.

use std::time::Duration;

use super::{GOOD, forms_lead_to, over_both_selling};
use crate::tests::{
    pages::offends,
    world::{Caller, World},
};

async fn reads(world: &World, who: &Caller, path: &str) -> String {
    let page = world.get(who, path).await;
    assert_eq!((page.status.as_u16(), offends(&page.text)), (200, None), "{path}: {}", page.text);
    page.text
}

over_both_selling! {
    async fn a_pack_is_two_forms_away_and_its_page_tells_the_truth(shop) {
        let world = &shop.world;
        let ann = world.register("ann").await;
        let (browser, visitor) = (world.browser(&ann).await, Caller::nobody().with("accept", "text/html"));
        assert!(reads(world, &visitor, "/pricing").await.contains("Sign in to buy"));
        let pricing = world.get(&browser, "/pricing").await;
        assert_eq!(forms_lead_to(&pricing), format!("form-action 'self' {}", shop.base));
        assert!(pricing.text.contains("No real money moves here") && pricing.text.contains("name=\"pack\" value=\"popular\""));
        let huge = world.form(&browser, "/app/purchases", &[("pack", "huge"), ("once", "k0")]).await;
        assert!(huge.status == 422 && huge.text.contains("role=\"alert\"") && huge.text.contains("<h1>Pricing</h1>"));
        assert_eq!(world.form(&visitor, "/app/purchases", &[("pack", "popular")]).await.status, 303);

        let form = [("pack", "popular"), ("once", "k1-popular")];
        let sent = world.form(&browser, "/app/purchases", &form).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let stripe = sent.header("location").to_owned();
        assert!(stripe.starts_with(&shop.base), "{stripe}");
        assert_eq!(world.form(&browser, "/app/purchases", &form).await.header("location"), stripe, "a double click");
        let wallet = reads(world, &browser, "/app/wallet").await;
        let (_, rest) = wallet.split_once("href=\"/app/purchases/").unwrap();
        let at = format!("/app/purchases/{}", rest.split('"').next().unwrap());
        assert!(wallet.contains("Balance: <span class=\"total\">1,000</span>") && wallet.contains("not paid"), "{wallet}");

        let page = reads(world, &browser, &at).await;
        assert!(page.contains("Waiting for your payment") && page.contains("http-equiv=\"refresh\""), "{page}");
        let canceled = reads(world, &browser, &format!("{at}?canceled=1")).await;
        assert!(canceled.contains("Nothing was charged") && canceled.contains(&stripe), "{canceled}");
        assert!(!canceled.contains("http-equiv=\"refresh\""), "nobody waits");
        assert_eq!(world.get(&browser, &format!("{at}/news?state=open")).await.status, 204);
        shop.pay(&stripe, GOOD).await.unwrap();
        assert!(reads(world, &browser, &at).await.contains("Waiting for your payment"), "the page itself credits nothing");
        shop.learn().await;
        let news = world.get(&browser, &format!("{at}/news?state=open")).await;
        assert_eq!((news.status.as_u16(), news.header("hx-refresh")), (200, "true"));
        let page = reads(world, &browser, &at).await;
        assert!(page.contains("Paid and credited") && page.contains("500 tokens were added"), "{page}");
        assert!(page.contains("Receipt at Stripe"), "{page}");
        let wallet = reads(world, &browser, "/app/wallet").await;
        assert!(wallet.contains("Balance: <span class=\"total\">1,500</span>") && wallet.contains("pi_"), "{wallet}");
        assert!(reads(world, &browser, "/app/purchases").await.contains(&at));
        world.app.clock.advance(Duration::from_secs(24 * 3600));
        let wallet = reads(world, &browser, "/app/wallet").await;
        assert!(wallet.contains("Balance by day since 2026-10-24: 0, 0, ") && wallet.contains(", 0, 1500, 1500\""), "{wallet}");
        let bob = world.browser(&world.register("bob").await).await;
        assert_eq!(world.get(&bob, &at).await.status, 404);
    }

    async fn a_plan_is_canceled_in_one_click_as_it_was_bought(shop) {
        let world = &shop.world;
        let ann = world.register("ann").await;
        let browser = world.browser(&ann).await;
        let plan = world.get(&browser, "/app/plan").await;
        assert!(plan.text.contains("3 free pulls a day") && plan.text.contains("Subscribe"), "{}", plan.text);
        assert_eq!(forms_lead_to(&plan), format!("form-action 'self' {}", shop.base));
        let odd = world.form(&browser, "/app/plan", &[("plan", "odd")]).await;
        assert_eq!(odd.status, 422);
        let refused = world.form(&browser, "/app/plan/cancel", &[("once", "k0")]).await;
        assert!(refused.status == 409 && refused.text.contains("role=\"alert\""), "{}", refused.text);
        let refused = world.form(&browser, "/app/plan/portal", &[]).await;
        assert!(refused.status == 409 && refused.text.contains("role=\"alert\""), "{}", refused.text);

        let sent = world.form(&browser, "/app/plan", &[("plan", "pro"), ("once", "k1-pro")]).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let stripe = sent.header("location").to_owned();
        let back = shop.pay(&stripe, GOOD).await.unwrap();
        let back = back.strip_prefix(&world.app.config.public_url.origin).unwrap();
        let waiting = reads(world, &browser, back).await;
        assert!(waiting.contains("Your payment is being confirmed") && waiting.contains("http-equiv=\"refresh\""));
        let (_, id) = back.split_once("subscription=").unwrap();
        assert_eq!(world.get(&browser, &format!("/app/plan/{id}/news")).await.status, 204);
        shop.learn().await;
        assert_eq!(world.get(&browser, &format!("/app/plan/{id}/news")).await.header("hx-refresh"), "true");
        let plan = reads(world, &browser, back).await;
        assert!(plan.contains("Renews on") && plan.contains("50 free pulls a day") && plan.contains("$9.99"), "{plan}");
        assert!(plan.contains("Cancel the plan") && plan.contains("at Stripe</a>"), "{plan}");
        let gone = world.form(&browser, "/app/plan/cancel", &[("once", "k2")]).await;
        assert_eq!((gone.status.as_u16(), gone.header("location")), (303, "/app/plan"));
        let plan = reads(world, &browser, "/app/plan").await;
        assert!(plan.contains("Ends on") && plan.contains("Resume the plan"), "{plan}");
        world.form(&browser, "/app/plan/resume", &[("once", "k3")]).await;
        assert!(reads(world, &browser, "/app/plan").await.contains("Renews on"));
        let portal = world.form(&browser, "/app/plan/portal", &[]).await;
        assert!(portal.status == 303 && portal.header("location").starts_with(&shop.base), "{}", portal.text);
    }
}
