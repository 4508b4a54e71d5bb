//! Whether to try again, and after how long; a pure function of what happened, the time left and a random number.

use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Atlassian's advice: begin with seconds, double, stop doubling at half a minute
/// (<https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>).
const FIRST: Duration = Duration::from_secs(1);
const CAP: Duration = Duration::from_secs(30);

/// What made an attempt fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Jira's answer.
    Status(u16),
    /// The connection failed or broke.
    Connection,
    /// The attempt's time was over.
    Timeout,
    /// A certificate or a handshake: the next attempt meets the same.
    Tls,
}

/// How far this request's retries have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Waits so far, of whatever cause: the exponent of the next one.
    pub waits: u32,
    /// Retries that may still be spent.
    pub retries_left: u32,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decision {
    /// Wait so long, then try again.
    Wait(Duration),
    /// Another attempt would end alike.
    NotRetryable,
    /// The retries are used up.
    RetriesUsed,
    /// The server asks for more time than is left.
    TooLong(Duration),
}

/// A 429 spends time, not retries: the server said that it is well and when to come back.
pub fn spends_a_retry(cause: Cause) -> bool {
    cause != Cause::Status(429)
}

/// Decides. `floor` is what the server asked to wait, `random` lies in 0..1.
///
/// The wait is the floor plus a full jitter: anything from nothing to the exponential backoff, so that many jobs that
/// failed at one moment do not come back at one moment. The jitter alone never passes the deadline.
pub fn decide(cause: Cause, floor: Option<Duration>, progress: Progress, left: Duration, random: f64) -> Decision {
    let retryable = match cause {
        Cause::Status(status) => matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504),
        Cause::Connection | Cause::Timeout => true,
        Cause::Tls => false,
    };
    if !retryable {
        return Decision::NotRetryable;
    }
    if spends_a_retry(cause) && progress.retries_left == 0 {
        return Decision::RetriesUsed;
    }
    let floor = floor.unwrap_or_default();
    if floor >= left {
        return Decision::TooLong(floor);
    }
    let backoff = FIRST.saturating_mul(1 << progress.waits.min(5)).min(CAP);
    Decision::Wait(floor + backoff.min(left - floor).mul_f64(random))
}

/// What the answer's headers ask to wait: `Retry-After`, or else `Beta-Retry-After`, or else `X-RateLimit-Reset`.
///
/// Of several, the longest counts. Seconds or an HTTP date (RFC 9110 section 10.2.3); what is neither asks nothing.
/// Data Center tells a blocked user 9223372036854775807 seconds.
pub fn floor<'a>(headers: impl Fn(&'static str) -> Vec<&'a str>, now: SystemTime) -> Option<Duration> {
    let asked = |name| headers(name).into_iter().filter_map(|text| delay(text, now)).max();
    asked("retry-after").or_else(|| asked("beta-retry-after")).or_else(|| asked("x-ratelimit-reset"))
}

fn delay(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        let seconds = if seconds.is_nan() { return None } else { seconds.max(0.0) };
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let moment = httpdate::parse_http_date(text).ok();
    let moment = moment.or_else(|| OffsetDateTime::parse(text, &Rfc3339).ok().map(SystemTime::from));
    moment.map(|moment| moment.duration_since(now).unwrap_or_default())
}
