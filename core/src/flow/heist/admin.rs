//! The game as operators see it.

use std::time::Duration;

use crate::{
    app::App,
    domain::season::Season,
    store::{
        StoreError,
        heists::{self, Alarms, Day, Fortune, Named, Redistribution},
    },
};

/// Days that the overview goes back.
const BACK: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Names in a list of the most.
const MOST: i64 = 10;

/// The game in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The season that is on.
    pub season: Season,
    /// Whether heists are on.
    pub on: bool,
    /// Attempts by day and status, the latest day first, thirty days back.
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

/// The game in numbers.
///
/// # Errors
/// The store's.
pub async fn overview(app: &App) -> Result<Overview, StoreError> {
    let now = app.clock.now();
    let (season, since) = (Season::of(now), now - BACK);
    let mut conn = app.db.read().await?;
    let conn = &mut conn;
    let (successes, stolen) = heists::averages(conn, since).await?;
    Ok(Overview {
        season,
        on: super::is_on(app, conn).await?,
        days: heists::by_day(conn, since).await?,
        successes,
        stolen,
        tokens: heists::tokens(conn, 30).await?,
        robbers: heists::top_robbers(conn, since, MOST).await?,
        robbed: heists::most_robbed(conn, since, MOST).await?,
        redistribution: heists::redistribution(conn, season).await?,
        fortune: heists::fortunes(conn, season).await?,
        alarms: heists::alarms(conn, now - HOUR, now - 24 * HOUR).await?,
    })
}

const HOUR: Duration = Duration::from_secs(60 * 60);
