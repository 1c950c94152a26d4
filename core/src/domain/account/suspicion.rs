//! How suspicious a signup looks. Nobody is refused for it: a flagged account works, and its rewards wait until an
//! admin has looked.

use std::{collections::HashSet, sync::LazyLock};

use super::Email;

static DISPOSABLE: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/disposable-domains.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// What is known when somebody signs up.
#[derive(Clone, Copy, Debug)]
pub struct Signup<'a> {
    /// The address.
    pub email: &'a Email,
    /// Other signups from the same network in the last hour.
    pub from_network_in_hour: i64,
    /// Other signups from the same network in the last day.
    pub from_network_in_day: i64,
    /// Other accounts with an alias of the same address.
    pub same_person: i64,
}

/// Points from which a signup is flagged.
const FLAGGED: u32 = 50;

/// Why this signup is flagged, or none if it is not.
#[must_use]
pub fn judge(signup: &Signup<'_>) -> Option<String> {
    let signs = [
        (is_disposable(signup.email.domain()), 50, "disposable mailbox"),
        (signup.same_person > 0, 50, "alias of an address with an account"),
        (signup.from_network_in_hour >= 5, 50, "many signups from one network within an hour"),
        (signup.from_network_in_day >= 10, 30, "many signups from one network within a day"),
        (signup.from_network_in_day >= 30, 20, "very many signups from one network within a day"),
        (has_many_digits(signup.email), 20, "address made of digits"),
    ];
    let present = || signs.iter().filter(|(present, ..)| *present);
    let score: u32 = present().map(|(_, points, _)| points).sum();
    let reasons: Vec<&str> = present().map(|(.., reason)| *reason).collect();
    (score >= FLAGGED).then(|| format!("{} ({score} points)", reasons.join(", ")))
}

/// True for the domain of a throw-away mailbox, or one under it.
#[must_use]
pub fn is_disposable(domain: &str) -> bool {
    let mut rest = domain;
    loop {
        if DISPOSABLE.contains(rest) {
            return true;
        }
        match rest.split_once('.') {
            Some((_, parent)) => rest = parent,
            None => return false,
        }
    }
}

fn has_many_digits(email: &Email) -> bool {
    let local = email.key().split('@').next().unwrap_or_default();
    local.bytes().filter(u8::is_ascii_digit).count() >= 6
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(address: &str, hour: i64, day: i64, same_person: i64) -> Option<String> {
        let email = Email::parse(address).unwrap();
        judge(&Signup { email: &email, from_network_in_hour: hour, from_network_in_day: day, same_person })
    }

    #[test]
    fn people_are_not_flagged_and_floods_are() {
        assert_eq!(judged("ann@example.org", 0, 0, 0), None);
        assert_eq!(judged("ann1987@example.org", 4, 9, 0), None, "a school class signs up");
        assert!(judged("ann@mailinator.com", 0, 0, 0).unwrap().contains("disposable mailbox (50 points)"));
        assert!(judged("ann@x.mailinator.com", 0, 0, 0).is_some());
        assert!(judged("ann@example.org", 5, 5, 0).is_some());
        assert!(judged("ann@example.org", 0, 30, 0).is_some());
        assert!(judged("u8837261@example.org", 0, 10, 0).unwrap().contains("address made of digits (50 points)"));
        assert!(judged("ann@example.org", 0, 0, 1).is_some());
    }
}
