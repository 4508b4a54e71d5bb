//! The command line as typed; knows no rules: what a value means, and whether
//! it may stand there, is decided in `config`.

use crate::settings::{Group, SETTINGS, Setting, Value};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::collections::HashMap;
use std::ffi::OsString;

const JOB: &[Group] = &[
    Group::Issue,
    Group::Job,
    Group::Run,
    Group::Reporting,
    Group::Connection,
];
const ASKS_JIRA: &[Group] = &[Group::Reporting, Group::Connection];
const FIELDS: &[Group] = &[Group::Issue, Group::Reporting, Group::Connection];
const ARGUMENT: &str = "argument";

/// What a command line asks for.
#[derive(Debug, Default)]
pub(crate) enum Action {
    #[default]
    Update,
    Check,
    Fields(Vec<String>),
    Get(String),
    Keygen,
    RequestToken,
    AccessToken,
    OAuth1Authorize,
    OAuth2Authorize,
    /// `help TOPIC`, or `help` and the words of a command.
    Help(Vec<String>),
}

impl Action {
    /// The flags that it takes.
    pub(crate) fn groups(&self) -> &'static [Group] {
        match self {
            Action::Update => JOB,
            Action::Check => CHECK,
            Action::Fields(_) => FIELDS,
            Action::Get(_) | Action::RequestToken => ASKS_JIRA,
            Action::Keygen => KEYGEN,
            Action::AccessToken => ACCESS_TOKEN,
            Action::OAuth1Authorize => OAUTH1_AUTHORIZE,
            Action::OAuth2Authorize => OAUTH2_AUTHORIZE,
            Action::Help(_) => &[],
        }
    }
}

/// The flags that were typed, by their names, with their values.
pub(crate) type Flags = HashMap<&'static str, Vec<String>>;

/// A command line that could be read.
#[derive(Debug, Default)]
pub(crate) struct CommandLine {
    pub action: Action,
    pub flags: Flags,
}

/// Takes a command line apart.
///
/// # Errors
/// Those of the parser, of which a help text is one.
pub(crate) fn parse(arguments: &[OsString]) -> Result<CommandLine, clap::Error> {
    let matches = command().try_get_matches_from(arguments)?;
    let (mut matches, mut path) = (&matches, Vec::new());
    while let Some((name, inner)) = matches.subcommand() {
        path.push(name);
        matches = inner;
    }
    let argument = || matches.get_one::<String>(ARGUMENT).cloned();
    let words = || {
        let words = matches.get_many::<String>(ARGUMENT);
        words.into_iter().flatten().cloned().collect()
    };
    let action = match path.as_slice() {
        ["check"] => Action::Check,
        ["fields"] => Action::Fields(words()),
        ["get"] => Action::Get(argument().unwrap_or_default()),
        ["oauth1", "keygen"] => Action::Keygen,
        ["oauth1", "request-token"] => Action::RequestToken,
        ["oauth1", "access-token"] => Action::AccessToken,
        ["oauth1", "authorize"] => Action::OAuth1Authorize,
        ["oauth2", "authorize"] => Action::OAuth2Authorize,
        ["help"] => Action::Help(words()),
        _ => Action::Update,
    };
    let given = settings_of(action.groups())
        .filter_map(|setting| Some((setting.flag, values(matches, setting)?)))
        .collect();
    Ok(CommandLine {
        action,
        flags: given,
    })
}

fn values(matches: &ArgMatches, setting: &Setting) -> Option<Vec<String>> {
    if setting.value == Value::Switch {
        return matches
            .get_flag(setting.flag)
            .then(|| vec!["true".to_owned()]);
    }
    if setting.value == Value::Counted {
        let times = usize::from(matches.get_count(setting.flag));
        return (times > 0).then(|| vec!["true".to_owned(); times]);
    }
    Some(matches.get_many(setting.flag)?.cloned().collect())
}

const CHECK: &[Group] = &[
    Group::Issue,
    Group::Job,
    Group::Reporting,
    Group::Connection,
];
const KEYGEN: &[Group] = &[Group::Keygen, Group::Reporting];
const ACCESS_TOKEN: &[Group] = &[Group::AccessToken, Group::Reporting, Group::Connection];
const OAUTH1_AUTHORIZE: &[Group] = &[Group::OAuth1Authorize, Group::Reporting, Group::Connection];
const OAUTH2_AUTHORIZE: &[Group] = &[Group::OAuth2Authorize, Group::Reporting, Group::Connection];

/// The flags of these groups, group by group.
fn settings_of(groups: &[Group]) -> impl Iterator<Item = &'static Setting> {
    groups.iter().flat_map(|group| {
        SETTINGS
            .iter()
            .copied()
            .filter(move |setting| setting.group == *group && !setting.flag.is_empty())
    })
}

/// The text of `--help`, of a command where one is named; `None` where there is no
/// such command.
pub(crate) fn help(words: &[String]) -> Option<String> {
    let mut command = command();
    // Only then each usage begins with the program's name.
    command.build();
    let mut named = &mut command;
    for word in words {
        named = named.find_subcommand_mut(word)?;
    }
    Some(named.render_help().to_string())
}

/// The names of the commands.
pub fn command_names() -> Vec<String> {
    let command = command();
    let commands = command.get_subcommands();
    commands
        .map(|command| command.get_name().to_owned())
        .collect()
}

const FOOT: &str = "\
A flag wins over its variable. Secrets have no flag: see jira-build-status help credentials.
Examples:
  jira-build-status --issue HSP-1 --field \"Build status\" --value Passed
  jira-build-status --issues-from ci --field 10314 --value \"$RESULT\" --comment \"$BUILD_URL\"
  jira-build-status fields --issue HSP-1 build";

/// The definition of all commands and flags.
pub fn command() -> Command {
    let command = Command::new("jira-build-status")
        .version(env!("BUILD_VERSION"))
        .disable_help_subcommand(true)
        .args_conflicts_with_subcommands(true)
        .about("Write a build's result into a field of Jira issues, and say what happened")
        .after_help(FOOT);
    command.args(flags(JOB)).subcommands([
        check(),
        fields(),
        get(),
        oauth1(),
        oauth2(),
        help_command(),
    ])
}

fn check() -> Command {
    Command::new("check")
        .about("Test each step from the network to the field, and say what to do; write nothing")
        .args(flags(CHECK))
        .after_help(
            "Examples:\n  \
             jira-build-status check --issue HSP-1\n  \
             jira-build-status check --issue HSP-1 --field \"Build status\" --value Passed",
        )
}

fn fields() -> Command {
    let words = Arg::new(ARGUMENT)
        .value_name("WORDS")
        .help("Show only fields that hold these words in their id, name or type")
        .num_args(0..);
    Command::new("fields")
        .about("List the fields that can be written: id, name, type, operations and allowed values")
        .arg(words)
        .args(flags(FIELDS))
        .after_help(
            "Examples:\n  \
             jira-build-status fields --issue HSP-1 build\n  \
             jira-build-status fields --issue HSP-1 --output json",
        )
}

fn get() -> Command {
    let path = Arg::new(ARGUMENT)
        .value_name("PATH")
        .help("Ask for this path below Jira's address")
        .required(true)
        .allow_hyphen_values(true);
    Command::new("get")
        .about("Print Jira's answer to one authenticated GET")
        .arg(path)
        .args(flags(ASKS_JIRA))
        .after_help(
            "Example:\n  \
             jira-build-status get '/rest/api/2/issue/HSP-1?fields=customfield_10314,comment'",
        )
}

fn oauth1() -> Command {
    const NEEDS: &str = "Set JIRA_OAUTH1_CONSUMER_KEY and JIRA_OAUTH1_PRIVATE_KEY first.";
    let keygen = Command::new("keygen")
        .about("Make a key pair for the application link: jira-oauth1.private.pem and .public.pem")
        .args(flags(KEYGEN));
    let request_token = Command::new("request-token")
        .about("Step 1: print the request token, and below it the page of step 2 to open")
        .args(flags(ASKS_JIRA))
        .after_help(NEEDS);
    let access_token = Command::new("access-token")
        .about("Step 3: exchange the request token for the access token")
        .args(flags(ACCESS_TOKEN))
        .after_help(NEEDS);
    let authorize = Command::new("authorize")
        .about("Do steps 1 to 3 at once, with a person who opens the page")
        .args(flags(OAUTH1_AUTHORIZE))
        .after_help(NEEDS);
    Command::new("oauth1")
        .about("Get a key pair and an access token of OAuth 1.0a, which a person grants once")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([keygen, request_token, access_token, authorize])
}

fn oauth2() -> Command {
    let authorize = Command::new("authorize")
        .about("Open the consent page, take the code and store the refresh token")
        .args(flags(OAUTH2_AUTHORIZE))
        .after_help("Set JIRA_OAUTH2_CLIENT_ID and JIRA_OAUTH2_CLIENT_SECRET first.");
    Command::new("oauth2")
        .about("Get a refresh token of OAuth 2.0, which a person grants once")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(authorize)
}

fn help_command() -> Command {
    let topic = Arg::new(ARGUMENT)
        .value_name("TOPIC")
        .help("credentials, fields or a command")
        .num_args(0..);
    Command::new("help")
        .about("Explain the credentials or the fields, with an example each, or a command")
        .arg(topic)
}

fn flags(groups: &[Group]) -> impl Iterator<Item = Arg> {
    settings_of(groups).map(flag)
}

fn flag(setting: &'static Setting) -> Arg {
    let arg = Arg::new(setting.flag)
        .help(help_of(setting))
        .help_heading(heading(setting.group));
    let name = setting.flag.trim_start_matches('-');
    let arg = match name.chars().next() {
        Some(letter) if name.len() == 1 => arg.short(letter),
        _ => arg.long(name),
    };
    match setting.value {
        Value::Switch => return arg.action(ArgAction::SetTrue),
        Value::Counted => return arg.action(ArgAction::Count),
        _ => {}
    }
    let arg = arg.value_name(setting.placeholder);
    match setting.value {
        Value::Boolean | Value::LooseBoolean => arg
            .num_args(0..=1)
            .default_missing_value("true")
            .require_equals(setting.value == Value::Boolean),
        Value::List => arg.action(ArgAction::Append).allow_hyphen_values(true),
        _ => arg.allow_hyphen_values(true),
    }
}

fn help_of(setting: &Setting) -> String {
    let mut help = setting.help.to_owned();
    if !setting.default.is_empty() {
        help += &format!(" ({})", setting.default);
    }
    if !setting.variable.is_empty() {
        help += &format!(" [env: {}]", setting.variable);
    }
    help
}

/// What stands above a group's flags in the help.
fn heading(group: Group) -> Option<&'static str> {
    match group {
        Group::Issue => Some("Choose the issues"),
        Group::Job => Some("Choose what to write"),
        Group::Run | Group::Reporting => Some("Choose how it runs and reports"),
        Group::Connection => Some("Choose how Jira is reached"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn the_help_of_every_command_names_each_flags_variable() {
        let rows = [
            (&[][..], JOB),
            (&["check"], CHECK),
            (&["fields"], FIELDS),
            (&["get"], ASKS_JIRA),
            (&["oauth1", "keygen"], KEYGEN),
            (&["oauth1", "request-token"], ASKS_JIRA),
            (&["oauth1", "access-token"], ACCESS_TOKEN),
            (&["oauth1", "authorize"], OAUTH1_AUTHORIZE),
            (&["oauth2", "authorize"], OAUTH2_AUTHORIZE),
        ];
        each(rows, |(words, groups)| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            let help = help(&words).unwrap();
            for setting in settings_of(groups).filter(|setting| !setting.variable.is_empty()) {
                let named = format!("[env: {}]", setting.variable);
                let mut lines = help.lines().filter(|line| line.contains(setting.flag));
                assert!(lines.any(|line| line.contains(&named)), "{named}: {help}");
            }
        });
    }
}
