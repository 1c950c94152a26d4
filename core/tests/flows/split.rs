//! Split keys and the other targets, from order to a key that signs: the service has an offset only, one point serves one
//! job, and points that are not what they seem are refused.

use std::time::Duration;

use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use vanikeys_core::{
    custody::{
        KeyFile,
        report::{Found, SignedReport},
        split::OffsetFile,
    },
    domain::{
        job::Status,
        rate::{Mode, Task, TaskRate},
    },
    flow::{
        Failure,
        custody::{Custody, CustodyRefusal},
        job::{self, Announcement, JobOrder, JobRefusal, Settled},
    },
};
use vanikeys_grind::{
    Kind, PatternSpec, SeedKey, Target,
    export::{Format, import},
    split::{Offset, SplitPoint, SplitSecret, offset_public_key},
};

use crate::{
    searching::Searcher,
    world::{World, over_both, prefix},
};

fn secret(fill: u8) -> SplitSecret {
    SplitSecret::from_random(&[fill; 32]).unwrap()
}

fn order(secret: &SplitSecret, pattern: PatternSpec) -> JobOrder {
    let SplitPoint { point, proof } = secret.point();
    JobOrder {
        pattern,
        custody: Some(Custody::Split),
        recipient: Some(hex::encode(point)),
        proof: Some(hex::encode(proof)),
        max_tokens: None,
    }
}

fn refusal<T: std::fmt::Debug>(ended: Result<T, Failure<JobRefusal>>) -> JobRefusal {
    match ended.unwrap_err() {
        Failure::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

fn of_target(target: Target, text: &str) -> PatternSpec {
    PatternSpec { text: text.to_owned(), target, ..PatternSpec::default() }
}

async fn settled(world: &World, report: SignedReport) -> Settled {
    job::settle_report(&world.app, report).await.unwrap()
}

over_both! {
    async fn a_split_job_delivers_an_offset_that_only_its_owner_can_use(world) {
        let actor = world.user(500).await;
        let searcher = Searcher::enrolled(&world).await;
        for (fill, target, text, own) in [
            (1, Target::Did, "me", None),
            (2, Target::Onion, "ab", Some("tor")),
            (3, Target::Wireguard, "Ab", Some("wireguard")),
            (4, Target::Age, "qp", Some("age")),
        ] {
            let secret = secret(fill);
            let made = job::create(&world.app, &actor, None, &order(&secret, of_target(target, text))).await.unwrap();
            assert_eq!(made.split_point, Some(hex::encode(secret.point().point)));
            let slice = searcher.open(&world.coordinate().await.unwrap().slices[0]);
            assert_eq!(slice.recipient.to_string(), hex::encode(secret.point().point));
            let (report, public_key) = searcher.find(&slice);
            assert_eq!(settled(&world, report).await, Settled::Delivered);
            let done = job::show(&world.app, &actor, made.id).await.unwrap();
            assert_eq!((done.status, done.custody, &done.formats[..]), (Status::Completed, Custody::Split, &["offset".to_owned()][..]));
            assert!(done.text.as_deref().unwrap().starts_with(text));
            for format in ["openssh", "expanded-hex", "tor", "sealed"] {
                let refused = refusal(job::result(&world.app, &actor, made.id, Some(format)).await);
                assert!(matches!(refused, JobRefusal::FormatNotAvailable { available, .. } if available == ["offset"]));
            }
            let file = job::result(&world.app, &actor, made.id, None).await.unwrap();
            assert!(file.file_name.ends_with(".offset.json"));
            let offset = OffsetFile::parse(&file.content).unwrap();
            assert_eq!((offset.target, *offset.public_key.as_bytes()), (target, public_key));
            let key = secret.combine_to(offset.offset, &public_key).unwrap();
            let verifier = VerifyingKey::from_bytes(&public_key).unwrap();
            verifier.verify(b"mine", &Signature::from_bytes(&key.sign(b"mine"))).unwrap();
            let file = KeyFile::of_job(key, target);
            let formats: Vec<&str> = file.formats().map(Format::name).collect();
            assert_eq!(formats, ["expanded-hex"].into_iter().chain(own).collect::<Vec<_>>());
            job::shred(&world.app, &actor, made.id).await.unwrap();
            assert_eq!(refusal(job::result(&world.app, &actor, made.id, None).await), JobRefusal::Erased);
        }
        world.ledger_holds().await;
    }

    async fn a_point_serves_one_job_ever(world) {
        let (actor, other) = (world.user(500).await, world.user(100).await);
        let order = order(&secret(1), prefix("meow"));
        // Orders that are refused for another reason leave it free.
        let dear = JobOrder { max_tokens: Some(1), ..order.clone() };
        assert!(matches!(refusal(job::create(&world.app, &actor, None, &dear).await), JobRefusal::AboveMaximum { .. }));
        let made = job::create(&world.app, &actor, None, &order).await.unwrap();
        job::cancel(&world.app, &actor, None, made.id).await.unwrap();
        for actor in [&actor, &other] {
            let refused = refusal(job::create(&world.app, actor, None, &order).await);
            assert_eq!(refused, JobRefusal::Custody(CustodyRefusal::SplitPointUsed));
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM jobs").await, 1);
        // Twenty orders at once for one point: one is taken.
        let order = self::order(&secret(2), prefix("meow"));
        let racing = futures::future::join_all((0..4).map(|_| job::create(&world.app, &actor, None, &order))).await;
        assert_eq!(racing.iter().filter(|ended| ended.is_ok()).count(), 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM split_points").await, 2);
        world.ledger_holds().await;
    }

    async fn points_that_are_not_what_they_seem_are_refused(world) {
        let actor = world.user(1_000).await;
        let good = order(&secret(1), prefix("meow"));
        let reason = async |order: JobOrder| match refusal(job::create(&world.app, &actor, None, &order).await) {
            JobRefusal::Custody(CustodyRefusal::SplitPoint { reason }) => reason,
            other => panic!("{other}"),
        };
        for missing in [JobOrder { proof: None, ..good.clone() }, JobOrder { recipient: None, ..good.clone() }] {
            let refused = refusal(job::create(&world.app, &actor, None, &missing).await);
            assert_eq!(refused, JobRefusal::Custody(CustodyRefusal::SplitPointMissing));
        }
        let sealed = JobOrder { custody: None, recipient: None, ..good.clone() };
        let refused = refusal(job::create(&world.app, &actor, None, &sealed).await);
        assert!(matches!(refused, JobRefusal::Custody(CustodyRefusal::ProofNotTaken { .. })));
        let point = |text: String| JobOrder { recipient: Some(text), ..good.clone() };
        assert!(reason(point("age1nonsense".into())).await.contains("hexadecimal"));
        // The zero, a point of order 8, y = p + 1, a point off the curve, and somebody else's point.
        for (text, told) in [
            (format!("01{}", "00".repeat(31)), "prime-order"),
            ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a".into(), "prime-order"),
            (format!("ee{}7f", "ff".repeat(30)), "canonical"),
            (format!("02{}", "00".repeat(31)), "canonical"),
            (hex::encode(secret(2).point().point), "proof"),
        ] {
            let told_now = reason(point(text.clone())).await;
            assert!(told_now.contains(told), "{text}: {told_now}");
        }
        assert!(reason(JobOrder { proof: Some("00".repeat(63)), ..good.clone() }).await.contains("proof"));
        assert!(reason(JobOrder { proof: Some("00".repeat(64)), ..good.clone() }).await.contains("proof"));
        assert_eq!(world.number("SELECT COUNT(*) FROM split_points").await, 0);
    }

    async fn lies_about_offsets_blame_their_searcher(world) {
        let actor = world.user(1_000).await;
        let searcher = Searcher::enrolled(&world).await;
        let secret = secret(1);
        job::create(&world.app, &actor, None, &order(&secret, prefix("me"))).await.unwrap();
        let slice = searcher.open(&world.coordinate().await.unwrap().slices[0]);
        let point = secret.point().point;
        let offset = Offset::new(1 << 119).unwrap();
        let seed = SeedKey::new([7; 32]);
        // Not the offset's key; a key that does not match; a whole key where an offset was ordered.
        let whole = {
            let mut whole = slice.clone();
            whole.recipient = world.app.keyring.recipient().clone().into();
            let file = KeyFile::of_job(SeedKey::new([7; 32]), Target::Did);
            Found::of(&file, &whole, world.app.keyring.recipient()).unwrap()
        };
        let own = offset_public_key(&point, offset).unwrap();
        for lie in [Found::offset(&seed.public_key(), offset), Found::offset(&own, offset), whole] {
            assert_eq!(settled(&world, searcher.found(&slice, 1, lie)).await, Settled::Dropped);
        }
        assert_eq!(world.number("SELECT bad_reports FROM searchers").await, 3);
        // And an offset where a whole key was ordered.
        job::create(&world.app, &actor, None, &JobOrder { pattern: prefix("m"), ..JobOrder::default() }).await.unwrap();
        world.pass(Duration::from_secs(20));
        let about = Announcement { threads: 1, rate: 1e6, rates: Vec::new() };
        job::searcher_announced(&world.app, searcher.key.id().public_key().as_bytes(), about).await.unwrap();
        let issued = world.coordinate().await.unwrap().slices;
        let slice = issued.iter().map(|slice| searcher.open(slice)).find(|slice| slice.pattern.text == "m").unwrap();
        assert_eq!(settled(&world, searcher.found(&slice, 1, Found::offset(&own, offset))).await, Settled::Dropped);
        assert_eq!(world.number("SELECT bad_reports FROM searchers").await, 4);
    }

    async fn every_target_is_delivered_in_the_formats_of_its_kind(world) {
        let actor = world.user(1_000).await;
        let searcher = Searcher::enrolled(&world).await;
        for (target, text) in [
            (Target::Did, "m"), (Target::Solana, "k"), (Target::Ssh, "A"), (Target::SshFingerprint, "q"),
            (Target::Onion, "t"), (Target::Hex, "ab"),
        ] {
            let order = JobOrder { pattern: of_target(target, text), ..JobOrder::default() };
            let made = job::create(&world.app, &actor, None, &order).await.unwrap();
            let slice = searcher.open(&world.coordinate().await.unwrap().slices[0]);
            let (report, public_key) = searcher.find(&slice);
            assert_eq!(settled(&world, report).await, Settled::Delivered, "{target}");
            let done = job::show(&world.app, &actor, made.id).await.unwrap();
            assert!(done.text.as_deref().unwrap().starts_with(text), "{target}");
            assert_eq!(done.display.as_deref(), Some(target.display(&public_key).as_str()));
            let offered: Vec<&str> = Format::offered(target.key_kind(), target).map(Format::name).collect();
            let (whole, formats) = done.formats.split_last().unwrap();
            assert_eq!((whole.as_str(), formats), ("key-file", &offered.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()[..]), "{target}");
            let file = job::result(&world.app, &actor, made.id, Some(whole)).await.unwrap();
            let file = KeyFile::parse(&file.content).unwrap();
            assert_eq!((file.public_key().as_bytes(), file.formats().count()), (&public_key, offered.len()), "{target}");
            for format in formats {
                let file = job::result(&world.app, &actor, made.id, Some(format)).await.unwrap();
                let (key, read) = import(&file.content).unwrap();
                assert_eq!((key.public_key(), read.name()), (public_key, format.as_str()), "{target}");
            }
            assert!(job::result(&world.app, &actor, made.id, None).await.is_ok(), "{target} has a usual format");
            let refused = refusal(job::result(&world.app, &actor, made.id, Some("offset")).await);
            assert!(matches!(refused, JobRefusal::FormatNotAvailable { .. }));
        }
    }

    async fn quotes_use_the_rate_of_their_task(world) {
        let actor = world.user(100).await;
        let searcher = Searcher::enrolled(&world).await;
        let rate = |mode, kind, rate| TaskRate { mode, kind, rate };
        let rates = vec![
            rate(Mode::Seed, Kind::Prefix, 2_000), rate(Mode::Scalar, Kind::Prefix, 100_000),
            rate(Mode::Seed, Kind::Suffix, 1_000),
        ];
        let about = Announcement { threads: 1, rate: 2_000.0, rates };
        job::searcher_announced(&world.app, searcher.key.id().public_key().as_bytes(), about).await.unwrap();
        let split = JobOrder { custody: Some(Custody::Split), pattern: prefix("meow"), ..JobOrder::default() };
        let suffix = PatternSpec::new(Kind::Suffix, "meow");
        for (order, expected) in [
            (JobOrder { pattern: prefix("meow"), ..JobOrder::default() }, Some(2_000.0)),
            (split, Some(100_000.0)),
            (JobOrder { pattern: of_target(Target::Onion, "meow"), ..JobOrder::default() }, Some(100_000.0)),
            (JobOrder { pattern: suffix, ..JobOrder::default() }, Some(1_000.0)),
            (JobOrder { pattern: PatternSpec::new(Kind::Contains, "meow"), ..JobOrder::default() }, None),
        ] {
            let quote = job::quote(&world.app, &actor, &order).await.unwrap();
            assert_eq!(quote.estimate.rates.fleet, expected, "{order:?}");
            let used = expected.unwrap_or(quote.estimate.rates.quote);
            assert!((quote.estimate.seconds.p50 * used / quote.estimate.attempts.p50 - 1.0).abs() < 1e-9);
            assert!(Task::all().count() == 10);
        }
    }
}
