//! Giving points for an event, as many as the master table says.

use uuid::Uuid;

use crate::{
    app::App,
    domain::{ledger::Movement, points::PointKind, season::Season},
    store::{
        StoreError, StoreResult, Tx,
        ledger::{self, MovementError},
        players::{self, Player},
        point_kinds,
    },
};

/// Gives a player what an event is worth now; answers how many points that were. The player's row in `users` is locked,
/// and `player` is saved afterwards. A key that was used before gives nothing.
pub(crate) async fn award(
    tx: &mut Tx,
    app: &App,
    player: &mut Player,
    kind: PointKind,
    key: String,
    subject: Option<Uuid>,
) -> StoreResult<i64> {
    let points = point_kinds::worth(tx, kind).await?;
    if points == 0 {
        return Ok(0);
    }
    let at = app.clock.now();
    let asset = Season::of(at).asset();
    let movement =
        Movement { user: player.user_id, asset, amount: points, kind: kind.into(), key, subject, note: None, at };
    match ledger::credit(tx, &movement).await {
        Ok(_) => {
            player.points_awarded += points;
            Ok(points)
        }
        // Given before, when it was worth another number or in another season.
        Err(MovementError::Exists { .. }) => Ok(0),
        Err(MovementError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::Corrupt(format!("points of {}: {error}", player.user_id))),
    }
}

/// Gives a new player the points for signing up.
pub(crate) async fn give_signup(tx: &mut Tx, app: &App, user: Uuid) -> StoreResult<()> {
    players::lock(tx, [user]).await?;
    let season = Season::of(app.clock.now());
    let Some(standing) = players::standing(tx, user, season).await? else { return Ok(()) };
    let mut player = standing.player;
    award(tx, app, &mut player, PointKind::Signup, format!("signup:{user}"), Some(user)).await?;
    players::save(tx, &[player]).await
}

/// Gives a player the points for a purchase, if the operator made it worth any. The player's row is locked.
pub(crate) async fn bought(tx: &mut Tx, app: &App, user: Uuid, purchase: Uuid) -> StoreResult<()> {
    let season = Season::of(app.clock.now());
    let Some(standing) = players::standing(tx, user, season).await? else { return Ok(()) };
    let mut player = standing.player;
    let key = format!("coin-purchase:{purchase}");
    if award(tx, app, &mut player, PointKind::CoinPurchase, key, Some(purchase)).await? == 0 {
        return Ok(());
    }
    players::save(tx, &[player]).await
}

/// Gives a player the points for a rare pull that matched in full, once a UTC day. The player's row is locked.
pub(crate) async fn achievement(tx: &mut Tx, app: &App, user: Uuid, pull: Uuid) -> StoreResult<()> {
    let now = app.clock.now();
    let Some(standing) = players::standing(tx, user, Season::of(now)).await? else { return Ok(()) };
    let mut player = standing.player;
    if player.achievement_day.is_some_and(|day| day >= now.day()) {
        return Ok(());
    }
    player.achievement_day = Some(now.day());
    award(tx, app, &mut player, PointKind::AchievementUnlock, format!("achievement:{pull}"), Some(pull)).await?;
    players::save(tx, &[player]).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        clients::clock::Clock,
        config::Config,
        domain::{account::Role, time::Timestamp},
        secret::Secret,
        store::{
            testing::{both, commit},
            users::{self, NewUser},
        },
    };

    #[tokio::test(flavor = "multi_thread")]
    async fn an_achievement_gives_a_hundred_points_once_a_utc_day() {
        for fixture in both().await {
            let clock = Clock::manual(Timestamp::parse("2026-11-21T23:00:00Z").unwrap());
            let mut config = Config::default();
            config.secret_key = Some(Secret::new("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"));
            let app = &App::assemble(fixture.db.clone(), config, clock).unwrap();
            let user = Uuid::now_v7();
            let new = NewUser {
                id: user,
                email: "ann@example.org",
                email_key: "ann@example.org",
                person_key: "ann@example.org",
                username: "ann",
                username_key: "ann",
                password_hash: "",
                role: Role::User,
                email_confirmed_at: None,
                referral_code: "ANN",
                referred_by: None,
                network: None,
                flag_reason: None,
                at: app.clock.now(),
            };
            let made: StoreResult<()> = commit!(app.db, tx => users::insert(tx, &new).await);
            made.unwrap();
            let pull = async || -> StoreResult<i64> {
                commit!(app.db, tx => {
                    players::lock(tx, [user]).await?;
                    achievement(tx, app, user, Uuid::now_v7()).await?;
                    let standing = players::standing(tx, user, Season::of(app.clock.now())).await?;
                    Ok(standing.map_or(0, |standing| standing.points))
                })
            };
            assert_eq!((pull().await.unwrap(), pull().await.unwrap()), (100, 100));
            app.clock.advance(Duration::from_secs(3_599));
            assert_eq!(pull().await.unwrap(), 100);
            app.clock.advance(Duration::from_secs(1));
            assert_eq!(pull().await.unwrap(), 200);
        }
    }
}
