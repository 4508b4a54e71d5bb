use crate::loopback::dead_port;
use crate::program::Program;
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply, world};
use serde_json::{Value, json};

/// The report on one issue whose write is answered like this, each time.
fn answered(fault: Fault) -> Value {
    let jira = Jira::server().start();
    jira.always(On::Write, fault);
    let (code, report) = Program::seed(&jira).without_retries().report();
    assert!(code > 0, "{report}");
    report["issues"][0].clone()
}

fn reply(reply: Reply) -> Fault {
    Fault::Answer(reply)
}

/// As often as it likes, without a wait.
fn again_at_once(status: u16) -> Fault {
    reply(Reply::new(status).header("Retry-After", "0"))
}

#[test]
fn what_a_status_says_of_the_write_is_said_of_every_status() {
    let may_be = [
        500, 502, 504, 506, 507, 508, 510, 511, 520, 524, 527, 529, 531, 561, 598, 599, 499, 201,
        202, 203, 205,
    ];
    let is_not = [
        301, 302, 304, 307, 400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 413, 425, 429, 451,
        498,
    ];
    let is_not = is_not
        .into_iter()
        .chain([501, 503, 505, 521, 522, 523, 525, 526, 530]);
    let rows = may_be
        .into_iter()
        .map(|status| (status, true))
        .chain(is_not.map(|status| (status, false)));
    each(rows, |(status, maybe)| {
        let issue = answered(reply(Reply::new(status).header("Retry-After", "9999")));
        assert_eq!(
            (&issue["maybe_written"], &issue["http_status"]),
            (&json!(maybe), &json!(status)),
            "{issue}"
        );
    });
}

#[test]
fn a_success_that_is_no_proof_may_be_a_write_and_is_never_called_none() {
    let rows = [
        reply(Reply::json(200, &json!({ "id": "100002", "key": "HSP-2" }))),
        reply(Reply::html(200, "<html><title>Log in</title></html>")),
        reply(Reply::new(200)),
        reply(Reply::new(200).header("X-Seraph-LoginReason", "AUTHENTICATED_FAILED")),
        reply(Reply::json(206, &json!({ "key": "HSP-1" }))),
        reply(Reply::json(201, &json!({ "key": "HSP-1" }))),
        Fault::Flood(1 << 20),
        Fault::Raw(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"
                .to_vec(),
        ),
        Fault::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{".to_vec()),
        Fault::Raw(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()),
    ];
    each(rows, |fault| {
        let issue = answered(fault.clone());
        assert_eq!(issue["maybe_written"], true, "{fault:?}: {issue}");
        assert!(
            !issue.to_string().contains("othing was written"),
            "{fault:?}: {issue}"
        );
    });
}

#[test]
fn a_refusal_does_not_settle_what_became_of_the_attempt_before() {
    let rows = [
        Fault::Status(403, ""),
        Fault::Status(409, ""),
        Fault::Status(302, ""),
        Fault::Status(404, ""),
    ];
    each(rows, |refusal| {
        let jira = Jira::server().start();
        jira.misbehave(On::Write, again_at_once(504));
        jira.always(On::Write, refusal);
        let (_, report) = Program::seed(&jira).set("JIRA_MAX_RETRIES", "1").report();
        let issue = &report["issues"][0];
        assert_eq!(
            (&issue["attempts"], &issue["maybe_written"]),
            (&json!(2), &json!(true)),
            "{report}"
        );
        assert!(
            !report.to_string().contains("othing was written"),
            "{report}"
        );
    });
}

#[test]
fn what_may_pass_is_tried_again() {
    let rows = [
        408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 528, 529,
    ];
    each(rows, |status| {
        let jira = Jira::server().start();
        jira.misbehave(On::Write, again_at_once(status));
        let (code, report) = Program::seed(&jira).report();
        assert_eq!(
            (code, &report["issues"][0]["attempts"]),
            (0, &json!(2)),
            "{status}: {report}"
        );
    });
}

/// A program that adds something, in one of the ways to say so.
fn adding(jira: &Jira, addition: &str) -> Program {
    let program = Program::seed(jira)
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .unset("JIRA_FIELD_TYPE");
    program.args(&["--set", addition])
}

const ADDITIONS: [&str; 4] = [
    r#"comment+={"body":"Build 42 failed"}"#,
    "labels+=nightly",
    "customfield_10315=Good\nlabels+=nightly",
    "fixVersions+=1.0",
];

#[test]
fn what_adds_is_not_repeated_where_it_may_have_been_carried_out() {
    each(ADDITIONS, |addition| {
        let rows = [
            again_at_once(504),
            again_at_once(500),
            again_at_once(520),
            again_at_once(524),
            Fault::Reset,
            Fault::Hang,
        ];
        each(rows, |fault| {
            let jira = Jira::server().start();
            jira.always(On::Write, fault.clone());
            let program = Program::seed(&jira)
                .unset("JIRA_FIELD_ID")
                .unset("JIRA_FIELD_VALUE")
                .unset("JIRA_FIELD_TYPE");
            let (code, report) = program
                .set("JIRA_FIELDS", addition)
                .set("JIRA_TIMEOUT", "1")
                .report();
            let issue = &report["issues"][0];
            assert_eq!(
                (code, &issue["outcome"], &issue["maybe_written"]),
                (5, &json!("failed"), &json!(true)),
                "{report}"
            );
            assert_eq!(
                (jira.writes().len(), &issue["attempts"]),
                (1, &json!(1)),
                "{addition} {fault:?}: {report}"
            );
            let (message, hint) = (
                issue["error"]["message"].to_string(),
                issue["error"]["hint"].to_string(),
            );
            assert!(
                message.contains("not tried again") && message.contains("might add twice"),
                "{message}"
            );
            assert!(hint.contains("look at HSP-1"), "{hint}");
        });
    });
}

#[test]
fn what_adds_is_repeated_where_it_was_surely_not_carried_out() {
    each([429, 503, 408, 409, 521, 522], |status| {
        let jira = Jira::server().start();
        jira.misbehave(On::Write, again_at_once(status));
        let (code, report) = adding(&jira, "labels+=nightly").report();
        assert_eq!(
            (code, &report["issues"][0]["attempts"]),
            (0, &json!(2)),
            "{status}: {report}"
        );
        assert_eq!(
            jira.field("HSP-1", "labels")
                .as_array()
                .unwrap()
                .iter()
                .filter(|label| **label == "nightly")
                .count(),
            1
        );
    });
    let (port, _held) = dead_port();
    let jira = Jira::server().start();
    let program = adding(&jira, r#"comment+={"body":"x"}"#)
        .set("JIRA_BASE_URL", &format!("http://127.0.0.1:{port}"));
    let (_, report) = program
        .set("JIRA_MAX_RETRIES", "1")
        .set("JIRA_DEADLINE", "20")
        .report();
    let issue = &report["issues"][0];
    assert_eq!(
        (&issue["attempts"], &issue["maybe_written"]),
        (&json!(2), &json!(false)),
        "{report}"
    );
}

#[test]
fn what_sets_or_removes_is_repeated() {
    let rows = [
        "customfield_10315=Good",
        "labels-=nightly",
        r#"labels:=["nightly"]"#,
    ];
    each(rows, |change| {
        let jira = Jira::server().start();
        jira.misbehave(On::Write, again_at_once(504));
        let (code, report) = adding(&jira, change).report();
        assert_eq!(
            (code, &report["issues"][0]["attempts"]),
            (0, &json!(2)),
            "{change}: {report}"
        );
    });
}

#[test]
fn a_session_that_expired_is_renewed_for_an_addition_too() {
    let jira = Jira::server().start();
    jira.misbehave(On::Write, Fault::Status(503, ""));
    jira.misbehave(On::Write, Fault::Status(401, ""));
    let (code, report) = adding(&jira, "labels+=nightly")
        .set("JIRA_AUTH", "session")
        .set("JIRA_ISSUE_KEY", "HSP-2 HSP-1")
        .report();
    assert_eq!(code, 0, "{report}");
}

#[test]
#[cfg(unix)]
fn a_login_and_a_renewal_that_a_signal_cuts_off_are_no_write() {
    let session = Jira::server().start();
    session.always(On::Path("/auth/1/session"), Fault::Hang);
    let service = Jira::data_center().start();
    service.always(On::Path("/token"), Fault::Hang);
    let oauth2 = Program::cloud(&service)
        .set("JIRA_OAUTH2_CLIENT_ID", world::SERVICE_CLIENT_ID)
        .set("JIRA_OAUTH2_CLIENT_SECRET", world::SERVICE_CLIENT_SECRET)
        .set("JIRA_OAUTH2_SCOPE", "WRITE");
    let rows = [
        (
            &session,
            "session",
            Program::seed(&session).set("JIRA_AUTH", "session"),
        ),
        (&service, "token", oauth2),
    ];
    each(rows, |(jira, part, program)| {
        let mut command = program.set("JIRA_OUTPUT", "json").command();
        let child = command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        while !jira
            .requests()
            .iter()
            .any(|asked| asked.path.ends_with(part))
        {
            std::thread::yield_now();
        }
        let killed = std::process::Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        let output = child.wait_with_output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            (output.status.code(), &report["issues"][0]["maybe_written"]),
            (Some(143), &json!(false)),
            "{report}"
        );
    });
}
