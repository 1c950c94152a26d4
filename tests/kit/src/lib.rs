//! What the tests stand on: private PostgreSQL and Redis servers, a mail sink, a sink for outgoing HTTP, a real
//! browser and the real binaries. Everything started here listens on a free loopback port, keeps its files in a
//! scratch folder, and is gone when the test is, even if the test is killed. Nothing here knows the service's rules.
//!
//! The functions panic with a sentence that says what to do, because a test has nobody to hand an error to.

pub mod browser;
pub mod contract;
pub mod http;
pub mod net;
pub mod postgres;
pub mod process;
mod programs;
pub mod redis;
mod scratch;
pub mod smtp;
pub mod wait;
mod watchdog;

pub use programs::{Package, program, run};
pub use scratch::Scratch;
pub use wait::{eventually, until};

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The root of the workspace whose tests run. Asked for at run time: checkouts that share a target folder share what was
/// compiled, and with it the paths of that moment.
pub fn workspace() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        // Cargo says where the package lies; by hand a test or benchmark is started somewhere in the checkout.
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let start = package.unwrap_or_else(|| std::env::current_dir().expect("there is a current folder"));
        let mut folders = start.ancestors();
        folders.find(|folder| folder.join("Cargo.lock").is_file()).expect("tests run inside the checkout").to_owned()
    });
    &ROOT
}

/// Where tests leave what people may want to look at (screenshots, logs of failed runs); ignored by git.
pub fn artefacts() -> PathBuf {
    let folder = workspace().join("tests/artefacts");
    std::fs::create_dir_all(&folder).expect("tests/artefacts can be made");
    folder
}
