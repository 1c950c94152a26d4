//! How fast searchers search: by mode and by kind of pattern, since scalars are found a hundred times as fast as seeds,
//! and a prefix faster than what needs all digits.

use serde::{Deserialize, Serialize};
pub use vanikeys_grind::search::Mode;
use vanikeys_grind::{KeyKind, Kind, PatternSpec};

/// What is searched, as far as the rate depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Task {
    /// What is tried.
    pub mode: Mode,
    /// What it is compared with.
    pub kind: Kind,
}

impl Task {
    /// Every task there is.
    pub fn all() -> impl Iterator<Item = Self> {
        Mode::ALL.into_iter().flat_map(|mode| Kind::ALL.into_iter().map(move |kind| Self { mode, kind }))
    }

    /// The task of a job for a pattern: offsets to split points and keys without a seed are found in scalar mode.
    #[must_use]
    pub fn of(spec: &PatternSpec, split: bool) -> Self {
        let scalar = split || spec.target.key_kind() == KeyKind::Expanded;
        Self { mode: if scalar { Mode::Scalar } else { Mode::Seed }, kind: spec.searched_as() }
    }
}

/// How fast one searcher does one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TaskRate {
    /// What is tried.
    pub mode: Mode,
    /// What it is compared with.
    pub kind: Kind,
    /// Attempts a second of all its threads, measured; at most 2^53 - 1.
    pub rate: u64,
}

/// Attempts a second that no single searcher reaches (some two hundred of today's cores); bounds what a lying one can
/// claim for a slice.
#[must_use]
pub const fn fastest(mode: Mode) -> f64 {
    match mode {
        Mode::Seed => 1e9,
        Mode::Scalar => 1e11,
    }
}

#[cfg(test)]
mod tests {
    use vanikeys_grind::Target;

    use super::*;

    #[test]
    fn split_keys_and_onions_are_scalars() {
        let mode = |target, split| Task::of(&PatternSpec { target, ..PatternSpec::default() }, split).mode;
        assert_eq!(mode(Target::Did, false), Mode::Seed);
        assert_eq!(mode(Target::Did, true), Mode::Scalar);
        assert_eq!(mode(Target::Onion, false), Mode::Scalar);
        assert_eq!(Task::all().count(), 10);
    }
}
