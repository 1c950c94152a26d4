//! The two modes of searching.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a search tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Seeds, whose keys open everywhere.
    Seed,
    /// Scalars, of which a hundred are tried in the time of one seed: offsets to a split point, and keys without a seed.
    Scalar,
}

impl Mode {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Seed, Self::Scalar];

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Scalar => "scalar",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
