//! A shop to test: an app, a sandbox that plays Stripe for it over HTTP, and a clock that both live by.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use uuid::Uuid;
use vanikeys_core::{
    app::App,
    clients::stripe::{Pace, Stripe, account::Account},
    config::Config,
    domain::{
        billing::purchase::State,
        plan::Plan,
        task::{Queue, TaskState},
    },
    flow::{
        Actor, By, Key,
        billing::{
            self, Outcome, PackPage, PlanPage, Report,
            view::{PurchaseView, SubscriptionView},
            webhook,
        },
        doctor::{self, Grade},
        tasks::{self, Taken as Settled},
    },
    secret::Secret,
};
use vanikeys_sandbox::{Clock, Config as Sandboxed, Deliver, Delivery, Outcome as Delivered, Policy, Sandbox};

use crate::{
    tasks as tried,
    world::{On, World},
};

/// A card that pays.
pub const PAYS: &str = "4242424242424242";
/// One that is declined.
pub const DECLINED: &str = "4000000000000002";
/// One that can be kept, and is declined when it is charged.
pub const FAILS_LATER: &str = "4000000000000341";
/// A bank account whose payments arrive three days later.
pub const SLOW: &str = "000123456789";
/// One whose payments come back three days later.
pub const COMES_BACK: &str = "000111111116";
/// A card whose refunds stay pending for a while, then fail.
pub const REFUND_FAILS: &str = "4000000000005126";
/// A card whose issuer warns of fraud.
pub const WARNED: &str = "4000000000005423";

pub const DAY: Duration = Duration::from_secs(24 * 3600);

/// Takes the events that the sandbox delivers.
#[derive(Clone, Default)]
pub struct Doorstep {
    app: Arc<OnceLock<App>>,
}

impl Deliver for Doorstep {
    fn deliver(&self, delivery: Delivery) -> Pin<Box<dyn Future<Output = Delivered> + Send + '_>> {
        let app = self.app.get().cloned();
        Box::pin(async move {
            let Some(app) = app else { return Delivered::Failed };
            match webhook::take(&app, Some(&delivery.signature), delivery.body.as_bytes()).await {
                Ok(_) => Delivered::Accepted,
                Err(_) => Delivered::Failed,
            }
        })
    }
}

pub struct Shop {
    pub world: World,
    pub sandbox: Sandbox,
    pub base: String,
    http: reqwest::Client,
    /// Events of the sandbox that were looked at.
    seen: Mutex<usize>,
    held: AtomicBool,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Runs the body of a test over both databases; a closure beside the shop changes its settings.
macro_rules! in_shops {
    ($($(#[$doc:meta])* async fn $name:ident($shop:ident $(, $change:expr)?) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a body may need no name of its file")]
            use super::*;
            $(#[$doc])*
            async fn body($shop: $crate::billing::stand::Shop) $body

            fn change(config: &mut vanikeys_core::config::Config) {
                let _ = &config;
                $(let change: fn(&mut vanikeys_core::config::Config) = $change; change(config);)?
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                body($crate::billing::stand::Shop::open($crate::world::On::Sqlite, change).await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                body($crate::billing::stand::Shop::open($crate::world::On::Postgres, change).await).await;
            }
        }
    )*};
}
pub(crate) use in_shops;

/// The time at which every shop opens: 2026-11-21 12:00 UTC.
const START: i64 = 1_795_262_400;

impl Shop {
    pub async fn open(on: On, change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut config = Sandboxed::new(base.clone());
        config.controls = true;
        let doorstep = Doorstep::default();
        let sandbox = Sandbox::new(config, Clock::manual(START), 7, doorstep.clone());
        // What is delivered, and when, is for the test to say.
        sandbox.set_policy(Policy::Silent);
        let serving = tokio::spawn(sandbox.clone().serve(listener));
        // Whoever came first has done the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut account = Account {
            secret_key: Secret::new("sk_test_1"),
            publishable_key: Some("pk_test_1".to_owned()),
            webhook_secrets: Vec::new(),
            api_base: base.clone(),
            livemode: false,
            page_origins: Vec::new(),
        };
        let endpoint =
            post(&http, &base, "/v1/webhook_endpoints", "url=http://shop.test/hook&enabled_events[0]=*").await;
        account.webhook_secrets.push(Secret::new(endpoint["secret"].as_str().unwrap()));
        let pro = monthly(&http, &base, 999).await;
        let unlimited = monthly(&http, &base, 9_900).await;
        let mut world = World::with(on, |config| {
            config.billing.stripe = Some(account.clone());
            config.billing.prices.pro = Some(pro);
            config.billing.prices.unlimited = Some(unlimited);
            change(config);
        })
        .await;
        assert_eq!(world.app.clock.now().seconds(), START);
        let pace = Pace {
            attempts: 3,
            attempt: Duration::from_millis(800),
            whole: Duration::from_secs(10),
            first_wait: Duration::from_millis(4),
        };
        let trust = &world.app.config.trust.clone();
        world.app.stripe = Some(Stripe::new(&account, trust, pace).unwrap());
        drop(doorstep.app.set(world.app.clone()));
        billing::check_prices(&world.app).await.unwrap();
        // Sign-ups are older than the limit on new accounts.
        Self { world, sandbox, base, http, seen: Mutex::default(), held: AtomicBool::default(), serving }
    }

    pub fn app(&self) -> &App {
        &self.world.app
    }

    /// A user whose account is older than a day.
    pub async fn user(&self) -> Actor {
        let actor = self.world.user(0).await;
        let mut tx = self.app().db.begin().await.unwrap();
        let older = "UPDATE users SET created_at = created_at - 200000000000 WHERE id = $1";
        self.world.execute(&mut tx, older, actor.user).await.unwrap();
        tx.commit().await.unwrap();
        actor
    }

    /// An idempotency key that nobody used.
    pub fn key(&self, actor: &Actor) -> Key {
        crate::world::key(actor, &Uuid::new_v4().to_string(), 1)
    }

    pub async fn order(&self, actor: &Actor, pack: &str) -> Outcome<PackPage> {
        billing::checkout(self.app(), actor, &self.key(actor), pack).await
    }

    pub async fn subscribe(&self, actor: &Actor, plan: Plan) -> Outcome<PlanPage> {
        billing::subscribe(self.app(), actor, &self.key(actor), plan).await
    }

    /// Submits a page of Checkout with this number; answers with the status.
    pub async fn submit(&self, page: &str, number: &str) -> u16 {
        let form = format!("number={number}&email=ann@example.org");
        let sent = self
            .http
            .post(page)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap();
        sent.status().as_u16()
    }

    /// Buys a pack and pays for it; everything that follows has happened.
    pub async fn buy(&self, actor: &Actor, pack: &str) -> PurchaseView {
        self.buy_with(actor, pack, PAYS).await
    }

    pub async fn buy_with(&self, actor: &Actor, pack: &str, number: &str) -> PurchaseView {
        let page = self.order(actor, pack).await.unwrap();
        self.submit(&page.checkout_url, number).await;
        self.work().await;
        self.purchase(actor, page.purchase_id).await
    }

    /// Subscribes to a plan and pays for it.
    pub async fn take_plan(&self, actor: &Actor, plan: Plan, number: &str) -> SubscriptionView {
        let page = self.subscribe(actor, plan).await.unwrap();
        assert_eq!(self.submit(&page.checkout_url, number).await, 303);
        self.work().await;
        self.subscription(actor, page.subscription_id).await
    }

    pub async fn purchase(&self, actor: &Actor, id: Uuid) -> PurchaseView {
        billing::view::purchase(self.app(), actor, id).await.unwrap()
    }

    pub async fn subscription(&self, actor: &Actor, id: Uuid) -> SubscriptionView {
        billing::view::subscription_of(self.app(), actor, id).await.unwrap()
    }

    /// The plan that is in force for a user.
    pub async fn plan(&self, actor: &Actor) -> Plan {
        let now = self.app().clock.now();
        let mut on = self.app().db.read().await.unwrap();
        vanikeys_core::store::plans::of(&mut on, actor.user, now).await.unwrap().unwrap()
    }

    /// VaniTokens: the balance, what of it is held, what is owed.
    pub async fn tokens(&self, actor: &Actor) -> (i64, i64, i64) {
        let balance = self.world.balance(actor).await;
        (balance.balance, balance.held, balance.debt)
    }

    /// A POST to Stripe's API, as its dashboard would make it.
    pub async fn at_stripe(&self, path: &str, form: &str) -> Value {
        post(&self.http, &self.base, path, form).await
    }

    /// A request to Stripe's API that may be refused.
    pub async fn request(&self, method: &str, path: &str, form: &str) -> Value {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let sent = self
            .http
            .request(method, format!("{}{path}", self.base))
            .header("authorization", "Bearer sk_test_1")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        serde_json::from_slice(&sent.send().await.unwrap().bytes().await.unwrap()).unwrap()
    }

    /// A control of the sandbox.
    pub async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_sandbox/{path}", self.base);
        let sent = self.http.post(url).header("content-type", "application/json").body(body.to_string());
        serde_json::from_slice(&sent.send().await.unwrap().bytes().await.unwrap()).unwrap()
    }

    /// Time passes for both sides.
    pub fn pass(&self, span: Duration) {
        self.world.pass(span);
        self.sandbox.advance(span);
    }

    /// Time passes in a few steps, and everything that follows happens.
    pub async fn live(&self, span: Duration) {
        for _ in 0..8 {
            self.pass(span / 8);
            self.work().await;
        }
    }

    /// Delivers what is due and does every task that follows, until nothing is left.
    pub async fn work(&self) {
        loop {
            let delivered = self.deliver_new().await;
            let tried = self.handle().await;
            if delivered == 0 && tried == 0 {
                return;
            }
        }
    }

    /// From now on events are held back.
    pub fn hold_events(&self) {
        self.held.store(true, Ordering::SeqCst);
    }

    /// Delivers what happened since the last time, in order; answers how much that was.
    pub async fn deliver_new(&self) -> usize {
        let all = self.events("");
        let before = std::mem::replace(&mut *self.seen.lock().unwrap(), all.len());
        if self.held.load(Ordering::SeqCst) {
            return 0;
        }
        for event in &all[before..] {
            self.sandbox.deliver_event(event).await;
        }
        all.len() - before
    }

    /// Does every task that is due; each must end well.
    pub async fn handle(&self) -> usize {
        let mut all = 0;
        for queue in [Queue::Webhooks, Queue::Upkeep] {
            for task in tried::claim(&self.world, queue).await {
                all += 1;
                let ended = tried::handle(&self.world, &task).await;
                assert!(ended.is_ok(), "{}: {ended:?}", task.payload);
                let settled = tasks::settle(self.app(), &task, ended).await.unwrap();
                assert_eq!(settled, Settled::Done, "{}", task.payload);
            }
        }
        all
    }

    /// Tasks that wait on a queue.
    pub async fn waiting(&self, queue: Queue) -> usize {
        let open =
            |state| matches!(state, TaskState::Ready | TaskState::Later | TaskState::Pushed | TaskState::Running);
        tried::all(&self.world, queue).await.iter().filter(|task| open(task.state)).count()
    }

    pub async fn reconcile(&self) -> Report {
        let report = billing::reconcile(self.app(), &By::default()).await.unwrap();
        self.handle().await;
        report
    }

    /// Sends an event of the sandbox to the door, signed now.
    pub async fn deliver(&self, event: &str) {
        self.sandbox.deliver_event(event).await;
    }

    /// Ids of the sandbox's events, oldest first, of these types or of all.
    pub fn events(&self, kind: &str) -> Vec<String> {
        let all = self.sandbox.objects("event");
        let fits = |event: &&Value| kind.is_empty() || event["type"] == kind;
        all.iter().filter(fits).map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The charge that paid a purchase.
    pub fn charge(&self, purchase: &PurchaseView) -> String {
        let intent = self.sandbox.object(purchase.payment.as_deref().unwrap()).unwrap();
        intent["latest_charge"].as_str().unwrap().to_owned()
    }

    /// Neither ledger nor books have anything to complain of, and Stripe says the same.
    pub async fn sound(&self) {
        self.world.ledger_holds().await;
        let findings = doctor::examine(self.app()).await.unwrap();
        let broken: Vec<_> = findings.iter().filter(|finding| finding.grade == Grade::Broken).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// What the doctor finds broken.
    pub async fn broken(&self) -> Vec<&'static str> {
        let findings = doctor::examine(self.app()).await.unwrap();
        findings.iter().filter(|finding| finding.grade == Grade::Broken).map(|finding| finding.check).collect()
    }

    /// Kinds of a user's notices, the oldest first.
    pub async fn told(&self, actor: &Actor) -> Vec<String> {
        let user = actor.user.simple().to_string();
        let id = match self.app().db {
            vanikeys_core::store::Db::Postgres(_) => format!("'{}'", actor.user),
            vanikeys_core::store::Db::Sqlite { .. } => format!("x'{user}'"),
        };
        let sql = format!("SELECT kind FROM notices WHERE user_id = {id} ORDER BY created_at, id");
        self.world.texts(&sql).await
    }

    pub async fn states(&self, actor: &Actor) -> Vec<State> {
        let listed = billing::view::purchases_of(self.app(), actor.user, 100, 0).await.unwrap();
        listed.items.into_iter().rev().map(|purchase| purchase.state).collect()
    }
}

async fn post(http: &reqwest::Client, base: &str, path: &str, form: &str) -> Value {
    let sent = http
        .post(format!("{base}{path}"))
        .header("authorization", "Bearer sk_test_1")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.to_owned());
    let answer: Value = serde_json::from_slice(&sent.send().await.unwrap().bytes().await.unwrap()).unwrap();
    assert!(answer.get("error").is_none(), "{path} {form}: {answer}");
    answer
}

async fn monthly(http: &reqwest::Client, base: &str, cents: i64) -> String {
    let form = format!("currency=usd&unit_amount={cents}&product_data[name]=Plan&recurring[interval]=month");
    post(http, base, "/v1/prices", &form).await["id"].as_str().unwrap().to_owned()
}
