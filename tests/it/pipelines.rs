use crate::book::{blocks, pages, root};
use crate::program::Program;
use crate::rows::each;
use fake_jira::Jira;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The seed's pipeline without its issue's key.
pub fn keyless(jira: &Jira) -> Program {
    Program::seed(jira).unset("JIRA_ISSUE_KEY")
}

/// The issues that were written, in their order.
pub fn written(report: &Value) -> Vec<&str> {
    let issues = report["issues"].as_array().unwrap().iter();
    issues
        .filter(|issue| issue["outcome"] == "written")
        .map(|issue| issue["key"].as_str().unwrap())
        .collect()
}

pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// A folder with the files that GitHub's runner makes for a step, and the
/// program in that step.
pub fn step(jira: &Jira) -> (tempfile::TempDir, PathBuf, PathBuf, Program) {
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
        .prints("skipped: ");
    // What is wrong with the settings that a skipped job has, too, is said.
    each(
        [("JIRA_OUTPUT", "xml"), ("JIRA_PROJECT_KEYS", "../..")],
        |(variable, value)| {
            from("main")
                .args(&["--if-no-issue", "skip"])
                .set(variable, value)
                .run()
                .exits(2)
                .says(variable);
        },
    );
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
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
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
    let rows = [
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
    ];
    each(rows, |(variables, key)| {
        let program = variables
            .iter()
            .fold(keyless(&jira), |program, (name, value)| {
                program.set(name, value)
            });
        let (code, report) = program.args(&["--issues-from", "ci"]).report();
        assert_eq!((code, written(&report)), (0, vec![key]), "{variables:?}");
    });
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

/// A block of the README or the book begins with the name of its file, and is
/// that file. What has no block is linked.
#[test]
fn the_blocks_of_the_pages_are_the_examples_that_are_executed() {
    let pages = pages();
    let mut shown = Vec::new();
    for (page, text) in &pages {
        for language in ["yaml", "groovy"] {
            for block in blocks(text, language) {
                let first = block.lines().next().unwrap_or_default();
                let first = first.trim_start_matches(['#', '/', ' ']);
                if first.starts_with("ci-examples/") {
                    assert_eq!(block, read(&root().join(first)).trim_end(), "{first}");
                    shown.push((page.clone(), first.to_owned()));
                }
            }
        }
    }
    let in_readme = shown.iter().filter(|(page, _)| page == "README.md");
    assert_eq!(in_readme.count(), 3, "{shown:?}");
    for entry in std::fs::read_dir(root().join("ci-examples")).unwrap() {
        let name = format!("ci-examples/{}", entry.unwrap().file_name().display());
        assert!(
            shown
                .iter()
                .any(|(page, shown)| *shown == name && page.starts_with("docs/"))
                || pages
                    .iter()
                    .any(|(_, text)| text.contains(&format!("/blob/main/{name})"))),
            "the book says nothing of {name}"
        );
    }
}
