//! Seed mode: from a counter over a base to the y coordinates of public keys, a batch at a time.
//!
//! A batch is hashed, then windows of the scalars are added one after the other in sweeps over all candidates. Additions are
//! affine and share one inversion a sweep (Montgomery's trick): each sweep uses up the products of the one before, in the other
//! direction, and makes those of the next, so that a point is touched once per window. The last window needs y only.

use zeroize::Zeroize;

use super::{
    curve::A_THIRD,
    field::FieldElement,
    lanes::{Kernel, Lanes, Limbs},
    results::Finish,
    sha512::Midstate,
    table::{Row, Table},
};

/// How many groups ahead table rows are asked for.
const AHEAD: usize = 8;

/// The candidates in the lanes of one word.
///
/// Of the sum (x1, y1) so far and the row (x2, y2) that comes next, only what the addition takes is kept.
#[derive(Clone, Copy)]
struct Group<W> {
    /// k, the scalar without its three low and two high bits.
    scalar: [W; 4],
    /// The row number of the next window, with the top bit set where the digit is negative.
    row: W,
    /// x2; the numerator of y after the last window.
    x: Limbs<W>,
    /// y2 with the sign of the digit.
    y: Limbs<W>,
    /// x2 - x1; the denominator of y after the last window.
    run: Limbs<W>,
    /// y2 - y1.
    rise: Limbs<W>,
    /// The product of the runs of the groups before this one.
    prefix: Limbs<W>,
}

/// What a candidate takes in the workspace.
pub(crate) const CANDIDATE_BYTES: usize = size_of::<Group<u64>>();

/// The workspace of one thread.
pub(crate) struct SeedBatch<L: Lanes> {
    lanes: L,
    table: &'static Table,
    groups: Vec<Group<L::Word>>,
}

impl<L: Lanes> SeedBatch<L> {
    /// A workspace for a number of candidates, rounded up to whole groups.
    pub(crate) fn new(lanes: L, table: &'static Table, candidates: usize) -> Self {
        let word = lanes.splat(0);
        let zero = [word; 5];
        let empty = Group { scalar: [word; 4], row: word, x: zero, y: zero, run: zero, rise: zero, prefix: zero };
        Self { lanes, table, groups: vec![empty; candidates.div_ceil(L::LANES).max(1)] }
    }

    /// How many candidates a run takes.
    pub(crate) fn candidates(&self) -> usize {
        self.groups.len() * L::LANES
    }

    /// Computes the candidates `first..first + candidates()` of a base, whose last word counts.
    pub(crate) fn run<F: Finish<L>>(&mut self, midstate: &Midstate, first: u64, finish: &mut F) {
        self.lanes.enter(Run { batch: self, midstate, first, finish });
    }
}

impl<L: Lanes> Drop for SeedBatch<L> {
    fn drop(&mut self) {
        for group in &mut self.groups {
            group.scalar.zeroize();
            group.row.zeroize();
            group.x.zeroize();
            group.y.zeroize();
            group.run.zeroize();
            group.rise.zeroize();
            group.prefix.zeroize();
        }
        wipe_stack();
    }
}

/// Overwrites the stack below its caller, where runs leave what does not fit into registers.
#[inline(never)]
fn wipe_stack() {
    let mut below = [0u64; 4096];
    below.zeroize();
}

struct Run<'a, L: Lanes, F> {
    batch: &'a mut SeedBatch<L>,
    midstate: &'a Midstate,
    first: u64,
    finish: &'a mut F,
}

impl<L: Lanes, F: Finish<L>> Kernel<L> for Run<'_, L, F> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: L) {
        let table = self.batch.table;
        let (width, low_windows) = (table.width(), table.low_windows());
        let montgomery = self.midstate.is_x25519();
        let mut sweeps = Sweeps { lanes, table, width, low_windows, montgomery, groups: &mut self.batch.groups };
        sweeps.hash(self.midstate, self.first);
        sweeps.add_windows(self.finish);
    }
}

struct Sweeps<'a, L: Lanes> {
    lanes: L,
    table: &'static Table,
    width: u32,
    low_windows: u32,
    /// Whether u is wanted, not y.
    montgomery: bool,
    groups: &'a mut [Group<L::Word>],
}

/// A group whose addition has its slope but not yet its sum.
struct Pending<W> {
    group: usize,
    slope: Limbs<W>,
}

impl<L: Lanes> Sweeps<'_, L> {
    /// Fills in the scalars, and asks for the first rows.
    #[inline(always)]
    fn hash(&mut self, midstate: &Midstate, first: u64) {
        let l = self.lanes;
        let lane = l.load(&[0, 1, 2, 3, 4, 5, 6, 7]);
        let mut g = 0;
        while g < self.groups.len() {
            let last = l.add(l.splat(first.wrapping_add((g * L::LANES) as u64)), lane);
            let hash = midstate.finish(l, last);
            let s0 = l.swap_bytes(hash[0]);
            let s1 = l.swap_bytes(hash[1]);
            let s2 = l.swap_bytes(hash[2]);
            let s3 = l.and(l.swap_bytes(hash[3]), l.splat((1 << 62) - 1));
            self.groups[g].scalar = [
                l.or(l.shr(s0, 3), l.shl(s1, 61)),
                l.or(l.shr(s1, 3), l.shl(s2, 61)),
                l.or(l.shr(s2, 3), l.shl(s3, 61)),
                l.shr(s3, 3),
            ];
            self.find_rows(0, g);
            l.prefetch(self.rows(0), &self.groups[g].row);
            g += 1;
        }
    }

    #[inline(always)]
    fn add_windows<F: Finish<L>>(&mut self, finish: &mut F) {
        let l = self.lanes;
        let low = self.low_windows;
        let mut product = self.start();
        let mut window = 1;
        while window < low {
            let descending = window & 1 == 1;
            // Rows are on their way while the inversion takes its time.
            self.look_around(window + 1, descending);
            product = l.invert(&product);
            product = if window + 1 < low {
                self.sweep::<false>(window, descending, product)
            } else {
                self.sweep::<true>(window, descending, product)
            };
            window += 1;
        }
        product = l.invert(&product);
        self.finish(low & 1 == 1, product, finish);
    }

    /// Works out and keeps the row numbers of a window.
    #[inline(always)]
    fn find_rows(&mut self, window: u32, g: usize) {
        let l = self.lanes;
        let group = &mut self.groups[g];
        let bit = window * self.width;
        let (word, shift) = ((bit / 64) as usize, bit % 64);
        let low = l.shr(group.scalar[word], shift);
        let value = if word < 3 { l.or(low, l.shl(group.scalar[word + 1], 64 - shift)) } else { low };
        group.row = if window < self.low_windows {
            let half = self.width - 1;
            let flip = l.sub(l.and(l.shr(value, half), l.splat(1)), l.splat(1));
            let row = l.and(l.xor(value, flip), l.splat((1 << half) - 1));
            l.or(row, l.and(flip, l.splat(1 << 63)))
        } else {
            value
        };
    }

    /// Asks for the rows of a window that the group some steps ahead will need, and finds those of the group after it.
    #[inline(always)]
    fn look_ahead(&mut self, window: u32, rows: &[Row], step: usize, descending: bool) {
        let (near, far) = (step + AHEAD, step + AHEAD + 1);
        if far < self.groups.len() {
            self.find_rows(window, self.position(far, descending));
        }
        if near < self.groups.len() {
            let index = &self.groups[self.position(near, descending)].row;
            self.lanes.prefetch(rows, index);
        }
    }

    /// Finds the rows of the groups that a sweep begins with, and asks for them.
    #[inline(always)]
    fn look_around(&mut self, window: u32, descending: bool) {
        let rows = self.rows(window);
        let mut step = 0;
        while step <= AHEAD && step < self.groups.len() {
            let g = self.position(step, descending);
            self.find_rows(window, g);
            self.lanes.prefetch(rows, &self.groups[g].row);
            step += 1;
        }
    }

    #[inline(always)]
    fn rows(&self, window: u32) -> &'static [Row] {
        if window < self.low_windows { self.table.low(window) } else { self.table.top() }
    }

    /// The point of the row of each lane, with the sign of the digit.
    #[inline(always)]
    fn row(&self, rows: &[Row], g: usize) -> [Limbs<L::Word>; 2] {
        let l = self.lanes;
        let row = &self.groups[g].row;
        [l.gather_x(rows, row), l.negate_where(&l.gather_y(rows, row), *row)]
    }

    /// Where the step of a sweep is.
    #[inline(always)]
    fn position(&self, step: usize, descending: bool) -> usize {
        if descending { self.groups.len() - 1 - step } else { step }
    }

    /// The first row of every candidate, and some groups later what it takes to add the second; returns the product of the runs.
    #[inline(always)]
    fn start(&mut self) -> Limbs<L::Word> {
        let l = self.lanes;
        let mut product = l.splat_element(&FieldElement::ONE);
        let (first, second) = (self.rows(0), self.rows(1));
        let mut step = 0;
        while step < self.groups.len() + AHEAD {
            if step < self.groups.len() {
                let [x, y] = self.row(first, step);
                self.find_rows(1, step);
                let group = &mut self.groups[step];
                (group.x, group.y) = (x, y);
                l.prefetch(second, &group.row);
            }
            if step >= AHEAD {
                let g = step - AHEAD;
                let (x, y) = (self.groups[g].x, self.groups[g].y);
                self.open::<false>(second, g, &x, &y, &mut product);
            }
            step += 1;
        }
        product
    }

    /// Adds a window to every candidate and opens the next one, which is the top one if `LAST`. Takes the inverse of the
    /// product of all runs and returns the product of the next ones.
    ///
    /// A multiplication takes 70 cycles of which it keeps the units busy for 50, so the second half of a group's work runs between the
    /// steps of the first half of the next group's: neighbours never wait for each other.
    #[inline(always)]
    fn sweep<const LAST: bool>(&mut self, window: u32, descending: bool, inverse: Limbs<L::Word>) -> Limbs<L::Word> {
        let l = self.lanes;
        let rows = self.rows(window + 1);
        let mut inverse = inverse;
        let mut product = l.splat_element(&FieldElement::ONE);
        self.look_ahead(window + 1, rows, 0, descending);
        let mut pending = self.slope(self.position(0, descending), &mut inverse);
        let mut step = 1;
        while step < self.groups.len() {
            self.look_ahead(window + 1, rows, step, descending);
            let g = self.position(step, descending);
            let reciprocal = l.columns(&inverse, &self.groups[g].prefix);
            let square = l.square_columns(&pending.slope);
            let reciprocal = l.settle(&reciprocal);
            let next_inverse = l.columns(&inverse, &self.groups[g].run);
            let (x, back) = self.sum_x(pending.group, &square);
            inverse = l.settle(&next_inverse);
            let slope = l.columns(&reciprocal, &self.groups[g].rise);
            let rest = l.columns(&pending.slope, &back);
            let slope = l.settle(&slope);
            let y = l.loose_less(&rest, &self.groups[pending.group].y);
            self.open::<LAST>(rows, pending.group, &x, &y, &mut product);
            pending = Pending { group: g, slope };
            step += 1;
        }
        let square = l.square_columns(&pending.slope);
        let (x, back) = self.sum_x(pending.group, &square);
        let rest = l.columns(&pending.slope, &back);
        let y = l.loose_less(&rest, &self.groups[pending.group].y);
        self.open::<LAST>(rows, pending.group, &x, &y, &mut product);
        product
    }

    #[inline(always)]
    fn slope(&self, g: usize, inverse: &mut Limbs<L::Word>) -> Pending<L::Word> {
        let l = self.lanes;
        let group = &self.groups[g];
        let reciprocal = l.mul(inverse, &group.prefix);
        *inverse = l.mul(inverse, &group.run);
        Pending { group: g, slope: l.mul(&reciprocal, &group.rise) }
    }

    /// x3 = slope^2 - x1 - x2, loose, and x2 - x3, by which y3 = slope * (x2 - x3) - y2.
    #[inline(always)]
    fn sum_x(&self, g: usize, square: &L::Columns) -> (Limbs<L::Word>, Limbs<L::Word>) {
        let l = self.lanes;
        let group = &self.groups[g];
        let x = l.loose_less_twice(square, &group.x, &group.run);
        (x, l.less_loose(&group.x, &x))
    }

    /// What the next addition takes, and its place in the product. x and y are loose, or those of a row.
    #[inline(always)]
    fn open<const LAST: bool>(
        &mut self,
        rows: &[Row],
        g: usize,
        x: &Limbs<L::Word>,
        y: &Limbs<L::Word>,
        product: &mut Limbs<L::Word>,
    ) {
        let l = self.lanes;
        if LAST {
            self.open_top(rows, g, x, y);
        } else {
            let [row_x, row_y] = self.row(rows, g);
            let group = &mut self.groups[g];
            group.run = l.less_loose_tidied(&row_x, x);
            group.rise = l.less_loose(&row_y, y);
            group.x = row_x;
            group.y = row_y;
        }
        let group = &mut self.groups[g];
        group.prefix = *product;
        *product = l.mul(product, &group.run);
    }

    /// The last addition as a fraction of the Edwards y: with the slope N / D, u = (N / D)^2 - A - u1 - u2 and
    /// y = (u - 1) / (u + 1), so y = (N^2 - M - D^2) / (N^2 - M + D^2) where M = (x1 + x2 + A/3) D^2; u = (N^2 - M) / D^2.
    #[inline(always)]
    fn open_top(&mut self, rows: &[Row], g: usize, x: &Limbs<L::Word>, y: &Limbs<L::Word>) {
        let l = self.lanes;
        let group = &mut self.groups[g];
        let [row_x, row_y] = [l.gather_x(rows, &group.row), l.gather_y(rows, &group.row)];
        let zero = l.splat_element(&FieldElement::ZERO);
        let (minus_x, minus_y) = (l.tidy(&l.less_loose(&zero, x)), l.tidy(&l.less_loose(&zero, y)));
        let d2 = l.tidy(&l.square(&l.plus(&row_x, &minus_x)));
        let n2 = l.tidy(&l.square(&l.plus(&row_y, &minus_y)));
        // x2 + x1 + A/3.
        let sum = l.minus(&l.tidy(&l.sum(&row_x, &l.splat_element(&A_THIRD))), &minus_x);
        let rest = l.sub_settle(&n2, &l.columns(&sum, &d2));
        if self.montgomery {
            (group.x, group.run) = (rest, d2);
        } else {
            (group.x, group.run) = (l.minus(&rest, &d2), l.plus(&rest, &d2));
        }
    }

    /// Hands out the fractions.
    #[inline(always)]
    fn finish<F: Finish<L>>(&mut self, descending: bool, inverse: Limbs<L::Word>, finish: &mut F) {
        let l = self.lanes;
        let mut inverse = inverse;
        let mut step = 0;
        while step < self.groups.len() {
            let g = self.position(step, descending);
            let group = &self.groups[g];
            let this = l.mul(&inverse, &group.prefix);
            inverse = l.mul(&inverse, &group.run);
            finish.group(l, g, &group.x, &this);
            step += 1;
        }
    }
}
