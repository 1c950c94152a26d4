//! Rate limits: per user, before sign-in per address, by group of endpoints. Every limited answer carries
//! `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`; a refused one also `Retry-After`.

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::HeaderName;
use utoipa_axum::router::OpenApiRouter;
use vanikeys_core::clients::limits::Rate;

use crate::{
    Web,
    error::Problem,
    extract::{Identity, Origin},
};

/// Endpoints that share a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Group {
    /// Registering and signing in.
    Auth,
    /// Validating and estimating patterns.
    Estimates,
    /// Making pulls and commitments.
    Pulls,
    /// Looking at pulls.
    PullReads,
    /// Quoting and ordering jobs.
    Jobs,
    /// Looking at jobs.
    JobStatus,
    /// Balance and transfers.
    Tokens,
    /// Buying and changing what was bought.
    Payments,
    /// Looking at what is for sale and what was bought.
    PaymentReads,
    /// One's account.
    Account,
    /// Trying heists.
    Heists,
    /// Everything else around heists.
    HeistReads,
    /// Points, leaderboard, referrals.
    Points,
    /// What happened while one was away.
    Notices,
    /// Webhook endpoints.
    Webhooks,
    /// Having webhooks sent by hand.
    WebhookSends,
    /// Administration.
    Admin,
    /// Pages.
    Pages,
}

impl Group {
    /// Requests a minute: for a user, and for an address without one.
    fn per_minute(self, web: &Web) -> (u32, u32) {
        match self {
            Self::Heists => (web.app.config.heist.per_minute, 60),
            Self::Estimates => (300, 60),
            Self::JobStatus | Self::PaymentReads => (120, 60),
            Self::Pulls | Self::Admin => (300, 60),
            Self::Pages => (600, 300),
            Self::WebhookSends => (10, 10),
            Self::Auth
            | Self::PullReads
            | Self::Jobs
            | Self::Tokens
            | Self::Payments
            | Self::Account
            | Self::HeistReads
            | Self::Points
            | Self::Notices
            | Self::Webhooks => (60, 60),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Estimates => "estimates",
            Self::Pulls => "pulls",
            Self::PullReads => "pull-reads",
            Self::Jobs => "jobs",
            Self::JobStatus => "job-status",
            Self::Tokens => "tokens",
            Self::Payments => "payments",
            Self::PaymentReads => "payment-reads",
            Self::Account => "account",
            Self::Heists => "heists",
            Self::HeistReads => "heist-reads",
            Self::Points => "points",
            Self::Notices => "notices",
            Self::Webhooks => "webhooks",
            Self::WebhookSends => "webhook-sends",
            Self::Admin => "admin",
            Self::Pages => "pages",
        }
    }
}

/// Puts the endpoints of `router` under the limit of `group`.
pub(crate) fn limited(web: &Web, group: Group, router: OpenApiRouter<Web>) -> OpenApiRouter<Web> {
    router.layer(middleware::from_fn_with_state((web.clone(), group), limit))
}

/// Puts pages under the limit of `group`.
pub(crate) fn limited_pages(web: &Web, group: Group, router: Router<Web>) -> Router<Web> {
    router.layer(middleware::from_fn_with_state((web.clone(), group), limit))
}

async fn limit(State((web, group)): State<(Web, Group)>, request: Request, next: Next) -> Response {
    let (per_user, per_address) = group.per_minute(&web);
    let (subject, most) = match request.extensions().get::<Identity>() {
        Some(Identity::User(person)) => (person.id.to_string(), per_user),
        Some(Identity::Key(id)) => (id.to_string(), per_user),
        _ => (address(request.extensions().get::<Origin>()), per_address),
    };
    let key = format!("{}:{subject}", group.name());
    let decision = web.app.limits.check(&key, Rate::per_minute(most)).await;
    let until = if decision.allowed { decision.reset } else { decision.retry_after };
    let reset = until.as_secs() + u64::from(until.subsec_nanos() > 0);
    let mut response =
        if decision.allowed { next.run(request).await } else { Problem::too_many(reset).into_response() };
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("ratelimit-limit"), most.into());
    headers.insert(HeaderName::from_static("ratelimit-remaining"), decision.remaining.into());
    headers.insert(HeaderName::from_static("ratelimit-reset"), reset.into());
    response
}

/// An address as a limit counts it: IPv6 by the network of 64 bits, which one customer has to himself.
fn address(origin: Option<&Origin>) -> String {
    let ip = origin.and_then(|origin| origin.0.ip.as_deref()).and_then(|ip| ip.parse().ok());
    match ip {
        Some(std::net::IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::")
        }
        Some(std::net::IpAddr::V4(ip)) => ip.to_string(),
        None => String::from("unknown"),
    }
}
