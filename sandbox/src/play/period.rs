//! Billing periods: by the calendar, from the day on which the subscription began.

use serde_json::Value;
use time::{Date, Month, OffsetDateTime, util::days_in_month};

use crate::fields::Fields;

/// The first moment at which one of the items must be paid again.
pub(crate) fn end(subscription: &Value) -> i64 {
    let items = subscription["items"].list("data").iter();
    items.map(|item| item.int("current_period_end")).min().unwrap_or(i64::MAX)
}

/// When the running period of the items began.
pub(crate) fn start(subscription: &Value) -> i64 {
    let items = subscription["items"].list("data").iter();
    items.map(|item| item.int("current_period_start")).min().unwrap_or_default()
}

/// The end of the period that begins at `start`, for a price that recurs like this; `anchor` has the day of the month
/// that months without it only lend.
pub(crate) fn after(start: i64, anchor: i64, recurring: &Value) -> i64 {
    let count = recurring["interval_count"].as_i64().unwrap_or(1);
    let months = match recurring.text("interval") {
        "day" => return start + count * 86400,
        "week" => return start + count * 7 * 86400,
        "year" => 12 * count,
        _ => count,
    };
    later(start, anchor, months).unwrap_or(start + months * 30 * 86400)
}

fn later(start: i64, anchor: i64, months: i64) -> Option<i64> {
    let from = OffsetDateTime::from_unix_timestamp(start).ok()?;
    let day = OffsetDateTime::from_unix_timestamp(anchor).ok()?.day();
    let index = i64::from(from.year()) * 12 + i64::from(u8::from(from.month())) - 1 + months;
    let year = i32::try_from(index.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(index.rem_euclid(12)).ok()? + 1).ok()?;
    let date = Date::from_calendar_date(year, month, day.min(days_in_month(month, year))).ok()?;
    Some(from.replace_date(date).unix_timestamp())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::after;

    #[test]
    fn months_end_on_the_day_they_began_or_on_their_last() {
        let monthly = json!({ "interval": "month", "interval_count": 1 });
        // 2026-01-31, -02-28, -03-31, -04-30, at 12:00.
        let days = [1_769_860_800, 1_772_280_000, 1_774_958_400, 1_777_550_400];
        for pair in days.windows(2) {
            assert_eq!(after(pair[0], days[0], &monthly), pair[1]);
        }
        assert_eq!(after(days[0], days[0], &json!({ "interval": "year", "interval_count": 1 })), 1_801_396_800);
        assert_eq!(after(days[0], days[0], &json!({ "interval": "week", "interval_count": 2 })), days[0] + 14 * 86400);
    }
}
