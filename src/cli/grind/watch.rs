//! Watching a search: its rate, the chance so far and the times to 50, 90 and 99 %, drawn on a terminal or written as
//! plain lines; and Ctrl-C, which ends it. Never a bar that fills: the search has no memory.

use std::{
    thread,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::{
    runtime::{Builder, Runtime},
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
    time::{MissedTickBehavior, interval},
};
use vanikeys_grind::{
    Odds, Pattern,
    search::{Outcome, Progress, SearchError, SearchLimits},
};

use super::super::{Failed, estimate::Percentiles, figures, hunt::Caught, output};

/// How often a terminal is redrawn.
const REDRAW: Duration = Duration::from_millis(200);
/// How often a line is written where there is no terminal.
const LINE: Duration = Duration::from_secs(10);

/// How one search ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) outcome: Outcome<Caught>,
    /// Somebody pressed Ctrl-C, even if a key was found at the same moment.
    pub(super) cancelled: bool,
}

/// All searches of a run together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sums {
    pub(super) attempts: u64,
    pub(super) seconds: f64,
    pub(super) rate: f64,
    pub(super) chance: f64,
}

/// One run of `grind` under somebody's eyes.
#[derive(Debug)]
pub(super) struct Watch {
    runtime: Runtime,
    progress: Progress,
    odds: Odds,
    to_go: Percentiles,
    begun: Instant,
    bar: Option<ProgressBar>,
    lines: bool,
}

impl Watch {
    /// Begins; `loud` tells whether anything is shown meanwhile.
    ///
    /// # Errors
    /// The operating system gives no runtime.
    pub(super) fn begin(pattern: &Pattern, loud: bool) -> Result<Self, Failed> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(Failed::work)?;
        let bar = (loud && output::watched()).then(|| {
            let style =
                ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
            ProgressBar::new_spinner().with_style(style)
        });
        Ok(Self {
            runtime,
            progress: Progress::new(),
            odds: pattern.odds().clone(),
            to_go: Percentiles::attempts(pattern),
            begun: Instant::now(),
            lines: loud && bar.is_none(),
            bar,
        })
    }

    /// Runs a search on another thread and watches it.
    ///
    /// # Errors
    /// The search's own.
    pub(super) fn run(
        &self,
        search: impl FnOnce(&SearchLimits, &Progress) -> Result<Outcome<Caught>, SearchError> + Send,
    ) -> Result<Ended, Failed> {
        let (done, ended) = oneshot::channel();
        thread::scope(|scope| {
            let progress = &self.progress;
            scope.spawn(move || {
                // The watcher waits until it has this.
                done.send(search(&SearchLimits::default(), progress)).ok();
            });
            self.runtime.block_on(self.watch(ended))
        })
    }

    async fn watch(&self, mut ended: oneshot::Receiver<Result<Outcome<Caught>, SearchError>>) -> Result<Ended, Failed> {
        let (mut interrupt, mut terminate) = (on(SignalKind::interrupt())?, on(SignalKind::terminate())?);
        let mut ticks = interval(if self.bar.is_some() { REDRAW } else { LINE });
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        ticks.tick().await;
        loop {
            tokio::select! {
                outcome = &mut ended => {
                    let outcome = outcome.map_err(|_| Failed::work("the search broke off"))?.map_err(Failed::work)?;
                    return Ok(Ended { outcome, cancelled: self.progress.is_cancelled() });
                }
                _ = interrupt.recv() => self.progress.cancel(),
                _ = terminate.recv() => self.progress.cancel(),
                _ = ticks.tick() => self.show(),
            }
        }
    }

    fn show(&self) {
        if let Some(bar) = &self.bar {
            bar.set_message(self.line());
            bar.tick();
        } else if self.lines {
            output::note(self.line());
        }
    }

    fn line(&self) -> String {
        let Sums { attempts, rate, chance, .. } = self.sums();
        format!(
            "{} tried, {}, chance so far {}; from now {}",
            figures::count(as_f64(attempts)),
            figures::rate(rate),
            figures::percent(chance),
            self.to_go.at(rate).read(figures::seconds)
        )
    }

    /// Says something between two redraws.
    pub(super) fn aside<T>(&self, say: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        }
    }

    /// The sums so far.
    fn sums(&self) -> Sums {
        let (attempts, seconds) = (self.progress.attempts(), self.begun.elapsed().as_secs_f64());
        let rate = as_f64(attempts) / seconds;
        Sums { attempts, seconds, rate, chance: self.odds.chance_after(as_f64(attempts)) }
    }

    /// Ends the run.
    pub(super) fn end(self) -> Sums {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.sums()
    }
}

fn on(kind: SignalKind) -> Result<Signal, Failed> {
    signal(kind).map_err(Failed::work)
}

#[expect(clippy::cast_precision_loss, reason = "for people's eyes; attempts beyond 2^53 are years of search")]
pub(super) fn as_f64(n: u64) -> f64 {
    n as f64
}
