//! `/admin/api/audit` and `/admin/audit`: what was done, by whom, to whom.

use askama::Template;
use axum::{Json, extract::State, response::Response};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;
use vanikeys_core::{
    domain::{audit::Action, word},
    flow::admin::audit::{self, EntryView, Search},
};

use super::pages::frame;
use crate::{
    Web,
    error::{FieldError, Problem},
    extract::{Admin, ApiQuery, Listed, Page, word as named},
    pages::{Frame, Steps, encode, page, words},
};

/// Which audit entries a list shows. Every field that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct AuditFilter {
    /// At most so many items.
    #[param(default = 50, minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// From this one on, counted from 0.
    #[param(default = 0, minimum = 0, maximum = 1_000_000)]
    offset: Option<u32>,
    /// What was done.
    #[param(example = "tokens.grant", inline, value_type = Option<Action>)]
    action: Option<String>,
    /// The user, admin or API key that did it.
    #[param(value_type = Option<Uuid>)]
    actor_id: Option<String>,
    /// To whom or what.
    #[param(value_type = Option<Uuid>)]
    subject_id: Option<String>,
    /// The community in which it was done.
    #[param(value_type = Option<Uuid>)]
    community_id: Option<String>,
}

impl AuditFilter {
    /// The same as a form means it: fields that were left empty filter nothing.
    fn of_form(mut self) -> Self {
        for field in [&mut self.action, &mut self.actor_id, &mut self.subject_id, &mut self.community_id] {
            field.take_if(|text| text.is_empty());
        }
        self
    }

    fn checked(self) -> Result<(Page, Search), Problem> {
        let page = Page { limit: self.limit.unwrap_or(50), offset: self.offset.unwrap_or(0) }.checked()?;
        let search = Search {
            action: named("action", self.action)?,
            actor: id("actorId", self.actor_id)?,
            subject: id("subjectId", self.subject_id)?,
            community: id("communityId", self.community_id)?,
        };
        Ok((page, search))
    }
}

fn id(field: &str, given: Option<String>) -> Result<Option<Uuid>, Problem> {
    let Some(text) = given else { return Ok(None) };
    let wrong = || Problem::invalid(&[FieldError::new(field, "must be an id: 36 characters with hyphens")]);
    text.parse().ok().filter(|_| text.len() == 36).map(Some).ok_or_else(wrong)
}

/// The audit, newest entry first
///
/// Addresses and browsers are erased after `AUDIT_ADDRESS_DAYS`, and when an account is deleted.
#[utoipa::path(get, path = "/admin/api/audit", tag = "admin", operation_id = "listAudit", params(AuditFilter),
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Listed<EntryView>)))]
pub(crate) async fn list(
    State(web): State<Web>,
    _: Admin,
    ApiQuery(filter): ApiQuery<AuditFilter>,
) -> Result<Json<Listed<EntryView>>, Problem> {
    let (page, search) = filter.checked()?;
    let (entries, total) = audit::list(&web.app, &search, page.limit.into(), page.offset.into()).await?;
    Ok(Json(Listed::new(entries, page, total)))
}

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct Audit {
    frame: Frame,
    entries: Vec<EntryView>,
    steps: Steps,
    actions: &'static [&'static str],
    action: String,
    actor: String,
    subject: String,
    community: String,
}

/// The audit's page.
pub(crate) async fn show(
    State(web): State<Web>,
    admin: Admin,
    ApiQuery(filter): ApiQuery<AuditFilter>,
) -> Result<Response, Problem> {
    let asked = |text: &Option<String>| text.clone().unwrap_or_default();
    let (action, actor) = (asked(&filter.action), asked(&filter.actor_id));
    let (subject, community) = (asked(&filter.subject_id), asked(&filter.community_id));
    let (wanted, search) = filter.of_form().checked()?;
    let (entries, total) = audit::list(&web.app, &search, wanted.limit.into(), wanted.offset.into()).await?;
    let [what, by, to, place] = [&action, &actor, &subject, &community].map(|text| encode(text));
    let base = format!("/admin/audit?action={what}&actorId={by}&subjectId={to}&communityId={place}&");
    let steps = Steps::new(&base, wanted, total);
    let frame = frame(&web, &admin, "Audit").await?;
    page(&Audit { frame, entries, steps, actions: word::words::<Action>(), action, actor, subject, community })
}
