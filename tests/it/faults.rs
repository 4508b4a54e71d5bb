//! One table: each way in which a network or a server fails, and what comes of
//! it. Run with `--nocapture` it prints the columns as they were measured.

use crate::fault_rows::{
    DEADLINE, RETRIES, Row, Scene, TIMEOUT, before_and_inside_the_headers, in_the_handshake,
    inside_the_body, on_connect, repeats, retry_after, statuses, wait,
};
use crate::loopback::{Server, WRITTEN, black_hole, dead_port};
use crate::program::Program;
use crate::rows::{Rows, each, judge};
use fake_jira::{Fault, Jira, On};
use serde_json::Value;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// What the program may hold at its peak, in KiB.
const MEMORY: u64 = 16 << 10;

/// What a run showed.
struct Shown {
    report: Value,
    code: i32,
    peak: u64,
}

/// Runs it, and watches its memory. The kernel keeps the highest mark for a
/// process, so looking now and then is enough.
fn watch(program: Program) -> Shown {
    let mut command = program.set("JIRA_OUTPUT", "json").command();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let (done, peak) = (AtomicBool::new(false), AtomicU64::new(0));
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let text = std::fs::read_to_string(&status).unwrap_or_default();
                // Until it is the program, it is a fork of this process, with this process's
                // memory.
                let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let mark = mark.filter(|_| text.starts_with("Name:\tjira-build"));
                let mark = mark.and_then(|mark| mark.trim().trim_end_matches(" kB").parse().ok());
                peak.fetch_max(mark.unwrap_or(0), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let output = child.wait_with_output().unwrap();
        done.store(true, Ordering::Relaxed);
        output
    });
    let report =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {output:?}"));
    Shown {
        report,
        code: output.status.code().unwrap(),
        peak: peak.into_inner(),
    }
}

fn program(address: &str) -> Program {
    Program::bare()
        .set("JIRA_BASE_URL", address)
        .set("JIRA_USERNAME", "ci-bot")
        .set("JIRA_PASSWORD", "correct horse battery staple")
        .args(&[
            "--issue",
            "HSP-1",
            "--field",
            "10314",
            "--value",
            "Development Completed",
            "--type",
            "select",
        ])
}

/// Runs a program in front of the scene.
fn play(scene: Scene, settings: impl FnOnce(Program) -> Program) -> Shown {
    match scene {
        Scene::Once(fault) => {
            let jira = Jira::server().start();
            jira.misbehave(On::Write, fault);
            watch(settings(Program::seed(&jira)))
        }
        Scene::Always(fault) => {
            let jira = Jira::server().start();
            jira.always(On::Write, fault);
            watch(settings(Program::seed(&jira)))
        }
        Scene::Certificate(leaf) => {
            let jira = Jira::server().tls_with(leaf).start();
            watch(settings(Program::seed(&jira)))
        }
        Scene::Raw(serve) => watch(settings(program(&format!(
            "http://127.0.0.1:{}",
            Server::new(serve).port
        )))),
        Scene::Tls(serve) => watch(settings(program(&format!(
            "https://127.0.0.1:{}",
            Server::new(serve).port
        )))),
        Scene::Address(address) => watch(settings(program(address))),
        Scene::Refused => {
            let (port, _held) = dead_port();
            watch(settings(program(&format!("http://127.0.0.1:{port}"))))
        }
        Scene::BlackHole => {
            let (port, _queue) = black_hole();
            watch(settings(program(&format!("http://127.0.0.1:{port}"))))
        }
    }
}

fn hold(Row(name, scene, kind, attempts, maybe_written, words): Row) {
    let limits = |program: Program| {
        let program = program
            .set("JIRA_TIMEOUT", &TIMEOUT.to_string())
            .set("JIRA_DEADLINE", &DEADLINE.to_string());
        program.set("JIRA_MAX_RETRIES", &RETRIES.to_string())
    };
    let Shown { report, code, peak } = play(scene, limits);
    let issue = &report["issues"][0];
    let error = &issue["error"];
    let outcome = error["kind"]
        .as_str()
        .or(issue["outcome"].as_str())
        .unwrap_or("?");
    let said = format!(
        "{} {} {}",
        error["message"].as_str().unwrap_or(""),
        error["hint"].as_str().unwrap_or(""),
        error["answer"].as_str().unwrap_or("")
    );
    println!(
        "| {name} | {} | {} | {outcome} | {code} | {} KiB | {} |",
        issue["attempts"],
        if issue["maybe_written"] == true {
            "maybe"
        } else {
            "no"
        },
        peak,
        error["message"].as_str().unwrap_or("").replace('|', "/")
    );
    assert_eq!(
        (outcome, issue["attempts"].as_u64()),
        (kind, Some(attempts)),
        "{name}: {report}"
    );
    assert_eq!(
        issue["maybe_written"].as_bool().unwrap_or(false),
        maybe_written,
        "{name}: {report}"
    );
    assert!(said.contains(words), "{name}: {words:?} is not in {said}");
    assert!(peak < MEMORY, "{name} held {peak} KiB");
}

/// A few rows at a time: most of them wait. A server that stays silent does so
/// for ever, so that a deadline that ends nothing never gives a report.
fn hold_all(rows: Vec<Row>) {
    println!(
        "| Fault | Attempts | Written | Kind | Exit | Peak | Message |\n|---|---|---|---|---|---|---|"
    );
    let table = Mutex::new(Rows::default());
    let rows = Mutex::new(rows.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let row = rows.lock().unwrap().next();
                    let Some(row) = row else { return };
                    let name = row.0;
                    let wrong = judge(|| hold(row));
                    table.lock().unwrap().add(name, wrong);
                }
            });
        }
    });
}

#[test]
fn faults_on_connect() {
    hold_all(on_connect());
}

#[test]
fn faults_in_the_handshake() {
    hold_all(in_the_handshake());
}

#[test]
fn faults_before_and_inside_the_headers() {
    hold_all(before_and_inside_the_headers());
}

#[test]
fn faults_inside_the_body() {
    hold_all(inside_the_body());
}

#[test]
fn every_status() {
    hold_all(statuses());
}

#[test]
fn every_form_of_retry_after() {
    hold_all(retry_after());
}

#[test]
fn the_deadline_holds_however_many_retries_are_left() {
    let rows = [
        Scene::BlackHole,
        Scene::Always(Fault::Hang),
        Scene::Always(Fault::Status(503, "")),
        repeats(
            b"HTTP/1.1 500 Oops\r\n\r\n",
            b"x",
            Duration::from_millis(20),
        ),
        Scene::Tls(Box::new(wait)),
    ];
    each(rows, |scene| {
        let limits = |program: Program| {
            program
                .set("JIRA_TIMEOUT", "600")
                .set("JIRA_DEADLINE", "1.5")
                .set("JIRA_MAX_RETRIES", "1000")
        };
        let shown = play(scene, limits);
        assert_eq!(shown.code, 5, "{}", shown.report);
    });
}

#[test]
fn a_write_that_no_connection_was_made_for_was_never_sent() {
    let shown = play(Scene::BlackHole, |program| {
        program
            .set("JIRA_TIMEOUT", "30")
            .set("JIRA_DEADLINE", "0.5")
    });
    assert_eq!(
        shown.report["issues"][0]["maybe_written"], false,
        "{}",
        shown.report
    );
}

/// The attempt's time is over before the client gives up connecting, which are
/// two ways to the same words.
#[test]
fn what_was_never_connected_to_is_no_server_that_did_not_answer() {
    let (port, _queue) = black_hole();
    let address = format!("http://127.0.0.1:{port}");
    let commands: [(&str, &[&str]); 6] = [
        ("a write", &["--type", "select"]),
        ("a question before a write", &[]),
        ("check", &["check"]),
        ("fields", &["fields"]),
        ("get", &["get", "/rest/api/2/myself"]),
        ("a session's login", &["--auth", "session"]),
    ];
    each(commands, |(name, arguments)| {
        let write = ["--issue", "HSP-1", "--field", "10314", "--value", "Passed"];
        let program = Program::bare()
            .set("JIRA_BASE_URL", &address)
            .set("JIRA_USERNAME", "ci-bot")
            .set("JIRA_PASSWORD", "correct horse battery staple")
            .args(arguments)
            .set("JIRA_TIMEOUT", "30")
            .set("JIRA_DEADLINE", "0.5");
        let program = match arguments.first() {
            Some(command) if !command.starts_with('-') => program,
            _ => program.args(&write),
        };
        let ran = program.run().exits(5);
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        assert!(
            shown.contains("no connection was made in time"),
            "{name}: {shown}"
        );
        assert!(!shown.contains("did not answer"), "{name}: {shown}");
    });
}

#[test]
fn a_connection_that_is_closed_between_two_writes_costs_no_write() {
    // Kept alive by its headers, and closed all the same.
    let server = Server::answering(WRITTEN);
    let program =
        program(&format!("http://127.0.0.1:{}", server.port)).args(&["--issue", "HSP-2,HSP-3"]);
    let (code, report) = program.set("JIRA_CONCURRENCY", "1").report();
    assert_eq!(code, 0, "{report}");
    for issue in report["issues"].as_array().unwrap() {
        // One more where the farewell crosses the next request on its way.
        assert!(issue["attempts"].as_u64() <= Some(2), "{report}");
    }
}
