//! All operations, as they are named in Stripe's OpenAPI document.

use serde_json::{Value, json};

use super::grammar::{self, Param};
use crate::{api, failure::Answer, world::World};

/// What runs an operation: the parameters have those of the path among them.
type Run = fn(&mut World, &Value) -> Answer;

/// One operation.
pub(crate) struct Route {
    method: &'static str,
    path: &'static str,
    pub(crate) params: &'static [Param],
    pub(crate) run: Run,
    documented: bool,
}

impl Route {
    /// The same operation, left out of the list of operations.
    pub(crate) const fn undocumented(self) -> Self {
        Self { documented: false, ..self }
    }
}

pub(crate) const fn get(path: &'static str, params: &'static [Param], run: Run) -> Route {
    Route { method: "GET", path, params, run, documented: true }
}

pub(crate) const fn post(path: &'static str, params: &'static [Param], run: Run) -> Route {
    Route { method: "POST", path, params, run, documented: true }
}

pub(crate) const fn delete(path: &'static str, params: &'static [Param], run: Run) -> Route {
    Route { method: "DELETE", path, params, run, documented: true }
}

/// Names and values of the placeholders of a path.
type Ids = Vec<(&'static str, String)>;

/// The operation for a request; one with a literal where another has a placeholder comes first.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Route, Ids)> {
    let fitting =
        all().filter(|route| route.method == method).filter_map(|route| Some((route, fit(route.path, path)?)));
    fitting.min_by_key(|(_, ids)| ids.len())
}

fn all() -> impl Iterator<Item = &'static Route> {
    api::ROUTES.iter().flat_map(|routes| routes.iter())
}

fn fit(template: &'static str, path: &str) -> Option<Ids> {
    let mut ids = Vec::new();
    let (mut wanted, mut given) = (template.split('/'), path.trim_end_matches('/').split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(ids),
            (Some(name), Some(value)) => match name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !value.is_empty() => ids.push((name, value.to_owned())),
                _ if name == value => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

/// The operations as data, for the test that compares them with Stripe's document.
#[must_use]
pub fn operations() -> Value {
    let one = |route: &Route| json!({ "method": route.method, "path": route.path, "params": grammar::describe(route.params) });
    all().filter(|route| route.documented).map(one).collect()
}
