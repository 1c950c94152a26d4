//! Bars by day, as the admin pages draw them.

use std::time::Duration;

use time::macros::format_description;
use vanikeys_core::domain::time::Timestamp;

use super::words;

/// Counts of the last days, the oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    /// What is counted.
    pub(crate) name: &'static str,
    /// One number a day.
    pub(crate) days: Vec<i64>,
    today: Timestamp,
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
    pub(crate) fn new(name: &'static str, today: Timestamp, days: Vec<i64>) -> Self {
        Self { name, days, today }
    }

    /// All days together, in words.
    pub(crate) fn total(&self) -> String {
        words::count(self.days.iter().sum::<i64>())
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

    /// The first day, in words.
    pub(crate) fn first(&self) -> String {
        let back = Duration::from_secs(24 * 60 * 60) * u32::try_from(self.days.len().saturating_sub(1)).unwrap_or(0);
        let form = format_description!("[year]-[month]-[day]");
        (self.today - back).calendar().format(form).unwrap_or_default()
    }

    /// The chart for those who hear it.
    pub(crate) fn said(&self) -> String {
        let each = self.days.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        format!("{} by day since {}: {each}", self.name, self.first())
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
        assert_eq!((chart.total(), chart.first()), ("15".into(), "2026-11-19".into()));
        assert_eq!(chart.said(), "Pulls by day since 2026-11-19: 0, 5, 10");
        assert!(Chart::new("Pulls", today, vec![0]).bars()[0].none);
    }
}
