//! `vanikeys`: the command line, which also starts the web front.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
