//! Looks at Stripe's prices when the process starts, since nothing is sold whose price nobody looked at; from then on
//! that is on the schedule.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use vanikeys_core::{app::App, flow::billing};

/// The wait until Stripe is asked again if it does not answer.
const AGAIN: Duration = Duration::from_secs(5);

/// Ends as soon as it succeeded, or when told to.
pub(crate) async fn look(app: App, stop: CancellationToken) {
    let until_known = async {
        while let Err(error) = billing::check_prices(&app).await {
            tracing::warn!(%error, "prices could not be looked at; what has no known price is not sold");
            tokio::time::sleep(AGAIN).await;
        }
    };
    tokio::select! {
        () = until_known => {}
        () = stop.cancelled() => {}
    }
}
