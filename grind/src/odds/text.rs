//! Fractions of whole numbers as floating point, as exact decimals, and as people say them.

use num_bigint::BigUint;

/// `a / b` correct to about 2^-52; infinite if `b` is 0 and `a` is not.
pub(super) fn ratio(a: &BigUint, b: &BigUint) -> f64 {
    let ((x, shift_x), (y, shift_y)) = (leading(a), leading(b));
    x / y * 2f64.powi(shift_x - shift_y)
}

/// The leading 64 bits of a number, and how far they were shifted.
fn leading(number: &BigUint) -> (f64, i32) {
    let shift = number.bits().saturating_sub(64);
    let top = (number >> shift).iter_u64_digits().next().unwrap_or(0);
    (top as f64, shift as i32)
}

/// `a / b` as a decimal: two decimals from 1,000 on and six below, trailing zeros cut, rounded half up.
pub(super) fn decimal(a: &BigUint, b: &BigUint) -> String {
    let decimals = if a >= &(b * 1000u32) { 2 } else { 6 };
    let scale = BigUint::from(10u8).pow(decimals);
    let scaled = (a * &scale * 2u8 + b) / (b * 2u8);
    let (whole, part) = (&scaled / &scale, &scaled % &scale);
    let text = format!("{whole}.{:0>width$}", part.to_string(), width = decimals as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const NAMES: [(f64, &str); 6] = [
    (1e21, "sextillion"),
    (1e18, "quintillion"),
    (1e15, "quadrillion"),
    (1e12, "trillion"),
    (1e9, "billion"),
    (1e6, "million"),
];

/// Odds as people read them, such as `1 in 195.0 million`, `1 in 195,112` or `1 in 31.5`.
pub fn human(one_in: f64) -> String {
    if !one_in.is_finite() {
        return "never".to_owned();
    }
    if one_in >= 1e24 {
        let exponent = one_in.log10().floor();
        return format!("1 in {:.1} × 10^{exponent}", one_in / 10f64.powf(exponent));
    }
    // Rounding comes first, so that 999,999.9 thousand is not said.
    if let Some((unit, name)) =
        NAMES.iter().find(|(unit, _)| (one_in / unit * 10.0).round() >= 10.0 && one_in.round() >= *unit)
    {
        return format!("1 in {:.1} {name}", one_in / unit);
    }
    if one_in < 100.0 {
        return format!("1 in {one_in:.1}");
    }
    format!("1 in {}", grouped(one_in.round() as u64))
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read() {
        let cases = [
            (1.0, "1 in 1.0"),
            (31.4839, "1 in 31.5"),
            (4_754.12, "1 in 4,754"),
            (195_112.0, "1 in 195,112"),
            (999_999.4, "1 in 999,999"),
            (999_999.9, "1 in 1.0 million"),
            (194_978_686.79, "1 in 195.0 million"),
            (61_670_620_262.34, "1 in 61.7 billion"),
            (1.5e24, "1 in 1.5 × 10^24"),
            (f64::INFINITY, "never"),
        ];
        for (one_in, text) in cases {
            assert_eq!(human(one_in), text);
        }
    }

    #[test]
    fn decimals_round_half_up() {
        let decimal = |a: u32, b: u32| decimal(&a.into(), &b.into());
        assert_eq!(decimal(2, 3), "0.666667");
        assert_eq!(decimal(1, 1), "1");
        assert_eq!(decimal(10_001, 8), "1250.13");
        assert_eq!(decimal(999_999_999, 1_000_000), "999.999999");
    }

    #[test]
    fn ratios_of_huge_numbers() {
        let one = BigUint::from(1u8);
        assert_eq!(ratio(&(&one << 256), &(&one << 250)), 64.0);
        assert_eq!(ratio(&(&one << 256), &BigUint::ZERO), f64::INFINITY);
        assert_eq!(ratio(&BigUint::ZERO, &one), 0.0);
    }
}
