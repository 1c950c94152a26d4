use std::collections::HashSet;

use super::*;

const ID: Uuid = Uuid::from_u128(7);

/// What a happening is told by: kind, e-mail, event, words that stand in its message, and where it leads.
struct Told(NoticeKind, Option<EmailChoice>, Option<Event>, &'static str, &'static str);

/// One of each kind, and how it is told.
fn all() -> Vec<(Happening, Told)> {
    let at = Timestamp::parse("2026-11-23T12:00:00Z").unwrap();
    let (pattern, target, did) = (String::from("gacha"), String::from("did-key"), String::from("did:key:z6Mkgacha"));
    let job = "/app/jobs/00000000-0000-0000-0000-000000000007";
    vec![
        (
            Happening::JobCompleted { job_id: ID, pattern: pattern.clone(), target: target.clone(), did: did.clone() },
            Told(
                NoticeKind::JobCompleted,
                Some(EmailChoice::KeyFound),
                Some(Event::JobCompleted),
                "We found your key for gacha: did:key:z6Mkgacha.",
                job,
            ),
        ),
        (
            Happening::JobFailed { job_id: ID, pattern, target, reason: String::from("no searcher came"), released: 1 },
            Told(
                NoticeKind::JobFailed,
                Some(EmailChoice::JobFailed),
                Some(Event::JobFailed),
                "no searcher came. 1 VaniToken went",
                job,
            ),
        ),
        (
            Happening::PullWon { pull_id: ID, did, text: String::from("gacha"), one_in: String::from("58") },
            Told(
                NoticeKind::PullWon,
                Some(EmailChoice::PullWon),
                Some(Event::PullWon),
                "1 in 58: did:key:z6Mkgacha.",
                "/app/pulls/00000000-0000-0000-0000-000000000007",
            ),
        ),
        (
            Happening::WebhookDisabled {
                endpoint_id: ID,
                url: String::from("https://a.example"),
                reason: String::from("it is gone"),
            },
            Told(
                NoticeKind::WebhookDisabled,
                None,
                None,
                "https://a.example gets no more events: it is gone.",
                "/account",
            ),
        ),
        (
            Happening::HeistSuccess { heist_id: ID, victim_id: ID, points: 1, new_total: 19, cooldown_ends_at: at },
            Told(
                NoticeKind::HeistSuccess,
                Some(EmailChoice::HeistSuccess),
                None,
                "You took 1 point from ann and have 19 points now.",
                "/heists",
            ),
        ),
        (
            Happening::HeistVictim { heist_id: ID, attacker_id: ID, points: 1, new_total: 19, protection_until: at },
            Told(
                NoticeKind::HeistVictim,
                Some(EmailChoice::HeistSuffered),
                Some(Event::HeistSuffered),
                "ann took 1 point from you; 19 are left. You are protected until 2026-11-23 12:00 UTC.",
                "/heists",
            ),
        ),
        (
            Happening::TokenEarned { referred_id: ID, tokens: 1, points: 150, new_total: 2 },
            Told(
                NoticeKind::TokenEarned,
                Some(EmailChoice::TokenEarned),
                None,
                "ann signed up with your code: 1 Heist Token and 150 points for you.",
                "/leaderboard",
            ),
        ),
        (
            Happening::ShieldActivated { heist_id: ID, attacker_id: ID },
            Told(NoticeKind::ShieldActivated, Some(EmailChoice::Shield), None, "ann tried to rob you", "/heists"),
        ),
        (
            Happening::ShieldExpired { shield_id: ID, expired_at: at },
            Told(
                NoticeKind::ShieldExpired,
                Some(EmailChoice::Shield),
                None,
                "Seven days are over and nobody tried.",
                "/heists",
            ),
        ),
    ]
    .into_iter()
    .chain(about_payments(at))
    .collect()
}

fn about_payments(at: Timestamp) -> Vec<(Happening, Told)> {
    let (what, currency) = (String::from("Popular (500 VaniTokens)"), String::from("usd"));
    let payment = |kind, event, message| Told(kind, None, event, message, "/app/wallet");
    vec![
        (
            Happening::PaymentSucceeded {
                payment_id: ID,
                what: what.clone(),
                cents: 399,
                currency: currency.clone(),
                tokens: 500,
                stripe_id: String::from("pi_1"),
            },
            payment(
                NoticeKind::PaymentSucceeded,
                Some(Event::PaymentSucceeded),
                "You paid $3.99 for Popular (500 VaniTokens). 500 VaniTokens were credited. Payment pi_1.",
            ),
        ),
        (
            Happening::PaymentFailed {
                payment_id: ID,
                what: what.clone(),
                cents: 999,
                currency: currency.clone(),
                grace_until: Some(at),
            },
            Told(
                NoticeKind::PaymentFailed,
                None,
                Some(Event::PaymentFailed),
                "could not be collected. It stays until 2026-11-23 12:00 UTC; pay by then to keep it.",
                "/app/plan",
            ),
        ),
        (
            Happening::PaymentRefunded {
                payment_id: ID,
                what: what.clone(),
                cents: 100,
                currency: currency.clone(),
                tokens: 1,
                stripe_id: String::from("re_1"),
            },
            payment(
                NoticeKind::PaymentRefunded,
                Some(Event::PaymentRefunded),
                "$1.00 for Popular (500 VaniTokens) is on its way back to you. 1 VaniToken was taken back for it.",
            ),
        ),
        (
            Happening::PaymentDisputed {
                payment_id: ID,
                what: what.clone(),
                cents: 399,
                currency,
                tokens: 0,
                stripe_id: String::from("du_1"),
            },
            payment(
                NoticeKind::PaymentDisputed,
                Some(Event::PaymentDisputed),
                "Your bank disputes $3.99 for Popular (500 VaniTokens). Dispute du_1.",
            ),
        ),
        (
            Happening::DisputeEnded { payment_id: ID, what, won: true, stripe_id: String::from("du_1") },
            payment(NoticeKind::DisputeEnded, None, "is over. The payment stands"),
        ),
        (
            Happening::SubscriptionUpdated {
                subscription_id: ID,
                what: String::from("VaniKeys pro"),
                status: Status::Active,
                ends_at: Some(at),
            },
            Told(
                NoticeKind::SubscriptionUpdated,
                None,
                Some(Event::SubscriptionUpdated),
                "VaniKeys pro ends on 2026-11-23 12:00 UTC.",
                "/app/plan",
            ),
        ),
    ]
}

#[test]
fn each_kind_says_what_happened_and_where_it_is_told() {
    for (what, Told(kind, email, event, message, route)) in all() {
        assert_eq!((what.kind(), what.email().and_then(|(_, choice)| choice), what.event()), (kind, email, event));
        let words = what.words(Some("ann"));
        assert!(words.message.contains(message), "{}", words.message);
        assert_eq!(words.action.route, route);
        assert_eq!(what.subject(), ID);
    }
    let kinds: HashSet<NoticeKind> = all().iter().map(|(what, _)| what.kind()).collect();
    assert_eq!(kinds.len(), <NoticeKind as VariantArray>::VARIANTS.len(), "each kind stands in the table");
}

#[test]
fn every_choice_and_every_event_has_something_to_tell() {
    for choice in EmailChoice::ALL {
        assert!(all().iter().any(|(what, _)| what.email().is_some_and(|(_, one)| one == Some(*choice))), "{choice:?}");
    }
    for event in Event::ALL {
        assert!(all().iter().any(|(what, _)| what.event() == Some(*event)), "{event:?}");
    }
}

#[test]
fn what_is_stored_reads_back_and_names_are_the_same_everywhere() {
    for (what, _) in all() {
        let kind = what.kind();
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        assert_eq!(serde_json::to_value(&what).unwrap()["kind"], kind.name());
        assert_eq!(Happening::read(kind, what.data().unwrap()).unwrap(), what);
        assert!(Happening::read(kind, json!({})).is_err(), "{kind:?} out of nothing");
    }
    for choice in EmailChoice::ALL {
        assert_eq!((choice.name().parse(), serde_json::to_value(choice).unwrap()), (Ok(*choice), choice.name().into()));
    }
    for event in Event::ALL {
        assert_eq!((event.name().parse(), serde_json::to_value(event).unwrap()), (Ok(*event), event.name().into()));
    }
    assert!("confirm-address".parse::<EmailChoice>().is_err());
}

#[test]
fn notices_of_the_first_programs_still_read() {
    let about = json!({ "jobId": ID, "did": "did:key:z6Mkx" });
    let what = Happening::read(NoticeKind::JobCompleted, about).unwrap();
    assert!(matches!(what, Happening::JobCompleted { job_id: ID, .. }));
}

#[test]
fn somebody_who_left_is_still_somebody() {
    for (what, _) in all().into_iter().filter(|(what, _)| what.person().is_some()) {
        assert!(what.words(None).message.to_lowercase().contains("a deleted user"));
    }
}

#[test]
fn the_games_own_kinds_are_these() {
    use NoticeKind::{HeistSuccess, HeistVictim, ShieldActivated, ShieldExpired, TokenEarned};
    assert_eq!(NoticeKind::of_game(), [HeistSuccess, HeistVictim, TokenEarned, ShieldActivated, ShieldExpired]);
}
