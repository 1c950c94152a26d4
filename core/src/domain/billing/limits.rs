//! How much an account may buy.

use std::time::Duration;

use crate::domain::time::Timestamp;

/// An account is new for so long.
pub const NEW_FOR: Duration = Duration::from_secs(24 * 3600);

/// Purchases are counted over so long.
pub const WINDOW: Duration = Duration::from_secs(24 * 3600);

/// VaniTokens that a new account may buy.
pub const NEW_ACCOUNT_TOKENS: i64 = 10_000;

/// What an account has bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bought {
    /// When it was made.
    pub signed_up: Timestamp,
    /// Purchases of the last [`WINDOW`] that are or may still be paid.
    pub purchases: i64,
    /// Their VaniTokens.
    pub tokens: i64,
}

/// Why an account may not buy right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// It bought as often as it may in a day.
    Purchases {
        /// How often that is.
        limit: u32,
    },
    /// It is new and would have more tokens than new accounts may.
    NewAccount {
        /// How many those are.
        tokens: i64,
        /// When it is new no more.
        until: Timestamp,
    },
}

/// Whether an account may buy so many tokens.
///
/// # Errors
/// Why not.
pub fn check(bought: &Bought, tokens: i64, a_day: u32, now: Timestamp) -> Result<(), Over> {
    if bought.purchases >= i64::from(a_day) {
        return Err(Over::Purchases { limit: a_day });
    }
    let until = bought.signed_up + NEW_FOR;
    if now < until && bought.tokens.saturating_add(tokens) > NEW_ACCOUNT_TOKENS {
        return Err(Over::NewAccount { tokens: NEW_ACCOUNT_TOKENS, until });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;

    #[test]
    fn limits_end_to_the_microsecond() {
        let at = Timestamp::from_micros;
        let bought = |purchases, tokens| Bought { signed_up: at(1_000), purchases, tokens };
        let new = Err(Over::NewAccount { tokens: NEW_ACCOUNT_TOKENS, until: at(1_000 + DAY) });
        for (purchases, had, tokens, now, expected) in [
            (0, 0, 10_000, 1_000, Ok(())),
            (0, 0, 10_001, 1_000, new),
            (1, 9_900, 100, 1_000, Ok(())),
            (1, 9_901, 100, 1_000, new),
            (1, 9_901, 100, 999 + DAY, new),
            (1, 9_901, 100, 1_000 + DAY, Ok(())),
            (19, 0, 100, 1_000 + DAY, Ok(())),
            (20, 0, 100, 1_000 + DAY, Err(Over::Purchases { limit: 20 })),
            (0, i64::MAX, 100, 1_000, new),
        ] {
            let checked = check(&bought(purchases, had), tokens, 20, at(now));
            assert_eq!(checked, expected, "{purchases} of {had}, {tokens} at {now}");
        }
    }
}
