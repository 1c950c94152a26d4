//! Compiled patterns, kept for a while: compiling one takes up to tens of milliseconds (its odds are counted
//! exactly), and the same pattern is estimated, pulled and ordered many times in a row.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use vanikeys_grind::{Pattern, PatternError, PatternSpec};

/// How many patterns are kept; each takes up to a few hundred kilobytes.
const KEPT: usize = 512;

/// A cache of compiled patterns. Cheap to clone; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    // Two generations: when the young one is full it becomes the old one, so what is in use survives.
    kept: Arc<Mutex<Generations>>,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<PatternSpec, Pattern>,
    old: HashMap<PatternSpec, Pattern>,
}

impl Patterns {
    /// The compiled pattern, from the cache or compiled on a blocking thread.
    ///
    /// # Errors
    /// The pattern's own, if it is refused.
    pub async fn compile(&self, spec: &PatternSpec) -> Result<Pattern, PatternError> {
        if let Some(known) = self.known(spec) {
            return Ok(known);
        }
        let compiling = spec.clone();
        let compiled = tokio::task::spawn_blocking(move || Pattern::compile(&compiling)).await;
        let pattern = compiled.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))?;
        self.keep(spec.clone(), pattern.clone());
        Ok(pattern)
    }

    fn known(&self, spec: &PatternSpec) -> Option<Pattern> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = kept.young.get(spec) {
            return Some(pattern.clone());
        }
        let pattern = kept.old.remove(spec)?;
        kept.young.insert(spec.clone(), pattern.clone());
        Some(pattern)
    }

    fn keep(&self, spec: PatternSpec, pattern: Pattern) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.young.len() >= KEPT / 2 {
            kept.old = std::mem::take(&mut kept.young);
        }
        kept.young.insert(spec, pattern);
    }
}
