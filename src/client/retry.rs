//! Whether to try again, and after how long; a pure function of what happened,
//! the time left and a random number.

mod asked;

pub use asked::{Asked, IssueLimit};

use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The upper limit of the first wait.
    pub first: Duration,
    /// The limit grows with each wait, up to this one.
    pub cap: Duration,
    /// Where a crowd writes one issue, a job lets so many turns of its limit pass.
    pub passed: u32,
}

impl Default for Backoff {
    /// Within Atlassian's advice (begin with 2 to 5 s, stop at 30 s,
    /// <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>), by
    /// the figures of `cargo bench --bench many_jobs`: with a first wait of 1 s
    /// many jobs need more requests, with 4 s a single failure costs twice the
    /// time, and with a cap of 60 s a thousand jobs with an issue each are done
    /// after 48 s in place of 26. Two turns passed make 300 jobs 30 s later.
    fn default() -> Self {
        Backoff {
            first: Duration::from_secs(2),
            cap: Duration::from_secs(30),
            passed: 1,
        }
    }
}

/// Cloud's long limit on the writes of one issue begins anew after so long.
const TURN: Duration = Duration::from_secs(30);
/// It is used up no sooner than after so long: the short limit sees to that.
const USING_UP: Duration = Duration::from_secs(8);
/// Who is asked to wait so long finds it used up within 10 s: by three times as
/// many as a turn admits, if they came evenly.
const CROWDED: Duration = Duration::from_secs(20);
/// The exponent's growth with each 429: jobs that a limit refuses together are
/// sooner spread, and none is done later.
const LIMITED_GROWTH: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    Status(u16),
    Connection,
    Timeout,
    /// A certificate or a handshake: the next attempt meets the same.
    Tls,
    /// The proxy's login or rules: another attempt meets the same, and could lock
    /// an account.
    Proxy,
}

/// How far this request's retries have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetryState {
    /// Waits so far, of whatever cause: the exponent of the next one.
    pub waits: u32,
    /// Retries that may still be spent.
    pub retries_left: u32,
    /// Since the first attempt began.
    pub elapsed: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision {
    /// Wait so long, then try again.
    Wait(Duration),
    /// Another attempt would have the same result.
    NotRetryable,
    RetriesUsed,
    /// The server asks for more time than is left.
    TooLong(Duration),
}

/// A 429 spends time, not retries: the server said that it is well and when to come back.
pub(crate) fn spends_a_retry(cause: Cause) -> bool {
    cause != Cause::Status(429)
}

/// Decides. `random` lies in 0..1.
///
/// The wait is what the server asked for plus a jitter, so that many jobs that
/// failed at one moment do not come back at one moment. The jitter alone never
/// passes the deadline.
pub fn decide(
    backoff: Backoff,
    cause: Cause,
    asked: Asked,
    state: RetryState,
    left: Duration,
    random: f64,
) -> Decision {
    let retryable = match cause {
        Cause::Status(status) => {
            matches!(status, 408 | 409 | 425 | 429 | 500 | 502..=504 | 520..=529)
        }
        Cause::Connection | Cause::Timeout => true,
        Cause::Tls | Cause::Proxy => false,
    };
    if !retryable {
        return Decision::NotRetryable;
    }
    if spends_a_retry(cause) && state.retries_left == 0 {
        return Decision::RetriesUsed;
    }
    let floor = asked.floor.unwrap_or_default();
    if floor >= left {
        return Decision::TooLong(floor);
    }
    let jitter = jitter(backoff, cause, asked, state);
    let least = Some(floor + jitter.least).filter(|least| *least < left);
    let least = least.unwrap_or(floor);
    Decision::Wait(least + jitter.span.min(left - least).mul_f64(random))
}

/// What is waited beyond what the server asked for: `least` where there is time
/// for it, and anything up to `span` more.
struct Jitter {
    least: Duration,
    span: Duration,
}

fn jitter(backoff: Backoff, cause: Cause, asked: Asked, state: RetryState) -> Jitter {
    let grown = |exponent: u32| {
        let factor = 1 << exponent.min(16);
        backoff.first.saturating_mul(factor).min(backoff.cap)
    };
    let up_to = |span| Jitter {
        least: Duration::ZERO,
        span,
    };
    // Before that, those who began together may be no more than one turn admits.
    let later = state.elapsed >= TURN;
    let limit = asked.issue_limit.filter(|_| !spends_a_retry(cause));
    match limit {
        None if spends_a_retry(cause) => up_to(grown(state.waits)),
        None => up_to(grown(state.waits.saturating_mul(LIMITED_GROWTH))),
        Some(IssueLimit::Short) if !later => up_to(grown(state.waits).min(USING_UP)),
        Some(IssueLimit::Long) if !later || asked.floor < Some(CROWDED) => up_to(TURN - USING_UP),
        // So many come that the turn is used up at its beginning, and the next one
        // will be.
        Some(_) => Jitter {
            least: (TURN * backoff.passed).saturating_sub(USING_UP / 2),
            span: TURN - USING_UP,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    const LEFT: Duration = Duration::from_secs(100);

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// Cause, what the server asked, waits so far, retries left, random, and the
    /// decision.
    type Row = (Cause, Option<f64>, u32, u32, f64, &'static str);

    #[rustfmt::skip]
    const ROWS: &[Row] = &[
        (Cause::Status(503),  None,        0, 4, 1.0, "wait 2"),
        (Cause::Status(503),  None,        1, 3, 1.0, "wait 4"),
        (Cause::Status(503),  None,        2, 2, 1.0, "wait 8"),
        (Cause::Status(503),  None,        3, 1, 0.5, "wait 8"),
        (Cause::Status(503),  None,        9, 1, 1.0, "wait 30"),
        (Cause::Status(503),  None,        0, 4, 0.0, "wait 0"),
        (Cause::Status(503),  None,        4, 0, 1.0, "retries used"),
        (Cause::Status(503),  Some(7.0),   0, 4, 0.5, "wait 8"),
        (Cause::Status(503),  Some(100.0), 0, 4, 0.5, "too long 100"),
        (Cause::Status(503),  Some(99.5),  0, 4, 1.0, "wait 100"),
        (Cause::Status(429),  None,        0, 0, 1.0, "wait 2"),
        (Cause::Status(429),  None,        1, 0, 1.0, "wait 16"),
        (Cause::Status(429),  None,        2, 0, 1.0, "wait 30"),
        (Cause::Status(429),  None,        9, 0, 1.0, "wait 30"),
        (Cause::Status(429),  Some(0.0),   0, 0, 1.0, "wait 2"),
        (Cause::Status(429),  Some(1e9),   0, 0, 1.0, "too long 1000000000"),
        (Cause::Status(408),  None,        0, 4, 1.0, "wait 2"),
        (Cause::Status(409),  None,        0, 4, 1.0, "wait 2"),
        (Cause::Status(425),  None,        0, 4, 1.0, "wait 2"),
        (Cause::Status(500),  None,        0, 4, 1.0, "wait 2"),
        (Cause::Status(502),  None,        0, 4, 1.0, "wait 2"),
        (Cause::Status(504),  None,        0, 4, 1.0, "wait 2"),
        (Cause::Connection,   None,        0, 4, 1.0, "wait 2"),
        (Cause::Timeout,      None,        0, 4, 1.0, "wait 2"),
        (Cause::Tls,          None,        0, 4, 1.0, "not retryable"),
        (Cause::Proxy,        None,        0, 4, 1.0, "not retryable"),
        (Cause::Status(204),  None,        0, 4, 1.0, "not retryable"),
        (Cause::Status(200),  Some(5.0),   0, 4, 1.0, "not retryable"),
        (Cause::Status(302),  None,        0, 4, 1.0, "not retryable"),
        (Cause::Status(400),  Some(5.0),   0, 4, 1.0, "not retryable"),
        (Cause::Status(401),  None,        0, 4, 1.0, "not retryable"),
        (Cause::Status(403),  Some(0.0),   0, 4, 1.0, "not retryable"),
        (Cause::Status(404),  None,        0, 4, 1.0, "not retryable"),
        (Cause::Status(501),  None,        0, 4, 1.0, "not retryable"),
        (Cause::Status(505),  None,        0, 4, 1.0, "not retryable"),
        (Cause::Status(519),  None,        0, 4, 1.0, "not retryable"),
        (Cause::Status(520),  None,        0, 4, 1.0, "wait 2"),
        (Cause::Status(529),  None,        0, 4, 1.0, "wait 2"),
        (Cause::Status(530),  None,        0, 4, 1.0, "not retryable"),
    ];

    #[test]
    fn every_case_is_decided_as_the_table_says() {
        each(
            ROWS,
            |(cause, floor, waits, retries_left, random, decision)| {
                let state = RetryState {
                    waits: *waits,
                    retries_left: *retries_left,
                    elapsed: Duration::ZERO,
                };
                let asked = Asked {
                    floor: floor.map(seconds),
                    issue_limit: None,
                };
                let decided = match decide(Backoff::default(), *cause, asked, state, LEFT, *random)
                {
                    Decision::Wait(wait) => format!("wait {}", wait.as_secs_f64()),
                    Decision::TooLong(wait) => format!("too long {}", wait.as_secs_f64()),
                    Decision::NotRetryable => "not retryable".to_owned(),
                    Decision::RetriesUsed => "retries used".to_owned(),
                };
                println!(
                    "| {cause:?} | {floor:?} | {waits} | {retries_left} | {random} | {decided} |"
                );
                assert_eq!(
                    decided, *decision,
                    "{cause:?} {floor:?} {waits} {retries_left} {random}"
                );
            },
        );
    }

    /// What is waited beyond what was asked for: the least, and the most.
    fn beyond(limit: IssueLimit, floor: f64, waits: u32, elapsed: f64, left: f64) -> (f64, f64) {
        let asked = Asked {
            floor: Some(seconds(floor)),
            issue_limit: Some(limit),
        };
        let state = RetryState {
            waits,
            retries_left: 0,
            elapsed: seconds(elapsed),
        };
        let wait = |random| {
            let cause = Cause::Status(429);
            match decide(
                Backoff::default(),
                cause,
                asked,
                state,
                seconds(left),
                random,
            ) {
                Decision::Wait(wait) => wait.as_secs_f64() - floor,
                other => panic!("{other:?}"),
            }
        };
        (wait(0.0), wait(1.0))
    }

    #[test]
    fn a_crowd_that_writes_one_issue_leaves_the_next_turn_to_others() {
        use IssueLimit::{Long, Short};
        #[rustfmt::skip]
        let rows = [
            (Short,  1.0, 0,  0.0, (0.0, 2.0)),
            (Short,  1.0, 1,  9.0, (0.0, 4.0)),
            (Short,  1.0, 9, 29.9, (0.0, 8.0)),
            (Short,  1.0, 0, 30.0, (26.0, 48.0)),
            (Long,  20.0, 0, 29.9, (0.0, 22.0)),
            (Long,  19.9, 9, 30.0, (0.0, 22.0)),
            (Long,  20.0, 9, 30.0, (26.0, 48.0)),
        ];
        each(rows, |(limit, floor, waits, elapsed, expected)| {
            let found = beyond(limit, floor, waits, elapsed, 100.0);
            assert_eq!(found, expected, "{limit:?} {floor} {waits} {elapsed}");
        });
        // What is left is shared out where it is too short for that.
        assert_eq!(beyond(Long, 20.0, 9, 30.0, 40.0), (0.0, 20.0));
        assert_eq!(beyond(Long, 20.0, 9, 30.0, 46.0), (0.0, 22.0));
        assert_eq!(beyond(Long, 20.0, 9, 30.0, 50.0), (26.0, 30.0));
    }

    #[test]
    fn a_crowd_lets_as_many_turns_pass_as_it_is_told_to() {
        let least = |passed| {
            let backoff = Backoff {
                passed,
                ..Backoff::default()
            };
            let asked = Asked {
                floor: Some(CROWDED),
                issue_limit: Some(IssueLimit::Long),
            };
            let state = RetryState {
                elapsed: TURN,
                ..RetryState::default()
            };
            jitter(backoff, Cause::Status(429), asked, state).least
        };
        assert_eq!((least(0), least(2)), (Duration::ZERO, seconds(56.0)));
    }

    proptest::proptest! {
        #[test]
        fn a_wait_is_never_shorter_than_asked_nor_longer_than_what_is_left(
            asked in proptest::option::of(0.0..200.0f64), limit in 0..3, waits in 0u32..40, elapsed in 0u64..60,
            left in 0.0..200.0f64, random in 0.0..1.0f64,
        ) {
            let state = RetryState { waits, retries_left: 1, elapsed: Duration::from_secs(elapsed) };
            let issue_limit = [None, Some(IssueLimit::Short), Some(IssueLimit::Long)][limit as usize];
            let floor = asked.map(seconds);
            match decide(Backoff::default(), Cause::Status(429), Asked { floor, issue_limit }, state, seconds(left), random) {
                Decision::Wait(wait) => {
                    proptest::prop_assert!(wait >= seconds(asked.unwrap_or_default()) && wait <= seconds(left));
                }
                Decision::TooLong(wait) => proptest::prop_assert!(wait >= seconds(left)),
                other => proptest::prop_assert!(false, "{other:?}"),
            }
        }
    }
}
