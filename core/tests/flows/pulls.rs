//! Pulls: verifiable, replayed, kept, shredded, erased, shared.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    custody::{
        Identity,
        commitment::{ClientShare, commitment, derive_seed},
        keyfile::KeyFile,
        receipt::{Shares, SignedReceipt},
        sealing,
    },
    flow::{
        Failure,
        admin::activity::{DAYS, activity},
        custody::Custody,
        job::{self, JobOrder},
        pull::{self, HistoryFilter, PullOrder, PullRefusal},
        wallet,
    },
    secret::Secret,
};
use vanikeys_grind::{
    Kind, PatternSpec, Target,
    export::{Format, import},
};

use crate::world::{key, over_both, prefix};

fn order(text: &str) -> PullOrder {
    PullOrder { pattern: prefix(text), commitment_id: None, client_share: None, custody: None, recipient: None }
}

fn refusal<T: std::fmt::Debug>(ended: Result<T, Failure<PullRefusal>>) -> PullRefusal {
    match ended.unwrap_err() {
        Failure::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

const SHARE: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

over_both! {
    async fn a_pull_with_both_shares_can_be_checked_by_its_owner(world) {
        let actor = world.user(5).await;
        let identity = Identity::generate();
        let promised = pull::commit(&world.app, &actor).await.unwrap();
        promised.verify(&world.app.keyring.receipt_keys()).unwrap();
        let asked = PullOrder {
            commitment_id: Some(promised.commitment_id),
            client_share: Some(Secret::new(SHARE)),
            recipient: Some(identity.recipient().as_str().to_owned()),
            ..order("e")
        };
        let done = pull::execute(&world.app, &actor, None, &asked).await.unwrap();
        assert_eq!((done.custody, done.tokens_spent, done.tokens_remaining, done.pull_number), (Custody::Sealed, 1, 4, 1));
        let sealed = pull::key(&world.app, &actor, done.id, None).await.unwrap();
        let opened = sealing::open(&sealed.content, &identity).unwrap();
        let file = KeyFile::parse(&opened).unwrap();
        let proof = file.pull().unwrap();
        assert_eq!(commitment(&proof.service_share, promised.commitment_id), promised.commitment);
        assert_eq!(proof.client_share.expose(), ClientShare::from_hex(SHARE).unwrap().expose());
        let receipt: SignedReceipt = serde_json::from_value(done.receipt.clone()).unwrap();
        let shares = Shares { service: &proof.service_share, client: &proof.client_share };
        assert!(receipt.verify(&world.app.keyring.receipt_keys(), Some(shares)).holds());
        assert_eq!(hex::encode(file.public_key().as_bytes()), done.public_key);
        assert!(done.did.ends_with(&done.text) && done.display.ends_with(&done.text));
        // The service's share is gone from the database.
        assert_eq!(world.number("SELECT COUNT(*) FROM pull_commitments WHERE share IS NOT NULL").await, 0);
    }

    async fn one_commitment_serves_one_request_and_replays_its_answer(world) {
        let actor = world.user(5).await;
        let promised = pull::commit(&world.app, &actor).await.unwrap();
        let asked = PullOrder {
            commitment_id: Some(promised.commitment_id), client_share: Some(Secret::new(SHARE)), ..order("e")
        };
        let racing = (0..8).map(|_| {
            let (app, actor, asked) = (world.app.clone(), actor.clone(), asked.clone());
            tokio::spawn(async move { pull::execute(&app, &actor, None, &asked).await })
        });
        let mut answers = Vec::new();
        for one in racing.collect::<Vec<_>>() { answers.push(serde_json::to_value(one.await.unwrap().unwrap()).unwrap()); }
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        let other = PullOrder { pattern: prefix("m"), ..asked.clone() };
        assert_eq!(refusal(pull::execute(&world.app, &actor, None, &other).await), PullRefusal::CommitmentUsed);
        let other = PullOrder { client_share: Some(Secret::new("6b".repeat(32))), ..asked.clone() };
        assert_eq!(refusal(pull::execute(&world.app, &actor, None, &other).await), PullRefusal::CommitmentUsed);
        assert_eq!(world.balance(&actor).await.balance, 4);
    }

    async fn commitments_are_bound_to_a_user_and_ten_minutes(world) {
        let (actor, stranger) = (world.user(5).await, world.user(5).await);
        let promised = pull::commit(&world.app, &actor).await.unwrap();
        let asked = PullOrder {
            commitment_id: Some(promised.commitment_id), client_share: Some(Secret::new(SHARE)), ..order("e")
        };
        assert_eq!(refusal(pull::execute(&world.app, &stranger, None, &asked).await), PullRefusal::CommitmentUnknown);
        let half = PullOrder { client_share: None, ..asked.clone() };
        assert_eq!(refusal(pull::execute(&world.app, &actor, None, &half).await), PullRefusal::CommitmentIncomplete);
        let short = PullOrder { client_share: Some(Secret::new("5a")), ..asked.clone() };
        assert_eq!(refusal(pull::execute(&world.app, &actor, None, &short).await), PullRefusal::ClientShare);
        world.pass(Duration::from_secs(600));
        assert_eq!(refusal(pull::execute(&world.app, &actor, None, &asked).await), PullRefusal::CommitmentExpired);
        assert_eq!(pull::forget_commitments(&world.app).await.unwrap(), 1);
        assert_eq!(refusal(pull::execute(&world.app, &actor, None, &asked).await), PullRefusal::CommitmentUnknown);
        assert_eq!(world.balance(&actor).await.balance, 5);
    }

    async fn free_pulls_come_first_and_renew_at_midnight(world, |config| config.free_pulls_per_day = 2) {
        let actor = world.user(1).await;
        for left in [Some(1), Some(0)] {
            let done = pull::execute(&world.app, &actor, None, &order("e")).await.unwrap();
            assert_eq!((done.free_pull, done.tokens_spent, done.free_pulls_left), (true, 0, left));
        }
        let paid = pull::execute(&world.app, &actor, None, &order("e")).await.unwrap();
        assert_eq!((paid.free_pull, paid.tokens_spent, paid.tokens_remaining), (false, 1, 0));
        assert_eq!(
            refusal(pull::execute(&world.app, &actor, None, &order("e")).await),
            PullRefusal::Insufficient { needed: 1, available: 0 }
        );
        let wallet = wallet::balance(&world.app, &actor).await.unwrap();
        world.pass(wallet.free_pulls_renew_at.since(world.app.clock.now()));
        assert!(pull::execute(&world.app, &actor, None, &order("e")).await.unwrap().free_pull);
        world.ledger_holds().await;
    }

    async fn a_key_that_is_not_kept_is_erased_after_its_time(world) {
        let actor = world.user(5).await;
        let kept = pull::execute(&world.app, &actor, None, &order("e")).await.unwrap();
        let lost = pull::execute(&world.app, &actor, None, &order("e")).await.unwrap();
        pull::keep(&world.app, &actor, kept.id).await.unwrap();
        pull::keep(&world.app, &actor, kept.id).await.unwrap();
        world.pass(Duration::from_secs(24 * 3600));
        assert_eq!(pull::erase_expired(&world.app).await.unwrap(), 1);
        pull::key(&world.app, &actor, kept.id, Some("openssh")).await.unwrap();
        assert_eq!(refusal(pull::key(&world.app, &actor, lost.id, None).await), PullRefusal::Erased);
        assert_eq!(refusal(pull::keep(&world.app, &actor, lost.id).await), PullRefusal::Erased);
        assert!(pull::show(&world.app, &actor, lost.id).await.unwrap().erased_at.is_some());
        pull::shred(&world.app, &actor, kept.id).await.unwrap();
        pull::shred(&world.app, &actor, kept.id).await.unwrap();
        assert_eq!(refusal(pull::key(&world.app, &actor, kept.id, None).await), PullRefusal::Erased);
        assert_eq!(world.number("SELECT COUNT(*) FROM pulls WHERE key_file IS NOT NULL").await, 0);
    }

    async fn service_custody_serves_every_seed_format(world) {
        let actor = world.user(5).await;
        let done = pull::execute(&world.app, &actor, None, &order("e")).await.unwrap();
        for format in ["seed-hex", "seed-base58", "openssh", "pkcs8", "jwk", "solana", "did-document", "expanded-hex"] {
            let file = pull::key(&world.app, &actor, done.id, Some(format)).await.unwrap();
            assert!(!file.content.is_empty(), "{format}");
        }
        // The whole file has what its owner checks the drawing with.
        let whole = pull::key(&world.app, &actor, done.id, Some("key-file")).await.unwrap();
        assert!(whole.file_name.ends_with(".key.json"), "{}", whole.file_name);
        let file = KeyFile::parse(&whole.content).unwrap();
        let proof = file.pull().unwrap();
        assert_eq!((serde_json::to_value(&proof.receipt).unwrap(), file.formats().count()), (done.receipt, 8));
        let shares = Shares { service: &proof.service_share, client: &proof.client_share };
        assert!(proof.receipt.verify(&world.app.keyring.receipt_keys(), Some(shares)).holds());
        for format in ["tor", "sealed", "offset", "nonsense", ""] {
            let refused = refusal(pull::key(&world.app, &actor, done.id, Some(format)).await);
            assert!(matches!(refused, PullRefusal::FormatNotAvailable { .. }), "{format}: {refused:?}");
        }
    }

    /// Keys for every target: the receipt holds with both shares, and the target's own format is that of the key. For X25519
    /// the shares give the scalar itself.
    async fn pulls_for_every_target_come_about_as_their_receipts_say(world) {
        let actor = world.user(100).await;
        for &target in Target::ALL {
            let pattern = PatternSpec::new(Kind::Contains, "a").target(target).case_insensitive();
            let asked = PullOrder { pattern, ..order("e") };
            let done = pull::execute(&world.app, &actor, None, &asked).await.unwrap();
            assert!(done.display.contains(&done.text), "{target}");
            let whole = pull::key(&world.app, &actor, done.id, Some("key-file")).await.unwrap();
            let file = KeyFile::parse(&whole.content).unwrap();
            assert_eq!((file.target(), file.key().kind()), (target, target.kind_of_secret()));
            let proof = file.pull().unwrap();
            let shares = Shares { service: &proof.service_share, client: &proof.client_share };
            assert!(proof.receipt.verify(&world.app.keyring.receipt_keys(), Some(shares)).holds(), "{target}");
            if let Some(format) = Format::of_target(target) {
                let exported = pull::key(&world.app, &actor, done.id, Some(format.name())).await.unwrap();
                let (key, found) = import(&exported.content).unwrap();
                assert_eq!((found, hex::encode(key.public_key())), (format, done.public_key.clone()));
                assert_eq!(target.display(&key.public_key()), done.display);
            }
            if target.is_x25519() {
                let secret = derive_seed(&proof.service_share, &proof.client_share, proof.receipt.receipt.commitment_id);
                let scalar = *file.key().expanded().scalar();
                assert_eq!(scalar[1..31], secret.seed()[1..31], "nothing is hashed");
                let usual = pull::key(&world.app, &actor, done.id, None).await.unwrap();
                assert!(import(&usual.content).is_ok_and(|(_, format)| Some(format) == Format::of_target(target)));
            }
        }
        world.ledger_holds().await;
    }

    async fn what_is_another_users_does_not_exist(world) {
        let (actor, stranger) = (world.user(5).await, world.user(5).await);
        let id = pull::execute(&world.app, &actor, None, &order("e")).await.unwrap().id;
        let app = &world.app;
        assert_eq!(refusal(pull::show(app, &stranger, id).await), PullRefusal::NotFound);
        assert_eq!(refusal(pull::key(app, &stranger, id, None).await), PullRefusal::NotFound);
        assert_eq!(refusal(pull::keep(app, &stranger, id).await), PullRefusal::NotFound);
        assert_eq!(refusal(pull::shred(app, &stranger, id).await), PullRefusal::NotFound);
        assert_eq!(refusal(pull::share(app, &stranger, id).await), PullRefusal::NotFound);
        assert_eq!(refusal(pull::show(app, &actor, Uuid::now_v7()).await), PullRefusal::NotFound);
        assert_eq!(refusal(pull::shared(app, "nothing").await), PullRefusal::NotFound);
    }

    async fn custody_is_refused_by_name(world) {
        let actor = world.user(5).await;
        let with = |custody, recipient: Option<&str>| PullOrder {
            custody, recipient: recipient.map(str::to_owned), ..order("e")
        };
        for wrong in [
            with(Some(Custody::Sealed), None),
            with(Some(Custody::Service), Some("age1x")),
            with(None, Some("age1nonsense")),
            with(Some(Custody::Split), None),
        ] {
            let refused = refusal(pull::execute(&world.app, &actor, None, &wrong).await);
            assert!(matches!(refused, PullRefusal::Custody(_)), "{refused:?}");
        }
        let impossible = refusal(pull::execute(&world.app, &actor, None, &order("Zoe")).await);
        assert!(matches!(impossible, PullRefusal::Pattern(_)));
        assert_eq!(world.balance(&actor).await.balance, 5);
    }

    async fn history_filters_and_pages(world) {
        let actor = world.user(50).await;
        for _ in 0..6 { pull::execute(&world.app, &actor, None, &order("e")).await.unwrap(); world.pass(Duration::from_secs(1)); }
        let sequence = PullOrder { pattern: PatternSpec::new(Kind::Sequence, "a b"), ..order("e") };
        let last = pull::execute(&world.app, &actor, Some(&key(&actor, "k", 1)), &sequence).await.unwrap();
        let all = pull::history(&world.app, &actor, &HistoryFilter::default(), 3, 0).await.unwrap();
        assert_eq!((all.total, all.items.len(), all.items[0].done.id), (7, 3, last.id));
        let of = HistoryFilter { pattern: Some(prefix("e")), ..HistoryFilter::default() };
        assert_eq!(pull::history(&world.app, &actor, &of, 20, 5).await.unwrap().items.len(), 1);
        let since = HistoryFilter { since: Some(last.created_at), ..HistoryFilter::default() };
        assert_eq!(pull::history(&world.app, &actor, &since, 20, 0).await.unwrap().total, 1);
        let kept = HistoryFilter { kept: Some(true), ..HistoryFilter::default() };
        assert_eq!(pull::history(&world.app, &actor, &kept, 20, 0).await.unwrap().total, 0);
        let page = pull::share(&world.app, &actor, last.id).await.unwrap();
        assert_eq!(pull::share(&world.app, &actor, last.id).await.unwrap(), page);
        assert_eq!(pull::shared(&world.app, &page).await.unwrap().text, last.text);
    }

    async fn history_is_filtered_by_words_of_the_pattern(world) {
        let actor = world.user(50).await;
        pull::execute(&world.app, &actor, None, &order("e")).await.unwrap();
        let sequence = PullOrder { pattern: PatternSpec::new(Kind::Sequence, "Go be"), ..order("e") };
        pull::execute(&world.app, &actor, None, &sequence).await.unwrap();
        for (text, total) in [("gO", 1), ("e", 2), ("prefix", 0), ("%", 0), ("_", 0), ("go b", 1), ("\\", 0)] {
            let with = HistoryFilter { text: Some(text.to_owned()), ..HistoryFilter::default() };
            assert_eq!(pull::history(&world.app, &actor, &with, 20, 0).await.unwrap().total, total, "{text:?}");
        }
    }

    async fn kept_keys_leave_together(world) {
        let actor = world.user(50).await;
        let identity = Identity::generate();
        let recipient = Some(identity.recipient().as_str().to_owned());
        let sealed = PullOrder { custody: Some(Custody::Sealed), recipient: recipient.clone(), ..order("e") };
        let mut kept = Vec::new();
        for order in [order("e"), sealed, order("f")] {
            kept.push(pull::execute(&world.app, &actor, None, &order).await.unwrap().id);
            world.pass(Duration::from_secs(1));
        }
        pull::keep(&world.app, &actor, kept[0]).await.unwrap();
        pull::keep(&world.app, &actor, kept[1]).await.unwrap();
        let file = pull::kept_keys(&world.app, &actor).await.unwrap();
        let file: serde_json::Value = serde_json::from_slice(&file.content).unwrap();
        assert_eq!(file.as_array().unwrap().len(), 2, "what was not kept stays");
        assert!(file[0]["sealed"].as_str().unwrap().contains("BEGIN AGE ENCRYPTED FILE"));
        assert!(file[1]["exports"]["openssh"].as_str().unwrap().contains("OPENSSH PRIVATE KEY"));
        assert_eq!(pull::show(&world.app, &actor, kept[1]).await.unwrap().recipient, recipient);
        pull::shred(&world.app, &actor, kept[0]).await.unwrap();
        let stranger = world.user(5).await;
        let none = pull::kept_keys(&world.app, &stranger).await.unwrap();
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&none.content).unwrap(), serde_json::json!([]));
    }

    async fn a_promise_is_shown_while_it_holds(world) {
        let (actor, stranger) = (world.user(50).await, world.user(5).await);
        let promise = pull::commit(&world.app, &actor).await.unwrap();
        let shown = pull::commitment(&world.app, &actor, promise.commitment_id).await.unwrap().unwrap();
        assert_eq!(shown.commitment, promise.commitment.to_string());
        assert!(pull::commitment(&world.app, &stranger, promise.commitment_id).await.unwrap().is_none());
        world.pass(Duration::from_secs(11 * 60));
        assert!(pull::commitment(&world.app, &actor, promise.commitment_id).await.unwrap().is_none());
    }

    async fn the_last_days_are_counted(world) {
        let actor = world.user(500).await;
        for _ in 0..4 { pull::execute(&world.app, &actor, None, &order("e")).await.unwrap(); }
        let job = JobOrder { pattern: prefix("mvp4"), custody: None, recipient: None, proof: None, max_tokens: None };
        job::create(&world.app, &actor, None, &job).await.unwrap();
        let seen = activity(&world.app).await.unwrap();
        assert_eq!((seen.pulls[DAYS - 1], seen.orders[DAYS - 1], seen.open_jobs), (4, 1, 1));
        assert_eq!((seen.found.iter().sum::<i64>(), seen.spent_on_pulls), (0, 4));
        world.pass(Duration::from_secs(2 * 24 * 60 * 60));
        let later = activity(&world.app).await.unwrap();
        assert_eq!((later.pulls[DAYS - 1], later.pulls[DAYS - 3]), (0, 4));
    }
}
