//! What the command line asks for, with all that it runs on.

use crate::base_url::BaseUrl;
use crate::cli::{self, Action};
use crate::commands::check::Check;
use crate::commands::fields::FieldQuery;
use crate::commands::oauth1::OAuth1Step;
use crate::commands::oauth2::Authorize;
use crate::commands::update::Job;
use crate::config::issues::Issues;
use crate::config::parser::SettingsParser;
use crate::credentials::{AuthMethod, Credentials};
use crate::edit::assignment::FieldName;
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::redact::Secret;
use crate::settings::{
    ACCESS_TOKEN_OUT, AUTHORIZE_OUT, BASE_URL, CALLBACK, DEADLINE, DRY_RUN, KEYGEN_OUT,
    MAX_RETRIES, NOTIFY_USERS, REQUEST_TOKEN, TIMEOUT, VERIFIER,
};
use crate::site::CloudSettings;
use crate::transport::network::Network;
use std::path::PathBuf;
use std::time::Duration;
use tracing_subscriber::filter::Targets;
use url::Url;

/// How Jira is reached. Every command that asks Jira has one; by whom Jira is
/// asked is the command's own matter.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub base: BaseUrl,
    /// Atlassian's gateway, and Jira's id there.
    pub cloud: CloudSettings,
    /// For one attempt, from the connection to the last byte of the answer.
    pub timeout: Duration,
    pub deadline: Duration,
    /// For each issue; a 429 is not counted.
    pub max_retries: u32,
    /// Through whom and with whom a connection is made.
    pub network: Network,
    pub log: Targets,
    /// Things to say before the run begins.
    pub warnings: Vec<String>,
    /// Every secret that is set, used or not: CI systems set all of a project's
    /// for each job.
    pub secrets: Vec<Secret>,
}

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Command {
    Report(Box<Connection>, Credentials, Job),
    Check(Box<Connection>, Credentials, Check),
    Fields(Box<Connection>, Credentials, FieldQuery),
    /// `get PATH`, with the whole address.
    Get(Box<Connection>, Credentials, Url),
    /// No issue is concerned, for this reason, and that was said to be all right.
    Skip(String),
    Keygen(PathBuf),
    OAuth1(Box<Connection>, Credentials, OAuth1Step),
    Authorize(Box<Connection>, Credentials, Box<Authorize>),
    /// Texts about the program: `--help`, `--version`, `help TOPIC`.
    Show(String),
}

/// Every setting of a command is read before any of them is refused, so that
/// all that is wrong is said at once.
pub(super) fn command(mut parser: SettingsParser, action: Action) -> Result<Command, Failure> {
    match action {
        Action::Update => update(parser),
        Action::Check => {
            let connection = connection(&mut parser);
            let credentials = parser.credentials();
            let method = credentials.as_ref().map(Credentials::method);
            let check = check(&mut parser, method);
            let (connection, (credentials, check)) =
                parser.finish(connection, credentials.zip(check))?;
            Ok(Command::Check(connection, credentials, check))
        }
        Action::Fields(words) => fields(parser, words),
        Action::Get(path) => {
            let connection = connection(&mut parser);
            let credentials = parser.credentials();
            let url = connection
                .as_ref()
                .and_then(|connection| parser.url_below(&connection.base, &path));
            let (connection, (credentials, url)) =
                parser.finish(connection, credentials.zip(url))?;
            Ok(Command::Get(connection, credentials, url))
        }
        Action::Keygen => {
            let folder = parser.given.text(KEYGEN_OUT).map(PathBuf::from);
            parser.end()?;
            Ok(Command::Keygen(folder.unwrap_or_default()))
        }
        Action::RequestToken => oauth1(parser, Some(OAuth1Step::RequestToken)),
        Action::AccessToken => {
            let token = parser.typed_secret(REQUEST_TOKEN, "what oauth1 request-token printed");
            let code = parser.typed_secret(VERIFIER, "the code that the page showed after Allow");
            let out = parser.token_sink(ACCESS_TOKEN_OUT);
            let step = token
                .zip(code)
                .map(|(token, code)| OAuth1Step::AccessToken { token, code, out });
            oauth1(parser, step)
        }
        Action::OAuth1Authorize => {
            let callback = parser.given.flag(CALLBACK).is_some();
            let out = parser.token_sink(AUTHORIZE_OUT);
            oauth1(parser, Some(OAuth1Step::Authorize { callback, out }))
        }
        Action::OAuth2Authorize => {
            let connection = connection(&mut parser);
            let authorize = parser.authorize();
            let (connection, (credentials, authorize)) = parser.finish(connection, authorize)?;
            Ok(Command::Authorize(connection, credentials, authorize))
        }
        Action::Help(None) => Ok(Command::Show(cli::help())),
        Action::Help(Some(topic)) => crate::commands::help::text(&topic).map(Command::Show),
    }
}

fn update(mut parser: SettingsParser) -> Result<Command, Failure> {
    let right_so_far = parser.errors.is_empty();
    let issues = match parser.issues() {
        // A build without secrets, of a fork or a bot, is skipped too: what else is
        // missing does not matter.
        Some(Issues::Skip(why)) if right_so_far => return Ok(Command::Skip(why)),
        Some(Issues::These(issues)) => Some(issues),
        Some(Issues::Skip(_)) | None => None,
    };
    let connection = connection(&mut parser);
    let credentials = parser.credentials();
    let job = job(&mut parser, issues);
    let (connection, (credentials, job)) = parser.finish(connection, credentials.zip(job))?;
    Ok(Command::Report(connection, credentials, job))
}

fn fields(mut parser: SettingsParser, words: Vec<String>) -> Result<Command, Failure> {
    let connection = connection(&mut parser);
    let credentials = parser.credentials();
    let issues = issues_if_named(&mut parser);
    let query = issues.map(|issues| FieldQuery {
        issue: issues.into_iter().next(),
        words,
    });
    let (connection, (credentials, query)) = parser.finish(connection, credentials.zip(query))?;
    Ok(Command::Fields(connection, credentials, query))
}

fn oauth1(mut parser: SettingsParser, step: Option<OAuth1Step>) -> Result<Command, Failure> {
    let connection = connection(&mut parser);
    let consumer = parser.consumer();
    let (connection, (consumer, step)) = parser.finish(connection, consumer.zip(step))?;
    Ok(Command::OAuth1(
        connection,
        Credentials::OAuth1 {
            consumer,
            state: step.state(),
        },
        step,
    ))
}

fn connection(parser: &mut SettingsParser) -> Option<Connection> {
    let base = parser.base_url();
    if let Some(base) = &base
        && !base.is_https()
        && !base.is_loopback()
    {
        parser.warn(format!(
            "{BASE_URL} is {base}: the credentials travel unencrypted, use https:// where Jira \
             offers it"
        ));
    }
    let cloud = parser.cloud();
    Some(Connection {
        timeout: parser.seconds(TIMEOUT),
        deadline: parser.seconds(DEADLINE),
        max_retries: parser.count(MAX_RETRIES),
        network: parser.network(base.as_ref()),
        log: parser.log(),
        warnings: Vec::new(),
        secrets: parser.given.secrets(),
        base: base?,
        cloud: cloud?,
    })
}

fn job(parser: &mut SettingsParser, issues: Option<Vec<IssueKey>>) -> Option<Job> {
    let assignments = parser.assignments();
    let notify_users = parser.boolean(NOTIFY_USERS);
    let dry_run = parser.boolean(DRY_RUN);
    let concurrency = parser.concurrency();
    Some(Job {
        issues: issues?,
        assignments: assignments?,
        notify_users,
        dry_run: dry_run.unwrap_or(false),
        concurrency,
    })
}

/// The issues, where any are given; `None` where something is wrong with them.
fn issues_if_named(parser: &mut SettingsParser) -> Option<Vec<IssueKey>> {
    match parser.names_issues().then(|| parser.issues()) {
        Some(Some(Issues::These(issues))) => Some(issues),
        Some(None) => None,
        Some(Some(Issues::Skip(_))) | None => Some(vec![]),
    }
}

/// What was given of a job. What is missing is not looked at.
fn check(parser: &mut SettingsParser, method: Option<AuthMethod>) -> Option<Check> {
    let issues = issues_if_named(parser)?;
    let (fields, assignments) = match parser.field_without_value() {
        Some(field) => (vec![FieldName::parse(field)?], vec![]),
        None if parser.names_fields() => {
            let assignments = parser.assignments()?;
            let fields = assignments
                .iter()
                .map(|assignment| assignment.field.clone());
            (fields.collect(), assignments)
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

impl SettingsParser {
    /// The settings, the connection with all that is worth a warning.
    ///
    /// # Errors
    /// All that is wrong with the settings that were read. One that is `None` has
    /// said why.
    pub(super) fn finish<T>(
        self,
        connection: Option<Connection>,
        others: Option<T>,
    ) -> Result<(Box<Connection>, T), Failure> {
        match connection.zip(others) {
            Some((connection, others)) if self.errors.is_empty() => Ok((
                Box::new(Connection {
                    warnings: self.warnings,
                    ..connection
                }),
                others,
            )),
            _ => Err(self.end().err().unwrap_or_else(|| {
                Failure::new(Kind::Internal, "a setting is missing, unexplained")
            })),
        }
    }
}
