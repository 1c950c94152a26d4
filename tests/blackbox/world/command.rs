//! The command line of a running world: the same settings as its processes.

use std::process::Output;

use serde_json::Value;
use vanikeys_testkit::{process, run};

use super::World;
use crate::python::python;

impl World {
    /// Runs `vanikeys` with this world's settings.
    pub fn vanikeys(&self, args: &[&str]) -> Output {
        let mut command = process::command("vanikeys", self.files.path());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command.args(args).output().unwrap()
    }

    /// Runs `vanikeys admin`, which must succeed, and returns what it printed.
    pub fn admin(&self, args: &[&str]) -> String {
        let args: Vec<&str> = std::iter::once("admin").chain(args.iter().copied()).collect();
        let output = self.vanikeys(&args);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "vanikeys {}: {}\n{error}", args.join(" "), output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    /// `vanikeys doctor --json` must find everything well: sums zero, balances as their transfers say.
    pub fn doctor(&self) -> Value {
        let output = self.vanikeys(&["doctor", "--json"]);
        let text = String::from_utf8_lossy(&output.stdout);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the doctor found something:\n{text}\n{error}");
        serde_json::from_str(&text).expect("the doctor speaks JSON")
    }

    /// Runs SQL in the service's own database and returns the rows, columns separated by `|`.
    pub fn sql(&self, statement: &str) -> Vec<String> {
        if let Some(ground) = &self.ground {
            return ground.database.query(statement);
        }
        let script = "import sqlite3, sys\n\
            base = sqlite3.connect(sys.argv[1], timeout=60)\n\
            [print('|'.join(map(str, row))) for row in base.execute(sys.argv[2])]\n\
            base.commit()";
        let args = ["-c".into(), script.into(), self.data().join("vanikeys.db").into_os_string(), statement.into()];
        run(&python("python"), args).lines().map(str::to_owned).collect()
    }

    /// Gives a user VaniTokens.
    pub fn grant(&self, username: &str, tokens: u32) {
        self.admin(&["grant-tokens", username, &tokens.to_string()]);
    }
}
