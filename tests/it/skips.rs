//! Values from files, and builds that have nothing to write.

use crate::ci_outputs::outputs;
use crate::pipelines::{read, step};
use crate::program::{FIELD, Program, VALUE};
use crate::rows::{Rows, ensure};
use fake_jira::{Jira, world};
use serde_json::json;
use std::io::Write;
use std::process::Stdio;

/// The seed's pipeline without its value.
fn valueless(jira: &Jira) -> Program {
    Program::seed(jira).unset("JIRA_FIELD_VALUE")
}

#[test]
fn a_value_comes_from_a_file_without_its_last_line_end() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("value");
    let path = file.to_str().unwrap();
    let mut rows = Rows::default();
    for (held, value) in [
        ("one", "one"),
        ("one\n", "one"),
        ("one\r\n", "one"),
        ("one\ntwo\n\n", "one\ntwo\n"),
        (" one ", " one "),
    ] {
        rows.check(&format!("{held:?}"), || {
            std::fs::write(&file, held).unwrap();
            let program = valueless(&jira)
                .set("JIRA_FIELD_ID", "customfield_10320")
                .set("JIRA_FIELD_TYPE", "text");
            program.args(&["--value-file", path]).run().exits(0);
            let written = jira.field("HSP-1", "customfield_10320");
            ensure(written == value, || written.to_string())
        });
    }
    std::fs::write(&file, "success\n").unwrap();
    valueless(&jira)
        .set("JIRA_FIELD_VALUE_FILE", path)
        .set("JIRA_VALUE_MAP", "success=Passed")
        .run()
        .exits(0);
    assert_eq!(jira.field("HSP-1", FIELD)["value"], "Passed");
}

#[test]
fn a_hyphen_is_standard_input() {
    let jira = Jira::server().start();
    let mut command = valueless(&jira).args(&["--value-file", "-"]).command();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{VALUE}").unwrap();
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(jira.field("HSP-1", FIELD)["value"], VALUE);
}

#[test]
fn what_is_wrong_with_a_values_file_is_told_without_its_path() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, held: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, held).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let mut rows = Rows::default();
    for (path, words) in [
        (
            "/nowhere/hunter2".to_owned(),
            "names no file (its value is not shown",
        ),
        (
            folder.path().to_str().unwrap().to_owned(),
            "names a folder, not a file",
        ),
        (
            file("hunter2-empty", b"\n"),
            "holds nothing\nhint: to clear the field use --set FIELD:=null",
        ),
        (file("hunter2-bytes", b"\xff"), "holds no valid UTF-8"),
        (
            file("hunter2-long", &[b'x'; (1 << 20) + 1]),
            "longer than a mebibyte",
        ),
    ] {
        rows.check(words, || {
            valueless(&jira)
                .set("JIRA_FIELD_VALUE_FILE", &path)
                .run()
                .exits(2)
                .says("JIRA_FIELD_VALUE_FILE ")
                .says(words)
                .hides("hunter2");
        });
    }
    Program::seed(&jira)
        .args(&["--value-file", "-"])
        .run()
        .exits(2)
        .says("JIRA_FIELD_VALUE (--value) and JIRA_FIELD_VALUE_FILE (--value-file) are both set");
    assert!(jira.requests().is_empty());
}

#[test]
fn a_build_without_any_secret_is_skipped_where_that_is_asked_for() {
    let jira = Jira::server().start();
    let fork = || {
        Program::seed(&jira)
            .without_password()
            .set("JIRA_PASSWORD", "")
    };
    for program in [
        fork(),
        fork().set("JIRA_USERNAME", "ci-bot"),
        Program::bare(),
        Program::bare().set("JIRA_USER_EMAIL", world::CI_EMAIL),
    ] {
        let (code, report) = program.set("JIRA_IF_NO_CREDENTIALS", "skip").report();
        let skipped = json!({ "outcome": "skipped", "exit_code": 0, "issues": [] });
        assert_eq!((code, report), (0, skipped));
    }
    fork()
        .args(&["--if-no-credentials", "skip"])
        .run()
        .exits(0)
        .prints("skipped: no password, token or key is set");
    for program in [fork(), fork().args(&["--if-no-credentials", "fail"])] {
        program
            .run()
            .exits(2)
            .says("JIRA_PASSWORD is set but empty");
    }
    fork()
        .args(&["--if-no-credentials", "maybe"])
        .run()
        .exits(2)
        .says("JIRA_IF_NO_CREDENTIALS (--if-no-credentials) must be fail or skip");
    // A secret is there, so that what is missing is a mistake.
    fork()
        .set("JIRA_PASSWORD", "x")
        .args(&["--if-no-credentials", "skip"])
        .run()
        .exits(2)
        .says("lacks JIRA_USERNAME");
    assert!(jira.requests().is_empty());
    Program::seed(&jira)
        .args(&["--if-no-credentials", "skip"])
        .run()
        .exits(0);
}

#[test]
fn a_skipped_build_is_a_notice_and_fills_the_files() {
    let jira = Jira::server().start();
    for (name, program) in [
        (
            "credentials",
            Program::bare().set("JIRA_IF_NO_CREDENTIALS", "skip"),
        ),
        (
            "value",
            Program::seed(&jira)
                .set("JIRA_FIELD_VALUE", "Cancelled")
                .set("JIRA_VALUE_MAP", "cancelled=, *=Passed"),
        ),
    ] {
        let (folder, output, summary, _) = step(&jira);
        let dotenv = folder.path().join("dotenv");
        let ran = program
            .set("GITHUB_ACTIONS", "true")
            .set("GITHUB_OUTPUT", output.to_str().unwrap())
            .set("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())
            .set("JIRA_DOTENV", dotenv.to_str().unwrap())
            .run()
            .succeeds_saying("::notice title=Jira is left as it is::");
        let ran = ran.hides("::error").hides("::warning");
        assert!(ran.stdout.starts_with("skipped: "), "{name}: {ran:?}");
        assert!(outputs(&read(&output)).contains(&("outcome".to_owned(), "skipped".to_owned())));
        assert!(read(&summary).starts_with("### Jira: skipped\n"), "{name}");
        assert!(
            read(&dotenv).starts_with("JIRA_REPORT_OUTCOME=skipped\n"),
            "{name}"
        );
    }
    assert!(jira.requests().is_empty());
}

#[test]
fn a_word_without_a_value_writes_nothing_and_the_others_are_written() {
    let jira = Jira::server().start();
    let mapped = |value: &str| {
        Program::seed(&jira)
            .set("JIRA_VALUE_MAP", "success=Passed, cancelled=, *=Failed")
            .args(&["--value", value])
    };
    mapped("CANCELLED")
        .run()
        .exits(0)
        .prints("skipped: JIRA_VALUE_MAP (--value-map) has no value for \"CANCELLED\"");
    assert!(jira.requests().is_empty());
    mapped("success").run().exits(0);
    assert_eq!(jira.field("HSP-1", FIELD)["value"], "Passed");
    mapped("unstable").run().exits(0);
    assert_eq!(jira.field("HSP-1", FIELD)["value"], "Failed");
    mapped("cancelled")
        .args(&["--issue", "../.."])
        .run()
        .exits(2)
        .says("no issue key");
    let writes = jira.writes().len();
    let program = Program::seed(&jira).set("JIRA_VALUE_MAP", "cancelled=");
    program
        .args(&["check", "--value", "cancelled"])
        .run()
        .exits(0)
        .prints("ok      value        nothing would be written: ");
    assert_eq!(jira.writes().len(), writes);
}

#[test]
fn a_failure_that_is_allowed_is_a_warning_in_actions() {
    let jira = Jira::server().start();
    for (allowed, severity) in [("true", "warning"), ("false", "error")] {
        let (_folder, _, _, program) = step(&jira);
        let ran = program
            .set("JIRA_ISSUE_KEY", "HSP-404")
            .set("JIRA_ALLOW_FAILURE", allowed)
            .run();
        let annotations: Vec<_> = ran
            .stderr
            .lines()
            .filter(|line| line.starts_with("::") && !line.starts_with("::add-mask::"))
            .collect();
        let wanted = format!("::{severity} title=HSP-404 was not written::");
        assert!(
            annotations.len() == 1 && annotations[0].starts_with(&wanted),
            "{ran:?}"
        );
    }
}
