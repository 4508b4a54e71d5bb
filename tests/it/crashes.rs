use crate::rows::each;
use jira_build_status::auth::Authenticator;
use jira_build_status::base_url::BaseUrl;
use jira_build_status::client::retry::Backoff;
use jira_build_status::client::{Client, Clock, Limits};
use jira_build_status::commands::update::Job;
use jira_build_status::config::{self, Input};
use jira_build_status::credentials::{AuthMethod, Credentials};
use jira_build_status::edit::assignment::Assignment;
use jira_build_status::edit::field_types;
use jira_build_status::issue_key::IssueKey;
use jira_build_status::jira::Jira;
use jira_build_status::output::Files;
use jira_build_status::output::status::Status;
use jira_build_status::redact::Redactor;
use jira_build_status::redact::Secret;
use jira_build_status::site::{CloudSettings, Site};
use jira_build_status::transport::{
    AttemptLimits, BodySink, Request, Response, ResponseFuture, Transport,
};
use jira_build_status::watch;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// Answers a write of HSP-1; any other finds a fault of ours.
struct Faulty;

impl Transport for Faulty {
    fn send<'a>(&'a self, request: &'a Request, _: AttemptLimits) -> ResponseFuture<'a> {
        assert!(
            request.url.path().ends_with("HSP-1"),
            "the password is hunter2"
        );
        Box::pin(async {
            Ok(Response {
                status: 204,
                complete: true,
                ..Response::default()
            })
        })
    }

    fn stream<'a>(
        &'a self,
        request: &'a Request,
        limits: AttemptLimits,
        _: BodySink<'a>,
    ) -> ResponseFuture<'a> {
        self.send(request, limits)
    }
}

/// Not a test of its own: the others run it as a process that has a fault.
#[test]
#[ignore = "run by the tests beside it"]
#[expect(
    clippy::too_many_lines,
    reason = "one sequence that reads from top to bottom"
)]
fn faulty() {
    let input = Input {
        arguments: vec![],
        variables: std::env::vars_os().collect(),
    };
    let reporting = config::guess_reporting(&input);
    let status = Arc::new(Status::new(reporting));
    watch::report_panics(Arc::clone(&status));
    let files = Files {
        dotenv: std::env::var_os("FAULTY_DOTENV").map(Into::into),
        ..Files::default()
    };
    status.set_frame(reporting, &files, Duration::from_secs(60));
    let base = BaseUrl::parse("http://localhost:8080").unwrap();
    let secret = Secret::derived("hunter2".to_owned());
    let credentials = Credentials::Basic {
        user: "ci".to_owned(),
        secret,
        is_api_token: false,
    };
    let redactor = Redactor::default();
    let authenticator = Authenticator::new(&credentials, &base, &redactor);
    let clock = Clock {
        wall: SystemTime::UNIX_EPOCH,
        started: Instant::now(),
        random: RefCell::new(Box::new(|| 0)),
    };
    let limits = Limits {
        timeout: Duration::from_secs(60),
        deadline: Duration::from_secs(60),
        max_retries: 0,
        backoff: Backoff::default(),
    };
    let cloud = CloudSettings {
        api: base.clone(),
        site: None,
    };
    let site = Site::new(&cloud, AuthMethod::Basic, &base);
    let client = Client::new(base, Box::new(Faulty), redactor, clock, limits);
    let jira = Jira::new(client, authenticator, site);
    let text = field_types::by_name("text").map(|entry| entry.shape);
    let job = Job {
        issues: ["HSP-1", "HSP-2", "HSP-3"]
            .map(|key| IssueKey::parse(key).unwrap())
            .into(),
        assignments: vec![Assignment {
            shape: text,
            ..Assignment::parse("customfield_1=x").unwrap()
        }],
        notify_users: None,
        dry_run: false,
        concurrency: 1,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(jira_build_status::write(
        &jira,
        &job,
        &status,
        std::future::pending(),
    ));
}

/// Runs it with these variables: exit code, standard output, standard error.
fn crash(variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--ignored", "--exact", "crashes::faulty", "--nocapture"])
        .envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_fault_of_ours_exits_1_and_shows_nothing_of_what_it_held() {
    let (code, stdout, stderr) = crash(&[]);
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("has a fault at tests/it/crashes.rs") && stderr.contains("please report"),
        "{stderr}"
    );
    assert!(stdout.contains("HSP-1 written"), "{stdout}");
    assert!(!stderr.contains("hunter2") && !stdout.contains("hunter2"));
}

#[test]
fn a_fault_of_ours_still_tells_programs_what_was_written_what_was_not_and_what_may_have_been() {
    let folder = tempfile::tempdir().unwrap();
    let dotenv = folder.path().join("jira.env");
    let variables = [
        ("JIRA_OUTPUT", "json"),
        ("FAULTY_DOTENV", dotenv.to_str().unwrap()),
    ];
    let (code, stdout, stderr) = crash(&variables);
    let line = stdout
        .lines()
        .find(|line| line.starts_with('{'))
        .unwrap_or_else(|| panic!("{stdout}{stderr}"));
    let report: Value = serde_json::from_str(line).unwrap();
    assert_eq!(
        (code, &report["exit_code"]),
        (Some(1), &json!(1)),
        "{report}"
    );
    let issues = report["issues"].as_array().unwrap();
    assert_eq!(
        (issues.len(), &issues[0]["outcome"]),
        (3, &json!("written")),
        "{report}"
    );
    each([(1, true), (2, false)], |(at, maybe)| {
        assert_eq!(issues[at]["error"]["kind"], "internal", "{report}");
        assert_eq!(issues[at]["maybe_written"], maybe, "{report}");
    });
    assert!(!line.contains("hunter2"));
    let told = std::fs::read_to_string(&dotenv).unwrap();
    assert!(
        told.contains("JIRA_REPORT_WRITTEN=HSP-1\n")
            || told.contains("JIRA_REPORT_WRITTEN=\"HSP-1\""),
        "{told}"
    );
}

#[test]
fn a_fault_of_ours_that_is_allowed_exits_0() {
    let (code, stdout, _) = crash(&[("JIRA_OUTPUT", "json"), ("JIRA_ALLOW_FAILURE", "true")]);
    assert_eq!(code, Some(0));
    assert!(stdout.contains("\"exit_code\":1"), "{stdout}");
}
