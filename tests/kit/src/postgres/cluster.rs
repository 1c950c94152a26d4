//! Making, starting and asking a PostgreSQL cluster. PostgreSQL refuses to run as root, so a root user's servers run
//! as `postgres` or `nobody`.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::programs::{own_uid, succeeded, user};
use crate::{Package, program, until};

pub(super) const SUPERUSER: &str = "vanikeys";
const PACKAGE: Package = Package("postgresql");

/// Makes an empty cluster in the new folder `data`. Small WAL segments keep it quick to copy.
pub(super) fn init(data: &Path) {
    std::fs::create_dir_all(data).expect("the folder of the cluster can be made");
    give_to_server(data);
    let mut command = as_server_user(Command::new(program("initdb", PACKAGE)));
    command.args(["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"]);
    succeeded(command.args(["--no-sync", "--wal-segsize", "1", "--pgdata"]).arg(data));
}

/// Copies a stopped cluster.
pub(super) fn copy(from: &Path, to: &Path) {
    succeeded(Command::new("cp").arg("-a").arg(from).arg(to));
}

/// The command that runs the cluster in the foreground. Nothing is synced to disk: the tests kill processes, not the
/// machine.
pub(super) fn server(data: &Path, port: u16, socket: &Path) -> Command {
    give_to_server(socket);
    let mut command = as_server_user(Command::new(program("postgres", PACKAGE)));
    command.arg("-D").arg(data).arg("-k").arg(socket).args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        "fsync=off",
        "full_page_writes=off",
        "max_connections=500",
        "shared_buffers=64MB",
        "min_wal_size=8MB",
        "max_wal_size=256MB",
        "log_min_messages=warning",
    ] {
        command.args(["-c", setting]);
    }
    command
}

pub(super) fn wait_ready(port: u16) {
    until("PostgreSQL answers", Duration::from_secs(30), || try_psql(port, "postgres", "SELECT 1"));
}

/// Makes a database that is a copy of `template`. A process id comes round again on a server that is shared by runs, so
/// one of that name may be there.
pub(super) fn make_database(port: u16, name: &str, template: &str) {
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
    succeeded(psql_command(port, "postgres").args(["-c", &drop, "-c", &create]));
}

/// Drops a database, without waiting for it.
pub(super) fn drop_database(port: u16, name: &str) {
    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    let mut command = psql_command(port, "postgres");
    command.args(["-c", &drop]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = command.process_group(0).spawn();
}

pub(super) fn psql(port: u16, database: &str, sql: &str) -> String {
    succeeded(psql_command(port, database).args(["-c", sql]))
}

pub(super) fn try_psql(port: u16, database: &str, sql: &str) -> Option<String> {
    let output = psql_command(port, database).args(["-c", sql]).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn psql_command(port: u16, database: &str) -> Command {
    let mut command = Command::new(program("psql", Package("postgresql-client")));
    command
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", &port.to_string()])
        .args(["-U", SUPERUSER, "-d", database])
        .env("PGCONNECT_TIMEOUT", "2");
    command
}

fn as_server_user(mut command: Command) -> Command {
    if let Some((uid, gid)) = server_user() {
        command.uid(uid).gid(gid);
    }
    // It must not start in a folder that the other user may not enter.
    command.current_dir("/tmp").env("LC_ALL", "C.UTF-8");
    command
}

fn give_to_server(folder: &Path) {
    if let Some((uid, gid)) = server_user() {
        chown(folder, Some(uid), Some(gid)).expect("root may give folders away");
    }
}

fn server_user() -> Option<(u32, u32)> {
    (own_uid() == 0).then(|| user(&["postgres", "nobody"]).expect("this machine has a user postgres or nobody"))
}
