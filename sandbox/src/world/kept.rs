//! The state as JSON, for a sandbox that outlives its process. Idempotency keys, faults and what was recorded are left
//! out: a key that comes again after a restart is a new one.

use serde_json::{Value, json};

use super::{World, deliveries::Owed};
use crate::{clock::Clock, config::Config, fields::Fields, random::Random};

impl World {
    /// What is kept.
    pub(crate) fn keep(&self) -> Value {
        let owed = |owed: &Owed| json!({ "event": owed.event, "endpoint": owed.endpoint, "due": owed.due, "failed": owed.failed });
        json!({
            "random": self.random.seed(),
            "looked_at": self.looked_at,
            "objects": self.objects.all().collect::<Vec<_>>(),
            "owed": self.deliveries.all().map(owed).collect::<Vec<_>>(),
        })
    }

    /// A world that goes on from what was kept; none if that isn't it.
    pub(crate) fn resume(config: Config, clock: Clock, kept: &Value) -> Option<Self> {
        let mut world = Self::new(config, clock, Random::seeded(kept["random"].as_u64()?));
        world.looked_at = kept["looked_at"].as_i64()?;
        for object in kept["objects"].as_array()? {
            world.objects.put(object);
        }
        for owed in kept["owed"].as_array()? {
            world.deliveries.restore(Owed {
                event: owed.text("event").to_owned(),
                endpoint: owed.text("endpoint").to_owned(),
                due: owed.int("due"),
                failed: usize::try_from(owed.int("failed")).ok()?,
            });
        }
        Some(world)
    }
}
