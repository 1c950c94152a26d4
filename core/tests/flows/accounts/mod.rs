//! Accounts: signing up and in, credentials, letters with links, deletion, admins.

mod admins;
mod credentials;
mod deletion;
mod links;
mod passwords;
pub mod people;
mod registration;
mod stores;
