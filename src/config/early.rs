//! What is known of a run before any file is read: how it reports, and how long
//! it may last.

use crate::cli::{self, Cli, ConnectionFlags, ReportingFlags};
use crate::config::reader::Reader;
use crate::config::{Command, Input, command, explain};
use crate::error::Failure;
use crate::output::{Files, OutputFormat, Reporting};
use clap::Parser;
use std::ffi::OsString;
use std::time::Duration;

/// The settings, of which the files that they name are still to be read.
pub struct Settings {
    /// How and where to report is known even where the rest is wrong.
    pub reporting: Reporting,
    /// Where results go beside the streams.
    pub files: Files,
    /// For the whole run.
    pub deadline: Duration,
    rest: Rest,
}

enum Rest {
    Known(Result<Command, Failure>),
    Unread(Box<(Reader, Cli)>),
}

/// Reads the command line and the environment, and no file.
pub fn read(input: &Input) -> Settings {
    let mut reader = Reader::new(&input.variables);
    // A pipeline that sets everything in the environment need not pay for the
    // description of some hundred flags.
    let bare = input.arguments.len() <= 1;
    let parsed = if bare {
        Ok(Cli::default())
    } else {
        Cli::try_parse_from(&input.arguments)
    };
    match parsed {
        Ok(cli) => {
            let reporting = reader.reporting(reporting_flags(&cli));
            let files = if cli.command.is_none() {
                reader.files(&cli.run.dotenv)
            } else {
                Files::default()
            };
            let deadline =
                reader.deadline(connection_flags(&cli).and_then(|flags| flags.deadline.as_ref()));
            Settings {
                reporting,
                files,
                deadline,
                rest: Rest::Unread(Box::new((reader, cli))),
            }
        }
        Err(error) => {
            let (flags, dotenv) = guess_reporting_flags(&input.arguments);
            let (reporting, files) = (reader.reporting(&flags), reader.files(&dotenv));
            let rest = Rest::Known(explain(&error).map(Command::Show));
            Settings {
                reporting,
                files,
                deadline: reader.deadline(None),
                rest,
            }
        }
    }
}

impl Settings {
    /// What the command line asks for, with what the files hold.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn command(self) -> Result<Command, Failure> {
        match self.rest {
            Rest::Known(known) => known,
            Rest::Unread(unread) => command(unread.0, unread.1),
        }
    }
}

/// Those of the command, where there is one.
fn reporting_flags(cli: &Cli) -> &ReportingFlags {
    match &cli.command {
        Some(cli::Command::Check { shared, .. }) => &shared.reporting,
        Some(cli::Command::Get { shared, .. }) => &shared.reporting,
        Some(cli::Command::Oauth1 { step }) => match step {
            cli::OAuth1Step::Keygen { reporting, .. } => reporting,
            cli::OAuth1Step::RequestToken { shared }
            | cli::OAuth1Step::AccessToken { shared, .. }
            | cli::OAuth1Step::Authorize { shared, .. } => &shared.reporting,
        },
        Some(cli::Command::Oauth2 {
            step: cli::OAuth2Step::Authorize { shared, .. },
        }) => &shared.reporting,
        Some(cli::Command::Help { .. }) | None => &cli.reporting,
    }
}

/// Those of the command, where it has a connection.
fn connection_flags(cli: &Cli) -> Option<&ConnectionFlags> {
    match &cli.command {
        Some(cli::Command::Check { shared, .. }) => Some(&shared.connection),
        Some(cli::Command::Get { shared, .. }) => Some(&shared.connection),
        Some(cli::Command::Oauth1 { step }) => match step {
            cli::OAuth1Step::Keygen { .. } => None,
            cli::OAuth1Step::RequestToken { shared }
            | cli::OAuth1Step::AccessToken { shared, .. }
            | cli::OAuth1Step::Authorize { shared, .. } => Some(&shared.connection),
        },
        Some(cli::Command::Oauth2 {
            step: cli::OAuth2Step::Authorize { shared, .. },
        }) => Some(&shared.connection),
        Some(cli::Command::Help { .. }) => None,
        None => Some(&cli.connection),
    }
}

/// How a run would report that ends before its settings are read.
pub fn guess_reporting(input: &Input) -> Reporting {
    let (flags, _) = guess_reporting_flags(&input.arguments);
    let given = |flag: Option<String>, name: &str| {
        let variable = input.variables.iter().find(|(known, _)| known == name);
        flag.or_else(|| variable.and_then(|(_, value)| value.to_str().map(str::to_owned)))
    };
    let output = given(flags.output, "JIRA_OUTPUT").filter(|output| output == "json");
    let allowed = given(flags.allow_failure, "JIRA_ALLOW_FAILURE");
    Reporting {
        output: output.map_or(OutputFormat::Text, |_| OutputFormat::Json),
        allow_failure: allowed
            .as_deref()
            .and_then(crate::config::reader::truth)
            .unwrap_or(false),
        github_actions: given(None, "GITHUB_ACTIONS").as_deref() == Some("true"),
        // Only `get` asks for it, and what ends here shows no body.
        takes_commands: false,
    }
}

/// The reporting flags of a command line that could not be read, and `--dotenv`.
fn guess_reporting_flags(arguments: &[OsString]) -> (ReportingFlags, Option<String>) {
    let (mut flags, mut dotenv) = (ReportingFlags::default(), None);
    let mut arguments = arguments
        .iter()
        .filter_map(|argument| argument.to_str())
        .peekable();
    while let Some(argument) = arguments.next() {
        match argument.split_once('=').unwrap_or((argument, "")) {
            ("--output", "") => flags.output = arguments.peek().map(|next| (*next).to_owned()),
            ("--output", format) => flags.output = Some(format.to_owned()),
            ("--dotenv", "") => dotenv = arguments.peek().map(|next| (*next).to_owned()),
            ("--dotenv", file) => dotenv = Some(file.to_owned()),
            ("--allow-failure", "") => flags.allow_failure = Some("true".to_owned()),
            ("--allow-failure", given) => flags.allow_failure = Some(given.to_owned()),
            _ => {}
        }
    }
    (flags, dotenv)
}
