//! Seed mode: every candidate is a 32-byte seed of RFC 8032, so its key can be exported to every format; for X25519 the scalar itself.

use zeroize::Zeroize;

use super::{
    SearchError,
    drive::Candidates,
    entropy::{Entropy, SeedBase},
    sieve::{Sieve, low_bits, may_match},
};
use crate::{
    Pattern,
    engine::{Backend, FilterInto, Midstate, Passed, SeedEngine, Spelled, default_batch, seed_engine},
    secret::{KeyMaterial, SeedKey},
};

/// Candidates that are computed together.
fn batch(backend: Backend) -> usize {
    match backend {
        Backend::Portable => 1024,
        Backend::Avx2 | Backend::Avx512 => default_batch(),
    }
}

/// The candidates of one base, on one thread.
pub(super) struct SeedCandidates<'a> {
    pattern: &'a Pattern,
    sieve: &'a Sieve,
    backend: Backend,
    engine: Box<dyn SeedEngine>,
    base: SeedBase,
    midstate: Midstate,
    next: u64,
    low: Vec<u64>,
    spelled: Spelled,
    passed: Vec<Passed>,
}

/// A private key and its public key, confirmed.
type Hit = (KeyMaterial, [u8; 32]);

impl<'a> SeedCandidates<'a> {
    pub(super) fn new(
        pattern: &'a Pattern,
        sieve: &'a Sieve,
        backend: Backend,
        width: u32,
        entropy: &dyn Entropy,
    ) -> Result<Self, SearchError> {
        let base = SeedBase::draw(entropy)?;
        let x25519 = pattern.target().is_x25519();
        let midstate = if x25519 { Midstate::x25519(base.fixed()) } else { Midstate::new(base.fixed()) };
        let engine = seed_engine(backend, width, batch(backend));
        let (low, spelled, passed) = (Vec::new(), Spelled::default(), Vec::new());
        Ok(Self { pattern, sieve, backend, engine, base, midstate, next: 0, low, spelled, passed })
    }

    /// Derives a candidate again and matches it with the plain matcher. `low` is the lowest limb of the y that the engine
    /// computed.
    fn confirm(&self, i: usize, low: u64) -> Option<Result<(u64, Hit), SearchError>> {
        let candidate = self.next.wrapping_add(i as u64);
        let x25519 = self.midstate.is_x25519();
        let mut secret = if x25519 { self.base.x25519_secret(candidate) } else { self.base.seed(candidate) };
        let key = self.pattern.target().key_of_secret(SeedKey::new(secret));
        secret.zeroize();
        let public_key = key.public_key();
        if low_bits(self.pattern, &public_key) != low & ((1 << 48) - 1) {
            return Some(Err(SearchError::Disagreement { backend: self.backend.name() }));
        }
        self.pattern.matches_key(&public_key).then(|| Ok((i as u64 + 1, (key, public_key))))
    }
}

impl Candidates for SeedCandidates<'_> {
    type Hit = Hit;

    fn batch(&self) -> u64 {
        self.engine.candidates() as u64
    }

    fn test(&mut self, count: u64) -> Result<Option<(u64, Hit)>, SearchError> {
        let first = self.base.counter(self.next);
        let count = count as usize;
        let found = match self.sieve {
            Sieve::Leading(sieve) => {
                self.engine.low_limbs(&self.midstate, first, &mut self.low);
                let low = self.low[..count].iter().enumerate();
                low.filter(|&(_, &low)| sieve.admits(low)).find_map(|(i, &low)| self.confirm(i, low))
            }
            Sieve::Digits(sieve) if let Some(filter) = sieve.filter(self.backend) => {
                self.passed.clear();
                let to = FilterInto { spelling: sieve.spelling(), filter, passed: &mut self.passed };
                self.engine.filter(&self.midstate, first, to);
                self.passed.retain(|(i, y)| *i < count && may_match(self.pattern, y));
                self.passed.sort_unstable();
                self.passed.iter().find_map(|(i, y)| self.confirm(*i, y[0]))
            }
            Sieve::Digits(sieve) => {
                self.engine.spell(&self.midstate, first, sieve.spelling(), &mut self.spelled);
                sieve.scan(&self.spelled, count, |i| self.confirm(i, self.spelled.y[0][i]))
            }
            Sieve::Digest(sieve) => {
                self.engine.spell(&self.midstate, first, &sieve.spelling(), &mut self.spelled);
                let admitted = |i: &usize| sieve.admits(&self.spelled.y(*i));
                (0..count).filter(admitted).find_map(|i| self.confirm(i, self.spelled.y[0][i]))
            }
        };
        self.next += count as u64;
        found.transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::OsEntropy, *};
    use crate::{Kind, PatternSpec, Target};

    /// An engine that claims the same low limb for every candidate.
    struct Liar;

    impl SeedEngine for Liar {
        fn candidates(&self) -> usize {
            8
        }

        fn low_limbs(&mut self, _: &Midstate, _: u64, low: &mut Vec<u64>) {
            low.resize(8, 0xab);
        }

        fn spell(&mut self, _: &Midstate, _: u64, _: &crate::engine::Spelling, _: &mut Spelled) {}

        fn filter(&mut self, _: &Midstate, _: u64, _: FilterInto<'_>) {}
    }

    #[test]
    fn wrong_arithmetic_is_loud() {
        let spec = PatternSpec { text: "ab".into(), kind: Kind::Prefix, target: Target::Hex, ..PatternSpec::default() };
        let pattern = Pattern::compile(&spec).expect("a pattern");
        let sieve = Sieve::new(&pattern);
        let mut row = SeedCandidates::new(&pattern, &sieve, Backend::Portable, 4, &OsEntropy).expect("randomness");
        row.engine = Box::new(Liar);
        assert_eq!(row.test(8).err(), Some(SearchError::Disagreement { backend: "portable" }));
    }
}
