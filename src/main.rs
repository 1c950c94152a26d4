//! `vanikeys`: the web front and the command line, in one binary.

mod cli;
mod web;

fn main() -> std::process::ExitCode {
    cli::main()
}
