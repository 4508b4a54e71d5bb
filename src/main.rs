//! Arguments and environment in, exit code out.

use jira_build_status::config::Input;
use jira_build_status::failure::Signal;
use std::process::ExitCode;

/// SIGXFSZ, which would end the process without a word: caught, it makes a write beyond the limit an error.
#[cfg(unix)]
const FILE_TOO_LONG: tokio::signal::unix::SignalKind = tokio::signal::unix::SignalKind::from_raw(25);

fn main() -> ExitCode {
    jira_build_status::report_panics();
    let input = Input { arguments: std::env::args_os().collect(), variables: std::env::vars_os().collect() };
    #[expect(clippy::expect_used, reason = "without a runtime nothing can be done; the panic hook reports it")]
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let code = runtime.block_on(async {
        #[cfg(unix)]
        let _limits_are_errors = tokio::signal::unix::signal(FILE_TOO_LONG);
        jira_build_status::run(input, stopped()).await
    });
    // A look-up of a name that hangs must not hold up the exit.
    runtime.shutdown_background();
    ExitCode::from(code)
}

/// Ends when the process is told to stop.
#[cfg(unix)]
async fn stopped() -> Signal {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => Signal::Interrupt,
        _ = terminate.recv() => Signal::Terminate,
    }
}

/// Ends when the process is told to stop.
#[cfg(not(unix))]
async fn stopped() -> Signal {
    match tokio::signal::ctrl_c().await {
        Ok(()) => Signal::Interrupt,
        Err(_) => std::future::pending().await,
    }
}
