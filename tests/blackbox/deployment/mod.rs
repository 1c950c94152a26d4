//! What operators deploy with: systemd units as systemd itself judges them, and the container files, whose steps are
//! carried out here as plain commands, since no container engine need be there.

mod containers;
mod dashboard;
mod proxy;
mod redis;
mod units;
