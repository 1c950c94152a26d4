//! Scalar mode: candidates are the points A + 8tB for t from a random start on, some of the additions for each shared by
//! thousands. What is found is a scalar and no seed.

use curve25519_dalek::{EdwardsPoint, Scalar, edwards::CompressedEdwardsY};
use zeroize::Zeroize;

use super::{
    SearchError,
    drive::Candidates,
    entropy::Entropy,
    sieve::{Sieve, low_bits, may_match},
};
use crate::{
    Pattern,
    engine::{Backend, FilterInto, OffsetEngine, Passed, Spelled, offset_engine, x25519_engine},
    split::{Offset, SplitError, offset_public_key},
};

/// The least offset.
const LEAST: u128 = 1 << 119;
/// Offsets that every start leaves room for.
const ROOM: u128 = 1 << 64;

/// Steps to either side of a centre: many share an inversion, but the digits of all of them have to fit the cache.
fn reach(backend: Backend, sieve: &Sieve) -> usize {
    match (sieve, backend) {
        (Sieve::Leading(_), Backend::Avx2) => 1024,
        (Sieve::Leading(_), Backend::Avx512) => 1536,
        (Sieve::Leading(_), Backend::Portable) => 2048,
        (_, Backend::Portable) => 512,
        (Sieve::Digits(sieve), Backend::Avx2) if sieve.filter(backend).is_some() => 1024,
        (Sieve::Digits(sieve), Backend::Avx512) if sieve.filter(backend).is_some() => 2048,
        (_, Backend::Avx2 | Backend::Avx512) => 128,
    }
}

/// A point of prime order, to which offsets are added.
#[derive(Clone, Copy, Debug)]
pub(super) struct StartPoint {
    encoded: [u8; 32],
    point: EdwardsPoint,
}

impl StartPoint {
    pub(super) fn new(encoded: &[u8; 32]) -> Result<Self, SplitError> {
        // Any offset will do to have the point checked.
        offset_public_key(encoded, Offset::new(LEAST)?)?;
        let point = CompressedEdwardsY(*encoded).decompress().ok_or(SplitError::Encoding)?;
        Ok(Self { encoded: *encoded, point })
    }
}

/// The candidates from one start, on one thread.
pub(super) struct OffsetCandidates<'a> {
    pattern: &'a Pattern,
    sieve: &'a Sieve,
    backend: Backend,
    entropy: &'a dyn Entropy,
    point: StartPoint,
    start: u128,
    scan: u64,
    engine: Box<dyn OffsetEngine>,
    ranges: Vec<(u64, u64)>,
    found: Vec<(usize, u64)>,
    spelled: Spelled,
    passed: Vec<Passed>,
}

/// An offset and the public key it gives, confirmed.
type Hit = (Offset, [u8; 32]);

impl<'a> OffsetCandidates<'a> {
    pub(super) fn new(
        pattern: &'a Pattern,
        sieve: &'a Sieve,
        backend: Backend,
        point: StartPoint,
        entropy: &'a dyn Entropy,
    ) -> Result<Self, SearchError> {
        let start = draw_start(entropy)?;
        let engine = engine_at(pattern, backend, sieve, &point, start);
        let ranges = if let Sieve::Leading(sieve) = sieve { sieve.few_ranges() } else { Vec::new() };
        let (found, spelled, passed) = (Vec::new(), Spelled::default(), Vec::new());
        Ok(Self { pattern, sieve, backend, entropy, point, start, scan: 0, engine, ranges, found, spelled, passed })
    }

    /// The next scan. A start at which a denominator is zero, which takes a point that no honest order has, is replaced.
    fn scan(&mut self) -> Result<u64, SearchError> {
        loop {
            let done = match self.sieve {
                Sieve::Leading(_) => {
                    self.found.clear();
                    self.engine.in_ranges(&self.ranges, &mut self.found)
                }
                Sieve::Digits(sieve) if let Some(filter) = sieve.filter(self.backend) => {
                    self.passed.clear();
                    let to = FilterInto { spelling: sieve.spelling(), filter, passed: &mut self.passed };
                    self.engine.filter(to)
                }
                Sieve::Digits(sieve) => self.engine.spell(sieve.spelling(), &mut self.spelled),
                Sieve::Digest(sieve) => self.engine.spell(&sieve.spelling(), &mut self.spelled),
            };
            if done {
                self.scan += 1;
                return Ok(self.scan - 1);
            }
            self.start = draw_start(self.entropy)?;
            self.scan = 0;
            self.engine = engine_at(self.pattern, self.backend, self.sieve, &self.point, self.start);
        }
    }

    /// Computes a candidate again and matches it with the plain matcher. `low` is the lowest limb of the y that the engine
    /// computed.
    fn confirm(&self, scan: u64, i: usize, low: u64) -> Option<Result<(u64, Hit), SearchError>> {
        let disagreement = Some(Err(SearchError::Disagreement { backend: self.backend.name() }));
        let Ok(offset) = Offset::new(self.start + self.engine.offset(scan, i)) else { return disagreement };
        let Ok(public_key) = offset_public_key(&self.point.encoded, offset) else { return disagreement };
        if low_bits(self.pattern, &public_key) != low & ((1 << 48) - 1) {
            return disagreement;
        }
        self.pattern.matches_key(&public_key).then(|| Ok((i as u64 + 1, (offset, public_key))))
    }
}

impl Candidates for OffsetCandidates<'_> {
    type Hit = Hit;

    fn batch(&self) -> u64 {
        self.engine.candidates() as u64
    }

    fn test(&mut self, count: u64) -> Result<Option<(u64, Hit)>, SearchError> {
        let scan = self.scan()?;
        let count = count as usize;
        let found = match self.sieve {
            Sieve::Leading(sieve) => {
                self.found.retain(|&(i, low)| i < count && sieve.admits(low));
                self.found.sort_unstable();
                self.found.iter().find_map(|&(i, low)| self.confirm(scan, i, low))
            }
            Sieve::Digits(sieve) if sieve.filter(self.backend).is_some() => {
                self.passed.retain(|(i, y)| *i < count && may_match(self.pattern, y));
                self.passed.sort_unstable();
                self.passed.iter().find_map(|(i, y)| self.confirm(scan, *i, y[0]))
            }
            Sieve::Digits(sieve) => sieve.scan(&self.spelled, count, |i| self.confirm(scan, i, self.spelled.y[0][i])),
            Sieve::Digest(sieve) => {
                let admitted = |i: &usize| sieve.admits(&self.spelled.y(*i));
                (0..count).filter(admitted).find_map(|i| self.confirm(scan, i, self.spelled.y[0][i]))
            }
        };
        found.transpose()
    }
}

/// A random offset with room for the candidates after it.
fn draw_start(entropy: &dyn Entropy) -> Result<u128, SearchError> {
    loop {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes)?;
        let random = bytes[..16].iter().fold(0, |number, &byte| number << 8 | u128::from(byte));
        bytes.zeroize();
        let start = LEAST | random & (LEAST - 1);
        if start < 2 * LEAST - ROOM {
            return Ok(start);
        }
    }
}

fn engine_at(
    pattern: &Pattern,
    backend: Backend,
    sieve: &Sieve,
    point: &StartPoint,
    start: u128,
) -> Box<dyn OffsetEngine> {
    let start = point.point + EdwardsPoint::mul_base(&(Scalar::from(8u8) * Scalar::from(start)));
    let engine = if pattern.target().is_x25519() { x25519_engine } else { offset_engine };
    engine(backend, reach(backend, sieve), &start)
}
