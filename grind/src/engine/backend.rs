//! Which backend runs, decided once by what the processor has, and the plain interface to all of them.

use super::{
    Midstate, Spelled, Spelling,
    lanes::Lanes,
    portable::Portable,
    results::{LowLimbs, SpellInto},
    seeds::SeedBatch,
    table::Table,
};

/// An implementation of the arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// 64-bit integers, on every processor.
    Portable,
    /// AVX-512 IFMA, eight candidates at once.
    Avx512,
}

impl Backend {
    /// The fastest that this processor runs.
    pub fn fastest() -> Self {
        if Self::Avx512.is_available() { Self::Avx512 } else { Self::Portable }
    }

    /// Whether this processor runs it.
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => super::avx512::Avx512::detect().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx512 => false,
        }
    }

    /// What reports call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx512 => "avx512-ifma",
        }
    }
}

/// Seed mode for one thread: results of the candidates `first..first + candidates()` of a base.
pub(crate) trait SeedEngine {
    /// How many candidates a call computes.
    fn candidates(&self) -> usize;
    /// The low limbs of y, one per candidate.
    fn low_limbs(&mut self, midstate: &Midstate, first: u64, low: &mut Vec<u64>);
    /// The digits of the keys.
    fn spell(&mut self, midstate: &Midstate, first: u64, spelling: &Spelling, spelled: &mut Spelled);
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
}

/// The workspace of a thread; `backend` falls back to the portable one where it does not run.
pub(crate) fn seed_engine(backend: Backend, width: u32, candidates: usize) -> Box<dyn SeedEngine> {
    let table = Table::shared(width);
    #[cfg(target_arch = "x86_64")]
    if backend == Backend::Avx512
        && let Some(lanes) = super::avx512::Avx512::detect()
    {
        return Box::new(SeedBatch::new(lanes, table, candidates));
    }
    let _ = backend;
    Box::new(SeedBatch::new(Portable, table, candidates))
}
