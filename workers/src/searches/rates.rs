//! What a searcher knows about its own speed: measured at the start, then from slice to slice.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use vanikeys_core::domain::rate::{Task, TaskRate};

/// Searches that are shorter tell little.
const LONG_ENOUGH: Duration = Duration::from_millis(200);

/// Attempts a second of all threads, by task.
#[derive(Debug, Default)]
pub(super) struct Rates(Mutex<Vec<(Task, f64)>>);

impl Rates {
    /// The rate of a task; 0 while it is not known.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate; `as` saturates")]
    pub(super) fn of(&self, task: Task) -> u64 {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|(of, _)| *of == task).map_or(0, |(_, rate)| *rate as u64)
    }

    /// All that are known.
    pub(super) fn all(&self) -> Vec<TaskRate> {
        let rate = |task: Task| TaskRate { mode: task.mode, kind: task.kind, rate: self.of(task) };
        Task::all().map(rate).filter(|rate| rate.rate > 0).collect()
    }

    /// Sets a rate.
    pub(super) fn set(&self, task: Task, rate: f64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.iter_mut().find(|(of, _)| *of == task) {
            Some((_, known)) => *known = rate,
            None => known.push((task, rate)),
        }
    }

    /// Blends a slice into the rate of its task.
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    pub(super) fn note(&self, task: Task, attempts: u64, took: Duration) {
        if took < LONG_ENOUGH {
            return;
        }
        let measured = attempts as f64 / took.as_secs_f64();
        let known = self.of(task) as f64;
        self.set(task, if known == 0.0 { measured } else { 0.7 * known + 0.3 * measured });
    }
}

#[cfg(test)]
mod tests {
    use vanikeys_core::domain::rate::Mode;
    use vanikeys_grind::Kind;

    use super::*;

    #[test]
    fn slices_move_the_rate_of_their_own_task() {
        let rates = Rates::default();
        let (seed, scalar) =
            (Task { mode: Mode::Seed, kind: Kind::Prefix }, Task { mode: Mode::Scalar, kind: Kind::Prefix });
        assert!(rates.all().is_empty());
        rates.note(seed, 1_000, Duration::from_secs(1));
        rates.note(seed, 2_000, Duration::from_secs(1));
        rates.note(seed, 9_000_000, Duration::from_millis(1));
        assert_eq!((rates.of(seed), rates.of(scalar)), (1_300, 0));
        rates.set(scalar, 5.0);
        assert_eq!(rates.all().len(), 2);
    }
}
