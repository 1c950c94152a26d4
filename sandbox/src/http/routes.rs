//! All operations, as they are named in Stripe's OpenAPI document.

use serde_json::{Value, json};

use crate::{
    api,
    operation::{
        grammar,
        route::{Ids, Route},
    },
};

/// The operation for a request; one with a literal where another has a placeholder comes first.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Route, Ids)> {
    let fitting = all().filter(|route| route.method == method).filter_map(|route| Some((route, route.fit(path)?)));
    fitting.min_by_key(|(_, ids)| ids.len())
}

fn all() -> impl Iterator<Item = &'static Route> {
    api::ROUTES.iter().flat_map(|routes| routes.iter())
}

/// The operations as data, for the test that compares them with Stripe's document.
#[must_use]
pub fn operations() -> Value {
    let one = |route: &Route| json!({ "method": route.method, "path": route.path, "params": grammar::describe(route.params) });
    all().filter(|route| route.documented).map(one).collect()
}
