//! Fewer requests or an earlier end: a job that draws one of several turns of an
//! issue's limit asks less often, and comes later where there were fewer others.

use crate::loads::{LOAD, Load};
use crate::simulation::{Policy, simulate};
use jira_build_status::client::retry::Backoff;

/// Writes of one issue in each turn of 30 s, and at the first moment of all.
const TURN: usize = 100;
const AT_ONCE: usize = 20;
const CROWDS: [usize; 5] = [25, 100, 300, 500, 1000];
/// Of how many turns a job draws one.
const DRAWS: [[u32; 5]; 6] = [
    [1, 1, 1, 1, 1],
    [1, 2, 2, 2, 2],
    [1, 3, 3, 6, 5],
    [1, 4, 2, 6, 5],
    [1, 4, 4, 4, 4],
    [1, 2, 4, 8, 16],
];
const SEEDS: u64 = 5;

pub(crate) fn compare() {
    let jobs = CROWDS.map(|jobs| format!("{jobs} jobs"));
    line("One issue, one of so many turns", &jobs);
    println!("|---|{}", "---|".repeat(CROWDS.len()));
    for turns in DRAWS {
        let backoff = Backoff {
            turns,
            ..Backoff::default()
        };
        let policy = Policy {
            backoff,
            least_share: 0.0,
        };
        let cells = CROWDS.map(|jobs| measured(jobs, policy));
        line(&format!("{turns:?}"), &cells);
    }
    line(
        "told nothing, never late",
        &CROWDS.map(|jobs| least(jobs, false)),
    );
    line("told the number", &CROWDS.map(|jobs| least(jobs, true)));
}

fn line(name: &str, cells: &[String]) {
    println!("| {name} | {} |", cells.join(" | "));
}

fn measured(jobs: usize, policy: Policy) -> String {
    let load = Load {
        jobs,
        deadline: 900,
        ..LOAD
    };
    let outcomes = (0..SEEDS).map(|seed| simulate(&load, policy, 1_000_000 * seed));
    let (requests, last) = outcomes.fold((0.0, 0.0), |(requests, last), outcome| {
        (requests + outcome.requests_per_write(), last + outcome.last)
    });
    let seeds = SEEDS as f64;
    format!("{:.2}, {:.0} s", requests / seeds, last / seeds)
}

/// The fewest requests for each write where each number of jobs is to be done in
/// the turns that it needs. Who is refused and told nothing may be one of those
/// that this turn is enough for, so that each job that is left asks in each turn,
/// and in the first one twice: all begin at once. Who is told the number comes back
/// in a turn of its own.
fn least(jobs: usize, told: bool) -> String {
    let refused_at_first = jobs - AT_ONCE;
    let asked_later: usize = if told {
        0
    } else {
        (1..jobs.div_ceil(TURN))
            .map(|turn| jobs - TURN * turn)
            .sum()
    };
    let requests = jobs + refused_at_first + asked_later;
    format!("at least {:.2}", requests as f64 / jobs as f64)
}
