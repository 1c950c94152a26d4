//! Numbers, times and odds as a person reads them.

use std::borrow::Borrow;

use time::macros::format_description;
use vanikeys_core::domain::{billing, ledger::Kind, price::Tariff, time::Timestamp};

/// A whole number with its thousands set apart: `1,234,567`.
pub(crate) fn count(number: impl Borrow<i64>) -> String {
    let number = *number.borrow();
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A decimal text with its thousands set apart: `61,670,620,262.34`.
pub(crate) fn decimal(text: &str) -> String {
    let (whole, rest) = text.split_once('.').map_or((text, ""), |(whole, rest)| (whole, rest));
    let mut apart = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            apart.push(',');
        }
        apart.push(digit);
    }
    if rest.is_empty() { apart } else { format!("{apart}.{rest}") }
}

/// So many VaniTokens: `1 token`, `70,922 tokens`.
pub(crate) fn tokens(number: impl Borrow<i64>) -> String {
    let number = *number.borrow();
    if number == 1 { String::from("1 token") } else { format!("{} tokens", count(number)) }
}

/// So many VaniTokens with what they cost: `100 tokens ($0.99)`. None cost nothing, so nothing is added.
pub(crate) fn priced(number: impl Borrow<i64>, tariff: &Tariff) -> String {
    let number = *number.borrow();
    if number == 0 { tokens(number) } else { format!("{} ({})", tokens(number), cents(tariff.cents(number))) }
}

/// A large number in three figures: `61.7 billion`.
pub(crate) fn large(number: impl Borrow<f64>) -> String {
    let text = vanikeys_grind::odds::human(*number.borrow());
    // A round number needs no tenths.
    let text = text.trim_start_matches("1 in ").replace(".0 ", " ");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// `1 in 61.7 billion`.
pub(crate) fn odds(one_in: impl Borrow<f64>) -> String {
    format!("1 in {}", large(*one_in.borrow()))
}

/// A decimal text of odds in words.
pub(crate) fn odds_text(one_in: &str) -> String {
    one_in.parse().map_or_else(|_| format!("1 in {one_in}"), |number: f64| odds(number))
}

/// A chance from 0 to 1 in percent, never rounded up to certainty.
pub(crate) fn percent(chance: impl Borrow<f64>) -> String {
    let chance = *chance.borrow();
    let percent = chance * 100.0;
    match percent {
        p if p >= 99.95 && chance < 1.0 => String::from("over 99.9 %"),
        p if p >= 10.0 => format!("{p:.1} %"),
        p if p >= 0.01 => format!("{p:.2} %"),
        p if p > 0.0 => String::from("below 0.01 %"),
        _ => String::from("0 %"),
    }
}

/// A span of seconds: `17 s`, `2 h 10 min`, `3.4 years`.
pub(crate) fn span(seconds: impl Borrow<f64>) -> String {
    let seconds = *seconds.borrow();
    if !seconds.is_finite() {
        return String::from("forever");
    }
    match seconds {
        s if s < 0.95 => String::from("under a second"),
        s if s < 59.5 => format!("{s:.0} s"),
        s if s < 3_570.0 => format!("{:.0} min", s / 60.0),
        s if s < 86_400.0 => {
            let (hours, minutes) = ((s / 3_600.0).floor(), ((s % 3_600.0) / 60.0).floor());
            if minutes > 0.0 { format!("{hours:.0} h {minutes:.0} min") } else { format!("{hours:.0} h") }
        }
        s if s < 86_400.0 * 365.0 => format!("{:.1} days", s / 86_400.0),
        s => format!("{} years", large(s / (86_400.0 * 365.25))),
    }
}

/// Keys a second.
pub(crate) fn rate(rate: impl Borrow<f64>) -> String {
    let rate = *rate.borrow();
    if rate > 0.0 { format!("{} keys/s", large(rate)) } else { String::from("not measured yet") }
}

/// A small rate: `0.4`, `12`.
pub(crate) fn rate_of(rate: impl Borrow<f64>) -> String {
    let rate = *rate.borrow();
    if rate < 10.0 { format!("{rate:.1}") } else { large(rate) }
}

/// Dollars and cents.
pub(crate) fn usd(dollars: impl Borrow<f64>) -> String {
    let cents_of = (dollars.borrow() * 100.0).round();
    #[expect(clippy::cast_possible_truncation, reason = "cash prices stay far below 2^53 cents")]
    let whole = cents_of as i64;
    cents(whole)
}

/// Cents as dollars and cents.
pub(crate) fn cents(cents: impl Borrow<i64>) -> String {
    let cents = *cents.borrow();
    format!("${}.{:02}", count(cents / 100), cents % 100)
}

/// What one of `of` costs when all cost so many cents, in cents: `0.80¢`.
pub(crate) fn fraction(cents: impl Borrow<i64>, of: impl Borrow<i64>) -> String {
    let hundredths = (*cents.borrow() * 100) / (*of.borrow()).max(1);
    format!("{}.{:02}¢", hundredths / 100, hundredths % 100)
}

/// An amount in the smallest unit of a currency: `$3.99`, or `399 EUR` for what is not in dollars.
pub(crate) fn money(amount: impl Borrow<i64>, currency: &str) -> String {
    let dollars = currency.eq_ignore_ascii_case(billing::CURRENCY);
    if dollars { cents(amount) } else { billing::money(*amount.borrow(), currency) }
}

/// A key format as people know it.
pub(crate) fn format(name: &str) -> &str {
    match name {
        "openssh" => "Download for OpenSSH",
        "pkcs8" => "PKCS#8",
        "jwk" => "JWK",
        "solana" => "Solana wallet",
        "seed-hex" => "Seed (hex)",
        "seed-base58" => "Seed (base58)",
        "did-document" => "DID document",
        "expanded-hex" => "Expanded key",
        "tor" => "Tor service",
        "wireguard" => "WireGuard",
        "age" => "age identity",
        "libp2p" => "libp2p",
        "stellar" => "Stellar secret",
        "algorand" => "Algorand words",
        "aptos" => "Aptos wallet",
        "sui" => "Sui wallet",
        "key-file" => "Whole key file",
        other => other,
    }
}

/// Why tokens moved, in words.
pub(crate) fn reason(kind: impl Borrow<Kind>) -> &'static str {
    match kind.borrow() {
        Kind::Welcome => "Welcome",
        Kind::Grant => "Given by an administrator",
        Kind::Purchase => "Bought",
        Kind::Pull => "Pull",
        Kind::Job => "Job delivered or cancelled",
        Kind::Clawback => "Taken back after a refund",
        Kind::Freeze => "Held back after a warning of fraud",
        Kind::ClawbackReversal => "Returned: the refund or dispute was reversed",
        Kind::DebtRepayment => "Paid a debt",
        Kind::Forfeit => "Forfeited",
        Kind::Shield => "Shield",
        Kind::Referral | Kind::ReferralBonus => "Referral",
        Kind::HeistTry | Kind::Heist => "Heist",
        Kind::TokenExpiry => "Expired",
        Kind::Signup => "Signing up",
        Kind::Checkin => "Check-in",
        Kind::FirstCheckinDeal => "First check-in",
        Kind::CoinPurchase => "Bought VaniTokens",
        Kind::AchievementUnlock => "A rare pull",
        Kind::LoyaltyBonus => "Seven days in a row",
    }
}

/// The pages of what such movements belong to, if it has pages.
pub(crate) fn pages_of(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Pull => Some("/app/pulls"),
        Kind::Job => Some("/app/jobs"),
        Kind::Purchase => Some("/app/purchases"),
        Kind::Welcome | Kind::Grant | Kind::Clawback | Kind::ClawbackReversal | Kind::Freeze => None,
        Kind::DebtRepayment | Kind::Forfeit | Kind::TokenExpiry | Kind::Shield | Kind::Referral => None,
        Kind::HeistTry | Kind::Heist | Kind::Signup | Kind::Checkin | Kind::FirstCheckinDeal => None,
        Kind::CoinPurchase | Kind::AchievementUnlock | Kind::LoyaltyBonus | Kind::ReferralBonus => None,
    }
}

/// A status of several words as people write it: `past due`.
pub(crate) fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// How long ago it was: `17 s ago`.
pub(crate) fn ago(time: impl Borrow<Timestamp>, now: impl Borrow<Timestamp>) -> String {
    format!("{} ago", span(now.borrow().since(*time.borrow()).as_secs_f64()))
}

/// A point in time to the minute, in UTC.
pub(crate) fn when(time: impl Borrow<Timestamp>) -> String {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    let time = time.borrow();
    time.calendar().format(form).unwrap_or_else(|_| time.rfc3339())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!((money(123_456, "USD"), money(399, "eur")), ("$1,234.56".into(), "399 EUR".into()));
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(-1_000), "-1,000");
        assert_eq!(count(999), "999");
        assert_eq!(usd(354.26), "$354.26");
        assert_eq!(usd(1_000.5), "$1,000.50");
        assert_eq!(odds_text("x"), "1 in x");
        assert_eq!(
            (odds(1e6), odds(61.67e9), odds(1.0)),
            ("1 in 1 million".into(), "1 in 61.7 billion".into(), "1 in 1".into())
        );
        assert_eq!((tokens(1), tokens(70_922)), ("1 token".into(), "70,922 tokens".into()));
        assert_eq!(decimal("61670620262.34"), "61,670,620,262.34");
        assert_eq!((decimal("264"), decimal("1000")), ("264".into(), "1,000".into()));
        assert_eq!((fraction(399, 500), fraction(4_999, 10_000)), ("0.79¢".into(), "0.49¢".into()));
    }

    #[test]
    fn a_chance_below_one_is_never_certain() {
        assert_eq!(percent(0.999_999), "over 99.9 %");
        assert_eq!(percent(0.41), "41.0 %");
        assert_eq!(percent(0.000_01), "below 0.01 %");
        assert_eq!(percent(0.0), "0 %");
    }

    #[test]
    fn spans_have_two_parts_at_most() {
        assert_eq!(span(0.2), "under a second");
        assert_eq!(span(17.2), "17 s");
        assert_eq!(span(7_800.0), "2 h 10 min");
        assert_eq!(span(86_400.0 * 4.0), "4.0 days");
        assert_eq!(span(f64::INFINITY), "forever");
    }
}
