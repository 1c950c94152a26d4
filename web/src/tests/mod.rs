//! The whole site, called in process: a request in, an answer out, over a database of its own.

mod accounts;
mod administration;
mod callbacks;
mod document;
mod ground;
mod heists;
mod jobs;
mod limits;
mod pages;
mod pulls;
mod refusals;
mod serving;
mod shop;
mod stripe;
mod telling;
mod world;
