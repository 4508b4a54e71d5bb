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
    /// Of so many turns of an issue's limit a job that is refused draws one, by the
    /// turns since its first attempt; of one after the last of these.
    pub turns: [u32; 5],
}

impl Default for Backoff {
    /// Within Atlassian's advice (begin with 2 to 5 s, stop at 30 s,
    /// <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>), by
    /// the figures of `cargo bench --bench many_jobs`: with a first wait of 1 s
    /// many jobs need more requests, with 4 s a single failure costs twice the
    /// time, and with a cap of 60 s a thousand jobs with an issue each are done
    /// after 48 s in place of 26. The turns are those that let a thousand jobs
    /// write one issue with the fewest requests while the last of them is no later.
    fn default() -> Self {
        Backoff {
            first: Duration::from_secs(2),
            cap: Duration::from_secs(30),
            turns: [1, 4, 2, 6, 5],
        }
    }
}

/// Cloud's long limit on the writes of one issue begins anew after so long.
const TURN: Duration = Duration::from_secs(30);
/// It is used up no sooner than after so long: the short limit sees to that.
const USING_UP: Duration = Duration::from_secs(8);
/// The exponent's growth with each 429: jobs that a limit refuses together are
/// sooner spread, and none is done later.
const LIMITED_GROWTH: u32 = 3;
/// The same where the site says that many came at one moment.
const BURST_GROWTH: u32 = 4;

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
    Decision::Wait(floor + jitter.drawn(random, left - floor))
}

/// What is waited beyond what the server asked for.
struct Jitter {
    /// Up to so long
    span: Duration,
    /// after the beginning of one of so many turns.
    turns: u32,
}

impl Jitter {
    fn drawn(&self, random: f64, left: Duration) -> Duration {
        // Too short for a crowd is a turn that begins less than so long before the deadline.
        let last = left.saturating_sub(USING_UP).as_secs_f64();
        let begun = (last / TURN.as_secs_f64()).ceil().max(1.0);
        let place = random * f64::from(self.turns).min(begun);
        let turn = (place.ceil() - 1.0).max(0.0);
        let least = TURN.mul_f64(turn);
        least
            + self
                .span
                .min(left.saturating_sub(least))
                .mul_f64(place - turn)
    }
}

fn jitter(backoff: Backoff, cause: Cause, asked: Asked, state: RetryState) -> Jitter {
    let grown = |exponent: u32| {
        let factor = 1 << exponent.min(16);
        backoff.first.saturating_mul(factor).min(backoff.cap)
    };
    let up_to = |span| Jitter { span, turns: 1 };
    let turn = (state.elapsed.as_secs() / TURN.as_secs()) as usize;
    let limit = asked.issue_limit.filter(|_| !spends_a_retry(cause));
    match limit {
        None if spends_a_retry(cause) => up_to(grown(state.waits)),
        None if asked.burst => up_to(grown(state.waits.saturating_mul(BURST_GROWTH))),
        None => up_to(grown(state.waits.saturating_mul(LIMITED_GROWTH))),
        // Those who began together may be no more than one turn admits.
        Some(IssueLimit::Short) if turn == 0 => up_to(grown(state.waits).min(USING_UP)),
        Some(_) => Jitter {
            span: TURN - USING_UP,
            turns: backoff.turns.get(turn).copied().unwrap_or(1),
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
                    ..Asked::default()
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
            burst: false,
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
    fn jobs_that_write_one_issue_are_spread_over_a_turn_and_then_over_several() {
        use IssueLimit::{Long, Short};
        const AFTER: f64 = 22.0;
        #[rustfmt::skip]
        let rows = [
            (Short,  1.0, 0,   0.0, (0.0, 2.0)),
            (Short,  1.0, 1,   9.0, (0.0, 4.0)),
            (Short,  1.0, 9,  29.9, (0.0, 8.0)),
            (Short,  1.0, 0,  30.0, (0.0, 90.0 + AFTER)),
            (Long,  20.0, 0,   0.0, (0.0, AFTER)),
            (Long,  20.0, 9,  29.9, (0.0, AFTER)),
            (Long,  20.0, 9,  30.0, (0.0, 90.0 + AFTER)),
            (Long,  20.0, 9,  60.0, (0.0, 30.0 + AFTER)),
            (Long,  20.0, 9,  90.0, (0.0, 150.0 + AFTER)),
            (Long,  20.0, 9, 120.0, (0.0, 120.0 + AFTER)),
            (Long,  20.0, 9, 150.0, (0.0, AFTER)),
            (Long,  20.0, 9, 999.0, (0.0, AFTER)),
        ];
        each(rows, |(limit, floor, waits, elapsed, expected)| {
            let found = beyond(limit, floor, waits, elapsed, 1000.0);
            assert_eq!(found, expected, "{limit:?} {floor} {waits} {elapsed}");
        });
    }

    #[test]
    fn a_burst_is_spread_at_once_by_its_second_wait() {
        let waited = |burst, waits| {
            let asked = Asked {
                burst,
                ..Asked::default()
            };
            let state = RetryState {
                waits,
                ..RetryState::default()
            };
            let limited = Cause::Status(429);
            jitter(Backoff::default(), limited, asked, state).span
        };
        assert_eq!(
            [0, 1, 2].map(|waits| waited(true, waits)),
            [2.0, 30.0, 30.0].map(seconds)
        );
        assert_eq!(
            [0, 1, 2].map(|waits| waited(false, waits)),
            [2.0, 16.0, 30.0].map(seconds)
        );
    }

    #[test]
    fn of_the_turns_that_begin_well_before_the_deadline_each_is_drawn_as_often() {
        let jitter = Jitter {
            span: seconds(22.0),
            turns: 3,
        };
        let drawn = |left: f64| {
            [0.0, 0.25, 0.5, 0.75, 1.0]
                .map(|random| jitter.drawn(random, seconds(left)).as_secs_f64())
        };
        assert_eq!(drawn(1000.0), [0.0, 16.5, 41.0, 65.5, 82.0]);
        assert_eq!(drawn(50.0), [0.0, 11.0, 22.0, 40.0, 50.0]);
        assert_eq!(drawn(38.0), [0.0, 5.5, 11.0, 16.5, 22.0]);
        assert_eq!(drawn(38.1)[4], 38.1);
        assert_eq!(drawn(30.0), [0.0, 5.5, 11.0, 16.5, 22.0]);
        assert_eq!(drawn(10.0), [0.0, 2.5, 5.0, 7.5, 10.0]);
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
            match decide(Backoff::default(), Cause::Status(429), Asked { floor, issue_limit, burst: false }, state, seconds(left), random) {
                Decision::Wait(wait) => {
                    proptest::prop_assert!(wait >= seconds(asked.unwrap_or_default()) && wait <= seconds(left));
                }
                Decision::TooLong(wait) => proptest::prop_assert!(wait >= seconds(left)),
                other => proptest::prop_assert!(false, "{other:?}"),
            }
        }
    }
}
