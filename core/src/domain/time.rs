//! Points in time as microseconds since 1970 UTC, the form in which the store keeps them; RFC 3339 outside.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Length of a UTC day in microseconds.
const DAY: i64 = 86_400_000_000;

impl Timestamp {
    /// From microseconds since 1970 UTC.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970 UTC.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970 UTC.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Number of the UTC day, counted from 1970-01-01.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// Midnight UTC at which the next day begins.
    #[must_use]
    pub const fn next_midnight(self) -> Self {
        Self((self.day() + 1) * DAY)
    }

    /// Time from `earlier` to this, zero if that lies later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// As RFC 3339 in UTC, with as many digits of the second as needed.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.calendar().format(&Rfc3339).unwrap_or_else(|_| self.0.to_string())
    }

    /// For people: the first full minute that is not before this, `2026-11-23 12:00 UTC`.
    #[must_use]
    pub fn minute(self) -> String {
        const MINUTE: i64 = 60_000_000;
        let up = Self(self.0.saturating_add(MINUTE - 1).div_euclid(MINUTE) * MINUTE);
        let form = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
        up.calendar().format(form).unwrap_or_else(|_| self.rfc3339())
    }

    /// As a calendar date and time in UTC. Times beyond the calendar's range are shown as 1970.
    #[must_use]
    pub fn calendar(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Reads RFC 3339.
    ///
    /// # Errors
    /// The parser's, for text that is not RFC 3339.
    pub fn parse(text: &str) -> Result<Self, time::error::Parse> {
        let moment = OffsetDateTime::parse(text, &Rfc3339)?.to_offset(UtcOffset::UTC);
        Ok(Self(i64::try_from(moment.unix_timestamp_nanos() / 1000).unwrap_or(i64::MAX)))
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Timestamp {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_turn_at_midnight_utc() {
        let before = Timestamp::parse("2026-11-20T23:59:59.999999Z").unwrap();
        let after = Timestamp::parse("2026-11-21T00:00:00Z").unwrap();
        assert_eq!(before.day() + 1, after.day());
        assert_eq!(before.next_midnight(), after);
        assert_eq!(before.rfc3339(), "2026-11-20T23:59:59.999999Z");
        assert_eq!((before.minute(), after.minute()), (after.minute(), "2026-11-21 00:00 UTC".to_owned()));
    }
}
