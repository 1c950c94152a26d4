//! Faults while 200 jobs run: workers killed at random, Redis flushed, stopped, cut off, PostgreSQL restarted, the web
//! killed in the middle of orders. After each, every job has ended once, every key verifies, everybody paid once,
//! no task is lost, and the processes still work. And what is used up: the disk, connections.

mod burst;
mod crowd;
mod disk;
mod embedded;
mod fleet;
mod idle;
mod orders;
mod payments;

pub use fleet::{no_task_is_left, random};
