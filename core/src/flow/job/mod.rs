//! Jobs: guaranteed searches. `quote` and `create` take orders, `Coordinator` issues slices, `settle_report` takes
//! what searchers answer, `cancel` and `ending` end them, `view` and `result` read.

mod cancel;
mod coordinate;
mod create;
mod ending;
mod quote;
mod refusal;
mod report;
mod resealing;
mod result;
mod searchers;
mod slice;
mod view;

pub use cancel::{cancel, cancel_all_of};
pub use coordinate::{Coordinator, Issued};
pub use create::{JobOrder, create};
pub use ending::forget_slices;
pub use quote::{Quote, quote};
pub use refusal::JobRefusal;
pub use report::{Settled, settle_report};
pub use resealing::reseal_old_keys;
pub use result::{result, shred};
pub use searchers::{Announcement, enrol_searcher, searcher_announced, searchers, suspend_searcher};
pub use view::{JobPage, JobView, list, show};

pub use crate::store::searchers::Searcher;
