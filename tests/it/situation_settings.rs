//! Situations in which nothing is sent, for the settings are wrong.

use crate::program::Program;
use crate::situations::Situation;
use fake_jira::Jira;

/// A variable that is taken away.
const UNSET: &str = "\0unset";

/// The seed's pipeline with other settings.
fn given(
    name: &str,
    variables: &'static [(&'static str, &'static str)],
    cause: &'static str,
    hint: &'static str,
) -> Situation {
    Situation {
        name: name.to_owned(),
        play: Box::new(move || {
            let jira = Jira::server().start();
            let mut program = Program::seed(&jira);
            for (name, value) in variables {
                program = match *value {
                    UNSET => program.unset(name),
                    value => program.set(name, value),
                };
            }
            (program, Box::new(jira))
        }),
        kind: "usage",
        code: 2,
        cause,
        hint,
        id: None,
        lists_choices: name == "no credentials at all",
    }
}

#[rustfmt::skip]
pub fn all() -> Vec<Situation> {
    let quoted = "take the quotation marks away";
    let unfilled = "define what the reference names in the CI system";
    let empty = "the CI system passed no value";
    vec![
        given("no address", &[("JIRA_BASE_URL", UNSET)], "JIRA_BASE_URL (--base-url) is missing", "for example JIRA_BASE_URL=https://jira.example.com/jira"),
        given("an address by another name", &[("JIRA_BASE_URL", UNSET), ("JIRA_URL", "https://jira")], "JIRA_URL is set, did you mean JIRA_BASE_URL?", "JIRA_BASE_URL="),
        given("an empty address", &[("JIRA_BASE_URL", "")], "JIRA_BASE_URL (--base-url) is set but empty", empty),
        given("an address in quotation marks", &[("JIRA_BASE_URL", "\"https://jira.example.com\"")], "JIRA_BASE_URL (--base-url) begins and ends with a quotation mark", quoted),
        given("an address that nobody filled in", &[("JIRA_BASE_URL", "$(JIRA_URL)")], "JIRA_BASE_URL (--base-url) is an unexpanded reference", unfilled),
        given("another scheme", &[("JIRA_BASE_URL", "ftp://jira")], "JIRA_BASE_URL (--base-url) must begin with https://", "for example JIRA_BASE_URL="),
        given("an address without a scheme", &[("JIRA_BASE_URL", "jira.example.com")], "JIRA_BASE_URL (--base-url) lacks https:// in front (not shown: it may hold a password)", "for example JIRA_BASE_URL="),
        given("an address with a password", &[("JIRA_BASE_URL", "https://ci:secret@jira.example.com")], "JIRA_BASE_URL (--base-url) holds a user or a password", "take them out"),
        given("the address of a page", &[("JIRA_BASE_URL", "https://jira.example.com/browse/HSP-1")], "is the address of a page, not of Jira", "Jira's base address is likely https://jira.example.com"),
        given("no issue", &[("JIRA_ISSUE_KEY", UNSET)], "JIRA_ISSUE_KEY (--issue) is missing", "for example JIRA_ISSUE_KEY=HSP-1 (--issue HSP-1)"),
        given("an empty issue", &[("JIRA_ISSUE_KEY", "")], "JIRA_ISSUE_KEY (--issue) is set but empty", empty),
        given("a text that is no issue key", &[("JIRA_ISSUE_KEY", "main")], "JIRA_ISSUE_KEY (--issue) holds \"main\", which is no issue key", "JIRA_ISSUE_KEY=HSP-1"),
        given("a key in quotation marks", &[("JIRA_ISSUE_KEY", "\"HSP-1\"")], "JIRA_ISSUE_KEY (--issue) begins and ends with a quotation mark", quoted),
        given("a key that nobody filled in", &[("JIRA_ISSUE_KEY", "${ISSUE}")], "JIRA_ISSUE_KEY (--issue) is \"${ISSUE}\": nobody put a value in its place", unfilled),
        given("a text without a key", &[("JIRA_ISSUE_KEY", UNSET), ("JIRA_ISSUES_FROM", "main")], "JIRA_ISSUES_FROM (--issues-from) finds no issue key", "JIRA_IF_NO_ISSUE=skip (--if-no-issue skip)"),
        given("a text that is no project's key", &[("JIRA_PROJECT_KEYS", "my project!")], "JIRA_PROJECT_KEYS (--project) holds \"project!\"", "JIRA_PROJECT_KEYS=HSP"),
        given("no field", &[("JIRA_FIELD_ID", UNSET)], "JIRA_FIELD_ID (--field) is missing: the field to write", "JIRA_FIELD_ID=customfield_10314"),
        given("a field in quotation marks", &[("JIRA_FIELD_ID", "'Build status'")], "JIRA_FIELD_ID (--field) begins and ends with a quotation mark", quoted),
        given("no value", &[("JIRA_FIELD_VALUE", UNSET)], "JIRA_FIELD_VALUE (--value) is missing or empty", "to clear the field use --set customfield_10314:=null"),
        given("an empty value", &[("JIRA_FIELD_VALUE", "")], "JIRA_FIELD_VALUE (--value) is set but empty", "to clear the field use --set customfield_10314:=null"),
        given("a value that nobody filled in", &[("JIRA_FIELD_VALUE", "${{ job.status }}")], "JIRA_FIELD_VALUE (--value) is \"${{ job.status }}\": nobody put a value in its place", unfilled),
        given("a value and its file", &[("JIRA_FIELD_VALUE_FILE", "result.txt")], "JIRA_FIELD_VALUE (--value) and JIRA_FIELD_VALUE_FILE (--value-file) are both set", "unset one of them"),
        given("a value file that is not there", &[("JIRA_FIELD_VALUE", UNSET), ("JIRA_FIELD_VALUE_FILE", "absent.txt")], "JIRA_FIELD_VALUE_FILE names no file", "JIRA_FIELD_VALUE_FILE="),
        given("an unknown type", &[("JIRA_FIELD_TYPE", "dropdown")], "JIRA_FIELD_TYPE (--type) is \"dropdown\", which is no type", "it is auto or one of select "),
        given("a value map without an equals sign", &[("JIRA_VALUE_MAP", "success")], "JIRA_VALUE_MAP (--value-map) holds \"success\", which is no WORD=VALUE", "JIRA_VALUE_MAP='success=Passed, *=Failed'"),
        given("a further field without a value", &[("JIRA_FIELDS", "Build number")], "JIRA_FIELDS (--set), the 1. one, holds no operator", "write FIELD=TEXT"),
        given("a field twice", &[("JIRA_FIELDS", "customfield_10314=Passed")], "customfield_10314", ""),
        given("no password", &[("JIRA_PASSWORD", UNSET)], "basic (JIRA_USERNAME, JIRA_PASSWORD) lacks JIRA_PASSWORD", "set JIRA_PASSWORD from a secret"),
        given("an empty password", &[("JIRA_PASSWORD", "")], "JIRA_PASSWORD is set but empty", "the CI system passed no secret"),
        given("a password that nobody filled in", &[("JIRA_PASSWORD", "$(JIRA_PASSWORD)")], "JIRA_PASSWORD is an unexpanded reference", unfilled),
        given("a masked password", &[("JIRA_PASSWORD", "***")], "JIRA_PASSWORD is a mask", unfilled),
        given("a token in place of a path", &[("JIRA_PASSWORD", UNSET), ("JIRA_PERSONAL_TOKEN_FILE", "NjE2OTY2MzQ1NTY4OtgXq8oZ")], "JIRA_PERSONAL_TOKEN_FILE names no file (its value is not shown: it may be the token itself)", "JIRA_PERSONAL_TOKEN_FILE="),
        given("a password and its file", &[("JIRA_PASSWORD_FILE", "password.txt")], "JIRA_PASSWORD and JIRA_PASSWORD_FILE are both set", "unset one of them"),
        given("a password in two lines", &[("JIRA_PASSWORD", "two\nlines")], "JIRA_PASSWORD holds a control character", ""),
        given("a user in two lines", &[("JIRA_USERNAME", "ci\nbot")], "JIRA_USERNAME holds a control character", ""),
        given("no credentials at all", &[("JIRA_PASSWORD", UNSET), ("JIRA_USERNAME", UNSET)], "no credentials are given; set those of one kind", "jira-build-status help credentials"),
        given("two methods", &[("JIRA_PERSONAL_TOKEN", "abcdefgh")], "basic (JIRA_USERNAME, JIRA_PASSWORD) and bearer (JIRA_PERSONAL_TOKEN) are both complete", "JIRA_AUTH=basic (--auth basic)"),
        given("an unknown method", &[("JIRA_AUTH", "kerberos")], "JIRA_AUTH (--auth) is \"kerberos\", which is no method", "it is one of basic session bearer oauth1 oauth2 connect"),
        given("a text that is no RSA key", &[("JIRA_AUTH", "oauth1"), ("JIRA_OAUTH1_CONSUMER_KEY", "jenkins"), ("JIRA_OAUTH1_PRIVATE_KEY", "no key"), ("JIRA_OAUTH1_ACCESS_TOKEN", "abcdefgh")], "JIRA_OAUTH1_PRIVATE_KEY", ""),
        given("a refresh token in a variable", &[("JIRA_OAUTH2_REFRESH_TOKEN", "abcdefgh")], "JIRA_OAUTH2_REFRESH_TOKEN cannot be used", "JIRA_OAUTH2_REFRESH_TOKEN_FILE"),
        given("a text that is no site's id", &[("JIRA_CLOUD_ID", "no id")], "JIRA_CLOUD_ID (--cloud-id) must be auto or a site's id, not \"no id\"", "JIRA_CLOUD_ID=auto"),
        given("a time that is no number", &[("JIRA_TIMEOUT", "soon")], "JIRA_TIMEOUT (--timeout) must be a number of seconds above 0, not \"soon\"", "JIRA_TIMEOUT=30 (--timeout 30)"),
        given("a number that is too small", &[("JIRA_CONCURRENCY", "0")], "JIRA_CONCURRENCY (--concurrency) must be a whole number from 1 on, not \"0\"", "JIRA_CONCURRENCY=4"),
        given("a switch that is neither true nor false", &[("JIRA_DRY_RUN", "perhaps")], "JIRA_DRY_RUN (--dry-run) must be true or false, not \"perhaps\"", "JIRA_DRY_RUN=true"),
        given("a log level that there is not", &[("JIRA_LOG", "loud")], "JIRA_LOG (--log) must be error, warn, info, debug, trace or a list of target=level", "JIRA_LOG=debug"),
        given("a certificate file that is not there", &[("JIRA_CA_BUNDLE", "absent.pem")], "JIRA_CA_BUNDLE names no file", "JIRA_CA_BUNDLE=ca.pem"),
        given("a proxy's address with an unknown scheme", &[("HTTP_PROXY", "gopher://proxy")], "HTTP_PROXY", ""),
    ]
}
