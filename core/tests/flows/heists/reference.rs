//! A model of the game that knows nothing of ledger, queue, process or database: what players have, and what waits.

use std::collections::BTreeMap;

use uuid::Uuid;

/// A player of the model; times are hours since it began, at a midnight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    pub points: i64,
    pub season: String,
    pub tokens: i64,
    pub vani: i64,
    pub robbed_somebody: Option<u64>,
    pub was_robbed: Option<u64>,
    pub day: u64,
    pub tries: i64,
    pub checked_in: Option<u64>,
    pub streak: i64,
    pub shield_until: u64,
}

/// How a heist ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Refused,
    Blocked,
    Took(i64),
}

#[derive(Default)]
pub struct Model {
    pub players: Vec<Own>,
    /// Attempts that wait, by their ids.
    pub waiting: BTreeMap<Uuid, (usize, usize)>,
    pub hour: u64,
}

impl Model {
    pub fn sign_up(&mut self, by: Option<usize>, season: &str) {
        self.players.push(Own { points: 25, vani: 1_000, season: season.to_owned(), ..Own::default() });
        if let Some(by) = by {
            self.players[by].points += 50;
            self.players[by].tokens += 1;
        }
    }

    pub fn pass(&mut self, hours: u64, season: &str) {
        self.hour += hours;
        for own in &mut self.players {
            if own.season != season {
                (own.points, own.season) = (0, season.to_owned());
            }
        }
    }

    pub fn allowed(&self, robber: usize, target: usize) -> bool {
        let (one, other) = (&self.players[robber], &self.players[target]);
        one.tokens > 0
            && one.robbed_somebody.is_none_or(|at| self.hour >= at + 24)
            && !(one.day == self.hour / 24 && one.tries >= 10)
            && robber != target
            && other.points >= 20
            && other.was_robbed.is_none_or(|at| self.hour >= at + 48)
    }

    /// What comes of an attempt that waited; none if it did not.
    pub fn apply(&mut self, id: Uuid) -> Option<End> {
        let (robber, target) = self.waiting.remove(&id)?;
        if !self.allowed(robber, target) {
            return Some(End::Refused);
        }
        let (hour, today) = (self.hour, self.hour / 24);
        let one = &mut self.players[robber];
        one.tokens -= 1;
        one.tries = if one.day == today { one.tries + 1 } else { 1 };
        one.day = today;
        if self.players[target].shield_until > hour {
            self.players[target].shield_until = 0;
            return Some(End::Blocked);
        }
        let taken = (self.players[target].points / 20).min(100);
        self.players[target].points -= taken;
        self.players[target].was_robbed = Some(hour);
        self.players[robber].points += taken;
        self.players[robber].robbed_somebody = Some(hour);
        Some(End::Took(taken))
    }

    pub fn check_in(&mut self, who: usize) -> bool {
        let today = self.hour / 24;
        let own = &mut self.players[who];
        if own.checked_in == Some(today) {
            return false;
        }
        let bonus = if own.checked_in.is_none() { 10 } else { 0 };
        own.streak = if own.checked_in.is_some_and(|day| day + 1 == today) { own.streak + 1 } else { 1 };
        own.checked_in = Some(today);
        own.points += 5 + bonus + if own.streak % 7 == 0 { 20 } else { 0 };
        true
    }

    pub fn buy_shield(&mut self, who: usize) -> bool {
        let (hour, own) = (self.hour, &mut self.players[who]);
        if own.shield_until > hour || own.vani < 50 {
            return false;
        }
        (own.shield_until, own.vani) = (hour + 7 * 24, own.vani - 50);
        true
    }
}
