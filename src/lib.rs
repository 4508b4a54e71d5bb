//! Writes a build's result into a field of Jira issues, and tells the truth about what happened.
//!
//! The data flows one way: arguments and environment become a [`config::Command`]; its credentials become an
//! [`auth::Auth`], its texts an edit's body (`plan`, by `shape`); each attempt of a request (`jira`, by `retry`) is
//! signed and carried over a [`wire::Wire`] (`http`); the answer is judged (`jira::refusal`) and reported (`report`).

pub mod auth;
pub mod base_url;
pub mod cli;
pub mod commands;
pub mod config;
pub mod credentials;
pub mod document;
pub mod failure;
pub mod field;
pub mod http;
pub mod issue_key;
pub mod jira;
pub mod log;
pub mod mask;
pub mod metadata;
pub mod plan;
pub mod proxy;
pub mod report;
pub mod retry;
pub mod secret;
pub mod shape;
pub mod wire;

use commands::report::Run;
use config::{Command, Connection, Input, Job, Output, Reporting};
use failure::{EXIT_OK, Failure, Kind, Signal};
use jira::{Jira, Nature, Patience};
use mask::Mask;
use report::Report;
use std::cell::RefCell;
use std::io::Write;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A write that is under way when a signal comes may take so long to end.
const GRACE: Duration = Duration::from_secs(2);

/// Does what the command line asks for, and returns the exit code. `signal` ends when the process is told to stop.
pub async fn run(input: Input, signal: impl Future<Output = Signal>) -> u8 {
    let (reporting, command) = config::read(&input);
    let report = match command {
        Ok(Command::Show(text)) => {
            print(&mut std::io::stdout().lock(), &text);
            return EXIT_OK;
        }
        Ok(Command::Report { connection, job, log, warnings }) => {
            mask_in_actions(&connection, reporting);
            let mask = mask(&connection);
            log::begin(log, mask.clone());
            for warning in warnings {
                tracing::warn!("{warning}");
            }
            match connect(&connection, &job, mask) {
                Ok(jira) => write(&jira, &job, signal).await,
                Err(failure) => Report::failed(failure),
            }
        }
        Err(failure) => Report::failed(failure),
    };
    show(&report, reporting);
    report.process_exit_code(reporting)
}

/// Writes every issue, or as many as can be before the signal.
pub async fn write(jira: &Jira, job: &Job, signal: impl Future<Output = Signal>) -> Report {
    let run = Run::new(jira, job);
    let mut all = std::pin::pin!(run.write_all());
    tokio::select! {
        () = &mut all => {}
        signal = signal => {
            jira.stop(signal);
            let _ = tokio::time::timeout(GRACE, all).await;
        }
    }
    jira.finish().await;
    run.report()
}

/// Hides every secret that is known before the run begins.
fn mask(connection: &Connection) -> Mask {
    let mask = Mask::default();
    for secret in connection.credentials.secrets() {
        mask.hide(secret);
    }
    for secret in auth::derived_secrets(&connection.credentials).iter().chain(&connection.network.proxies.secrets()) {
        mask.hide(secret);
    }
    mask
}

fn connect(connection: &Connection, job: &Job, mask: Mask) -> Result<Jira, Failure> {
    let auth = auth::Auth::new(&connection.credentials, &mask);
    let http = http::Http::new(connection.network.clone(), connection.timeout, job.concurrency);
    http.prepare(connection.base.url())?;
    let patience =
        Patience { timeout: connection.timeout, deadline: connection.deadline, max_retries: connection.max_retries };
    Ok(Jira::new(connection.base.clone(), auth, mask, Box::new(http), nature(), patience))
}

/// The machine's clock and a generator seeded by it.
fn nature() -> Nature {
    let mut state = fastrand::Rng::new();
    let random = Box::new(move || state.u64(..));
    Nature { wall: SystemTime::now(), started: Instant::now(), random: RefCell::new(random) }
}

/// Tells the runner of GitHub Actions what to hide, before anything else is printed.
fn mask_in_actions(connection: &Connection, reporting: Reporting) {
    if reporting.github_actions {
        let mut stderr = std::io::stderr().lock();
        for secret in auth::derived_secrets(&connection.credentials) {
            for line in secret.reveal().lines().filter(|line| !line.is_empty()) {
                let escaped = line.replace('%', "%25");
                print(&mut stderr, &format!("::add-mask::{escaped}\n"));
            }
        }
    }
}

fn show(report: &Report, reporting: Reporting) {
    let result = match reporting.output {
        Output::Text => report.text(),
        Output::Json => format!("{}\n", report.json()),
    };
    print(&mut std::io::stderr().lock(), &report.diagnostics());
    print(&mut std::io::stdout().lock(), &result);
}

/// A closed stream loses the text, never the exit code.
fn print(stream: &mut dyn Write, text: &str) {
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
}

/// Exits with 1 and a fixed text when the program itself is at fault. What a panic says may hold a secret, so it is not shown.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
        let text = format!(
            "error: jira-build-status {} has a fault{place}\nhint: please report this line; it holds no secret\n",
            env!("CARGO_PKG_VERSION")
        );
        print(&mut std::io::stderr().lock(), &text);
        std::process::exit(i32::from(Kind::Internal.exit_code()));
    }));
}
