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
    /// `true` where the flag has no value behind an equals sign.
    Boolean,
    /// `true` where the flag has no value, neither behind an equals sign nor as the
    /// next argument.
    LooseBoolean,
    Switch,
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
        format!("{}={value} ({} {value})", self.variable, self.flag)
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
        $placeholder:literal $default:literal $help:literal;
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
                help: $help,
            };
        )*

        /// All of them, in the order of the help.
        pub(crate) const SETTINGS: &[&Setting] = &[$($name),*];
    };
}

use Value::{Boolean, Count, File, List, LooseBoolean, Seconds, Secret, SecretLines, Switch, Text};

// Name, flag, variable, group, value, placeholder, default, help.
settings! {
    ISSUE_KEY "--issue" "JIRA_ISSUE_KEY" Issue List, "KEYS" ""
        "Issue keys or ids, separated or as a JSON array";
    ISSUES_FROM "--issues-from" "JIRA_ISSUES_FROM" Issue Text, "TEXT" ""
        "A text that holds keys, such as a branch's name; ci: the CI's variables";
    PROJECT_KEYS "--project" "JIRA_PROJECT_KEYS" Issue List, "KEYS" ""
        "Of the keys in the text, only those of these projects";
    IF_NO_ISSUE "--if-no-issue" "JIRA_IF_NO_ISSUE" Issue Text, "WHAT" "fail"
        "fail or skip, where the text holds no key";
    FIELD_ID "--field" "JIRA_FIELD_ID" Job Text, "FIELD" ""
        "customfield_10314, 10314, a system field's id or a name";
    FIELD_VALUE "--value" "JIRA_FIELD_VALUE" Job Text, "TEXT" ""
        "The value as text";
    FIELD_TYPE "--type" "JIRA_FIELD_TYPE" Job Text, "TYPE" ""
        "The value's shape: auto asks Jira; see help fields";
    VALUE_MAP "--value-map" "JIRA_VALUE_MAP" Job Text, "PAIRS" ""
        "success=Passed, failure=Failed, *=Unknown";
    FIELDS "--set" "JIRA_FIELDS" Job List, "FIELD=TEXT" ""
        "Further fields: FIELD=TEXT, FIELD:=JSON, FIELD+=TEXT, FIELD-=TEXT";
    NOTIFY_USERS "--notify-users" "JIRA_NOTIFY_USERS" Job LooseBoolean, "BOOL" ""
        "true or false; sent only when set";

    DRY_RUN "--dry-run" "JIRA_DRY_RUN" Run Boolean, "BOOL" ""
        "Do everything but the write; show the exact body";
    DOTENV "--dotenv" "JIRA_DOTENV" Run File, "FILE" ""
        "Results as variables for GitLab, in this file";
    CONCURRENCY "--concurrency" "JIRA_CONCURRENCY" Run Count(1), "N" "4"
        "Issues written at once";

    OUTPUT "--output" "JIRA_OUTPUT" Reporting Text, "FORMAT" "text"
        "text or json";
    ALLOW_FAILURE "--allow-failure" "JIRA_ALLOW_FAILURE" Reporting Boolean, "BOOL" ""
        "Report a failure, exit 0";

    BASE_URL "--base-url" "JIRA_BASE_URL" Connection Text, "URL" ""
        "Jira's address with its context path";
    AUTH "--auth" "JIRA_AUTH" Connection Text, "METHOD" ""
        "Which of the credentials given: basic session bearer oauth1 oauth2 connect";
    CLOUD_ID "--cloud-id" "JIRA_CLOUD_ID" Connection Text, "ID" ""
        "Go through the Cloud gateway; auto asks the site for its id";
    TIMEOUT "--timeout" "JIRA_TIMEOUT" Connection Seconds, "SECONDS" "30"
        "Seconds for one attempt";
    DEADLINE "--deadline" "JIRA_DEADLINE" Connection Seconds, "SECONDS" "120"
        "Seconds for everything";
    MAX_RETRIES "--max-retries" "JIRA_MAX_RETRIES" Connection Count(0), "N" "4"
        "Retries per issue";
    CA_BUNDLE "--ca-bundle" "JIRA_CA_BUNDLE" Connection File, "FILE" ""
        "PEM certificates trusted besides the system's";
    CLIENT_CERT "--client-cert" "JIRA_CLIENT_CERT" Connection File, "FILE" ""
        "PEM certificate that we present, with its key or without";
    CLIENT_KEY "--client-key" "JIRA_CLIENT_KEY" Connection File, "FILE" ""
        "PEM key of the client certificate";
    INSECURE "--insecure" "JIRA_INSECURE" Connection Boolean, "BOOL" ""
        "Check no certificate; warns every time";
    PROXY "--proxy" "" Connection Text, "URL" ""
        "http, https, socks5 or socks5h address, or '' [env: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY]";
    NO_PROXY "--no-proxy" "" Connection Text, "LIST" ""
        "Hosts, suffixes, addresses, ranges or '*' reached without a proxy [env: NO_PROXY]";
    LOG "--log" "JIRA_LOG" Connection Text, "LEVEL" "warn"
        "error, warn, info, debug, trace or target=level";

    KEYGEN_OUT "--out" "" Keygen File, "DIR" ""
        "The folder that takes both files (the current one); nothing is overwritten";
    REQUEST_TOKEN "--request-token" "" AccessToken Secret, "TOKEN" ""
        "What request-token printed";
    VERIFIER "--verifier" "" AccessToken Secret, "CODE" ""
        "The code that the page showed";
    ACCESS_TOKEN_OUT "--out" "" AccessToken File, "FILE" "jira-oauth1.token"
        "A new file for the access token; - is standard output";
    CALLBACK "--callback" "" OAuth1Authorize Switch, "" ""
        "Let the browser bring the code to this machine, in place of typing it";
    AUTHORIZE_OUT "--out" "" OAuth1Authorize File, "FILE" "jira-oauth1.token"
        "A new file for the access token; - is standard output";
    PORT "--port" "" OAuth2Authorize Count(1), "N" "8765"
        "The redirect address is http://localhost:N/callback";
    OAUTH2_SCOPE "--scope" "JIRA_OAUTH2_SCOPE" OAuth2Authorize Text, "SCOPE" ""
        "What to ask for, by white space";
    REFRESH_TOKEN_OUT "--out" "" OAuth2Authorize File, "FILE" "jira-oauth2.token"
        "Where the refresh token goes; - is standard output";

    USERNAME "" "JIRA_USERNAME" Environment Text, "" "" "";
    PASSWORD "" "JIRA_PASSWORD" Environment Secret, "" "" "";
    PASSWORD_FILE "" "JIRA_PASSWORD_FILE" Environment File, "" "" "";
    USER_EMAIL "" "JIRA_USER_EMAIL" Environment Text, "" "" "";
    API_TOKEN "" "JIRA_API_TOKEN" Environment Secret, "" "" "";
    API_TOKEN_FILE "" "JIRA_API_TOKEN_FILE" Environment File, "" "" "";
    PERSONAL_TOKEN "" "JIRA_PERSONAL_TOKEN" Environment Secret, "" "" "";
    PERSONAL_TOKEN_FILE "" "JIRA_PERSONAL_TOKEN_FILE" Environment File, "" "" "";
    OAUTH1_CONSUMER_KEY "" "JIRA_OAUTH1_CONSUMER_KEY" Environment Text, "" "" "";
    OAUTH1_PRIVATE_KEY "" "JIRA_OAUTH1_PRIVATE_KEY" Environment SecretLines, "" "" "";
    OAUTH1_PRIVATE_KEY_FILE "" "JIRA_OAUTH1_PRIVATE_KEY_FILE" Environment File, "" "" "";
    OAUTH1_ACCESS_TOKEN "" "JIRA_OAUTH1_ACCESS_TOKEN" Environment Secret, "" "" "";
    OAUTH1_ACCESS_TOKEN_FILE "" "JIRA_OAUTH1_ACCESS_TOKEN_FILE" Environment File, "" "" "";
    OAUTH2_ACCESS_TOKEN "" "JIRA_OAUTH2_ACCESS_TOKEN" Environment Secret, "" "" "";
    OAUTH2_ACCESS_TOKEN_FILE "" "JIRA_OAUTH2_ACCESS_TOKEN_FILE" Environment File, "" "" "";
    OAUTH2_CLIENT_ID "" "JIRA_OAUTH2_CLIENT_ID" Environment Text, "" "" "";
    OAUTH2_CLIENT_SECRET "" "JIRA_OAUTH2_CLIENT_SECRET" Environment Secret, "" "" "";
    OAUTH2_CLIENT_SECRET_FILE "" "JIRA_OAUTH2_CLIENT_SECRET_FILE" Environment File, "" "" "";
    OAUTH2_REFRESH_TOKEN "" "JIRA_OAUTH2_REFRESH_TOKEN" Environment Secret, "" "" "";
    OAUTH2_REFRESH_TOKEN_FILE "" "JIRA_OAUTH2_REFRESH_TOKEN_FILE" Environment File, "" "" "";
    OAUTH2_TOKEN_URL "" "JIRA_OAUTH2_TOKEN_URL" Environment Text, "" "" "";
    CONNECT_APP_KEY "" "JIRA_CONNECT_APP_KEY" Environment Text, "" "" "";
    CONNECT_SHARED_SECRET "" "JIRA_CONNECT_SHARED_SECRET" Environment Secret, "" "" "";
    CONNECT_SHARED_SECRET_FILE "" "JIRA_CONNECT_SHARED_SECRET_FILE" Environment File, "" "" "";
    CLOUD_API_URL "" "JIRA_CLOUD_API_URL" Environment Text, "" "https://api.atlassian.com" "";
    CLOUD_AUTH_URL "" "JIRA_CLOUD_AUTH_URL" Environment Text, "" "https://auth.atlassian.com" "";
}

/// What every variable of ours begins with.
pub(crate) const PREFIX: &str = "JIRA_";

/// Variables of other programs that say how the network is reached.
pub(crate) const THIRD_PARTY: [&str; 11] = [
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
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const README: &str = include_str!("../README.md");

    /// The words of the README's tables that begin so.
    fn in_tables(start: &str) -> BTreeSet<&'static str> {
        let rows = README.lines().filter(|line| line.starts_with("| "));
        rows.flat_map(|row| row.split('`').skip(1).step_by(2))
            .flat_map(|code| code.split([' ', '=', ',']))
            .filter(|word| word.starts_with(start) && !word.ends_with('_'))
            .collect()
    }

    #[test]
    fn the_readmes_tables_hold_every_variable_and_no_other() {
        let secret_files: Vec<String> = SETTINGS
            .iter()
            .filter(|setting| matches!(setting.value, Secret | SecretLines))
            .map(|setting| format!("{}_FILE", setting.variable))
            .collect();
        let documented = in_tables(PREFIX);
        for name in SETTINGS.iter().map(|setting| setting.variable) {
            let by_rule = secret_files.iter().any(|file| file == name);
            let refused = name == OAUTH2_REFRESH_TOKEN.variable;
            assert!(
                name.is_empty() || by_rule || refused || documented.contains(name),
                "the README's tables lack {name}"
            );
        }
        for name in documented {
            let known = SETTINGS.iter().any(|setting| setting.variable == name);
            // What the dotenv file is made of is no setting.
            assert!(known || name.starts_with("JIRA_REPORT_"), "{name} is none");
        }
    }

    #[test]
    fn the_readmes_table_of_settings_holds_every_flag_beside_its_variable() {
        for setting in SETTINGS {
            let common = matches!(
                setting.group,
                Group::Issue | Group::Job | Group::Run | Group::Reporting | Group::Connection
            );
            if !common {
                continue;
            }
            let (flag, variable) = (
                format!("`{}`", setting.flag),
                format!("`{}`", setting.variable),
            );
            let row = README
                .lines()
                .find(|line| line.starts_with("| `--") && line.contains(&flag));
            let row = row.unwrap_or_else(|| panic!("the README's table lacks {flag}"));
            assert!(
                setting.variable.is_empty() || row.contains(&variable),
                "{row}"
            );
            assert_eq!(
                setting.value == List,
                row.contains("repeatable"),
                "whether {flag} may be repeated: {row}"
            );
        }
    }

    #[test]
    fn no_name_stands_in_two_rows_of_a_group() {
        for (at, setting) in SETTINGS.iter().enumerate() {
            for other in &SETTINGS[at + 1..] {
                let same_flag = setting.flag == other.flag && setting.group == other.group;
                assert!(!same_flag || setting.flag.is_empty(), "{setting}");
                let same_variable = setting.variable == other.variable;
                assert!(!same_variable || setting.variable.is_empty(), "{setting}");
            }
        }
    }

    #[test]
    fn every_secret_and_proxy_is_among_the_variables() {
        for name in [
            "JIRA_OAUTH2_CLIENT_SECRET",
            "JIRA_PASSWORD",
            "JIRA_API_TOKEN",
            "HTTPS_PROXY",
            "all_proxy",
        ] {
            assert!(variables().any(|known| known == name), "{name}");
        }
    }
}
