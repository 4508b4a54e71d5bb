//! Random schedules of faults on virtual time, in-process: what the report says
//! is what the stand-in's own record says.

use crate::schedules::faulty_jira::{EPOCH, Fault, Memory, Shared};
use fake_jira::world;
use jira_build_status::auth::Authenticator;
use jira_build_status::base_url::BaseUrl;
use jira_build_status::client::{Client, Clock, Limits};
use jira_build_status::commands::update::Job;
use jira_build_status::credentials::AuthMethod;
use jira_build_status::credentials::Credentials;
use jira_build_status::edit::assignment::{Assignment, FieldName, Mapping, Operator};
use jira_build_status::edit::field_types;
use jira_build_status::error::Signal;
use jira_build_status::issue_key::IssueKey;
use jira_build_status::jira::Jira;
use jira_build_status::output::report::{Report, State};
use jira_build_status::output::status::Status;
use jira_build_status::redact::Redactor;
use jira_build_status::redact::Secret;
use jira_build_status::site::{self, CloudSettings};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// A Jira in memory.
mod faulty_jira;
/// Waits as they are meant: how long, for whom, and what ends them.
mod waits;

#[derive(Clone, Debug)]
struct Schedule {
    faults: Vec<Fault>,
    issues: usize,
    auto: bool,
    concurrency: usize,
    deadline: u64,
    max_retries: u32,
    seed: u64,
}

fn fault() -> impl Strategy<Value = Fault> {
    let waits = prop_oneof![
        Just("0".to_owned()),
        Just("-1".to_owned()),
        Just("soon".to_owned()),
        Just("9223372036854775807".to_owned()),
        Just("Thu, 01 Jan 2026 00:00:20 GMT".to_owned()),
        (1u32..90).prop_map(|seconds| seconds.to_string()),
    ];
    let names = prop_oneof![4 => Just("retry-after"), 1 => Just("beta-retry-after")];
    let header = prop_oneof![
        2 => Just(None),
        3 => (names, waits).prop_map(Some),
        1 => Just(Some(("x-ratelimit-reset", "2026-01-01T00:00:30Z".to_owned()))),
        1 => Just(Some(("ratelimit-reason", "jira-per-issue-on-write".to_owned()))),
    ];
    let body = prop_oneof![
        Just(""),
        Just("<html><title>Down</title>"),
        Just(r#"{"errorMessages":["No."],"errors":{}}"#),
        Just(r#"{"key":"HSP-99"}"#)
    ];
    let likely = proptest::sample::select(vec![
        200u16, 201, 202, 302, 400, 404, 408, 409, 425, 429, 500, 502, 503, 504,
    ]);
    let status = prop_oneof![4 => likely, 1 => 200u16..600];
    // An answer that only Jira gives is not made up: 204, and refused credentials,
    // which end the run, are rarer.
    let status = status.prop_map(|status| if status == 204 { 205 } else { status });
    let acted = prop_oneof![3 => Just(false), 1 => Just(true)];
    // A front that turns a write into a refusal lies itself; only a failing one is real.
    let answers = (status, header, body, acted).prop_map(|(status, header, body, acted)| {
        let acted = acted && matches!(status, 500 | 502 | 504);
        Fault::Status {
            status,
            header: header.into_iter().collect(),
            body,
            acted,
        }
    });
    prop_oneof![
        3 => Just(Fault::None),
        1 => Just(Fault::Unconnected),
        1 => Just(Fault::DropBefore),
        2 => Just(Fault::DropAfter),
        1 => Just(Fault::HangAfter),
        1 => (0.0..60.0f64).prop_map(Fault::Delay),
        6 => answers,
    ]
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let faults = proptest::collection::vec(fault(), 0..14);
    (
        faults,
        1usize..7,
        any::<bool>(),
        1usize..5,
        5u64..200,
        0u32..6,
        any::<u64>(),
    )
        .prop_map(
            |(faults, issues, auto, concurrency, deadline, max_retries, seed)| Schedule {
                faults,
                issues,
                auto,
                concurrency,
                deadline,
                max_retries,
                seed,
            },
        )
}

struct Played {
    report: Report,
    memory: Rc<Memory>,
    elapsed: Duration,
}

async fn play(schedule: &Schedule) -> Played {
    play_until(schedule, std::future::pending()).await
}

#[expect(
    clippy::too_many_lines,
    reason = "one sequence that reads from top to bottom"
)]
async fn play_until(schedule: &Schedule, signal: impl Future<Output = Signal>) -> Played {
    let started = Instant::now();
    let memory = Rc::new(Memory {
        site: RefCell::new(fake_jira::Jira::server().site("http://localhost:8080")),
        faults: RefCell::new(schedule.faults.iter().cloned().collect()),
        clock: started,
        record: Rc::default(),
        injected: Rc::default(),
    });
    let base = BaseUrl::parse("http://localhost:8080/jira").unwrap();
    let secret = Secret::derived(world::CI_BOT_PASSWORD.to_owned());
    let credentials = Credentials::Basic {
        user: world::CI_BOT.to_owned(),
        secret,
        is_api_token: false,
    };
    let redactor = Redactor::default();
    let mut random = fastrand::Rng::with_seed(schedule.seed);
    let clock = Clock {
        wall: SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH),
        started,
        random: RefCell::new(Box::new(move || random.u64(..))),
    };
    let limits = Limits {
        timeout: Duration::from_secs(30),
        deadline: Duration::from_secs(schedule.deadline),
        max_retries: schedule.max_retries,
        backoff: jira_build_status::client::retry::Backoff::default(),
    };
    let authenticator = Authenticator::new(&credentials, &base, &redactor);
    let cloud = CloudSettings {
        api: base.clone(),
        site: None,
    };
    let site = site::Site::new(&cloud, AuthMethod::Basic, &base);
    let transport = Box::new(Shared(Rc::clone(&memory)));
    let client = Client::new(base, transport, redactor, clock, limits);
    let jira = Jira::new(client, authenticator, site);
    let job = Job {
        issues: (1..=schedule.issues)
            .map(|number| IssueKey::parse(&format!("HSP-{number}")).unwrap())
            .collect(),
        assignments: vec![Assignment {
            field: FieldName::Id(world::BUILD_STATUS.to_owned()),
            operator: Operator::Set,
            text: "Passed".to_owned(),
            shape: if schedule.auto {
                None
            } else {
                field_types::by_name("select").map(|entry| entry.shape)
            },
            mapping: Mapping::default(),
        }],
        notify_users: None,
        dry_run: false,
        concurrency: schedule.concurrency,
    };
    let report = jira_build_status::write(&jira, &job, &Status::default(), signal).await;
    Played {
        report,
        memory,
        elapsed: started.elapsed(),
    }
}

/// Compares the report with the record. Every difference is a lie.
#[expect(
    clippy::too_many_lines,
    reason = "one sequence that reads from top to bottom"
)]
fn lies(schedule: &Schedule, played: &Played) -> Vec<String> {
    let mut lies = Vec::new();
    let record = played.memory.record.borrow();
    for issue in &played.report.issues {
        let path = format!("/jira/rest/api/2/issue/{}", issue.key);
        let requests: Vec<_> = record.iter().filter(|entry| entry.path == path).collect();
        let applied = requests.iter().any(|entry| entry.applied);
        let held = played
            .memory
            .site
            .borrow()
            .value(issue.key.as_str(), world::BUILD_STATUS);
        match &issue.state {
            State::Written if !applied || held["value"] != "Passed" => {
                lies.push(format!("{} was not written", issue.key))
            }
            State::Failed {
                maybe_written: false,
                ..
            } if applied => lies.push(format!("{} was written", issue.key)),
            State::Planned => lies.push(format!("{} is only planned", issue.key)),
            _ => {}
        }
        for pair in requests.windows(2) {
            let waited = (pair[1].at - pair[0].at).as_secs_f64();
            if pair[0].asked.is_some_and(|asked| waited + 1e-3 < asked) {
                lies.push(format!(
                    "{} came back after {waited} s, asked {:?}",
                    issue.key, pair[0].asked
                ));
            }
        }
        if requests.len() as u32 > issue.attempts && issue.edit.is_some() {
            lies.push(format!(
                "{}: {} requests, {} told",
                issue.key,
                requests.len(),
                issue.attempts
            ));
        }
    }
    if played.elapsed > Duration::from_secs(schedule.deadline + 1) {
        lies.push(format!(
            "it took {:?} of {} s",
            played.elapsed, schedule.deadline
        ));
    }
    let failed = played
        .report
        .issues
        .iter()
        .filter(|issue| matches!(issue.state, State::Failed { .. }))
        .count();
    let code = played.report.exit_code();
    let expected = match failed {
        0 => code == 0,
        some if some < schedule.issues => code == 6,
        _ => (3..=5).contains(&code),
    };
    if !expected || played.report.issues.len() != schedule.issues {
        lies.push(format!(
            "exit code {code} for {failed} of {} failed",
            schedule.issues
        ));
    }
    lies
}

/// `JIRA_STATUS_SCHEDULES=100000 cargo test schedules -- --nocapture` runs
/// longer and prints its figures.
#[test]
fn whatever_goes_wrong_the_report_says_what_the_record_says() {
    let cases = std::env::var("JIRA_STATUS_SCHEDULES")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(600);
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let (faults, requests, written, maybe) =
        (Cell::new(0), Cell::new(0), Cell::new(0), Cell::new(0));
    let result = runner.run(&schedule(), |schedule| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let played = runtime.block_on(play(&schedule));
        faults.set(faults.get() + played.memory.injected.get());
        requests.set(requests.get() + played.memory.record.borrow().len());
        for issue in &played.report.issues {
            match issue.state {
                State::Written => written.set(written.get() + 1),
                State::Failed {
                    maybe_written: true,
                    ..
                } => maybe.set(maybe.get() + 1),
                _ => {}
            }
        }
        let lies = lies(&schedule, &played);
        prop_assert!(
            lies.is_empty(),
            "{lies:?}\n{:#?}",
            played.memory.record.borrow()
        );
        Ok(())
    });
    println!(
        "schedules {cases}, faults injected {}, requests {}, issues written {}, maybe written {}, lies found: {}",
        faults.get(),
        requests.get(),
        written.get(),
        maybe.get(),
        if result.is_ok() { "none" } else { "some" }
    );
    if let Err(error) = result {
        panic!("{error}");
    }
}
