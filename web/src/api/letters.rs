//! `/api/account/letters`: which e-mails one gets.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vanikeys_core::{
    domain::happening::EmailChoice,
    flow::mail_choices::{self, Choice},
};

use crate::{
    Web,
    error::Problem,
    extract::{ApiJson, Check, Fields, Signed},
};

/// Every e-mail that is not needed for the account itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Letters {
    /// The e-mails.
    letters: Vec<Choice>,
}

/// One choice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Chosen {
    /// The e-mail.
    letter: EmailChoice,
    /// Whether it is to be sent.
    wanted: bool,
}

/// Choices; e-mails that are not named stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Choices {
    /// The choices, at most 20.
    #[schema(max_items = 20)]
    letters: Vec<Chosen>,
}

impl Check for Choices {
    fn check(&self, fields: &mut Fields) {
        fields.require(self.letters.len() <= 20, "letters", "must be at most 20");
    }
}

/// Which e-mails you get
#[utoipa::path(get, path = "/api/account/letters", tag = "accounts", operation_id = "listLetters",
    security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Letters)))]
pub(crate) async fn list(State(web): State<Web>, signed: Signed) -> Result<Json<Letters>, Problem> {
    Ok(Json(Letters { letters: mail_choices::choices(&web.app, signed.actor.user).await? }))
}

/// Choose which e-mails you get
#[utoipa::path(put, path = "/api/account/letters", tag = "accounts", operation_id = "chooseLetters",
    request_body = Choices, security(("accessToken" = []), ("session" = [])), responses((status = 200, body = Letters)))]
pub(crate) async fn choose(
    State(web): State<Web>,
    signed: Signed,
    ApiJson { body, .. }: ApiJson<Choices>,
) -> Result<Json<Letters>, Problem> {
    let made: Vec<(EmailChoice, bool)> = body.letters.iter().map(|one| (one.letter, one.wanted)).collect();
    mail_choices::choose(&web.app, signed.actor.user, &made).await?;
    Ok(Json(Letters { letters: mail_choices::choices(&web.app, signed.actor.user).await? }))
}
