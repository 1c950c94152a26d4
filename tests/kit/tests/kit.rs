//! The kit's own promises: servers start, are private, survive what tests do to them, and leave nothing behind.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use vanikeys_testkit::browser::{Browser, Look};
use vanikeys_testkit::{http, postgres, redis, smtp, until};

#[test]
fn databases_on_the_shared_server_are_separate() {
    let (one, two) = (postgres::fresh_database(), postgres::fresh_database());
    one.query("CREATE TABLE only_here (id INT)");
    assert_eq!(one.query("SELECT count(*) FROM only_here"), ["0"]);
    assert!(two.query("SELECT 1 FROM pg_tables WHERE tablename = 'only_here'").is_empty());
}

#[test]
fn a_private_postgres_keeps_its_data_over_restart_and_crash() {
    let mut server = postgres::Server::start();
    let database = server.fresh_database();
    database.query("CREATE TABLE kept AS SELECT 7 AS n");
    server.restart();
    assert_eq!(database.query("SELECT n FROM kept"), ["7"]);
    server.crash();
    server.start_again();
    assert_eq!(database.query("SELECT n FROM kept"), ["7"]);
}

#[test]
fn redis_forgets_freezes_and_comes_back() {
    let mut server = redis::Server::start();
    server.command("SET word tree");
    assert!(String::from_utf8_lossy(&server.dump()).contains("tree"));
    server.flush();
    assert_eq!(server.command("EXISTS word"), ":0\r\n");
    server.freeze();
    server.thaw();
    server.command("SET word tree");
    server.restart();
    assert_eq!(server.command("EXISTS word"), ":0\r\n");
}

#[tokio::test]
async fn the_mail_sink_keeps_what_it_is_sent() {
    let sink = smtp::Sink::start();
    let address = sink.url().replace("smtp://", "");
    let letter = "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nSubject: =?utf-8?q?h=C3=A4?=\r\n\r\n..dot\r\n.\r\nQUIT\r\n";
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("EHLO x\r\n{letter}").as_bytes()).unwrap();
    let mail = sink.wait_for("to b", |mail| mail.to == ["b@example.org"]).await;
    assert_eq!((mail.subject().as_str(), mail.text().trim_end()), ("hä", ".dot"));
}

#[tokio::test]
async fn the_http_sink_keeps_what_it_is_sent() {
    let sink = http::Sink::start().await;
    sink.answer(503, "later");
    let address = sink.url().replace("http://", "");
    let request = "POST /hook?a=1 HTTP/1.1\r\nHost: x\r\nX-Name: v\r\nContent-Length: 2\r\n\r\n{}";
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let kept = sink.wait_for("/hook", |request| request.path == "/hook?a=1").await;
    assert_eq!((kept.method.as_str(), kept.header("x-name"), kept.json()), ("POST", "v", serde_json::json!({})));
}

#[tokio::test]
async fn a_browser_shows_the_look_that_was_asked_for() {
    let page = "data:text/html,<p>here</p><script>document.querySelector('p').append(' and there')</script>";
    let phone = Browser::start(Look { phone: true, dark: true, ..Look::default() }).await;
    phone.page().goto(page).await.unwrap();
    assert_eq!(phone.find("p").await.text().await.unwrap(), "here and there");
    let facts = "return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches].join()";
    let facts = phone.page().execute(facts, vec![]).await.unwrap();
    assert_eq!(facts.json(), "980,true", "a page without a viewport is laid out 980 wide on a phone");
    drop(phone);
    let plain = Browser::start(Look { javascript: false, ..Look::default() }).await;
    plain.page().goto(page).await.unwrap();
    assert_eq!(plain.find("p").await.text().await.unwrap(), "here");
}

/// What the test below does in the process of its own that it kills.
fn be_the_victim(told: &str) -> ! {
    let redis = redis::Server::start();
    let postgres = postgres::Server::start();
    std::fs::write(told, format!("{} {}", redis.port(), postgres.port())).expect("the ports are told");
    loop {
        std::thread::park();
    }
}

#[test]
fn nothing_outlives_a_killed_test() {
    if let Ok(told) = std::env::var("KIT_VICTIM_TELLS") {
        be_the_victim(&told);
    }
    let scratch = vanikeys_testkit::Scratch::new("victim");
    let told = scratch.join("ports");
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "nothing_outlives_a_killed_test", "--nocapture"])
        .env("KIT_VICTIM_TELLS", &told)
        .spawn()
        .unwrap();
    let ports: Vec<u16> = until("the victim's servers run", Duration::from_secs(30), || {
        let text = std::fs::read_to_string(&told).ok()?;
        let ports: Vec<u16> = text.split(' ').flat_map(str::parse).collect();
        (ports.len() == 2).then_some(ports)
    });
    let folders = scratch_folders(victim.id());
    assert!(folders >= 2, "each server has a folder");
    victim.kill().unwrap();
    victim.wait().unwrap();
    until("the servers and folders of the killed test are gone", Duration::from_secs(20), || {
        let quiet = ports.iter().all(|&port| !vanikeys_testkit::net::listens(port));
        (quiet && scratch_folders(victim.id()) == 0).then_some(())
    });
}

fn scratch_folders(pid: u32) -> usize {
    let marker = format!("-{pid}-");
    let entries = std::fs::read_dir(Path::new("/tmp")).expect("/tmp can be read").flatten();
    entries.filter(|e| e.file_name().to_string_lossy().contains(&marker)).count()
}
