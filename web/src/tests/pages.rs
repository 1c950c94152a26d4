//! Pages: every one answers, none holds anything inline, and the main job works without a script.

use super::world::{Caller, On, World, over_both};

/// What the Content-Security-Policy would stop, or what would come from another host.
pub(super) fn offends(html: &str) -> Option<&'static str> {
    let inline = ["style=\"", "<style", "onclick=", "onload=", "javascript:", "<script>", "hx-on"];
    let foreign = ["src=\"http", "href=\"//", "src=\"//"];
    inline.into_iter().chain(foreign).find(|needle| html.contains(needle))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_answers_and_holds_nothing_inline() {
    let world = World::open(On::Sqlite).await;
    let ann = world.register("ann").await;
    world.promote(&ann).await;
    let browser = world.browser(&ann).await;
    let visitor = Caller::nobody().with("accept", "text/html");
    let open = [
        "/",
        "/odds",
        "/odds?text=GO+BE&fuzzy=on",
        "/odds?text=Zoe&kind=prefix",
        "/how-it-works",
        "/pricing",
        "/verify",
        "/terms",
        "/privacy",
        "/docs/api",
        "/sign-up",
        "/sign-in",
        "/confirm?token=x",
        "/forgot",
        "/reset?token=x",
    ];
    let own = [
        "/app",
        "/app?text=ab&kind=contains",
        "/app/jobs",
        "/app/history?minScore=1&kept=true",
        "/app/wallet",
        "/app/purchases",
        "/app/plan",
        "/notifications",
        "/account",
        "/admin",
        "/admin/tasks",
        "/admin/audit",
        "/admin/billing",
        "/admin/billing/purchases?state=",
        "/admin/billing/subscriptions?status=past_due",
        "/admin/billing/events?state=failed",
        "/admin/billing/claims",
        "/admin/audit?action=account.login&actorId=",
        "/admin/tasks?state=done&queue=emails&text=x",
        "/admin/users?text=a&flagged=true",
    ];
    for (path, who) in
        open.iter().map(|path| (path, &visitor)).chain(open.iter().chain(&own).map(|path| (path, &browser)))
    {
        let page = world.get(who, path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        assert_eq!(offends(&page.text), None, "{path}");
        assert!(page.text.contains("<h1>"), "{path}");
    }
    assert!(world.get(&visitor, "/privacy").await.text.contains("erased after 90 days"));
    for path in own {
        assert_eq!(world.get(&visitor, path).await.status, 303, "{path} is for those who signed in");
    }
    for path in ["/nothing", "/app/jobs/nothing", "/p/nothing"] {
        let page = world.get(&browser, path).await;
        assert_eq!((page.status.as_u16(), offends(&page.text)), (404, None), "{path}");
    }
}

over_both! {
    async fn the_main_job_needs_no_script(world) {
        let ann = world.register("ann").await;
        let browser = world.browser(&ann).await;
        let form = [("text", "ab"), ("kind", "contains"), ("target", "did"), ("custody", "service"), ("recipient", ""), ("once", "k-1")];
        let made = world.form(&browser, "/app/pull", &form).await;
        assert_eq!(made.status, 303, "{}", made.text);
        let twice = world.form(&browser, "/app/pull", &form).await;
        assert_eq!(twice.header("location"), made.header("location"), "a double click pulls once");
        let pull = made.header("location").to_owned();
        let page = world.get(&browser, &pull).await;
        assert!(page.text.contains("Keep this key") && offends(&page.text).is_none());
        for verb in ["keep", "share", "shred"] {
            assert_eq!(world.form(&browser, &format!("{pull}/{verb}"), &[]).await.status, 303);
        }
        assert!(world.get(&browser, &pull).await.text.contains("Erased on"));
        let form = [("text", "mvp4"), ("kind", "prefix"), ("custody", "service"), ("maxTokens", "100"), ("once", "k-2")];
        let ordered = world.form(&browser, "/app/jobs", &form).await;
        assert_eq!(ordered.status, 303, "{}", ordered.text);
        let job = ordered.header("location").to_owned();
        let page = world.get(&browser, &job).await;
        assert!(page.text.contains("http-equiv=\"refresh\"") && page.text.contains("data-open-job=\"true\""));
        assert!(!world.get(&browser, &format!("{job}/part")).await.text.contains("<html"));
        assert_eq!(world.form(&browser, &format!("{job}/cancel"), &[]).await.status, 303);
        assert!(world.get(&browser, &job).await.text.contains("Cancelled."));
        let history = world.get(&browser, "/app/history").await;
        assert!(history.text.contains(&pull));
    }

    async fn what_is_refused_is_told_where_it_was_asked(world) {
        let ann = world.register("ann").await;
        let browser = world.browser(&ann).await;
        let form = [("text", "Zoe"), ("kind", "prefix"), ("custody", "service"), ("once", "k-1")];
        let refused = world.form(&browser, "/app/pull", &form).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("value=\"Zoe\"") && refused.text.contains("Try instead:"));
        let form = [("text", "mvp4"), ("custody", "sealed"), ("recipient", "age1nonsense"), ("once", "k-2")];
        let refused = world.form(&browser, "/app/jobs", &form).await;
        assert!(refused.status == 422 && refused.text.contains("recipient is refused"), "{}", refused.text);
        let dear = [("text", "GO BE AWE SOME"), ("kind", "sequence"), ("fuzzy", "on"), ("caseInsensitive", "on"), ("once", "k-3")];
        assert_eq!(world.form(&browser, "/app/jobs", &dear).await.status, 402);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn html_in_every_text_comes_back_as_text() {
    let world = World::open(On::Sqlite).await;
    let ann = world.register("ann").await;
    let browser = world.browser(&ann).await;
    let evil = "\"><script>alert(1)</script>";
    let encoded: String = serde_urlencoded::to_string([("text", evil), ("kind", "contains")]).unwrap();
    for path in [format!("/odds?{encoded}"), format!("/app?{encoded}")] {
        let page = world.get(&browser, &path).await;
        assert!(!page.text.contains("<script>alert"), "{path}");
    }
    for (path, field) in [("/sign-in", "email"), ("/confirm", "token"), ("/reset", "token"), ("/verify", "receipt")] {
        let page = world.form(&Caller::nobody(), path, &[(field, evil)]).await;
        assert!(!page.text.contains("<script>alert"), "{path}");
    }
    let up = world.get(&Caller::nobody().with("accept", "text/html"), &format!("/sign-up?ref={}", &encoded[5..])).await;
    assert!(!up.text.contains("<script>alert"));
}
