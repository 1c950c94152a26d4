//! Numbers, rates, times and chances as people read them.

/// A whole number with commas, `61,670,620,262`; from a quadrillion on in words.
pub(super) fn count(number: f64) -> String {
    if number < 1e15 { grouped(number) } else { vanikeys_grind::odds::human(number).replacen("1 in ", "", 1) }
}

fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rate as people read it: `1.9 million keys/s`.
pub(super) fn rate(keys_per_second: f64) -> String {
    match keys_per_second {
        r if r >= 1e9 => format!("{:.2} billion keys/s", r / 1e9),
        r if r >= 1e6 => format!("{:.2} million keys/s", r / 1e6),
        r => format!("{} keys/s", grouped(r)),
    }
}

/// A time as people read it: `0.4 s`, `12 min`, `3.5 years`.
pub(super) fn seconds(seconds: f64) -> String {
    const YEAR: f64 = 365.25 * 86_400.0;
    match seconds {
        s if !s.is_finite() => "never".to_owned(),
        s if s < 0.001 => "under 1 ms".to_owned(),
        s if s < 1.0 => format!("{:.0} ms", s * 1e3),
        s if s < 60.0 => format!("{s:.1} s"),
        s if s < 3_600.0 => format!("{:.1} min", s / 60.0),
        s if s < 86_400.0 => format!("{:.1} h", s / 3_600.0),
        s if s < YEAR => format!("{:.1} days", s / 86_400.0),
        s if s < 1e3 * YEAR => format!("{:.1} years", s / YEAR),
        s => format!("{} years", count(s / YEAR)),
    }
}

/// A chance in percent.
pub(super) fn percent(chance: f64) -> String {
    match chance * 100.0 {
        p if p > 0.0 && p < 0.01 => "under 0.01 %".to_owned(),
        p if p > 99.99 && p < 100.0 => "over 99.99 %".to_owned(),
        p => format!("{p:.2} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(61_670_620_262.3), "61,670,620,262");
        assert_eq!(count(12.0), "12");
        assert_eq!(count(2.5e18), "2.5 quintillion");
        assert_eq!(rate(1_934_000.0), "1.93 million keys/s");
        assert_eq!(rate(45_210.0), "45,210 keys/s");
    }

    #[test]
    fn times_read_well() {
        for (given, read) in [
            (0.0, "under 1 ms"),
            (0.25, "250 ms"),
            (59.94, "59.9 s"),
            (90.0, "1.5 min"),
            (7_200.0, "2.0 h"),
            (3.0 * 86_400.0, "3.0 days"),
            (3.5 * 365.25 * 86_400.0, "3.5 years"),
            (5e3 * 365.25 * 86_400.0, "5,000 years"),
            (f64::INFINITY, "never"),
        ] {
            assert_eq!(seconds(given), read);
        }
        assert_eq!(percent(0.5), "50.00 %");
        assert_eq!(percent(1e-9), "under 0.01 %");
        assert_eq!(percent(0.0), "0.00 %");
    }
}
