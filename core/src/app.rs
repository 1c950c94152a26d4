//! What every use case needs, opened once a process and shared: database, configuration, keys, clock, signals.

use std::sync::Arc;

use crate::{
    clients::{
        cache::Cache,
        clock::Clock,
        limits::Limits,
        mailer::{Mailer, MailerError},
        outgoing::{Outgoing, OutgoingError},
        passwords::Passwords,
        signals::Signals,
        stripe::{Pace, Stripe, StripeError},
    },
    config::{Config, Shape, made::MadeError},
    custody::keyring::{Keyring, KeyringError},
    patterns::Patterns,
    queue::transport::{Transport, TransportError},
    store::{Db, StoreError, dialect, heists, migrate, queues, receipt_keys, transact},
};

/// The running program's shared parts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The settings in force.
    pub config: Arc<Config>,
    /// The service's keys.
    pub keyring: Arc<Keyring>,
    /// The clock.
    pub clock: Clock,
    /// Hashes and checks passwords.
    pub passwords: Passwords,
    /// Tells those who wait to look again.
    pub signals: Signals,
    /// The queues.
    pub transport: Transport,
    /// Rate limits.
    pub limits: Limits,
    /// Answers of the database that are kept for a while.
    pub cache: Cache,
    /// Compiled patterns.
    pub patterns: Patterns,
    /// Sends letters.
    pub mailer: Mailer,
    /// Sends to users' endpoints.
    pub outgoing: Outgoing,
    /// Where payments go; without it nothing is sold.
    pub stripe: Option<Stripe>,
    /// The game in numbers, as admins last saw it.
    pub(crate) overview: heists::Seen,
}

/// What opening does to the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Applies every migration that is missing.
    Migrate,
    /// Leaves it as it is.
    Leave,
}

/// Why the program cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder is not as it must be.
    #[error(transparent)]
    Data(#[from] MadeError),
    /// The master secret is not one.
    #[error("the secret in the data folder is broken: {0}; restore it from a backup")]
    Keyring(#[from] KeyringError),
    /// The master secret is another than the one that the database was used with.
    #[error(
        "the database was used with another SECRET_KEY than the one that is set, so keys under the service's custody \
         could not be opened. Set the one it was used with, from your backup. To change it, put the new one in front \
         (SECRET_KEY=<new>,<old>) and start once. If the old one is lost or known to others, `vanikeys migrate \
         --adopt-secret-key` takes the new one; what the old one sealed stays closed"
    )]
    ForeignSecret,
    /// The database's file is so damaged that it can't be opened.
    #[error("the database is damaged: {0}; restore the last backup that `vanikeys restore` takes")]
    Damaged(String),
    /// Nobody gave a master secret.
    #[error("SECRET_KEY is not set")]
    NoSecret,
    /// A host that only searches has no database to open.
    #[error("this host has no database (DATABASE_URL is not set), so it can only search")]
    NoDatabase,
    /// The URL of Redis is not one.
    #[error("REDIS_URL: {0}")]
    Redis(#[from] redis::RedisError),
    /// The queues cannot be reached by what is configured.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The mail server's URL cannot be used.
    #[error(transparent)]
    Mailer(#[from] MailerError),
    /// TLS for webhooks could not be set up.
    #[error(transparent)]
    Outgoing(#[from] OutgoingError),
    /// TLS for Stripe could not be set up.
    #[error(transparent)]
    Stripe(#[from] StripeError),
    /// The database cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub use crate::config::made::DATABASE_FILE;

/// Name of the embedded queues in the data folder. Transport only: it may be lost, and is no part of a backup.
pub const QUEUE_FILE: &str = "queue.db";

/// Name of the folder in the data folder where letters lie while there is no mail server.
pub const MAIL_FOLDER: &str = "mail";

impl App {
    /// Opens everything: makes what the embedded shape makes for itself, connects, migrates if told to, and publishes
    /// the receipt keys in force.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(config: Config, schema: Schema) -> Result<Self, OpenError> {
        let app = Self::connect(config, schema).await?;
        let known = match app.secret_is_known().await {
            // A damaged database cannot say it; what is wrong with it is told by those who come to look.
            Err(StoreError::Corrupt(_)) if schema == Schema::Leave => true,
            known => known?,
        };
        if !known {
            return Err(OpenError::ForeignSecret);
        }
        if schema == Schema::Migrate {
            app.know_queues().await?;
            app.publish_receipt_keys().await?;
        }
        Ok(app)
    }

    /// Opens everything with a master secret that the database was never used with, which belongs to it from then on.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn adopt_secret(config: Config) -> Result<Self, OpenError> {
        let app = Self::connect(config, Schema::Migrate).await?;
        app.know_queues().await?;
        app.publish_receipt_keys().await?;
        Ok(app)
    }

    async fn connect(mut config: Config, schema: Schema) -> Result<Self, OpenError> {
        config.make_missing()?;
        let db = match &config.shape {
            Shape::Embedded => match Db::sqlite(&config.data.join(DATABASE_FILE)).await {
                Err(StoreError::Corrupt(fault)) => return Err(OpenError::Damaged(fault)),
                opened => opened?,
            },
            Shape::Fleet { database_url, .. } => {
                Db::postgres(database_url.expose(), config.database_connections).await?
            }
            Shape::Searcher { .. } => return Err(OpenError::NoDatabase),
        };
        if schema == Schema::Migrate {
            migrate::up(&db).await?;
        }
        for warning in config.billing_warnings() {
            tracing::warn!("{warning}");
        }
        Self::assemble(db, config, Clock::System)
    }

    /// Puts opened parts together; tests come this way, with a clock of their own.
    ///
    /// # Errors
    /// A master secret that is missing or broken, or a URL of Redis that is not one.
    pub fn assemble(db: Db, config: Config, clock: Clock) -> Result<Self, OpenError> {
        let secret = config.secret_key.as_ref().ok_or(OpenError::NoSecret)?;
        let keyring = Arc::new(Keyring::parse(secret.expose())?);
        let (signals, transport, limits, cache) = match &config.shape {
            Shape::Embedded => (
                Signals::in_process(),
                Transport::sqlite(&config.data.join(QUEUE_FILE)),
                Limits::in_process(clock.clone()),
                Cache::in_process(clock.clone()),
            ),
            Shape::Fleet { redis_url, .. } | Shape::Searcher { redis_url } => {
                let url = redis_url.expose();
                (
                    Signals::redis(url)?,
                    Transport::redis(url)?,
                    Limits::redis(url, clock.clone())?,
                    Cache::redis(url, clock.clone())?,
                )
            }
        };
        let mailer = match &config.mail.smtp_url {
            Some(url) => Mailer::smtp(url, &config.mail.hello, &config.trust)?,
            None => Mailer::files(config.data.join(MAIL_FOLDER)),
        };
        let outgoing = Outgoing::new(&config.webhook_allow_networks, &config.trust)?;
        let account = config.billing.stripe.as_ref();
        let stripe = account.map(|account| Stripe::new(account, &config.trust, Pace::default())).transpose()?;
        let (passwords, patterns) = (Passwords::default(), Patterns::default());
        let config = Arc::new(config);
        Ok(Self {
            db,
            config,
            keyring,
            clock,
            passwords,
            signals,
            transport,
            limits,
            cache,
            patterns,
            mailer,
            outgoing,
            stripe,
            overview: heists::Seen::default(),
        })
    }

    /// A queue that is new in this version gets its row without a migration.
    async fn know_queues(&self) -> Result<(), StoreError> {
        transact!(self.db, tx => queues::know(tx).await)
    }

    /// Whether one of the master secrets in force was in force before. A database that was never used knows any.
    async fn secret_is_known(&self) -> Result<bool, StoreError> {
        let mut conn = self.db.read().await?;
        if !dialect::has_table(&mut conn, "receipt_keys").await? {
            return Ok(true);
        }
        let known = receipt_keys::all(&mut conn).await?;
        let ours = self.keyring.receipt_keys().keys;
        Ok(known.is_empty() || ours.iter().any(|key| known.contains(key.public_key.as_bytes())))
    }

    /// Keeps the public receipt keys in force, so that what they sign stays checkable after they are retired.
    async fn publish_receipt_keys(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        transact!(self.db, tx => {
            for key in self.keyring.receipt_keys().keys {
                receipt_keys::keep(tx, &key.key_id.to_string(), key.public_key.as_bytes(), now).await?;
            }
            Ok(())
        })
    }
}
