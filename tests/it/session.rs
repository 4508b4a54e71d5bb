use crate::program::{FIELD, Program, VALUE};
use crate::rows::each;
use fake_jira::{CAPTCHA_AFTER, Fault, Jira, On, Recorded, Reply, world};
use serde_json::json;
use std::process::Stdio;
use std::time::Duration;

const LOGIN: On = On::Path("/rest/auth/1/session");

fn session(jira: &Jira) -> Program {
    Program::seed(jira).set("JIRA_AUTH", "session")
}

/// What was asked in order, without the parts that every path has.
fn asked(jira: &Jira) -> Vec<String> {
    let short = |request: &Recorded| {
        let path = request
            .path
            .replace("/jira/rest/auth/1/", "")
            .replace("/jira/rest/api/2/", "");
        format!(
            "{} {path} {}",
            request.method,
            request.status.unwrap_or_default()
        )
    };
    jira.requests().iter().map(short).collect()
}

#[test]
fn one_login_serves_every_issue_and_is_logged_out() {
    let jira = Jira::server().start();
    let issues = "HSP-1 HSP-2 HSP-3 HSP-4 HSP-5 HSP-6";
    session(&jira).set("JIRA_ISSUE_KEY", issues).run().exits(0);
    assert_eq!(jira.field("HSP-6", FIELD)["value"], VALUE);
    let asked = asked(&jira);
    assert_eq!(
        asked
            .iter()
            .filter(|line| line.starts_with("POST session"))
            .count(),
        1,
        "{asked:?}"
    );
    assert_eq!(
        (asked[0].as_str(), asked[7].as_str(), asked.len()),
        ("POST session 200", "DELETE session 204", 8)
    );
    for request in jira
        .requests()
        .iter()
        .filter(|request| request.method == "PUT")
    {
        assert_eq!(request.header("authorization"), None);
        assert_eq!(request.header("x-atlassian-token"), Some("no-check"));
        assert!(
            request
                .header("cookie")
                .unwrap()
                .contains("atlassian.xsrf.token="),
            "{request:?}"
        );
    }
    assert_eq!(
        jira.requests()[7].header("x-atlassian-token"),
        Some("no-check")
    );
    assert_eq!(jira.site().lock().unwrap().open_sessions(), 0);
}

#[test]
fn it_works_where_basic_is_switched_off() {
    let jira = Jira::data_center().basic_blocked().start();
    Program::seed(&jira).fails("credentials_refused", 3, "JIRA_AUTH=session");
    session(&jira).run().exits(0);
}

#[test]
fn a_session_that_expires_in_mid_run_is_renewed_once_for_everybody() {
    let jira = Jira::server().start();
    let expired = || {
        Reply::json(
            401,
            &json!({"errorMessages": ["You are not authenticated."], "errors": {}}),
        )
    };
    // The first request alone, then four side by side: all of those meet the end of
    // the session.
    jira.misbehave(On::Path("/issue/HSP-2"), Fault::Answer(expired()));
    jira.misbehave(On::Path("/issue/HSP-3"), Fault::Answer(expired()));
    let ran = session(&jira)
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3 HSP-4")
        .set("JIRA_LOG", "info")
        .run()
        .succeeds_saying("the session has expired");
    ran.says("the session has expired; logging in again");
    let asked = asked(&jira);
    assert_eq!(
        asked
            .iter()
            .filter(|line| line.starts_with("POST session"))
            .count(),
        2,
        "{asked:?}"
    );
    assert_eq!(jira.field("HSP-3", FIELD)["value"], VALUE);
}

#[test]
fn a_session_that_jira_never_takes_is_not_renewed() {
    let jira = Jira::server().session_life(Duration::ZERO).start();
    session(&jira).set("JIRA_ISSUE_KEY", "HSP-1 HSP-2").fails(
        "credentials_refused",
        3,
        "JIRA_PASSWORD",
    );
    assert_eq!(
        asked(&jira),
        [
            "POST session 200",
            "PUT issue/HSP-1 401",
            "DELETE session 401"
        ]
    );
}

#[test]
fn a_refused_login_is_told_apart_and_never_repeated() {
    let many = "HSP-1 HSP-2 HSP-3";
    let jira = Jira::server().start();
    session(&jira)
        .set("JIRA_ISSUE_KEY", many)
        .set("JIRA_PASSWORD", "wrong")
        .fails("credentials_refused", 3, "Login failed");
    assert_eq!(asked(&jira), ["POST session 401"]);
    for _ in 1..CAPTCHA_AFTER {
        session(&jira).set("JIRA_PASSWORD", "wrong").run().exits(3);
    }
    session(&jira)
        .set("JIRA_ISSUE_KEY", many)
        .fails("captcha_required", 3, "/jira/login.jsp");
    assert_eq!(jira.requests().len(), CAPTCHA_AFTER as usize + 1);
    let rows = [
        (
            Reply::json(403, &json!(["Login denied"])),
            "permission_denied",
            3,
            "Login denied",
        ),
        (
            Reply::html(404, "<title>Not Found</title>"),
            "unexpected_answer",
            5,
            "context path",
        ),
        (
            Reply::html(200, "<title>Log in</title>"),
            "unexpected_answer",
            5,
            "no cookie login",
        ),
        (
            Reply::new(302).header("Location", "https://sso.example.com/"),
            "unexpected_answer",
            5,
            "sso.example.com",
        ),
        (
            Reply::html(503, "<title>Starting</title>"),
            "unreachable",
            5,
            "Starting",
        ),
    ];
    each(rows, |(reply, kind, code, words)| {
        let jira = Jira::server().start();
        jira.always(LOGIN, Fault::Answer(reply));
        session(&jira)
            .set("JIRA_ISSUE_KEY", many)
            .fails(kind, code, words);
        assert_eq!(jira.requests().len(), 1, "{words}");
    });
}

#[test]
fn a_login_that_may_pass_is_tried_again() {
    let jira = Jira::server().start();
    jira.misbehave(
        LOGIN,
        Fault::Answer(Reply::new(503).header("Retry-After", "0")),
    );
    session(&jira).run().exits(0);
    assert_eq!(asked(&jira)[..2], ["POST session 503", "POST session 200"]);
}

#[test]
fn it_logs_out_after_a_failure_too() {
    let jira = Jira::server().start();
    session(&jira)
        .set("JIRA_FIELD_VALUE", "no such option")
        .run()
        .exits(4);
    assert_eq!(asked(&jira).last().unwrap(), "DELETE session 204");
    session(&jira)
        .args(&["get", "/rest/api/2/issue/HSP-404"])
        .run()
        .exits(4);
    assert_eq!(asked(&jira).last().unwrap(), "DELETE session 204");
    assert_eq!(jira.site().lock().unwrap().open_sessions(), 0);
}

#[test]
fn a_logout_that_fails_changes_no_result_and_is_said() {
    let jira = Jira::server().start();
    let rows = [
        (Fault::Status(500, ""), "Jira answered 500"),
        (Fault::Reset, "no answer came"),
    ];
    each(rows, |(fault, why)| {
        jira.misbehave(On::Path("issue"), Fault::Delay(Duration::ZERO));
        let child = session(&jira).set("JIRA_LOG", "warn");
        jira.misbehave(LOGIN, Fault::Delay(Duration::ZERO));
        jira.misbehave(LOGIN, fault);
        child
            .run()
            .succeeds_saying(&format!("could not be logged out ({why})"));
    });
}

#[test]
#[cfg(unix)]
fn it_logs_out_on_sigterm() {
    let jira = Jira::server().start();
    jira.misbehave(On::Write, Fault::Hang);
    let child = session(&jira)
        .command()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.unwrap();
    while jira.writes().is_empty() {
        std::thread::yield_now();
    }
    let told = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(told.unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(asked(&jira).last().unwrap(), "DELETE session 204");
}

#[test]
fn cookie_and_token_are_shown_nowhere() {
    let jira = Jira::server().start();
    let echo = |text: &str| text.to_owned();
    jira.misbehave(On::Write, Fault::Echo(400, echo));
    let ran = session(&jira).set("JIRA_LOG", "trace").run().exits(4);
    let write = jira.writes().remove(0);
    for pair in write.header("cookie").unwrap().split("; ") {
        let (_, value) = pair.split_once('=').unwrap();
        assert!(value.len() > 20, "{pair}");
        assert!(
            !ran.stderr.contains(value) && !ran.stdout.contains(value),
            "{value} is in {ran:?}"
        );
    }
    ran.hides(world::CI_BOT_PASSWORD);
}
