//! A worker for tests: tries what is due on a queue, by the same steps as the real one.

use vanikeys_core::{
    domain::task::{Queue, TaskState},
    flow::{
        billing, mail,
        tasks::{self, Claimed, Search, Taken, TaskView},
        webhooks,
    },
    queue::{Stop, upkeep::Upkeep, webhooks::Webhook},
    store::outbox,
};

use crate::world::World;

/// All tasks of a queue, the newest first.
pub async fn all(world: &World, queue: Queue) -> Vec<TaskView> {
    let search = Search { queue: Some(queue), ..Search::default() };
    tasks::tasks(&world.app, &search, 200, 0).await.unwrap().tasks
}

/// Claims what is due on a queue.
pub async fn claim(world: &World, queue: Queue) -> Vec<Claimed> {
    let mut tx = world.app.db.begin().await.unwrap();
    outbox::relay(&mut tx, queue, world.app.clock.now(), 0).await.unwrap();
    tx.commit().await.unwrap();
    let mut claimed = Vec::new();
    for task in all(world, queue).await.iter().rev().filter(|task| task.state == TaskState::Pushed) {
        claimed.extend(tasks::claim(&world.app, task.id, queue.lease()).await.unwrap());
    }
    claimed
}

/// Handles a claimed task, without settling it.
pub async fn handle(world: &World, task: &Claimed) -> Result<(), Stop> {
    match task.queue {
        Queue::Emails => mail::send(&world.app, task, &serde_json::from_str(&task.payload).unwrap()).await,
        Queue::Webhooks => match serde_json::from_str(&task.payload).unwrap() {
            Webhook::Deliver { delivery_id } => webhooks::deliver(&world.app, task, delivery_id).await,
            Webhook::StripeEvent { event_id } => billing::handle(&world.app, task, &event_id).await,
        },
        Queue::Upkeep => match serde_json::from_str(&task.payload).unwrap() {
            Upkeep::EndSubscription { subscription_id } => billing::end(&world.app, task, subscription_id).await,
            Upkeep::Recurring { name } => panic!("{name} has no handler here"),
        },
        other => panic!("{other} has no handler here"),
    }
}

/// Tries everything that is due on a queue, once each.
pub async fn work(world: &World, queue: Queue) -> Vec<Taken> {
    let mut taken = Vec::new();
    for task in claim(world, queue).await {
        let ended = handle(world, &task).await;
        taken.push(tasks::settle(&world.app, &task, ended).await.unwrap());
    }
    taken
}
