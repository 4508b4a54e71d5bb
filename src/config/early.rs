//! What is known of a run before any file is read: how it reports, and how long
//! it may last.

use crate::cli::{self, Action, CommandLine, Flags};
use crate::config::command::{Command, command};
use crate::config::given::Given;
use crate::config::parser::{SettingsParser, truth};
use crate::config::usage::explain;
use crate::error::Failure;
use crate::output::{Files, OutputFormat, Reporting};
use crate::settings::{ALLOW_FAILURE, DOTENV, Group, OUTPUT, Value};
use std::ffi::{OsStr, OsString};
use std::time::Duration;

/// Read only where there is an issue to write: what a build without one lacks
/// does not matter.
const LATER: [Group; 2] = [Group::Connection, Group::Job];

#[derive(Debug, Default)]
pub struct Input {
    /// The command line, with the program's name first.
    pub arguments: Vec<OsString>,
    pub variables: Vec<(OsString, OsString)>,
}

/// The settings, of which the files that they name are still to be read.
pub struct Settings {
    /// How and where to report is known even where the rest is wrong.
    pub reporting: Reporting,
    /// Where results go beside the streams.
    pub files: Files,
    pub deadline: Duration,
    rest: Rest,
}

enum Rest {
    Known(Result<String, Failure>),
    Unread(Box<(SettingsParser, Action)>),
}

/// Reads the command line and the environment, and no file.
pub fn read(input: &Input) -> Settings {
    // A pipeline that sets everything in the environment need not pay for the
    // description of some hundred flags.
    let bare = input.arguments.len() <= 1;
    let parsed = if bare {
        Ok(CommandLine::default())
    } else {
        cli::parse(&input.arguments)
    };
    let (action, flags) = match parsed {
        Ok(line) => (Ok(line.action), line.flags),
        Err(error) => (Err(error), guess_flags(&input.arguments)),
    };
    let mut parser = SettingsParser::new(flags, &input.variables);
    if let Ok(action) = &action {
        let own = action.groups().iter().copied();
        parser.look_over(
            &own.filter(|group| !LATER.contains(group))
                .collect::<Vec<_>>(),
        );
    }
    let reporting = parser.reporting();
    let files = match action {
        Ok(Action::Update) | Err(_) => parser.files(),
        Ok(_) => Files::default(),
    };
    let deadline = parser.deadline();
    let rest = match action {
        Ok(action) => Rest::Unread(Box::new((parser, action))),
        Err(error) => Rest::Known(explain(&error)),
    };
    Settings {
        reporting,
        files,
        deadline,
        rest,
    }
}

impl Settings {
    /// What the command line asks for, with what the files hold.
    ///
    /// # Errors
    /// All that is wrong.
    pub(crate) fn command(self) -> Result<Command, Failure> {
        match self.rest {
            Rest::Known(known) => known.map(Command::Show),
            Rest::Unread(unread) => command(unread.0, unread.1),
        }
    }
}

/// How a run would report that ends before its settings are read.
pub fn guess_reporting(input: &Input) -> Reporting {
    let decisive = [OUTPUT.variable, ALLOW_FAILURE.variable].map(OsStr::new);
    let is_decisive = |(name, _): &&(OsString, OsString)| decisive.contains(&name.as_os_str());
    let variables: Vec<_> = input
        .variables
        .iter()
        .filter(is_decisive)
        .cloned()
        .collect();
    let given = Given::new(guess_flags(&input.arguments), &variables);
    let in_actions =
        |(name, value): &(OsString, OsString)| name == "GITHUB_ACTIONS" && value == "true";
    Reporting {
        output: match given.text(OUTPUT).map(str::trim) {
            Some("json") => OutputFormat::Json,
            _ => OutputFormat::Text,
        },
        allow_failure: given.text(ALLOW_FAILURE).and_then(truth).unwrap_or(false),
        github_actions: input.variables.iter().any(in_actions),
        quiet: false,
        colour: false,
        // Only `get` asks for it, and what ends here shows no body.
        takes_commands: false,
    }
}

/// What a command line that could not be read says of where to report.
fn guess_flags(arguments: &[OsString]) -> Flags {
    let mut flags = Flags::new();
    let mut arguments = arguments
        .iter()
        .filter_map(|argument| argument.to_str())
        .peekable();
    while let Some(argument) = arguments.next() {
        let (name, behind) = argument.split_once('=').unwrap_or((argument, ""));
        let known = [OUTPUT, DOTENV, ALLOW_FAILURE];
        let Some(setting) = known.iter().find(|setting| setting.flag == name) else {
            continue;
        };
        let value = match behind {
            "" if setting.value == Value::Boolean => Some("true"),
            "" => arguments.peek().copied(),
            value => Some(value),
        };
        match value {
            Some(value) => flags.insert(setting.flag, vec![value.to_owned()]),
            None => flags.remove(setting.flag),
        };
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn a_command_line_that_cannot_be_read_is_told_as_the_variables_say() {
        let rows = [
            ("GITHUB_ACTIONS", "true", (true, OutputFormat::Text)),
            ("GITHUB_ACTIONS", "false", (false, OutputFormat::Text)),
            ("GITLAB_CI", "true", (false, OutputFormat::Text)),
            ("JIRA_OUTPUT", " json ", (false, OutputFormat::Json)),
        ];
        each(rows, |(name, value, expected)| {
            let input = Input {
                arguments: vec![],
                variables: vec![(name.into(), value.into())],
            };
            let guessed = guess_reporting(&input);
            assert_eq!((guessed.github_actions, guessed.output), expected, "{name}");
        });
    }
}
