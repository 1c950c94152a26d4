//! The browser's session cookie: set at sign-in, taken back at sign-out.

use axum_extra::extract::cookie::{Cookie, SameSite};
use vanikeys_core::flow::account::Given;

use super::session_cookie;
use crate::Web;

/// The cookie that holds a new session.
pub(crate) fn session(web: &Web, given: &Given) -> Cookie<'static> {
    let left = given.expires_at.since(web.app.clock.now());
    let mut cookie = bare(web, given.secret.expose().to_owned());
    cookie.set_max_age(time::Duration::try_from(left).ok());
    cookie
}

/// The cookie that ends it.
pub(crate) fn none(web: &Web) -> Cookie<'static> {
    let mut cookie = bare(web, String::new());
    cookie.set_max_age(time::Duration::ZERO);
    cookie
}

fn bare(web: &Web, value: String) -> Cookie<'static> {
    Cookie::build((session_cookie(web), value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(web.secure())
        .build()
}
