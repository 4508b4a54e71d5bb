//! Which limit of Jira's was met, and how long those who meet it together need.

use crate::error::{Failure, Kind};
use crate::response::evidence::Evidence;
use crate::settings::{API_TOKEN, DEADLINE, USER_EMAIL};
use crate::transport::Response;

/// Nobody who blocks a user says so; Data Center asks them to wait for 292 billion years.
const FOR_EVER: u64 = 365 * 24 * 3600;

/// What Cloud calls its limits, today's names and older ones.
const REASONS: [&str; 6] = [
    "jira-per-issue-on-write",
    "jira-burst-based",
    "jira-quota-global-based",
    "jira-quota-tenant-based",
    "jira-quota-based",
    "jira-cost-based",
];

/// A 429 that no wait within the run's time ends.
pub(super) fn limited(answer: &Response, call: &Evidence<'_>) -> Failure {
    let given = answer.header("ratelimit-reason").unwrap_or_default();
    let reason = REASONS.into_iter().find(|reason| *reason == given);
    let limit = reason.map_or("Jira's rate limit".to_owned(), |reason| {
        format!("Jira's rate limit ({reason})")
    });
    let cause = match call.refused_wait {
        Some(wait) if wait.as_secs() > FOR_EVER => {
            return Failure::new(
                Kind::RateLimited,
                "Jira's rate limit blocks this user for good",
            )
            .hint("ask a Jira administrator to lift the user's rate limit");
        }
        Some(wait) => format!(
            "{limit} asks to wait {:.0} s, longer than {} allows",
            wait.as_secs_f64().ceil(),
            DEADLINE.variable
        ),
        None => format!("{limit} is used up{}", call.sent.tries()),
    };
    Failure::new(Kind::RateLimited, cause).hint(advice(answer, reason.unwrap_or_default()))
}

/// Cloud's limits stand in
/// <https://developer.atlassian.com/cloud/jira/platform/rate-limiting/>; what a
/// crowd needs beyond the least possible time was measured by `cargo bench
/// --bench many_jobs`.
fn advice(answer: &Response, reason: &str) -> String {
    match reason {
        "jira-per-issue-on-write" => format!(
            "Cloud takes 100 writes of one issue in 30 s: give {DEADLINE} 0.3 s for each job that \
             writes it, and 30 s more (1000 jobs: 330); or let one job write it when all are done"
        ),
        "jira-burst-based" => format!(
            "Cloud takes 50 writes of a site in a second: give {DEADLINE} 20 s for each thousand \
             jobs that write at once, and 30 s more"
        ),
        reason if reason.starts_with("jira-quota") || reason.starts_with("jira-cost") => format!(
            "the app's quota is used up and begins anew at the full hour (UTC); an API token \
             ({USER_EMAIL}, {API_TOKEN}) has no such quota"
        ),
        _ if answer.header("x-ratelimit-fillrate").is_some() => format!(
            "this user's budget is used up: raise {DEADLINE}, write from fewer jobs at once, or \
             ask a Jira administrator to exempt the user from rate limiting"
        ),
        _ => format!("raise {DEADLINE}, or write from fewer jobs at once"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::{CredentialKind, Identity};
    use crate::response::evidence::Sent;
    use crate::tests::rows::each;
    use crate::transport::Method;
    use std::time::{Duration, SystemTime};

    #[test]
    fn it_says_how_often_was_asked_and_how_long_jira_wants_to_be_left_alone() {
        const YEAR: u64 = 31_536_000;
        let rows = [
            (
                1,
                Some(1847),
                "Jira's rate limit asks to wait 1847 s, longer than JIRA_DEADLINE allows",
            ),
            (
                1,
                Some(YEAR),
                "Jira's rate limit asks to wait 31536000 s, longer than JIRA_DEADLINE allows",
            ),
            (
                1,
                Some(YEAR + 1),
                "Jira's rate limit blocks this user for good",
            ),
            (3, None, "Jira's rate limit is used up, 3 attempts in 7 s"),
        ];
        each(rows, |(attempts, wait, message)| {
            let answer = Response {
                status: 429,
                ..Response::default()
            };
            let url = url::Url::parse("https://jira/rest").unwrap();
            let sent = Sent {
                method: Method::Put,
                url: &url,
                identity: &Identity::Nobody,
                attempts,
                most_attempts: attempts,
                at: SystemTime::UNIX_EPOCH,
                elapsed: Duration::from_secs(7),
            };
            let call = Evidence {
                sent,
                deployment: None,
                refused_wait: wait.map(Duration::from_secs),
                credential_kind: CredentialKind::Password,
            };
            assert_eq!(limited(&answer, &call).message, message);
        });
    }
}
