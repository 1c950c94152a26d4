//! Bad input of every sort gets its documented error, and never a 5xx: credentials, ids, bodies, lists, cookies,
//! origins, other people's things, and text that would like to be SQL or HTML.

mod bodies;
mod credentials;
mod foreign;
mod texts;

use crate::world::{Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn embedded() {
    all(Shape::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fleet() {
    all(Shape::Fleet).await;
}

async fn all(shape: Shape) {
    let world = World::start(shape).await;
    credentials::check(&world).await;
    bodies::check(&world).await;
    foreign::check(&world).await;
    texts::check(&world).await;
    world.doctor();
}
