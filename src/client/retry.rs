//! Whether to try again, and after how long; a pure function of what happened,
//! the time left and a random number.

use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The upper limit of the first wait.
    pub first: Duration,
    /// The limit doubles with each wait, up to this one.
    pub cap: Duration,
}

impl Default for Backoff {
    /// Within Atlassian's advice (begin with 2 to 5 s, double, stop at 30 s,
    /// <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>), by
    /// the figures of `cargo bench --bench many_jobs`: with a first wait of 1 s a
    /// thousand jobs need a tenth more requests and are no sooner done, with 4 s a
    /// single failure costs twice the time, and a cap of 60 s makes the last of a
    /// thousand jobs come later.
    fn default() -> Self {
        Backoff {
            first: Duration::from_secs(2),
            cap: Duration::from_secs(30),
        }
    }
}

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

/// Decides. `floor` is what the server asked to wait, `random` lies in 0..1.
///
/// The wait is the floor plus a full jitter: anything from nothing to the
/// exponential backoff, so that many jobs that failed at one moment do not come
/// back at one moment. The jitter alone never passes the deadline.
pub fn decide(
    backoff: Backoff,
    cause: Cause,
    floor: Option<Duration>,
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
    let floor = floor.unwrap_or_default();
    if floor >= left {
        return Decision::TooLong(floor);
    }
    let jitter = backoff
        .first
        .saturating_mul(1 << state.waits.min(16))
        .min(backoff.cap);
    Decision::Wait(floor + jitter.min(left - floor).mul_f64(random))
}

/// What the answer's headers ask to wait: `Retry-After`, or else
/// `Beta-Retry-After`, or else `X-RateLimit-Reset`.
///
/// Of several, the longest counts. Seconds or an HTTP date (RFC 9110 section
/// 10.2.3); what is neither asks nothing. Data Center tells a blocked user
/// 9223372036854775807 seconds.
pub fn floor<'a>(
    headers: impl Fn(&'static str) -> Vec<&'a str>,
    now: SystemTime,
) -> Option<Duration> {
    let delays = |name| {
        headers(name)
            .into_iter()
            .filter_map(|text| delay(text.trim()).or_else(|| time_until(text.trim(), now)))
            .max()
    };
    let reset = || {
        headers("x-ratelimit-reset")
            .into_iter()
            .filter_map(|text| time_until(text.trim(), now))
            .max()
    };
    delays("retry-after")
        .or_else(|| delays("beta-retry-after"))
        .or_else(reset)
}

fn delay(text: &str) -> Option<Duration> {
    let seconds = text
        .parse::<f64>()
        .ok()
        .filter(|seconds| !seconds.is_nan())?;
    Some(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX))
}

fn time_until(text: &str, now: SystemTime) -> Option<Duration> {
    let moment = httpdate::parse_http_date(text).ok();
    let moment = moment.or_else(|| {
        OffsetDateTime::parse(text, &Rfc3339)
            .ok()
            .map(SystemTime::from)
    });
    moment.map(|moment| moment.duration_since(now).unwrap_or_default())
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
        let rows = ROWS;
        each(
            rows,
            |(cause, floor, waits, retries_left, random, decision)| {
                let state = RetryState {
                    waits: *waits,
                    retries_left: *retries_left,
                };
                let decided = match decide(
                    Backoff::default(),
                    *cause,
                    floor.map(seconds),
                    state,
                    LEFT,
                    *random,
                ) {
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

    type Headers = &'static [(&'static str, &'static str)];

    #[test]
    fn what_the_server_asks_is_read_in_every_form() {
        // 2026-01-01T00:00:00Z
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        let forever = Duration::MAX;
        #[rustfmt::skip]
        let rows: &[(Headers, Option<Duration>)] = &[
            (&[], None),
            (&[("retry-after", "7")], Some(seconds(7.0))),
            (&[("retry-after", " 1.5 ")], Some(seconds(1.5))),
            (&[("retry-after", "0")], Some(seconds(0.0))),
            (&[("retry-after", "-5")], Some(seconds(0.0))),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "")], None),
            (&[("retry-after", "NaN")], None),
            (&[("retry-after", "9223372036854775807")], Some(seconds(9_223_372_036_854_775_807.0))),
            (&[("retry-after", "1e300")], Some(forever)),
            (&[("retry-after", "Thu, 01 Jan 2026 00:01:00 GMT")], Some(seconds(60.0))),
            (&[("retry-after", "Wed, 31 Dec 2025 23:59:00 GMT")], Some(seconds(0.0))),
            (&[("retry-after", "3"), ("retry-after", "9"), ("retry-after", "x")], Some(seconds(9.0))),
            (&[("retry-after", "3"), ("x-ratelimit-reset", "2026-01-01T00:01:00Z")], Some(seconds(3.0))),
            (&[("retry-after", "soon"), ("beta-retry-after", "4")], Some(seconds(4.0))),
            (&[("beta-retry-after", "4"), ("x-ratelimit-reset", "2026-01-01T00:01:00Z")], Some(seconds(4.0))),
            (&[("x-ratelimit-reset", "2026-01-01T00:01:00Z")], Some(seconds(60.0))),
            (&[("x-ratelimit-reset", "1767225660")], None),
            (&[("x-ratelimit-reset", "2026-01-01T01:01:00+01:00")], Some(seconds(60.0))),
        ];
        each(rows, |(headers, asked)| {
            let named = |name| {
                headers
                    .iter()
                    .filter(|(header, _)| *header == name)
                    .map(|(_, text)| *text)
                    .collect()
            };
            assert_eq!(floor(named, now), *asked, "{headers:?}");
        });
    }

    proptest::proptest! {
        #[test]
        fn a_wait_is_never_shorter_than_asked_nor_longer_than_what_is_left(
            asked in proptest::option::of(0.0..200.0f64), waits in 0u32..40, left in 0.0..200.0f64, random in 0.0..1.0f64,
        ) {
            let state = RetryState { waits, retries_left: 1 };
            match decide(Backoff::default(), Cause::Status(429), asked.map(seconds), state, seconds(left), random) {
                Decision::Wait(wait) => {
                    proptest::prop_assert!(wait >= seconds(asked.unwrap_or_default()) && wait <= seconds(left));
                }
                Decision::TooLong(wait) => proptest::prop_assert!(wait >= seconds(left)),
                other => proptest::prop_assert!(false, "{other:?}"),
            }
        }
    }
}
