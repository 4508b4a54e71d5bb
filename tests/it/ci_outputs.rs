use crate::pipelines::{read, step};
use crate::program::{FIELD, Program, VALUE};
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply};
use serde_json::{Value, json};
use std::path::Path;

/// The outputs of a step, read as the runner reads them.
pub fn outputs(text: &str) -> Vec<(String, String)> {
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
fn a_github_step_has_annotations_outputs_and_a_summary_beside_its_text() {
    let jira = Jira::server().start();
    let (_folder, output, summary, program) = step(&jira);
    let ran = program
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-404")
        .run()
        .exits(6)
        .prints("HSP-1 written");
    let ran = ran
        .says("error: HSP-404 was not written: ")
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
    program
        .run()
        .succeeds_saying("::notice title=Written to Jira::HSP-1");
    let (_other_folder, other, _, program) = step(&jira);
    program
        .run()
        .succeeds_saying("::notice title=Written to Jira::HSP-1");
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
        .succeeds_saying("::notice title=Jira is left as it is::");
    assert!(read(&output).contains("\nskipped\n") && read(&summary).contains("a\\|b"));
}

#[test]
fn what_jira_says_becomes_no_workflow_command() {
    let jira = Jira::server().start();
    let evil = "x\r\n::set-output name=a::b\n::stop-commands::t ##[add-mask]e ##vso[task.setvariable variable=a]b ###[error]z";
    let body = json!({ "errorMessages": [evil], "errors": { "::error::f": evil } });
    each(["warn", "trace"], |log| {
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
    });
}

#[test]
fn what_the_person_writes_becomes_no_workflow_command_either() {
    let jira = Jira::server().start();
    let text = "::error::x\n##[error]y ##vso[task.complete result=Failed]z";
    each(["text", "json"], |output| {
        let (_folder, _, _, program) = step(&jira);
        let ran = program
            .set("JIRA_FIELD_TYPE", "text")
            .set("JIRA_FIELD_VALUE", text)
            .set("JIRA_OUTPUT", output);
        let ran = ran
            .args(&["--dry-run"])
            .run()
            .succeeds_saying("::notice title=Would be written to Jira::HSP-1");
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
    });
}

#[test]
fn files_that_cannot_be_written_warn_and_change_no_exit_code() {
    let jira = Jira::server().start();
    let (folder, ..) = step(&jira);
    let nowhere = folder.path().join("missing").join("file");
    let nowhere = nowhere.to_str().unwrap();
    each(
        ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "JIRA_DOTENV"],
        |name| {
            let warning = format!("warning: {name}");
            Program::seed(&jira)
                .set(name, nowhere)
                .run()
                .succeeds_saying(&warning)
                .prints("HSP-1 written");
        },
    );
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
        .exits(0);
    let ran = Program::seed(&jira)
        .set("JIRA_ISSUE_KEY", "HSP-404")
        .run()
        .exits(4);
    assert!(
        !ran.stderr.contains("::") && !ran.stderr.contains('\u{1b}'),
        "{ran:?}"
    );
}
