//! Writes a build's result into a field of Jira issues, and tells the truth
//! about what happened.
//!
//! This is the inside of a program. How to install and use it stands in its
//! [README](https://github.com/OWNER/jira-build-status#readme) and its
//! [book](https://github.com/OWNER/jira-build-status/blob/main/docs/src/SUMMARY.md).
//!
//! The library exists for the binary and for the tests: its names may change in
//! any release, and only the command line, the variables, the exit codes and
//! the JSON are promised.
//!
//! The data flows one way. [`config`] reads arguments and environment;
//! [`commands`] runs what they ask for; [`edit`] turns texts into the body of an
//! edit; [`auth`] signs each attempt that [`client`] makes over a
//! [`transport`]; [`response`] classifies the answer, and [`output`] prints it.
//! Everything from outside passes [`redact`] before a person sees it.

pub mod auth;
pub mod base_url;
pub mod cli;
pub mod client;
pub mod commands;
pub mod config;
pub mod credentials;
pub mod deployment;
pub mod edit;
pub mod error;
pub mod invalid;
pub mod issue_key;
pub mod jira;
mod named_file;
pub mod output;
mod private_file;
pub mod redact;
pub mod response;
mod settings;
pub mod site;
mod text;
pub mod transport;
pub mod watch;

use auth::Authenticator;
use client::retry::Backoff;
use client::{Client, Clock, Limits};
use commands::check::Steps;
use commands::update::{Job, Run};
use config::{Command, Connection, Input};
use credentials::Credentials;
use error::{EXIT_OK, Failure, Kind, Signal};
use jira::Jira;
use output::progress::Progress;
use output::report::Report;
use output::status::Status;
use output::{OutputFormat, Reporting, print, stdout};
use redact::{Redactor, Secret};
use site::Site;
use std::cell::RefCell;
use std::time::{Duration, SystemTime};
use text::{escape_commands, escape_commands_in_json};
use tokio::time::Instant;
use transport::HttpTransport;

/// A write that is under way when a signal comes may take so long to end.
const GRACE: Duration = Duration::from_secs(2);

/// Does what the command line asks for, and returns the exit code. `signal`
/// ends when the process is told to stop.
pub async fn run(input: &Input, status: &Status, signal: impl Future<Output = Signal>) -> u8 {
    let settings = config::read(input);
    let (reporting, files) = (settings.reporting, settings.files.clone());
    status.set_frame(reporting, &files, settings.deadline);
    let result = match settings.command() {
        Ok(command) => execute(command, reporting, status, signal).await,
        Err(failure) => Err(failure),
    };
    let code = match result {
        Ok(CommandResult::Reported(report)) => output::show(&report, reporting, &files, status),
        Ok(CommandResult::Shown) => EXIT_OK,
        Ok(CommandResult::Told(code)) => code,
        Err(failure) => output::show(&Report::failed(failure), reporting, &files, status),
    };
    status.warn();
    output::say_that_it_is_allowed(reporting, code);
    reporting.process_exit_code(code)
}

/// How a command ended that did not fail as a whole.
enum CommandResult {
    /// With a report on each issue.
    Reported(Report),
    /// All there is to say stands on standard output.
    Shown,
    /// The same, and the exit code that it asks for.
    Told(u8),
}

async fn execute(
    command: Command,
    reporting: Reporting,
    status: &Status,
    signal: impl Future<Output = Signal>,
) -> Result<CommandResult, Failure> {
    match command {
        Command::Show(text) => stdout::write(text.as_bytes()).map(|_| CommandResult::Shown),
        Command::Skip(why) => Ok(CommandResult::Reported(Report::skipped(why))),
        Command::Report(connection, credentials, job) => {
            let jira = connect(&connection, &credentials, reporting, status)?;
            Ok(CommandResult::Reported(
                write(&jira, &job, status, signal).await,
            ))
        }
        Command::Check(connection, credentials, check) => {
            let jira = connect(&connection, &credentials, reporting, status)?;
            let steps = Steps::default();
            let checking = commands::check::run(&jira, &connection.network, &check, &steps);
            if let Err(failure) = run_until_signal(&jira, signal, checking).await {
                steps.interrupt(failure);
            }
            Ok(CommandResult::Told(show_steps(&steps, reporting, status)))
        }
        Command::Fields(connection, credentials, query) => {
            let jira = connect(&connection, &credentials, reporting, status)?;
            let listing = commands::fields::run(&jira, &query, reporting.output);
            let text = run_until_signal(&jira, signal, listing)
                .await
                .unwrap_or_else(Err)?;
            stdout::write(text.as_bytes()).map(|_| CommandResult::Shown)
        }
        Command::Get(connection, credentials, url) => {
            let jira = connect(&connection, &credentials, reporting, status)?;
            let get = commands::get::run(&jira, url, reporting);
            run_until_signal(&jira, signal, get)
                .await
                .unwrap_or_else(Err)
                .map(|()| CommandResult::Shown)
        }
        Command::Keygen(folder) => commands::oauth1::keygen(&folder).map(|()| CommandResult::Shown),
        Command::OAuth1(connection, credentials, step) => {
            let jira = connect(&connection, &credentials, reporting, status)?;
            // A person waits at the terminal.
            status.warn();
            let flow = commands::oauth1::run(&jira, &step);
            run_until_signal(&jira, signal, flow)
                .await
                .unwrap_or_else(Err)
                .map(|()| CommandResult::Shown)
        }
        Command::Authorize(connection, credentials, authorize) => {
            let jira = connect(&connection, &credentials, reporting, status)?;
            status.warn();
            let flow = commands::oauth2::run(&jira, &authorize);
            run_until_signal(&jira, signal, flow)
                .await
                .unwrap_or_else(Err)
                .map(|()| CommandResult::Shown)
        }
    }
}

/// Shows what `check` found, and returns its exit code.
fn show_steps(steps: &Steps, reporting: Reporting, status: &Status) -> u8 {
    let result = match reporting.output {
        OutputFormat::Text => escape_commands(&steps.text(reporting.quiet)),
        OutputFormat::Json => {
            format!("{}\n", escape_commands_in_json(&steps.json().to_string()))
        }
    };
    let code = steps.exit_code();
    status.begin_telling(reporting.process_exit_code(code));
    let result = output::for_stdout(result, reporting);
    match stdout::write(result.as_bytes()) {
        Ok(_) => code,
        Err(failure) => output::unwritten(&failure, code),
    }
}

/// Writes every issue, or as many as can be before the signal.
pub async fn write(
    jira: &Jira,
    job: &Job,
    status: &Status,
    signal: impl Future<Output = Signal>,
) -> Report {
    let progress = Progress::begin(job.issues.len(), status.is_quiet());
    let run = Run::new(jira, job, &progress, status);
    // The report says which issues the signal ended.
    let _ = run_until_signal(jira, signal, run.write_all()).await;
    progress.clear();
    run.report()
}

/// Works until the end or the signal, and gives back what the credentials asked for.
///
/// # Errors
/// An interruption, where the work did not end.
async fn run_until_signal<T>(
    jira: &Jira,
    signal: impl Future<Output = Signal>,
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    let mut work = std::pin::pin!(work);
    let done = tokio::select! {
        done = &mut work => Some(done),
        signal = signal => {
            jira.client().stop(signal);
            match tokio::time::timeout(GRACE, &mut work).await {
                Ok(done) => Some(done),
                // A token that is on its way is waited for and saved. A second signal changes
                // nothing.
                Err(_) => tokio::select! {
                    biased;
                    done = &mut work => Some(done),
                    _ = jira.client().exchange() => None,
                },
            }
        }
    };
    jira.logout().await;
    done.ok_or_else(|| {
        jira.client()
            .interruption()
            .unwrap_or_else(|| Failure::new(Kind::Internal, "the work did not end"))
    })
}

/// Hides every secret that is known, begins the log, and makes ready to ask Jira.
fn connect(
    connection: &Connection,
    credentials: &Credentials,
    reporting: Reporting,
    status: &Status,
) -> Result<Jira, Failure> {
    let derived = auth::derived_secrets(credentials);
    if reporting.github_actions {
        mask_in_actions(&derived);
    }
    let redactor = Redactor::default();
    for secret in credentials
        .secrets()
        .into_iter()
        .chain(&derived)
        .chain(&connection.secrets)
        .chain(&connection.network.proxies.secrets())
    {
        redactor.register(secret);
    }
    output::log::begin(connection.log.clone(), redactor.clone());
    status.keep_warnings(&connection.warnings);
    let authenticator = Authenticator::new(credentials, &connection.base, &redactor);
    let transport = HttpTransport::new(
        connection.network.clone(),
        connection.base.url().clone(),
        connection.timeout,
    );
    transport.prepare(connection.base.url())?;
    let limits = Limits {
        timeout: connection.timeout,
        deadline: connection.deadline,
        max_retries: connection.max_retries,
        backoff: Backoff::default(),
    };
    status.begin_work();
    let base = connection.base.clone();
    let site = Site::new(&connection.cloud, credentials.method(), &base);
    let clock = clock(status.started);
    let client = Client::new(base, Box::new(transport), redactor, clock, limits);
    let fault = auth::visible::fault(credentials, connection.cloud.site.is_some());
    Ok(Jira::new(client, authenticator, site).with_refusal_hint(fault))
}

/// The machine's clock and a generator seeded by it.
fn clock(started: Instant) -> Clock {
    let mut state = fastrand::Rng::new();
    let random = Box::new(move || state.u64(..));
    let now = SystemTime::now();
    let wall = now.checked_sub(started.elapsed()).unwrap_or(now);
    Clock {
        wall,
        started,
        random: RefCell::new(random),
    }
}

/// What the machine's clock says; nothing where it stands before 1970.
pub(crate) fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}

/// Tells the runner of GitHub Actions what to hide, before anything else is printed.
fn mask_in_actions(secrets: &[Secret]) {
    let mut stderr = std::io::stderr().lock();
    for secret in secrets {
        for line in secret
            .reveal()
            .split(['\r', '\n'])
            .filter(|line| !line.is_empty())
        {
            let escaped = line.replace('%', "%25");
            print(&mut stderr, &format!("::add-mask::{escaped}\n"));
        }
    }
}

#[cfg(test)]
mod tests;
