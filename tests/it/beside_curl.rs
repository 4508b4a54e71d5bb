//! What the README says of `curl`: the same answers, and what each of the two
//! takes for a write.

use crate::program::Program;
use fake_jira::{Fault, Jira, On, Reply, world};
use serde_json::json;
use std::process::{Command, Stdio};

const BODY: &str = r#"{"fields":{"customfield_10314":{"value":"Passed"}}}"#;

/// Seven answers to a write, none of which wrote anything.
fn answers() -> [(&'static str, Reply); 7] {
    let error = json!({ "errorMessages": ["Issue does not exist"], "errors": {} });
    let page = "<!DOCTYPE html><html><title>Log in</title></html>";
    [
        ("a login page with 200", Reply::html(200, page)),
        ("an empty 200", Reply::new(200)),
        (
            "a redirect to a login page",
            Reply::new(302).header("Location", "/login.jsp"),
        ),
        ("401", Reply::html(401, page)),
        ("a firewall's page with 403", Reply::html(403, page)),
        ("404", Reply::json(404, &error)),
        ("400", Reply::json(400, &error)),
    ]
}

/// The step that many pipelines hold.
fn curl(jira: &Jira) -> Command {
    let mut command = Command::new("curl");
    let issue = format!("{}/rest/api/2/issue/HSP-1", jira.base_url());
    let user = format!("{}:{}", world::CI_BOT, world::CI_BOT_PASSWORD);
    command.args([
        "-sS",
        "--noproxy",
        "*",
        "-X",
        "PUT",
        "-u",
        &user,
        "--data",
        BODY,
    ]);
    command.args(["-H", "Content-Type: application/json", &issue]);
    command.stdout(Stdio::null());
    command
}

fn there_is_curl() -> bool {
    let mut version = Command::new("curl");
    version.arg("--version").stdout(Stdio::null());
    version.status().is_ok()
}

#[test]
fn of_seven_answers_without_a_write_curl_takes_all_for_a_success_and_this_program_none() {
    let jira = Jira::server().start();
    let (mut ours, mut theirs) = (0, 0);
    let there = there_is_curl();
    for (name, reply) in answers() {
        jira.misbehave(On::Write, Fault::Answer(reply.clone()));
        let (code, report) = Program::seed(&jira).without_retries().report();
        println!("{name}: this program {code}");
        ours += usize::from(code == 0 || report["outcome"] == "written");
        if there {
            jira.misbehave(On::Write, Fault::Answer(reply));
            let code = curl(&jira).status().unwrap().code();
            println!("{name}: curl {code:?}");
            theirs += usize::from(code == Some(0));
        }
        assert!(jira.field("HSP-1", world::BUILD_STATUS).is_null(), "{name}");
    }
    assert_eq!((ours, theirs), (0, if there { 7 } else { 0 }));
}

#[test]
fn after_a_503_this_program_writes_and_curl_does_not() {
    let down = || Fault::Answer(Reply::new(503).header("Retry-After", "0"));
    let jira = Jira::server().start();
    if there_is_curl() {
        jira.misbehave(On::Write, down());
        assert_eq!(curl(&jira).status().unwrap().code(), Some(0));
        assert!(jira.field("HSP-1", world::BUILD_STATUS).is_null());
    }
    jira.misbehave(On::Write, down());
    let (code, report) = Program::seed(&jira).report();
    assert_eq!((code, &report["issues"][0]["attempts"]), (0, &json!(2)));
    assert!(!jira.field("HSP-1", world::BUILD_STATUS).is_null());
}
