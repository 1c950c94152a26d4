//! `vanikeys doctor`: what the service finds when it looks itself over, and whether its secrets are its own. Ends with 1
//! if something that must hold does not.

use std::{os::unix::fs::PermissionsExt, path::Path};

use serde::Serialize;
use vanikeys_core::{
    app::{App, OpenError, Schema},
    config::{Config, Shape, made::SECRET_KEY_FILE},
    flow::doctor::{self, Finding, Grade},
};

use super::{Common, Failed, block_on, must_exist, opened, output};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    healthy: bool,
    shape: &'static str,
    findings: Vec<Finding>,
}

pub(super) fn run(common: &Common) -> Result<(), Failed> {
    let config = common.configuration(&[])?;
    must_exist(&config)?;
    let mut findings = block_on(Box::pin(examine(config.clone())))??;
    findings.push(secrets(&config));
    let broken = findings.iter().filter(|finding| finding.grade == Grade::Broken).count();
    if common.json {
        let shape = if config.shape == Shape::Embedded { "embedded" } else { "fleet" };
        output::json(&Report { healthy: broken == 0, shape, findings });
    } else {
        for Finding { check, grade, found } in &findings {
            let word = match grade {
                Grade::Good => "good",
                Grade::Notice => "notice",
                Grade::Broken => "BROKEN",
            };
            output::line(format_args!("{word:6}  {check:16}  {found}"));
        }
    }
    match broken {
        0 => Ok(()),
        1 => Err(Failed::work("1 check failed")),
        _ => Err(Failed::work(format!("{broken} checks failed"))),
    }
}

async fn examine(config: Config) -> Result<Vec<Finding>, Failed> {
    let app = match App::open(config, Schema::Leave).await {
        Err(OpenError::Damaged(fault)) => return Ok(vec![doctor::whole(vec![fault])]),
        Err(error) => return Err(opened(error)),
        Ok(app) => app,
    };
    let findings = doctor::examine(&app).await.map_err(Failed::work);
    app.db.close().await;
    findings
}

/// Secrets in files must be their owner's alone.
fn secrets(config: &Config) -> Finding {
    const CHECK: &str = "secrets' files";
    let own = [config.data.join(SECRET_KEY_FILE), config.searcher_key_file.clone(), config.data.clone()];
    let open: Vec<String> =
        own.iter().chain(&config.secret_files).filter_map(|path| Some((path, open_mode(path)?))).map(told).collect();
    if open.is_empty() {
        return Finding::good(CHECK, "nobody but their owner may read them");
    }
    Finding::broken(CHECK, format!("others may read {}", open.join(", ")))
}

fn told((path, mode): (&std::path::PathBuf, u32)) -> String {
    let right = if path.is_dir() { "700" } else { "600" };
    format!("{} (mode {mode:o}; run `chmod {right}` on it)", path.display())
}

/// The mode of what is there and lets others in.
fn open_mode(path: &Path) -> Option<u32> {
    let mode = path.metadata().ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}
