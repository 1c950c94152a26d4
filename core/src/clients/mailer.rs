//! Letters on their way: over SMTP with a pool of connections, or as `.eml` files in a folder, for those who have no
//! mail server. A letter that is sent twice has the same `Message-ID` both times; as a file it replaces itself.

use std::{
    fs::Metadata,
    io,
    net::IpAddr,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        Error as SmtpError, PoolConfig,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};
use url::{Host, Url};

use super::{acting::Acting, tls::Trust};
use crate::{random, secret::Secret};

/// For one command of a conversation with the mail server; under the lease of a task.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Connections to the mail server.
const CONNECTIONS: u32 = 8;

/// Sends letters. Cheap to clone; clones share connections.
#[derive(Clone, Debug)]
pub enum Mailer {
    /// To a mail server.
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// Into a folder.
    Files(PathBuf),
}

/// Why a letter did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// It may leave later.
    #[error("{0}")]
    Temporary(String),
    /// The server will never take it.
    #[error("the mail server refused it for good: {0}")]
    Refused(String),
}

/// `SMTP_URL` cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("SMTP_URL: {0}")]
pub struct MailerError(String);

impl Mailer {
    /// A mailer for the server at `url`, which it greets under the name `hello`. Must be called within a tokio runtime.
    ///
    /// `smtps://` is TLS from the start. `smtp://` must offer STARTTLS, unless it is this host's own loopback or the URL
    /// says `?tls=none` or `?tls=opportunistic`.
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn smtp(url: &Secret, hello: &str, trust: &Trust) -> Result<Self, MailerError> {
        let url = explicit(url)?;
        let pool = PoolConfig::new().max_size(CONNECTIONS).idle_timeout(Duration::from_secs(30));
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
            .map_err(|error| MailerError(error.to_string()))?;
        let builder = match tls(&url, trust)? {
            Some(tls) => builder.tls(tls),
            None => builder,
        };
        Ok(Self::Smtp(builder.hello_name(client(hello)).timeout(Some(TIMEOUT)).pool_config(pool).build()))
    }

    /// A mailer that writes files into `folder`, which is made when the first letter comes.
    #[must_use]
    pub fn files(folder: PathBuf) -> Self {
        Self::Files(folder)
    }

    /// Sends a letter; a file is named by the id, so that one that is sent again is the same file.
    ///
    /// # Errors
    /// [`MailError`].
    pub async fn send(&self, acting: &Acting, message: Message) -> Result<(), MailError> {
        acting.no_transaction();
        let name = acting.id();
        match self {
            Self::Smtp(transport) => match transport.send(message).await {
                Ok(_) => Ok(()),
                // A server that takes no letter from us at all says nothing about this one.
                Err(error) if error.is_permanent() && transport.test_connection().await.is_err() => {
                    Err(MailError::Temporary(words(&error)))
                }
                Err(error) => Err(judge(&error)),
            },
            Self::Files(folder) => {
                let (folder, file) = (folder.clone(), format!("{name}.eml"));
                let written = tokio::task::spawn_blocking(move || write(&folder, &file, &message.formatted()));
                match written.await {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => Err(MailError::Temporary(format!("the e-mail could not be written: {error}"))),
                    Err(error) => Err(MailError::Temporary(error.to_string())),
                }
            }
        }
    }
}

impl Mailer {
    /// Removes the files of all letters to one of these addresses; answers how many. What left over SMTP is not ours
    /// any more.
    ///
    /// # Errors
    /// The folder's.
    pub async fn forget(&self, addresses: Vec<String>) -> io::Result<usize> {
        let theirs = move |path: &Path, _: &Metadata| {
            let to = recipient(path)?;
            Ok(to.is_some_and(|to| addresses.iter().any(|address| address.eq_ignore_ascii_case(&to))))
        };
        self.remove(theirs).await
    }

    /// Removes the files of letters that were written before a time; answers how many.
    ///
    /// # Errors
    /// The folder's.
    pub async fn tidy(&self, before: SystemTime) -> io::Result<usize> {
        self.remove(move |_, metadata| Ok(metadata.modified()? < before)).await
    }

    async fn remove(&self, which: impl Fn(&Path, &Metadata) -> io::Result<bool> + Send + 'static) -> io::Result<usize> {
        let Self::Files(folder) = self else { return Ok(0) };
        let folder = folder.clone();
        tokio::task::spawn_blocking(move || remove(&folder, which)).await.map_err(io::Error::other)?
    }
}

fn remove(folder: &Path, which: impl Fn(&Path, &Metadata) -> io::Result<bool>) -> io::Result<usize> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut removed = 0;
    for entry in entries {
        let path = entry?.path();
        let done = std::fs::metadata(&path).and_then(|metadata| {
            let remove = metadata.is_file() && which(&path, &metadata)?;
            if remove {
                std::fs::remove_file(&path)?;
            }
            Ok(remove)
        });
        match done {
            Ok(gone) => removed += usize::from(gone),
            // A draft was moved to its place, or another removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(removed)
}

/// Whom the letter in a file is to, as our own envelopes say it.
fn recipient(path: &Path) -> io::Result<Option<String>> {
    let raw = std::fs::read(path)?;
    let text = String::from_utf8_lossy(&raw);
    let head = text.lines().take_while(|line| !line.is_empty());
    let to = head.filter_map(|line| line.strip_prefix("To: ")).next();
    Ok(to.map(|to| to.trim().trim_start_matches('<').trim_end_matches('>').to_owned()))
}

/// Spells out what a URL leaves open about TLS.
fn explicit(given: &Secret) -> Result<Secret, MailerError> {
    let mut url = Url::parse(given.expose()).map_err(|error| MailerError(error.to_string()))?;
    if url.scheme() != "smtp" {
        return Ok(given.clone());
    }
    let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
    match tls.as_deref() {
        None if !is_loopback(&url) => {
            url.query_pairs_mut().append_pair("tls", "required");
        }
        Some("none") => {
            let others: Vec<(String, String)> =
                url.query_pairs().filter(|(name, _)| name != "tls").map(|(k, v)| (k.into(), v.into())).collect();
            url.query_pairs_mut().clear().extend_pairs(others);
        }
        _ => {}
    }
    Ok(Secret::new(url.as_str()))
}

/// How a conversation with the server of a spelled-out URL is protected, if it is.
fn tls(url: &Secret, trust: &Trust) -> Result<Option<Tls>, MailerError> {
    let url = Url::parse(url.expose()).map_err(|error| MailerError(error.to_string()))?;
    let asked = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
    let wrap: fn(TlsParameters) -> Tls = match (url.scheme(), asked.as_deref()) {
        ("smtps", _) => Tls::Wrapper,
        (_, Some("required")) => Tls::Required,
        (_, Some("opportunistic")) => Tls::Opportunistic,
        _ => return Ok(None),
    };
    let parameters = trust.mail(url.host_str().unwrap_or_default());
    parameters.map(|parameters| Some(wrap(parameters))).map_err(|error| MailerError(error.to_string()))
}

fn is_loopback(url: &Url) -> bool {
    // Hosts of schemes that are not the web's stay texts.
    let host = url.host_str().unwrap_or_default();
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(ip)) => ip.is_loopback(),
        Ok(Host::Ipv6(ip)) => ip.is_loopback(),
        Err(_) => false,
    }
}

/// A client's name as it is said in a greeting: addresses stand in brackets.
fn client(hello: &str) -> ClientId {
    match hello.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        Err(_) => ClientId::Domain(hello.to_owned()),
    }
}

/// An error with its causes.
fn words(error: &SmtpError) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}

/// Tells what may pass from what never will.
fn judge(error: &SmtpError) -> MailError {
    // 53x is about our own password, which the operator will put right; the letter is not to blame.
    let ours = error.status().is_some_and(|code| code.to_string().starts_with("53"));
    if error.is_permanent() && !ours { MailError::Refused(words(error)) } else { MailError::Temporary(words(error)) }
}

/// Writes the file beside its place and moves it there, so that nobody ever reads half a letter.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    use io::Write;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let draft = folder.join(format!(".{name}.{}", hex::encode(random::bytes::<8>().map_err(io::Error::other)?)));
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&draft, folder.join(name)));
    if written.is_err() {
        // Nothing more can be done about a draft that cannot be removed either.
        std::fs::remove_file(&draft).ok();
    }
    written
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use vanikeys_testkit::{Scratch, smtp};

    use super::*;

    fn acting(number: u128) -> Acting {
        Acting::new(uuid::Uuid::from_u128(number))
    }

    fn message(text: &str) -> Message {
        let builder = Message::builder().from("a@example.org".parse().unwrap()).to("b@example.org".parse().unwrap());
        builder.subject("hello").body(text.to_owned()).unwrap()
    }

    #[test]
    fn tls_is_required_unless_the_url_says_otherwise() {
        for (given, meant) in [
            ("smtps://mail.example.org", "smtps://mail.example.org"),
            ("smtp://mail.example.org", "smtp://mail.example.org?tls=required"),
            ("smtp://ann:x%40y@mail.example.org:2525", "smtp://ann:x%40y@mail.example.org:2525?tls=required"),
            ("smtp://mail.example.org?tls=opportunistic", "smtp://mail.example.org?tls=opportunistic"),
            ("smtp://mail.example.org?tls=none", "smtp://mail.example.org?"),
            ("smtp://127.0.0.1:25", "smtp://127.0.0.1:25"),
            ("smtp://[::1]", "smtp://[::1]"),
            ("smtp://localhost", "smtp://localhost"),
        ] {
            assert_eq!(explicit(&Secret::new(given)).unwrap().expose(), meant, "{given}");
        }
    }

    #[tokio::test]
    async fn a_url_that_cannot_be_used_is_told() {
        assert!(Mailer::smtp(&Secret::new("smtp://mail.example.org?tls=maybe"), "here", &Trust::default()).is_err());
    }

    #[tokio::test]
    async fn a_file_is_its_owners_only_and_replaces_itself() {
        let scratch = Scratch::new("mailer");
        let folder = scratch.path().join("mail");
        let mailer = Mailer::files(folder.clone());
        for text in ["first", "second"] {
            mailer.send(&acting(1), message(text)).await.unwrap();
        }
        let files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap()).collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].file_name(), "00000000-0000-0000-0000-000000000001.eml");
        assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(std::fs::read_to_string(files[0].path()).unwrap().contains("second"));
    }

    #[tokio::test]
    async fn files_go_by_address_and_by_age() {
        let scratch = Scratch::new("mailer");
        let mailer = Mailer::files(scratch.path().join("mail"));
        assert_eq!(mailer.forget(vec!["b@example.org".into()]).await.unwrap(), 0, "no folder yet");
        mailer.send(&acting(1), message("a")).await.unwrap();
        let other = Message::builder().from("a@example.org".parse().unwrap()).to("c@example.org".parse().unwrap());
        mailer.send(&acting(2), other.body("To: b@example.org".to_owned()).unwrap()).await.unwrap();
        assert_eq!(mailer.forget(vec!["B@example.org".into()]).await.unwrap(), 1);
        let left: Vec<_> = std::fs::read_dir(scratch.path().join("mail")).unwrap().collect();
        assert_eq!(left[0].as_ref().unwrap().file_name(), "00000000-0000-0000-0000-000000000002.eml");
        assert_eq!(mailer.tidy(SystemTime::UNIX_EPOCH).await.unwrap(), 0);
        let written = left[0].as_ref().unwrap().metadata().unwrap().modified().unwrap();
        assert_eq!(mailer.tidy(written + Duration::from_secs(1)).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_temporary() {
        let mailer = Mailer::files(PathBuf::from("/proc/nothing/mail"));
        assert!(matches!(mailer.send(&acting(1), message("x")).await, Err(MailError::Temporary(_))));
    }

    #[tokio::test]
    async fn a_server_that_refuses_our_name_refuses_no_letter() {
        let sink = smtp::Sink::start();
        sink.demand("keys.example.org");
        let (url, trust) = (Secret::new(sink.url()), Trust::default());
        for stranger in ["127.0.0.1", "other.example.org"] {
            let refused = Mailer::smtp(&url, stranger, &trust).unwrap().send(&acting(1), message("x")).await;
            assert!(matches!(refused, Err(MailError::Temporary(_))), "{refused:?}");
        }
        Mailer::smtp(&url, "keys.example.org", &trust).unwrap().send(&acting(1), message("x")).await.unwrap();
    }

    #[test]
    fn addresses_are_greeted_with_in_brackets() {
        for (hello, said) in
            [("keys.example.org", "keys.example.org"), ("10.0.0.1", "[10.0.0.1]"), ("[::1]", "[IPv6:::1]")]
        {
            assert_eq!(client(hello).to_string(), said);
        }
    }

    #[tokio::test]
    async fn letters_go_over_smtp_and_a_busy_server_is_temporary() {
        let sink = smtp::Sink::start();
        let mailer = Mailer::smtp(&Secret::new(sink.url()), "here", &Trust::default()).unwrap();
        mailer.send(&acting(1), message("hello there")).await.unwrap();
        assert_eq!(sink.mails()[0].to, ["b@example.org"]);
        sink.refuse(true);
        assert!(matches!(mailer.send(&acting(1), message("x")).await, Err(MailError::Temporary(_))));
        drop(sink);
        let gone = Mailer::smtp(&Secret::new("smtp://127.0.0.1:1"), "here", &Trust::default()).unwrap();
        assert!(matches!(gone.send(&acting(1), message("x")).await, Err(MailError::Temporary(_))));
    }
}
