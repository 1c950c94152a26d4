//! Every refusal of every use case has a status, a code of its own and a sentence.

use vanikeys_core::{
    domain::{heist::HeistRefusal, job::Status, ledger, price::TooRare, time::Timestamp},
    flow::{
        account::AccountRefusal,
        admin::{api_keys::KeyRefusal, switches::SwitchRefusal},
        custody::CustodyRefusal,
        grant::GrantRefusal,
        heist::{ShieldRefusal, UnknownAttempt},
        job::JobRefusal,
        points::{CheckinRefusal, KindRefusal},
        pull::PullRefusal,
        tasks::NotDead,
    },
};
use vanikeys_grind::{Kind, PatternError};

use crate::error::Refuse;

fn told(refusal: &dyn Refuse) -> (u16, &'static str) {
    let problem = refusal.problem();
    let text = problem.message.as_ref();
    assert!(text.ends_with(['.', '!', '?', ')']) && text.starts_with(|first: char| !first.is_lowercase()), "{text}");
    (problem.status.as_u16(), problem.code)
}

#[test]
fn accounts() {
    use AccountRefusal as R;
    for (refusal, expected) in [
        (R::Invalid { fields: Vec::new() }, (422, "VALIDATION_FAILED")),
        (R::EmailTaken, (409, "EMAIL_TAKEN")),
        (R::UsernameTaken, (409, "USERNAME_TAKEN")),
        (R::WorkMissing, (422, "CHALLENGE_REQUIRED")),
        (R::WrongCredentials, (401, "WRONG_CREDENTIALS")),
        (R::WrongPassword, (403, "WRONG_PASSWORD")),
        (R::TooManyAttempts { retry_after_seconds: 30 }, (429, "TOO_MANY_ATTEMPTS")),
        (R::Busy, (503, "BUSY")),
        (R::ExportRunning, (429, "EXPORT_RUNNING")),
        (R::LinkUnknown, (422, "LINK_UNKNOWN")),
        (R::LinkExpired, (410, "LINK_EXPIRED")),
        (R::LinkUsed, (410, "LINK_USED")),
        (R::Gone, (401, "UNAUTHENTICATED")),
        (R::AlreadyConfirmed, (409, "ALREADY_CONFIRMED")),
        (R::TooManyLetters, (429, "TOO_MANY_LETTERS")),
    ] {
        assert_eq!(told(&refusal), expected, "{refusal:?}");
    }
}

#[test]
fn the_game() {
    use {CheckinRefusal as C, HeistRefusal as H, KindRefusal as K, ShieldRefusal as S};
    let at = Timestamp::parse("2026-11-21T12:00:00Z").unwrap();
    for (refusal, expected) in [
        (H::FeatureDisabled, (503, "FEATURE_DISABLED")),
        (H::InsufficientTokens { available: 0 }, (402, "INSUFFICIENT_TOKENS")),
        (H::CooldownActive { ends_at: at, seconds: 5 }, (429, "COOLDOWN_ACTIVE")),
        (H::DailyLimit { limit: 10, resets_at: at, seconds: 5 }, (429, "DAILY_LIMIT")),
        (H::Oneself, (400, "INVALID_TARGET")),
        (H::TargetNotFound, (404, "TARGET_NOT_FOUND")),
        (H::TooFewPoints { minimum: 20, points: 19 }, (400, "INVALID_TARGET")),
        (H::TargetProtected { ends_at: at }, (409, "TARGET_PROTECTED")),
        (H::TargetShielded, (409, "TARGET_SHIELDED")),
    ] {
        assert_eq!(told(&refusal), expected, "{refusal:?}");
    }
    for (refusal, expected) in [
        (S::FeatureDisabled, (503, "FEATURE_DISABLED")),
        (S::ShieldActive { expires_at: at }, (409, "SHIELD_ACTIVE")),
        (S::Insufficient { needed: 50, available: 1 }, (402, "INSUFFICIENT_TOKENS")),
        (S::Ledger(ledger::Refusal::Overflow), (422, "AMOUNT_TOO_LARGE")),
    ] {
        assert_eq!(told(&refusal), expected, "{refusal:?}");
    }
    assert_eq!(told(&C::AlreadyCheckedIn { next_at: at }), (409, "ALREADY_CHECKED_IN"));
    assert_eq!(told(&C::Gone), (401, "UNAUTHENTICATED"));
    assert_eq!(told(&UnknownAttempt), (404, "NOT_FOUND"));
    for (refusal, expected) in [
        (K::Unknown, (404, "NOT_FOUND")),
        (K::NotAnAward, (409, "NOT_AN_AWARD")),
        (K::Points { most: 1 }, (422, "VALIDATION_FAILED")),
        (K::Words { name: 1, description: 1 }, (422, "VALIDATION_FAILED")),
    ] {
        assert_eq!(told(&refusal), expected, "{refusal:?}");
    }
}

#[test]
fn pulls_jobs_and_custody() {
    use {JobRefusal as J, PullRefusal as P};
    let not_available = || (String::from("tor"), String::from("it is no onion key"), vec![String::from("jwk")]);
    let (format, reason, available) = not_available();
    for (refusal, expected) in [
        (P::Pattern(PatternError::Empty), (422, "INVALID_PATTERN")),
        (P::Custody(CustodyRefusal::RecipientMissing), (422, "RECIPIENT_MISSING")),
        (P::Insufficient { needed: 10, available: 1 }, (402, "INSUFFICIENT_TOKENS")),
        (P::CommitmentIncomplete, (422, "COMMITMENT_INCOMPLETE")),
        (P::CommitmentUnknown, (422, "COMMITMENT_UNKNOWN")),
        (P::CommitmentExpired, (409, "COMMITMENT_EXPIRED")),
        (P::CommitmentUsed, (422, "COMMITMENT_USED")),
        (P::ClientShare, (422, "INVALID_CLIENT_SHARE")),
        (P::TooManyCommitments { limit: 100 }, (409, "TOO_MANY_COMMITMENTS")),
        (P::NotFound, (404, "NOT_FOUND")),
        (P::Erased, (410, "KEY_ERASED")),
        (P::FormatNotAvailable { format, reason, available }, (409, "FORMAT_NOT_AVAILABLE")),
    ] {
        assert_eq!(told(&refusal), expected, "{refusal:?}");
    }
    let (format, reason, available) = not_available();
    for (refusal, expected) in [
        (J::TooRare(TooRare { expected_attempts: 1e20, largest: 1e15 }), (422, "TOO_RARE")),
        (J::Insufficient { needed: 100, available: 1 }, (402, "INSUFFICIENT_TOKENS")),
        (J::AboveMaximum { tokens: 100, max_tokens: 99 }, (409, "PRICE_ABOVE_MAXIMUM")),
        (J::Custody(CustodyRefusal::SplitPointUsed), (409, "SPLIT_POINT_USED")),
        (J::NotFound, (404, "NOT_FOUND")),
        (J::NotCompleted { status: Status::Running }, (409, "JOB_NOT_COMPLETED")),
        (J::Ended { status: Status::Cancelled }, (409, "JOB_ENDED")),
        (J::Erased, (410, "KEY_ERASED")),
        (J::FormatNotAvailable { format, reason, available }, (409, "FORMAT_NOT_AVAILABLE")),
    ] {
        assert_eq!(told(&refusal), expected, "{refusal:?}");
    }
    for (refusal, code) in [
        (CustodyRefusal::RecipientNotTaken { custody: "service".into() }, "RECIPIENT_NOT_TAKEN"),
        (CustodyRefusal::SplitPointMissing, "SPLIT_POINT_MISSING"),
        (CustodyRefusal::SplitPoint { reason: "it is no point".into() }, "INVALID_SPLIT_POINT"),
        (CustodyRefusal::ProofNotTaken { custody: "sealed".into() }, "PROOF_NOT_TAKEN"),
        (CustodyRefusal::Recipient { reason: "it is too short".into() }, "INVALID_RECIPIENT"),
        (CustodyRefusal::NotAvailable { custody: "split".into(), order: "a pull".into() }, "CUSTODY_NOT_AVAILABLE"),
    ] {
        assert_eq!(told(&refusal), (422, code));
    }
}

#[test]
fn patterns() {
    use PatternError as P;
    for refusal in [
        P::WhiteSpace { kind: Kind::Prefix, position: 2 },
        P::TooManySubstrings { found: 9, limit: 8 },
        P::SubstringTooLong { text: "x".into(), found: 17, limit: 16 },
        P::TooLong { kind: Kind::Sequence, found: 41, limit: 40 },
        P::BadRegex { reason: "unclosed group".into(), position: Some(0) },
        P::OptionNotForRegex { option: "fuzzy", instead: "[4A]" },
    ] {
        assert_eq!(told(&refusal), (422, "INVALID_PATTERN"), "{refusal:?}");
    }
    assert_eq!(told(&P::TooComplex { limit: 10, unit: "states" }), (422, "PATTERN_TOO_COMPLEX"));
}

#[test]
fn administration_and_the_ledger() {
    use ledger::Refusal as L;
    assert_eq!(told(&L::NotPositive), (422, "AMOUNT_NOT_POSITIVE"));
    assert_eq!(told(&L::MoreThanHeld { posted: 2, held: 1 }), (409, "MORE_THAN_HELD"));
    assert_eq!(told(&L::Overflow), (422, "AMOUNT_TOO_LARGE"));
    assert_eq!(told(&L::Insufficient { needed: 2, available: 1 }), (402, "INSUFFICIENT_TOKENS"));
    assert_eq!(told(&GrantRefusal::Unknown), (404, "NOT_FOUND"));
    assert_eq!(told(&NotDead), (404, "NOT_FOUND"));
    assert_eq!(told(&KeyRefusal::Unknown), (404, "NOT_FOUND"));
    assert_eq!(told(&KeyRefusal::BadName), (422, "VALIDATION_FAILED"));
    let odd = SwitchRefusal::BadValue { name: "registration.open".into(), value: "maybe".into() };
    assert_eq!(told(&odd), (422, "VALIDATION_FAILED"));
}
