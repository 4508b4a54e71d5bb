//! Flags over environment variables, made into what the program runs on.
//! Precedence lives here alone; only here is the environment read.

mod cloud;
mod credentials;
mod early;
mod issues;
mod network;
mod pipeline;
mod reader;
mod variables;

use crate::base_url::BaseUrl;
use crate::cli::{self, Cli, ConnectionFlags, JobFlags, OAuth1Step, RunFlags};
use crate::commands::check::Check;
use crate::commands::oauth1::OAuth1Step as Step;
use crate::commands::oauth2::Authorize;
use crate::commands::update::Job;
use crate::credentials::{AuthMethod, Credentials};
use crate::edit::assignment::{Assignment, FieldName, Operator, ValueMap};
use crate::edit::field_type::FieldType;
use crate::edit::field_types;
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::site::CloudSettings;
use crate::transport::network::Network;
use issues::Issues;
use reader::Reader;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use tracing_subscriber::filter::Targets;
use url::Url;

pub use early::{Settings, guess_reporting, read};
pub use variables::own_names;

/// What the process was given.
#[derive(Debug, Default)]
pub struct Input {
    /// The command line, with the program's name first.
    pub arguments: Vec<OsString>,
    /// The environment.
    pub variables: Vec<(OsString, OsString)>,
}

/// How Jira is reached. Every command that asks Jira has one; by whom Jira is
/// asked is the command's own matter.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Jira's address.
    pub base: BaseUrl,
    /// Atlassian's gateway, and Jira's id there.
    pub cloud: CloudSettings,
    /// For one attempt, from the connection to the last byte of the answer.
    pub timeout: Duration,
    /// For the whole run.
    pub deadline: Duration,
    /// For each issue; a 429 is not counted.
    pub max_retries: u32,
    /// Through whom and with whom a connection is made.
    pub network: Network,
    /// The log's levels.
    pub log: Targets,
    /// Things to say before the run begins.
    pub warnings: Vec<String>,
}

/// What the command line asks for.
#[derive(Debug)]
pub enum Command {
    /// The main job.
    Report(Box<Connection>, Credentials, Job),
    /// `check`.
    Check(Box<Connection>, Credentials, Check),
    /// `get PATH`, with the whole address.
    Get(Box<Connection>, Credentials, Url),
    /// No issue is concerned, for this reason, and that was said to be all right.
    Skip(String),
    /// `oauth1 keygen`, into this folder.
    Keygen(PathBuf),
    /// Another step of `oauth1`.
    OAuth1(Box<Connection>, Credentials, Step),
    /// `oauth2 authorize`.
    Authorize(Box<Connection>, Credentials, Box<Authorize>),
    /// Texts about the program: `--help`, `--version`, `help TOPIC`.
    Show(String),
}

/// Every setting of a command is read before any of them is refused, so that
/// all that is wrong is said at once.
fn command(mut reader: Reader, cli: Cli) -> Result<Command, Failure> {
    match cli.command {
        None => {
            let right_so_far = reader.problems.is_empty();
            let issues = match reader.issues(&cli.job, &cli.connection.base_url) {
                // A build without secrets, of a fork or a robot, is skipped too: what else is
                // missing does not matter.
                Some(Issues::Skip(why)) if right_so_far => return Ok(Command::Skip(why)),
                Some(Issues::These(issues)) => Some(issues),
                Some(Issues::Skip(_)) | None => None,
            };
            let connection = connection(&mut reader, &cli.connection);
            let credentials = reader.credentials(&cli.connection.auth);
            let job = job(&mut reader, issues, &cli.job, &cli.run);
            let (connection, (credentials, job)) =
                reader.finish(connection, credentials.zip(job))?;
            Ok(Command::Report(connection, credentials, job))
        }
        Some(cli::Command::Check { job, shared }) => {
            let connection = connection(&mut reader, &shared.connection);
            let credentials = reader.credentials(&shared.connection.auth);
            let method = credentials.as_ref().map(Credentials::method);
            let check = check(&mut reader, &job, &shared.connection.base_url, method);
            let (connection, (credentials, check)) =
                reader.finish(connection, credentials.zip(check))?;
            Ok(Command::Check(connection, credentials, check))
        }
        Some(cli::Command::Get { path, shared }) => {
            let connection = connection(&mut reader, &shared.connection);
            let credentials = reader.credentials(&shared.connection.auth);
            let url = connection
                .as_ref()
                .and_then(|connection| reader.url_below(&connection.base, &path));
            let (connection, (credentials, url)) =
                reader.finish(connection, credentials.zip(url))?;
            Ok(Command::Get(connection, credentials, url))
        }
        Some(cli::Command::Oauth1 { step }) => oauth1(reader, step),
        Some(cli::Command::Oauth2 {
            step:
                cli::OAuth2Step::Authorize {
                    port,
                    scope,
                    out,
                    shared,
                },
        }) => {
            let connection = connection(&mut reader, &shared.connection);
            let authorize = reader.authorize(&port, &scope, &out);
            let (connection, (credentials, authorize)) = reader.finish(connection, authorize)?;
            Ok(Command::Authorize(connection, credentials, authorize))
        }
        Some(cli::Command::Help { topic }) => {
            crate::commands::help::text(topic.as_deref()).map(Command::Show)
        }
    }
}

fn oauth1(mut reader: Reader, step: OAuth1Step) -> Result<Command, Failure> {
    let (shared, step) = match step {
        OAuth1Step::Keygen { out, .. } => {
            reader.end()?;
            return Ok(Command::Keygen(PathBuf::from(
                out.filter(|folder| !folder.is_empty()).unwrap_or_default(),
            )));
        }
        OAuth1Step::RequestToken { shared } => (shared, Some(Step::RequestToken)),
        OAuth1Step::AccessToken {
            request_token,
            verifier,
            out,
            shared,
        } => {
            let token = reader.typed_secret(
                "--request-token",
                request_token,
                "what oauth1 request-token printed",
            );
            let code = reader.typed_secret(
                "--verifier",
                verifier,
                "the code that the page showed after Allow",
            );
            let out = reader.token_file(out);
            (
                shared,
                token
                    .zip(code)
                    .map(|(token, code)| Step::AccessToken { token, code, out }),
            )
        }
        OAuth1Step::Authorize {
            callback,
            out,
            shared,
        } => {
            let out = reader.token_file(out);
            (shared, Some(Step::Authorize { callback, out }))
        }
    };
    let connection = connection(&mut reader, &shared.connection);
    let consumer = reader.consumer();
    let (connection, (consumer, step)) = reader.finish(connection, consumer.zip(step))?;
    Ok(Command::OAuth1(
        connection,
        Credentials::OAuth1 {
            consumer,
            state: step.state(),
        },
        step,
    ))
}

fn connection(reader: &mut Reader, flags: &ConnectionFlags) -> Option<Connection> {
    let base = reader.base_url(&flags.base_url);
    if let Some(base) = &base
        && !base.is_https()
        && !base.is_loopback()
    {
        reader.warn(format!(
            "JIRA_BASE_URL (--base-url) is {base}: the credentials travel unencrypted, use https:// where Jira offers it"
        ));
    }
    let cloud = reader.cloud(&flags.cloud_id);
    let vars = &reader.environment.known;
    let timeout = (
        vars.timeout.clone(),
        vars.deadline.clone(),
        vars.max_retries.clone(),
    );
    Some(Connection {
        timeout: reader.seconds(&flags.timeout, &timeout.0, "JIRA_TIMEOUT (--timeout)", 30),
        deadline: reader.seconds(
            &flags.deadline,
            &timeout.1,
            "JIRA_DEADLINE (--deadline)",
            reader::DEADLINE,
        ),
        max_retries: reader.count(
            &flags.max_retries,
            &timeout.2,
            "JIRA_MAX_RETRIES (--max-retries)",
            0,
            4,
        ),
        network: reader.network(flags, base.as_ref()),
        log: reader.log(&flags.log),
        warnings: Vec::new(),
        base: base?,
        cloud: cloud?,
    })
}

fn job(
    reader: &mut Reader,
    issues: Option<Vec<IssueKey>>,
    flags: &JobFlags,
    run: &RunFlags,
) -> Option<Job> {
    let assignments = reader.assignments(flags);
    let vars = &reader.environment.known;
    let (notify, dry_run) = (vars.notify_users.clone(), vars.dry_run.clone());
    let notify_users = reader.boolean(
        &flags.notify_users,
        &notify,
        "JIRA_NOTIFY_USERS (--notify-users)",
    );
    let dry_run = reader.boolean(&run.dry_run, &dry_run, "JIRA_DRY_RUN (--dry-run)");
    let concurrency = reader.concurrency(&run.concurrency);
    Some(Job {
        issues: issues?,
        assignments: assignments?,
        notify_users,
        dry_run: dry_run.unwrap_or(false),
        concurrency,
    })
}

/// What was given of a job. What is missing is not looked at.
fn check(
    reader: &mut Reader,
    flags: &JobFlags,
    base_url: &Option<String>,
    method: Option<AuthMethod>,
) -> Option<Check> {
    let issues = match reader
        .names_issues(flags)
        .then(|| reader.issues(flags, base_url))
    {
        Some(Some(Issues::These(issues))) => issues,
        Some(None) => return None,
        Some(Some(Issues::Skip(_))) | None => vec![],
    };
    let (fields, assignments) = match reader.field_without_value(flags) {
        Some(field) => (vec![FieldName::parse(&field)?], vec![]),
        None if reader.names_fields(flags) => {
            let assignments = reader.assignments(flags)?;
            (
                assignments
                    .iter()
                    .map(|assignment| assignment.field.clone())
                    .collect(),
                assignments,
            )
        }
        None => (vec![], vec![]),
    };
    Some(Check {
        issues,
        fields,
        assignments,
        method: method?,
    })
}

/// `--field`, `--value`, `--type` and `--value-map`, as one assignment.
fn main_assignment(
    field: &str,
    value: &str,
    shape: Option<FieldType>,
    map: &ValueMap,
) -> Option<Assignment> {
    Some(Assignment {
        field: FieldName::parse(field)?,
        operator: Operator::Set,
        text: map.apply(value).to_owned(),
        shape,
    })
}

/// The shape that `--type` names; `auto` is `None`.
fn shape_named(name: &str) -> Result<Option<FieldType>, String> {
    if name == "auto" {
        return Ok(None);
    }
    field_types::by_name(name)
        .map(|entry| Some(entry.shape))
        .ok_or_else(|| {
            let names: Vec<_> = field_types::FIELD_TYPES
                .iter()
                .map(|entry| entry.name)
                .collect();
            format!("must be auto or one of {}, not {name:?}", names.join(" "))
        })
}

/// Help and version are texts; the rest is a usage error that shows no value
/// that was typed, for it may be a secret.
fn explain(error: &clap::Error) -> Result<String, Failure> {
    use clap::error::{ContextKind, ErrorKind};
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return Ok(error.to_string());
    }
    let context = |kind| error.get(kind).map(ToString::to_string);
    let given =
        context(ContextKind::InvalidArg).or_else(|| context(ContextKind::InvalidSubcommand));
    let flag = given.as_deref().filter(|given| given.starts_with("--"));
    let flag = flag.map(|flag| {
        flag.split(['=', ' ', '['])
            .next()
            .unwrap_or(flag)
            .to_owned()
    });
    let message = match (error.kind(), &flag) {
        (ErrorKind::UnknownArgument, Some(flag)) => format!("there is no flag {flag}"),
        (ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand, None) => {
            "an argument is neither a flag nor a command (it is not shown: it may be a secret)".to_owned()
        }
        (ErrorKind::InvalidValue | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues, Some(flag)) => {
            format!("{flag} needs a value")
        }
        (ErrorKind::TooManyValues, Some(flag)) => format!("{flag} takes no value"),
        (ErrorKind::ArgumentConflict, Some(flag)) => format!("{flag} is given twice"),
        (ErrorKind::ArgumentConflict, None) => "an argument behind the flags is none of theirs: a command's flags stand \
            behind its name, and a value that may be left out stands behind an equals sign (it is not shown: it may be a secret)"
            .to_owned(),
        (ErrorKind::InvalidUtf8, _) => "an argument is not valid UTF-8".to_owned(),
        (ErrorKind::MissingRequiredArgument, _) => format!("{} is missing", given.as_deref().unwrap_or("an argument")),
        (ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand, _) => {
            "the command needs one of its steps behind it".to_owned()
        }
        (kind, _) => kind.as_str().unwrap_or("the command line cannot be read").to_owned(),
    };
    let secret = error.kind() == ErrorKind::UnknownArgument
        && flag.as_deref().is_some_and(|flag| {
            ["pas", "token", "secret", "user", "key"]
                .iter()
                .any(|word| flag.contains(word))
        });
    let hint = match context(ContextKind::SuggestedArg) {
        _ if secret => "secrets and their names have no flag, because every process can read a command line; \
            set JIRA_USERNAME and JIRA_PASSWORD, JIRA_USER_EMAIL and JIRA_API_TOKEN, or JIRA_PERSONAL_TOKEN"
            .to_owned(),
        Some(near) => format!("did you mean {near}?"),
        None => "jira-build-status --help lists the flags and commands".to_owned(),
    };
    Err(Failure::new(Kind::Usage, message).hint(hint))
}
