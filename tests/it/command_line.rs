use crate::program::Program;
use crate::rows::{Rows, each};
use fake_jira::Jira;
use jira_build_status::output::Reporting;
use serde_json::{Value, json};

#[test]
fn a_usage_error_is_json_too_when_json_is_asked_for() {
    let rows = [
        Program::bare().args(&["--output", "json"]),
        Program::bare().args(&["--output=json", "--no-such-flag"]),
        Program::bare().set("JIRA_OUTPUT", "json").args(&["stray"]),
    ];
    each(rows, |program| {
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
    });
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
    each(
        [&["--output", "json"][..], &["--output=json"]],
        |arguments| {
            let report: Value = serde_json::from_str(&ran(arguments).exits(2).stdout).unwrap();
            assert_eq!(report["error"]["kind"], "usage");
        },
    );
    let rows = [
        ("--allow-failure", 0),
        ("--allow-failure=true", 0),
        ("--allow-failure=false", 2),
    ];
    each(rows, |(flag, code)| {
        let ran = ran(&[flag]).says("there is no flag --no-such-flag");
        assert_eq!(ran.code, code, "{ran:?}");
    });
    each(
        [&["--dotenv", file][..], &[&format!("--dotenv={file}")]],
        |arguments| {
            ran(arguments).exits(2);
            assert!(std::fs::read_to_string(file).unwrap().contains("failed"));
            std::fs::remove_file(file).unwrap();
        },
    );
}

#[test]
fn a_command_line_that_cannot_be_read_is_told_by_its_flag() {
    let rows = [
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
    ];
    each(rows, |(arguments, words)| {
        Program::bare().args(arguments).run().exits(2).says(words);
    });
}

#[test]
fn an_allowed_failure_is_none_and_a_signal_stays_one() {
    let allowed = Reporting {
        allow_failure: true,
        ..Reporting::default()
    };
    each(
        [(0, 0), (6, 0), (127, 0), (128, 128), (130, 130), (143, 143)],
        |(code, process)| {
            assert_eq!(allowed.process_exit_code(code), process);
            assert_eq!(Reporting::default().process_exit_code(code), code);
        },
    );
}

#[test]
fn what_was_typed_by_mistake_is_not_repeated() {
    let rows = [
        &["--password", "hunter2"][..],
        &["--token=hunter2"],
        &["hunter2"],
        &["HSP-hunter2"],
        &["hunter2-1"],
        &["--issue", "HSP-1", "hunter2"],
    ];
    each(rows, |arguments| {
        Program::bare()
            .args(arguments)
            .run()
            .exits(2)
            .hides("hunter2");
    });
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
fn what_cannot_be_a_secret_is_shown_with_what_was_meant() {
    let mut rows = Rows::default();
    for (arguments, said, meant) in [
        (&["chek"][..], "\"chek\" is no command", "check"),
        (&["feilds", "build"], "\"feilds\" is no command", "fields"),
        (&["version"], "\"version\" is no command", "--version"),
        (&["HSP-1"], "\"HSP-1\" is no command", "--issue HSP-1"),
        (&["--isue", "HSP-1"], "there is no flag --isue", "--issue"),
        (&["--verbose"], "there is no flag --verbose", "-v"),
        (&["--quiet"], "there is no flag --quiet", "-q"),
    ] {
        rows.check(said, || {
            Program::bare()
                .args(arguments)
                .run()
                .exits(2)
                .says(said)
                .says(&format!("hint: did you mean {meant}?\n"));
        });
    }
    rows.check("-x", || {
        Program::bare()
            .args(&["-xhunter2"])
            .run()
            .exits(2)
            .says("there is no flag -x\n")
            .hides("hunter2");
    });
}

#[test]
fn v_and_q_say_how_much_is_shown() {
    let jira = Jira::server().start();
    let program = |arguments: &[&str]| Program::seed(&jira).args(arguments);
    program(&["-vv"])
        .run()
        .succeeds_saying("debug: ")
        .says("PUT ")
        .prints("HSP-1 written");
    for arguments in [&["-v"][..], &["-v", "--output", "json"]] {
        program(arguments).run().hides("debug: ");
    }
    program(&["-vv"])
        .set("JIRA_LOG", "error")
        .run()
        .succeeds_saying("debug: ");
    let quiet = program(&["-q", "--insecure"])
        .set("JIRA_LOG", "trace")
        .run();
    assert_eq!(quiet.exits(0).stdout, "");
    let quiet = program(&["-q", "--issue", "HSP-404"]).run().exits(4);
    assert!(
        quiet.stderr.starts_with("error: HSP-404 was not written: "),
        "{quiet:?}"
    );
    program(&["-q", "--output", "json"])
        .run()
        .exits(0)
        .prints("\"outcome\":\"written\"");
    program(&["-q"])
        .args(&["--dotenv", "/nowhere/x"])
        .run()
        .exits(0);
    let check = Program::seed(&jira).args(&["check", "-q", "--value", "Pased"]);
    let check = check.run().exits(4);
    assert!(check.stdout.starts_with("not ok  value "), "{check:?}");
    for both in [
        &["-v", "-q"][..],
        &["-q", "--log", "info"],
        &["-v", "--log", "info"],
    ] {
        program(both).run().exits(2).says("give one of them");
    }
}

#[test]
fn a_value_may_begin_with_a_hyphen() {
    let jira = Jira::server().start();
    let rows = [
        ("text", "customfield_10319", "- fix"),
        ("number", "customfield_10321", "-5"),
    ];
    each(rows, |(kind, field, value)| {
        Program::seed(&jira)
            .args(&["--type", kind, "--field", field, "--value", value])
            .run()
            .exits(0);
    });
    assert_eq!(jira.field("HSP-1", "customfield_10319"), "- fix");
}
