//! An operation: method, path, parameters, and what runs it.

use serde_json::Value;

use super::grammar::Param;
use crate::{failure::Answer, world::World};

/// What runs an operation: the parameters have those of the path among them.
type Run = fn(&mut World, &Value) -> Answer;

/// One operation.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) params: &'static [Param],
    pub(crate) run: Run,
    pub(crate) documented: bool,
}

impl Route {
    /// What the placeholders stand for in a path that fits.
    pub(crate) fn fit(&self, path: &str) -> Option<Ids> {
        fit(self.path, path)
    }

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
pub(crate) type Ids = Vec<(&'static str, String)>;

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
