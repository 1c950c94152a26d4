//! A mail server that accepts everything and keeps it. It runs on threads of its own, so that it works under any
//! runtime and answers while a test blocks.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mail_parser::MessageParser;

use crate::eventually;

/// One accepted mail.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The whole message as it came.
    pub raw: String,
}

impl Mail {
    /// The value of a header, decoded; empty if it is not there.
    pub fn header(&self, name: &str) -> String {
        self.parsed(|mail| mail.header(name).and_then(|value| value.as_text()).unwrap_or_default().to_owned())
    }

    /// The decoded subject.
    pub fn subject(&self) -> String {
        self.parsed(|mail| mail.subject().unwrap_or_default().to_owned())
    }

    /// The decoded text part.
    pub fn text(&self) -> String {
        self.parsed(|mail| mail.body_text(0).unwrap_or_default().into_owned())
    }

    /// The decoded HTML part.
    pub fn html(&self) -> String {
        self.parsed(|mail| mail.body_html(0).unwrap_or_default().into_owned())
    }

    fn parsed(&self, read: impl FnOnce(&mail_parser::Message<'_>) -> String) -> String {
        read(&MessageParser::default().parse(&self.raw).expect("the mail can be parsed"))
    }
}

/// A mail server on a free port; closed on drop.
#[derive(Debug)]
pub struct Sink {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    mails: Mutex<Vec<Mail>>,
    refusing: AtomicBool,
    demanded: Mutex<Option<String>>,
    closed: AtomicBool,
}

impl State {
    fn lets_in(&self, greeting: &str) -> bool {
        let demanded = self.demanded.lock().expect("no panic while held");
        demanded.as_deref().is_none_or(|name| greeting.split(' ').nth(1) == Some(name))
    }
}

impl Sink {
    /// Starts listening.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port can be bound");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if shared.closed.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&shared);
                // A client that hangs up in the middle has sent no mail.
                std::thread::spawn(move || drop(converse(&stream, &shared)));
            }
        });
        Self { port, state }
    }

    /// `smtp://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// While true every mail gets a temporary refusal (451).
    pub fn refuse(&self, refusing: bool) {
        self.state.refusing.store(refusing, Ordering::Relaxed);
    }

    /// From now on only clients that greet with this name are let in (550).
    pub fn demand(&self, name: &str) {
        *self.state.demanded.lock().expect("no panic while held") = Some(name.to_owned());
    }

    /// All mails so far, in the order they came.
    pub fn mails(&self) -> Vec<Mail> {
        self.state.mails.lock().expect("no panic while held").clone()
    }

    /// The first mail that fits, waited for.
    ///
    /// # Panics
    /// When none comes within 20 seconds.
    pub async fn wait_for(&self, what: &str, fits: impl Fn(&Mail) -> bool) -> Mail {
        let fits = &fits;
        eventually(&format!("mail: {what}"), Duration::from_secs(20), || async move {
            self.mails().into_iter().find(|mail| fits(mail))
        })
        .await
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::Relaxed);
        // One more connection wakes the listener, which then sees that it is closed.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
    }
}

fn converse(stream: &TcpStream, state: &State) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut out = stream;
    let (mut from, mut to) = (String::new(), Vec::new());
    out.write_all(b"220 sink\r\n")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let reply: &[u8] = match verb.as_str() {
            "EHLO" | "HELO" if !state.lets_in(line) => b"550 5.7.1 who are you?\r\n",
            "EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
            "MAIL" if state.refusing.load(Ordering::Relaxed) => b"451 not now\r\n",
            "MAIL" => {
                (from, to) = (address(line), Vec::new());
                b"250 ok\r\n"
            }
            "RCPT" => {
                to.push(address(line));
                b"250 ok\r\n"
            }
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                let mail = Mail { from: from.clone(), to: to.clone(), raw: body(&mut reader)? };
                state.mails.lock().expect("no panic while held").push(mail);
                b"250 kept\r\n"
            }
            "QUIT" => {
                return out.write_all(b"221 bye\r\n");
            }
            _ => b"250 ok\r\n",
        };
        out.write_all(reply)?;
    }
}

fn address(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

fn body(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut raw = String::new();
    loop {
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line)?;
        match line.as_slice() {
            b".\r\n" | b"" => return Ok(raw),
            // A leading dot is doubled on the way (RFC 5321, 4.5.2).
            [b'.', rest @ ..] => raw.push_str(&String::from_utf8_lossy(rest)),
            line => raw.push_str(&String::from_utf8_lossy(line)),
        }
    }
}
