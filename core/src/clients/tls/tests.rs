use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::Command,
    thread,
};

use lettre::Message;
use reqwest::header::HeaderMap;
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};
use url::Url;
use uuid::Uuid;
use vanikeys_testkit::{Package, Scratch, program};

use super::*;
use crate::{
    clients::{
        acting::Acting,
        mailer::{MailError, Mailer},
        outgoing::{Outgoing, SendError},
    },
    secret::Secret,
};

const OPENSSL: &str = "
[req]
distinguished_name = name
prompt = no
x509_extensions = authority
[name]
CN = A private authority
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:localhost, IP:127.0.0.1
";

/// An authority of one's own, and a server's certificate from it.
struct Authority(Scratch);

impl Authority {
    fn new() -> Self {
        let made = Self(Scratch::new("authority"));
        std::fs::write(made.file("openssl.cnf"), OPENSSL).unwrap();
        let fresh = "-config openssl.cnf -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2";
        made.openssl(&format!("req -x509 {fresh} -keyout ca.key -out ca.pem"));
        made.openssl(&format!("req -new {fresh} -subj /CN=server -keyout server.key -out server.csr"));
        let signed = "-CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile openssl.cnf -extensions server";
        made.openssl(&format!("x509 -req -in server.csr {signed} -out server.pem"));
        made
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn openssl(&self, arguments: &str) {
        let mut command = Command::new(program("openssl", Package("openssl")));
        let done = command.args(arguments.split(' ')).current_dir(self.0.path()).output().unwrap();
        assert!(done.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// A server on loopback with the certificate; `serve` has each conversation.
    fn server(&self, serve: fn(StreamOwned<ServerConnection, TcpStream>) -> io::Result<()>) -> u16 {
        let chain = CertificateDer::pem_file_iter(self.file("server.pem")).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(self.file("server.key")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let config = config.clone();
                thread::spawn(move || {
                    // Those who do not trust it hang up.
                    serve(StreamOwned::new(ServerConnection::new(config).unwrap(), stream.unwrap())).ok();
                });
            }
        });
        port
    }

    fn trust(&self) -> Trust {
        Trust::with_bundle(&self.file("ca.pem")).unwrap()
    }
}

/// Answers one request and ends.
fn http(mut stream: StreamOwned<ServerConnection, TcpStream>) -> io::Result<()> {
    let mut read = [0; 4096];
    if stream.read(&mut read)? == 0 {
        return Ok(());
    }
    stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// Takes every mail.
fn smtp(stream: StreamOwned<ServerConnection, TcpStream>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let say = |stream: &mut BufReader<StreamOwned<ServerConnection, TcpStream>>, text: &str| {
        stream.get_mut().write_all(text.as_bytes())?;
        stream.get_mut().flush()
    };
    say(&mut stream, "220 here\r\n")?;
    let (mut line, mut letter) = (String::new(), false);
    loop {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let word = line.trim_end();
        if letter && word != "." {
            continue;
        }
        letter = word == "DATA";
        say(&mut stream, if letter { "354 go on\r\n" } else { "250 fine\r\n" })?;
    }
}

#[tokio::test]
async fn webhooks_and_mail_reach_servers_of_an_authority_in_the_bundle_and_of_no_other() {
    let authority = Authority::new();
    let url = Url::parse(&format!("https://localhost:{}/hook", authority.server(http))).unwrap();
    let mail = Secret::new(format!("smtps://localhost:{}", authority.server(smtp)));
    let letter = || {
        let letter = Message::builder().from("a@example.org".parse().unwrap()).to("b@example.org".parse().unwrap());
        letter.subject("hello").body(String::from("hello")).unwrap()
    };
    let loopback = ["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    let post = async |trust: &Trust| {
        let outgoing = Outgoing::new(&loopback, trust).unwrap();
        outgoing.post(&Acting::new(Uuid::nil()), &url, HeaderMap::new(), String::from("{}")).await
    };
    let send = async |trust: &Trust| {
        Mailer::smtp(&mail, "here", trust).unwrap().send(&Acting::new(Uuid::nil()), letter()).await
    };

    assert_eq!(post(&authority.trust()).await.unwrap().status, 204);
    send(&authority.trust()).await.unwrap();
    for other in [Trust::default(), Authority::new().trust()] {
        let refused = post(&other).await;
        assert!(matches!(&refused, Err(SendError::Failed(why)) if why.contains("certificate")), "{refused:?}");
        let refused = send(&other).await;
        assert!(matches!(&refused, Err(MailError::Temporary(why)) if why.contains("certificate")), "{refused:?}");
    }
}

#[test]
fn a_bad_bundle_says_what_is_wrong_with_it() {
    let scratch = Scratch::new("bundle");
    let said = |text: &str| {
        let file = scratch.path().join("ca.pem");
        std::fs::write(&file, text).unwrap();
        Trust::with_bundle(&file).unwrap_err().to_string()
    };
    assert_eq!(said("no certificate at all"), "the file holds no certificate");
    let broken = said("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n");
    assert!(broken.starts_with("the file is not PEM"), "{broken}");
    let other = said("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert!(other.starts_with("certificate 1 in the file cannot be trusted"), "{other}");
    let gone = Trust::with_bundle(&scratch.path().join("gone.pem")).unwrap_err().to_string();
    assert!(gone.starts_with("the file cannot be read"), "{gone}");
}
