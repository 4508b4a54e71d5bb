//! What a command line that cannot be read is told.

use crate::error::{Failure, Kind};
use crate::settings::{API_TOKEN, PASSWORD, PERSONAL_TOKEN, USER_EMAIL, USERNAME};

/// Help and version are texts; the rest is a usage error that shows no value
/// that was typed, for it may be a secret.
pub(super) fn explain(error: &clap::Error) -> Result<String, Failure> {
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
            "an argument is neither a flag nor a command (it is not shown: it may be a secret)"
                .to_owned()
        }
        (
            ErrorKind::InvalidValue | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues,
            Some(flag),
        ) => format!("{flag} needs a value"),
        (ErrorKind::TooManyValues, Some(flag)) => format!("{flag} takes no value"),
        (ErrorKind::ArgumentConflict, Some(flag)) => format!("{flag} is given twice"),
        (ErrorKind::ArgumentConflict, None) => "an argument after the flags belongs to none: a \
             command's flags stand behind its name, and a value that may be left out stands behind \
             an equals sign (it is not shown: it may be a secret)"
            .to_owned(),
        (ErrorKind::InvalidUtf8, _) => "an argument is not valid UTF-8".to_owned(),
        (ErrorKind::MissingRequiredArgument, _) => {
            format!("{} is missing", given.as_deref().unwrap_or("an argument"))
        }
        (ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand, _) => {
            "the command needs one of its steps".to_owned()
        }
        (kind, _) => kind
            .as_str()
            .unwrap_or("the command line cannot be read")
            .to_owned(),
    };
    let secret = error.kind() == ErrorKind::UnknownArgument
        && flag.as_deref().is_some_and(|flag| {
            ["pas", "token", "secret", "user", "key"]
                .iter()
                .any(|word| flag.contains(word))
        });
    let hint = match context(ContextKind::SuggestedArg) {
        _ if secret => format!(
            "secrets and their names have no flag, because every process can read a command line; \
             set {USERNAME} and {PASSWORD}, {USER_EMAIL} and {API_TOKEN}, or {PERSONAL_TOKEN}"
        ),
        Some(near) => format!("did you mean {near}?"),
        None => "jira-build-status --help lists the flags and commands".to_owned(),
    };
    Err(Failure::new(Kind::Usage, message).hint(hint))
}
