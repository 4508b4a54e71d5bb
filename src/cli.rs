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
    Help(Option<String>),
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
    let (action, groups) = match path.as_slice() {
        ["check"] => (Action::Check, CHECK),
        ["fields"] => (Action::Fields(words()), FIELDS),
        ["get"] => (Action::Get(argument().unwrap_or_default()), ASKS_JIRA),
        ["oauth1", "keygen"] => (Action::Keygen, KEYGEN),
        ["oauth1", "request-token"] => (Action::RequestToken, ASKS_JIRA),
        ["oauth1", "access-token"] => (Action::AccessToken, ACCESS_TOKEN),
        ["oauth1", "authorize"] => (Action::OAuth1Authorize, OAUTH1_AUTHORIZE),
        ["oauth2", "authorize"] => (Action::OAuth2Authorize, OAUTH2_AUTHORIZE),
        ["help"] => (Action::Help(argument()), &[][..]),
        _ => (Action::Update, JOB),
    };
    let given = settings_of(groups)
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

pub(crate) fn help() -> String {
    command().render_help().to_string()
}

/// The definition of all commands and flags.
pub fn command() -> Command {
    let command = Command::new("jira-build-status")
        .version(env!("BUILD_VERSION"))
        .disable_help_subcommand(true)
        .args_conflicts_with_subcommands(true)
        .max_term_width(110)
        .about(
            "Writes a build's result into a field of Jira issues, and tells the truth about what \
             happened.",
        )
        .after_help(
            "Secrets have no flag: set JIRA_USERNAME and JIRA_PASSWORD (self-hosted), \
             JIRA_USER_EMAIL and JIRA_API_TOKEN\n\
             (Cloud) or JIRA_PERSONAL_TOKEN (Data Center), each X also as X_FILE, a path. A flag \
             wins over its variable.\n\
             More: jira-build-status help credentials, jira-build-status help fields",
        );
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
        .about(
            "Check each step from the network to the field and say what works, what does not and \
             what to do; writes nothing",
        )
        .args(flags(CHECK))
}

fn fields() -> Command {
    let words = Arg::new(ARGUMENT)
        .value_name("WORDS")
        .help("Show only fields that hold these words in their id, name or type")
        .num_args(0..);
    Command::new("fields")
        .about(
            "List the fields that can be written, with id, name, type and allowed values; writes \
             nothing",
        )
        .arg(words)
        .args(flags(FIELDS))
}

fn get() -> Command {
    let path = Arg::new(ARGUMENT)
        .value_name("PATH")
        .help("Such as /rest/api/2/issue/HSP-1")
        .required(true)
        .allow_hyphen_values(true);
    Command::new("get")
        .about("One authenticated GET of a path under the base URL, its body to standard output")
        .arg(path)
        .args(flags(ASKS_JIRA))
}

fn oauth1() -> Command {
    let keygen = Command::new("keygen")
        .about(
            "Make a key pair for the application link, jira-oauth1.private.pem and \
             jira-oauth1.public.pem; asks nobody",
        )
        .args(flags(KEYGEN));
    let request_token = Command::new("request-token")
        .about(
            "Step 1: print the request token, and below it step 2's page for a person to open; \
             needs JIRA_OAUTH1_CONSUMER_KEY and JIRA_OAUTH1_PRIVATE_KEY",
        )
        .args(flags(ASKS_JIRA));
    let access_token = Command::new("access-token")
        .about(
            "Step 3: exchange the request token for the access token; \
             needs JIRA_OAUTH1_CONSUMER_KEY and JIRA_OAUTH1_PRIVATE_KEY",
        )
        .args(flags(ACCESS_TOKEN));
    let authorize = Command::new("authorize")
        .about(
            "Steps 1 to 3 with a person in between; needs JIRA_OAUTH1_CONSUMER_KEY and \
             JIRA_OAUTH1_PRIVATE_KEY",
        )
        .args(flags(OAUTH1_AUTHORIZE));
    Command::new("oauth1")
        .about(
            "OAuth 1.0a: a key pair, and an access token that a person grants once, for \
             pipelines that run without one",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands([keygen, request_token, access_token, authorize])
}

fn oauth2() -> Command {
    let authorize = Command::new("authorize")
        .about(
            "Open the consent page, take the code, store the refresh token; needs \
             JIRA_OAUTH2_CLIENT_ID and JIRA_OAUTH2_CLIENT_SECRET",
        )
        .args(flags(OAUTH2_AUTHORIZE));
    Command::new("oauth2")
        .about("OAuth 2.0: let a person consent once, for pipelines that run without one")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(authorize)
}

fn help_command() -> Command {
    let topic = Arg::new(ARGUMENT)
        .value_name("TOPIC")
        .help("credentials or fields");
    Command::new("help")
        .about("Explain the credentials or the fields, with an example each")
        .arg(topic)
}

fn flags(groups: &[Group]) -> impl Iterator<Item = Arg> {
    settings_of(groups).map(flag)
}

fn flag(setting: &'static Setting) -> Arg {
    let arg = Arg::new(setting.flag)
        .long(setting.flag.trim_start_matches('-'))
        .help(help_of(setting))
        .help_heading(heading(setting.group));
    if setting.value == Value::Switch {
        return arg.action(ArgAction::SetTrue);
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
        Group::Issue | Group::Job => Some("What to write"),
        Group::Run | Group::Reporting => Some("The run"),
        Group::Connection => Some("How Jira is reached"),
        _ => None,
    }
}
