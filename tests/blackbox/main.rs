//! Black-box tests: the real binaries, real servers, a real browser, and the rules of the house that no compiler
//! holds. They know the service only by its command line, its API, its pages and its files.

#![allow(clippy::unwrap_used, reason = "a test has nobody to hand an error to")]
#![allow(missing_docs, unreachable_pub, reason = "nobody imports a test")]

mod admin_commands;
mod cli;
mod deployment;
mod faults;
mod fuzz;
mod heists;
mod house;
mod journey;
mod keys;
mod pages;
mod python;
mod races;
mod refusals;
mod secrets;
mod split;
mod terminal;
mod traces;
mod upkeep_commands;
mod world;
