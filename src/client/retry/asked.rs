//! What the headers of an answer ask of whoever comes back, and which limit was met.

use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What an answer says about coming back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The least wait.
    pub floor: Option<Duration>,
    /// The limit that was met, where it is one of this issue alone: the site still
    /// answers for others.
    pub issue_limit: Option<IssueLimit>,
    /// The limit that was met is the site's for one moment: many came together.
    pub burst: bool,
}

/// Cloud's limits on the writes of one issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueLimit {
    /// 20 in 2 s.
    Short,
    /// 100 in 30 s.
    Long,
}

/// The length of the short limit: only the long one asks for a longer wait.
const SHORT: Duration = Duration::from_secs(2);

impl Asked {
    /// Reads the headers of an answer.
    pub fn read<'a>(headers: impl Fn(&'static str) -> Vec<&'a str>, now: SystemTime) -> Self {
        let floor = floor(&headers, now);
        let reasons = headers("ratelimit-reason");
        let met = |limit| reasons.iter().any(|reason| reason.contains(limit));
        let issue_limit = met("per-issue").then(|| match headers("x-ratelimit-limit").first() {
            Some(&"20") => IssueLimit::Short,
            Some(&"100") => IssueLimit::Long,
            _ if floor.unwrap_or_default() <= SHORT => IssueLimit::Short,
            _ => IssueLimit::Long,
        });
        Asked {
            floor,
            issue_limit,
            burst: met("burst"),
        }
    }

    /// Whether the server asks to leave it alone, other issues included.
    pub(crate) fn holds_up_all(&self) -> bool {
        self.issue_limit.is_none() && self.floor.is_some_and(|floor| !floor.is_zero())
    }
}

/// What the answer's headers ask to wait: `Retry-After`, or else
/// `Beta-Retry-After`, or else `X-RateLimit-Reset`.
///
/// Of several, the longest counts. Seconds or an HTTP date (RFC 9110 section
/// 10.2.3); what is neither asks nothing. Data Center tells a blocked user
/// 9223372036854775807 seconds.
fn floor<'a>(headers: &impl Fn(&'static str) -> Vec<&'a str>, now: SystemTime) -> Option<Duration> {
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

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
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
            assert_eq!(floor(&named, now), *asked, "{headers:?}");
        });
    }

    #[test]
    fn an_issues_limit_is_told_by_its_number_or_else_by_the_wait() {
        use IssueLimit::{Long, Short};
        let rows = [
            ("jira-per-issue-on-write", "20", "1", Some(Short)),
            ("jira-per-issue-on-write", "20", "3", Some(Short)),
            ("jira-per-issue-on-write", "100", "1", Some(Long)),
            ("jira-per-issue-on-write", "350", "2", Some(Short)),
            ("jira-per-issue-on-write", "350", "3", Some(Long)),
            ("jira-burst-based", "20", "1", None),
            ("", "100", "9", None),
        ];
        each(rows, |(reason, limit, wait, issue_limit)| {
            let headers = |name| match name {
                "ratelimit-reason" => vec![reason],
                "x-ratelimit-limit" => vec![limit],
                "retry-after" => vec![wait],
                _ => vec![],
            };
            let asked = Asked::read(headers, SystemTime::UNIX_EPOCH);
            assert_eq!(asked.issue_limit, issue_limit, "{reason} {limit} {wait}");
            assert_eq!(asked.burst, reason == "jira-burst-based", "{reason}");
        });
    }
}
