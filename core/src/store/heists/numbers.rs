//! The game in numbers, read together: what an admin looks at.

use std::{sync::Arc, time::Duration};

use tokio::sync::Mutex;

use super::stats::{
    Alarms, Day, Fortune, Named, Redistribution, alarms, averages, by_day, fortunes, most_robbed, redistribution,
    tokens, top_robbers,
};
use crate::{
    domain::{season::Season, time::Timestamp},
    store::{Sql, StoreResult},
};

/// Days that the numbers go back, today among them.
const BACK: i64 = 30;

/// Names in a list of the most.
const MOST: i64 = 10;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The game in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The season that is on.
    pub season: Season,
    /// Attempts by day and status, the latest day first, of thirty days.
    pub days: Vec<Day>,
    /// Successful heists of those days.
    pub successes: i64,
    /// Points they took.
    pub stolen: i64,
    /// Players by how many Heist Tokens they have.
    pub tokens: Vec<(i64, i64)>,
    /// Those who took the most.
    pub robbers: Vec<Named>,
    /// Those who lost the most.
    pub robbed: Vec<Named>,
    /// Points moved beside points awarded, this season.
    pub redistribution: Redistribution,
    /// How this season's points are spread.
    pub fortune: Fortune,
    /// What operators are told of.
    pub alarms: Alarms,
}

/// The numbers that were read last, and when.
pub type Seen = Arc<Mutex<Option<(Timestamp, Numbers)>>>;

/// The game in numbers. A month of heists is counted, so this takes a while where there are many.
///
/// # Errors
/// The database's.
pub async fn numbers(on: &mut impl Sql, now: Timestamp) -> StoreResult<Numbers> {
    let (season, first) = (Season::of(now), now.day() - BACK + 1);
    let since = now.next_midnight() - DAY * u32::try_from(BACK).unwrap_or_default();
    let (successes, stolen) = averages(on, since).await?;
    Ok(Numbers {
        season,
        days: by_day(on, (first, now.day())).await?,
        successes,
        stolen,
        tokens: tokens(on, 30).await?,
        robbers: top_robbers(on, since, MOST).await?,
        robbed: most_robbed(on, since, MOST).await?,
        redistribution: redistribution(on, season).await?,
        fortune: fortunes(on, season).await?,
        alarms: alarms(on, now - DAY / 24, now - DAY).await?,
    })
}
