//! The one process of the embedded shape is killed again and again, and once told to stop in good order.

use std::time::Duration;

use super::crowd::Crowd;
use super::fleet::{random, still_works};
use crate::world::{Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_process_is_killed() {
    let mut world = World::with(Shape::Embedded, &Crowd::SETTINGS).await;
    let crowd = Crowd::gather(&world).await;
    crowd.order("abc").await;
    for _ in 0..10 {
        // The moment is the dice: whatever has happened by then, what is checked in the end must hold.
        tokio::time::sleep(Duration::from_millis(300 + u64::from(random()) * 4)).await;
        tokio::task::block_in_place(|| {
            world.web.kill();
            world.web.start();
        });
    }
    tokio::task::block_in_place(|| {
        let status = world.web.stop();
        assert_eq!(status.code(), Some(0), "SIGTERM ends in good order:\n{}", world.logs());
        world.web.start();
    });
    crowd.check(&world, 1, Duration::from_secs(240)).await;
    still_works(&mut world).await;
}
