//! Every URL of the site on one page. The comment beside each API route is its method and path as the handler
//! declares them; a test holds the two together.

use axum::{
    Router,
    routing::{get, post},
};
use utoipa::OpenApi;
use utoipa_axum::routes;

use super::{
    SANDBOX_PATH, Web, admin, api, assets, callbacks,
    error::Problem,
    middleware::{self, Group, limited, limited_pages},
    openapi::{self, Endpoints},
    pages,
};

/// The whole site.
pub(super) fn site(web: Web) -> Router {
    site_with(web, called_by_others())
}

/// The whole site, with these callbacks.
pub(super) fn site_with(web: Web, called_by_others: Router<Web>) -> Router {
    let (api, _) = api(Some(&web)).split();
    let router = Router::new()
        .merge(api)
        .merge(limited_pages(&web, Group::Pages, people()))
        .merge(limited_pages(&web, Group::Estimates, estimates()))
        .merge(limited_pages(&web, Group::Auth, signing()))
        .route("/assets/{*path}", get(assets::serve))
        .route("/worker.js", get(pages::offline::worker))
        .fallback(async || Problem::not_found("page"))
        .method_not_allowed_fallback(async || Problem::method_not_allowed());
    let router = match &web.sandbox {
        Some(pages) => router.nest_service(SANDBOX_PATH, pages.clone()),
        None => router,
    };
    middleware::wrap(router, callbacks::open(called_by_others), &web).with_state(web)
}

/// The OpenAPI document as the handlers declare it.
pub(super) fn document() -> utoipa::openapi::OpenApi {
    api(None).split().1
}

/// What programs call. Without a running site it only declares itself.
fn api(web: Option<&Web>) -> Endpoints {
    let within = |group: Group, endpoints: Endpoints| match web {
        Some(web) => endpoints.map(|router| limited(web, group, router)),
        None => endpoints,
    };
    Endpoints::under(openapi::Document::openapi())
        .merge(service())
        .merge(within(Group::Auth, accounts()))
        .merge(within(Group::Account, own_account()))
        .merge(within(Group::Estimates, patterns()))
        .merge(within(Group::Pulls, pulling()))
        .merge(within(Group::PullReads, pulls()))
        .merge(within(Group::Jobs, ordering()))
        .merge(within(Group::JobStatus, jobs()))
        .merge(within(Group::Tokens, tokens()))
        .merge(within(Group::Payments, paying()))
        .merge(within(Group::PaymentReads, payments()))
        .merge(within(Group::Heists, robbing()))
        .merge(within(Group::HeistReads, heists()))
        .merge(within(Group::Points, points()))
        .merge(within(Group::Notices, notices()))
        .merge(within(Group::Webhooks, webhooks()))
        .merge(within(Group::WebhookSends, webhook_sends()))
        .merge(within(Group::Admin, admin()))
}

fn accounts() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::auth::register)) // POST /auth/register
        .routes(routes!(api::auth::login)) // POST /auth/login
        .routes(routes!(api::auth::challenge)) // GET /auth/challenge
        .routes(routes!(api::auth::confirm_email)) // POST /auth/email/confirm
        .routes(routes!(api::auth::resend)) // POST /auth/email/resend
        .routes(routes!(api::auth::change_email)) // POST /auth/email/change
        .routes(routes!(api::auth::forgot_password)) // POST /auth/password/forgot
        .routes(routes!(api::auth::reset_password)) // POST /auth/password/reset
        .routes(routes!(api::auth::change_password)) // POST /auth/password/change
}

fn own_account() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::auth::logout)) // POST /auth/logout
        .routes(routes!(api::auth::me)) // GET /auth/me
        .routes(routes!(api::account::export)) // GET /api/account/export
        .routes(routes!(api::account::delete)) // DELETE /api/account
        .routes(routes!(api::letters::list)) // GET /api/account/letters
        .routes(routes!(api::letters::choose)) // PUT /api/account/letters
}

fn patterns() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::patterns::validate)) // POST /api/patterns/validate
        .routes(routes!(api::patterns::estimate)) // POST /api/patterns/estimate
}

fn pulling() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::pulls::commit)) // POST /api/pulls/commitment
        .routes(routes!(api::pulls::execute)) // POST /api/pulls/execute
}

fn pulls() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::pulls::history)) // GET /api/pulls/history
        .routes(routes!(api::pulls::show)) // GET /api/pulls/{id}
        .routes(routes!(api::pulls::keep)) // POST /api/pulls/{id}/keep
        .routes(routes!(api::pulls::shred)) // POST /api/pulls/{id}/shred
        .routes(routes!(api::pulls::share)) // POST /api/pulls/{id}/share
        .routes(routes!(api::pulls::key)) // GET /api/pulls/{id}/key
}

fn ordering() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::jobs::quote)) // POST /api/jobs/quote
        .routes(routes!(api::jobs::create)) // POST /api/jobs/create
        .routes(routes!(api::jobs::cancel)) // POST /api/jobs/{id}/cancel
        .routes(routes!(api::jobs::shred)) // POST /api/jobs/{id}/shred
}

fn jobs() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::jobs::list)) // GET /api/jobs
        .routes(routes!(api::jobs::show)) // GET /api/jobs/{id}
        .routes(routes!(api::events::watch)) // GET /api/jobs/{id}/events
        .routes(routes!(api::jobs::result)) // GET /api/jobs/{id}/result
}

fn robbing() -> Endpoints {
    Endpoints::default().routes(routes!(api::heists::execute::execute)) // POST /api/heist/execute
}

fn heists() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::heists::execute::attempt)) // GET /api/heist/attempts/{id}
        .routes(routes!(api::heists::looks::tokens)) // GET /api/heist/tokens
        .routes(routes!(api::heists::looks::can_rob)) // GET /api/heist/can-rob/{targetUserId}
        .routes(routes!(api::heists::history::history)) // GET /api/heist/history
        .routes(routes!(api::heists::history::stats)) // GET /api/heist/stats
        .routes(routes!(api::heists::notifications::list)) // GET /api/heist/notifications
        .routes(routes!(api::heists::notifications::read)) // POST /api/heist/notifications/read
        .routes(routes!(api::heists::shields::buy)) // POST /api/heist/shields
}

fn points() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::points::check_in)) // POST /api/points/checkin
        .routes(routes!(api::points::events)) // GET /api/points/events
        .routes(routes!(api::points::leaderboard)) // GET /api/leaderboard
        .routes(routes!(api::points::referrals)) // GET /api/referrals
}

fn notices() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::notices::list)) // GET /api/notices
        .routes(routes!(api::notices::read)) // POST /api/notices/read
}

fn admin() -> Endpoints {
    Endpoints::default()
        .routes(routes!(admin::queues::list)) // GET /admin/api/queues
        .routes(routes!(admin::queues::pause)) // POST /admin/api/queues/{name}/pause
        .routes(routes!(admin::queues::resume)) // POST /admin/api/queues/{name}/resume
        .routes(routes!(admin::queues::list_tasks)) // GET /admin/api/tasks
        .routes(routes!(admin::queues::run_all_again)) // POST /admin/api/tasks/run-again
        .routes(routes!(admin::queues::run_again)) // POST /admin/api/tasks/{id}/run-again
        .routes(routes!(admin::audit::list)) // GET /admin/api/audit
        .routes(routes!(admin::workers::list)) // GET /admin/api/workers
        .routes(routes!(admin::workers::searchers)) // GET /admin/api/searchers
        .routes(routes!(admin::workers::suspend)) // POST /admin/api/searchers/{id}/suspend
        .routes(routes!(admin::workers::resume)) // POST /admin/api/searchers/{id}/resume
        .routes(routes!(admin::users::list)) // GET /admin/api/users
        .routes(routes!(admin::users::clear_flag)) // POST /admin/api/users/{id}/clear-flag
        .routes(routes!(admin::users::grant)) // POST /admin/api/users/{id}/grants
        .routes(routes!(admin::points::grant)) // POST /admin/api/users/{id}/points
        .routes(routes!(admin::points::list)) // GET /admin/api/point-kinds
        .routes(routes!(admin::points::change)) // PATCH /admin/api/point-kinds/{kind}
        .routes(routes!(admin::users::switch)) // PUT /admin/api/switches/{name}
        .routes(routes!(admin::keys::list)) // GET /admin/api/keys
        .routes(routes!(admin::keys::create)) // POST /admin/api/keys
        .routes(routes!(admin::keys::revoke)) // DELETE /admin/api/keys/{id}
        .merge(billing())
}

fn billing() -> Endpoints {
    use admin::billing::{events, money, purchases, revenue, subscriptions};
    Endpoints::default()
        .routes(routes!(purchases::list)) // GET /admin/api/billing/purchases
        .routes(routes!(purchases::show)) // GET /admin/api/billing/purchases/{id}
        .routes(routes!(purchases::refund)) // POST /admin/api/billing/purchases/{id}/refund
        .routes(routes!(purchases::unfreeze)) // POST /admin/api/billing/purchases/{id}/unfreeze
        .routes(routes!(subscriptions::list)) // GET /admin/api/billing/subscriptions
        .routes(routes!(events::list)) // GET /admin/api/billing/events
        .routes(routes!(events::run_again)) // POST /admin/api/billing/events/{id}/run-again
        .routes(routes!(money::refunds)) // GET /admin/api/billing/refunds
        .routes(routes!(money::disputes)) // GET /admin/api/billing/disputes
        .routes(routes!(money::prices)) // GET /admin/api/billing/prices
        .routes(routes!(revenue::by_day)) // GET /admin/api/billing/revenue
}

fn webhooks() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::webhooks::list::list)) // GET /api/webhooks/endpoints
        .routes(routes!(api::webhooks::create::create)) // POST /api/webhooks/endpoints
        .routes(routes!(api::webhooks::update::update)) // PATCH /api/webhooks/endpoints/{id}
        .routes(routes!(api::webhooks::delete::delete)) // DELETE /api/webhooks/endpoints/{id}
        .routes(routes!(api::webhooks::deliveries::list)) // GET /api/webhooks/endpoints/{id}/deliveries
}

fn webhook_sends() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::webhooks::test::test)) // POST /api/webhooks/endpoints/{id}/test
        .routes(routes!(api::webhooks::redeliver::redeliver)) // POST /api/webhooks/deliveries/{id}/redeliver
}

fn tokens() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::tokens::balance)) // GET /api/tokens/balance
        .routes(routes!(api::tokens::transactions)) // GET /api/tokens/transactions
}

fn paying() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::purchases::buy)) // POST /api/tokens/purchase
        .routes(routes!(api::purchases::intent)) // POST /api/payments/create-intent
        .routes(routes!(api::plans::checkout)) // POST /api/plans/checkout
        .routes(routes!(api::plans::portal)) // GET /api/plans/portal
        .routes(routes!(api::plans::cancel)) // POST /api/plans/cancel
        .routes(routes!(api::plans::resume)) // POST /api/plans/resume
}

fn payments() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::purchases::packs)) // GET /api/tokens/packs
        .routes(routes!(api::purchases::list)) // GET /api/tokens/purchases
        .routes(routes!(api::purchases::show)) // GET /api/tokens/purchases/{id}
        .routes(routes!(api::plans::list)) // GET /api/plans
        .routes(routes!(api::plans::current)) // GET /api/plans/subscription
        .routes(routes!(api::plans::show)) // GET /api/plans/subscriptions/{id}
        .routes(routes!(api::plans::invoices)) // GET /api/plans/invoices
}

/// Health and what belongs to the service itself; not limited, since operators poll it.
fn service() -> Endpoints {
    Endpoints::default()
        .routes(routes!(api::service::healthz)) // GET /healthz
        .routes(routes!(api::service::readyz)) // GET /readyz
        .routes(routes!(api::service::metrics)) // GET /metrics
        .routes(routes!(api::service::document)) // GET /openapi.json
        .routes(routes!(api::service::receipt_keys)) // GET /.well-known/vanikeys-receipt-keys.json
}

/// What other services call; see [`callbacks`].
fn called_by_others() -> Router<Web> {
    Router::new()
        .route("/api/billing/webhook", post(callbacks::stripe::take))
        .route("/api/payments/webhook", post(callbacks::stripe::take))
}

/// What people look at.
fn people() -> Router<Web> {
    Router::new()
        .route("/", get(pages::home::show))
        .route("/how-it-works", get(pages::about::how_it_works))
        .route("/pricing", get(pages::pricing::show))
        .route("/terms", get(pages::about::terms))
        .route("/privacy", get(pages::about::privacy))
        .route("/verify", get(pages::verify::show).post(pages::verify::check))
        .route("/split", get(pages::split::show))
        .route("/p/{share}", get(pages::share::show))
        .route("/p/{share}/card.png", get(pages::share::card))
        .route("/offline", get(pages::offline::show))
        .route("/design", get(pages::design::show))
        .route("/docs/api", get(pages::reference::show))
        .route("/sign-up", get(pages::sign::up))
        .route("/sign-in", get(pages::sign::r#in))
        .route("/sign-out", post(pages::sign::out))
        .route("/confirm", get(pages::sign::confirm_page))
        .route("/forgot", get(pages::sign::forgot_page))
        .route("/reset", get(pages::sign::reset_page))
        .route("/app", get(pages::pulls::builder))
        .route("/app/pull", post(pages::pulls::make))
        .route("/app/commitment", post(pages::pulls::promise))
        .route("/app/pulls/{id}", get(pages::pulls::show))
        .route("/app/pulls/{id}/keep", post(pages::pulls::keep))
        .route("/app/pulls/{id}/shred", post(pages::pulls::shred))
        .route("/app/pulls/{id}/share", post(pages::pulls::share))
        .route("/app/pulls/{id}/key", get(pages::pulls::key))
        .route("/app/jobs", get(pages::jobs::list).post(pages::jobs::create))
        .route("/app/jobs/{id}", get(pages::jobs::show))
        .route("/app/jobs/{id}/part", get(pages::jobs::part))
        .route("/app/jobs/{id}/cancel", post(pages::jobs::cancel))
        .route("/app/jobs/{id}/shred", post(pages::jobs::shred))
        .route("/app/jobs/{id}/key", get(pages::jobs::result))
        .route("/app/history", get(pages::history::show))
        .route("/app/history/kept.json", get(pages::history::kept))
        .route("/app/wallet", get(pages::wallet::show))
        .route("/app/purchases", get(pages::purchases::list).post(pages::purchases::buy))
        .route("/app/purchases/{id}", get(pages::purchases::show))
        .route("/app/purchases/{id}/news", get(pages::purchases::news))
        .route("/app/plan", get(pages::plan::show).post(pages::plan::subscribe))
        .route("/app/plan/cancel", post(pages::plan::cancel))
        .route("/app/plan/resume", post(pages::plan::resume))
        .route("/app/plan/portal", post(pages::plan::portal))
        .route("/app/plan/{id}/news", get(pages::plan::news))
        .route("/unsubscribe", get(pages::unsubscribe::show).post(pages::unsubscribe::end))
        .route("/leaderboard", get(pages::leaderboard::show))
        .route("/heists", get(pages::heists::show))
        .route("/heists/shield", post(pages::heists::buy))
        .route("/heists/check-in", post(pages::heists::check_in))
        .route("/heists/rob/{id}", get(pages::heists::confirm).post(pages::heists::rob))
        .route("/heists/attempts/{id}", get(pages::heists::attempt))
        .route("/referrals", get(pages::referrals::show))
        .route("/notifications/bell", get(pages::bell::listen))
        .route("/notifications", get(pages::notifications::show))
        .route("/notifications/read", post(pages::notifications::read))
        .route("/account", get(pages::account::show))
        .route("/account/letters", post(pages::account::letters))
        .route("/admin", get(admin::pages::overview))
        .route("/admin/workers", get(admin::pages::workers))
        .route("/admin/settings", get(admin::pages::settings))
        .route("/admin/settings/{name}", post(admin::pages::switch))
        .route("/admin/queues/{name}/pause", post(admin::pages::pause))
        .route("/admin/queues/{name}/resume", post(admin::pages::resume))
        .route("/admin/searchers/{id}/suspend", post(admin::pages::suspend))
        .route("/admin/searchers/{id}/resume", post(admin::pages::unsuspend))
        .route("/admin/tasks", get(admin::pages::tasks))
        .route("/admin/tasks/run-again", post(admin::pages::run_all_again))
        .route("/admin/tasks/selected", post(admin::pages::selected))
        .route("/admin/tasks/{id}/run-again", post(admin::pages::run_again))
        .route("/admin/audit", get(admin::audit::show))
        .route("/admin/billing", get(admin::billing::pages::overview))
        .route("/admin/billing/purchases", get(admin::billing::pages::purchases))
        .route("/admin/billing/purchases/{id}", get(admin::billing::pages::purchase))
        .route("/admin/billing/purchases/{id}/refund", post(admin::billing::pages::refund))
        .route("/admin/billing/purchases/{id}/unfreeze", post(admin::billing::pages::unfreeze))
        .route("/admin/billing/subscriptions", get(admin::billing::pages::subscriptions))
        .route("/admin/billing/events", get(admin::billing::pages::events))
        .route("/admin/billing/events/{id}/run-again", post(admin::billing::pages::run_again))
        .route("/admin/billing/claims", get(admin::billing::pages::claims))
        .route("/admin/heists", get(admin::heists::show))
        .route("/admin/heists/switch", post(admin::heists::switch))
        .route("/admin/heists/kinds/{kind}", post(admin::heists::change_kind))
        .route("/admin/users", get(admin::pages::users))
        .route("/admin/users/{id}/grants", post(admin::pages::grant))
        .route("/admin/users/{id}/clear-flag", post(admin::pages::clear_flag))
}

/// Pages that estimate a pattern, which costs as much as where programs ask for it.
fn estimates() -> Router<Web> {
    Router::new()
        .route("/odds", get(pages::home::odds))
        .route("/odds/answer", get(pages::home::odds_part))
        .route("/app/answer", get(pages::pulls::builder_part))
}

/// What is sent from pages to show who one is: guesses at passwords and links come this way.
fn signing() -> Router<Web> {
    Router::new()
        .route("/sign-up", post(pages::sign::sign_up))
        .route("/sign-in", post(pages::sign::sign_in))
        .route("/forgot", post(pages::sign::forgot))
        .route("/reset", post(pages::sign::reset))
        .route("/confirm", post(pages::sign::confirm))
        .route("/account/password", post(pages::account::password))
        .route("/account/email", post(pages::account::email))
        .route("/account/resend", post(pages::account::resend))
        .route("/account/delete", post(pages::account::delete))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::openapi;

    #[test]
    fn this_page_names_every_route_of_the_api() {
        let document: serde_json::Value = serde_json::from_str(&openapi::json(super::document())).unwrap();
        let declared: BTreeSet<String> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let lines = include_str!("routes.rs").lines().filter(|line| line.contains("routes!("));
        let written: BTreeSet<String> = lines.filter_map(|line| Some(line.split_once("// ")?.1.to_owned())).collect();
        assert_eq!(declared, written);
    }
}
