//! Bars by day or by month.

use std::time::Duration;

use time::macros::format_description;
use vanikeys_core::domain::time::Timestamp;

use super::words;

/// Numbers of the last days or months, the oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    /// What is counted.
    pub(crate) name: &'static str,
    /// One number each.
    pub(crate) days: Vec<i64>,
    /// The first one, in words.
    pub(crate) first: String,
    /// The last one, in words.
    pub(crate) last: &'static str,
    /// What each is.
    each: &'static str,
    cents: bool,
}

/// One bar in a box of [`Chart::width`] by 60.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) x: usize,
    pub(crate) y: f64,
    pub(crate) height: f64,
    /// Whether nothing was counted, so that only a mark stands there.
    pub(crate) none: bool,
}

impl Chart {
    /// The last days.
    pub(crate) fn new(name: &'static str, today: Timestamp, days: Vec<i64>) -> Self {
        let back = Duration::from_secs(24 * 60 * 60) * u32::try_from(days.len().saturating_sub(1)).unwrap_or(0);
        let form = format_description!("[year]-[month]-[day]");
        let first = (today - back).calendar().format(form).unwrap_or_default();
        Self { name, days, first, last: "today", each: "day", cents: false }
    }

    /// The last months.
    pub(crate) fn of_months(name: &'static str, today: Timestamp, months: Vec<i64>) -> Self {
        let date = today.calendar();
        let back = i32::try_from(months.len().saturating_sub(1)).unwrap_or(0);
        let month = date.year() * 12 + i32::from(u8::from(date.month())) - 1 - back;
        let first = format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1);
        Self { name, days: months, first, last: "this month", each: "month", cents: false }
    }

    /// The same for amounts of money, in cents.
    pub(crate) fn of_cents(self) -> Self {
        Self { cents: true, ..self }
    }

    /// All together, in words.
    pub(crate) fn total(&self) -> String {
        self.said_number(self.days.iter().sum())
    }

    /// The last one, in words.
    pub(crate) fn now(&self) -> String {
        self.said_number(self.days.last().copied().unwrap_or(0))
    }

    /// How long it is: `30 days`.
    pub(crate) fn span(&self) -> String {
        format!("{} {}s", self.days.len(), self.each)
    }

    fn said_number(&self, number: i64) -> String {
        if self.cents { words::cents(number) } else { words::count(number) }
    }

    /// The width of the box that the bars stand in.
    pub(crate) fn width(&self) -> usize {
        self.days.len() * 10
    }

    /// The bars, the highest as high as the box.
    pub(crate) fn bars(&self) -> Vec<Bar> {
        #[expect(clippy::cast_precision_loss, reason = "heights in a picture")]
        let highest = self.days.iter().copied().max().unwrap_or(0).max(1) as f64;
        let bar = |(place, count): (usize, &i64)| {
            #[expect(clippy::cast_precision_loss, reason = "heights in a picture")]
            let height = (*count as f64 / highest * 60.0).max(1.0);
            Bar { x: place * 10 + 1, y: 60.0 - height, height, none: *count == 0 }
        };
        self.days.iter().enumerate().map(bar).collect()
    }

    /// The chart for those who hear it.
    pub(crate) fn said(&self) -> String {
        let plain = |number: &i64| if self.cents { words::cents(*number) } else { number.to_string() };
        let each = self.days.iter().map(plain).collect::<Vec<_>>().join(", ");
        format!("{} by {} since {}: {each}", self.name, self.each, self.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_their_days_allow() {
        let today = Timestamp::parse("2026-11-21T12:00:00Z").unwrap();
        let chart = Chart::new("Pulls", today, vec![0, 5, 10]);
        let bars = chart.bars();
        assert_eq!((bars[0].none, bars[1].height, bars[2].y), (true, 30.0, 0.0));
        assert_eq!((chart.total(), chart.first.as_str()), ("15".into(), "2026-11-19"));
        assert_eq!(chart.said(), "Pulls by day since 2026-11-19: 0, 5, 10");
        assert!(Chart::new("Pulls", today, vec![0]).bars()[0].none);
    }

    #[test]
    fn months_and_money_are_said_as_such() {
        let today = Timestamp::parse("2026-02-21T12:00:00Z").unwrap();
        let chart = Chart::of_months("Paid", today, vec![0, 399, 1_000]).of_cents();
        assert_eq!((chart.total(), chart.now(), chart.span()), ("$13.99".into(), "$10.00".into(), "3 months".into()));
        assert_eq!(chart.said(), "Paid by month since 2025-12: $0.00, $3.99, $10.00");
    }
}
