//! What an operation is made of: its path, its parameters, the pages of what it lists. The operations themselves are in
//! `api`.

pub(crate) mod form;
pub(crate) mod grammar;
pub(crate) mod lists;
pub(crate) mod route;
