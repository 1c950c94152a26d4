//! The chance of a search as a curve over attempts, from nothing to 99 %: what lies behind, and what lies ahead.
//! Never a bar that fills: the search has no memory.

/// The curve as paths in a box of 600 by 150.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    /// What lies behind.
    pub(crate) line: String,
    /// The same, filled down to the axis.
    pub(crate) area: String,
    /// What lies ahead.
    pub(crate) rest: String,
    /// Where it is now: a path of no length, drawn as a dot.
    pub(crate) now: String,
}

const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 150.0;
/// Expected attempts over the whole width: 1 - e^-4.6 is 99 %.
const SPAN: f64 = 4.6;

impl Curve {
    /// The curve of a search that has had `chance`.
    pub(crate) fn new(chance: f64) -> Self {
        let now = (-(-chance.clamp(0.0, 0.999)).ln_1p()).min(SPAN);
        let x = |load: f64| load / SPAN * WIDTH;
        let y = |load: f64| HEIGHT * (-load).exp();
        let path = |from: f64, to: f64| {
            let points = (0..=24).map(|step| from + (to - from) * f64::from(step) / 24.0);
            points.map(|load| format!("{:.1},{:.1}", x(load), y(load))).collect::<Vec<_>>().join(" L")
        };
        let line = format!("M{}", path(0.0, now));
        let area = format!("{line} L{:.1},{HEIGHT} L0,{HEIGHT} Z", x(now));
        let rest = format!("M{}", path(now, SPAN));
        let now = format!("M{:.1},{:.1}h0", x(now), y(now));
        Self { line, area, rest, now }
    }

    /// Heights of the lines for 50, 90 and 99 %.
    pub(crate) fn lines(&self) -> [f64; 3] {
        [HEIGHT * 0.5, HEIGHT * 0.1, HEIGHT * 0.01]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_starts_at_nothing_and_never_reaches_certainty() {
        assert!(Curve::new(0.0).line.ends_with("L0.0,150.0"));
        assert!(Curve::new(0.5).rest.starts_with("M90.4,75.0"));
        assert_eq!(Curve::new(0.5).now, "M90.4,75.0h0");
        let certain = Curve::new(1.0);
        assert!(certain.line.ends_with("L600.0,1.5"), "{}", certain.line);
    }
}
