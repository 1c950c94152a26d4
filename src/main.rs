//! Web.
fn main() {}
