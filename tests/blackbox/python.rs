//! Programs of the Python environment that `scripts/test` makes.

use std::path::PathBuf;

/// A program of the Python environment that `scripts/test` makes.
pub fn python(program: &str) -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"));
    let file = cache.join("vanikeys/python/bin").join(program);
    assert!(file.exists(), "{} is missing: scripts/test installs it", file.display());
    file
}
