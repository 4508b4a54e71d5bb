use crate::program::Program;
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply, world};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Seconds in which the slowest machine does the work that a reader then holds up.
const ENOUGH: &str = "10";

fn pipe(folder: &Path) -> PathBuf {
    let path = folder.join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    path
}

fn terminate(child: &Child) {
    assert!(
        Command::new("kill")
            .arg(child.id().to_string())
            .status()
            .unwrap()
            .success()
    );
}

/// Its exit code and the JSON on its standard output.
fn ended(mut child: Child) -> (Option<i32>, Value) {
    let mut stdout = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut stdout)
        .unwrap();
    (
        child.wait().unwrap().code(),
        serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("no JSON: {stdout:?}")),
    )
}

fn start(program: Program) -> Child {
    let mut command = program.set("JIRA_OUTPUT", "json").command();
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Each setting that names a file to be read, in a run that would read it.
fn readers(jira: &Jira, pipe: &Path) -> Vec<(&'static str, Program)> {
    let seed = |name: &'static str| (name, Program::seed(jira).set(name, pipe.to_str().unwrap()));
    let without =
        |unset: &str, (name, program): (&'static str, Program)| (name, program.unset(unset));
    let (_, certificate) = seed("JIRA_CLIENT_CERT");
    let (_, event) = without("JIRA_ISSUE_KEY", seed("GITHUB_EVENT_PATH"));
    let refresh = seed("JIRA_OAUTH1_PRIVATE_KEY_FILE").1.without_password();
    vec![
        without("JIRA_PASSWORD", seed("JIRA_PASSWORD_FILE")),
        (
            "JIRA_OAUTH1_PRIVATE_KEY_FILE",
            refresh.set("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY),
        ),
        without("JIRA_FIELD_VALUE", seed("JIRA_FIELD_VALUE_FILE")),
        seed("JIRA_CA_BUNDLE"),
        seed("SSL_CERT_FILE"),
        ("JIRA_CLIENT_CERT", certificate),
        ("GITHUB_EVENT_PATH", event.set("JIRA_ISSUES_FROM", "ci")),
    ]
}

#[test]
fn a_signal_ends_the_reading_of_a_file_that_does_not_end() {
    let jira = Jira::server().tls().start();
    let folder = tempfile::tempdir().unwrap();
    let pipe = pipe(folder.path());
    each(readers(&jira, &pipe), |(name, program)| {
        let child = start(program);
        // Opening it waits for the program's end of it.
        let held = OpenOptions::new().write(true).open(&pipe).unwrap();
        terminate(&child);
        let (code, report) = ended(child);
        assert_eq!(
            (code, &report["error"]["kind"]),
            (Some(143), &json!("interrupted")),
            "{name}: {report}"
        );
        drop(held);
    });
    assert!(jira.requests().is_empty());
}

#[test]
fn the_deadline_ends_the_reading_of_a_file_that_nobody_writes() {
    let jira = Jira::server().tls().start();
    let folder = tempfile::tempdir().unwrap();
    let pipe = pipe(folder.path());
    each(readers(&jira, &pipe), |(name, program)| {
        let (code, report) = ended(start(program.set("JIRA_DEADLINE", "0.5")));
        assert_eq!(
            (code, &report["error"]["kind"]),
            (Some(5), &json!("timeout")),
            "{name}: {report}"
        );
        assert_eq!(
            report["error"]["message"], "the run took longer than 0.5 s",
            "{name}"
        );
    });
    let (_, allowed) = readers(&jira, &pipe).swap_remove(0);
    let allowed = allowed.args(&["--allow-failure", "--deadline", "0.5"]);
    assert_eq!(ended(start(allowed)).0, Some(0));
}

#[test]
fn a_secret_comes_through_a_pipe() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let pipe = pipe(folder.path());
    let program = Program::seed(&jira)
        .unset("JIRA_PASSWORD")
        .set("JIRA_PASSWORD_FILE", pipe.to_str().unwrap());
    let child = start(program);
    std::fs::write(&pipe, format!("{}\n", world::CI_BOT_PASSWORD)).unwrap();
    assert_eq!(ended(child).0, Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn an_endless_file_is_no_certificate() {
    let jira = Jira::server().tls().start();
    each(["JIRA_CA_BUNDLE", "JIRA_CLIENT_CERT"], |name| {
        Program::seed(&jira)
            .set(name, "/dev/zero")
            .fails("usage", 2, "longer than 16 MiB");
    });
    Program::seed(&jira)
        .set("SSL_CERT_FILE", "/dev/zero")
        .run()
        .succeeds_saying("warning: SSL_CERT_FILE holds no certificate");
}

/// More than any pipe holds.
fn long_answer(jira: &Jira) -> Program {
    jira.misbehave(
        On::Any,
        Fault::Answer(Reply::text(200, &"x".repeat(1 << 20))),
    );
    Program::seed(jira).args(&["get", "/rest/long"])
}

#[test]
fn the_deadline_ends_a_get_that_nobody_reads() {
    let jira = Jira::server().start();
    let mut child = long_answer(&jira).set("JIRA_DEADLINE", "1").command();
    let mut child = child
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(5));
}

#[test]
fn a_signal_ends_a_get_that_nobody_reads() {
    let jira = Jira::server().start();
    let mut child = long_answer(&jira).command();
    let mut child = child
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

/// A report that no pipe holds: its one field has a long text.
fn long_report(jira: &Jira) -> Program {
    let text = "x".repeat(100_000);
    Program::seed(jira)
        .set("JIRA_FIELD_TYPE", "text")
        .set("JIRA_FIELD_VALUE", &text)
        .set("JIRA_DRY_RUN", "true")
}

#[test]
fn a_report_that_nobody_reads_ends_at_the_deadline_with_the_code_of_the_work() {
    let jira = Jira::server().start();
    let mut child = start(long_report(&jira).set("JIRA_DEADLINE", ENOUGH));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_signal_ends_a_report_that_nobody_reads() {
    let jira = Jira::server().start();
    let mut child = start(long_report(&jira));
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    terminate(&child);
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn a_second_signal_changes_nothing() {
    let jira = Jira::server().start();
    jira.misbehave(On::Write, Fault::Hang);
    let child = start(Program::seed(&jira));
    while jira.requests().is_empty() {
        std::thread::yield_now();
    }
    terminate(&child);
    terminate(&child);
    let (code, report) = ended(child);
    assert_eq!(
        (code, &report["issues"][0]["maybe_written"]),
        (Some(143), &json!(true)),
        "{report}"
    );
}

#[test]
fn a_log_that_nobody_reads_keeps_neither_the_deadline_nor_the_report() {
    let jira = Jira::server().issues("BIG", 1000).start();
    let issues: String = (1..=1000).map(|number| format!("BIG-{number} ")).collect();
    let program = Program::seed(&jira)
        .set("JIRA_ISSUE_KEY", &issues)
        .set("JIRA_LOG", "trace")
        .set("JIRA_DEADLINE", ENOUGH)
        .set("JIRA_OUTPUT", "json");
    let child = program
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (code, report) = ended(child);
    let issues = report["issues"].as_array().unwrap();
    let written = issues
        .iter()
        .filter(|issue| issue["outcome"] == "written")
        .count();
    assert_eq!((code, report["exit_code"].as_i64()), (Some(6), Some(6)));
    let sent = jira.writes().len();
    let maybe = issues
        .iter()
        .filter(|issue| issue["maybe_written"] == true)
        .count();
    assert!(
        written <= sent && sent <= written + maybe,
        "{written} written, {maybe} maybe, {sent} sent"
    );
    assert!(
        issues
            .iter()
            .all(|issue| issue["outcome"] == "written" || issue["error"]["kind"] == "timeout")
    );
}

#[test]
fn a_file_for_results_that_nobody_reads_keeps_neither_the_deadline_nor_the_result() {
    let jira = Jira::server().start();
    let folder = tempfile::tempdir().unwrap();
    let pipe = pipe(folder.path());
    let children = ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "JIRA_DOTENV"].map(|name| {
        let program = Program::seed(&jira)
            .set(name, pipe.to_str().unwrap())
            .set("JIRA_DEADLINE", ENOUGH);
        (name, start(program))
    });
    for (name, child) in children {
        let (code, report) = ended(child);
        assert_eq!(
            (code, &report["outcome"]),
            (Some(0), &json!("written")),
            "{name}"
        );
    }
    let child = start(Program::seed(&jira).set("GITHUB_STEP_SUMMARY", pipe.to_str().unwrap()));
    let mut summary = String::new();
    File::open(&pipe)
        .unwrap()
        .read_to_string(&mut summary)
        .unwrap();
    assert!(summary.contains("HSP-1"), "{summary}");
    assert_eq!(ended(child).0, Some(0));
}
