//! The one table of settings. A new setting is a row here, and the code that
//! uses it.

use std::fmt;

/// One setting, by the names that people give it. Shown as in
/// `JIRA_BASE_URL (--base-url)`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    /// With its hyphens; empty where there is none: secrets have no flag, because
    /// every process on a machine can read a command line.
    pub flag: &'static str,
    /// The environment variable's name; empty where the setting has none.
    pub variable: &'static str,
    /// The commands that take the flag.
    pub group: Group,
    pub value: Value,
    /// Stands for the value in the help.
    pub placeholder: &'static str,
    /// What an unset one means; empty where that is no value.
    pub default: &'static str,
    /// A value that is right; empty for a secret and for what has no value.
    pub example: &'static str,
    /// One sentence; the default and the variable are added to it.
    pub help: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Which issues: the main job, `check` and `fields`.
    Issue,
    /// What is written: the main job and `check`.
    Job,
    Run,
    /// What is reported: every command but `help`.
    Reporting,
    Connection,
    Keygen,
    AccessToken,
    OAuth1Authorize,
    OAuth2Authorize,
    /// No command takes it as a flag; it holds for all.
    Environment,
}

/// What kind of text a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Any text, whose meaning the code that uses it knows.
    Text,
    /// May be given several times, each time with one value.
    List,
    /// One of a few words, or a number.
    Choice,
    /// Whose credentials they are: no secret.
    Name,
    /// A field's id or name, in which blanks count.
    Field,
    /// Where a server is.
    Address,
    /// `true` where the flag has no value behind an equals sign.
    Boolean,
    /// `true` where the flag has no value, neither behind an equals sign nor as the
    /// next argument.
    LooseBoolean,
    Switch,
    /// The same, and what counts is how often it stands there.
    Counted,
    /// Seconds above 0, fractions allowed.
    Seconds,
    /// A whole number, from this one on.
    Count(u32),
    File,
    /// One line that is never shown.
    Secret,
    /// Several lines that are never shown.
    SecretLines,
}

impl Setting {
    /// Both ways to give it this value, as in `JIRA_OUTPUT=json (--output json)`.
    pub(crate) fn set_to(&self, value: &str) -> String {
        let quoted = value.contains([' ', '*']).then(|| format!("'{value}'"));
        let value = quoted.as_deref().unwrap_or(value);
        match (self.variable, self.flag) {
            (variable, "") => format!("{variable}={value}"),
            ("", flag) => format!("{flag} {value}"),
            (variable, flag) => format!("{variable}={value} ({flag} {value})"),
        }
    }

    /// How to give it a value that is right.
    pub(crate) fn hint(&self) -> String {
        match self.value {
            Value::Secret | Value::SecretLines if self.flag.is_empty() => {
                let variable = self.variable;
                format!(
                    "set {variable} from a secret of the CI system, or {variable}_FILE to a file's path"
                )
            }
            _ if self.example.is_empty() => format!("jira-build-status --help shows {self}"),
            _ => format!("for example {}", self.set_to(self.example)),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.variable, self.flag) {
            (variable, "") => f.write_str(variable),
            ("", flag) => f.write_str(flag),
            (variable, flag) => write!(f, "{variable} ({flag})"),
        }
    }
}

macro_rules! settings {
    ($(
        $name:ident $flag:literal $variable:literal $group:ident $value:expr,
        $placeholder:literal $default:literal $example:literal $help:literal;
    )*) => {
        $(
            #[doc = concat!("`", $flag, "` `", $variable, "`")]
            pub(crate) const $name: &Setting = &Setting {
                flag: $flag,
                variable: $variable,
                group: Group::$group,
                value: $value,
                placeholder: $placeholder,
                default: $default,
                example: $example,
                help: $help,
            };
        )*

        /// All of them, in the order of the help.
        pub(crate) const SETTINGS: &[&Setting] = &[$($name),*];
    };
}

use Value::{
    Address, Boolean, Choice, Count, Counted, Field, File, List, LooseBoolean, Name, Seconds,
    Secret, SecretLines, Switch, Text,
};

// Name, flag, variable, group, value, placeholder, default, example, help.
settings! {
    ISSUE_KEY "--issue" "JIRA_ISSUE_KEY" Issue List, "KEYS" "" "HSP-1"
        "Write to these issues: keys or ids, by commas";
    ISSUES_FROM "--issues-from" "JIRA_ISSUES_FROM" Issue Text, "TEXT" "" "ci"
        "Find keys in this text; ci: the CI's variables";
    PROJECT_KEYS "--project" "JIRA_PROJECT_KEYS" Issue List, "KEYS" "" "HSP"
        "Take only keys of these projects";
    IF_NO_ISSUE "--if-no-issue" "JIRA_IF_NO_ISSUE" Issue Choice, "WHAT" "fail" "skip"
        "Where no key is found: fail or skip";
    FIELD_ID "--field" "JIRA_FIELD_ID" Job Field, "FIELD" "" "customfield_10314"
        "Write this field: its id or its name";
    FIELD_VALUE "--value" "JIRA_FIELD_VALUE" Job Text, "TEXT" "" "Passed"
        "Write this value";
    FIELD_VALUE_FILE "--value-file" "JIRA_FIELD_VALUE_FILE" Job File, "PATH" "" "result.txt"
        "Read the value from PATH; - is stdin";
    FIELD_TYPE "--type" "JIRA_FIELD_TYPE" Job Choice, "TYPE" "" "select"
        "Take the value as TYPE; see help fields";
    VALUE_MAP "--value-map" "JIRA_VALUE_MAP" Job Text, "PAIRS" "" "success=Passed, *=Failed"
        "Translate the value: success=Passed, *=Failed";
    FIELDS "--set" "JIRA_FIELDS" Job List, "FIELD=TEXT" "" "Build number=42"
        "Write more: FIELD=TEXT, :=JSON, +=, -=";
    COMMENT "--comment" "JIRA_COMMENT" Job Text, "TEXT" "" "Build 42 passed"
        "Add this comment in the same request";
    NOTIFY_USERS "--notify-users" "JIRA_NOTIFY_USERS" Job LooseBoolean, "BOOL" "" "false"
        "Mail the watchers or not: true or false";

    DRY_RUN "--dry-run" "JIRA_DRY_RUN" Run Boolean, "BOOL" "" "true"
        "Show what would be sent, write nothing";
    DOTENV "--dotenv" "JIRA_DOTENV" Run File, "FILE" "" "jira.env"
        "Put the results into this dotenv file";
    IF_NO_CREDENTIALS "--if-no-credentials" "JIRA_IF_NO_CREDENTIALS" Run Choice, "WHAT" "fail" "skip"
        "Without secrets: fail or skip";
    CONCURRENCY "--concurrency" "JIRA_CONCURRENCY" Run Count(1), "N" "4" "4"
        "Write so many issues at once";

    OUTPUT "--output" "JIRA_OUTPUT" Reporting Choice, "FORMAT" "text" "json"
        "Print text or json";
    ALLOW_FAILURE "--allow-failure" "JIRA_ALLOW_FAILURE" Reporting Boolean, "BOOL" "" "true"
        "Report a failure, exit 0";

    BASE_URL "--base-url" "JIRA_BASE_URL" Connection Address, "URL" "" "https://jira.example.com/jira"
        "Use the Jira at this URL, with its context path";
    AUTH "--auth" "JIRA_AUTH" Connection Choice, "METHOD" "" "basic"
        "Use basic session bearer oauth1 oauth2 connect";
    CLOUD_ID "--cloud-id" "JIRA_CLOUD_ID" Connection Choice, "ID" "" "auto"
        "Go through Cloud's gateway by this id, or auto";
    TIMEOUT "--timeout" "JIRA_TIMEOUT" Connection Seconds, "SECONDS" "30" "30"
        "Give up an attempt after so many seconds";
    DEADLINE "--deadline" "JIRA_DEADLINE" Connection Seconds, "SECONDS" "120" "120"
        "Give up the run after so many seconds";
    MAX_RETRIES "--max-retries" "JIRA_MAX_RETRIES" Connection Count(0), "N" "4" "4"
        "Try again so many times for an issue";
    CA_BUNDLE "--ca-bundle" "JIRA_CA_BUNDLE" Connection File, "FILE" "" "ca.pem"
        "Trust these PEM certificates, too";
    CLIENT_CERT "--client-cert" "JIRA_CLIENT_CERT" Connection File, "FILE" "" "client.pem"
        "Present this PEM certificate";
    CLIENT_KEY "--client-key" "JIRA_CLIENT_KEY" Connection File, "FILE" "" "client.key"
        "Use this PEM key for it";
    INSECURE "--insecure" "JIRA_INSECURE" Connection Boolean, "BOOL" "" "true"
        "Check no certificate; warns every time";
    PROXY "--proxy" "" Connection Address, "URL" "" "http://proxy.example.com:3128"
        "Use this proxy, '' for none [env: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY]";
    NO_PROXY "--no-proxy" "" Connection Text, "LIST" "" "localhost,.example.com"
        "Use no proxy for these hosts, '*' for all [env: NO_PROXY]";
    VERBOSE "-v" "" Connection Counted, "" "" ""
        "Log more: -v is --log info, -vv is --log debug";
    QUIET "-q" "" Connection Switch, "" "" ""
        "Show errors alone";
    LOG "--log" "JIRA_LOG" Connection Choice, "LEVEL" "warn" "debug"
        "Log this and worse: error warn info debug trace";

    KEYGEN_OUT "--out" "" Keygen File, "DIR" "" "keys"
        "Put both files into this folder (the current one)";
    REQUEST_TOKEN "--request-token" "" AccessToken Secret, "TOKEN" "" ""
        "Give what request-token printed";
    VERIFIER "--verifier" "" AccessToken Secret, "CODE" "" ""
        "Give the code that the page showed";
    ACCESS_TOKEN_OUT "--out" "" AccessToken File, "FILE" "jira-oauth1.token" "jira-oauth1.token"
        "Make this file for the token; - is stdout";
    CALLBACK "--callback" "" OAuth1Authorize Switch, "" "" ""
        "Let the browser bring the code instead of typing it";
    AUTHORIZE_OUT "--out" "" OAuth1Authorize File, "FILE" "jira-oauth1.token" "jira-oauth1.token"
        "Make this file for the token; - is stdout";
    PORT "--port" "" OAuth2Authorize Count(1), "N" "8765" "8765"
        "Listen at http://localhost:N/callback";
    OAUTH2_SCOPE "--scope" "JIRA_OAUTH2_SCOPE" OAuth2Authorize Text, "SCOPE" "" "WRITE"
        "Ask for these scopes, by white space";
    REFRESH_TOKEN_OUT "--out" "" OAuth2Authorize File, "FILE" "jira-oauth2.token" "jira-oauth2.token"
        "Put the refresh token here; - is stdout";

    USERNAME "" "JIRA_USERNAME" Environment Name, "" "" "ci-bot" "";
    PASSWORD "" "JIRA_PASSWORD" Environment Secret, "" "" "" "";
    PASSWORD_FILE "" "JIRA_PASSWORD_FILE" Environment File, "" "" "/run/secrets/password" "";
    USER_EMAIL "" "JIRA_USER_EMAIL" Environment Name, "" "" "ci@example.com" "";
    API_TOKEN "" "JIRA_API_TOKEN" Environment Secret, "" "" "" "";
    API_TOKEN_FILE "" "JIRA_API_TOKEN_FILE" Environment File, "" "" "/run/secrets/api-token" "";
    PERSONAL_TOKEN "" "JIRA_PERSONAL_TOKEN" Environment Secret, "" "" "" "";
    PERSONAL_TOKEN_FILE "" "JIRA_PERSONAL_TOKEN_FILE" Environment File, "" "" "/run/secrets/personal-token" "";
    OAUTH1_CONSUMER_KEY "" "JIRA_OAUTH1_CONSUMER_KEY" Environment Name, "" "" "jenkins" "";
    OAUTH1_PRIVATE_KEY "" "JIRA_OAUTH1_PRIVATE_KEY" Environment SecretLines, "" "" "" "";
    OAUTH1_PRIVATE_KEY_FILE "" "JIRA_OAUTH1_PRIVATE_KEY_FILE" Environment File, "" "" "jira-oauth1.private.pem" "";
    OAUTH1_ACCESS_TOKEN "" "JIRA_OAUTH1_ACCESS_TOKEN" Environment Secret, "" "" "" "";
    OAUTH1_ACCESS_TOKEN_FILE "" "JIRA_OAUTH1_ACCESS_TOKEN_FILE" Environment File, "" "" "jira-oauth1.token" "";
    OAUTH2_ACCESS_TOKEN "" "JIRA_OAUTH2_ACCESS_TOKEN" Environment Secret, "" "" "" "";
    OAUTH2_ACCESS_TOKEN_FILE "" "JIRA_OAUTH2_ACCESS_TOKEN_FILE" Environment File, "" "" "/run/secrets/oauth2-access-token" "";
    OAUTH2_CLIENT_ID "" "JIRA_OAUTH2_CLIENT_ID" Environment Name, "" "" "" "";
    OAUTH2_CLIENT_SECRET "" "JIRA_OAUTH2_CLIENT_SECRET" Environment Secret, "" "" "" "";
    OAUTH2_CLIENT_SECRET_FILE "" "JIRA_OAUTH2_CLIENT_SECRET_FILE" Environment File, "" "" "/run/secrets/oauth2-client-secret" "";
    OAUTH2_REFRESH_TOKEN "" "JIRA_OAUTH2_REFRESH_TOKEN" Environment Secret, "" "" "" "";
    OAUTH2_REFRESH_TOKEN_FILE "" "JIRA_OAUTH2_REFRESH_TOKEN_FILE" Environment File, "" "" "jira-oauth2.token" "";
    OAUTH2_TOKEN_URL "" "JIRA_OAUTH2_TOKEN_URL" Environment Address, "" "" "https://jira.example.com/rest/oauth2/latest/token" "";
    CONNECT_APP_KEY "" "JIRA_CONNECT_APP_KEY" Environment Name, "" "" "com.example.app" "";
    CONNECT_SHARED_SECRET "" "JIRA_CONNECT_SHARED_SECRET" Environment Secret, "" "" "" "";
    CONNECT_SHARED_SECRET_FILE "" "JIRA_CONNECT_SHARED_SECRET_FILE" Environment File, "" "" "/run/secrets/connect-shared-secret" "";
    CLOUD_API_URL "" "JIRA_CLOUD_API_URL" Environment Address, "" "https://api.atlassian.com" "https://api.atlassian.com" "";
    CLOUD_AUTH_URL "" "JIRA_CLOUD_AUTH_URL" Environment Address, "" "https://auth.atlassian.com" "https://auth.atlassian.com" "";
}

/// What every variable of ours begins with.
pub(crate) const PREFIX: &str = "JIRA_";

/// Names that other programs give such settings, with what they may mean here,
/// the likeliest first.
pub(crate) const NAMED_ELSEWHERE: &[(&str, &[&Setting])] = &[
    ("JIRA_URL", &[BASE_URL]),
    ("JIRA_HOST", &[BASE_URL]),
    ("JIRA_DOMAIN", &[BASE_URL]),
    ("JIRA_SERVER", &[BASE_URL]),
    ("JIRA_SERVER_URL", &[BASE_URL]),
    ("JIRA_SITE", &[BASE_URL]),
    ("JIRA_API_URL", &[BASE_URL]),
    ("JIRA_USER", &[USERNAME, USER_EMAIL]),
    ("JIRA_LOGIN", &[USERNAME, USER_EMAIL]),
    ("JIRA_EMAIL", &[USER_EMAIL, USERNAME]),
    ("JIRA_PAT", &[PERSONAL_TOKEN]),
    ("JIRA_BEARER_TOKEN", &[PERSONAL_TOKEN]),
    ("JIRA_TOKEN", &[API_TOKEN, PERSONAL_TOKEN]),
];

/// Variables of other programs that say how the network is reached, and whether a
/// terminal shows colours.
pub(crate) const THIRD_PARTY: [&str; 13] = [
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "HTTP_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "REQUEST_METHOD",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NO_COLOR",
    "TERM",
];

/// Every variable that a secret of ours may stand in.
pub(crate) fn variables() -> impl Iterator<Item = &'static str> {
    let ours = SETTINGS.iter().map(|setting| setting.variable);
    let proxies = THIRD_PARTY
        .into_iter()
        .filter(|name| name.to_ascii_lowercase().ends_with("_proxy"));
    ours.filter(|name| !name.is_empty()).chain(proxies)
}

#[cfg(test)]
mod tests;
