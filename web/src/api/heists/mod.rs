//! `/api/heist`: robbing, being robbed, and everything around it.

pub(crate) mod execute;
pub(crate) mod history;
pub(crate) mod looks;
pub(crate) mod notifications;
pub(crate) mod shields;
