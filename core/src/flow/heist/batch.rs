//! Heists applied together: all players of a batch are locked once, in the order of their ids; the rules decide one
//! heist after the other in memory; everything is written at the end. Whatever one heist is refused for changes
//! nothing of another.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    convert::Infallible,
};

use serde_json::json;
use uuid::Uuid;

use super::is_on;
use crate::{
    app::App,
    domain::{
        audit::Action,
        happening::Happening,
        heist::{self, HeistRefusal, Loot, Moved, Outcome, Status},
        ledger::{Asset, Kind, Movement},
        season::Season,
        time::Timestamp,
    },
    flow::{
        Failure,
        notify::{Notification, notify},
    },
    store::{
        Tx,
        audit::{self, Entry, Origin},
        heists::{self, Heist},
        ledger::{Batch, MovementError},
        players::{self, Player, Standing},
        shields::{self, Shield},
    },
};

/// What a batch did.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// How each heist ended, and the points it took.
    pub(super) settled: Vec<(Status, i64)>,
    /// Users who were told of something.
    pub(super) told: BTreeSet<Uuid>,
    /// Whether letters or webhooks may be owed now.
    pub(super) owes: bool,
}

/// What both sides of a batch are, while it is decided.
struct Work<'a> {
    app: &'a App,
    at: Timestamp,
    points: Asset,
    on: bool,
    ledger: Batch,
    standings: HashMap<Uuid, Standing>,
    shields: HashMap<Uuid, Shield>,
    changed: BTreeMap<Uuid, Player>,
    broken: Vec<(Uuid, Uuid)>,
    told: Vec<Notification>,
    entries: Vec<(Entry, Origin)>,
}

/// Applies pending heists, between these players.
pub(super) async fn apply(
    tx: &mut Tx,
    app: &App,
    ids: &[Uuid],
    sides: &BTreeSet<Uuid>,
    at: Timestamp,
) -> Result<Applied, Failure<Infallible>> {
    players::lock(tx, sides.iter().copied()).await?;
    let pending = heists::lock_pending(tx, ids).await?;
    let season = Season::of(at);
    let points = season.asset();
    let mut work = Work {
        app,
        at,
        on: is_on(app, tx).await?,
        ledger: Batch::lock(tx, sides.iter().copied(), (&points, &Asset::HeistToken), at).await?,
        standings: players::standings(tx, sides.iter().copied(), season).await?,
        shields: shields::open(tx, pending.iter().map(|heist| heist.victim_id)).await?,
        points,
        changed: BTreeMap::new(),
        broken: Vec::new(),
        told: Vec::new(),
        entries: Vec::new(),
    };
    let mut settled = Vec::with_capacity(pending.len());
    for heist in pending {
        settled.push(work.settle(heist)?);
    }
    work.write(tx, settled).await
}

impl Work<'_> {
    fn settle(&mut self, heist: Heist) -> Result<Heist, Failure<Infallible>> {
        let (robber, target) = (heist.attacker_id, heist.victim_id);
        let origin =
            Origin { ip: heist.ip.clone(), user_agent: heist.user_agent.clone(), request_id: heist.request_id.clone() };
        let settled = match self.check(robber, target) {
            Err(refusal) => refused(heist, refusal, self.at),
            Ok(()) => self.admitted(heist).map_err(Failure::broken)?,
        };
        let detail = json!({
            "heist": settled.id, "result": settled.outcome.status(),
            "reason": settled.outcome.refusal().map(HeistRefusal::code),
            "points": settled.outcome.loot().map_or(0, |loot| loot.points),
        });
        let entry = Entry::new(Some(robber), Action::HeistAttempt, Some(target), detail);
        // Somebody who has left meanwhile leaves no traces.
        let there = self.standings.get(&robber).is_some_and(Standing::is_active);
        self.entries.push((entry, if there { origin } else { Origin::default() }));
        Ok(settled)
    }

    /// The rules, over what the heists before this one left.
    fn check(&self, robber: Uuid, target: Uuid) -> Result<(), HeistRefusal> {
        let percent = self.app.config.heist.rollout_percent;
        let enabled = self.on && heist::in_rollout(robber, percent);
        let (Some(one), Some(other)) = (self.standing(robber), self.standing(target)) else {
            return Err(HeistRefusal::TargetNotFound);
        };
        heist::check(&self.app.config.heist.rules, &one.robber(enabled), &other.target(percent), self.at)
    }

    fn standing(&self, user: Uuid) -> Option<Standing> {
        let standing = self.standings.get(&user)?;
        Some(Standing {
            points: self.ledger.balance(user, &self.points),
            tokens: self.ledger.balance(user, &Asset::HeistToken),
            player: self.changed.get(&user).unwrap_or(&standing.player).clone(),
            ..standing.clone()
        })
    }

    /// A heist that every check allows: the token is spent, and either a shield holds or points move.
    fn admitted(&mut self, heist: Heist) -> Result<Heist, MovementError> {
        let (robber, target) = (heist.attacker_id, heist.victim_id);
        let fee = self.movement(&heist, robber, (Kind::HeistTry, Asset::HeistToken, 1));
        let spent = self.ledger.debit(&fee)?;
        let at = self.at;
        let own = self.player(robber);
        own.heists = if own.heist_day == at.day() { own.heists + 1 } else { 1 };
        (own.heist_day, own.tokens_spent, own.last_spent_at) = (at.day(), own.tokens_spent + 1, Some(at));
        let heist = Heist { token_spent: true, tokens_after: Some(spent.after), ..heist };
        match self.shields.remove(&target).filter(|shield| at < shield.expires_at) {
            Some(shield) => self.blocked(heist, &shield),
            None => self.robbed(heist),
        }
    }

    fn blocked(&mut self, heist: Heist, shield: &Shield) -> Result<Heist, MovementError> {
        self.broken.push((shield.id, heist.id));
        let what = Happening::ShieldActivated { heist_id: heist.id, attacker_id: heist.attacker_id };
        self.tell(&heist, heist.victim_id, what);
        Ok(refused(heist, HeistRefusal::TargetShielded, self.at))
    }

    fn robbed(&mut self, heist: Heist) -> Result<Heist, MovementError> {
        let Heist { id, attacker_id: robber, victim_id: target, .. } = heist;
        let (rules, at) = (self.app.config.heist.rules, self.at);
        let taken = rules.steal(self.ledger.balance(target, &self.points));
        let loot = self.movement(&heist, target, (Kind::Heist, self.points.clone(), taken));
        let (lost, won) = self.ledger.pass(&loot, robber)?;
        self.player(robber).last_heist_at = Some(at);
        self.player(target).robbed_at = Some(at);
        let what = Happening::HeistSuccess {
            heist_id: id,
            victim_id: target,
            points: taken,
            new_total: won.after,
            cooldown_ends_at: at + rules.cooldown,
        };
        self.tell(&heist, robber, what);
        let what = Happening::HeistVictim {
            heist_id: id,
            attacker_id: robber,
            points: taken,
            new_total: lost.after,
            protection_until: at + rules.protection,
        };
        self.tell(&heist, target, what);
        Ok(Heist {
            outcome: Outcome::Success(Loot {
                points: taken,
                robber: Moved { before: won.before, after: won.after },
                target: Moved { before: lost.before, after: lost.after },
                cooldown_ends_at: at + rules.cooldown,
            }),
            applied_at: Some(at),
            ..heist
        })
    }

    fn tell(&mut self, heist: &Heist, user: Uuid, what: Happening) {
        self.told.push(Notification::new(user, what).request(heist.request_id.as_deref()));
    }

    fn player(&mut self, user: Uuid) -> &mut Player {
        let standings = &self.standings;
        let known = || standings.get(&user).map(|standing| standing.player.clone());
        self.changed.entry(user).or_insert_with(|| known().unwrap_or(Player { user_id: user, ..Player::default() }))
    }

    fn movement(&self, heist: &Heist, user: Uuid, (kind, asset, amount): (Kind, Asset, i64)) -> Movement<'static> {
        let key = format!("{}:{}", if kind == Kind::HeistTry { "heist-try" } else { "heist" }, heist.id);
        Movement { user, asset, amount, kind, key, subject: Some(heist.id), note: None, at: self.at }
    }

    async fn write(self, tx: &mut Tx, settled: Vec<Heist>) -> Result<Applied, Failure<Infallible>> {
        self.ledger.write(tx).await?;
        heists::save(tx, &settled).await?;
        players::save(tx, &self.changed.into_values().collect::<Vec<_>>()).await?;
        for (shield, heist) in self.broken {
            shields::end(tx, shield, Some(heist), self.at).await?;
        }
        notify(tx, self.app, &self.told).await?;
        audit::record_all(tx, &self.entries, self.at).await?;
        // A robber waits for the outcome, whatever it is.
        let told = settled.iter().map(|heist| heist.attacker_id);
        let told = told.chain(self.told.iter().map(|one| one.user)).collect();
        let settled = settled
            .iter()
            .map(|heist| (heist.outcome.status(), heist.outcome.loot().map_or(0, |loot| loot.points)))
            .collect();
        Ok(Applied { settled, told, owes: !self.told.is_empty() })
    }
}

/// An attempt as a refusal ends it.
pub(super) fn refused(heist: Heist, refusal: HeistRefusal, at: Timestamp) -> Heist {
    Heist { outcome: Outcome::Refused(refusal), applied_at: Some(at), ..heist }
}

/// Counts a settled attempt.
pub(super) fn count(status: Status, points: i64) {
    metrics::counter!("vanikeys_heists_total", "status" => status.name()).increment(1);
    metrics::counter!("vanikeys_heist_points_total").increment(points.unsigned_abs());
}
