//! How patient the client is.

use std::time::Duration;

use crate::random;

/// Attempts and waits of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Attempts in all.
    pub attempts: u32,
    /// One attempt may take so long, from connecting to the last byte.
    pub attempt: Duration,
    /// All of them together.
    pub whole: Duration,
    /// The wait before the second attempt; doubled for the next one, and between half and all of it is waited.
    pub first_wait: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            attempts: 3,
            attempt: Duration::from_secs(10),
            whole: Duration::from_secs(25),
            first_wait: Duration::from_millis(500),
        }
    }
}

impl Pace {
    /// The wait after an attempt, the first being 1. Without randomness, it is waited in full.
    pub(super) fn wait(&self, attempt: u32) -> Duration {
        let longest = self.first_wait.saturating_mul(1 << attempt.saturating_sub(1).min(16));
        let share = random::bytes::<1>().map_or(255, |[byte]| u32::from(byte));
        longest / 2 + longest / 2 * share / 255
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_vary() {
        let pace = Pace::default();
        for (attempt, longest) in [(1, 500), (2, 1_000), (3, 2_000)] {
            let longest = Duration::from_millis(longest);
            let waits: Vec<Duration> = (0..50).map(|_| pace.wait(attempt)).collect();
            assert!(waits.iter().all(|wait| (longest / 2..=longest).contains(wait)), "{waits:?}");
            assert!(waits.iter().any(|wait| *wait != waits[0]));
        }
    }
}
