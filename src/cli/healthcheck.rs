//! `vanikeys healthcheck`: asks the web front of this host over its own port, as a container's health check does. It
//! needs no other program.

use std::net::SocketAddr;

use clap::Args;
use serde_json::json;
use vanikeys_core::ops::probe;

use super::{Common, Failed, block_on, output};

/// Arguments of `healthcheck`.
#[derive(Debug, Args)]
pub(super) struct Healthcheck {
    /// Where the web front listens; without it, where the settings say
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// Ask only whether the process lives, not whether database and queue answer
    #[arg(long)]
    live: bool,
}

impl Healthcheck {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        let address = match self.listen {
            Some(address) => address,
            None => common.offline_configuration()?.listen,
        };
        let path = if self.live { "/healthz" } else { "/readyz" };
        block_on(probe::expect_200(address, path))?.map_err(Failed::work)?;
        if common.json {
            output::json(&json!({ "healthy": true }));
        } else {
            output::line("healthy");
        }
        Ok(())
    }
}
