//! The game as operators see it.

use std::{sync::Arc, time::Duration};

use tokio::sync::Mutex;

use crate::{
    app::App,
    domain::{season::Season, time::Timestamp},
    store::{
        StoreError,
        heists::{self, Alarms, Day, Fortune, Named, Redistribution},
    },
};

/// Days that the overview goes back, today among them.
const BACK: i64 = 30;

/// The numbers of a month of heists are read anew after so long, however often somebody looks.
const AGE: Duration = Duration::from_secs(60);

/// Names in a list of the most.
const MOST: i64 = 10;

/// The game in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The season that is on.
    pub season: Season,
    /// Whether heists are on.
    pub on: bool,
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

/// The numbers that were read last, and when. Whoever comes while they are read waits for them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<Option<(Timestamp, Overview)>>>);

/// The game in numbers, at most a minute old; the switch is as it stands.
///
/// # Errors
/// The store's.
pub async fn overview(app: &App) -> Result<Overview, StoreError> {
    let now = app.clock.now();
    let mut seen = app.overview.0.lock().await;
    let kept = seen.take().filter(|(at, _)| *at <= now && now < *at + AGE);
    let (at, overview) = match kept {
        Some(kept) => kept,
        None => (now, read(app, now).await?),
    };
    *seen = Some((at, overview.clone()));
    drop(seen);
    Ok(Overview { on: super::is_on(app, &mut app.db.read().await?).await?, ..overview })
}

async fn read(app: &App, now: Timestamp) -> Result<Overview, StoreError> {
    let (season, first) = (Season::of(now), now.day() - BACK + 1);
    let since = now.next_midnight() - DAY * u32::try_from(BACK).unwrap_or_default();
    let mut conn = app.db.read().await?;
    let conn = &mut conn;
    let (successes, stolen) = heists::averages(conn, since).await?;
    Ok(Overview {
        season,
        on: super::is_on(app, conn).await?,
        days: heists::by_day(conn, (first, now.day())).await?,
        successes,
        stolen,
        tokens: heists::tokens(conn, 30).await?,
        robbers: heists::top_robbers(conn, since, MOST).await?,
        robbed: heists::most_robbed(conn, since, MOST).await?,
        redistribution: heists::redistribution(conn, season).await?,
        fortune: heists::fortunes(conn, season).await?,
        alarms: heists::alarms(conn, now - DAY / 24, now - DAY).await?,
    })
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
