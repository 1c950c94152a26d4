//! Starting the fleet: PostgreSQL, Redis, a mail sink, `vanikeys web`, a searcher that has no database, and a worker
//! for everything else.

use std::io::Read;
use std::os::unix::fs::DirBuilderExt;

use vanikeys_testkit::process::Service;
use vanikeys_testkit::{Scratch, net, postgres, redis, smtp};

use super::{Ground, World, with_env};

/// The queues of the worker that has the database.
pub const OTHER_QUEUES: &str = "reports,heists,emails,webhooks,upkeep";

pub fn start(settings: &[(&str, &str)]) -> World {
    let (port, files) = (net::free_port(), Scratch::new("world"));
    std::fs::DirBuilder::new().mode(0o700).create(files.join("data")).unwrap();
    let postgres = postgres::Server::start();
    let ground = Ground { database: postgres.fresh_database(), postgres, redis: redis::Server::start() };
    let mail = smtp::Sink::start();
    let mut own: Vec<(String, String)> = [
        ("DATABASE_URL", ground.database.url()),
        ("REDIS_URL", ground.redis.url()),
        ("SECRET_KEY", fresh_secret()),
        ("PUBLIC_URL", format!("http://127.0.0.1:{port}")),
        ("SMTP_URL", mail.url()),
        ("MAIL_FROM", "VaniKeys <keys@example.org>".to_owned()),
        ("VANIKEYS_DATA", files.join("data").to_str().unwrap().to_owned()),
        ("TRUSTED_PROXIES", "127.0.0.1/32".to_owned()),
        ("REGISTRATION_WORK_BITS", "0".to_owned()),
        ("WELCOME_TOKENS", "1000".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec();
    own.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let listen = format!("127.0.0.1:{port}");
    let mut web = with_env(Service::new("web", "vanikeys", &["web", "--listen", &listen]), &own);
    web.spawn();
    web.wait_http(port, "/readyz");
    let mut worker = with_env(Service::new("worker", "vanikeys-worker", &["--queues", OTHER_QUEUES]), &own);
    worker.start();
    let mut world =
        World { port, web, workers: Vec::new(), ground: Some(ground), mail: Some(mail), files, settings: own };
    let searcher = world.new_searcher("searcher");
    world.workers = vec![searcher, worker];
    world
}

fn fresh_secret() -> String {
    let mut bytes = [0; 32];
    std::fs::File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    hex::encode(bytes)
}

impl World {
    /// A running searcher without a way to the database. It makes its own key, and an admin enrols that.
    pub fn new_searcher(&self, name: &str) -> Service {
        let redis = self.ground.as_ref().map(|ground| ground.redis.url()).unwrap_or_default();
        self.new_searcher_at(name, &redis)
    }

    /// The same with a way of its own to Redis.
    pub fn new_searcher_at(&self, name: &str, redis: &str) -> Service {
        let slice_keys = self.admin(&["slice-keys"]);
        let mut searcher = Service::new(name, "vanikeys-worker", &["--queues", "searches"])
            .env("REDIS_URL", redis)
            .env("SLICE_KEYS", slice_keys.trim())
            .env("SEARCHER_KEY_FILE", self.files.join(&format!("{name}/searcher.key")).to_str().unwrap());
        searcher.start();
        let log = searcher.log();
        let id = log.split("searcher=").nth(1).expect("it tells its id").trim_matches('"');
        let id: String = id.chars().take_while(char::is_ascii_hexdigit).collect();
        self.admin(&["enrol-searcher", &id, "--name", name]);
        searcher
    }
}
