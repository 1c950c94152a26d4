//! The HTTP API, one file per resource.

pub(crate) mod service;
