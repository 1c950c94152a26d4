//! How long somebody who guesses passwords must wait, by account and by network.

use std::{net::IpAddr, time::Duration};

use crate::domain::time::Timestamp;

/// Whom a count of failures is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// One account, whoever guesses.
    Account,
    /// One network, whichever account it guesses at.
    Network,
}

/// Failures are forgotten after this time without any.
pub const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// A network where the owner of an account signed in is the owner's for so long.
pub const KNOWN_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// An account is never closed longer than this, since anybody can close it for its owner.
const MOST_ACCOUNT: u64 = 5 * 60;
const MOST_NETWORK: u64 = 60 * 60;

impl Subject {
    /// Failures that cost nothing: people mistype, and many people share a network.
    const fn free(self) -> u32 {
        match self {
            Self::Account => 5,
            Self::Network => 30,
        }
    }

    /// Tries whose password may be looked at at the same time. It bounds what guessing all at once can gain.
    #[must_use]
    pub const fn most_pending(self) -> i64 {
        match self {
            Self::Account => 10,
            Self::Network => 200,
        }
    }

    /// The wait after so many failures in a row: 1 s, doubled each time.
    #[must_use]
    pub fn wait(self, failures: i64) -> Duration {
        let over = u32::try_from(failures).unwrap_or(u32::MAX).saturating_sub(self.free());
        let most = match self {
            Self::Account => MOST_ACCOUNT,
            Self::Network => MOST_NETWORK,
        };
        match over {
            0 => Duration::ZERO,
            n => Duration::from_secs((1u64 << (n - 1).min(20)).min(most)),
        }
    }
}

/// A try that was not heard of again after this time (its process died) is not pending any more.
pub const LOST: Duration = Duration::from_secs(60);

/// Failures that still count at `now`, if there were `failures` and the last one was at `last`.
#[must_use]
pub fn still_counted(failures: i64, last: Timestamp, now: Timestamp) -> i64 {
    if now.since(last) >= FORGOTTEN { 0 } else { failures }
}

/// The network that an address belongs to: what one subscriber usually has (/64 of IPv6, one address of IPv4).
#[must_use]
pub fn subscriber(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            format!("{:x}:{:x}:{:x}:{:x}::/64", ip.segments()[0], ip.segments()[1], ip.segments()[2], ip.segments()[3])
        }
    }
}

/// The wider network of an address (/24 of IPv4, /48 of IPv6), in which signups are counted.
#[must_use]
pub fn neighbourhood(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(ip) => format!("{:x}:{:x}:{:x}::/48", ip.segments()[0], ip.segments()[1], ip.segments()[2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound() {
        let waits = |subject: Subject, failures: &[i64]| -> Vec<u64> {
            failures.iter().map(|n| subject.wait(*n).as_secs()).collect()
        };
        assert_eq!(waits(Subject::Account, &[0, 5, 6, 7, 8, 14, 15, i64::MAX]), [0, 0, 1, 2, 4, 256, 300, 300]);
        assert_eq!(waits(Subject::Network, &[30, 31, 42, 43, i64::MAX]), [0, 1, 2_048, 3_600, 3_600]);
    }

    #[test]
    fn failures_are_forgotten_after_a_day() {
        let last = Timestamp::from_micros(0);
        assert_eq!(still_counted(9, last, last + FORGOTTEN - Duration::from_secs(1)), 9);
        assert_eq!(still_counted(9, last, last + FORGOTTEN), 0);
    }

    #[test]
    fn networks_are_what_a_subscriber_has() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(subscriber(ip("192.0.2.7")), "192.0.2.7");
        assert_eq!(subscriber(ip("::ffff:192.0.2.7")), "192.0.2.7");
        assert_eq!(subscriber(ip("2001:db8:1:2::9")), subscriber(ip("2001:db8:1:2:ffff::1")));
        assert_eq!(neighbourhood(ip("192.0.2.7")), "192.0.2.0/24");
        assert_eq!(neighbourhood(ip("2001:db8:1:2::9")), neighbourhood(ip("2001:db8:1:ffff::9")));
    }
}
