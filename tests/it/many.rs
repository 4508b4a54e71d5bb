use crate::program::Program;
use crate::rows::each;
use fake_jira::{Fault, Gate, Jira, On, Reply};
use serde_json::json;
use std::io::Read;
use std::process::{Child, Stdio};

/// All issues of the enlarged project.
fn issues(count: usize) -> String {
    (1..=count).map(|number| format!("BIG-{number} ")).collect()
}

#[test]
fn a_thousand_issues_are_written_over_at_most_four_connections() {
    let jira = Jira::server().issues("BIG", 1000).start();
    let (code, report) = Program::seed(&jira)
        .set("JIRA_ISSUE_KEY", &issues(1000))
        .report();
    assert_eq!((code, &report["outcome"]), (0, &json!("written")));
    assert_eq!(jira.writes().len(), 1000);
    assert!(jira.connections() <= 4, "{}", jira.connections());
    let keys: Vec<_> = report["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys.join(" "), issues(1000).trim());
}

#[test]
fn no_number_of_issues_at_once_is_too_large() {
    let jira = Jira::server().start();
    let program = Program::seed(&jira)
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2")
        .set("JIRA_CONCURRENCY", "4294967295");
    program
        .run()
        .succeeds_saying("no more than 256 issues are written at once");
}

#[test]
fn the_first_request_goes_alone() {
    let jira = Jira::server().start();
    // Once the first is refused nothing else is sent, so all that was sent while it
    // was under way is in the record.
    let gate = Gate::closed();
    jira.misbehave(On::Write, Fault::Wait(gate.clone()));
    let program = Program::seed(&jira)
        .set("JIRA_PASSWORD", "wrong")
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3");
    let mut child = program
        .command()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while jira.requests().is_empty() {
        std::thread::yield_now();
    }
    gate.open();
    child.wait().unwrap();
    assert_eq!(jira.requests().len(), 1);
}

#[test]
fn one_issue_that_fails_stops_no_other() {
    let jira = Jira::server().start();
    let program = Program::seed(&jira).set("JIRA_ISSUE_KEY", "HSP-404 HSP-1 HSP-8 HSP-2");
    let (code, report) = program.report();
    assert_eq!(code, 6);
    let outcomes: Vec<_> = report["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| &issue["outcome"])
        .collect();
    assert_eq!(outcomes, ["failed", "written", "failed", "written"]);
}

#[test]
fn several_failures_and_no_write_end_with_the_first_ones_code() {
    let jira = Jira::server().start();
    let (code, _) = Program::seed(&jira)
        .set("JIRA_ISSUE_KEY", "HSP-404 HSP-8")
        .report();
    assert_eq!(code, 4);
}

#[test]
fn a_wait_beyond_the_deadline_is_given_up_at_once() {
    let jira = Jira::server().start();
    jira.always(
        On::Write,
        Fault::Answer(Reply::json(429, &json!({})).header("Retry-After", "1847")),
    );
    let (code, report) = Program::seed(&jira).report();
    assert_eq!(code, 5);
    assert_eq!(report["issues"][0]["attempts"], 1);
    assert_eq!(report["issues"][0]["error"]["kind"], "rate_limited");
}

#[test]
fn each_wait_is_logged_with_its_reason_and_length() {
    let jira = Jira::server().start();
    jira.misbehave(
        On::Write,
        Fault::Answer(Reply::new(503).header("Retry-After", "0")),
    );
    let ran = Program::seed(&jira)
        .set("JIRA_LOG", "info")
        .run()
        .succeeds_saying("trying again in");
    ran.says("PUT /jira/rest/api/2/issue/HSP-1: Jira answered 503; trying again in ")
        .prints(" ms, 2 attempts: {");
}

#[cfg(unix)]
fn signalled(child: &mut Child, signal: &str) -> (Option<i32>, String) {
    send(child, signal);
    ended(child)
}

#[cfg(unix)]
fn send(child: &Child, signal: &str) {
    let status = std::process::Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// Waits until no signal is pending and the program waits for something again.
#[cfg(target_os = "linux")]
fn has_noticed(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    let holds = |line: &str| {
        let text = std::fs::read_to_string(&status).unwrap();
        text.lines().any(|known| known.starts_with(line))
    };
    for line in ["ShdPnd:\t0000000000000000", "State:\tS"] {
        while !holds(line) {
            std::thread::yield_now();
        }
    }
}

#[cfg(unix)]
fn ended(child: &mut Child) -> (Option<i32>, String) {
    let mut stdout = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut stdout)
        .unwrap();
    (child.wait().unwrap().code(), stdout)
}

#[test]
#[cfg(unix)]
fn a_signal_ends_the_waiting_and_says_what_was_written_what_was_not_and_what_may_have_been() {
    each([("-TERM", 143), ("-INT", 130)], |(signal, code)| {
        let jira = Jira::server().start();
        let program = Program::seed(&jira)
            .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3")
            .set("JIRA_CONCURRENCY", "1")
            .set("JIRA_OUTPUT", "json");
        jira.misbehave(On::Path("HSP-2"), Fault::Hang);
        let mut child = program
            .command()
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while jira.requests().len() < 2 {
            std::thread::yield_now();
        }
        let (exit, stdout) = signalled(&mut child, signal);
        assert_eq!(exit, Some(code), "{stdout}");
        let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        let issues = report["issues"].as_array().unwrap();
        assert_eq!(report["exit_code"], code);
        assert_eq!(issues[0]["outcome"], "written");
        each([(1, true), (2, false)], |(at, maybe)| {
            assert_eq!(issues[at]["error"]["kind"], "interrupted", "{report}");
            assert_eq!(issues[at]["maybe_written"], maybe, "{report}");
        });
    });
}

#[test]
#[cfg(unix)]
fn a_signal_says_more_than_the_answer_that_was_waited_after() {
    let jira = Jira::server().start();
    jira.always(
        On::Write,
        Fault::Answer(Reply::new(503).header("Retry-After", "20")),
    );
    let mut child = Program::seed(&jira)
        .set("JIRA_OUTPUT", "json")
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while jira.requests().is_empty() {
        std::thread::yield_now();
    }
    let (exit, stdout) = signalled(&mut child, "-TERM");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let issue = &report["issues"][0];
    assert_eq!(
        (exit, &issue["error"]["message"]),
        (Some(143), &json!("SIGTERM ended the run")),
        "{report}"
    );
    assert_eq!(
        (&issue["attempts"], &issue["maybe_written"]),
        (&json!(1), &json!(false))
    );
}

#[test]
#[cfg(unix)]
fn a_signal_ends_a_check_that_still_says_what_it_found() {
    let jira = Jira::server().start();
    jira.always(On::Path("/serverInfo"), Fault::Hang);
    let program = Program::seed(&jira).args(&["check", "--output", "json"]);
    let mut child = program
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while jira.requests().is_empty() {
        std::thread::yield_now();
    }
    let (exit, stdout) = signalled(&mut child, "-INT");
    let found: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let steps: Vec<_> = found["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (&step["name"], &step["ok"]))
        .collect();
    assert_eq!(
        steps,
        [
            (&json!("address"), &json!(true)),
            (&json!("interrupted"), &json!(false))
        ],
        "{found}"
    );
    assert_eq!((exit, &found["exit_code"]), (Some(130), &json!(130)));
}

#[test]
#[cfg(target_os = "linux")]
fn a_write_under_way_when_a_signal_comes_may_end() {
    let jira = Jira::server().start();
    let gate = Gate::closed();
    jira.misbehave(On::Write, Fault::Wait(gate.clone()));
    let program = Program::seed(&jira).set("JIRA_OUTPUT", "json");
    let mut child = program
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while jira.requests().is_empty() {
        std::thread::yield_now();
    }
    send(&child, "-TERM");
    has_noticed(&child);
    gate.open();
    let (exit, stdout) = ended(&mut child);
    assert_eq!(exit, Some(143), "{stdout}");
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["issues"][0]["outcome"], "written", "{report}");
}

#[test]
#[cfg(unix)]
fn closed_streams_lose_no_exit_code() {
    let jira = Jira::server().start();
    each(["HSP-1", "HSP-404"], |issue| {
        let expected = Program::seed(&jira).set("JIRA_ISSUE_KEY", issue).run().code;
        let mut command = Program::seed(&jira)
            .set("JIRA_ISSUE_KEY", issue)
            .set("JIRA_LOG", "trace")
            .command();
        let program = command.get_program().to_owned();
        let script = "exec \"$0\" >&- 2>&-";
        let mut shell = std::process::Command::new("sh");
        shell
            .arg("-c")
            .arg(script)
            .arg(program)
            .env_clear()
            .envs(command.get_envs().filter_map(|(k, v)| Some((k, v?))));
        assert_eq!(shell.status().unwrap().code(), Some(expected));
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(child.wait().unwrap().code(), Some(expected));
    });
}
