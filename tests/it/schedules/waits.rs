//! Waits as they are meant: how long, for whom, and what ends them; on virtual time.

use super::{Fault, Played, Schedule, lies, play_until};
use jira_build_status::error::{Kind, Signal};
use jira_build_status::output::report::State;
use std::time::Duration;

/// An answer in Jira's place with these headers, before Jira acts.
fn answered(status: u16, header: &[(&'static str, &str)]) -> Fault {
    let header = header
        .iter()
        .map(|(name, text)| (*name, (*text).to_owned()))
        .collect();
    Fault::Status {
        status,
        header,
        body: "",
        acted: false,
    }
}

/// One fault after the other, for so many issues, up to two of them side by side.
fn schedule(faults: &[Fault], issues: usize) -> Schedule {
    let faults = faults.to_vec();
    Schedule {
        faults,
        issues,
        auto: false,
        concurrency: 2,
        deadline: 100,
        max_retries: 4,
        seed: 1,
    }
}

/// Plays it to its end, or to the signal that comes after so many seconds.
fn play(schedule: &Schedule, signal_after: Option<u64>) -> Played {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let signal = async {
        tokio::time::sleep(Duration::from_secs(signal_after.unwrap_or(1000))).await;
        Signal::Terminate
    };
    let played = runtime.block_on(play_until(schedule, signal));
    if signal_after.is_none() {
        assert_eq!(lies(schedule, &played), Vec::<String>::new());
    }
    played
}

/// When the requests for an issue came, in seconds.
fn moments(played: &Played, issue: &str) -> Vec<f64> {
    let record = played.memory.record.borrow();
    record
        .iter()
        .filter(|entry| entry.path.ends_with(issue))
        .map(|entry| entry.at.as_secs_f64())
        .collect()
}

#[test]
fn a_sites_retry_after_holds_back_every_issue_and_an_issues_own_only_that_one() {
    for (reason, held) in [
        ("jira-burst-based", true),
        ("jira-per-issue-on-write", false),
    ] {
        let limited = answered(429, &[("retry-after", "10"), ("ratelimit-reason", reason)]);
        let played = play(&schedule(&[Fault::None, limited], 4), None);
        let last = moments(&played, "HSP-4");
        assert_eq!(last[0] >= 10.0, held, "{reason}: {last:?}");
    }
}

#[test]
fn each_wait_may_be_twice_as_long_as_the_one_before_and_chance_spreads_them() {
    let faults = [answered(503, &[]), answered(503, &[]), answered(503, &[])];
    let waits: Vec<Vec<f64>> = (0..40)
        .map(|seed| {
            let moments = moments(
                &play(
                    &Schedule {
                        seed,
                        ..schedule(&faults, 1)
                    },
                    None,
                ),
                "HSP-1",
            );
            moments.windows(2).map(|pair| pair[1] - pair[0]).collect()
        })
        .collect();
    for (at, longest) in [2.0, 4.0, 8.0].into_iter().enumerate() {
        let waits: Vec<f64> = waits.iter().map(|waits| waits[at]).collect();
        // The clock's ticks are milliseconds.
        assert!(
            waits.iter().all(|wait| *wait < longest + 0.002),
            "{waits:?}"
        );
        assert!(waits.iter().any(|wait| *wait > longest * 0.75), "{waits:?}");
        assert!(waits.iter().any(|wait| *wait < longest * 0.25), "{waits:?}");
    }
}

#[test]
fn a_date_is_read_by_the_clock_as_it_is_when_the_answer_comes() {
    let date = "Thu, 01 Jan 2026 00:00:30 GMT";
    let faults = [
        answered(503, &[("retry-after", "15")]),
        answered(503, &[("retry-after", date)]),
    ];
    let moments = moments(&play(&schedule(&faults, 1), None), "HSP-1");
    assert!(
        moments.len() == 3 && moments[2] >= 30.0 && moments[2] < 34.1,
        "{moments:?}"
    );
}

#[test]
fn a_signal_ends_the_wait_that_the_site_asks_of_everybody() {
    let limited = answered(429, &[("retry-after", "50")]);
    let played = play(&schedule(&[Fault::None, limited], 4), Some(5));
    assert_eq!(played.elapsed.as_secs(), 5, "{:?}", played.elapsed);
    let written = played
        .report
        .issues
        .iter()
        .map(|issue| matches!(issue.state, State::Written));
    // The third was under way already; the fourth waited with the second.
    assert_eq!(written.collect::<Vec<_>>(), [true, false, true, false]);
    assert!(moments(&played, "HSP-4").is_empty());
    assert_eq!(played.report.exit_code(), 143);
}

#[test]
fn after_a_signal_what_was_under_way_is_not_tried_again() {
    // Its time is over a second after the signal, well within the grace.
    let played = play(&schedule(&[Fault::HangAfter], 1), Some(29));
    assert_eq!(
        (played.elapsed.as_secs(), moments(&played, "HSP-1").len()),
        (30, 1),
        "{:?}",
        played.elapsed
    );
    let state = &played.report.issues[0].state;
    assert!(
        matches!(
            state,
            State::Failed {
                maybe_written: true,
                ..
            }
        ),
        "{state:?}"
    );
    assert_eq!(played.report.exit_code(), 143);
}

#[test]
fn where_the_time_ends_with_a_wait_the_answer_that_was_waited_after_is_told() {
    // Half a millisecond is less than the clock's ticks: the wait ends with the
    // run's time.
    let schedule = Schedule {
        deadline: 10,
        ..schedule(&[answered(503, &[("retry-after", "9.9995")])], 1)
    };
    let played = play(&schedule, None);
    let State::Failed { failure, .. } = &played.report.issues[0].state else {
        panic!("{:?}", played.report)
    };
    assert_eq!(
        (failure.kind, moments(&played, "HSP-1").len()),
        (Kind::Unreachable, 1),
        "{failure:?}"
    );
}

#[test]
fn a_failure_says_how_many_attempts_it_took_where_there_was_more_than_one() {
    for (max_retries, told) in [(0, false), (1, true)] {
        let schedule = Schedule {
            max_retries,
            ..schedule(&[answered(503, &[]), answered(503, &[])], 1)
        };
        let played = play(&schedule, None);
        let State::Failed { failure, .. } = &played.report.issues[0].state else {
            panic!("{:?}", played.report)
        };
        let said = failure.message.contains(", 2 attempts in ");
        assert_eq!(said, told, "{failure:?}");
    }
}
