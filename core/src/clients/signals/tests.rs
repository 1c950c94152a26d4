use std::time::Duration;

use tokio::time::timeout;
use uuid::Uuid;
use vanikeys_testkit::redis::Server;

use super::*;

async fn rings(subscription: &mut Subscription) -> bool {
    timeout(Duration::from_secs(5), subscription.changed()).await.is_ok()
}

async fn silent(subscription: &mut Subscription) -> bool {
    timeout(Duration::from_millis(50), subscription.changed()).await.is_err()
}

#[test]
fn topics_read_back() {
    for topic in [Topic::User(Uuid::now_v7()), Topic::Job(Uuid::nil()), Topic::Queue(Queue::Emails), Topic::Outbox] {
        assert_eq!(topic.to_string().parse(), Ok(topic));
    }
    assert_eq!("user:me".parse::<Topic>(), Err(()));
}

#[tokio::test]
async fn a_signal_reaches_those_who_listen_to_its_topic() {
    let signals = Signals::in_process();
    let (mine, other) = (Topic::User(Uuid::now_v7()), Topic::User(Uuid::now_v7()));
    let mut listener = signals.subscribe(mine);
    signals.publish(other);
    assert!(silent(&mut listener).await);
    signals.publish(mine);
    signals.publish(mine);
    assert!(rings(&mut listener).await, "a signal before the wait counts");
    assert!(silent(&mut listener).await, "two signals count as one");
    drop(listener);
    assert!(signals.channels.topics().is_empty(), "nothing is kept for a topic without listeners");
}

#[tokio::test]
async fn signals_cross_processes_through_redis_and_outlive_it() {
    let mut server = Server::start();
    let (here, there) = (Signals::redis(&server.url()).unwrap(), Signals::redis(&server.url()).unwrap());
    let topic = Topic::Job(Uuid::now_v7());
    let mut listener = there.subscribe(topic);
    assert!(rings(&mut listener).await, "being connected rings once, since signals may have been lost before");
    while !silent(&mut listener).await {}
    // Subscribing is not instant; the first signal may come before it.
    let heard = async {
        loop {
            here.publish(topic);
            if !silent(&mut listener).await {
                break;
            }
        }
    };
    timeout(Duration::from_secs(5), heard).await.expect("the signal crosses");
    server.stop();
    let mut local = here.subscribe(topic);
    here.publish(topic);
    assert!(rings(&mut local).await, "within the process it works without Redis");
    server.start_again();
    let again = async {
        loop {
            while !silent(&mut listener).await {}
            here.publish(topic);
            if !silent(&mut listener).await {
                break;
            }
        }
    };
    timeout(Duration::from_secs(20), again).await.expect("signals cross again");
}
