//! Scalar mode for X25519: u coordinates of the points around a centre that moves along, five multiplications and two squares a step to
//! either side.
//!
//! In the coordinates of `curve`, u(P ± Q) = ((y2 ∓ y1) / (x2 - x1))^2 - x1 - x2 - A/3: both signs share a denominator, and all steps an
//! inversion, which moves the centres as well. Unlike those of `offsets`, these denominators vanish where a centre meets a step.

use std::sync::OnceLock;

use curve25519_dalek::{EdwardsPoint, Scalar, traits::IsIdentity};

use super::{
    curve::{A_THIRD, Affine},
    field::FieldElement,
    form::Form,
    lanes::{Kernel, Lanes, Limbs, MAX_LANES},
    offsets::{CHAINS, FinishPair},
    steps::MAX_REACH,
};

/// What i + 1 steps contribute, in the limbs of a backend.
#[derive(Clone, Copy, Debug)]
struct Step {
    x: [u64; 5],
    y: [u64; 5],
    /// x + A/3.
    rest: [u64; 5],
}

/// All steps, built once for each form of numbers: 250 KB.
fn steps<L: Lanes>() -> &'static [Step] {
    static STEPS: [OnceLock<Vec<Step>>; Form::COUNT] = [const { OnceLock::new() }; Form::COUNT];
    STEPS[L::FORM as usize].get_or_init(|| {
        let one = EdwardsPoint::mul_base(&Scalar::from(8u8));
        let points = std::iter::successors(Some(one), |point| Some(point + one)).take(MAX_REACH);
        let step = |Affine { x, y }| Step { x: L::limbs(&x), y: L::limbs(&y), rest: L::limbs(&x.add(&A_THIRD)) };
        points.map(|point| step(Affine::new(&point))).collect()
    })
}

/// The centres, one a lane.
#[derive(Clone, Copy)]
struct Centres<W> {
    x: Limbs<W>,
    minus_x: Limbs<W>,
    y: Limbs<W>,
    minus_y: Limbs<W>,
}

/// The workspace of one thread.
pub(crate) struct MontgomeryBatch<L: Lanes> {
    lanes: L,
    steps: &'static [Step],
    centres: Centres<L::Word>,
    /// The point that takes every centre to its next place.
    stride: Affine,
    prefixes: Vec<Limbs<L::Word>>,
}

impl<L: Lanes> MontgomeryBatch<L> {
    /// A workspace of `reach` steps to either side, a multiple of 4, for centres, one a lane, and the point that each moves by
    /// after a scan.
    pub(crate) fn new(lanes: L, reach: usize, centres: &[EdwardsPoint], stride: &EdwardsPoint) -> Self {
        let steps = &steps::<L>()[..reach];
        let first = Affine::new(&EdwardsPoint::mul_base(&Scalar::from(8u8)));
        let (mut x, mut y) = ([first.x; MAX_LANES], [first.y; MAX_LANES]);
        for (lane, centre) in centres.iter().take(L::LANES).enumerate() {
            // The neutral point has no coordinates; in the place of a step it makes a denominator zero, as it must.
            let affine = if centre.is_identity() { first } else { Affine::new(centre) };
            (x[lane], y[lane]) = (affine.x, affine.y);
        }
        let centres = Centres {
            x: lanes.load_elements(&x),
            minus_x: lanes.load_elements(&x.map(|x| x.neg())),
            y: lanes.load_elements(&y),
            minus_y: lanes.load_elements(&y.map(|y| y.neg())),
        };
        let prefixes = vec![[lanes.splat(0); 5]; reach];
        Self { lanes, steps, centres, stride: Affine::new(stride), prefixes }
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
        self.lanes.enter(Scan { batch: self, finish })
    }
}

struct Scan<'a, L: Lanes, F> {
    batch: &'a mut MontgomeryBatch<L>,
    finish: &'a mut F,
}

impl<L: Lanes, F: FinishPair<L>> Kernel<L> for Scan<'_, L, F> {
    type Output = bool;

    #[inline(always)]
    fn run(self, l: L) -> bool {
        let batch = self.batch;
        let centres = batch.centres;
        let runs = products(l, batch.steps, &centres.minus_x, &mut batch.prefixes);
        let Some(mut runs) = batch.invert_runs(l, &runs) else { return false };
        let mut end = batch.steps.len();
        while end > 0 {
            end -= CHAINS;
            let mut chain = 0;
            while chain < CHAINS {
                let i = end + chain;
                step(l, &batch.steps[i], &centres, &batch.prefixes[i], i, &mut runs[chain], self.finish);
                chain += 1;
            }
        }
        true
    }
}

/// Products of the denominators x2 - x1 in chains, and of those before each.
#[inline(always)]
fn products<L: Lanes>(
    l: L,
    steps: &[Step],
    minus_x: &Limbs<L::Word>,
    prefixes: &mut [Limbs<L::Word>],
) -> [Limbs<L::Word>; CHAINS] {
    let mut runs = [l.splat_element(&FieldElement::ONE); CHAINS];
    let mut i = 0;
    while i < steps.len() {
        let mut chain = 0;
        while chain < CHAINS {
            prefixes[i + chain] = runs[chain];
            runs[chain] = l.mul(&runs[chain], &l.sum(&l.splat_limbs(&steps[i + chain].x), minus_x));
            chain += 1;
        }
        i += CHAINS;
    }
    runs
}

/// Both candidates of a step, and the step taken out of its chain.
#[inline(always)]
fn step<L: Lanes, F: FinishPair<L>>(
    l: L,
    step: &Step,
    centres: &Centres<L::Word>,
    prefix: &Limbs<L::Word>,
    i: usize,
    run: &mut Limbs<L::Word>,
    finish: &mut F,
) {
    let inverse = l.columns(run, prefix);
    let next = l.columns(run, &l.sum(&l.splat_limbs(&step.x), &centres.minus_x));
    let inverse = l.settle(&inverse);
    *run = l.settle(&next);
    let y = l.splat_limbs(&step.y);
    let after = l.columns(&inverse, &l.sum(&y, &centres.minus_y));
    let before = l.columns(&inverse, &l.sum(&y, &centres.y));
    let rest = l.tidy(&l.sum(&l.splat_limbs(&step.rest), &centres.x));
    let after = l.square(&l.settle(&after));
    let before = l.square(&l.settle(&before));
    let (after, before) = (l.minus(&l.tidy(&after), &rest), l.minus(&l.tidy(&before), &rest));
    finish.words(l, i, [&l.to_words(&after), &l.to_words(&before)]);
}

impl<L: Lanes> MontgomeryBatch<L> {
    /// Inverts the products of the denominators of all chains and moves the centres; nothing if one of them is zero.
    #[inline(always)]
    fn invert_runs(&mut self, l: L, runs: &[Limbs<L::Word>; CHAINS]) -> Option<[Limbs<L::Word>; CHAINS]> {
        let (stride_x, stride_y) = (l.splat_element(&self.stride.x), l.splat_element(&self.stride.y));
        let Centres { x, minus_x, minus_y, .. } = self.centres;
        let run01 = l.mul(&runs[0], &runs[1]);
        let run23 = l.mul(&runs[2], &runs[3]);
        let all = l.mul(&run01, &run23);
        let denominator = l.plus(&stride_x, &minus_x);
        let inverse = l.invert(&l.mul(&all, &denominator));
        let words = l.to_words(&inverse);
        if l.store(l.or(l.or(words[0], words[1]), l.or(words[2], words[3])))[0] == 0 {
            return None;
        }
        let slope = l.mul(&l.mul(&inverse, &all), &l.sum(&stride_y, &minus_y));
        let both = l.tidy(&l.sum(&stride_x, &x));
        let next_x = l.tidy(&l.minus(&l.tidy(&l.square(&slope)), &both));
        let zero = l.splat_element(&FieldElement::ZERO);
        let minus_next_x = l.tidy(&l.minus(&zero, &next_x));
        let next_y = l.mul(&slope, &l.sum(&x, &minus_next_x));
        let next_y = l.tidy(&l.plus(&l.tidy(&next_y), &minus_y));
        let minus_next_y = l.tidy(&l.minus(&zero, &next_y));
        self.centres = Centres { x: next_x, minus_x: minus_next_x, y: next_y, minus_y: minus_next_y };

        let inverse = l.mul(&inverse, &denominator);
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
