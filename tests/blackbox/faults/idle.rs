//! More connections than the process may have open files, and nobody on them says a word.

use std::net::TcpStream;
use std::time::Duration;

use vanikeys_testkit::process::Service;
use vanikeys_testkit::{Scratch, net};

const FILES: u32 = 512;
const SILENT: usize = 1_100;

#[test]
fn more_idle_connections_than_open_files_stop_nobody() {
    let (port, files) = (net::free_port(), Scratch::new("idle"));
    let (listen, data) = (format!("127.0.0.1:{port}"), files.join("data"));
    let args = ["up", "--data", data.to_str().unwrap(), "--listen", &listen];
    let mut service = Service::new("up", "vanikeys", &args).open_files(FILES);
    service.start();
    let mut silent = Vec::new();
    for number in 0..SILENT {
        let stream = TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), Duration::from_secs(20));
        silent.push(stream.unwrap_or_else(|error| panic!("connection {number}: {error}")));
        if number % 100 == 99 {
            assert_eq!(net::get(port, "/healthz").map(|(status, _)| status), Some(200), "after {number}");
            assert_eq!(net::get(port, "/readyz").map(|(status, _)| status), Some(200), "after {number}");
        }
    }
    let open = std::fs::read_dir(format!("/proc/{}/fd", service.pid())).unwrap().count();
    assert!(open < FILES as usize, "{open} files are open");
    assert!(service.is_running() && !service.log().contains("Too many open files"), "{}", service.log());
}
