use crate::program::{FIELD, Program, VALUE};
use jira_stand_in::{Fault, Jira, On, Reply};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The seed's pipeline without its issue's key.
fn keyless(jira: &Jira) -> Program {
    Program::seed(jira).unset("JIRA_ISSUE_KEY")
}

/// The issues that were written, in their order.
fn written(report: &Value) -> Vec<&str> {
    let issues = report["issues"].as_array().unwrap().iter();
    issues
        .filter(|issue| issue["outcome"] == "written")
        .map(|issue| issue["key"].as_str().unwrap())
        .collect()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// A folder with the files that GitHub's runner makes for a step, and the
/// program in that step.
fn step(jira: &Jira) -> (tempfile::TempDir, PathBuf, PathBuf, Program) {
    let folder = tempfile::tempdir().unwrap();
    let (output, summary) = (folder.path().join("output"), folder.path().join("summary"));
    std::fs::write(&output, "earlier=line\n").unwrap();
    std::fs::write(&summary, "").unwrap();
    let program = Program::seed(jira)
        .set("GITHUB_ACTIONS", "true")
        .set("GITHUB_OUTPUT", output.to_str().unwrap())
        .set("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
    (folder, output, summary, program)
}

/// The outputs of a step, read as the runner reads them.
fn outputs(text: &str) -> Vec<(String, String)> {
    let mut lines = text.lines();
    let mut outputs = Vec::new();
    while let Some(line) = lines.next() {
        let Some((name, delimiter)) = line.split_once("<<") else {
            let (name, value) = line.split_once('=').unwrap();
            outputs.push((name.to_owned(), value.to_owned()));
            continue;
        };
        let value: Vec<_> = lines
            .by_ref()
            .take_while(|line| *line != delimiter)
            .collect();
        outputs.push((name.to_owned(), value.join("\n")));
    }
    outputs
}

#[test]
fn keys_are_found_in_a_text_when_none_is_given_outright() {
    let jira = Jira::server().start();
    let (code, report) = keyless(&jira)
        .args(&["--issues-from", "feature/HSP-2_login, HSP-3 and UTF-8"])
        .report();
    assert_eq!((code, written(&report)), (6, vec!["HSP-2", "HSP-3"]));
    let text = keyless(&jira).set("JIRA_ISSUES_FROM", "HSP-2: decode UTF-8 for MKY-1");
    let (code, report) = text.set("JIRA_PROJECT_KEYS", "hsp, MKY").report();
    assert_eq!((code, written(&report)), (0, vec!["HSP-2", "MKY-1"]));
    let (code, report) = Program::seed(&jira)
        .args(&["--issues-from", "HSP-2"])
        .report();
    assert_eq!((code, written(&report)), (0, vec!["HSP-1"]));
}

#[test]
fn a_text_without_a_key_is_a_usage_error_or_skips_the_job() {
    let jira = Jira::server().start();
    let from = |text: &str| keyless(&jira).args(&["--issues-from", text]);
    from("release-3.7.0")
        .run()
        .exits(2)
        .says("JIRA_ISSUES_FROM (--issues-from) finds no issue key")
        .says("release-3.7.0");
    from("HSP-1")
        .args(&["--project", "MKY"])
        .run()
        .exits(2)
        .says("no issue key of MKY");
    from("main")
        .args(&["--if-no-issue", "maybe"])
        .run()
        .exits(2)
        .says("JIRA_IF_NO_ISSUE (--if-no-issue) must be fail or skip");
    from("main")
        .args(&["--project", "../.."])
        .run()
        .exits(2)
        .says("JIRA_PROJECT_KEYS (--project) holds \"../..\"");
    from("main")
        .args(&["--if-no-issue", "skip"])
        .run()
        .exits(0)
        .quietly()
        .prints("skipped: ");
    // What is wrong with the settings that a skipped job has, too, is said.
    for (variable, value) in [("JIRA_OUTPUT", "xml"), ("JIRA_PROJECT_KEYS", "../..")] {
        from("main")
            .args(&["--if-no-issue", "skip"])
            .set(variable, value)
            .run()
            .exits(2)
            .says(variable);
    }
    // A fork's build has no secrets, and its branch is often no issue's.
    let (code, report) = Program::bare()
        .args(&["--issues-from", "main", "--if-no-issue", "skip"])
        .report();
    assert_eq!(
        (code, report),
        (
            0,
            json!({ "outcome": "skipped", "exit_code": 0, "issues": [] })
        )
    );
    keyless(&jira)
        .args(&["--if-no-issue", "skip", "--issues-from", ""])
        .run()
        .exits(0)
        .prints("no issue is given");
    keyless(&jira)
        .run()
        .exits(2)
        .says("JIRA_ISSUE_KEY (--issue) is missing");
    assert!(jira.requests().is_empty());
}

#[test]
fn each_ci_system_tells_the_issue_by_its_own_variables() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let event = folder.path().join("event.json");
    std::fs::write(
        &event,
        r#"{"pull_request":{"title":"HSP-5: x"},"head_commit":{"message":"HSP-6 x"}}"#,
    )
    .unwrap();
    let event = event.to_str().unwrap();
    for (variables, key) in [
        (
            &[
                ("BRANCH_NAME", "PR-24"),
                ("CHANGE_BRANCH", "fix/HSP-2"),
                ("CHANGE_TITLE", "HSP-3"),
            ][..],
            "HSP-2",
        ),
        (
            &[("BRANCH_NAME", "main"), ("CHANGE_TITLE", "[HSP-3] x")],
            "HSP-3",
        ),
        (&[("GIT_BRANCH", "origin/HSP-4-x")], "HSP-4"),
        (
            &[
                ("GITHUB_HEAD_REF", "HSP-2"),
                ("GITHUB_REF_NAME", "7/merge"),
                ("GITHUB_EVENT_PATH", event),
            ],
            "HSP-2",
        ),
        (
            &[
                ("GITHUB_HEAD_REF", ""),
                ("GITHUB_REF_NAME", "HSP-3"),
                ("GITHUB_EVENT_PATH", event),
            ],
            "HSP-3",
        ),
        (
            &[("GITHUB_REF_NAME", "main"), ("GITHUB_EVENT_PATH", event)],
            "HSP-5",
        ),
        (
            &[
                ("CI_COMMIT_REF_NAME", "HSP-2"),
                ("CI_COMMIT_MESSAGE", "HSP-3"),
            ],
            "HSP-2",
        ),
        (
            &[
                ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "x"),
                ("CI_MERGE_REQUEST_TITLE", "Draft: HSP-4"),
            ],
            "HSP-4",
        ),
        (
            &[
                ("CI_COMMIT_REF_NAME", "main"),
                ("CI_COMMIT_MESSAGE", "Merge\n\nCloses HSP-3\n"),
            ],
            "HSP-3",
        ),
        (&[("BITBUCKET_BRANCH", "bugfix/HSP-2-x")], "HSP-2"),
        (
            &[
                ("BUILD_SOURCEBRANCH", "refs/pull/7/merge"),
                ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/HSP-2"),
            ],
            "HSP-2",
        ),
        (
            &[
                ("BUILD_SOURCEBRANCH", "refs/heads/main"),
                ("BUILD_SOURCEVERSIONMESSAGE", "HSP-3"),
            ],
            "HSP-3",
        ),
        (&[("CIRCLE_BRANCH", "HSP-2")], "HSP-2"),
        (&[("CIRCLE_TAG", "HSP-3-rc")], "HSP-3"),
    ] {
        let program = variables
            .iter()
            .fold(keyless(&jira), |program, (name, value)| {
                program.set(name, value)
            });
        let (code, report) = program.args(&["--issues-from", "ci"]).report();
        assert_eq!((code, written(&report)), (0, vec![key]), "{variables:?}");
    }
    let told = || keyless(&jira).set("BRANCH_NAME", "main");
    told()
        .run()
        .exits(2)
        .says("JIRA_ISSUE_KEY (--issue) is missing");
    told()
        .set("JIRA_ISSUES_FROM", "ci")
        .run()
        .exits(2)
        .says("BRANCH_NAME, \"main\"");
    keyless(&jira)
        .set("JIRA_ISSUES_FROM", "ci")
        .run()
        .exits(2)
        .says("the CI system tells");
}

#[test]
fn a_github_step_has_annotations_outputs_and_a_summary_beside_its_text() {
    let jira = Jira::server().start();
    let (_folder, output, summary, program) = step(&jira);
    let ran = program
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-404")
        .run()
        .exits(6)
        .prints("HSP-1 written");
    let ran = ran
        .says("error: HSP-404: ")
        .says("\n::error title=HSP-404 was not written::");
    ran.says("\n::notice title=Written to Jira::HSP-1\n")
        .says("%0Ahint: ");
    let text = read(&output);
    let found: Vec<_> = outputs(&text);
    let found: Vec<_> = found
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let wanted = [
        ("earlier", "line"),
        ("outcome", "partial"),
        ("issues", "HSP-1,HSP-404"),
        ("written", "HSP-1"),
        ("failed", "HSP-404"),
    ];
    assert_eq!(found, wanted);
    let table = read(&summary);
    let link = format!(
        "| [HSP-1](<{}/browse/HSP-1>) | written | \\{{",
        jira.base_url()
    );
    assert!(
        table.starts_with("### Jira: partial\n") && table.contains(&link),
        "{table}"
    );
    assert!(table.contains("/browse/HSP-404>) | failed | "), "{table}");
}

#[test]
fn the_delimiter_of_outputs_is_another_each_time() {
    let jira = Jira::server().start();
    let (_folder, output, _, program) = step(&jira);
    program.run().exits(0);
    let (_other_folder, other, _, program) = step(&jira);
    program.run().exits(0);
    let delimiter = |path: &Path| {
        read(path)
            .lines()
            .find_map(|line| Some(line.split_once("<<")?.1.to_owned()))
            .unwrap()
    };
    assert_eq!(delimiter(&output).len(), 36);
    assert_ne!(delimiter(&output), delimiter(&other));
}

#[test]
fn usage_errors_and_skipped_jobs_are_shown_in_the_step_too() {
    let jira = Jira::server().start();
    let (_folder, output, summary, program) = step(&jira);
    program
        .set("JIRA_ISSUE_KEY", "../../admin")
        .run()
        .exits(2)
        .says("\n::error title=Nothing was written to Jira::");
    assert!(
        read(&output).contains("\nfailed\n") && read(&summary).starts_with("### Jira: failed\n")
    );
    let (_folder, output, summary, program) = step(&jira);
    let program =
        program
            .unset("JIRA_ISSUE_KEY")
            .args(&["--issues-from", "a|b", "--if-no-issue", "skip"]);
    program
        .run()
        .exits(0)
        .says("::notice title=Jira is left as it is::");
    assert!(read(&output).contains("\nskipped\n") && read(&summary).contains("a\\|b"));
}

#[test]
fn what_jira_says_becomes_no_workflow_command() {
    let jira = Jira::server().start();
    let evil = "x\r\n::set-output name=a::b\n::stop-commands::t ##[add-mask]e ##vso[task.setvariable variable=a]b ###[error]z";
    let body = json!({ "errorMessages": [evil], "errors": { "::error::f": evil } });
    for log in ["warn", "trace"] {
        jira.misbehave(
            On::Write,
            Fault::Answer(Reply::json(400, &body).header("X-Evil", "##[error]a")),
        );
        let (_folder, output, _, program) = step(&jira);
        let ran = program.set("JIRA_LOG", log).run().exits(4);
        let lines = ran.stdout.lines().chain(ran.stderr.lines());
        let commands: Vec<_> = lines
            .filter(|line| line.trim_start().starts_with("::"))
            .collect();
        assert!(commands.iter().all(
            |line| line.starts_with("::error title=HSP-1") || line.starts_with("::add-mask::")
        ));
        let outside = ran.stderr.lines().filter(|line| !line.starts_with("::"));
        assert!(
            outside
                .chain(ran.stdout.lines())
                .all(|line| !line.contains("##")),
            "{ran:?}"
        );
        assert_eq!(outputs(&read(&output)).len(), 5);
    }
}

#[test]
fn what_the_person_writes_becomes_no_workflow_command_either() {
    let jira = Jira::server().start();
    let text = "::error::x\n##[error]y ##vso[task.complete result=Failed]z";
    for output in ["text", "json"] {
        let (_folder, _, _, program) = step(&jira);
        let ran = program
            .set("JIRA_FIELD_TYPE", "text")
            .set("JIRA_FIELD_VALUE", text)
            .set("JIRA_OUTPUT", output);
        let ran = ran.args(&["--dry-run"]).run().exits(0);
        assert!(
            !ran.stdout.contains("##") && ran.stdout.lines().count() == 1,
            "{ran:?}"
        );
        let json = &ran.stdout[ran.stdout.find('{').unwrap()..];
        assert!(
            serde_json::from_str::<Value>(json)
                .unwrap()
                .to_string()
                .contains("##vso"),
            "{json}"
        );
    }
}

#[test]
fn files_that_cannot_be_written_warn_and_change_no_exit_code() {
    let jira = Jira::server().start();
    let (folder, ..) = step(&jira);
    let nowhere = folder.path().join("missing").join("file");
    let nowhere = nowhere.to_str().unwrap();
    for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "JIRA_DOTENV"] {
        let warning = format!("warning: {name}");
        Program::seed(&jira)
            .set(name, nowhere)
            .run()
            .exits(0)
            .says(&warning)
            .prints("HSP-1 written");
    }
    let program = Program::seed(&jira).args(&["--dotenv", nowhere, "--issue", "HSP-404"]);
    program
        .run()
        .exits(4)
        .says("warning: JIRA_DOTENV (--dotenv) cannot be written");
}

#[test]
fn a_dotenv_file_holds_the_results_and_is_written_anew_each_time() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jira.env");
    let run = |keys: &str| {
        Program::seed(&jira)
            .set("JIRA_ISSUE_KEY", keys)
            .args(&["--dotenv", file.to_str().unwrap()])
            .run()
    };
    run("HSP-1 HSP-404 HSP-2").exits(6).prints("written");
    let lines = "JIRA_REPORT_OUTCOME=partial\nJIRA_REPORT_WRITTEN=HSP-1,HSP-2\nJIRA_REPORT_FAILED=HSP-404\n";
    assert_eq!(read(&file), lines);
    run("HSP-3").exits(0);
    assert_eq!(
        read(&file),
        "JIRA_REPORT_OUTCOME=written\nJIRA_REPORT_WRITTEN=HSP-3\nJIRA_REPORT_FAILED=\n"
    );
    assert_eq!(jira.field("HSP-3", FIELD)["value"], VALUE);
    Program::bare()
        .args(&["--dotenv", file.to_str().unwrap(), "--nonsense"])
        .run()
        .exits(2);
    assert_eq!(
        read(&file),
        "JIRA_REPORT_OUTCOME=failed\nJIRA_REPORT_WRITTEN=\nJIRA_REPORT_FAILED=\n"
    );
}

#[test]
fn elsewhere_nothing_but_the_text_is_shown() {
    let jira = Jira::server().start();
    Program::seed(&jira)
        .set("CI", "true")
        .set("GITLAB_CI", "true")
        .run()
        .exits(0)
        .quietly();
    let ran = Program::seed(&jira)
        .set("JIRA_ISSUE_KEY", "HSP-404")
        .run()
        .exits(4);
    assert!(
        !ran.stderr.contains("::") && !ran.stderr.contains('\u{1b}'),
        "{ran:?}"
    );
}

/// A block of the README begins with the name of its file. Its lines are the
/// file's, in their order, without the comments.
#[test]
fn the_readmes_blocks_are_taken_from_the_examples_that_are_executed() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let mut named: Vec<_> = std::fs::read_dir(root.join("ci-examples"))
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    for block in readme.split("\n```").skip(1).step_by(2) {
        let mut lines = block.lines().skip(1);
        let first = lines
            .next()
            .unwrap_or_default()
            .trim_start_matches(['#', '/', ' ']);
        let Some(name) = first.strip_prefix("ci-examples/") else {
            continue;
        };
        named.retain(|file| file != name);
        let example = std::fs::read_to_string(root.join(first)).unwrap();
        let mut rest = example.lines();
        for line in lines.filter(|line| !line.trim().is_empty()) {
            let same =
                |other: &str| other.starts_with(line) && comment_or_nothing(&other[line.len()..]);
            assert!(rest.any(same), "{name} has no line {line:?} there");
        }
    }
    named.retain(|file| file != "Jenkinsfile.container");
    assert!(named.is_empty(), "the README shows nothing of {named:?}");
}

fn comment_or_nothing(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with("# ") || rest.starts_with("// ")
}
