//! Many jobs at once: a thousand jobs write one issue at one moment, ten thousand
//! pipelines share one site, under Cloud's published limits and Data Center's,
//! with the program's own retries on virtual time, for several ways to wait:
//! `cargo bench --bench many_jobs`. `cargo bench --bench many_jobs -- processes` lets 200
//! real processes meet the same limits on the real clock, to confirm it. `-- turns`
//! shows of how many turns of an issue's limit a job had best draw one, and the
//! fewest requests that are possible.

mod loads;
mod simulation;
mod turns;

use crate::loads::{LOADS, Load};
use crate::simulation::{BUILD_NUMBER, Outcome, Policy, builder, issue, row, simulate};
use fake_jira::world;

/// Starts a process for each job at once, and believes none of them: what they
/// say is held against what the site did.
fn run_processes(load: &Load) {
    let jira = builder(load).start();
    let started = std::time::Instant::now();
    let children: Vec<_> = (0..load.jobs)
        .map(|number| {
            std::process::Command::new(env!("CARGO_BIN_EXE_jira-build-status"))
                .env_clear()
                .envs([
                    ("JIRA_BASE_URL", jira.base_url().as_str()),
                    ("JIRA_OUTPUT", "json"),
                ])
                .envs([
                    ("JIRA_USER_EMAIL", world::CI_EMAIL),
                    ("JIRA_API_TOKEN", world::CI_API_TOKEN),
                ])
                .envs([
                    ("JIRA_ISSUE_KEY", issue(load, number)),
                    ("JIRA_FIELD_ID", BUILD_NUMBER.to_owned()),
                ])
                .envs([
                    ("JIRA_FIELD_VALUE", number.to_string()),
                    ("JIRA_FIELD_TYPE", "text".to_owned()),
                ])
                .stdout(std::process::Stdio::piped())
                .spawn()
                .expect("a process")
        })
        .collect();
    let mut written = 0;
    let mut untrue = 0;
    for (number, child) in children.into_iter().enumerate() {
        let output = child.wait_with_output().expect("its end");
        let said = output.status.success();
        let body = format!(r#"{{"fields":{{"{BUILD_NUMBER}":"{number}"}}}}"#);
        let done = jira
            .writes()
            .iter()
            .any(|write| write.applied && write.body == body.as_bytes());
        written += usize::from(said);
        untrue += usize::from(said != done);
    }
    let outcome = Outcome {
        written,
        requests: jira.requests().len(),
        last: started.elapsed().as_secs_f64(),
        untrue,
    };
    row(load, "200 real processes", &outcome);
}

fn main() {
    let asked_for = |name| std::env::args().any(|argument| argument == name);
    if asked_for("turns") {
        return turns::compare();
    }
    println!(
        "| Load | deadline | backoff | written | requests per write | last write | least possible | reported wrongly |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    if asked_for("processes") {
        return run_processes(&LOADS[0]);
    }
    let policies = [
        Policy::new(0.5, 10, 0.0),
        Policy::new(1.0, 30, 0.0),
        Policy::new(2.0, 30, 0.0),
        Policy::new(4.0, 30, 0.0),
        Policy::new(2.0, 60, 0.0),
        Policy::new(2.0, 30, 0.5),
    ];
    for policy in policies {
        for load in &LOADS {
            row(load, &policy.name(), &simulate(load, policy, 42));
        }
    }
}
