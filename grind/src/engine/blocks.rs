//! Scalar mode for prefixes: the lowest bits of y alone, with two steps to a block and nearly every factor a constant.
//!
//! With the names of `steps`, two denominators have the product e1 e2 - (e1 + e2) κ + κ^2, one multiplication by κ, and share the three
//! multiplications of Montgomery's trick. From z = y1 / (product) follow zκ, zc and zκc by multiplications with what is the same for a
//! whole scan, and from these four y(P ± Q1) = S ± T with S = z e2 β1 γ1 - zκ β1 γ1 and T = zc e2 β1 - zκc β1: sums of products with
//! constants of the table, of which the lowest 24 bits take 15 of 50 multiplications, and no more. The few candidates that have the bits looked for
//! are computed again with the whole limb.

use std::sync::OnceLock;

use super::{
    field::FieldElement,
    form::Form,
    lanes::{Kernel, LOW_WORDS, Lanes, Limbs},
    offsets::{CHAINS, Centres, FinishPair, OffsetBatch, Openings},
    results::InRanges,
    steps::{Step, step_elements, steps},
};

/// Steps of a block.
pub(crate) const BLOCK: usize = 2;

/// What two steps contribute, in the limbs of a backend.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    /// -(e1 + e2).
    minus_sum: [u64; 5],
    /// e1 e2.
    product: [u64; 5],
    /// For each step the factors of z, zκ, zc and zκc.
    low: [[[u64; LOW_WORDS]; 4]; BLOCK],
}

/// All blocks, built once for each form: a megabyte.
pub(crate) fn blocks<L: Lanes>() -> &'static [Block] {
    static BLOCKS: [OnceLock<Vec<Block>>; Form::COUNT] = [const { OnceLock::new() }; Form::COUNT];
    BLOCKS[L::FORM as usize]
        .get_or_init(|| step_elements().chunks_exact(BLOCK).map(|pair| Block::new::<L>(&pair[0], &pair[1])).collect())
}

impl Block {
    fn new<L: Lanes>(a: &Step<FieldElement>, b: &Step<FieldElement>) -> Self {
        let factors = |this: &Step<FieldElement>, other: &Step<FieldElement>| {
            let s = this.beta.mul(&this.gamma);
            [other.e.mul(&s), s.neg(), other.e.mul(&this.beta), this.beta.neg()].map(|factor| L::low_factor(&factor))
        };
        Self {
            minus_sum: L::limbs(&a.e.add(&b.e).neg()),
            product: L::limbs(&a.e.mul(&b.e)),
            low: [factors(a, b), factors(b, a)],
        }
    }
}

/// What a centre contributes to a scan.
struct Constants<L: Lanes> {
    kappa: L::Rows,
    c: L::Rows,
    kappa_c: L::Rows,
    kappa_squared: Limbs<L::Word>,
}

impl<L: Lanes> OffsetBatch<L> {
    /// [`OffsetBatch::scan`] for low limbs in ranges, in the way that costs least.
    pub(crate) fn scan_ranges(&mut self, finish: &mut InRanges<'_>) -> bool {
        if !L::CONSTANTS_ARE_CHEAP {
            return self.scan(finish);
        }
        let nothing = [self.lanes.splat(0); 5];
        self.openings.resize(self.reach() / BLOCK, Openings { before: nothing, denominator: nothing });
        self.lanes.enter(LeadingScan { batch: self, finish })
    }
}

/// A scan for prefixes.
struct LeadingScan<'a, 'b, L: Lanes> {
    batch: &'a mut OffsetBatch<L>,
    finish: &'a mut InRanges<'b>,
}

impl<L: Lanes> Kernel<L> for LeadingScan<'_, '_, L> {
    type Output = bool;

    #[inline(always)]
    fn run(self, l: L) -> bool {
        let batch = self.batch;
        let blocks = &blocks::<L>()[..batch.reach() / BLOCK];
        let centres = batch.centres;
        let ranges = self.finish.coarse();
        let kappa = l.tidy(&l.minus(&l.splat_element(&FieldElement::ZERO), &centres.minus_kappa));
        let constants = Constants {
            kappa: l.rows(&kappa),
            c: l.rows(&centres.c[0]),
            kappa_c: l.rows(&l.mul(&kappa, &centres.c[0])),
            kappa_squared: l.tidy(&l.square(&kappa)),
        };
        let runs = products(l, blocks, &constants, &mut batch.openings);
        let Some(mut runs) = batch.invert_runs(&runs) else { return false };
        let mut at = blocks.len();
        let none = [l.splat(0); 5];
        let (mut z, mut low) = ([none; CHAINS], [[l.splat(0); 2 * BLOCK]; CHAINS]);
        while at > 0 {
            at -= CHAINS;
            let four = Four { blocks: &blocks[at..at + CHAINS], openings: &batch.openings[at..at + CHAINS] };
            four.low_bits(l, &constants, &mut runs, &mut z, &mut low);
            let steps = admitted(l, &ranges, &low);
            if steps != 0 {
                look_again(l, &centres, BLOCK * at, steps, &z, self.finish);
            }
        }
        true
    }
}

/// A bit per step: whether a candidate on either side has low bits in one of the ranges.
#[inline(always)]
fn admitted<L: Lanes>(l: L, ranges: &[(u64, u64)], low: &[[L::Word; 2 * BLOCK]; CHAINS]) -> u32 {
    let mut steps = 0;
    let mut i = 0;
    while i < CHAINS {
        let leading = [l.leading(low[i][0]), l.leading(low[i][1]), l.leading(low[i][2]), l.leading(low[i][3])];
        let mut r = 0;
        while r < ranges.len() {
            let (first, span) = (l.splat(ranges[r].0), l.splat(ranges[r].1));
            let a = l.less(l.sub(leading[0], first), span) | l.less(l.sub(leading[1], first), span);
            let b = l.less(l.sub(leading[2], first), span) | l.less(l.sub(leading[3], first), span);
            if a | b != 0 {
                steps |= (u32::from(a != 0) | u32::from(b != 0) << 1) << (BLOCK * i);
            }
            r += 1;
        }
        i += 1;
    }
    steps
}

/// Hands out the candidates of those steps from `at` on that have their bit set, with the whole low limb.
#[cold]
#[inline(never)]
fn look_again<L: Lanes>(
    l: L,
    centres: &Centres<L::Word>,
    at: usize,
    steps: u32,
    z: &[Limbs<L::Word>; CHAINS],
    finish: &mut InRanges<'_>,
) {
    for i in (0..BLOCK * CHAINS).filter(|i| steps >> i & 1 == 1) {
        l.enter(Again { centres, step: at + i, z: &z[i / BLOCK], finish });
    }
}

/// One step, from the z of its block.
struct Again<'a, 'b, L: Lanes> {
    centres: &'a Centres<L::Word>,
    step: usize,
    z: &'a Limbs<L::Word>,
    finish: &'a mut InRanges<'b>,
}

impl<L: Lanes> Kernel<L> for Again<'_, '_, L> {
    type Output = ();

    #[inline(always)]
    fn run(self, l: L) {
        let steps = steps::<L>();
        let (this, other) = (&steps[self.step], &steps[self.step ^ 1]);
        let inverse = l.mul(self.z, &l.sum(&l.splat_limbs(&other.e), &self.centres.minus_kappa));
        let factor = l.mul(&inverse, &l.splat_limbs(&this.beta));
        let gamma = l.splat_limbs(&this.gamma);
        let [c, minus_c] = &self.centres.c;
        self.finish.pair(l, self.step, &factor, [&l.sum(&gamma, c), &l.sum(&gamma, minus_c)]);
    }
}

/// Products of the denominators in chains, those before each, and the denominators.
#[inline(always)]
fn products<L: Lanes>(
    l: L,
    blocks: &[Block],
    constants: &Constants<L>,
    openings: &mut [Openings<L::Word>],
) -> [Limbs<L::Word>; CHAINS] {
    let mut runs = [l.splat_element(&FieldElement::ONE); CHAINS];
    // Two ahead, so that no multiplication waits for its factor.
    let mut first = l.settle_rows(&denominator(l, &blocks[0], constants));
    let mut second = l.settle_rows(&denominator(l, &blocks[1], constants));
    let mut i = 0;
    while i < blocks.len() {
        let ahead = if i + 2 < blocks.len() { i + 2 } else { i };
        let (block, opening, run) = (&blocks[ahead], &mut openings[i], &mut runs[i % CHAINS]);
        *opening = Openings { before: *run, denominator: first };
        let product = l.columns(run, &first);
        let columns = denominator(l, block, constants);
        *run = l.settle(&product);
        (first, second) = (second, l.settle_rows(&columns));
        i += 1;
    }
    runs
}

#[inline(always)]
fn denominator<L: Lanes>(l: L, block: &Block, constants: &Constants<L>) -> L::RowColumns {
    let start = l.lazy_add(&constants.kappa_squared, &l.splat_limbs(&block.product));
    l.row_columns(&start, &l.splat_limbs(&block.minus_sum), &constants.kappa)
}

/// One block of each chain.
struct Four<'a, L: Lanes> {
    blocks: &'a [Block],
    openings: &'a [Openings<L::Word>],
}

impl<L: Lanes> Four<'_, L> {
    /// The z and the low bits of the blocks, which are taken out of their chains.
    ///
    /// Carries are done one multiplication later, so that they run beside the next.
    #[inline(always)]
    fn low_bits(
        &self,
        l: L,
        constants: &Constants<L>,
        runs: &mut [Limbs<L::Word>; CHAINS],
        z: &mut [Limbs<L::Word>; CHAINS],
        low: &mut [[L::Word; 2 * BLOCK]; CHAINS],
    ) {
        let none = [l.splat(0); 5];
        let mut before = l.columns(&runs[0], &self.openings[0].before);
        let mut i = 0;
        while i < CHAINS {
            let after = l.columns(&runs[i], &self.openings[i].denominator);
            z[i] = l.settle(&before);
            if i + 1 < CHAINS {
                before = l.columns(&runs[i + 1], &self.openings[i + 1].before);
            }
            runs[i] = l.settle(&after);
            i += 1;
        }
        let mut of = [[none; 3]; CHAINS];
        i = 0;
        while i < CHAINS {
            let z_kappa = l.row_columns(&none, &z[i], &constants.kappa);
            let z_c = l.row_columns(&none, &z[i], &constants.c);
            let z_kappa = l.settle_rows(&z_kappa);
            let z_kappa_c = l.row_columns(&none, &z[i], &constants.kappa_c);
            let z_c = l.settle_rows(&z_c);
            of[i] = [z_kappa, z_c, l.settle_rows(&z_kappa_c)];
            i += 1;
        }
        i = 0;
        while i < CHAINS {
            let [z_kappa, z_c, z_kappa_c] = &of[i];
            low[i] = l.low_bits([&z[i], z_kappa, z_c, z_kappa_c], &self.blocks[i].low);
            i += 1;
        }
    }
}
