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
/// A point is kept as -x and -y: then x2 - x1 and y2 - y1 with a table row are plain sums.
#[derive(Clone, Copy)]
struct Group<W> {
    /// k, the scalar without its three low and two high bits.
    scalar: [W; 4],
    /// Row numbers of the windows at hand, the even and the odd one; bit 32 is set where the digit is positive.
    rows: [W; 2],
    /// -x; the numerator of y after the last window.
    x: Limbs<W>,
    /// -y.
    y: Limbs<W>,
    /// x2 - x1 of the next addition; the denominator of y after the last window.
    difference: Limbs<W>,
    /// The product of the differences of the groups before this one.
    prefix: Limbs<W>,
}

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
        let empty = Group { scalar: [word; 4], rows: [word; 2], x: zero, y: zero, difference: zero, prefix: zero };
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
            group.rows.zeroize();
            group.x.zeroize();
            group.y.zeroize();
            group.difference.zeroize();
            group.prefix.zeroize();
        }
    }
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
        let mut sweeps = Sweeps { lanes, table: self.batch.table, groups: &mut self.batch.groups };
        sweeps.hash(self.midstate, self.first);
        sweeps.add_windows(self.finish);
    }
}

struct Sweeps<'a, L: Lanes> {
    lanes: L,
    table: &'static Table,
    groups: &'a mut [Group<L::Word>],
}

/// A group whose addition has its slope but not yet its sum.
struct Pending<W> {
    group: usize,
    slope: Limbs<W>,
    row_y: Limbs<W>,
}

impl<L: Lanes> Sweeps<'_, L> {
    /// Fills in the scalars.
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
            g += 1;
        }
    }

    #[inline(always)]
    fn add_windows<F: Finish<L>>(&mut self, finish: &mut F) {
        let l = self.lanes;
        let low = self.table.low_windows();
        let mut product = self.start();
        let mut window = 1;
        while window < low {
            product = l.invert(&product);
            let descending = window & 1 == 1;
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
        let bit = window * self.table.width();
        let (word, shift) = ((bit / 64) as usize, bit % 64);
        let low = l.shr(group.scalar[word], shift);
        let value = if word < 3 { l.or(low, l.shl(group.scalar[word + 1], 64 - shift)) } else { low };
        group.rows[window as usize & 1] = if window < self.table.low_windows() {
            let half = self.table.width() - 1;
            let positive = l.and(l.shr(value, half), l.splat(1));
            let flip = l.sub(positive, l.splat(1));
            let row = l.and(l.xor(value, flip), l.splat((1 << half) - 1));
            l.or(row, l.shl(positive, 32))
        } else {
            value
        };
    }

    /// Asks for the rows of a window that the group some steps ahead will need, and finds those of the group after it.
    #[inline(always)]
    fn look_ahead(&mut self, window: u32, step: usize, descending: bool) {
        let (near, far) = (step + AHEAD, step + AHEAD + 1);
        if far < self.groups.len() {
            self.find_rows(window, self.position(far, descending));
        }
        if near < self.groups.len() {
            let index = &self.groups[self.position(near, descending)].rows[window as usize & 1];
            self.lanes.prefetch(self.rows(window), index);
        }
    }

    /// Finds the rows of the groups that a sweep begins with.
    #[inline(always)]
    fn look_around(&mut self, window: u32, descending: bool) {
        let mut step = 0;
        while step <= AHEAD && step < self.groups.len() {
            let g = self.position(step, descending);
            self.find_rows(window, g);
            self.lanes.prefetch(self.rows(window), &self.groups[g].rows[window as usize & 1]);
            step += 1;
        }
    }

    #[inline(always)]
    fn rows(&self, window: u32) -> &'static [Row] {
        if window < self.table.low_windows() { self.table.low(window) } else { self.table.top() }
    }

    #[inline(always)]
    fn row_x(&self, window: u32, g: usize) -> Limbs<L::Word> {
        self.lanes.gather_x(self.rows(window), &self.groups[g].rows[window as usize & 1])
    }

    /// y of the row with the sign of the digit.
    #[inline(always)]
    fn row_y(&self, window: u32, g: usize) -> Limbs<L::Word> {
        let l = self.lanes;
        let rows = &self.groups[g].rows[window as usize & 1];
        let y = l.gather_y(self.table.low(window), rows);
        l.negate_where(&y, l.sub(l.shr(*rows, 32), l.splat(1)))
    }

    /// Where the step of a sweep is.
    #[inline(always)]
    fn position(&self, step: usize, descending: bool) -> usize {
        if descending { self.groups.len() - 1 - step } else { step }
    }

    /// The first row of every candidate, and the differences to the second; returns their product.
    #[inline(always)]
    fn start(&mut self) -> Limbs<L::Word> {
        let l = self.lanes;
        let mut product = l.splat_element(&FieldElement::ONE);
        self.look_around(0, false);
        self.look_around(1, false);
        let mut g = 0;
        while g < self.groups.len() {
            self.look_ahead(0, g, false);
            self.look_ahead(1, g, false);
            let always = l.splat(u64::MAX);
            let x = l.negate_where(&self.row_x(0, g), always);
            let y = l.tidy(&l.minus(&l.splat_element(&FieldElement::ZERO), &self.row_y(0, g)));
            let difference = l.tidy(&l.sum(&x, &self.row_x(1, g)));
            let group = &mut self.groups[g];
            group.x = x;
            group.y = y;
            group.difference = difference;
            group.prefix = product;
            product = l.mul(&product, &difference);
            g += 1;
        }
        product
    }

    /// Adds a window to every candidate and opens the next one, which is the top one if `LAST`. Takes the inverse of the
    /// product of all differences and returns the product of the next ones.
    ///
    /// A multiplication takes 70 cycles of which it keeps the units busy for 50, so the second half of a group's work runs between the
    /// steps of the first half of the next group's: neighbours never wait for each other.
    #[inline(always)]
    fn sweep<const LAST: bool>(&mut self, window: u32, descending: bool, inverse: Limbs<L::Word>) -> Limbs<L::Word> {
        let l = self.lanes;
        let mut inverse = inverse;
        let mut product = l.splat_element(&FieldElement::ONE);
        self.look_around(window + 1, descending);
        self.look_ahead(window + 1, 0, descending);
        let mut pending = self.slope(window, self.position(0, descending), &mut inverse);
        let mut step = 1;
        while step < self.groups.len() {
            self.look_ahead(window + 1, step, descending);
            let g = self.position(step, descending);
            let reciprocal = l.columns(&inverse, &self.groups[g].prefix);
            let square = l.square_columns(&pending.slope);
            let reciprocal = l.settle(&reciprocal);
            let next_inverse = l.columns(&inverse, &self.groups[g].difference);
            let from_row = self.sum_x(pending.group, &square);
            inverse = l.settle(&next_inverse);
            let row_y = self.row_y(window, g);
            let slope = l.columns(&reciprocal, &l.sum(&row_y, &self.groups[g].y));
            let rest = l.columns(&pending.slope, &from_row);
            let slope = l.settle(&slope);
            self.groups[pending.group].y = l.sub_settle(&pending.row_y, &rest);
            self.open::<LAST>(window + 1, pending.group, &mut product);
            pending = Pending { group: g, slope, row_y };
            step += 1;
        }
        let square = l.square_columns(&pending.slope);
        let from_row = self.sum_x(pending.group, &square);
        let rest = l.columns(&pending.slope, &from_row);
        self.groups[pending.group].y = l.sub_settle(&pending.row_y, &rest);
        self.open::<LAST>(window + 1, pending.group, &mut product);
        product
    }

    #[inline(always)]
    fn slope(&self, window: u32, g: usize, inverse: &mut Limbs<L::Word>) -> Pending<L::Word> {
        let l = self.lanes;
        let group = &self.groups[g];
        let reciprocal = l.mul(inverse, &group.prefix);
        *inverse = l.mul(inverse, &group.difference);
        let row_y = self.row_y(window, g);
        Pending { group: g, slope: l.mul(&reciprocal, &l.sum(&row_y, &group.y)), row_y }
    }

    /// -x3 = x1 + x2 - slope^2, from the square; returns x2 - x3, by which -y3 = y2 - slope * (x2 - x3).
    #[inline(always)]
    fn sum_x(&mut self, g: usize, square: &L::Columns) -> Limbs<L::Word> {
        let l = self.lanes;
        let group = &mut self.groups[g];
        let x = l.sub_twice_settle(&group.difference, &group.x, square);
        let from_row = l.sum_less(&group.difference, &x, &group.x);
        group.x = x;
        from_row
    }

    /// The difference of the next addition, and its place in the product.
    #[inline(always)]
    fn open<const LAST: bool>(&mut self, window: u32, g: usize, product: &mut Limbs<L::Word>) {
        let l = self.lanes;
        if LAST {
            self.open_top(g);
        } else {
            let row_x = self.row_x(window, g);
            self.groups[g].difference = l.tidy(&l.sum(&row_x, &self.groups[g].x));
        }
        let group = &mut self.groups[g];
        group.prefix = *product;
        *product = l.mul(product, &group.difference);
    }

    /// The last addition as a fraction of the Edwards y: with the slope N / D, u = (N / D)^2 - A - u1 - u2 and
    /// y = (u - 1) / (u + 1), so y = (N^2 - M - D^2) / (N^2 - M + D^2) where M = (x1 + x2 + A/3) D^2.
    #[inline(always)]
    fn open_top(&mut self, g: usize) {
        let l = self.lanes;
        let group = &mut self.groups[g];
        let index = &group.rows[self.table.low_windows() as usize & 1];
        let row_x = l.gather_x(self.table.top(), index);
        let row_y = l.gather_y(self.table.top(), index);
        let d2 = l.tidy(&l.square(&l.plus(&row_x, &group.x)));
        let n2 = l.tidy(&l.square(&l.plus(&row_y, &group.y)));
        // x2 + x1 + A/3, with x1 kept negated.
        let sum = l.minus(&l.tidy(&l.sum(&row_x, &l.splat_element(&A_THIRD))), &group.x);
        let rest = l.sub_settle(&n2, &l.columns(&sum, &d2));
        group.x = l.minus(&rest, &d2);
        group.difference = l.plus(&rest, &d2);
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
            inverse = l.mul(&inverse, &group.difference);
            finish.group(l, g, &group.x, &this);
            step += 1;
        }
    }
}
