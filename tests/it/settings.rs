use crate::program::Program;
use crate::rows::each;
use fake_jira::Jira;
use serde_json::json;

#[test]
fn all_that_is_missing_is_said_at_once_with_flag_and_variable() {
    Program::bare()
        .run()
        .exits(2)
        .says("JIRA_BASE_URL (--base-url) is missing")
        .says("JIRA_ISSUE_KEY (--issue) is missing")
        .says("JIRA_FIELD_ID (--field) is missing")
        .says("JIRA_FIELD_VALUE (--value) is missing")
        .says("no credentials are given")
        .says("basic (JIRA_USERNAME, JIRA_PASSWORD)")
        .says("bearer (JIRA_PERSONAL_TOKEN)");
}

#[test]
fn what_is_wrong_with_a_field_is_said_beside_what_is_missing() {
    Program::bare()
        .set("JIRA_FIELD_TYPE", "selekt")
        .set("JIRA_VALUE_MAP", "success")
        .set("JIRA_FIELD_VALUE_FILE", "/nowhere")
        .run()
        .exits(2)
        .says("JIRA_FIELD_TYPE (--type) is \"selekt\", which is no type")
        .says("JIRA_VALUE_MAP (--value-map) holds \"success\"")
        .says("JIRA_FIELD_VALUE_FILE names no file")
        .says("JIRA_FIELD_ID (--field) is missing");
}

#[test]
fn a_misspelt_variable_is_named() {
    Program::bare()
        .set("JIRA_ISSUE", "HSP-1")
        .set("JIRA_URL", "https://jira.example.com")
        .set("JIRA_USERNAME", "fred")
        .set("JIRA_PASSWD", "hunter2")
        .run()
        .exits(2)
        .says("JIRA_ISSUE is set, did you mean JIRA_ISSUE_KEY?")
        .says("JIRA_URL is set, did you mean JIRA_BASE_URL?")
        .says("JIRA_PASSWD is set, did you mean JIRA_PASSWORD?")
        .hides("hunter2");
}

#[test]
fn an_address_under_another_name_is_asked_about_once() {
    let ran = Program::bare()
        .set("JIRA_URL", "https://jira.example.com")
        .run()
        .exits(2)
        .says("JIRA_URL is set, did you mean JIRA_BASE_URL?");
    assert_eq!(ran.stderr.matches("JIRA_URL").count(), 1, "{ran:?}");
}

#[test]
fn a_misspelt_token_is_no_password() {
    Program::bare()
        .set("JIRA_BASE_URL", "https://jira.example.com")
        .set("JIRA_PAT", "hunter2")
        .set("JIRA_PASSWORD", "hunter2")
        .run()
        .exits(2)
        .says("JIRA_PAT is set, did you mean JIRA_PERSONAL_TOKEN?");
}

#[test]
fn a_text_to_find_the_issue_in_that_was_not_filled_in_is_all_that_is_said_of_the_issue() {
    Program::bare()
        .set("JIRA_BASE_URL", "https://jira.example.com")
        .set("JIRA_PERSONAL_TOKEN", "hunter2")
        .set("JIRA_FIELD_ID", "10314")
        .set("JIRA_FIELD_VALUE", "Passed")
        .set("JIRA_ISSUES_FROM", "${BRANCH}")
        .run()
        .exits(2)
        .says("JIRA_ISSUES_FROM")
        .hides("JIRA_ISSUE_KEY");
}

#[test]
fn a_flag_wins_over_its_variable_and_empty_means_unset() {
    let jira = Jira::server().start();
    Program::seed(&jira)
        .set("JIRA_FIELD_TYPE", "")
        .set("JIRA_API_TOKEN", "")
        .set("JIRA_VALUE_MAP", "")
        .args(&["--issue", "HSP-2", "--value", "Passed"])
        .run()
        .exits(0);
    assert_eq!(jira.field("HSP-2", "customfield_10314")["value"], "Passed");
    assert!(jira.field("HSP-1", "customfield_10314").is_null());
}

#[test]
fn an_empty_value_points_to_the_way_to_clear_a_field() {
    let jira = Jira::server().start();
    Program::seed(&jira)
        .set("JIRA_FIELD_VALUE", "")
        .run()
        .exits(2)
        .says("--set customfield_10314:=null");
    let program = Program::seed(&jira)
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .unset("JIRA_FIELD_TYPE");
    program
        .args(&["--set", "customfield_10314:=null"])
        .run()
        .exits(0);
    assert_eq!(
        jira.writes()[0].json(),
        json!({ "fields": { "customfield_10314": null } })
    );
}

#[test]
fn keys_that_would_change_the_path_never_reach_it() {
    let jira = Jira::server().start();
    let rows = [
        "../../admin",
        "HSP-1?x=y",
        "HSP-1/../../x",
        "HSP-1#",
        "%2e%2e",
        "HSP-1\u{0}x",
    ];
    each(rows, |key| {
        if !key.contains('\0') {
            Program::seed(&jira)
                .set("JIRA_ISSUE_KEY", key)
                .run()
                .exits(2)
                .says("no issue key");
        }
    });
    assert_eq!(jira.requests().len(), 0);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn each_wrong_setting_is_named() {
    let jira = Jira::server().start();
    let rows = [
        (
            "JIRA_BASE_URL",
            "jira.example.com",
            "JIRA_BASE_URL (--base-url) lacks https:// in front",
        ),
        (
            "JIRA_BASE_URL",
            "https://bob:hunter2@jira.example.com",
            "JIRA_BASE_URL (--base-url) holds a user or a password",
        ),
        (
            "JIRA_FIELD_TYPE",
            "selekt",
            "JIRA_FIELD_TYPE (--type) is \"selekt\", which is no type",
        ),
        (
            "JIRA_VALUE_MAP",
            "success",
            "JIRA_VALUE_MAP (--value-map) holds",
        ),
        ("JIRA_FIELDS", "labels", "JIRA_FIELDS (--set)"),
        ("JIRA_FIELDS", "customfield_10314=x", "more than one value"),
        (
            "JIRA_FIELDS",
            "labels=a\nlabels+=b",
            "give labels more than one value",
        ),
        (
            "JIRA_FIELDS",
            "labels-=a\nlabels=b",
            "give labels more than one value",
        ),
        ("JIRA_FIELD_ID", " ", "JIRA_FIELD_ID (--field) is blank"),
        (
            "JIRA_AUTH",
            "digest",
            "JIRA_AUTH (--auth) is \"digest\", which is no method",
        ),
        (
            "JIRA_DRY_RUN",
            "maybe",
            "JIRA_DRY_RUN (--dry-run) must be true or false",
        ),
        (
            "JIRA_OUTPUT",
            "xml",
            "JIRA_OUTPUT (--output) must be text or json",
        ),
        (
            "JIRA_ALLOW_FAILURE",
            "perhaps",
            "JIRA_ALLOW_FAILURE (--allow-failure) must be",
        ),
        ("JIRA_TIMEOUT", "0", "JIRA_TIMEOUT (--timeout) must be"),
        ("JIRA_TIMEOUT", "inf", "JIRA_TIMEOUT (--timeout) must be"),
        ("JIRA_DEADLINE", "-1", "JIRA_DEADLINE (--deadline) must be"),
        (
            "JIRA_MAX_RETRIES",
            "many",
            "JIRA_MAX_RETRIES (--max-retries) must be",
        ),
        (
            "JIRA_CONCURRENCY",
            "0",
            "JIRA_CONCURRENCY (--concurrency) must be",
        ),
        (
            "JIRA_NOTIFY_USERS",
            "si",
            "JIRA_NOTIFY_USERS (--notify-users) must be",
        ),
        (
            "JIRA_CA_BUNDLE",
            "/nowhere.pem",
            "JIRA_CA_BUNDLE names no file",
        ),
        (
            "JIRA_CA_BUNDLE",
            "/",
            "JIRA_CA_BUNDLE names a folder, not a file",
        ),
        ("JIRA_LOG", "loud", "JIRA_LOG (--log) must be"),
        (
            "JIRA_PASSWORD",
            "a\nb",
            "JIRA_PASSWORD holds a control character",
        ),
        (
            "JIRA_PASSWORD_FILE",
            "/nowhere",
            "JIRA_PASSWORD and JIRA_PASSWORD_FILE are both set",
        ),
        (
            "JIRA_PERSONAL_TOKEN_FILE",
            "/nowhere",
            "JIRA_PERSONAL_TOKEN_FILE names no file (its value is not shown: it may be the token itself)",
        ),
    ];
    each(rows, |(variable, value, message)| {
        // Allowed failures would hide the exit code of a usage error.
        let ran = Program::seed(&jira)
            .set(variable, value)
            .run()
            .says(message)
            .hides("hunter2");
        assert_eq!(ran.code, 2, "{variable}: {ran:?}");
        assert_eq!(
            ran.stderr.matches("error: ").count(),
            1,
            "{variable}: {ran:?}"
        );
    });
    assert_eq!(jira.requests().len(), 0);
}

#[test]
fn two_complete_sets_of_credentials_are_an_error_and_auth_chooses() {
    let jira = Jira::data_center().start();
    let token = fake_jira::world::CI_PERSONAL_TOKEN;
    let both = || Program::seed(&jira).set("JIRA_PERSONAL_TOKEN", token);
    both().run().exits(2).says(
        "basic (JIRA_USERNAME, JIRA_PASSWORD) and bearer (JIRA_PERSONAL_TOKEN) are both complete",
    );
    both().set("JIRA_AUTH", "bearer").run().exits(0);
    assert_eq!(
        jira.writes()[0].header("authorization"),
        Some(format!("Bearer {token}").as_str())
    );
    let pairs = Program::seed(&jira)
        .set("JIRA_USER_EMAIL", "a@b")
        .set("JIRA_API_TOKEN", "token");
    pairs
        .set("JIRA_AUTH", "basic")
        .run()
        .exits(2)
        .says("both complete");
    let half = Program::seed(&jira).unset("JIRA_PASSWORD");
    half.run()
        .exits(2)
        .says("lacks JIRA_PASSWORD")
        .hides("JIRA_PERSONAL_TOKEN");
    let spoilt = || {
        both()
            .set("JIRA_OAUTH1_CONSUMER_KEY", "ci")
            .set("JIRA_OAUTH1_PRIVATE_KEY", "no key")
    };
    spoilt().set("JIRA_AUTH", "basic").run().exits(0);
    spoilt()
        .set("JIRA_AUTH", "oauth1")
        .run()
        .exits(2)
        .says("JIRA_OAUTH1_PRIVATE_KEY is no private key");
}

#[test]
fn a_secret_comes_from_a_file_as_well_without_its_line_end_and_byte_order_mark() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(
        &file,
        format!("\u{feff}{}\r\n", fake_jira::world::CI_BOT_PASSWORD),
    )
    .unwrap();
    let program = Program::seed(&jira)
        .unset("JIRA_PASSWORD")
        .set("JIRA_PASSWORD_FILE", file.to_str().unwrap());
    program.run().exits(0);
}

#[test]
fn credentials_over_plain_http_to_another_machine_warn() {
    let jira = Jira::server().start();
    Program::seed(&jira).run().exits(0);
    Program::seed(&jira)
        .set("JIRA_BASE_URL", "http://jira.invalid/jira")
        .args(&["--dry-run"])
        .run()
        .succeeds_saying("warning: JIRA_BASE_URL (--base-url) is http://jira.invalid/jira: the credentials travel unencrypted");
    let rows = [
        "JIRA_CLOUD_API_URL",
        "JIRA_CLOUD_AUTH_URL",
        "JIRA_OAUTH2_TOKEN_URL",
    ];
    each(rows, |variable| {
        let ran = Program::seed(&jira)
            .set(variable, "http://atlassian.invalid/x")
            .args(&["--dry-run"])
            .run()
            .succeeds_saying("travel unencrypted");
        ran.says(&format!(
            "{variable} is http://atlassian.invalid/x: tokens and client secrets travel unencrypted"
        ));
        let encrypted = Program::seed(&jira)
            .set(variable, "https://atlassian.invalid/x")
            .args(&["--dry-run"]);
        encrypted.run().exits(0);
    });
}

#[test]
#[cfg(target_os = "linux")]
fn bytes_that_are_no_text_are_refused_by_name() {
    use std::os::unix::ffi::OsStrExt;
    let mut command = Program::bare().command();
    command
        .env("JIRA_FIELD_VALUE", std::ffi::OsStr::from_bytes(b"\xff"))
        .env("OTHER", std::ffi::OsStr::from_bytes(b"\xff"));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("JIRA_FIELD_VALUE is not valid UTF-8")
    );
}
