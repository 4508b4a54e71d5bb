//! What a command line that cannot be read is told.

use crate::cli;
use crate::error::{Failure, Kind};
use crate::issue_key::is_project_key;
use crate::settings::{API_TOKEN, ISSUE_KEY, PASSWORD, PERSONAL_TOKEN, USER_EMAIL, USERNAME};
use clap::error::{ContextKind, ErrorKind};

/// Flags of other programs, and what is called so here.
const ELSEWHERE: [(&str, &str); 4] = [
    ("--verbose", "-v"),
    ("--debug", "-vv"),
    ("--quiet", "-q"),
    ("--silent", "-q"),
];

/// Help and version are texts; the rest is a usage error that shows no value
/// that was typed, for it may be a secret.
pub(super) fn explain(error: &clap::Error) -> Result<String, Failure> {
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    ) {
        return Ok(error.to_string());
    }
    let context = |kind| error.get(kind).map(ToString::to_string);
    let given =
        context(ContextKind::InvalidArg).or_else(|| context(ContextKind::InvalidSubcommand));
    let stray = matches!(
        error.kind(),
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand
    );
    if let Some(failure) = given.as_deref().filter(|_| stray).and_then(mistaken) {
        return Err(failure);
    }
    let flag = given.as_deref().and_then(flag_in);
    let message = message(error.kind(), flag, given.as_deref());
    let elsewhere = ELSEWHERE.iter().find(|(name, _)| flag == Some(*name));
    let hint = match (elsewhere, context(ContextKind::SuggestedArg)) {
        _ if stray && flag.is_some_and(names_a_secret) => format!(
            "secrets and their names have no flag, because every process can read a command line; \
             set {USERNAME} and {PASSWORD}, {USER_EMAIL} and {API_TOKEN}, or {PERSONAL_TOKEN}"
        ),
        (Some((_, ours)), _) => format!("did you mean {ours}?"),
        (None, Some(near)) => format!("did you mean {near}?"),
        (None, None) => "jira-build-status --help lists the flags and commands".to_owned(),
    };
    Err(Failure::new(Kind::Usage, message).hint(hint))
}

/// The name of a flag, without a value behind it, which may be a secret.
fn flag_in(given: &str) -> Option<&str> {
    if given.starts_with("--") {
        return given.split(['=', ' ', '[']).next();
    }
    let letter = given.strip_prefix('-')?.chars().next()?;
    given.get(..1 + letter.len_utf8())
}

fn names_a_secret(flag: &str) -> bool {
    ["pas", "token", "secret", "user", "key"]
        .iter()
        .any(|word| flag.contains(word))
}

fn message(kind: ErrorKind, flag: Option<&str>, given: Option<&str>) -> String {
    use ErrorKind::{
        ArgumentConflict, DisplayHelpOnMissingArgumentOrSubcommand, InvalidSubcommand, InvalidUtf8,
        InvalidValue, MissingRequiredArgument, MissingSubcommand, TooFewValues, TooManyValues,
        UnknownArgument, WrongNumberOfValues,
    };
    match (kind, flag) {
        (UnknownArgument, Some(flag)) => format!("there is no flag {flag}"),
        (UnknownArgument | InvalidSubcommand, None) => {
            "an argument is neither a flag nor a command (it is not shown: it may be a secret)"
                .to_owned()
        }
        (InvalidValue | TooFewValues | WrongNumberOfValues, Some(flag)) => {
            format!("{flag} needs a value")
        }
        (TooManyValues, Some(flag)) => format!("{flag} takes no value"),
        (ArgumentConflict, Some(flag)) => format!("{flag} is given twice"),
        (ArgumentConflict, None) => "a command's flags stand behind its name, and a value that \
            may be left out stands behind an equals sign (what was typed is not shown: it may be \
            a secret)"
            .to_owned(),
        (InvalidUtf8, _) => "an argument is not valid UTF-8".to_owned(),
        (MissingRequiredArgument, _) => format!("{} is missing", given.unwrap_or("an argument")),
        (DisplayHelpOnMissingArgumentOrSubcommand | MissingSubcommand, _) => {
            "the command lacks its step, as in oauth1 authorize".to_owned()
        }
        (kind, _) => kind
            .as_str()
            .unwrap_or("the command line cannot be read")
            .to_owned(),
    }
}

/// A word that stands where none may, where it shows what was meant. Such a word
/// is no secret: it is a key, or a letter away from a command's name.
fn mistaken(word: &str) -> Option<Failure> {
    let is_key = word.split_once('-').is_some_and(|(project, number)| {
        is_project_key(project)
            && project == project.to_ascii_uppercase()
            && !number.is_empty()
            && number.bytes().all(|digit| digit.is_ascii_digit())
    });
    let meant = if is_key {
        format!("{} {word}", ISSUE_KEY.flag)
    } else if word == "version" {
        "--version".to_owned()
    } else {
        cli::command_names()
            .into_iter()
            .find(|name| strsim::osa_distance(name, &word.to_lowercase()) == 1)?
    };
    let message = format!("{word:?} is no command");
    Some(Failure::new(Kind::Usage, message).hint(format!("did you mean {meant}?")))
}
