//! Arguments and environment in, exit code out.

use jira_build_status::config::Input;
use jira_build_status::error::Signal;
use std::process::ExitCode;

/// SIGXFSZ, which would end the process without a word: caught, it makes a
/// write beyond the limit an error.
#[cfg(unix)]
const FILE_TOO_LONG: tokio::signal::unix::SignalKind =
    tokio::signal::unix::SignalKind::from_raw(25);

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    let input = Input {
        arguments: std::env::args_os().collect(),
        variables: std::env::vars_os().collect(),
    };
    ExitCode::from(jira_build_status::watch::run(input, stopped))
}

/// Ends when the process is told to stop.
#[cfg(unix)]
fn stopped() -> impl Future<Output = Signal> {
    use tokio::signal::unix::{SignalKind, signal};
    // The handlers are there as soon as this is called.
    let handlers = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    );
    let limits_are_errors = signal(FILE_TOO_LONG);
    async move {
        let _limits_are_errors = limits_are_errors;
        let (Ok(mut interrupt), Ok(mut terminate)) = handlers else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => Signal::Interrupt,
            _ = terminate.recv() => Signal::Terminate,
        }
    }
}

/// Ends when the process is told to stop.
#[cfg(not(unix))]
fn stopped() -> impl Future<Output = Signal> {
    let handler = tokio::signal::windows::ctrl_c();
    async {
        let Ok(mut handler) = handler else {
            return std::future::pending().await;
        };
        handler.recv().await;
        Signal::Interrupt
    }
}
