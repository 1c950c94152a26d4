//! What was paid and what went back, by day and by month.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vanikeys_core::{
    app::App,
    clients::stripe::Stripe,
    domain::{billing::Mode, time::Timestamp},
    flow::billing::admin::{self as books, Takings},
};

use crate::{
    Web,
    error::{FieldError, Problem},
    extract::{Admin, ApiQuery},
    pages::chart::Chart,
};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The most days that are answered at once.
const MOST: u32 = 400;

/// For how long.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Span {
    /// So many days, today among them.
    #[param(default = 30, minimum = 1, maximum = 400)]
    days: u32,
}

impl Default for Span {
    fn default() -> Self {
        Self { days: 30 }
    }
}

/// Money by day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Revenue {
    /// Whether it is real money.
    mode: Mode,
    /// The oldest first; days on which nothing happened are left out.
    items: Vec<Takings>,
}

/// Revenue by day
///
/// In cents: what was paid for packs and for subscriptions, and what was refunded.
#[utoipa::path(get, path = "/admin/api/billing/revenue", tag = "admin", operation_id = "revenue", params(Span),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Revenue,
        example = json!({"mode": "live", "items": [{"day": 20788, "packs": 1898, "subscriptions": 999, "refunded": 399}]}))))]
pub(crate) async fn by_day(
    State(web): State<Web>,
    _: Admin,
    ApiQuery(span): ApiQuery<Span>,
) -> Result<Json<Revenue>, Problem> {
    if !(1..=MOST).contains(&span.days) {
        return Err(Problem::invalid(&[FieldError::new("days", "must be from 1 to 400")]));
    }
    let mode = mode(&web.app);
    Ok(Json(Revenue { mode, items: books::revenue(&web.app, mode, since(web.app.clock.now(), span.days)).await? }))
}

/// The mode of the account that payments go to.
pub(super) fn mode(app: &App) -> Mode {
    Mode::of(app.stripe.as_ref().is_none_or(Stripe::livemode))
}

/// The beginning of the first of the last `days` days.
fn since(now: Timestamp, days: u32) -> Timestamp {
    Timestamp::from_micros((now.day() - i64::from(days) + 1) * DAY)
}

/// Charts of the last 30 days and of the last 12 months: what was paid, and what was refunded.
pub(super) async fn charts(app: &App) -> Result<[Chart; 4], Problem> {
    let now = app.clock.now();
    let days = books::revenue(app, mode(app), since(now, MOST)).await?;
    let paid = |one: &Takings| one.packs + one.subscriptions;
    let refunded = |one: &Takings| one.refunded;
    Ok([
        Chart::new("Paid", now, last_days(&days, now, paid)).of_cents(),
        Chart::new("Refunded", now, last_days(&days, now, refunded)).of_cents(),
        Chart::of_months("Paid", now, last_months(&days, now, paid)).of_cents(),
        Chart::of_months("Refunded", now, last_months(&days, now, refunded)).of_cents(),
    ])
}

fn last_days(days: &[Takings], now: Timestamp, amount: impl Fn(&Takings) -> i64) -> Vec<i64> {
    let of = |day: i64| days.iter().filter(|one| one.day == day).map(&amount).sum::<i64>();
    (now.day() - 29..=now.day()).map(of).collect()
}

fn last_months(days: &[Takings], now: Timestamp, amount: impl Fn(&Takings) -> i64) -> Vec<i64> {
    let this = month(now);
    let of = |wanted: i32| {
        let within = |one: &&Takings| month(Timestamp::from_micros(one.day * DAY)) == wanted;
        days.iter().filter(within).map(&amount).sum::<i64>()
    };
    (this - 11..=this).map(of).collect()
}

/// The month, counted from the year 0.
fn month(at: Timestamp) -> i32 {
    let date = at.calendar();
    date.year() * 12 + i32::from(u8::from(date.month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_without_payments_are_there_too() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let now = at("2026-03-15T12:00:00Z");
        let day = |text: &str, packs: i64| Takings { day: at(text).day(), packs, subscriptions: 1, refunded: 0 };
        let days = [
            day("2025-03-31T00:00:00Z", 7),
            day("2025-04-01T00:00:00Z", 10),
            day("2026-03-01T00:00:00Z", 20),
            day("2026-03-15T23:00:00Z", 30),
        ];
        let paid = |one: &Takings| one.packs + one.subscriptions;
        let daily = last_days(&days, now, paid);
        assert_eq!((daily.len(), daily[29], daily[15], daily.iter().sum::<i64>()), (30, 31, 21, 52));
        let monthly = last_months(&days, now, paid);
        assert_eq!((monthly.len(), monthly[0], monthly[11]), (12, 11, 52), "March of last year is too long ago");
        assert_eq!(since(now, 1), at("2026-03-15T00:00:00Z"));
    }
}
