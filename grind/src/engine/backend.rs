//! Which backend runs, decided once by what the processor has, and the plain interface to all of them.

use std::{fmt, str::FromStr};

use curve25519_dalek::{EdwardsPoint, Scalar};

use super::{
    Midstate, Spelled, Spelling,
    curve::edwards_coordinates,
    field::FieldElement,
    lanes::{Lanes, MAX_LANES},
    montgomery::MontgomeryBatch,
    offsets::OffsetBatch,
    portable::Portable,
    results::{FilterInto, InRanges, LowLimbs, SpellInto},
    seeds::SeedBatch,
    table::Table,
};
#[cfg(target_arch = "x86_64")]
use super::{avx2::Avx2, avx512::Avx512};

/// An implementation of the arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// 64-bit integers, on every processor.
    Portable,
    /// AVX2 and FMA: doubles, four candidates at once.
    Avx2,
    /// AVX-512 IFMA, eight candidates at once.
    Avx512,
}

impl Backend {
    /// All of them, the fastest first.
    pub const ALL: [Self; 3] = [Self::Avx512, Self::Avx2, Self::Portable];

    /// Those that this processor runs, the fastest first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|backend| backend.is_available())
    }

    /// The fastest that this processor runs.
    pub fn fastest() -> Self {
        Self::available().next().unwrap_or(Self::Portable)
    }

    /// Whether this processor runs it.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Avx2::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => Avx512::detect().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512 => false,
        }
    }

    /// Itself where it runs, else the portable one.
    pub(crate) fn or_portable(self) -> Self {
        if self.is_available() { self } else { Self::Portable }
    }

    /// What reports and options call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "avx2-fma",
            Self::Avx512 => "avx512-ifma",
        }
    }

    /// Gives the backend's lanes to `make`, or the portable ones where it does not run.
    pub(super) fn with_lanes<M: Make>(self, make: M) -> M::Output {
        #[cfg(target_arch = "x86_64")]
        match self {
            Self::Portable => {}
            Self::Avx2 => {
                if let Some(lanes) = Avx2::detect() {
                    return make.with(lanes);
                }
            }
            Self::Avx512 => {
                if let Some(lanes) = Avx512::detect() {
                    return make.with(lanes);
                }
            }
        }
        make.with(Portable)
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No backend has the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a backend of the search: choose `avx512-ifma`, `avx2-fma` or `portable`")]
pub struct UnknownBackend;

impl FromStr for Backend {
    type Err = UnknownBackend;

    fn from_str(name: &str) -> Result<Self, UnknownBackend> {
        Self::ALL.into_iter().find(|backend| backend.name() == name).ok_or(UnknownBackend)
    }
}

/// What is made for the lanes of any backend.
pub(super) trait Make {
    /// What comes out, the same type for all.
    type Output;
    fn with<L: Lanes + 'static>(self, lanes: L) -> Self::Output;
}

/// Seed mode for one thread: results of the candidates `first..first + candidates()` of a base.
pub(crate) trait SeedEngine {
    /// How many candidates a call computes.
    fn candidates(&self) -> usize;
    /// The low limbs of y, one per candidate.
    fn low_limbs(&mut self, midstate: &Midstate, first: u64, low: &mut Vec<u64>);
    /// The digits of the keys.
    fn spell(&mut self, midstate: &Midstate, first: u64, spelling: &Spelling, spelled: &mut Spelled);
    /// The candidates whose digits pass a filter.
    fn filter(&mut self, midstate: &Midstate, first: u64, to: FilterInto<'_>);
}

impl<L: Lanes> SeedEngine for SeedBatch<L> {
    fn candidates(&self) -> usize {
        SeedBatch::candidates(self)
    }

    fn low_limbs(&mut self, midstate: &Midstate, first: u64, low: &mut Vec<u64>) {
        low.resize(SeedBatch::candidates(self), 0);
        self.run(midstate, first, &mut LowLimbs(low));
    }

    fn spell(&mut self, midstate: &Midstate, first: u64, spelling: &Spelling, spelled: &mut Spelled) {
        spelled.resize(spelling, SeedBatch::candidates(self));
        self.run(midstate, first, &mut SpellInto { spelling, spelled });
    }

    fn filter(&mut self, midstate: &Midstate, first: u64, mut to: FilterInto<'_>) {
        self.run(midstate, first, &mut to);
    }
}

/// The workspace of a thread; `backend` falls back to the portable one where it does not run.
pub(crate) fn seed_engine(backend: Backend, width: u32, candidates: usize) -> Box<dyn SeedEngine> {
    struct Seeds(u32, usize);

    impl Make for Seeds {
        type Output = Box<dyn SeedEngine>;

        fn with<L: Lanes + 'static>(self, lanes: L) -> Self::Output {
            Box::new(SeedBatch::new(lanes, Table::shared(self.0, L::FORM), self.1))
        }
    }

    backend.with_lanes(Seeds(width, candidates))
}

/// Scalar mode for one thread. A scan takes the candidates around as many centres as there are lanes; [`offset`](Self::offset) says where each one
/// is.
pub(crate) trait OffsetEngine {
    /// How many candidates a scan takes.
    fn candidates(&self) -> usize;
    /// How many steps of 8B a candidate of a scan is from the point of the first scan.
    fn offset(&self, scan: u64, candidate: usize) -> u128;
    /// The next scan: number and low limb of y of the candidates in the ranges, see [`InRanges`]. False if a denominator was zero; then
    /// the engine is of no more use.
    fn in_ranges(&mut self, ranges: &[(u64, u64)], found: &mut Vec<(usize, u64)>) -> bool;
    /// The next scan: the digits of the keys.
    fn spell(&mut self, spelling: &Spelling, spelled: &mut Spelled) -> bool;
    /// The next scan: the candidates whose digits pass a filter.
    fn filter(&mut self, to: FilterInto<'_>) -> bool;
}

impl<L: Lanes> OffsetEngine for OffsetBatch<L> {
    fn candidates(&self) -> usize {
        OffsetBatch::candidates(self)
    }

    fn offset(&self, scan: u64, candidate: usize) -> u128 {
        offset::<L>(self.reach(), scan, candidate)
    }

    fn in_ranges(&mut self, ranges: &[(u64, u64)], found: &mut Vec<(usize, u64)>) -> bool {
        self.scan_ranges(&mut InRanges { ranges, found })
    }

    fn spell(&mut self, spelling: &Spelling, spelled: &mut Spelled) -> bool {
        spelled.resize(spelling, OffsetBatch::candidates(self));
        self.scan(&mut SpellInto { spelling, spelled })
    }

    fn filter(&mut self, mut to: FilterInto<'_>) -> bool {
        self.scan(&mut to)
    }
}

/// u instead of y.
impl<L: Lanes> OffsetEngine for MontgomeryBatch<L> {
    fn candidates(&self) -> usize {
        MontgomeryBatch::candidates(self)
    }

    fn offset(&self, scan: u64, candidate: usize) -> u128 {
        offset::<L>(self.reach(), scan, candidate)
    }

    fn in_ranges(&mut self, ranges: &[(u64, u64)], found: &mut Vec<(usize, u64)>) -> bool {
        self.scan(&mut InRanges { ranges, found })
    }

    fn spell(&mut self, spelling: &Spelling, spelled: &mut Spelled) -> bool {
        spelled.resize(spelling, MontgomeryBatch::candidates(self));
        self.scan(&mut SpellInto { spelling, spelled })
    }

    fn filter(&mut self, mut to: FilterInto<'_>) -> bool {
        self.scan(&mut to)
    }
}

/// How many steps a candidate is from the point of the first scan, each lane having a stretch of `2 * reach + 1` of its own.
fn offset<L: Lanes>(reach: usize, scan: u64, candidate: usize) -> u128 {
    let reach = reach as u128;
    let (group, lane) = (candidate / L::LANES, candidate % L::LANES);
    let centre = (u128::from(scan) * L::LANES as u128 + lane as u128) * (2 * reach + 1) + reach;
    let steps = group as u128 / 2 + 1;
    if group % 2 == 0 { centre + steps } else { centre - steps }
}

/// The workspace of a thread that starts at a point, which has to be of prime order, and reaches so many steps to either side of a
/// centre.
pub(crate) fn offset_engine(backend: Backend, reach: usize, start: &EdwardsPoint) -> Box<dyn OffsetEngine> {
    struct Offsets<'a>(usize, &'a EdwardsPoint);

    impl Make for Offsets<'_> {
        type Output = Box<dyn OffsetEngine>;

        fn with<L: Lanes + 'static>(self, lanes: L) -> Self::Output {
            Box::new(offset_batch(lanes, self.0, self.1))
        }
    }

    backend.with_lanes(Offsets(reach, start))
}

fn offset_batch<L: Lanes>(lanes: L, reach: usize, start: &EdwardsPoint) -> OffsetBatch<L> {
    let (centres, stride) = centres::<L>(reach, start);
    let centres: Vec<_> = centres.iter().map(coordinates).collect();
    OffsetBatch::new(lanes, reach, &centres, coordinates(&stride))
}

/// The same for X25519.
pub(crate) fn x25519_engine(backend: Backend, reach: usize, start: &EdwardsPoint) -> Box<dyn OffsetEngine> {
    struct Montgomery<'a>(usize, &'a EdwardsPoint);

    impl Make for Montgomery<'_> {
        type Output = Box<dyn OffsetEngine>;

        fn with<L: Lanes + 'static>(self, lanes: L) -> Self::Output {
            Box::new(montgomery_batch(lanes, self.0, self.1))
        }
    }

    backend.with_lanes(Montgomery(reach, start))
}

fn montgomery_batch<L: Lanes>(lanes: L, reach: usize, start: &EdwardsPoint) -> MontgomeryBatch<L> {
    let (centres, stride) = centres::<L>(reach, start);
    MontgomeryBatch::new(lanes, reach, &centres, &stride)
}

/// The centre of each lane, and what all of them move by.
fn centres<L: Lanes>(reach: usize, start: &EdwardsPoint) -> (Vec<EdwardsPoint>, EdwardsPoint) {
    let steps = |count: usize| EdwardsPoint::mul_base(&Scalar::from(8 * count as u64));
    let stride = 2 * reach + 1;
    ((0..MAX_LANES).map(|lane| start + steps(lane * stride + reach)).collect(), steps(L::LANES * stride))
}

fn coordinates(point: &EdwardsPoint) -> (FieldElement, FieldElement) {
    // A point that was just encoded decodes; were it not so, no hit would be confirmed.
    edwards_coordinates(&point.compress().to_bytes()).unwrap_or((FieldElement::ZERO, FieldElement::ONE))
}
