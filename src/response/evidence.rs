//! What a verdict is made from: what was asked, what is known of the request, and
//! what the answer says.

use crate::credentials::{CredentialKind, Identity};
use crate::deployment::Deployment;
use crate::error::Answer;
use crate::issue_key::IssueKey;
use crate::redact::outside::CleanText;
use crate::response::error_body::ErrorBody;
use crate::response::redirect::base_address;
use crate::response::request_id::RequestId;
use crate::transport::{Method, Response};
use std::time::{Duration, SystemTime};
use url::Url;

/// What a request was to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation<'a> {
    Write(&'a IssueKey),
    ReadIssue(&'a IssueKey),
    /// A GET of something else, named as a message may name it.
    Read(&'a str),
    Login,
}

/// A request with all its attempts, for a person who looks for it elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent<'a> {
    pub method: Method,
    pub url: &'a Url,
    pub identity: &'a Identity,
    pub attempts: u32,
    /// So many there might have been.
    pub most_attempts: u32,
    /// When the last one ended.
    pub at: SystemTime,
    /// From the first one to the end of the last.
    pub elapsed: Duration,
}

impl Sent<'_> {
    /// What was answered, in the answerer's own words.
    pub(crate) fn answered(&self, status: u16, said: &ErrorBody) -> Answer {
        let words = said.sentence();
        let told = if words.is_empty() {
            status.to_string()
        } else {
            format!("{status} \"{words}\"")
        };
        self.told(&told, said.request_id.as_ref())
    }

    /// That nothing was answered.
    pub(crate) fn unanswered(&self) -> Answer {
        self.told("none", None)
    }

    fn told(&self, what: &str, id: Option<&RequestId>) -> Answer {
        let attempt = if self.attempts <= self.most_attempts {
            format!("attempt {} of {}", self.attempts, self.most_attempts)
        } else {
            format!("attempt {}", self.attempts)
        };
        let id_text = id.map(|id| format!(", {id}")).unwrap_or_default();
        Answer {
            told: format!("{what} to {} {}", self.method.name(), self.url),
            circumstances: format!(
                "as {}, {}, {attempt}{id_text}",
                self.identity,
                time_of_day(self.at)
            ),
            request_id: id.map(|id| id.value.to_string()),
        }
    }

    /// The time of day so many seconds after the answer.
    pub(crate) fn time_in(&self, seconds: u64) -> String {
        time_of_day(self.at + Duration::from_secs(seconds))
    }

    /// `, 5 attempts in 18 s`; nothing where there was one.
    pub(crate) fn tries(&self) -> String {
        if self.attempts < 2 {
            return String::new();
        }
        let seconds = self.elapsed.as_secs_f64();
        format!(", {} attempts in {seconds:.0} s", self.attempts)
    }
}

/// `02:03:11Z`.
fn time_of_day(at: SystemTime) -> String {
    let since = at.duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs()) % 86_400;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}Z", seconds % 60)
}

/// What is known of a request beside its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence<'a> {
    pub sent: Sent<'a>,
    /// Where Jira runs, as far as that is known.
    pub deployment: Option<Deployment>,
    /// The wait that Jira asked for and the deadline did not allow.
    pub refused_wait: Option<Duration>,
    pub credential_kind: CredentialKind,
}

/// An answer that is no success, with all that a message about it is made from.
pub(super) struct Wording<'a> {
    pub(super) answer: &'a Response,
    pub(super) said: &'a ErrorBody,
    pub(super) status: u16,
    pub(super) call: &'a Evidence<'a>,
}

impl Wording<'_> {
    /// True where Jira surely runs in Atlassian's cloud.
    pub(super) fn is_cloud(&self) -> bool {
        self.call.deployment == Some(Deployment::Cloud)
            || self
                .said
                .contains("basic authentication with passwords is deprecated")
    }

    /// True where it surely does not. Cloud sends `X-AREQUESTID`, too.
    pub(super) fn is_self_hosted(&self) -> bool {
        self.call.deployment == Some(Deployment::SelfHosted)
            || ["x-ausername", "x-anodeid", "x-asessionid"]
                .iter()
                .any(|name| self.answer.header(name).is_some())
            || self.said.contains("Basic Authentication Failure")
    }

    /// Where a person logs in: as Jira says, or as every self-hosted Jira has it.
    pub(super) fn login_page(&self) -> String {
        let said = self.said.login_page.as_ref().map(CleanText::to_string);
        said.unwrap_or_else(|| format!("{}/login.jsp", base_address(self.call.sent.url)))
    }

    /// The user, as the subject of a sentence.
    pub(super) fn user(&self) -> String {
        self.call.sent.identity.in_a_sentence()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn the_time_of_day_has_hours_minutes_and_seconds_of_any_day() {
        let rows = [
            (0, "00:00:00Z"),
            (59, "00:00:59Z"),
            (20 * 86_400 + 9191, "02:33:11Z"),
            (86_399, "23:59:59Z"),
            (86_400, "00:00:00Z"),
        ];
        each(rows, |(since_1970, told)| {
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(since_1970);
            assert_eq!(time_of_day(at), told);
        });
    }

    #[test]
    fn a_wait_that_the_answer_asks_for_ends_so_long_after_it() {
        let sent = Sent {
            method: Method::Put,
            url: &Url::parse("https://jira/rest").unwrap(),
            identity: &Identity::Nobody,
            attempts: 1,
            most_attempts: 1,
            at: SystemTime::UNIX_EPOCH + Duration::from_secs(7200),
            elapsed: Duration::ZERO,
        };
        assert_eq!(sent.time_in(61), "02:01:01Z");
    }
}
