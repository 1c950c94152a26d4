//! Outgoing webhooks from the event to a real listener: signed, tried again, given up, sent again.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use uuid::Uuid;
use vanikeys_core::{
    clients::{outgoing::Outgoing, tls::Trust},
    config::Config,
    domain::{
        happening::{Event, NoticeKind},
        owner::Owner,
        task::Queue,
        webhook::{DeliveryState, EndpointProblem, GIVEN_UP_AFTER, LONGEST_DESCRIPTION, MOST_ENDPOINTS},
    },
    flow::{
        Actor, Failure,
        notices::{self, Filter},
        pull::{self, PullOrder},
        tasks::{Claimed, Taken},
        webhooks::{self, Change, Created, DeliveryView, NewEndpoint, WebhookRefusal},
    },
    queue::Stop,
    store::outbox::Fence,
};
use vanikeys_testkit::http::{Request, Sink};

use crate::{
    tasks,
    world::{World, over_both, prefix},
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn with_loopback(config: &mut Config) {
    config.webhook_allow_networks = vec!["127.0.0.0/8".parse().unwrap()];
}

fn endpoint(url: &str) -> NewEndpoint {
    let events = Event::ALL.iter().map(|event| event.name().to_owned()).collect();
    NewEndpoint { url: url.to_owned(), description: String::from("mine"), events }
}

async fn registered(world: &World, actor: &Actor, sink: &Sink) -> Created {
    webhooks::create(&world.app, actor.owner(), &endpoint(&format!("{}/hook?token=hush", sink.url()))).await.unwrap()
}

fn refused<T: std::fmt::Debug>(ended: Result<T, Failure<WebhookRefusal>>) -> WebhookRefusal {
    match ended.unwrap_err() {
        Failure::Refused(refusal) => refusal,
        other => panic!("{other}"),
    }
}

async fn log(world: &World, actor: &Actor, endpoint: Uuid) -> Vec<DeliveryView> {
    webhooks::deliveries(&world.app, actor.owner(), endpoint, 50, 0).await.unwrap().items
}

async fn only(world: &World, actor: &Actor) -> webhooks::EndpointView {
    webhooks::list(&world.app, actor.owner()).await.unwrap().remove(0)
}

/// Pulls until a pull wins; one in some thirty does.
async fn win(world: &World, actor: &Actor) -> pull::PullDone {
    let order =
        PullOrder { pattern: prefix("e"), commitment_id: None, client_share: None, custody: None, recipient: None };
    loop {
        let done = pull::execute(&world.app, actor, None, &order).await.unwrap();
        if done.is_win {
            return done;
        }
    }
}

/// Checks both signatures as a receiver does, with what its owner was given.
fn check(request: &Request, created: &Created) {
    let (id, timestamp) = (request.header("webhook-id"), request.header("webhook-timestamp"));
    let body = std::str::from_utf8(&request.body).unwrap();
    let signatures: Vec<&str> = request.header("webhook-signature").split(' ').collect();
    let theirs = standardwebhooks::Webhook::new(created.secret.expose()).unwrap();
    assert_eq!(signatures[0], theirs.sign(id, timestamp.parse().unwrap(), &request.body).unwrap());
    let public = created.endpoint.public_key.strip_prefix("whpk_").unwrap();
    let public = VerifyingKey::from_bytes(&BASE64.decode(public).unwrap().try_into().unwrap()).unwrap();
    let signature = BASE64.decode(signatures[1].strip_prefix("v1a,").unwrap()).unwrap();
    let signature = Signature::from_slice(&signature).unwrap();
    public.verify(format!("{id}.{timestamp}.{body}").as_bytes(), &signature).unwrap();
}

over_both! {
    async fn an_event_arrives_signed(world, super::with_loopback) {
        let sink = Sink::start().await;
        let ann = world.user(500).await;
        let created = registered(&world, &ann, &sink).await;
        let done = win(&world, &ann).await;
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Done]);
        let requests = sink.requests();
        let [request] = requests.as_slice() else { panic!("{} requests", requests.len()) };
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/hook?token=hush"));
        assert_eq!(request.header("content-type"), "application/json");
        check(request, &created);
        let body = request.json();
        assert_eq!((&body["type"], &body["timestamp"]), (&"pull.won".into(), &"2026-11-21T12:00:00Z".into()));
        assert_eq!(body["data"]["pullId"], done.id.to_string());
        let log = log(&world, &ann, created.endpoint.id).await;
        assert_eq!((log[0].state, log[0].attempts, log[0].response_status), (DeliveryState::Delivered, 1, Some(200)));
        assert_eq!((log[0].id.to_string().as_str(), &log[0].payload), (request.header("webhook-id"), &body));
        assert!(log[0].delivered_at.is_some() && log[0].last_error.is_none());
    }

    async fn of_one_users_deliveries_two_are_under_way_at_once(world, super::with_loopback) {
        let sink = Sink::start().await;
        let (ann, ben) = (world.user(500).await, world.user(500).await);
        let mut made = Vec::new();
        for user in [&ann, &ben] {
            let created = registered(&world, user, &sink).await;
            webhooks::test(&world.app, user.owner(), created.endpoint.id, None).await.unwrap();
            made.push(created.endpoint.id);
        }
        let key = format!("webhooks:{}", ann.user);
        let under_way = [world.app.limits.enter(&key, 2).await.unwrap(), world.app.limits.enter(&key, 2).await.unwrap()];
        let mut taken = tasks::work(&world, Queue::Webhooks).await;
        taken.sort_unstable_by_key(|taken| format!("{taken:?}"));
        assert_eq!(taken, [Taken::Again, Taken::Done]);
        assert_eq!(log(&world, &ben, made[1]).await[0].state, DeliveryState::Delivered);
        let waiting = log(&world, &ann, made[0]).await.remove(0);
        assert_eq!((waiting.state, waiting.attempts), (DeliveryState::Waiting, 0), "to wait is no try");
        assert_eq!(world.number("SELECT MAX(attempt - attempts_before) FROM outbox WHERE state = 'later'").await, 0);
        drop(under_way);
        world.pass(Duration::from_secs(2));
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Done]);
        assert_eq!(sink.requests().len(), 2);
    }

    async fn a_community_has_endpoints_of_its_own(world, super::with_loopback) {
        let (app, sink, ann) = (&world.app, Sink::start().await, world.user(0).await);
        let guild = Owner::Community(Uuid::now_v7());
        let new = endpoint(&format!("{}/hook?token=hush", sink.url()));
        let created = webhooks::create(app, guild, &new).await.unwrap();
        let id = created.endpoint.id;
        // A community of the user's very id is still another owner.
        for stranger in [ann.owner(), Owner::Community(ann.user)] {
            assert!(webhooks::list(app, stranger).await.unwrap().is_empty());
            assert_eq!(refused(webhooks::update(app, stranger, id, &Change::default()).await), WebhookRefusal::NotFound);
            assert_eq!(refused(webhooks::delete(app, stranger, id).await), WebhookRefusal::NotFound);
        }
        webhooks::test(app, guild, id, Some("request-1")).await.unwrap();
        assert_eq!(world.number("SELECT COUNT(*) FROM outbox WHERE request_id = 'request-1'").await, 1);
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Done]);
        check(&sink.requests()[0], &created);
        let sent = webhooks::deliveries(app, guild, id, 50, 0).await.unwrap().items;
        assert_eq!((sent.len(), sent[0].state), (1, DeliveryState::Delivered));
        sink.answer(410, "");
        webhooks::redeliver(app, guild, sent[0].id, None).await.unwrap();
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Dead]);
        let listed = webhooks::list(app, guild).await.unwrap().remove(0);
        assert!(!listed.enabled && listed.disabled_reason.unwrap().contains("410"));
        assert_eq!(world.number("SELECT COUNT(*) FROM notices").await, 0, "no user owns it");
        for _ in 1..MOST_ENDPOINTS {
            webhooks::create(app, guild, &new).await.unwrap();
        }
        let refusal = refused(webhooks::create(app, guild, &new).await);
        assert_eq!(refusal, WebhookRefusal::TooMany { most: MOST_ENDPOINTS });
        webhooks::create(app, ann.owner(), &new).await.unwrap();
        webhooks::delete(app, guild, id).await.unwrap();
        webhooks::create(app, guild, &new).await.unwrap();
    }

    async fn an_endpoint_gets_what_it_asked_for_and_others_nothing(world, super::with_loopback) {
        let sink = Sink::start().await;
        let (ann, ben) = (world.user(500).await, world.user(500).await);
        let jobs_only = NewEndpoint { events: vec![String::from("job.completed")], ..endpoint(&sink.url()) };
        let jobs_only = webhooks::create(&world.app, ann.owner(), &jobs_only).await.unwrap();
        registered(&world, &ben, &sink).await;
        win(&world, &ann).await;
        assert!(tasks::work(&world, Queue::Webhooks).await.is_empty());
        let change = Change { events: Some(vec![String::from("pull.won")]), ..Change::default() };
        let changed = webhooks::update(&world.app, ann.owner(), jobs_only.endpoint.id, &change).await.unwrap();
        assert_eq!((changed.events, changed.description.as_str()), (vec![Event::PullWon], "mine"));
        win(&world, &ann).await;
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Done]);
        let off = Change { enabled: Some(false), ..Change::default() };
        webhooks::update(&world.app, ann.owner(), jobs_only.endpoint.id, &off).await.unwrap();
        win(&world, &ann).await;
        assert!(tasks::work(&world, Queue::Webhooks).await.is_empty());
    }

    async fn what_will_not_do_is_refused_by_name(world, super::with_loopback) {
        let ann = world.user(0).await;
        let long = format!("https://example.org/{}", "x".repeat(2_048));
        for (url, want) in [
            ("", EndpointProblem::NotUrl),
            ("example.org", EndpointProblem::NotUrl),
            ("https://", EndpointProblem::NotUrl),
            ("ftp://example.org", EndpointProblem::Scheme),
            ("file:///etc/passwd", EndpointProblem::Scheme),
            ("https://ann:hush@example.org", EndpointProblem::Credentials),
            ("http://8.8.8.8/", EndpointProblem::Plain),
            ("https://10.0.0.1/", EndpointProblem::Private),
            ("https://[::ffff:10.0.0.1]/", EndpointProblem::Private),
            ("https://169.254.169.254/", EndpointProblem::Private),
            (&long, EndpointProblem::TooLong { most: 2_048 }),
        ] {
            let refusal = refused(webhooks::create(&world.app, ann.owner(), &endpoint(url)).await);
            assert_eq!(refusal, WebhookRefusal::Endpoint { problem: want }, "{url}");
        }
        let fine = endpoint("https://example.org/hook#part");
        for (new, want) in [
            (NewEndpoint { events: vec![], ..fine.clone() }, EndpointProblem::NoEvents),
            (
                NewEndpoint { events: vec![String::from("heist.foreseen")], ..fine.clone() },
                EndpointProblem::UnknownEvent { name: String::from("heist.foreseen") },
            ),
            (
                NewEndpoint { description: "x".repeat(LONGEST_DESCRIPTION + 1), ..fine.clone() },
                EndpointProblem::LongDescription { most: LONGEST_DESCRIPTION },
            ),
        ] {
            let refusal = refused(webhooks::create(&world.app, ann.owner(), &new).await);
            assert_eq!(refusal, WebhookRefusal::Endpoint { problem: want });
        }
        for _ in 0..MOST_ENDPOINTS {
            let created = webhooks::create(&world.app, ann.owner(), &fine).await.unwrap();
            assert_eq!(created.endpoint.url, "https://example.org/hook");
        }
        let refusal = refused(webhooks::create(&world.app, ann.owner(), &fine).await);
        assert_eq!(refusal, WebhookRefusal::TooMany { most: MOST_ENDPOINTS });
        let first = only(&world, &ann).await;
        webhooks::delete(&world.app, ann.owner(), first.id).await.unwrap();
        let secret = webhooks::create(&world.app, ann.owner(), &fine).await.unwrap().secret;
        assert!(!format!("{:?}", webhooks::list(&world.app, ann.owner()).await.unwrap()).contains(secret.expose()));
    }

    async fn other_peoples_endpoints_are_not_there(world, super::with_loopback) {
        let sink = Sink::start().await;
        let (ann, eve) = (world.user(0).await, world.user(0).await);
        let id = registered(&world, &ann, &sink).await.endpoint.id;
        let delivery = webhooks::test(&world.app, ann.owner(), id, None).await.unwrap().id;
        let missing = WebhookRefusal::NotFound;
        let change = Change { enabled: Some(false), ..Change::default() };
        for id in [id, Uuid::now_v7()] {
            assert_eq!(refused(webhooks::update(&world.app, eve.owner(), id, &change).await), missing);
            assert_eq!(refused(webhooks::delete(&world.app, eve.owner(), id).await), missing);
            assert_eq!(refused(webhooks::test(&world.app, eve.owner(), id, None).await), missing);
            assert_eq!(refused(webhooks::deliveries(&world.app, eve.owner(), id, 10, 0).await), missing);
        }
        for id in [delivery, Uuid::now_v7()] {
            assert_eq!(refused(webhooks::redeliver(&world.app, eve.owner(), id, None).await), missing);
        }
        assert!(webhooks::list(&world.app, eve.owner()).await.unwrap().is_empty());
        assert!(only(&world, &ann).await.enabled);
    }

    async fn what_fails_is_tried_again_until_it_arrives(world, super::with_loopback) {
        let sink = Sink::start().await;
        let ann = world.user(0).await;
        let created = registered(&world, &ann, &sink).await;
        let id = created.endpoint.id;
        let delivery = webhooks::test(&world.app, ann.owner(), id, None).await.unwrap();
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Waiting, 0));
        for (attempts, status) in [(1, 500), (2, 302), (3, 404)] {
            sink.answer(status, "no");
            assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Again]);
            let log = log(&world, &ann, id).await;
            assert_eq!((log[0].state, log[0].attempts), (DeliveryState::Waiting, attempts));
            assert_eq!(log[0].last_error.as_deref(), Some(format!("the endpoint answered {status}").as_str()));
            world.pass(Duration::from_secs(3_600));
        }
        assert!(only(&world, &ann).await.failing_since.is_some());
        assert_eq!(refused(webhooks::redeliver(&world.app, ann.owner(), delivery.id, None).await), WebhookRefusal::StillWaiting);
        sink.answer(204, "");
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Done]);
        assert!(only(&world, &ann).await.failing_since.is_none());
        let requests = sink.requests();
        assert_eq!(requests.len(), 4, "the redirect was not followed");
        for request in &requests {
            assert_eq!(request.header("webhook-id"), delivery.id.to_string());
            check(request, &created);
        }
        webhooks::redeliver(&world.app, ann.owner(), delivery.id, None).await.unwrap();
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Done]);
        assert_eq!(sink.requests()[4].header("webhook-id"), delivery.id.to_string());
        assert_eq!(log(&world, &ann, id).await[0].attempts, 5);
    }

    async fn a_delivery_dies_after_its_last_try_and_can_be_sent_again(world, super::with_loopback) {
        let sink = Sink::start().await;
        let ann = world.user(0).await;
        let id = registered(&world, &ann, &sink).await.endpoint.id;
        let delivery = webhooks::test(&world.app, ann.owner(), id, None).await.unwrap().id;
        sink.answer(500, "");
        for tries in 1.. {
            // Spread included, a task waits this long at most.
            let wait = Queue::Webhooks.wait_after(tries, 1.0);
            let want = if wait.is_some() { Taken::Again } else { Taken::Dead };
            assert_eq!(tasks::work(&world, Queue::Webhooks).await, [want], "try {tries}");
            let Some(wait) = wait else { break };
            world.pass(wait);
        }
        assert_eq!(log(&world, &ann, id).await[0].attempts, 13);
        assert_eq!(log(&world, &ann, id).await[0].state, DeliveryState::Dead);
        let on = Change { enabled: Some(true), ..Change::default() };
        assert!(webhooks::update(&world.app, ann.owner(), id, &on).await.unwrap().failing_since.is_none());
        webhooks::redeliver(&world.app, ann.owner(), delivery, None).await.unwrap();
        sink.answer(200, "");
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Done]);
        assert_eq!(log(&world, &ann, id).await[0].state, DeliveryState::Delivered);
    }

    async fn an_endpoint_that_fails_for_days_is_disabled_and_its_owner_told(world, super::with_loopback) {
        let sink = Sink::start().await;
        let ann = world.user(500).await;
        let id = registered(&world, &ann, &sink).await.endpoint.id;
        sink.answer(500, "");
        webhooks::test(&world.app, ann.owner(), id, None).await.unwrap();
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Again]);
        world.pass(GIVEN_UP_AFTER - DAY);
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Again]);
        assert!(only(&world, &ann).await.enabled);
        world.pass(DAY);
        webhooks::test(&world.app, ann.owner(), id, None).await.unwrap();
        let later = tasks::claim(&world, Queue::Webhooks).await;
        assert_eq!(later.len(), 2);
        for (task, want) in later.iter().zip([true, false]) {
            let ended = tasks::handle(&world, task).await;
            assert_eq!(matches!(&ended, Err(Stop::Fail(why)) if why.contains("disabled")), want, "{ended:?}");
        }
        let endpoint = only(&world, &ann).await;
        assert!(!endpoint.enabled);
        assert!(endpoint.disabled_reason.unwrap().starts_with("nothing arrived there for 5 days"));
        assert!(log(&world, &ann, id).await.iter().all(|delivery| delivery.state == DeliveryState::Dead));
        let page = notices::list(&world.app, &ann, &Filter::default(), 10, 0).await.unwrap();
        assert_eq!((page.total, page.items[0].kind), (1, NoticeKind::WebhookDisabled));
        assert!(!page.items[0].message.contains("hush"), "{}", page.items[0].message);
        assert_eq!(refused(webhooks::test(&world.app, ann.owner(), id, None).await), WebhookRefusal::Disabled);
        let dead = log(&world, &ann, id).await[0].id;
        assert_eq!(refused(webhooks::redeliver(&world.app, ann.owner(), dead, None).await), WebhookRefusal::Disabled);
        win(&world, &ann).await;
        assert!(tasks::work(&world, Queue::Webhooks).await.is_empty(), "nothing is owed to it any more");
        let on = Change { enabled: Some(true), ..Change::default() };
        let endpoint = webhooks::update(&world.app, ann.owner(), id, &on).await.unwrap();
        assert_eq!((endpoint.failing_since, endpoint.disabled_reason), (None, None));
        webhooks::test(&world.app, ann.owner(), id, None).await.unwrap();
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Again], "it has days again");
    }

    async fn an_endpoint_that_says_it_is_gone_is_disabled_at_once(world, super::with_loopback) {
        let sink = Sink::start().await;
        let ann = world.user(0).await;
        let id = registered(&world, &ann, &sink).await.endpoint.id;
        sink.answer(410, "");
        webhooks::test(&world.app, ann.owner(), id, None).await.unwrap();
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Dead]);
        assert!(only(&world, &ann).await.disabled_reason.unwrap().contains("410"));
    }

    async fn a_private_address_is_refused_when_it_is_connected_to(world, super::with_loopback) {
        let mut world = world;
        let sink = Sink::start().await;
        let ann = world.user(0).await;
        let named = endpoint(&sink.url().replace("127.0.0.1", "localhost"));
        let named = webhooks::create(&world.app, ann.owner(), &named).await.unwrap().endpoint.id;
        let numbered = registered(&world, &ann, &sink).await.endpoint.id;
        world.app.outgoing = Outgoing::new(&[], &Trust::default()).unwrap();
        for id in [named, numbered] {
            webhooks::test(&world.app, ann.owner(), id, None).await.unwrap();
        }
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Again; 2]);
        for id in [named, numbered] {
            let error = log(&world, &ann, id).await[0].last_error.clone().unwrap();
            assert!(error.contains("is private or reserved"), "{error}");
        }
        assert!(sink.requests().is_empty());
    }

    async fn what_is_owed_to_nobody_is_dropped(world, super::with_loopback) {
        let sink = Sink::start().await;
        let ann = world.user(0).await;
        let (deleted, off) = (registered(&world, &ann, &sink).await, registered(&world, &ann, &sink).await);
        for created in [&deleted, &off] {
            webhooks::test(&world.app, ann.owner(), created.endpoint.id, None).await.unwrap();
        }
        webhooks::delete(&world.app, ann.owner(), deleted.endpoint.id).await.unwrap();
        let change = Change { enabled: Some(false), ..Change::default() };
        webhooks::update(&world.app, ann.owner(), off.endpoint.id, &change).await.unwrap();
        assert_eq!(tasks::work(&world, Queue::Webhooks).await, [Taken::Done; 2]);
        assert!(sink.requests().is_empty());
        let log = log(&world, &ann, off.endpoint.id).await;
        assert_eq!((log[0].state, log[0].attempts), (DeliveryState::Dead, 0));
    }

    async fn a_worker_that_lost_the_task_changes_nothing(world, super::with_loopback) {
        let sink = Sink::start().await;
        let ann = world.user(0).await;
        let id = registered(&world, &ann, &sink).await.endpoint.id;
        webhooks::test(&world.app, ann.owner(), id, None).await.unwrap();
        let task = tasks::claim(&world, Queue::Webhooks).await.remove(0);
        let late = Claimed { fence: Fence { attempt: 0, ..task.fence }, ..task.clone() };
        for status in [200, 500] {
            sink.answer(status, "");
            assert_eq!(tasks::handle(&world, &late).await, Err(Stop::Stale));
            let log = log(&world, &ann, id).await;
            assert_eq!((log[0].state, log[0].attempts), (DeliveryState::Waiting, 0));
        }
        sink.answer(200, "");
        assert_eq!(tasks::handle(&world, &task).await, Ok(()));
        assert_eq!(tasks::handle(&world, &task).await, Ok(()), "delivered already: nothing is sent");
        assert_eq!(sink.requests().len(), 3);
    }

    async fn ended_deliveries_are_forgotten_after_a_month(world, super::with_loopback) {
        let sink = Sink::start().await;
        let ann = world.user(0).await;
        let id = registered(&world, &ann, &sink).await.endpoint.id;
        webhooks::test(&world.app, ann.owner(), id, None).await.unwrap();
        tasks::work(&world, Queue::Webhooks).await;
        webhooks::test(&world.app, ann.owner(), id, None).await.unwrap();
        world.pass(29 * DAY);
        assert_eq!(webhooks::prune(&world.app).await.unwrap(), 0);
        world.pass(2 * DAY);
        assert_eq!(webhooks::prune(&world.app).await.unwrap(), 1);
        let left = log(&world, &ann, id).await;
        assert_eq!((left.len(), left[0].state), (1, DeliveryState::Waiting));
    }
}
