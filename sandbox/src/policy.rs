//! How faithfully events are delivered: the script that a test writes for the wire.

use std::{fmt, sync::Arc, time::Duration};

use crate::random::Random;

type Script = Arc<dyn Fn(&str, &mut Random) -> Vec<Duration> + Send + Sync>;

/// Says for every event which copies are sent, and how long after it happened.
#[derive(Clone, Default)]
pub enum Policy {
    /// Each once, at once.
    #[default]
    Prompt,
    /// None; the events stay undelivered, as after an outage.
    Silent,
    /// As the function says, given the event's type: a delay for every copy, none at all to lose the event.
    Script(Script),
}

impl Policy {
    /// Every event once, after so long.
    #[must_use]
    pub fn late(delay: Duration) -> Self {
        Self::Script(Arc::new(move |_, _| vec![delay]))
    }

    /// Every event up to three times, each copy at some moment of the window, so that they come in any order; of a
    /// hundred events, about `lost` never come.
    #[must_use]
    pub fn shuffled(window: Duration, lost: u64) -> Self {
        let window = u64::try_from(window.as_millis()).unwrap_or(u64::MAX).max(1);
        Self::Script(Arc::new(move |_, random| {
            let copies = if random.below(100) < lost { 0 } else { 1 + random.below(3) };
            (0..copies).map(|_| Duration::from_millis(random.below(window))).collect()
        }))
    }

    pub(crate) fn copies(&self, kind: &str, random: &mut Random) -> Vec<Duration> {
        match self {
            Self::Prompt => vec![Duration::ZERO],
            Self::Silent => Vec::new(),
            Self::Script(script) => script(kind, random),
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prompt => "Prompt",
            Self::Silent => "Silent",
            Self::Script(_) => "Script",
        })
    }
}
