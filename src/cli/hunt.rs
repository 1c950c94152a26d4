//! The search that a target asks for: keys with a seed, which open everywhere; for onion addresses, whose software takes
//! scalars only, keys without one, which are found faster.

use rayon::ThreadPool;
use vanikeys_grind::{
    KeyKind, KeyMaterial, Pattern,
    search::{Backend, ExpandedSearch, Outcome, Progress, Search, SearchError, SearchLimits},
};

/// A search of either mode.
#[derive(Debug)]
pub(super) enum Hunt {
    Seed(Search),
    Expanded(ExpandedSearch),
}

/// A key that was found, of either kind.
#[derive(Debug)]
pub(super) struct Caught {
    pub(super) key: KeyMaterial,
    pub(super) public_key: [u8; 32],
    pub(super) attempts: u64,
}

/// Keys that two cores try in some seconds: below so many the widest tables do not make up for the time they take to build.
const BRIEF: f64 = 2e7;

impl Hunt {
    /// The search for so many keys that match a pattern.
    pub(super) fn new(pattern: &Pattern, count: u32) -> Self {
        match pattern.target().key_kind() {
            KeyKind::Expanded => Self::Expanded(ExpandedSearch::new(pattern)),
            KeyKind::Seed if pattern.odds().one_in() * f64::from(count) < BRIEF => {
                Self::Seed(Search::new(pattern).brief())
            }
            KeyKind::Seed => Self::Seed(Search::new(pattern)),
        }
    }

    /// With tables of another width, if one is given; searches for scalars have none.
    pub(super) fn window(self, bits: Option<u32>) -> Self {
        match (self, bits) {
            (Self::Seed(search), Some(bits)) => Self::Seed(search.window(bits)),
            (search, _) => search,
        }
    }

    /// With another arithmetic than the fastest, if one is given.
    pub(super) fn backend(self, backend: Option<Backend>) -> Self {
        match (self, backend) {
            (Self::Seed(search), Some(backend)) => Self::Seed(search.backend(backend)),
            (Self::Expanded(search), Some(backend)) => Self::Expanded(search.backend(backend)),
            (search, None) => search,
        }
    }

    /// The kind of its keys.
    pub(super) const fn kind(&self) -> KeyKind {
        match self {
            Self::Seed(_) => KeyKind::Seed,
            Self::Expanded(_) => KeyKind::Expanded,
        }
    }

    /// Searches.
    ///
    /// # Errors
    /// The search's.
    pub(super) fn run(
        &self,
        pool: &ThreadPool,
        limits: &SearchLimits,
        progress: &Progress,
    ) -> Result<Outcome<Caught>, SearchError> {
        Ok(match self {
            Self::Seed(search) => caught(search.run(pool, limits, progress)?, |found| Caught {
                key: found.key,
                public_key: found.public_key,
                attempts: found.attempts,
            }),
            Self::Expanded(search) => caught(search.run(pool, limits, progress)?, |found| Caught {
                key: found.key.into(),
                public_key: found.public_key,
                attempts: found.attempts,
            }),
        })
    }
}

fn caught<F>(outcome: Outcome<F>, key: impl FnOnce(F) -> Caught) -> Outcome<Caught> {
    match outcome {
        Outcome::Found(found) => Outcome::Found(key(found)),
        Outcome::Exhausted { attempts } => Outcome::Exhausted { attempts },
        Outcome::Cancelled { attempts } => Outcome::Cancelled { attempts },
    }
}
