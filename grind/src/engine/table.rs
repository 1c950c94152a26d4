//! The fixed-base table of seed mode: odd multiples of the base point by windows of the scalar.
//!
//! A clamped scalar is a = 2^254 + 8k with k below 2^251. The low windows of k are recoded bit by bit, b to 2b - 1, so that a window
//! v of w bits becomes the odd digit 2v + 1 - 2^w: the sign halves the table and no digit is zero, so that the addition of
//! affine points never meets an exception. With P = 4B and m bits in the low windows,
//! aB = sum of digit_j * 2^(wj) * P + (2^m - 1) P + 2^254 B + (k >> m) 2^m * 8B, and the last three terms are the rows of the top window.

use std::{
    sync::{Mutex, OnceLock, PoisonError},
    thread,
};

use curve25519_dalek::{EdwardsPoint, Scalar};

use super::{
    curve::{Affine, extend_by},
    form::Form,
    pages,
};

/// Bits of k, the clamped scalar without its fixed bits.
pub(crate) const FREE_BITS: u32 = 251;
/// The narrowest window offered.
pub(crate) const MIN_WINDOW: u32 = 4;
/// The widest window offered: 117 MB.
pub(crate) const MAX_WINDOW: u32 = 18;

/// Most cores that build a table: each takes 13 MB for a window of the widest.
const BUILDERS: usize = 4;

/// One point, both coordinates below p in little-endian words, with what its form adds to every limb: one cache line.
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
pub(crate) struct Row {
    pub(crate) x: [u64; 4],
    pub(crate) y: [u64; 4],
}

impl Row {
    fn new(point: &Affine, form: Form) -> Self {
        let offset = form.row_offset();
        Self { x: point.x.add(&offset).to_words(), y: point.y.add(&offset).to_words() }
    }
}

/// The rows of all windows, one window after the other. See the module for what they hold.
#[derive(Debug)]
pub(crate) struct Table {
    width: u32,
    rows: &'static [Row],
}

impl Table {
    /// The table of a width for a form of numbers, built by whoever asks first and kept as long as the program runs. Those of integers are the same.
    pub(crate) fn shared(width: u32, form: Form) -> &'static Self {
        static TABLES: [[OnceLock<Table>; MAX_WINDOW as usize + 1]; 2] =
            [const { [const { OnceLock::new() }; MAX_WINDOW as usize + 1] }; 2];
        let width = width.clamp(MIN_WINDOW, MAX_WINDOW);
        TABLES[usize::from(form == Form::Doubles)][width as usize].get_or_init(|| Self::build(width, form))
    }

    /// Windows stand alone, so that several cores build them.
    fn build(width: u32, form: Form) -> Self {
        let low = low_windows(width);
        let bits = low * width;
        let rows: &'static mut [Row] = pages::for_ever(row_count(width));
        let (mut windows, mut free) = (Vec::new(), &mut *rows);
        let mut add = |start: EdwardsPoint, step: EdwardsPoint, bits: u32| {
            let (rows, rest) = std::mem::take(&mut free).split_at_mut(1 << bits);
            windows.push(Window { rows, start, step });
            free = rest;
        };
        let mut base = EdwardsPoint::mul_base(&Scalar::from(4u8));
        for _ in 0..low {
            add(base, base + base, width - 1);
            for _ in 0..width {
                base += base;
            }
        }
        // Here base = 2^m P, and 2^m * 8B is its double.
        let constant = base - EdwardsPoint::mul_base(&Scalar::from(4u8)) + EdwardsPoint::mul_base(&power_of_two(254));
        add(constant, base + base, FREE_BITS - bits);
        let helpers = thread::available_parallelism().map_or(1, usize::from).min(BUILDERS) - 1;
        let windows = Mutex::new(windows);
        let next = || windows.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let work = || {
            while let Some(mut window) = next() {
                window.fill(form);
            }
        };
        thread::scope(|scope| {
            for _ in 0..helpers {
                // Where the system has no thread left, the others have more to do.
                let _ = thread::Builder::new().spawn_scoped(scope, work);
            }
            work();
        });
        Self { width, rows }
    }

    /// Bits of a low window.
    #[inline(always)]
    pub(crate) fn width(&self) -> u32 {
        self.width
    }

    /// Windows below the top one.
    #[inline(always)]
    pub(crate) fn low_windows(&self) -> u32 {
        low_windows(self.width)
    }

    /// The rows of a low window: row i is the point of digit 2i + 1.
    #[inline(always)]
    pub(crate) fn low(&self, window: u32) -> &[Row] {
        let size = 1 << (self.width - 1);
        let start = window as usize * size;
        &self.rows[start..start + size]
    }

    /// The rows of the top window: row v is the point of value v, with the constant part of every key.
    #[inline(always)]
    pub(crate) fn top(&self) -> &[Row] {
        &self.rows[(self.low_windows() as usize) << (self.width - 1)..]
    }
}

/// The rows of a window before they are there: multiples of `step` on from `start`.
struct Window<'a> {
    rows: &'a mut [Row],
    start: EdwardsPoint,
    step: EdwardsPoint,
}

impl Window<'_> {
    fn fill(&mut self, form: Form) {
        let points = progression(self.start, self.step, self.rows.len().ilog2());
        for (row, point) in self.rows.iter_mut().zip(&points) {
            *row = Row::new(point, form);
        }
    }
}

/// Bytes that the table of a width takes.
#[cfg(test)]
pub(crate) const fn table_bytes(width: u32) -> usize {
    row_count(width) * size_of::<Row>()
}

const fn low_windows(width: u32) -> u32 {
    (FREE_BITS - 1) / width
}

pub(crate) const fn row_count(width: u32) -> usize {
    let low = low_windows(width);
    ((low as usize) << (width - 1)) + (1 << (FREE_BITS - low * width))
}

/// `start + i * step` for all i below 2^bits.
fn progression(start: EdwardsPoint, mut step: EdwardsPoint, bits: u32) -> Vec<Affine> {
    let mut points = Vec::with_capacity(1 << bits);
    points.push(Affine::new(&start));
    for _ in 0..bits {
        extend_by(&mut points, &Affine::new(&step));
        step += step;
    }
    points
}

fn power_of_two(exponent: usize) -> Scalar {
    let mut bytes = [0; 32];
    bytes[exponent / 8] = 1 << (exponent % 8);
    Scalar::from_bytes_mod_order(bytes)
}

#[cfg(test)]
mod tests {
    use super::{super::field::FieldElement, *};

    /// What the row of a low window must be, by the library.
    fn expected(width: u32, window: u32, i: u64) -> EdwardsPoint {
        let scalar = power_of_two((width * window) as usize) * Scalar::from(4 * (2 * i + 1));
        EdwardsPoint::mul_base(&scalar)
    }

    fn edwards_y(row: &Row) -> [u8; 32] {
        Affine { x: FieldElement::from_words(&row.x), y: FieldElement::from_words(&row.y) }.edwards_y().to_bytes()
    }

    #[test]
    fn rows_are_odd_multiples() {
        for width in [4, 7, 12] {
            let table = Table::build(width, Form::Limbs51);
            for window in [0, 1, table.low_windows() - 1] {
                for i in [0, 1, 2, (1 << (width - 1)) - 1] {
                    let mut bytes = expected(width, window, i).compress().to_bytes();
                    bytes[31] &= 0x7f;
                    assert_eq!(
                        edwards_y(&table.low(window)[i as usize]),
                        bytes,
                        "width {width} window {window} row {i}"
                    );
                }
            }
        }
    }

    #[test]
    fn sizes() {
        for width in MIN_WINDOW..=MAX_WINDOW {
            assert!(table_bytes(width) < 200 << 20, "width {width}");
        }
        for width in [4, 5, 12, 14] {
            let table = Table::build(width, Form::Limbs51);
            assert_eq!(size_of_val(table.rows), table_bytes(width));
            assert_eq!(table.top().len(), 1 << (FREE_BITS - width * table.low_windows()));
        }
    }
}
