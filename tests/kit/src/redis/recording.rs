//! Everything that is ever sent to a Redis server, for tests that ask what must never be in it. It is `MONITOR`, whose
//! lines quote arguments and escape what is not printable.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::JoinHandle;

/// A running record of commands; finished with [`Recording::finish`].
#[derive(Debug)]
pub struct Recording {
    stream: TcpStream,
    reader: JoinHandle<Vec<u8>>,
}

impl Recording {
    pub(super) fn start(port: u16) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("redis listens");
        stream.write_all(b"MONITOR\r\n").expect("redis reads");
        let mut lines = BufReader::new(stream.try_clone().expect("a socket can be shared"));
        let mut first = String::new();
        lines.read_line(&mut first).expect("redis answers");
        assert!(first.starts_with("+OK"), "redis does not let itself be watched: {first}");
        let reader = std::thread::spawn(move || {
            let mut sent = Vec::new();
            let mut line = Vec::new();
            while lines.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
                unescape(&line, &mut sent);
                line.clear();
            }
            sent
        });
        Self { stream, reader }
    }

    /// All commands and their arguments so far, as raw bytes.
    pub fn finish(self) -> Vec<u8> {
        // The server may have gone already, which ends the record as well.
        let _ = self.stream.shutdown(Shutdown::Both);
        self.reader.join().expect("the reader does not panic")
    }
}

fn unescape(line: &[u8], out: &mut Vec<u8>) {
    let mut bytes = line.iter().copied();
    while let Some(byte) = bytes.next() {
        let plain = match (byte, if byte == b'\\' { bytes.next() } else { None }) {
            (_, Some(b'x')) => {
                let digits: Vec<u8> = bytes.by_ref().take(2).collect();
                std::str::from_utf8(&digits).ok().and_then(|text| u8::from_str_radix(text, 16).ok()).unwrap_or(b'?')
            }
            (_, Some(b'n')) => b'\n',
            (_, Some(b'r')) => b'\r',
            (_, Some(b't')) => b'\t',
            (_, Some(b'a')) => 7,
            (_, Some(b'b')) => 8,
            (_, Some(other)) => other,
            (byte, None) => byte,
        };
        out.push(plain);
    }
}

#[test]
fn escapes_become_bytes_again() {
    let mut out = Vec::new();
    unescape(br#"1.2 [0 127.0.0.1:1] "SET" "k\"\\\x00\xff\n""#, &mut out);
    assert!(out.ends_with(b"\"k\"\\\x00\xff\n\""));
}
