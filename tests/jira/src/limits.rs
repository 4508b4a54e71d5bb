//! How many requests a site admits in how much time.

use crate::datetime;
use crate::login::Caller;
use crate::message::{Reply, Request};
use crate::refusal;
use crate::site::Kind;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, SystemTime};

/// Writes of one issue: so many in so long.
const PER_ISSUE: [(usize, Duration); 2] =
    [(20, Duration::from_secs(2)), (100, Duration::from_secs(30))];

/// One token in the unit of [`Bucket::level`].
const TOKEN: u128 = 1_000_000_000;

type Headers = Vec<(String, String)>;

/// Which limits are on, and how much of each is used up.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// Cloud's burst limits and its limit of writes per issue.
    pub(crate) cloud: bool,
    /// Data Center's budget of each user: its capacity and what is filled in per second.
    pub(crate) budget: Option<(u32, u32)>,
    buckets: BTreeMap<String, Bucket>,
    writes: BTreeMap<u64, VecDeque<SystemTime>>,
}

#[derive(Debug)]
struct Bucket {
    /// In billionths, so that every nanosecond fills in a whole number.
    level: u128,
    filled: SystemTime,
}

impl Limits {
    /// The headers that go with an admitted request, or the 429.
    pub(crate) fn admit(
        &mut self,
        kind: Kind,
        request: &Request,
        caller: &Caller,
        now: SystemTime,
    ) -> Result<Headers, Reply> {
        match (kind, &caller.user, self.budget) {
            (Kind::Cloud, _, _) if self.cloud => self.admit_to_site(request, now),
            (Kind::Server | Kind::DataCenter, Some(user), Some(budget)) => {
                self.admit_user(user, budget, request, now)
            }
            _ => Ok(Headers::new()),
        }
    }

    /// Cloud's limit on the writes of one issue.
    pub(crate) fn admit_write(&mut self, issue: u64, now: SystemTime) -> Result<(), Reply> {
        if !self.cloud {
            return Ok(());
        }
        let written = self.writes.entry(issue).or_default();
        let waits = PER_ISSUE.iter().filter_map(|&(most, span)| {
            let oldest = written
                .len()
                .checked_sub(most)
                .map(|index| written[index])?;
            let wait = oldest.checked_add(span)?.duration_since(now).ok()?;
            (!wait.is_zero()).then_some((wait, most))
        });
        if let Some((wait, most)) = waits.max() {
            let reason = "jira-per-issue-on-write";
            return Err(refused_by_cloud(reason, most.to_string(), wait, now));
        }
        written.push_back(now);
        if written.len() > 100 {
            written.pop_front();
        }
        Ok(())
    }

    fn admit_to_site(&mut self, request: &Request, now: SystemTime) -> Result<Headers, Reply> {
        let reads_issue = request.path().contains("/issue/");
        let capacity = match request.method.as_str() {
            "PUT" | "DELETE" => 50,
            "GET" if reads_issue => 150,
            _ => 100,
        };
        let endpoint = format!(
            "{} {}",
            request.method,
            if reads_issue { "issue" } else { request.path() }
        );
        match self.take(endpoint, (capacity, capacity), now) {
            Ok(left) => {
                let mut headers = vec![
                    ("X-RateLimit-Limit".to_owned(), capacity.to_string()),
                    (
                        "RateLimit-Policy".to_owned(),
                        format!("\"jira-burst-based\";q={capacity};w=1"),
                    ),
                    (
                        "RateLimit".to_owned(),
                        format!("\"jira-burst-based\";r={left};t=1"),
                    ),
                ];
                if left * 5 < capacity {
                    headers.push(("X-RateLimit-NearLimit".to_owned(), "true".to_owned()));
                }
                Ok(headers)
            }
            Err(wait) => Err(refused_by_cloud(
                "jira-burst-based",
                capacity.to_string(),
                wait,
                now,
            )),
        }
    }

    fn admit_user(
        &mut self,
        user: &str,
        budget: (u32, u32),
        request: &Request,
        now: SystemTime,
    ) -> Result<Headers, Reply> {
        let (capacity, fill) = budget;
        let headers = |left: u32, wait: u64| -> Headers {
            [
                ("X-RateLimit-Limit", capacity.to_string()),
                ("X-RateLimit-Remaining", left.to_string()),
                ("X-RateLimit-Interval-Seconds", "1".to_owned()),
                ("X-RateLimit-FillRate", fill.to_string()),
                ("retry-after", wait.to_string()),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into()
        };
        let wait = match self.take(user.to_owned(), budget, now) {
            Ok(left) => return Ok(headers(left, 0)),
            Err(wait) => wait,
        };
        let mut refused = if request.accepts_json() {
            Reply::json(429, &json!({"message": "Rate limit exceeded."}))
        } else {
            refusal::tomcat(429, "Rate limit exceeded.")
        };
        refused.headers.extend(headers(0, seconds(wait)));
        Err(refused)
    }

    /// What is left after one more, or how long until there is one.
    fn take(
        &mut self,
        name: String,
        (capacity, fill): (u32, u32),
        now: SystemTime,
    ) -> Result<u32, Duration> {
        let full = u128::from(capacity) * TOKEN;
        let bucket = self.buckets.entry(name).or_insert(Bucket {
            level: full,
            filled: now,
        });
        let elapsed = now.duration_since(bucket.filled).unwrap_or_default();
        let filled = bucket.level + elapsed.as_nanos() * u128::from(fill);
        bucket.level = filled.min(full);
        bucket.filled = now;
        if let Some(level) = bucket.level.checked_sub(TOKEN) {
            bucket.level = level;
            return Ok(u32::try_from(level / TOKEN).unwrap_or(capacity));
        }
        if fill == 0 {
            return Err(Duration::MAX);
        }
        let missing = (TOKEN - bucket.level).div_ceil(u128::from(fill));
        Err(Duration::from_nanos(
            u64::try_from(missing).unwrap_or(u64::MAX),
        ))
    }
}

fn refused_by_cloud(reason: &str, limit: String, wait: Duration, now: SystemTime) -> Reply {
    let message = "The request has been rate-limited. Please try again later.";
    let body = json!({"errorMessages": [message], "errors": {}, "status": 429});
    let wait = seconds(wait);
    let reset = now.checked_add(Duration::from_secs(wait)).unwrap_or(now);
    Reply::json(429, &body)
        .header("Retry-After", wait.to_string())
        .header("X-RateLimit-Limit", limit)
        .header("X-RateLimit-Remaining", "0")
        .header("X-RateLimit-Reset", datetime::iso(reset))
        .header("X-RateLimit-NearLimit", "true")
        .header("RateLimit-Reason", reason)
}

/// Whole seconds, at least one; for ever is what a blocked user was seen to get.
fn seconds(wait: Duration) -> u64 {
    if wait == Duration::MAX {
        return u64::MAX / 2;
    }
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0).max(u64::from(wait.as_secs() == 0))
}
