//! `vanikeys config`: the settings in force.

use super::{Common, Failed, output};

pub(super) fn run(common: &Common) -> Result<(), Failed> {
    let config = common.configuration(&[])?;
    if common.json {
        output::json(&config.in_force());
    } else {
        output::line(config.print().trim_end());
    }
    Ok(())
}
