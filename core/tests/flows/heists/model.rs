//! Random programs of sign-ups, check-ins, heists, shields and time, with workers that die and tasks that come twice and
//! out of order, kept equal to a model of the rules that knows nothing of ledger, queue or database.

use std::time::Duration;

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use uuid::Uuid;
use vanikeys_core::{
    domain::{season::Season, time::Timestamp},
    flow::{
        Actor,
        account::{
            Form,
            register::{Registration, register},
        },
        heist, points,
    },
    store::{audit::Origin, outbox, players},
};

use super::{
    ground::{give, invariants, pushed},
    reference::Model,
};
use crate::{
    accounts::people::{actor, form},
    world::{World, over_both},
};

#[derive(Clone, Debug)]
enum Step {
    SignUp { by: usize },
    Give { to: usize, points: i64, tokens: i64 },
    CheckIn(usize),
    Ask { robber: usize, target: usize },
    Shield(usize),
    Work { batch: usize, backwards: bool, twice: bool },
    Die,
    Pass { hours: u64 },
}

fn programs() -> impl Strategy<Value = Vec<Step>> {
    let who = 0usize..5;
    let one = prop_oneof![
        1 => who.clone().prop_map(|by| Step::SignUp { by }),
        3 => (who.clone(), 0i64..2_500, 0i64..3).prop_map(|(to, points, tokens)| Step::Give { to, points, tokens }),
        2 => who.clone().prop_map(Step::CheckIn),
        8 => (who.clone(), who.clone()).prop_map(|(robber, target)| Step::Ask { robber, target }),
        1 => who.prop_map(Step::Shield),
        4 => (1usize..5, any::<bool>(), any::<bool>())
            .prop_map(|(batch, backwards, twice)| Step::Work { batch, backwards, twice }),
        1 => Just(Step::Die),
        3 => prop_oneof![Just(1u64), Just(12), Just(24), Just(48), Just(200), Just(720)]
            .prop_map(|hours| Step::Pass { hours }),
    ];
    proptest::collection::vec(one, 5..40)
}

struct Run<'a> {
    world: &'a World,
    model: Model,
    people: Vec<Actor>,
    codes: Vec<String>,
    start: Timestamp,
}

impl Run<'_> {
    fn season(&self) -> String {
        Season::of(self.world.app.clock.now()).to_string()
    }

    async fn sign_up(&mut self, by: Option<usize>) {
        let name = format!("u{}", &Uuid::now_v7().simple().to_string()[16..]);
        let code = by.map(|by| self.codes[by].clone());
        let form = Registration { referral_code: code, ..form(&name) };
        let signed = register(&self.world.app, &form, Form::Session, &Origin::default()).await.unwrap();
        self.people.push(actor(&signed));
        self.codes.push(signed.user.referral_code);
        let season = self.season();
        self.model.sign_up(by, &season);
    }

    async fn step(&mut self, step: Step) {
        let app = &self.world.app;
        match step {
            Step::SignUp { by } => {
                if self.people.len() < 6 {
                    self.sign_up(Some(by % self.people.len())).await;
                }
            }
            Step::Give { to, points, tokens } => {
                let to = to % self.people.len();
                give(self.world, &self.people[to], points, tokens).await;
                self.model.players[to].points += points;
                self.model.players[to].tokens += tokens;
            }
            Step::CheckIn(who) => {
                let who = who % self.people.len();
                let done = points::check_in(app, &self.people[who], None).await.is_ok();
                assert_eq!(done, self.model.check_in(who));
            }
            Step::Ask { robber, target } => {
                let (robber, target) = (robber % self.people.len(), target % self.people.len());
                let asked = heist::ask(app, &self.people[robber], None, self.people[target].user).await.unwrap();
                let heist::Asked::Attempt(id) = asked else { panic!("{asked:?}") };
                let ended = heist::attempt(app, &self.people[robber], id).await.unwrap();
                let queued = ended.applied_at.is_none();
                assert_eq!(queued, self.model.allowed(robber, target), "{ended:?}");
                if queued {
                    self.model.waiting.insert(id, (robber, target));
                }
            }
            Step::Shield(who) => {
                let who = who % self.people.len();
                let bought = heist::buy_shield(app, &self.people[who], None).await.is_ok();
                assert_eq!(bought, self.model.buy_shield(who));
            }
            Step::Work { batch, backwards, twice } => self.work(batch, backwards, twice).await,
            Step::Die => {
                let tasks = pushed(self.world).await;
                let mut tx = app.db.begin().await.unwrap();
                outbox::claim_all(&mut tx, &tasks, Duration::ZERO).await.unwrap();
                tx.commit().await.unwrap();
            }
            Step::Pass { hours } => {
                self.world.pass(Duration::from_secs(hours * 3_600));
                let season = self.season();
                self.model.pass(hours, &season);
            }
        }
    }

    /// Tasks that are pushed, in batches; within a batch the oldest attempt comes first.
    async fn work(&mut self, batch: usize, backwards: bool, twice: bool) {
        let mut tasks = pushed(self.world).await;
        if backwards {
            tasks.reverse();
        }
        for batch in tasks.chunks(batch) {
            let mut heists = Vec::new();
            for task in batch {
                let mut conn = self.world.app.db.read().await.unwrap();
                let payload = outbox::find(&mut conn, *task).await.unwrap().unwrap().payload;
                let payload: serde_json::Value = serde_json::from_str(&payload).unwrap();
                heists.push(payload["heistId"].as_str().unwrap().parse::<Uuid>().unwrap());
            }
            heists.sort();
            for _ in 0..=usize::from(twice) {
                heist::apply(&self.world.app, batch).await.unwrap();
            }
            for id in heists {
                self.model.apply(id);
            }
        }
    }

    async fn compare(&self) {
        let now = self.world.app.clock.now();
        let mut conn = self.world.app.db.read().await.unwrap();
        let hour = |at: Option<Timestamp>| at.map(|at| at.since(self.start).as_secs() / 3_600);
        for (actor, own) in self.people.iter().zip(&self.model.players) {
            let real = players::standing(&mut conn, actor.user, Season::of(now)).await.unwrap().unwrap();
            let told = (
                real.points,
                real.tokens,
                hour(real.player.last_heist_at),
                hour(real.player.robbed_at),
                real.player.streak,
            );
            assert_eq!(told, (own.points, own.tokens, own.robbed_somebody, own.was_robbed, own.streak));
        }
    }
}

async fn run(world: &World, program: Vec<Step>) {
    // The model's days are those of UTC.
    world.pass(world.app.clock.now().next_midnight().since(world.app.clock.now()));
    let start = world.app.clock.now();
    let mut run = Run { world, model: Model::default(), people: Vec::new(), codes: Vec::new(), start };
    for _ in 0..3 {
        run.sign_up(None).await;
    }
    for step in program {
        run.step(step).await;
        run.compare().await;
    }
    run.work(2, false, false).await;
    while !run.model.waiting.is_empty() {
        run.work(2, false, false).await;
    }
    run.compare().await;
    invariants(world).await;
}

over_both! {
    async fn any_program_equals_the_model(world) {
        let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, max_shrink_iters: 40, ..Config::default() });
        let handle = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            runner
                .run(&programs(), |program| {
                    handle.block_on(run(&world, program));
                    Ok(())
                })
                .unwrap();
        });
    }
}
