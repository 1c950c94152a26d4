//! The sandbox by itself: `cargo run -p vanikeys-sandbox -- --listen 127.0.0.1:12111`.

use std::{
    env,
    io::{Error, ErrorKind, Write},
    process::ExitCode,
};

use vanikeys_sandbox::{Clock, Config, Http, Sandbox};

const USAGE: &str = "Usage: vanikeys-sandbox [--listen ADDRESS] [--base-url URL] [--seed NUMBER] [--clock UNIX-SECONDS]

A stand-in for Stripe. Point a Stripe client's base address at it; any sk_test_ key is let in.

  --listen ADDRESS      where to listen (127.0.0.1:12111; port 0 takes a free one)
  --base-url URL        where browsers reach its pages (http:// and the address)
  --seed NUMBER         the same seed gives the same ids (by default, the process id)
  --clock UNIX-SECONDS  a clock that stands there until POST /_sandbox/advance moves it
";

/// What the command line says.
struct Options {
    listen: String,
    base_url: Option<String>,
    seed: u64,
    clock: Clock,
}

fn main() -> ExitCode {
    let mut out = std::io::stdout();
    match options(env::args().skip(1)) {
        Ok(Some(options)) => match serve(options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        },
        Ok(None) => match out.write_all(USAGE.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error),
        },
        Err(error) => failed(&error),
    }
}

fn failed(error: &Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "vanikeys-sandbox: {error}");
    ExitCode::from(if error.kind() == ErrorKind::InvalidInput { 2 } else { 1 })
}

/// None if help was asked for.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, Error> {
    let mut options = Options {
        listen: "127.0.0.1:12111".to_owned(),
        base_url: None,
        seed: u64::from(std::process::id()),
        clock: Clock::System,
    };
    let wrong = |message: String| Error::new(ErrorKind::InvalidInput, message);
    while let Some(name) = arguments.next() {
        if name == "--help" || name == "-h" {
            return Ok(None);
        }
        let value = arguments.next().ok_or_else(|| wrong(format!("{name} needs a value; see --help")))?;
        let number = || value.parse::<i64>().map_err(|_| wrong(format!("{name}: `{value}` is not a number")));
        match name.as_str() {
            "--listen" => options.listen = value,
            "--base-url" => options.base_url = Some(value.trim_end_matches('/').to_owned()),
            "--seed" => options.seed = number()?.unsigned_abs(),
            "--clock" => options.clock = Clock::manual(number()?),
            _ => return Err(wrong(format!("unknown option {name}; see --help"))),
        }
    }
    Ok(Some(options))
}

#[tokio::main]
async fn serve(options: Options) -> Result<(), Error> {
    let listener = tokio::net::TcpListener::bind(&options.listen).await?;
    let address = listener.local_addr()?;
    let mut config = Config::new(options.base_url.unwrap_or_else(|| format!("http://{address}")));
    config.controls = true;
    let sandbox = Sandbox::new(config, options.clock, options.seed, Http::default());
    writeln!(std::io::stdout(), "Stripe sandbox at http://{address}")?;
    sandbox.serve(listener).await
}
