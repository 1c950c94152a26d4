//! Connections by hand, to a site behind a real socket.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::world::{On, World};
use crate::{Capacity, Web, serve};

/// A site behind a real socket, with little patience.
struct Site {
    address: SocketAddr,
    stopping: CancellationToken,
    serving: JoinHandle<()>,
    _world: World,
}

const IDLE: Duration = Duration::from_millis(300);

impl Site {
    async fn open(connections: usize) -> Self {
        let world = World::open(On::Sqlite).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stopping = CancellationToken::new();
        let capacity = Capacity { connections, first_request: IDLE, idle: IDLE };
        let web = Web::new(world.app.clone(), stopping.clone());
        let serving = tokio::spawn(serve(web, vec![listener], capacity));
        Self { address, stopping, serving, _world: world }
    }

    fn connect(&self) -> Line {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Line(stream)
    }

    async fn close(self) {
        self.stopping.cancel();
        self.serving.await.unwrap();
    }
}

/// A connection by hand.
struct Line(TcpStream);

impl Line {
    fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).unwrap();
    }

    /// The head of an answer in lower case; its body, of which the length is said, is read and left out.
    fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            let read = self.0.read(&mut byte).unwrap();
            assert_eq!(read, 1, "the connection ended after {:?}", String::from_utf8_lossy(&head));
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
        self.0.read_exact(&mut body).unwrap();
        head
    }

    /// Waits until the other side has closed.
    fn closes(mut self) {
        let mut rest = Vec::new();
        // A reset is an end too.
        let _ = self.0.read_to_end(&mut rest);
        assert_eq!(self.0.read(&mut [0]).unwrap_or(0), 0);
    }
}

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_begins_no_request_is_let_go() {
    let site = Site::open(100).await;
    // Silent, in the midst of a head, and with nothing but the greeting of HTTP/2 and a setting.
    let http2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    for start in ["", "GET /healthz HTTP/1.1\r\nhost:", http2] {
        let mut line = site.connect();
        line.send(start);
        line.closes();
    }
    let mut line = site.connect();
    line.send(HEALTH);
    assert!(line.head().starts_with("http/1.1 200"));
    line.send(HEALTH);
    assert!(line.head().starts_with("http/1.1 200"), "it may be used again");
    line.closes();
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_under_way_is_not_idle() {
    let site = Site::open(100).await;
    let mut line = site.connect();
    line.send("POST /api/patterns/estimate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{");
    // Longer than an idle connection lives.
    std::thread::sleep(IDLE * 3);
    line.send("}");
    assert!(line.head().starts_with("http/1.1 422"));
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_longest_idle_make_room_for_new_ones() {
    let site = Site::open(20).await;
    let mut silent: Vec<Line> = (0..100).map(|_| site.connect()).collect();
    let mut line = site.connect();
    line.send(HEALTH);
    assert!(line.head().starts_with("http/1.1 200"));
    silent.remove(0).closes();
    site.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_before_the_body_says_whether_the_connection_goes_on() {
    let site = Site::open(100).await;
    let mut line = site.connect();
    let post = |length: u32| format!("POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n");
    line.send(&format!("{}\r\n{}", post(50_000), "x".repeat(50_000)));
    let head = line.head();
    assert!(head.starts_with("http/1.1 404") && !head.contains("connection: close"), "{head}");
    line.send(HEALTH);
    assert!(line.head().starts_with("http/1.1 200"), "it may be used again");
    // Too much to read for nothing, and somebody who waits to be asked for the body.
    for rest in ["\r\nxxxxx", "expect: 100-continue\r\n\r\n"] {
        let mut line = site.connect();
        line.send(&format!("{}{rest}", post(100_000_000)));
        let head = line.head();
        assert!(head.starts_with("http/1.1 404") && head.contains("connection: close"), "{head}");
        line.closes();
    }
    site.close().await;
}
