//! Every edge of the rules, as tables.

use super::*;
use crate::domain::word;

const HOUR: Duration = Duration::from_secs(3_600);
const TICK: Duration = Duration::from_micros(1);

fn rules() -> Rules {
    Rules { cooldown: 24 * HOUR, protection: 48 * HOUR, percent: 5, most: 100, least_target: 20, per_day: 10 }
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-21T12:00:00Z").unwrap()
}

fn robber() -> Robber {
    Robber { id: Uuid::from_u128(1), enabled: true, tokens: 1, last_success: None, day: 0, heists: 0 }
}

fn target() -> Target {
    Target { id: Uuid::from_u128(2), active: true, points: 1_000, robbed_at: None }
}

#[test]
fn a_share_is_taken_up_to_the_most() {
    for (points, taken) in [
        (-5, 0),
        (0, 0),
        (19, 0),
        (20, 1),
        (39, 1),
        (40, 2),
        (1_999, 99),
        (2_000, 100),
        (2_020, 100),
        (10_000, 100),
        (i64::MAX, 100),
    ] {
        assert_eq!(rules().steal(points), taken, "{points}");
    }
}

#[test]
fn a_target_needs_enough_that_something_is_taken() {
    for (least_target, percent, minimum) in [(20, 5, 20), (0, 5, 20), (0, 100, 1), (0, 3, 34), (50, 5, 50)] {
        let rules = Rules { least_target, percent, ..rules() };
        assert_eq!(rules.minimum(), minimum, "{least_target} {percent}");
        assert!(rules.steal(minimum) > 0 && (minimum == least_target || rules.steal(minimum - 1) == 0));
    }
}

#[test]
fn each_check_has_its_edge() {
    let fine = (robber(), target());
    let too_few = |points| HeistRefusal::TooFewPoints { minimum: 20, points };
    let hot = |ends_at: Timestamp, seconds| HeistRefusal::CooldownActive { ends_at, seconds };
    let cases = [
        (fine, Ok(())),
        ((Robber { enabled: false, ..robber() }, target()), Err(HeistRefusal::FeatureDisabled)),
        ((Robber { tokens: 0, ..robber() }, target()), Err(HeistRefusal::InsufficientTokens { available: 0 })),
        ((Robber { last_success: Some(now() - 24 * HOUR), ..robber() }, target()), Ok(())),
        ((Robber { last_success: Some(now() - 24 * HOUR + TICK), ..robber() }, target()), Err(hot(now() + TICK, 1))),
        ((Robber { last_success: Some(now()), ..robber() }, target()), Err(hot(now() + 24 * HOUR, 86_400))),
        ((Robber { day: now().day(), heists: 9, ..robber() }, target()), Ok(())),
        (
            (Robber { day: now().day(), heists: 10, ..robber() }, target()),
            Err(HeistRefusal::DailyLimit { limit: 10, resets_at: now() + 12 * HOUR, seconds: 43_200 }),
        ),
        ((Robber { day: now().day() - 1, heists: 10, ..robber() }, target()), Ok(())),
        ((robber(), Target { id: robber().id, ..target() }), Err(HeistRefusal::Oneself)),
        ((robber(), Target { active: false, ..target() }), Err(HeistRefusal::TargetNotFound)),
        ((robber(), Target { points: 19, ..target() }), Err(too_few(19))),
        ((robber(), Target { points: 20, ..target() }), Ok(())),
        ((robber(), Target { robbed_at: Some(now() - 48 * HOUR), ..target() }), Ok(())),
        (
            (robber(), Target { robbed_at: Some(now() - 48 * HOUR + TICK), ..target() }),
            Err(HeistRefusal::TargetProtected { ends_at: now() + TICK }),
        ),
    ];
    for ((robber, target), expected) in cases {
        assert_eq!(check(&rules(), &robber, &target, now()), expected, "{robber:?} {target:?}");
    }
}

#[test]
fn the_first_check_that_fails_is_told() {
    // Everything is wrong; then one thing after the other is put right.
    let mut robber =
        Robber { enabled: false, tokens: 0, last_success: Some(now()), day: now().day(), heists: 10, ..robber() };
    let mut target = Target { id: robber.id, active: false, points: 0, robbed_at: Some(now()) };
    let mut told = Vec::new();
    for step in 0..=8 {
        match step {
            1 => robber.enabled = true,
            2 => robber.tokens = 1,
            3 => robber.last_success = None,
            4 => robber.heists = 0,
            5 => target.id = Uuid::from_u128(2),
            6 => target.active = true,
            7 => target.points = 20,
            8 => target.robbed_at = None,
            _ => {}
        }
        told.push(check(&rules(), &robber, &target, now()).map_err(|refusal| refusal.code()));
    }
    let codes = [
        "FEATURE_DISABLED",
        "INSUFFICIENT_TOKENS",
        "COOLDOWN_ACTIVE",
        "DAILY_LIMIT",
        "INVALID_TARGET",
        "TARGET_NOT_FOUND",
        "INVALID_TARGET",
        "TARGET_PROTECTED",
    ];
    let expected: Vec<_> = codes.into_iter().map(Err).chain([Ok(())]).collect();
    assert_eq!(told, expected);
}

#[test]
fn statuses_read_back_and_are_the_same_in_json() {
    for &status in <Status as strum::VariantArray>::VARIANTS {
        assert_eq!(word::read(status.name()), Ok(status));
        assert_eq!(serde_json::to_value(status).unwrap(), status.name());
    }
}

#[test]
fn refusals_survive_being_stored() {
    for refusal in [
        HeistRefusal::FeatureDisabled,
        HeistRefusal::InsufficientTokens { available: 0 },
        HeistRefusal::CooldownActive { ends_at: now(), seconds: 5 },
        HeistRefusal::DailyLimit { limit: 10, resets_at: now(), seconds: 5 },
        HeistRefusal::Oneself,
        HeistRefusal::TargetNotFound,
        HeistRefusal::TooFewPoints { minimum: 20, points: 19 },
        HeistRefusal::TargetProtected { ends_at: now() },
        HeistRefusal::TargetShielded,
    ] {
        let text = serde_json::to_string(&refusal).unwrap();
        assert_eq!(serde_json::from_str::<HeistRefusal>(&text).unwrap(), refusal);
        assert_ne!(refusal.status(), Status::Success);
    }
}

#[test]
fn the_rollout_is_stable_and_grows() {
    let users: Vec<Uuid> = (0..2_000).map(|n| Uuid::from_u128(n * 7_919)).collect();
    let seen = |percent| users.iter().filter(|user| in_rollout(**user, percent)).count();
    assert_eq!((seen(0), seen(100)), (0, users.len()));
    assert!((800..1_200).contains(&seen(50)), "{}", seen(50));
    assert!(users.iter().all(|user| !in_rollout(*user, 20) || in_rollout(*user, 60)));
}
