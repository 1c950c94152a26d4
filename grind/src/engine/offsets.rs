//! Scalar mode: y coordinates of the points around a centre that moves along, three multiplications a candidate.
//!
//! Lanes are centres, and every centre goes through the same table of steps to either side, both of which share a denominator. The
//! move to the next centres takes its inverse from the same inversion.

use super::{
    curve::EDWARDS_D,
    field::FieldElement,
    lanes::{Kernel, Lanes, Limbs, MAX_LANES},
    steps::{Step, steps},
};

/// Independent products, so that no multiplication waits for the one before.
pub(super) const CHAINS: usize = 4;

/// The affine Edwards coordinates of the centres, and what they contribute to their neighbours.
#[derive(Clone, Copy)]
pub(super) struct Centres<W> {
    x: Limbs<W>,
    y: Limbs<W>,
    /// -d y^2.
    pub(super) minus_kappa: Limbs<W>,
    /// x (1 + d y^2) / y and its negative.
    pub(super) c: [Limbs<W>; 2],
}

/// What Montgomery's trick keeps of a denominator on the way there.
#[derive(Clone, Copy)]
pub(super) struct Openings<W> {
    /// The product of those before it in its chain.
    pub(super) before: Limbs<W>,
    pub(super) denominator: Limbs<W>,
}

/// The sum of the centres and the move, as fractions over the two denominators 1 ± d x1 x2 y1 y2.
struct Moved<W> {
    x: Limbs<W>,
    y: Limbs<W>,
    x_den: Limbs<W>,
    y_den: Limbs<W>,
    /// Both denominators and the numerator of y, the inverse of which all of the next centre follows from.
    product: Limbs<W>,
}

/// The workspace of one thread.
pub(crate) struct OffsetBatch<L: Lanes> {
    pub(super) lanes: L,
    steps: &'static [Step<[u64; 5]>],
    pub(super) centres: Centres<L::Word>,
    /// x and y of the point that takes every centre to its next place.
    step: [FieldElement; 2],
    prefixes: Vec<Limbs<L::Word>>,
    /// The same for blocks of steps.
    pub(super) openings: Vec<Openings<L::Word>>,
}

/// What takes the candidates of a scan.
pub(crate) trait FinishPair<L: Lanes> {
    /// Called for every step, in any order: y of the candidates `i + 1` steps after and before the centres is
    /// `factor * terms[0]` and `factor * terms[1]`.
    fn pair(&mut self, lanes: L, i: usize, factor: &Limbs<L::Word>, terms: [&Limbs<L::Word>; 2]);

    /// The same with the numbers below p that are written out, in little-endian words.
    fn words(&mut self, lanes: L, i: usize, words: [&[L::Word; 4]; 2]);
}

impl<L: Lanes> OffsetBatch<L> {
    /// A workspace of `reach` steps to either side, a multiple of 8, for centres given by their Edwards coordinates, one a lane, and
    /// the point that each moves by after a scan.
    pub(crate) fn new(
        lanes: L,
        reach: usize,
        centres: &[(FieldElement, FieldElement)],
        step: (FieldElement, FieldElement),
    ) -> Self {
        let mut x = [FieldElement::ONE; MAX_LANES];
        let mut y = [FieldElement::ONE; MAX_LANES];
        let mut c = [FieldElement::ONE; MAX_LANES];
        let mut minus_kappa = [FieldElement::ONE; MAX_LANES];
        for (i, centre) in centres.iter().take(L::LANES).enumerate() {
            (x[i], y[i]) = *centre;
            let kappa = EDWARDS_D.mul(&y[i].square());
            minus_kappa[i] = kappa.neg();
            c[i] = x[i].mul(&FieldElement::ONE.add(&kappa)).mul(&y[i].invert());
        }
        let minus_c = c.map(|c| c.neg());
        let centres = Centres {
            x: lanes.load_elements(&x),
            y: lanes.load_elements(&y),
            minus_kappa: lanes.load_elements(&minus_kappa),
            c: [lanes.load_elements(&c), lanes.load_elements(&minus_c)],
        };
        let steps = &steps::<L>()[..reach];
        Self { lanes, steps, centres, step: [step.0, step.1], prefixes: Vec::new(), openings: Vec::new() }
    }

    /// Steps to either side of a centre.
    pub(crate) fn reach(&self) -> usize {
        self.steps.len()
    }

    /// Candidates of a scan.
    pub(crate) fn candidates(&self) -> usize {
        2 * self.steps.len() * L::LANES
    }

    /// Hands out all neighbours of the centres, and moves these. Returns false, with nothing handed out, if a denominator was zero.
    pub(crate) fn scan<F: FinishPair<L>>(&mut self, finish: &mut F) -> bool {
        let nothing = [self.lanes.splat(0); 5];
        self.prefixes.resize(self.reach(), nothing);
        self.lanes.enter(Scan { batch: self, finish })
    }

    /// Takes the products of the denominators of all chains, moves the centres, and returns the inverses of the products times y of the
    /// centres; nothing if one of them is zero. One inversion does for all.
    #[inline(always)]
    pub(super) fn invert_runs(&mut self, runs: &[Limbs<L::Word>; CHAINS]) -> Option<[Limbs<L::Word>; CHAINS]> {
        let l = self.lanes;
        let moved = moved(l, &self.centres, &self.step);
        let run01 = l.mul(&runs[0], &runs[1]);
        let run23 = l.mul(&runs[2], &runs[3]);
        let all = l.mul(&run01, &run23);
        let inverse = l.invert(&l.mul(&all, &moved.product));
        if is_zero(l, &inverse) {
            return None;
        }
        let y = self.centres.y;
        self.centres = arrive(l, &moved, &l.mul(&inverse, &all));

        // y of the centre is a factor of every candidate, so it goes in here once.
        let inverse = l.mul(&l.mul(&inverse, &moved.product), &y);
        let inverse01 = l.mul(&inverse, &run23);
        let inverse23 = l.mul(&inverse, &run01);
        Some([
            l.mul(&inverse01, &runs[1]),
            l.mul(&inverse01, &runs[0]),
            l.mul(&inverse23, &runs[3]),
            l.mul(&inverse23, &runs[2]),
        ])
    }
}

struct Scan<'a, L: Lanes, F> {
    batch: &'a mut OffsetBatch<L>,
    finish: &'a mut F,
}

impl<L: Lanes, F: FinishPair<L>> Kernel<L> for Scan<'_, L, F> {
    type Output = bool;

    #[inline(always)]
    fn run(self, l: L) -> bool {
        let batch = self.batch;
        let centres = batch.centres;
        let runs = products(l, batch.steps, &centres.minus_kappa, &mut batch.prefixes);
        let Some(mut runs) = batch.invert_runs(&runs) else { return false };
        let mut end = batch.steps.len();
        while end > 0 {
            end -= CHAINS;
            two::<L, F, 2>(l, batch.steps, &centres, &batch.prefixes, end, &mut runs, self.finish);
            two::<L, F, 0>(l, batch.steps, &centres, &batch.prefixes, end, &mut runs, self.finish);
        }
        true
    }
}

/// Products of the denominators in four chains, and of those before each.
#[inline(always)]
fn products<L: Lanes>(
    l: L,
    steps: &[Step<[u64; 5]>],
    minus_kappa: &Limbs<L::Word>,
    prefixes: &mut [Limbs<L::Word>],
) -> [Limbs<L::Word>; CHAINS] {
    let mut runs = [l.splat_element(&FieldElement::ONE); CHAINS];
    let mut i = 0;
    while i < steps.len() {
        let mut chain = 0;
        while chain < CHAINS {
            let denominator = l.sum(&l.splat_limbs(&steps[i + chain].e), minus_kappa);
            prefixes[i + chain] = runs[chain];
            runs[chain] = l.mul(&runs[chain], &denominator);
            chain += 1;
        }
        i += CHAINS;
    }
    runs
}

/// The candidates of two neighbouring steps, step by step side by side: neither waits for its own last multiplication.
#[inline(always)]
fn two<L: Lanes, F: FinishPair<L>, const FIRST: usize>(
    l: L,
    steps: &[Step<[u64; 5]>],
    centres: &Centres<L::Word>,
    prefixes: &[Limbs<L::Word>],
    at: usize,
    runs: &mut [Limbs<L::Word>; CHAINS],
    finish: &mut F,
) {
    let (i, j) = (at + FIRST, at + FIRST + 1);
    let (a, b) = (&steps[i], &steps[j]);
    let inverse_a = l.columns(&runs[FIRST], &prefixes[i]);
    let inverse_b = l.columns(&runs[FIRST + 1], &prefixes[j]);
    let inverse_a = l.settle(&inverse_a);
    let run_a = l.columns(&runs[FIRST], &l.sum(&l.splat_limbs(&a.e), &centres.minus_kappa));
    let inverse_b = l.settle(&inverse_b);
    let run_b = l.columns(&runs[FIRST + 1], &l.sum(&l.splat_limbs(&b.e), &centres.minus_kappa));
    runs[FIRST] = l.settle(&run_a);
    let factor_a = l.columns(&inverse_a, &l.splat_limbs(&a.beta));
    runs[FIRST + 1] = l.settle(&run_b);
    let factor_b = l.columns(&inverse_b, &l.splat_limbs(&b.beta));
    let factor_a = l.settle(&factor_a);
    let factor_b = l.settle(&factor_b);
    let gamma = l.splat_limbs(&a.gamma);
    finish.pair(l, i, &factor_a, [&l.sum(&gamma, &centres.c[0]), &l.sum(&gamma, &centres.c[1])]);
    let gamma = l.splat_limbs(&b.gamma);
    finish.pair(l, j, &factor_b, [&l.sum(&gamma, &centres.c[0]), &l.sum(&gamma, &centres.c[1])]);
}

/// The complete addition of the move to the centres (Bernstein et al., Twisted Edwards Curves, section 6).
#[inline(always)]
fn moved<L: Lanes>(l: L, centres: &Centres<L::Word>, step: &[FieldElement; 2]) -> Moved<L::Word> {
    let one = l.splat_element(&FieldElement::ONE);
    let (step_x, step_y) = (l.splat_element(&step[0]), l.splat_element(&step[1]));
    let xy = l.tidy(&l.mul(&centres.x, &step_y));
    let yx = l.tidy(&l.mul(&centres.y, &step_x));
    let xx = l.tidy(&l.mul(&centres.x, &step_x));
    let yy = l.tidy(&l.mul(&centres.y, &step_y));
    let k = l.tidy(&l.mul(&l.mul(&xx, &yy), &l.splat_element(&EDWARDS_D)));
    let x_den = l.plus(&one, &k);
    let y_den = l.minus(&one, &k);
    let x = l.plus(&xy, &yx);
    let y = l.plus(&yy, &xx);
    let product = l.mul(&l.mul(&x_den, &y_den), &y);
    Moved { x, y, x_den, y_den, product }
}

/// The next centres, from the inverse of the product of the move.
#[inline(always)]
fn arrive<L: Lanes>(l: L, moved: &Moved<L::Word>, inverse: &Limbs<L::Word>) -> Centres<L::Word> {
    let x_inverse = l.mul(&l.mul(inverse, &moved.y_den), &moved.y);
    let y_inverse = l.mul(&l.mul(inverse, &moved.x_den), &moved.y);
    let numerator_inverse = l.mul(&l.mul(inverse, &moved.x_den), &moved.y_den);
    let x = l.mul(&moved.x, &x_inverse);
    let y = l.mul(&moved.y, &y_inverse);
    let one_over_y = l.mul(&moved.y_den, &numerator_inverse);
    let kappa = l.tidy(&l.mul(&l.square(&y), &l.splat_element(&EDWARDS_D)));
    let c = l.tidy(&l.mul(&l.mul(&x, &one_over_y), &l.plus(&kappa, &l.splat_element(&FieldElement::ONE))));
    let zero = l.splat_element(&FieldElement::ZERO);
    let minus_kappa = l.tidy(&l.minus(&zero, &kappa));
    let minus_c = l.tidy(&l.minus(&zero, &c));
    Centres { x, y, minus_kappa, c: [c, minus_c] }
}

/// Whether a tight element is zero in the first lane; an inversion gives zeros in all lanes or in none.
#[inline(always)]
fn is_zero<L: Lanes>(l: L, a: &Limbs<L::Word>) -> bool {
    let words = l.to_words(a);
    let any = l.or(l.or(words[0], words[1]), l.or(words[2], words[3]));
    l.store(any)[0] == 0
}
