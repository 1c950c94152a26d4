//! Workers in both shapes: SQLite alone, and PostgreSQL with Redis.

mod burst;
mod faults;
mod ground;
mod heists;
mod owed;
mod searching;
