use crate::program::Program;
use jira_build_status::credentials::AuthMethod;
use jira_build_status::output::Reporting;
use jira_stand_in::Jira;
use serde_json::{Value, json};

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
    for key in [
        "../../admin",
        "HSP-1?x=y",
        "HSP-1/../../x",
        "HSP-1#",
        "%2e%2e",
        "HSP-1\u{0}x",
    ] {
        if !key.contains('\0') {
            Program::seed(&jira)
                .set("JIRA_ISSUE_KEY", key)
                .run()
                .exits(2)
                .says("no issue key");
        }
    }
    assert_eq!(jira.requests().len(), 0);
}

#[test]
fn each_wrong_setting_is_named() {
    let jira = Jira::server().start();
    for (variable, value, message) in [
        (
            "JIRA_BASE_URL",
            "jira.example.com",
            "JIRA_BASE_URL (--base-url) is no address",
        ),
        (
            "JIRA_BASE_URL",
            "https://bob:hunter2@jira.example.com",
            "JIRA_BASE_URL (--base-url) holds a user or a password",
        ),
        (
            "JIRA_FIELD_TYPE",
            "selekt",
            "JIRA_FIELD_TYPE (--type) must be auto or one of",
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
        ("JIRA_AUTH", "digest", "JIRA_AUTH (--auth) must be one of"),
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
            "JIRA_CA_BUNDLE (--ca-bundle) names no file",
        ),
        (
            "JIRA_CA_BUNDLE",
            "/",
            "JIRA_CA_BUNDLE (--ca-bundle) names a folder, not a file",
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
    ] {
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
    }
    assert_eq!(jira.requests().len(), 0);
}

#[test]
fn two_complete_sets_of_credentials_are_an_error_and_auth_chooses() {
    let jira = Jira::data_center().start();
    let token = jira_stand_in::world::CI_PERSONAL_TOKEN;
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
    spoilt().set("JIRA_AUTH", "basic").run().exits(0).quietly();
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
        format!("\u{feff}{}\r\n", jira_stand_in::world::CI_BOT_PASSWORD),
    )
    .unwrap();
    let program = Program::seed(&jira)
        .unset("JIRA_PASSWORD")
        .set("JIRA_PASSWORD_FILE", file.to_str().unwrap());
    program.run().exits(0);
}

#[test]
fn a_usage_error_is_json_too_when_json_is_asked_for() {
    for program in [
        Program::bare().args(&["--output", "json"]),
        Program::bare().args(&["--output=json", "--no-such-flag"]),
        Program::bare().set("JIRA_OUTPUT", "json").args(&["stray"]),
    ] {
        let (code, report) = program.report();
        assert_eq!(code, 2);
        assert_eq!(
            (&report["outcome"], &report["exit_code"]),
            (&json!("failed"), &json!(2))
        );
        assert_eq!(
            (&report["issues"], &report["error"]["kind"]),
            (&json!([]), &json!("usage"))
        );
    }
}

/// The report that stands in the environment must not stand in for one that is
/// read from the flags.
#[test]
fn how_to_report_is_known_where_the_command_line_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.env");
    let file = file.to_str().unwrap();
    let ran = |arguments: &[&str]| {
        Program::bare()
            .args(arguments)
            .args(&["--no-such-flag"])
            .run()
    };
    for arguments in [&["--output", "json"][..], &["--output=json"]] {
        let report: Value = serde_json::from_str(&ran(arguments).exits(2).stdout).unwrap();
        assert_eq!(report["error"]["kind"], "usage");
    }
    for (flag, code) in [
        ("--allow-failure", 0),
        ("--allow-failure=true", 0),
        ("--allow-failure=false", 2),
    ] {
        ran(&[flag])
            .exits(code)
            .says("there is no flag --no-such-flag");
    }
    for arguments in [&["--dotenv", file][..], &[&format!("--dotenv={file}")]] {
        ran(arguments).exits(2);
        assert!(std::fs::read_to_string(file).unwrap().contains("failed"));
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
fn a_command_line_that_cannot_be_read_is_told_by_its_flag() {
    for (arguments, words) in [
        (&["--field"][..], "--field needs a value\n"),
        (&["oauth2", "authorize", "--port"], "--port needs a value\n"),
        (
            &["--field", "a", "--field", "b"],
            "--field is given twice\n",
        ),
        (
            &["--allow-failure", "--allow-failure=false"],
            "--allow-failure is given twice\n",
        ),
        (
            &["oauth1", "authorize", "--callback=yes"],
            "--callback takes no value\n",
        ),
        (
            &["--output", "json", "check"],
            "a command's flags stand behind its name",
        ),
        (
            &["--dry-run", "false"],
            "a value that may be left out stands behind an equals sign",
        ),
        (&["get"], "<PATH> is missing\n"),
        (
            &["get", "/a", "/b"],
            "an argument is neither a flag nor a command",
        ),
    ] {
        Program::bare().args(arguments).run().exits(2).says(words);
    }
}

#[test]
fn an_allowed_failure_is_none_and_a_signal_stays_one() {
    let allowed = Reporting {
        allow_failure: true,
        ..Reporting::default()
    };
    for (code, process) in [(0, 0), (6, 0), (127, 0), (128, 128), (130, 130), (143, 143)] {
        assert_eq!(allowed.process_exit_code(code), process);
        assert_eq!(Reporting::default().process_exit_code(code), code);
    }
}

#[test]
fn what_was_typed_by_mistake_is_not_repeated() {
    for arguments in [
        &["--password", "hunter2"][..],
        &["--token=hunter2"],
        &["hunter2"],
        &["--issue", "HSP-1", "hunter2"],
    ] {
        Program::bare()
            .args(arguments)
            .run()
            .exits(2)
            .hides("hunter2");
    }
    Program::bare()
        .args(&["--password", "x"])
        .run()
        .says("set JIRA_USERNAME and JIRA_PASSWORD");
    Program::bare()
        .args(&["--isue", "HSP-1"])
        .run()
        .says("did you mean --issue?");
}

#[test]
fn a_value_may_begin_with_a_hyphen() {
    let jira = Jira::server().start();
    for (kind, field, value) in [
        ("text", "customfield_10319", "- fix"),
        ("number", "customfield_10321", "-5"),
    ] {
        Program::seed(&jira)
            .args(&["--type", kind, "--field", field, "--value", value])
            .run()
            .exits(0);
    }
    assert_eq!(jira.field("HSP-1", "customfield_10319"), "- fix");
}

#[test]
fn credentials_over_plain_http_to_another_machine_warn() {
    let jira = Jira::server().start();
    Program::seed(&jira).run().exits(0).quietly();
    Program::seed(&jira)
        .set("JIRA_BASE_URL", "http://jira.invalid/jira")
        .args(&["--dry-run"])
        .run()
        .exits(0)
        .says("warning: JIRA_BASE_URL (--base-url) is http://jira.invalid/jira: the credentials travel unencrypted");
    for variable in [
        "JIRA_CLOUD_API_URL",
        "JIRA_CLOUD_AUTH_URL",
        "JIRA_OAUTH2_TOKEN_URL",
    ] {
        let ran = Program::seed(&jira)
            .set(variable, "http://atlassian.invalid/x")
            .args(&["--dry-run"])
            .run()
            .exits(0);
        ran.says(&format!(
            "{variable} is http://atlassian.invalid/x: tokens and client secrets travel unencrypted"
        ));
        let encrypted = Program::seed(&jira)
            .set(variable, "https://atlassian.invalid/x")
            .args(&["--dry-run"]);
        encrypted.run().exits(0).quietly();
    }
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

#[test]
fn help_fits_a_screen_and_names_the_variable_of_each_flag() {
    let help = Program::bare()
        .args(&["--help"])
        .run()
        .exits(0)
        .quietly()
        .stdout;
    assert!(help.lines().count() <= 70, "{help}");
    for line in help
        .lines()
        .filter(|line| line.trim_start().starts_with("--"))
    {
        assert!(line.contains("[env: "), "{line}");
    }
    for topic in ["credentials", "fields"] {
        Program::bare()
            .args(&["help", topic])
            .run()
            .exits(0)
            .quietly();
    }
    Program::bare()
        .args(&["help", "nonsense"])
        .run()
        .exits(2)
        .says("topics: credentials, fields");
    // Inside a repository a commit stands in front of the target.
    let (version, target) = (
        format!("jira-build-status {} (", env!("CARGO_PKG_VERSION")),
        std::env::consts::ARCH,
    );
    Program::bare()
        .args(&["--version"])
        .run()
        .exits(0)
        .prints(&version)
        .prints(target)
        .prints(")\n");
}

#[test]
fn the_readme_lists_every_flag_and_its_variable() {
    let help = Program::bare().args(&["--help"]).run().stdout;
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for line in help
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with("--"))
    {
        let flag = line.split([' ', '[']).next().unwrap();
        let (_, variables) = line.rsplit_once("[env: ").unwrap();
        for name in variables.trim_end_matches(']').split(", ").chain([flag]) {
            assert!(
                readme.contains(&format!("`{name}`")),
                "the README lacks {name}"
            );
        }
    }
}

#[test]
fn the_help_and_the_readme_name_every_method_of_authentication() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let credentials = Program::bare()
        .args(&["help", "credentials"])
        .run()
        .exits(0)
        .stdout;
    let flags = Program::bare().args(&["--help"]).run().exits(0).stdout;
    let flag = flags
        .lines()
        .find(|line| line.trim_start().starts_with("--auth"))
        .unwrap();
    for method in AuthMethod::ALL.map(AuthMethod::name) {
        assert!(
            credentials
                .lines()
                .any(|line| line.trim_start().starts_with(method)),
            "help credentials lacks {method}"
        );
        assert!(
            flag.split_whitespace().any(|word| word == method),
            "{flag} lacks {method}"
        );
        assert!(
            readme.contains(&format!("| `{method}` |")),
            "the README lacks {method}"
        );
    }
}
