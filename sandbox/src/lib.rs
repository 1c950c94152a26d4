//! A stand-in for Stripe that keeps state: customers, prices, Checkout with a page, the billing portal, subscriptions,
//! invoices, payment intents, refunds, disputes, events and their signed delivery. The demo's sandbox checkout and the
//! billing tests are driven by it; it knows nothing of the rest of the project.
//!
//! It plays the shapes of one API version ([`API_VERSION`]). It takes fewer parameters than Stripe does and refuses
//! the others, as Stripe refuses what it doesn't know; a test compares all of it with Stripe's OpenAPI document. What is
//! played, and how to run it by hand, is in `docs/STRIPE-SANDBOX.md`.
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! use vanikeys_sandbox::{Clock, Config, Http, Sandbox};
//!
//! let sandbox = Sandbox::new(Config::new("http://127.0.0.1:12111"), Clock::System, 1, Http::default());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:12111").await?;
//! sandbox.serve(listener).await
//! # }
//! ```

// Some of Stripe's objects have more members than `json!` takes otherwise.
#![recursion_limit = "256"]

mod api;
mod clock;
mod config;
mod controls;
mod deliver;
mod desk;
mod failure;
mod fields;
mod http;
mod operation;
mod pages;
mod play;
mod policy;
mod random;
mod sandbox;
mod serve;
pub mod sign;
mod world;

pub use clock::Clock;
pub use config::{API_VERSION, Config};
pub use deliver::{Deliver, Delivery, Http, Outcome};
pub use desk::faults::{Effect, Fault};
pub use http::routes::operations;
pub use policy::Policy;
pub use random::Random;
pub use sandbox::Sandbox;
