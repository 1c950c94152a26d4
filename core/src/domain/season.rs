//! Seasons: a calendar month in UTC each. Points belong to the season in which they were awarded, so a new one starts
//! at zero by itself.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Month, Time};

use super::{ledger::Asset, time::Timestamp};

/// A calendar month in UTC, written like `2026-11`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Season {
    year: i32,
    month: u8,
}

/// A text that is no season.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a season is written like 2026-11")]
pub struct NotSeason;

impl Season {
    /// The season of a moment.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        let date = at.calendar();
        Self { year: date.year(), month: date.month().into() }
    }

    /// The one after this.
    #[must_use]
    pub const fn next(self) -> Self {
        if self.month == 12 {
            Self { year: self.year + 1, month: 1 }
        } else {
            Self { year: self.year, month: self.month + 1 }
        }
    }

    /// The one before this.
    #[must_use]
    pub const fn previous(self) -> Self {
        if self.month == 1 { Self { year: self.year - 1, month: 12 } } else { Self { month: self.month - 1, ..self } }
    }

    /// Midnight UTC at which it begins.
    #[must_use]
    pub fn starts(self) -> Timestamp {
        let month = Month::try_from(self.month).unwrap_or(Month::January);
        let date = Date::from_calendar_date(self.year, month, 1).unwrap_or(Date::MAX);
        Timestamp::from_micros(date.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp() * 1_000_000)
    }

    /// Midnight UTC at which it is over.
    #[must_use]
    pub fn ends(self) -> Timestamp {
        self.next().starts()
    }

    /// What its points are in the ledger.
    #[must_use]
    pub fn asset(self) -> Asset {
        Asset::Points(self.to_string())
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl std::str::FromStr for Season {
    type Err = NotSeason;

    fn from_str(text: &str) -> Result<Self, NotSeason> {
        let digits = |part: &str, length: usize| {
            let fine = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            if fine { part.parse::<u16>().ok() } else { None }
        };
        let (year, month) = text.split_once('-').ok_or(NotSeason)?;
        let (year, month) = (digits(year, 4).ok_or(NotSeason)?, digits(month, 2).ok_or(NotSeason)?);
        let month = u8::try_from(month).ok().filter(|month| (1..=12).contains(month)).ok_or(NotSeason)?;
        Ok(Self { year: year.into(), month })
    }
}

impl Serialize for Season {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Season {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn a_month_turns_at_midnight_utc() {
        for (moment, season) in [
            ("2026-11-30T23:59:59.999999Z", "2026-11"),
            ("2026-12-01T00:00:00Z", "2026-12"),
            ("2026-12-31T23:59:59Z", "2026-12"),
            ("2027-01-01T00:00:00Z", "2027-01"),
            ("2027-01-01T00:30:00+01:00", "2026-12"),
            ("2028-02-29T12:00:00Z", "2028-02"),
        ] {
            let found = Season::of(at(moment));
            assert_eq!(found.to_string(), season, "{moment}");
            assert!(found.starts() <= at(moment) && at(moment) < found.ends(), "{moment}");
        }
        assert_eq!(Season::of(at("2026-12-15T00:00:00Z")).ends(), at("2027-01-01T00:00:00Z"));
        let january: Season = "2027-01".parse().unwrap();
        assert_eq!((january.previous().to_string(), january.previous().next()), ("2026-12".to_owned(), january));
        assert_eq!(january.next().previous(), january);
        let last: Season = "9999-12".parse().unwrap();
        assert!(last.starts() < last.ends());
    }

    #[test]
    fn names_read_back_and_nothing_else_does() {
        assert_eq!("2026-11".parse::<Season>().unwrap().to_string(), "2026-11");
        assert_eq!("2026-11".parse::<Season>().unwrap().asset().to_string(), "points:2026-11");
        for text in ["2026-13", "2026-00", "2026-1", "26-11", "2026/11", "+026-11", "", "2026-11-01"] {
            assert_eq!(text.parse::<Season>(), Err(NotSeason), "{text}");
        }
    }
}
