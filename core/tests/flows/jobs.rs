//! Jobs from order to delivered key, with searchers that are honest, late, dead or lying.

use std::time::Duration;

use vanikeys_core::{
    custody::{Identity, SearcherKey, keyfile::KeyFile, report::SignedReport, sealing},
    domain::job::Status,
    flow::{
        Failure,
        custody::Custody,
        job::{self, JobOrder, JobRefusal, Settled},
    },
};
use vanikeys_grind::{Kind, Pattern, PatternSpec, SeedKey, Target};

use crate::{
    searching::Searcher,
    world::{World, over_both, prefix},
};

fn order(text: &str) -> JobOrder {
    JobOrder { pattern: prefix(text), ..JobOrder::default() }
}

fn refusal<T: std::fmt::Debug>(ended: Result<T, Failure<JobRefusal>>) -> JobRefusal {
    match ended.unwrap_err() {
        Failure::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

/// Passes time with the searcher still there.
async fn pass(world: &World, searcher: &Searcher, seconds: u64) {
    world.pass(Duration::from_secs(seconds));
    let about = job::Announcement { threads: 1, rate: 1e6, rates: Vec::new() };
    job::searcher_announced(&world.app, searcher.key.id().public_key().as_bytes(), about).await.unwrap();
}

over_both! {
    async fn a_job_ends_with_a_key_that_matches(world) {
        let actor = world.user(100).await;
        let searcher = Searcher::enrolled(&world).await;
        let made = job::create(&world.app, &actor, None, &order("me")).await.unwrap();
        assert_eq!((made.status, made.tokens_held), (Status::Queued, 100));
        let early = refusal(job::result(&world.app, &actor, made.id, None).await);
        assert_eq!(early, JobRefusal::NotCompleted { status: Status::Queued });
        let issued = world.coordinate().await.unwrap();
        assert_eq!(job::show(&world.app, &actor, made.id).await.unwrap().status, Status::Running);
        let slice = searcher.open(&issued.slices[0]);
        let (report, public_key) = searcher.find(&slice);
        assert_eq!(job::settle_report(&world.app, report.clone()).await.unwrap(), Settled::Delivered);
        assert_eq!(job::settle_report(&world.app, report).await.unwrap(), Settled::Stale);
        let done = job::show(&world.app, &actor, made.id).await.unwrap();
        assert_eq!((done.status, done.tokens_posted, done.tokens_held), (Status::Completed, Some(100), 0));
        assert!(done.text.as_deref().unwrap().starts_with("me") && done.chance_so_far > 0.0);
        assert_eq!(done.public_key, Some(hex::encode(public_key)));
        assert_eq!(world.balance(&actor).await.balance, 0);
        let file = job::result(&world.app, &actor, made.id, Some("seed-hex")).await.unwrap();
        let seed: [u8; 32] = hex::decode(file.content.trim_ascii()).unwrap().try_into().unwrap();
        assert_eq!(SeedKey::new(seed).public_key(), public_key);
        assert_eq!(world.number("SELECT COUNT(*) FROM notices WHERE kind = 'JOB_COMPLETED'").await, 1);
        job::shred(&world.app, &actor, made.id).await.unwrap();
        assert_eq!(refusal(job::result(&world.app, &actor, made.id, None).await), JobRefusal::Erased);
        world.ledger_holds().await;
    }

    /// Any of several patterns is one search: one price, one key, and the job says which of them it was.
    async fn a_job_for_any_of_several_says_which_it_was(world) {
        let actor = world.user(100).await;
        let searcher = Searcher::enrolled(&world).await;
        let several = PatternSpec::any(vec![
            PatternSpec::new(Kind::Prefix, "me"),
            PatternSpec::new(Kind::Contains, "MooN").case_insensitive(),
            PatternSpec::new(Kind::Suffix, "z"),
        ]);
        let asked = JobOrder { pattern: several.clone(), ..order("m") };
        let made = job::create(&world.app, &actor, None, &asked).await.unwrap();
        assert_eq!((&made.pattern, made.matched_pattern), (&several, None));
        let slice = searcher.open(&world.coordinate().await.unwrap().slices[0]);
        assert_eq!(slice.pattern, several);
        let (report, public_key) = searcher.find(&slice);
        assert_eq!(job::settle_report(&world.app, report).await.unwrap(), Settled::Delivered);
        let done = job::show(&world.app, &actor, made.id).await.unwrap();
        let text = Target::Did.encode(&public_key);
        let which = done.matched_pattern.unwrap();
        assert!(several.any.contains(&which) && Pattern::compile(&which).unwrap().matches(&text), "{which:?} {text}");
        assert_eq!(done.matches.len(), 1);
        world.ledger_holds().await;
    }

    async fn a_sealed_job_opens_for_its_recipient_only(world) {
        let actor = world.user(100).await;
        let searcher = Searcher::enrolled(&world).await;
        let identity = Identity::generate();
        let recipient = Some(identity.recipient().as_str().to_owned());
        let made = job::create(&world.app, &actor, None, &JobOrder { recipient, ..order("m") }).await.unwrap();
        assert_eq!(made.custody, Custody::Sealed);
        let slice = searcher.open(&world.coordinate().await.unwrap().slices[0]);
        let (report, public_key) = searcher.find(&slice);
        job::settle_report(&world.app, report).await.unwrap();
        let refused = refusal(job::result(&world.app, &actor, made.id, Some("openssh")).await);
        assert!(matches!(refused, JobRefusal::FormatNotAvailable { .. }));
        let file = job::result(&world.app, &actor, made.id, Some("sealed")).await.unwrap();
        let opened = KeyFile::parse(&sealing::open(&file.content, &identity).unwrap()).unwrap();
        assert_eq!(opened.public_key().as_bytes(), &public_key);
        assert!(sealing::open_service(&file.content, &world.app.keyring).is_err());
    }

    async fn found_against_cancel_is_decided_by_who_comes_first(world) {
        for _ in 0..6 {
            let actor = world.user(100).await;
            let searcher = Searcher::enrolled(&world).await;
            let made = job::create(&world.app, &actor, None, &order("m")).await.unwrap();
            let issued = world.coordinate().await.unwrap();
            let slices: Vec<_> = issued.slices.iter().map(|slice| searcher.open(slice)).collect();
            let (report, _) = searcher.find(&slices[0]);
            let (app, by) = (world.app.clone(), actor.clone());
            let cancelling = tokio::spawn(async move { job::cancel(&app, &by, None, made.id).await });
            let settled = job::settle_report(&world.app, report).await.unwrap();
            let cancelled = cancelling.await.unwrap();
            world.pass(Duration::from_secs(60));
            world.coordinate().await.unwrap();
            let ended = job::show(&world.app, &actor, made.id).await.unwrap();
            let expected = if settled == Settled::Delivered {
                assert!(matches!(refusal(cancelled), JobRefusal::Ended { .. }));
                Status::Completed
            } else {
                cancelled.unwrap();
                Status::Cancelled
            };
            assert_eq!(ended.status, expected);
            assert_eq!(ended.tokens_posted.unwrap() + ended.tokens_released.unwrap(), 100);
            world.ledger_holds().await;
        }
    }

    async fn a_lost_slice_is_replaced_and_counts_when_it_comes_late(world) {
        let actor = world.user(100).await;
        let searcher = Searcher::enrolled(&world).await;
        let made = job::create(&world.app, &actor, None, &order("mewm")).await.unwrap();
        let lost = searcher.open(&world.coordinate().await.unwrap().slices[0]);
        pass(&world, &searcher, 30).await;
        let again = world.coordinate().await.unwrap();
        assert!(again.expired > 0 && !again.slices.is_empty());
        assert_ne!(searcher.open(&again.slices[0]).slice_id, lost.slice_id);
        let late = searcher.attempts(&lost, 1_000);
        assert_eq!(job::settle_report(&world.app, late.clone()).await.unwrap(), Settled::Counted);
        assert_eq!(job::settle_report(&world.app, late).await.unwrap(), Settled::Stale);
        let too_many = searcher.open(&again.slices[0]);
        job::settle_report(&world.app, searcher.attempts(&too_many, u64::MAX >> 12)).await.unwrap();
        let view = job::show(&world.app, &actor, made.id).await.unwrap();
        assert_eq!(view.attempts, 1_000 + i64::try_from(too_many.budget.attempts).unwrap());
    }

    async fn forged_reports_change_nothing_and_lying_searchers_are_suspended(world) {
        let actor = world.user(100).await;
        let searcher = Searcher::enrolled(&world).await;
        let made = job::create(&world.app, &actor, None, &order("mewm")).await.unwrap();
        let issued = world.coordinate().await.unwrap();
        let slice = searcher.open(&issued.slices[0]);
        let stranger = SearcherKey::generate();
        let unknown = SignedReport::sign(&slice, 5, 5, None, &stranger).unwrap();
        assert_eq!(job::settle_report(&world.app, unknown).await.unwrap(), Settled::Dropped);
        let mut altered = serde_json::to_value(searcher.attempts(&slice, 5)).unwrap();
        altered["report"]["attempts"] = 6.into();
        let altered: SignedReport = serde_json::from_value(altered).unwrap();
        assert_eq!(job::settle_report(&world.app, altered).await.unwrap(), Settled::Dropped);
        assert_eq!(world.number("SELECT CAST(SUM(bad_reports) AS BIGINT) FROM searchers").await, 0);
        // Five keys that do not match, signed by the searcher itself.
        let pattern = Pattern::compile(&slice.pattern).unwrap();
        let wrong = (0u8..).map(|n| [n; 32]).filter(|seed| !pattern.matches_key(&SeedKey::new(*seed).public_key()));
        for seed in wrong.take(5) {
            let lie = searcher.report(&slice, SeedKey::new(seed), 1);
            assert_eq!(job::settle_report(&world.app, lie).await.unwrap(), Settled::Dropped);
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM searchers WHERE suspended_at IS NOT NULL").await, 1);
        let honest = searcher.attempts(&slice, 5);
        assert_eq!(job::settle_report(&world.app, honest).await.unwrap(), Settled::Dropped);
        assert_eq!(job::show(&world.app, &actor, made.id).await.unwrap().attempts, 0);
        world.ledger_holds().await;
    }

    async fn a_hopeless_job_fails_and_costs_nothing(world) {
        let actor = world.user(100).await;
        let searcher = Searcher::enrolled(&world).await;
        let made = job::create(&world.app, &actor, None, &order("mewm")).await.unwrap();
        while job::show(&world.app, &actor, made.id).await.unwrap().status.is_open() {
            for slice in world.coordinate().await.unwrap().slices {
                let slice = searcher.open(&slice);
                job::settle_report(&world.app, searcher.attempts(&slice, slice.budget.attempts)).await.unwrap();
            }
        }
        let failed = job::show(&world.app, &actor, made.id).await.unwrap();
        assert_eq!((failed.status, failed.tokens_posted, failed.tokens_released), (Status::Failed, Some(0), Some(100)));
        assert!(failed.failure.is_some());
        assert_eq!(world.balance(&actor).await.available(), 100);
        world.ledger_holds().await;
    }

    async fn a_job_without_any_searcher_fails_after_its_hours(world) {
        let actor = world.user(100).await;
        let made = job::create(&world.app, &actor, None, &order("mewm")).await.unwrap();
        world.coordinate().await.unwrap();
        world.pass(Duration::from_secs(23 * 3600));
        world.coordinate().await.unwrap();
        assert_eq!(job::show(&world.app, &actor, made.id).await.unwrap().status, Status::Queued, "nobody searches");
        world.pass(Duration::from_secs(3600));
        assert_eq!(world.coordinate().await.unwrap().ended, 1);
        assert_eq!(job::show(&world.app, &actor, made.id).await.unwrap().status, Status::Failed);
        assert_eq!(world.balance(&actor).await.available(), 100);
    }

    async fn a_job_whose_searchers_went_away_waits_for_the_next(world) {
        let actor = world.user(100).await;
        let searcher = Searcher::enrolled(&world).await;
        let made = job::create(&world.app, &actor, None, &order("mewm")).await.unwrap();
        let status = async || job::show(&world.app, &actor, made.id).await.unwrap().status;
        world.coordinate().await.unwrap();
        assert_eq!(status().await, Status::Running);
        world.pass(Duration::from_secs(61));
        world.coordinate().await.unwrap();
        assert_eq!(status().await, Status::Queued);
        world.coordinate().await.unwrap();
        assert_eq!(status().await, Status::Queued, "slices for somebody who may come make no search");
        pass(&world, &searcher, 20).await;
        let issued = world.coordinate().await.unwrap();
        assert_eq!(status().await, Status::Running);
        world.pass(Duration::from_secs(61));
        world.coordinate().await.unwrap();
        // A searcher that was not heard of is there if it made attempts.
        let slice = searcher.open(&issued.slices[0]);
        job::settle_report(&world.app, searcher.attempts(&slice, 10)).await.unwrap();
        assert_eq!(status().await, Status::Running);
    }

    async fn cancelling_waits_for_the_slices_that_are_out(world) {
        let actor = world.user(100).await;
        let searcher = Searcher::enrolled(&world).await;
        let made = job::create(&world.app, &actor, None, &order("mewm")).await.unwrap();
        let slices: Vec<_> =
            world.coordinate().await.unwrap().slices.iter().map(|slice| searcher.open(slice)).collect();
        let cancelling = job::cancel(&world.app, &actor, None, made.id).await.unwrap();
        assert_eq!((cancelling.status, cancelling.cancelling, cancelling.tokens_held), (Status::Running, true, 100));
        assert!(world.coordinate().await.unwrap().slices.is_empty());
        let (last, others) = slices.split_last().unwrap();
        for slice in others { job::settle_report(&world.app, searcher.attempts(slice, 10)).await.unwrap(); }
        assert_eq!(job::show(&world.app, &actor, made.id).await.unwrap().status, Status::Running);
        // A hit among them is thrown away.
        let (hit, _) = searcher.find(last);
        assert_eq!(job::settle_report(&world.app, hit).await.unwrap(), Settled::Counted);
        let ended = job::show(&world.app, &actor, made.id).await.unwrap();
        assert_eq!((ended.status, ended.public_key), (Status::Cancelled, None));
        let again = refusal(job::cancel(&world.app, &actor, None, made.id).await);
        assert_eq!(again, JobRefusal::Ended { status: Status::Cancelled });
        assert_eq!(job::forget_slices(&world.app).await.unwrap(), 0);
        world.pass(Duration::from_secs(8 * 24 * 3600));
        assert_eq!(job::forget_slices(&world.app).await.unwrap(), slices.len() as u64);
        world.ledger_holds().await;
    }

    async fn orders_are_refused_by_name(world, |config| config.tariff.largest = 1e12) {
        let (actor, stranger) = (world.user(100).await, world.user(100).await);
        let app = &world.app;
        assert!(matches!(refusal(job::create(app, &actor, None, &order("Zoe")).await), JobRefusal::Pattern(_)));
        assert!(matches!(refusal(job::create(app, &actor, None, &order("mewmewmew")).await), JobRefusal::TooRare(_)));
        assert!(matches!(refusal(job::quote(app, &actor, &order("mewmewmew")).await), JobRefusal::TooRare(_)));
        let dear = JobOrder { max_tokens: Some(99), ..order("meow") };
        let refused = refusal(job::create(app, &actor, None, &dear).await);
        assert_eq!(refused, JobRefusal::AboveMaximum { tokens: 100, max_tokens: 99 });
        let refused = refusal(job::create(app, &actor, None, &order("mewmew")).await);
        assert!(matches!(refused, JobRefusal::Insufficient { available: 100, .. }));
        assert_eq!(world.number("SELECT COUNT(*) FROM jobs").await, 0);
        let id = job::create(app, &actor, None, &order("meow")).await.unwrap().id;
        assert_eq!(refusal(job::show(app, &stranger, id).await), JobRefusal::NotFound);
        assert_eq!(refusal(job::cancel(app, &stranger, None, id).await), JobRefusal::NotFound);
        assert_eq!(refusal(job::result(app, &stranger, id, None).await), JobRefusal::NotFound);
        assert_eq!(refusal(job::shred(app, &stranger, id).await), JobRefusal::NotFound);
        assert_eq!(job::list(app, &stranger, None, 20, 0).await.unwrap().total, 0);
        assert_eq!(job::list(app, &actor, Some(Status::Queued), 20, 0).await.unwrap().total, 1);
    }

    async fn a_users_many_jobs_do_not_starve_anothers_one(world) {
        let searcher = Searcher::enrolled(&world).await;
        let (many, one) = (world.user(10_000).await, world.user(100).await);
        for _ in 0..20 { job::create(&world.app, &many, None, &order("mewm")).await.unwrap(); }
        world.coordinate().await.unwrap();
        let single = job::create(&world.app, &one, None, &order("mewm")).await.unwrap();
        let mut seen = 0;
        for _ in 0..6 {
            pass(&world, &searcher, 20).await;
            let issued = world.coordinate().await.unwrap().slices;
            seen += issued.iter().filter(|slice| searcher.open(slice).job_id == single.id).count();
        }
        assert!(seen >= 6, "{seen} of 6 turns served the single job");
    }
}
