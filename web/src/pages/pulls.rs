//! `/app`: the pattern builder; and pulls: made, looked at, kept, shredded, shared.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use uuid::Uuid;
use vanikeys_core::{
    domain::price,
    flow::{
        Failure,
        custody::Custody,
        pattern,
        pull::{self, PullOrder, PullView},
    },
    secret::Secret,
};
use vanikeys_grind::Difficulty;

use super::{
    Frame,
    asked::{Asked, Promise},
    board::Board,
    failed,
    home::Answer,
    page,
    pattern_form::{self, PatternForm},
    paying, words,
};
use crate::{
    Web,
    api::downloads::{KeyFormat, file},
    error::{FieldError, Problem, Refuse},
    extract::{ApiQuery, Form, Id, Idem, Signed},
};

#[derive(Template)]
#[template(path = "pages/app.html")]
struct Builder {
    frame: Frame,
    asked: Asked,
    error: Option<Problem>,
}

#[derive(Template)]
#[template(path = "pages/pull.html")]
struct PullPage {
    frame: Frame,
    pull: PullView,
    board: Board,
    formats: Vec<String>,
    query: String,
    share_url: Option<String>,
    outcome: String,
    drawn: &'static str,
    /// What the next pull costs, if it is not free.
    price: String,
    /// What a job costs that ends with such a key; none if it is too rare to be searched for.
    for_certain: Option<String>,
    /// What this one cost.
    spent: String,
    note: String,
    base: String,
    sealed: bool,
}

/// The builder.
pub(crate) async fn builder(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(form): ApiQuery<PatternForm>,
) -> Result<Response, Problem> {
    page(&builder_page(&web, &signed, &form, None).await?)
}

/// The answer below the builder, alone.
pub(crate) async fn builder_part(
    State(web): State<Web>,
    signed: Signed,
    ApiQuery(form): ApiQuery<PatternForm>,
) -> Result<Response, Problem> {
    let asked = Asked::answer(&web, Some(signed.actor.user), &form, "/app").await?;
    page(&Answer { frame: Frame::signed(&web, &signed, "").await?, asked })
}

/// The builder with its form filled in, and with what went wrong.
pub(crate) async fn builder_page(
    web: &Web,
    signed: &Signed,
    form: &PatternForm,
    error: Option<Problem>,
) -> Result<impl Template + use<>, Problem> {
    let mut asked = Asked::answer(web, Some(signed.actor.user), form, "/app").await?;
    if let Some(id) = form.commitment {
        // One that was used or ran out is not shown again; the form then offers a new one.
        asked.commitment = pull::commitment(&web.app, &signed.actor, id).await?.map(|open| Promise {
            id,
            hash: open.commitment,
            expires_at: open.expires_at,
        });
    }
    Ok(Builder { frame: Frame::signed(web, signed, "Pull").await?.section("pull"), asked, error })
}

/// A pull or job as its form sends it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderForm {
    #[serde(default)]
    pub(crate) text: String,
    #[serde(default, deserialize_with = "pattern_form::kind")]
    pub(crate) kind: Option<vanikeys_grind::Kind>,
    pub(crate) target: Option<vanikeys_grind::Target>,
    pub(crate) case_insensitive: Option<String>,
    pub(crate) fuzzy: Option<String>,
    /// Who will be able to read the key.
    pub(crate) custody: Option<Custody>,
    /// Who it is sealed to, if it is.
    pub(crate) recipient: Option<String>,
    /// The split point and its proof, if the key is to be split.
    pub(crate) point: Option<String>,
    pub(crate) proof: Option<String>,
    /// The commitment whose share is used, if the person draws too; a browser sends the empty field along.
    pub(crate) commitment_id: Option<String>,
    /// The person's own share.
    pub(crate) client_share: Option<String>,
    /// The price that was shown.
    pub(crate) max_tokens: Option<i64>,
    /// The form's idempotency key.
    pub(crate) once: Option<String>,
}

/// What a field holds, if anything.
fn filled(field: Option<&str>) -> Option<String> {
    field.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

impl OrderForm {
    /// Its pattern part.
    pub(crate) fn pattern(&self) -> PatternForm {
        PatternForm {
            text: self.text.clone(),
            kind: self.kind,
            target: self.target,
            case_insensitive: self.case_insensitive.clone(),
            fuzzy: self.fuzzy.clone(),
            commitment: None,
        }
    }

    /// The commitment and the person's own share, together or not at all.
    fn shares(&self) -> Result<Option<(Uuid, Secret)>, Problem> {
        let given = |field: &Option<String>| field.as_deref().map(str::trim).unwrap_or_default().to_owned();
        let (id, share) = (given(&self.commitment_id), given(&self.client_share));
        if id.is_empty() && share.is_empty() {
            return Ok(None);
        }
        let id = id.parse().map_err(|_| Problem::invalid(&[FieldError::new("commitmentId", "is not an id")]))?;
        Ok(Some((id, Secret::new(share))))
    }

    /// The recipient, if the key is to be sealed or split; a browser sends empty fields along.
    pub(crate) fn recipient(&self) -> Option<String> {
        match self.custody {
            Some(Custody::Sealed) => filled(self.recipient.as_deref()),
            Some(Custody::Split) => filled(self.point.as_deref()),
            Some(Custody::Service) | None => None,
        }
    }

    /// The proof, if the key is to be split.
    pub(crate) fn proof(&self) -> Option<String> {
        filled(self.proof.as_deref().filter(|_| self.custody == Some(Custody::Split)))
    }

    /// A hash of all that it asks for, for its idempotency key.
    pub(crate) fn hash(&self) -> [u8; 32] {
        let pattern = self.pattern().spec().map(|spec| pattern_form::query(&spec));
        let content = (pattern, self.custody, self.recipient(), &self.commitment_id, &self.client_share);
        blake3::hash(format!("{content:?}").as_bytes()).into()
    }
}

/// Makes a pull and shows it.
pub(crate) async fn make(
    State(web): State<Web>,
    signed: Signed,
    Form(form): Form<OrderForm>,
) -> Result<Response, Problem> {
    let mut pattern = form.pattern();
    let (commitment_id, client_share) = form.shares()?.unzip();
    pattern.commitment = commitment_id;
    let order = PullOrder {
        pattern: pattern.spec().unwrap_or_default(),
        commitment_id,
        client_share,
        custody: form.custody,
        recipient: form.recipient(),
    };
    let hash = form.hash();
    let key = Idem::form(form.once)?.key(signed.actor.user, "POST /app/pull", hash);
    match pull::execute(&web.app, &signed.actor, key.as_ref(), &order).await {
        Ok(done) => Ok(Redirect::to(&format!("/app/pulls/{}", done.id)).into_response()),
        Err(Failure::Refused(refusal)) => {
            let problem = refusal.problem();
            failed(&problem, &builder_page(&web, &signed, &pattern, Some(problem.clone())).await?)
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Asks for the service's promise without a script: the form comes back with it.
pub(crate) async fn promise(
    State(web): State<Web>,
    signed: Signed,
    Form(form): Form<OrderForm>,
) -> Result<Response, Problem> {
    let promise = pull::commit(&web.app, &signed.actor).await?;
    let pattern = form.pattern().spec().map(|spec| pattern_form::query(&spec)).unwrap_or_default();
    Ok(Redirect::to(&format!("/app?{pattern}&commitment={}", promise.commitment_id)).into_response())
}

/// What came of a pull, in a sentence that makes nothing look nearer than it was.
fn outcome(pull: &PullView) -> String {
    let done = &pull.done;
    match (done.is_win, done.score.matched, done.score.of) {
        (true, ..) => String::from("Full match. It's yours."),
        (_, 0, 1) => String::from("No match this time."),
        (_, 0, _) => String::from("No words matched."),
        (_, matched, of) => format!("{matched} of {of}. Kind of what you wanted?"),
    }
}

/// Who drew the key, in a sentence.
fn drawn(receipt: &serde_json::Value) -> &'static str {
    if receipt["receipt"]["drawnBy"] == "client" || receipt["drawnBy"] == "client" {
        "The service promised its share before it saw the one that you drew, and signed the result."
    } else {
        "The service drew both shares for you and signed the result. To draw your own, open “Who draws the key” beside the pull."
    }
}

/// One pull.
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    let pull = pull::show(&web.app, &signed.actor, id).await?;
    let board = Board::new(&pull.done.text, &pull.done.matches);
    let formats = formats(&pull);
    let share_url = pull.share_id.as_ref().map(|share| format!("{}/p/{share}", web.public_origin()));
    let query = pattern_form::query(&pull.done.pattern);
    let frame = Frame::signed(&web, &signed, format!("Pull {}", pull.done.pull_number)).await?.section("pull");
    let (note, base) = (format!("pull {}", pull.done.pull_number), format!("/app/pulls/{id}/key"));
    let sealed = pull.done.custody == Custody::Sealed;
    let (outcome, drawn) = (outcome(&pull), drawn(&pull.done.receipt));
    let tariff = paying::tariff(&web).await?;
    let priced = |tokens: i64| words::priced(tokens, &tariff);
    let price = priced(price::pull(Difficulty::of(pull.done.one_in.parse().unwrap_or(f64::INFINITY))));
    let spent = if pull.done.free_pull { String::from("A free pull") } else { priced(pull.done.tokens_spent) };
    let estimate = pattern::estimate(&web.app, Some(signed.actor.user), &pull.done.pattern).await?;
    let for_certain = estimate.job_price.map(|job| priced(job.tokens));
    page(&PullPage {
        frame,
        pull,
        board,
        formats,
        query,
        share_url,
        outcome,
        drawn,
        price,
        for_certain,
        spent,
        note,
        base,
        sealed,
    })
}

fn formats(pull: &PullView) -> Vec<String> {
    if pull.erased_at.is_some() {
        return Vec::new();
    }
    let target = pull.done.pattern.target;
    let held = vanikeys_grind::export::Format::offered(target.kind_of_secret(), target);
    vanikeys_core::flow::key_files::formats(pull.done.custody, held)
}

fn back(id: Uuid) -> Response {
    Redirect::to(&format!("/app/pulls/{id}")).into_response()
}

/// Keeps its key.
pub(crate) async fn keep(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    pull::keep(&web.app, &signed.actor, id).await?;
    Ok(back(id))
}

/// Erases its key.
pub(crate) async fn shred(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    pull::shred(&web.app, &signed.actor, id).await?;
    Ok(back(id))
}

/// Makes its public page.
pub(crate) async fn share(State(web): State<Web>, signed: Signed, Id(id): Id) -> Result<Response, Problem> {
    pull::share(&web.app, &signed.actor, id).await?;
    Ok(back(id))
}

/// Its private key as a file.
pub(crate) async fn key(
    State(web): State<Web>,
    signed: Signed,
    Id(id): Id,
    ApiQuery(wanted): ApiQuery<KeyFormat>,
) -> Result<Response, Problem> {
    Ok(file(&pull::key(&web.app, &signed.actor, id, wanted.format.as_deref()).await?))
}
