//! A Jira on this machine: `fake-jira --help`.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::run(std::env::args().skip(1))
}
