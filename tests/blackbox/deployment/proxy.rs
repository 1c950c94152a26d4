//! The proxy of the guide: nginx as Debian has it, with our example, in front of a real service.

use std::process::Command;
use std::time::Duration;

use vanikeys_testkit::process::Daemon;
use vanikeys_testkit::{Package, Scratch, net, program, run, until, workspace};

use crate::world::{Shape, World};

/// What surrounds the example where packages install nginx.
const AROUND: &str = "daemon off; worker_processes 1; pid SCRATCH/pid; error_log stderr;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path SCRATCH/body; proxy_temp_path SCRATCH/proxy; fastcgi_temp_path SCRATCH/fastcgi;
    uwsgi_temp_path SCRATCH/uwsgi; scgi_temp_path SCRATCH/scgi;
    include SCRATCH/site;
}";

#[tokio::test(flavor = "multi_thread")]
async fn nginx_with_our_example_speaks_http2_and_holds_no_stream_back() {
    let world = World::start(Shape::Embedded).await;
    let (scratch, https) = (Scratch::new("nginx"), net::free_port());
    let _nginx = tokio::task::block_in_place(|| nginx(&scratch, world.port, https));
    let url = format!("https://127.0.0.1:{https}");
    let curl = program("curl", Package("curl"));
    let version = run(
        &curl,
        ["-sk", "--http2", "-o", "/dev/null", "-w", "%{http_version} %{http_code}", &format!("{url}/healthz")],
    );
    assert_eq!(version, "2 200");
    let metrics = run(&curl, ["-sk", "-o", "/dev/null", "-w", "%{http_code}", &format!("{url}/metrics")]);
    assert_eq!(metrics, "200", "from here it may be read");

    world.register("ann").await;
    let body = serde_json::json!({ "email": "ann@example.org", "password": "correct horse ann" });
    let ann = world.api().post("/auth/login", body).await.ok();
    net::choose_cryptography();
    let client = reqwest::Client::builder().danger_accept_invalid_certs(true).no_proxy().build().unwrap();
    let bell = client.get(format!("{url}/notifications/bell")).bearer_auth(ann["accessToken"].as_str().unwrap());
    let mut bell = bell.send().await.unwrap().error_for_status().unwrap();
    let first = tokio::time::timeout(Duration::from_secs(10), bell.chunk()).await;
    let first = first.expect("the first event is not held back").unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("unread"), "{first:?}");
}

fn nginx(scratch: &Scratch, service: u16, https: u16) -> Daemon {
    let path = |name: &str| scratch.join(name).to_str().unwrap().to_owned();
    let certificate =
        ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=keys"];
    let (key, chain) = (path("key"), path("chain"));
    run(&program("openssl", Package("openssl")), certificate.into_iter().chain(["-keyout", &key, "-out", &chain]));
    let site = std::fs::read_to_string(workspace().join("deploy/nginx.conf.example")).unwrap();
    let site = site
        .replace("/etc/letsencrypt/live/keys.example.org/fullchain.pem", &chain)
        .replace("/etc/letsencrypt/live/keys.example.org/privkey.pem", &key)
        .replace("127.0.0.1:8080;", &format!("127.0.0.1:{service};"))
        .replace("listen 80;", &format!("listen {};", net::free_port()))
        .replace("listen 443 ", &format!("listen {https} "));
    // Not every machine has the newer protocol; the rest of those lines is as above.
    let site: Vec<&str> = site.lines().filter(|line| !line.contains("listen [::]")).collect();
    std::fs::write(scratch.join("site"), site.join("\n")).unwrap();
    let root = scratch.path().to_str().unwrap();
    std::fs::write(scratch.join("nginx.conf"), AROUND.replace("SCRATCH", root)).unwrap();
    let mut command = Command::new(program("nginx", Package("nginx-light")));
    command.args(["-p", root, "-c", &path("nginx.conf")]);
    let mut nginx = Daemon::start(&mut command, &scratch.join("log"));
    until("nginx listens", Duration::from_secs(20), || {
        assert!(nginx.ended().is_none(), "{}", nginx.log());
        net::listens(https).then_some(())
    });
    nginx
}
