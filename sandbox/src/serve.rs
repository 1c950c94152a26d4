//! The addresses of a sandbox: its API, its pages, its controls.

use std::io;

use axum::{
    Router,
    routing::{any, get, post},
};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::{Sandbox, controls, http, pages};

impl Sandbox {
    /// Serves everything on this listener until the task is dropped, and delivers events meanwhile.
    ///
    /// # Errors
    /// The listener's.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        let _delivering = AbortOnDrop(tokio::spawn(self.clone().deliver_forever()));
        axum::serve(listener, self.router()).await
    }

    /// The API under `/v1`, the pages that people see, and, if the configuration says so, the controls.
    pub fn router(&self) -> Router {
        let controls = self.world().config.controls;
        let router = Router::new().merge(self.api()).merge(self.pages());
        if controls { router.merge(controls::router(self)) } else { router }
    }

    /// The API alone.
    pub fn api(&self) -> Router {
        Router::new().route("/v1/{*path}", any(http::api)).with_state(self.clone())
    }

    /// The pages alone: Checkout, portal, invoices.
    pub fn pages(&self) -> Router {
        Router::new()
            .route("/c/pay/{session}", get(pages::checkout::show).post(pages::checkout::pay))
            .route("/c/pay/{session}/authenticate", post(pages::checkout::authenticate))
            .route("/c/sandbox.css", get(pages::style))
            .route("/p/session/{secret}", get(pages::portal::show).post(pages::portal::act))
            .route("/i/{invoice}", get(pages::invoice::show).post(pages::invoice::pay))
            .route("/r/{charge}", get(pages::invoice::receipt))
            .route("/authenticate/{intent}", get(pages::bank::show).post(pages::bank::answer))
            .with_state(self.clone())
    }
}

/// Ends a task with the one that began it.
struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
