//! Outgoing webhooks: endpoints of users and communities, what was sent to them, and sending it. Whoever calls these
//! use cases for a community has asked whether it may.

pub mod create;
pub mod delete;
pub mod deliver;
pub mod deliveries;
pub mod list;
pub mod prune;
pub mod redeliver;
mod refusal;
pub mod test;
pub mod update;
mod view;

pub use create::{Created, NewEndpoint, create};
pub use delete::delete;
pub use deliver::deliver;
pub use deliveries::{DeliveryPage, deliveries};
pub use list::list;
pub use prune::prune;
pub use redeliver::redeliver;
pub use refusal::WebhookRefusal;
pub use test::test;
pub use update::{Change, update};
pub use view::{DeliveryView, EndpointView};

use url::Url;
use uuid::Uuid;

use super::Failure;
use crate::{
    app::App,
    clients::outgoing::Blocked,
    domain::{
        owner::Owner,
        webhook::{EndpointProblem, LONGEST_URL},
    },
    store::{
        Sql,
        webhooks::{self, Endpoint},
    },
};

/// How these use cases end.
pub type Outcome<T> = Result<T, Failure<WebhookRefusal>>;

/// Reads and checks an endpoint's address, as far as can be told without connecting. A fragment is dropped: it is
/// never sent.
fn checked(app: &App, text: &str) -> Result<Url, EndpointProblem> {
    if text.len() > LONGEST_URL {
        return Err(EndpointProblem::TooLong { most: LONGEST_URL });
    }
    let mut url = Url::parse(text.trim()).map_err(|_| EndpointProblem::NotUrl)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(EndpointProblem::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(EndpointProblem::Credentials);
    }
    url.set_fragment(None);
    if url.as_str().len() > LONGEST_URL {
        return Err(EndpointProblem::TooLong { most: LONGEST_URL });
    }
    app.outgoing.admits(&url).map(|()| url).map_err(|blocked| match blocked {
        Blocked::Private(_) => EndpointProblem::Private,
        Blocked::Plain(_) => EndpointProblem::Plain,
    })
}

async fn own(on: &mut impl Sql, id: Uuid, owner: Owner) -> Outcome<Endpoint> {
    webhooks::find(on, id, owner).await?.ok_or(Failure::Refused(WebhookRefusal::NotFound))
}

impl From<EndpointProblem> for Failure<WebhookRefusal> {
    fn from(problem: EndpointProblem) -> Self {
        Self::Refused(WebhookRefusal::Endpoint { problem })
    }
}
