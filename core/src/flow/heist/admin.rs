//! The game as operators see it.

use std::time::Duration;

use crate::{
    app::App,
    store::{
        StoreError,
        heists::{self, Numbers},
    },
};

/// The numbers are read anew after so long, however often somebody looks.
const AGE: Duration = Duration::from_secs(60);

/// The game as operators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Whether heists are on.
    pub on: bool,
    /// The game in numbers.
    pub numbers: Numbers,
}

/// The game in numbers, at most a minute old; the switch is as it stands. Whoever comes while they are read waits for
/// the same ones.
///
/// # Errors
/// The store's.
pub async fn overview(app: &App) -> Result<Overview, StoreError> {
    let now = app.clock.now();
    let mut seen = app.overview.lock().await;
    let (at, numbers) = match seen.take().filter(|(at, _)| *at <= now && now < *at + AGE) {
        Some(kept) => kept,
        None => (now, heists::numbers(&mut app.db.read().await?, now).await?),
    };
    *seen = Some((at, numbers.clone()));
    drop(seen);
    Ok(Overview { on: super::is_on(app, &mut app.db.read().await?).await?, numbers })
}
