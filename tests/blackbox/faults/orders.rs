//! The web dies between taking an order and handing on its tasks: the client sends it again under its key, and there
//! is one job, paid once.

use std::time::Duration;

use super::crowd::Crowd;
use super::fleet::{random, still_works};
use crate::world::{Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    web_is_killed_during_orders(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    web_is_killed_during_orders(Shape::Fleet).await;
}

async fn web_is_killed_during_orders(shape: Shape) {
    let mut world = World::with(shape, &Crowd::SETTINGS).await;
    let crowd = Crowd::gather(&world).await;
    let killing = async {
        for _ in 0..10 {
            // The moment is the dice: in the midst of an order, before one, between two.
            tokio::time::sleep(Duration::from_millis(20 + u64::from(random()))).await;
            tokio::task::block_in_place(|| {
                world.web.kill();
                world.web.start();
            });
        }
    };
    tokio::join!(crowd.order("ab"), killing);
    crowd.check(&world, 1, Duration::from_secs(240)).await;
    still_works(&mut world).await;
}
