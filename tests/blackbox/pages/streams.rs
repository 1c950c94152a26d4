//! A page's stream comes back after a restart behind a proxy, which answers 502 meanwhile.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use serde_json::json;
use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::until;

use super::{PASSWORD, shows, sign_up};
use crate::world::{Person, Shape, World};

#[tokio::test(flavor = "multi_thread")]
async fn the_bell_comes_back_after_a_502() {
    let mut world = World::start(Shape::Embedded).await;
    let browser = Browser::start(Look { still: true, ..Look::default() }).await;
    sign_up(&world, &browser).await;
    let signed_in = json!({ "email": "rosa@example.org", "password": PASSWORD });
    let signed_in = world.api().post("/auth/login", signed_in).await.ok();
    let rosa = Person {
        api: world.api().with_access(signed_in["accessToken"].as_str().unwrap()),
        username: "rosa".to_owned(),
        email: "rosa@example.org".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let port = world.port;
    tokio::task::block_in_place(|| {
        world.web.kill();
        refuse_the_bell(port);
        world.web.spawn();
        world.web.wait_http(port, "/readyz");
    });
    let id = rosa.order(&json!({ "text": "e", "kind": "prefix" }), json!({ "custody": "service" })).await;
    rosa.wait_for_end(&id, Duration::from_secs(60)).await;
    shows(&browser, ".bell .badge", "1").await;
}

/// Answers 502 to everything until the bell was asked for.
fn refuse_the_bell(port: u16) {
    let proxy = TcpListener::bind(("127.0.0.1", port)).unwrap();
    proxy.set_nonblocking(true).unwrap();
    until("the page asks for its stream", Duration::from_secs(60), || {
        let (mut stream, _) = proxy.accept().ok()?;
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut asked = [0; 4096];
        let length = stream.read(&mut asked).ok()?;
        let answer = "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(answer.as_bytes()).ok()?;
        String::from_utf8_lossy(&asked[..length]).starts_with("GET /notifications/bell").then_some(())
    });
}
