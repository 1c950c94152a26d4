//! What players have done so far, and who they are in the game at one moment. Whoever changes any of it, or a player's
//! points or Heist Tokens, locks the players' rows in `users` first by [`lock`].

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, bulk, bulk::insert_many, dialect, row, sql};
use crate::domain::{
    account::AccountStatus,
    heist::{Robber, Target, in_rollout},
    points::Checkins,
    season::Season,
    time::Timestamp,
};

/// What a player has done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Player {
    /// Who.
    pub user_id: Uuid,
    /// When the last heist succeeded.
    pub last_heist_at: Option<Timestamp>,
    /// When somebody last robbed this player.
    pub robbed_at: Option<Timestamp>,
    /// The UTC day on which `heists` were counted.
    pub heist_day: i64,
    /// Heists that cost a token on that day.
    pub heists: i64,
    /// The UTC day of the last check-in.
    pub checkin_day: Option<i64>,
    /// Check-ins in a row.
    pub streak: i64,
    /// The UTC day of the last achievement.
    pub achievement_day: Option<i64>,
    /// Heist Tokens ever earned.
    pub tokens_earned: i64,
    /// Heist Tokens ever spent.
    pub tokens_spent: i64,
    /// When the last was earned.
    pub last_earned_at: Option<Timestamp>,
    /// When the last was spent.
    pub last_spent_at: Option<Timestamp>,
    /// Points ever awarded.
    pub points_awarded: i64,
}

row! { Player from players:
    user_id, last_heist_at, robbed_at, heist_day, heists, checkin_day, streak, achievement_day, tokens_earned,
    tokens_spent, last_earned_at, last_spent_at, points_awarded
}

impl Player {
    /// Check-ins so far.
    #[must_use]
    pub const fn checkins(&self) -> Checkins {
        Checkins { last_day: self.checkin_day, streak: self.streak }
    }
}

/// A player at one moment of a season.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who.
    pub id: Uuid,
    /// The name; none once deleted.
    pub username: Option<String>,
    /// Whether the account is in use.
    pub status: AccountStatus,
    /// Points of the season.
    pub points: i64,
    /// Heist Tokens.
    pub tokens: i64,
    /// What was done so far.
    pub player: Player,
}

row! { Standing from users: id, username, status, points, tokens; player of Player: }

impl Standing {
    /// True until the account is deleted.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.status == AccountStatus::Active
    }

    /// As a robber.
    #[must_use]
    pub fn robber(&self, enabled: bool) -> Robber {
        Robber {
            id: self.id,
            enabled,
            tokens: self.tokens,
            last_success: self.player.last_heist_at,
            day: self.player.heist_day,
            heists: self.player.heists,
        }
    }

    /// As a target, if so many percent of all users take part.
    #[must_use]
    pub fn target(&self, percent: u32) -> Target {
        Target {
            id: self.id,
            active: self.is_active() && in_rollout(self.id, percent),
            points: self.points,
            robbed_at: self.player.robbed_at,
        }
    }
}

const PLAYER: &str = "COALESCE(p.heist_day, 0) AS heist_day, COALESCE(p.heists, 0) AS heists, p.last_heist_at, \
    p.robbed_at, p.checkin_day, COALESCE(p.streak, 0) AS streak, p.achievement_day, \
    COALESCE(p.tokens_earned, 0) AS tokens_earned, COALESCE(p.tokens_spent, 0) AS tokens_spent, p.last_earned_at, \
    p.last_spent_at, COALESCE(p.points_awarded, 0) AS points_awarded";

/// Locks the rows of users until the transaction ends, in the order of their ids.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, users: impl IntoIterator<Item = Uuid>) -> StoreResult<()> {
    let text = format!("SELECT id FROM users WHERE id IN ({}) ORDER BY id{}", bulk::id_list(1), dialect::lock_rows(tx));
    bulk::by_ids::<(Uuid,)>(tx, &text, &[], users).await.map(drop)
}

/// Users as players of a season, deleted ones too. Ids that are nobody's are not in the answer.
///
/// # Errors
/// The database's.
pub async fn standings(
    on: &mut impl Sql,
    users: impl IntoIterator<Item = Uuid>,
    season: Season,
) -> StoreResult<HashMap<Uuid, Standing>> {
    let users: Vec<Uuid> = users.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let mut all = HashMap::new();
    for piece in users.chunks(bulk::IDS) {
        // Most questions are about one or two players; those have a statement of their own.
        let places = if piece.len() <= 2 { String::from("$2, $3") } else { bulk::id_list(2) };
        let text = format!(
            "SELECT u.id, u.id AS user_id, u.username, u.status, COALESCE(s.balance, 0) AS points, \
             COALESCE(t.balance, 0) AS tokens, {PLAYER} FROM users u LEFT JOIN players p ON p.user_id = u.id \
             LEFT JOIN ledger_accounts s ON s.owner = u.id AND s.asset = $1 \
             LEFT JOIN ledger_accounts t ON t.owner = u.id AND t.asset = 'heist_token' WHERE u.id IN ({places})"
        );
        let found: Vec<Standing> = sql!(on, c => {
            let mut query = sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(season.asset().to_string());
            for id in bulk::filled(piece).take(if piece.len() <= 2 { 2 } else { bulk::IDS }) {
                query = query.bind(id);
            }
            query.fetch_all(c).await
        })?;
        all.extend(found.into_iter().map(|standing| (standing.id, standing)));
    }
    Ok(all)
}

/// One user as a player of a season.
///
/// # Errors
/// The database's.
pub async fn standing(on: &mut impl Sql, user: Uuid, season: Season) -> StoreResult<Option<Standing>> {
    Ok(standings(on, [user], season).await?.remove(&user))
}

/// Keeps what players have done. Their rows in `users` must be locked.
///
/// # Errors
/// The database's.
pub async fn save(tx: &mut Tx, players: &[Player]) -> StoreResult<()> {
    insert_many!(
        tx,
        "INSERT INTO players (user_id, last_heist_at, robbed_at, heist_day, heists, checkin_day, streak, \
         achievement_day, tokens_earned, tokens_spent, last_earned_at, last_spent_at, points_awarded)",
        13,
        "ON CONFLICT (user_id) DO UPDATE SET last_heist_at = EXCLUDED.last_heist_at, robbed_at = EXCLUDED.robbed_at, \
         heist_day = EXCLUDED.heist_day, heists = EXCLUDED.heists, checkin_day = EXCLUDED.checkin_day, \
         streak = EXCLUDED.streak, achievement_day = EXCLUDED.achievement_day, \
         tokens_earned = EXCLUDED.tokens_earned, tokens_spent = EXCLUDED.tokens_spent, \
         last_earned_at = EXCLUDED.last_earned_at, last_spent_at = EXCLUDED.last_spent_at, \
         points_awarded = EXCLUDED.points_awarded",
        players,
        |query, row| query
            .bind(row.user_id)
            .bind(row.last_heist_at)
            .bind(row.robbed_at)
            .bind(row.heist_day)
            .bind(row.heists)
            .bind(row.checkin_day)
            .bind(row.streak)
            .bind(row.achievement_day)
            .bind(row.tokens_earned)
            .bind(row.tokens_spent)
            .bind(row.last_earned_at)
            .bind(row.last_spent_at)
            .bind(row.points_awarded)
    );
    Ok(())
}

/// Names of users; deleted ones have none.
///
/// # Errors
/// The database's.
pub async fn names(on: &mut impl Sql, users: impl IntoIterator<Item = Uuid>) -> StoreResult<HashMap<Uuid, String>> {
    let text = format!("SELECT id, username FROM users WHERE username IS NOT NULL AND id IN ({})", bulk::id_list(1));
    Ok(bulk::by_ids(on, &text, &[], users).await?.into_iter().collect())
}
