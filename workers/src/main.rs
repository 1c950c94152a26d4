//! `vanikeys-worker`: works on the queues of a fleet. With only `searches` it needs Redis and no database.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
