//! The program: reads its arguments, starts a Jira and shows what it is asked.

mod arguments;
mod greeting;
mod log;

use std::io::Write;
use std::process::ExitCode;

/// How many of the last requests are kept for the page.
const KEPT: usize = 1000;

/// Serves until the process ends; returns at once where the arguments are wrong.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> ExitCode {
    match arguments::read(arguments) {
        Ok(None) => print(arguments::HELP),
        Ok(Some(options)) => serve(options).unwrap_or_else(|wrong| {
            eprintln!("error: {wrong}");
            ExitCode::FAILURE
        }),
        Err(wrong) => {
            eprintln!("error: {wrong}\n{}", arguments::USAGE);
            ExitCode::from(2)
        }
    }
}

fn serve(options: arguments::Options) -> Result<ExitCode, String> {
    let record = options.record.as_deref().map(log::create).transpose()?;
    let builder = options.builder.pages().keep_requests(KEPT);
    let jira = builder
        .try_start()
        .map_err(|error| format!("port {}: {error}", options.port))?;
    if let Some(file) = &options.ca_out {
        let name = file.display();
        std::fs::copy(jira.ca_file(), file).map_err(|error| format!("{name}: {error}"))?;
    }
    let requests = jira.follow();
    let greeting = greeting::greeting(&jira, options.ca_out.as_deref())?;
    match print(&greeting) == ExitCode::SUCCESS {
        true => Ok(log::follow(&requests, record)),
        false => Ok(ExitCode::FAILURE),
    }
}

/// Fails where nobody reads any more.
fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
