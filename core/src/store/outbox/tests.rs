use std::time::Duration;

use super::*;
use crate::domain::task::Stage;
use crate::store::{
    Db, StoreError, execute, queues,
    testing::{both, commit},
};

const LEASE: Duration = Duration::from_secs(30);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000)
}

fn task(user: Option<Uuid>) -> NewTask<'static> {
    NewTask {
        queue: Queue::Emails,
        kind: "letter",
        payload: "{}",
        user_id: user,
        created_at: at(0),
        due_at: at(0),
        dedupe_key: None,
        request_id: Some("r-1"),
    }
}

async fn add(db: &Db, task: &NewTask<'_>) -> Uuid {
    commit!(db, tx => enqueue(tx, task).await).unwrap().unwrap()
}

async fn pass(db: &Db, now: Timestamp, backlog: i64) -> Pass {
    commit!(db, tx => relay(tx, Queue::Emails, now, backlog).await).unwrap()
}

async fn take(db: &Db, id: Uuid, lease: Duration) -> Claim {
    commit!(db, tx => claim(tx, id, lease).await).unwrap()
}

async fn taken(db: &Db, id: Uuid, lease: Duration) -> Claimed {
    match take(db, id, lease).await {
        Claim::Taken(claimed) => claimed,
        other => panic!("{other:?}"),
    }
}

async fn state(db: &Db, id: Uuid) -> TaskState {
    find(&mut db.read().await.unwrap(), id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_queue_without_a_row_gets_one_and_the_others_keep_theirs() {
    for fixture in both().await {
        let db = &fixture.db;
        assert!(commit!(db, tx => queues::pause(tx, Queue::Heists, None, at(0)).await).unwrap());
        commit!(db, tx => execute!(tx, "DELETE FROM queues WHERE name = $1", Queue::Emails)).unwrap();
        let id = add(db, &task(None)).await;
        assert!(pass(db, at(0), 0).await.push.is_empty(), "nobody relays a queue without a row");
        commit!(db, tx => queues::know(tx).await).unwrap();
        assert_eq!(pass(db, at(0), 0).await.push, [id]);
        assert!(queues::paused_at(&mut db.read().await.unwrap(), Queue::Heists).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_task_is_pushed_claimed_and_done_once() {
    for fixture in both().await {
        let db = &fixture.db;
        let user = Uuid::now_v7();
        let id = add(db, &task(Some(user))).await;
        let pushed = pass(db, at(0), 0).await;
        assert_eq!(pushed.push, [id]);
        assert!(pass(db, at(0), 1).await.push.is_empty(), "pushed once");
        let claimed = taken(db, id, LEASE).await;
        assert_eq!((claimed.tries, claimed.user_id, claimed.request_id.as_deref()), (1, Some(user), Some("r-1")));
        assert!(matches!(take(db, id, LEASE).await, Claim::Gone), "held by its lease");
        assert!(commit!(db, tx => renew(tx, claimed.fence, LEASE).await).unwrap());
        assert!(commit!(db, tx => done(tx, claimed.fence, at(1)).await).unwrap());
        assert!(!commit!(db, tx => done(tx, claimed.fence, at(1)).await).unwrap());
        assert!(matches!(take(db, id, LEASE).await, Claim::Gone), "a second delivery finds it done");
        assert_eq!(commit!(db, tx => forget_done(tx, Queue::Emails, at(1)).await).unwrap(), 0);
        assert_eq!(commit!(db, tx => forget_done(tx, Queue::Emails, at(2)).await).unwrap(), 1);
    }
}

#[tokio::test]
async fn a_key_owes_one_task_ever() {
    for fixture in both().await {
        let db = &fixture.db;
        let keyed = NewTask { dedupe_key: Some("key-found:1"), ..task(None) };
        add(db, &keyed).await;
        assert_eq!(commit!(db, tx => enqueue(tx, &keyed).await).unwrap(), None);
    }
}

#[tokio::test]
async fn a_late_finisher_changes_nothing() {
    for fixture in both().await {
        let db = &fixture.db;
        let id = add(db, &task(None)).await;
        pass(db, at(0), 0).await;
        let slow = taken(db, id, Duration::ZERO).await;
        let next = taken(db, id, LEASE).await;
        assert_eq!(next.tries, 2);
        assert!(!commit!(db, tx => done(tx, slow.fence, at(1)).await).unwrap());
        assert!(!commit!(db, tx => retry(tx, slow.fence, at(9), "late").await).unwrap());
        assert!(!commit!(db, tx => die(tx, slow.fence, "late", at(9)).await).unwrap());
        assert!(!commit!(db, tx => hand_back(tx, &slow).await).unwrap());
        assert!(!commit!(db, tx => renew(tx, slow.fence, LEASE).await).unwrap());
        assert_eq!(state(db, id).await, TaskState::Running);
        assert!(commit!(db, tx => done(tx, next.fence, at(1)).await).unwrap());
    }
}

#[tokio::test]
async fn what_a_vanished_worker_had_is_pushed_again() {
    for fixture in both().await {
        let db = &fixture.db;
        let id = add(db, &task(None)).await;
        pass(db, at(0), 0).await;
        taken(db, id, Duration::ZERO).await;
        let pass = pass(db, at(0), 0).await;
        assert_eq!((pass.push, pass.lost), (vec![id], 1));
        assert_eq!(taken(db, id, LEASE).await.tries, 2);
    }
}

#[tokio::test]
async fn what_the_queue_lost_is_pushed_again_and_nothing_else() {
    for fixture in both().await {
        let db = &fixture.db;
        let ids = [add(db, &task(None)).await, add(db, &task(None)).await];
        assert_eq!(pass(db, at(0), 0).await.push, ids);
        assert!(pass(db, at(0), 0).await.push.is_empty(), "a fresh push may be on its way");
        commit!(db, tx => execute!(tx, "UPDATE outbox SET pushed_at = 0 WHERE id = $1", ids[0])).unwrap();
        assert!(pass(db, at(0), 2).await.push.is_empty(), "both lie on the queue");
        assert_eq!(pass(db, at(0), 1).await.push, ids[..1], "one is missing: the old one");
        commit!(db, tx => take_back(tx, &ids).await).unwrap();
        assert_eq!(pass(db, at(0), 0).await.push, ids);
    }
}

#[tokio::test]
async fn retries_wait_and_dead_tasks_are_kept_found_and_run_again() {
    for fixture in both().await {
        let db = &fixture.db;
        let id = add(db, &task(None)).await;
        let claimed = taken(db, id, LEASE).await;
        assert!(commit!(db, tx => retry(tx, claimed.fence, at(60), "away").await).unwrap());
        assert!(matches!(take(db, id, LEASE).await, Claim::Gone), "not due");
        assert_eq!(next_due(&mut db.read().await.unwrap(), Queue::Emails).await.unwrap(), Some(at(60)));
        assert!(pass(db, at(59), 0).await.push.is_empty());
        assert_eq!(pass(db, at(60), 0).await.push, [id]);
        let claimed = taken(db, id, LEASE).await;
        assert_eq!(claimed.tries, 2);
        assert!(commit!(db, tx => die(tx, claimed.fence, "100%_gone", at(61)).await).unwrap());
        let find = |text: &str| Search { stage: Some(Stage::Dead), text: Some(text.into()), ..Search::default() };
        let mut on = db.read().await.unwrap();
        assert_eq!(list(&mut on, &find("100%_GONE"), 10, 0).await.unwrap().1, 1);
        assert_eq!(list(&mut on, &find("100x"), 10, 0).await.unwrap().1, 0);
        let (tasks, _) = list(&mut on, &Search { queue: Some(Queue::Emails), ..find("letter") }, 10, 0).await.unwrap();
        assert_eq!((tasks[0].id, tasks[0].last_error.as_deref()), (id, Some("100%_gone")));
        drop(on);
        assert!(commit!(db, tx => run_again(tx, id, at(70)).await).unwrap());
        assert!(!commit!(db, tx => run_again(tx, id, at(70)).await).unwrap());
        let claimed = taken(db, id, LEASE).await;
        assert_eq!((claimed.tries, claimed.fence.attempt), (1, 3), "tries begin again, attempts never do");
        commit!(db, tx => die(tx, claimed.fence, "again", at(71)).await).unwrap();
        assert_eq!(commit!(db, tx => run_all_again(tx, &find("again"), at(72)).await).unwrap(), 1);
        assert_eq!(pass(db, at(72), 0).await.push, [id]);
    }
}

#[tokio::test]
async fn tasks_are_found_by_their_stage() {
    for fixture in both().await {
        let db = &fixture.db;
        let pushed = add(db, &task(None)).await;
        pass(db, at(0), 0).await;
        let ready = add(db, &task(None)).await;
        let later = add(db, &NewTask { due_at: at(60), ..task(None) }).await;
        let [running, done, dead] =
            [add(db, &task(None)).await, add(db, &task(None)).await, add(db, &task(None)).await];
        taken(db, running, LEASE).await;
        let claimed = taken(db, done, LEASE).await;
        assert!(commit!(db, tx => super::done(tx, claimed.fence, at(1)).await).unwrap());
        let claimed = taken(db, dead, LEASE).await;
        assert!(commit!(db, tx => die(tx, claimed.fence, "gone", at(1)).await).unwrap());
        for (stage, wanted) in [
            (Stage::Waiting, vec![pushed, ready]),
            (Stage::Later, vec![later]),
            (Stage::Running, vec![running]),
            (Stage::Done, vec![done]),
            (Stage::Dead, vec![dead]),
        ] {
            let search = Search { stage: Some(stage), ..Search::default() };
            let (tasks, total) = list(&mut db.read().await.unwrap(), &search, 10, 0).await.unwrap();
            let mut found: Vec<Uuid> = tasks.iter().map(|task| task.id).collect();
            found.sort_unstable();
            assert_eq!((found, total), (wanted.clone(), wanted.len() as i64), "{stage:?}");
            assert!(tasks.iter().all(|task| stage.states().contains(&task.state)));
        }
    }
}

#[tokio::test]
async fn a_paused_queue_is_left_alone_and_counts_no_attempt() {
    for fixture in both().await {
        let db = &fixture.db;
        let id = add(db, &task(None)).await;
        pass(db, at(0), 0).await;
        assert!(commit!(db, tx => queues::pause(tx, Queue::Emails, None, at(1)).await).unwrap());
        assert!(!commit!(db, tx => queues::pause(tx, Queue::Emails, None, at(2)).await).unwrap());
        assert_eq!(queues::paused_at(&mut db.read().await.unwrap(), Queue::Emails).await.unwrap(), Some(at(1)));
        assert!(matches!(take(db, id, LEASE).await, Claim::Paused));
        assert!(pass(db, at(1), 0).await.push.is_empty());
        assert!(commit!(db, tx => queues::resume(tx, Queue::Emails).await).unwrap());
        assert!(!commit!(db, tx => queues::resume(tx, Queue::Emails).await).unwrap());
        assert_eq!(pass(db, at(1), 0).await.push, [id]);
        assert_eq!(taken(db, id, LEASE).await.tries, 1);
    }
}

#[tokio::test]
async fn a_handed_back_task_starts_again_and_costs_no_try() {
    for fixture in both().await {
        let db = &fixture.db;
        let id = add(db, &task(Some(Uuid::now_v7()))).await;
        let claimed = taken(db, id, LEASE).await;
        assert!(commit!(db, tx => hand_back(tx, &claimed).await).unwrap());
        assert_eq!(pass(db, at(0), 0).await.push, [id]);
        let again = taken(db, id, LEASE).await;
        assert_eq!((again.tries, again.fence.attempt), (1, 2));
    }
}

#[tokio::test]
async fn a_backlog_of_one_user_does_not_hold_up_another() {
    for fixture in both().await {
        let db = &fixture.db;
        let (busy, single) = (Uuid::now_v7(), Uuid::now_v7());
        commit!(db, tx => {
            for _ in 0..2_000 {
                enqueue(tx, &task(Some(busy))).await?;
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
        let first = pass(db, at(0), 0).await;
        assert_eq!((first.push.len() as i64, first.more), (PER_USER, true));
        let id = add(db, &task(Some(single))).await;
        assert_eq!(pass(db, at(0), PER_USER).await.push, [id], "the single task does not wait for the backlog");
        // The busy user's tasks go on as they are claimed, and retries of theirs do not come before the others.
        for id in first.push {
            let claimed = taken(db, id, LEASE).await;
            commit!(db, tx => retry(tx, claimed.fence, at(10), "later").await).unwrap();
        }
        assert_eq!(pass(db, at(0), 0).await.push.len() as i64, PER_USER);
        pass(db, at(10), 0).await;
        let late = add(db, &task(Some(Uuid::now_v7()))).await;
        assert!(pass(db, at(10), 0).await.push.contains(&late));
    }
}

#[tokio::test]
async fn the_window_holds_and_depths_are_told() {
    for fixture in both().await {
        let db = &fixture.db;
        commit!(db, tx => {
            for _ in 0..30 {
                let user = Uuid::now_v7();
                for _ in 0..50 {
                    enqueue(tx, &task(Some(user))).await?;
                }
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
        let mut out = 0;
        for _ in 0..10 {
            out += pass(db, at(0), out).await.push.len() as i64;
        }
        assert_eq!(out, WINDOW);
        let depths = depths(&mut db.read().await.unwrap(), at(0)).await.unwrap();
        let emails = depths.iter().find(|depth| depth.queue == Queue::Emails).unwrap();
        assert_eq!((emails.waiting, emails.running, emails.oldest_due_at), (1_500, 0, Some(at(0))));
    }
}
