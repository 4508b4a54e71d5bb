//! What can go wrong, and the exit code each kind of failure has; knows nothing
//! of how a failure is found or shown.

use crate::settings::DEADLINE;
use crate::text::cut;
use std::fmt;
use std::time::Duration;

/// Every issue was written, planned, or skipped as asked.
pub(crate) const EXIT_OK: u8 = 0;
/// Some issues were written and some were not.
pub(crate) const EXIT_PARTIAL: u8 = 6;

/// A kind of failure: its name stands in the JSON report, its exit code is what
/// a script branches on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The settings are wrong; nothing was sent.
    Usage,
    /// Jira, its gateway or its identity provider refused the credentials.
    CredentialsRefused,
    /// Too many failed logins: Jira wants a person to log in once.
    CaptchaRequired,
    /// The credentials are good and may not do this.
    PermissionDenied,
    /// The issue does not exist, or the user may not see it.
    IssueNotFound,
    /// The field is unknown, not on the edit screen, or may not be edited.
    FieldNotEditable,
    /// The field does not take this value.
    ValueRefused,
    /// Somebody else changed the issue at the same moment.
    Conflict,
    /// Jira asks to wait longer than the run may.
    RateLimited,
    /// No connection, or only server errors, until the retries ended.
    Unreachable,
    /// A certificate or a TLS handshake failed.
    Tls,
    /// The time for the attempt or for the run is over.
    Timeout,
    /// An answer that proves nothing: a redirect, a login page, a 2xx that Jira
    /// does not send.
    UnexpectedAnswer,
    /// SIGINT or SIGTERM ended the run.
    Interrupted(Signal),
    Internal,
}

/// The signals that end a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Interrupt,
    /// How a CI system cancels a step.
    Terminate,
}

impl Kind {
    /// The name that the JSON report uses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Usage => "usage",
            Kind::CredentialsRefused => "credentials_refused",
            Kind::CaptchaRequired => "captcha_required",
            Kind::PermissionDenied => "permission_denied",
            Kind::IssueNotFound => "issue_not_found",
            Kind::FieldNotEditable => "field_not_editable",
            Kind::ValueRefused => "value_refused",
            Kind::Conflict => "conflict",
            Kind::RateLimited => "rate_limited",
            Kind::Unreachable => "unreachable",
            Kind::Tls => "tls",
            Kind::Timeout => "timeout",
            Kind::UnexpectedAnswer => "unexpected_answer",
            Kind::Interrupted(_) => "interrupted",
            Kind::Internal => "internal",
        }
    }

    /// The exit code of a run that ended with this kind.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Kind::Internal => 1,
            Kind::Usage => 2,
            Kind::CredentialsRefused | Kind::CaptchaRequired | Kind::PermissionDenied => 3,
            Kind::IssueNotFound | Kind::FieldNotEditable | Kind::ValueRefused | Kind::Conflict => 4,
            Kind::RateLimited
            | Kind::Unreachable
            | Kind::Tls
            | Kind::Timeout
            | Kind::UnexpectedAnswer => 5,
            Kind::Interrupted(Signal::Interrupt) => 130,
            Kind::Interrupted(Signal::Terminate) => 143,
        }
    }

    /// True where every further request with the same credentials could only do
    /// harm: lock an account, or be refused alike.
    pub(crate) fn ends_the_run(self) -> bool {
        matches!(self, Kind::CredentialsRefused | Kind::CaptchaRequired)
    }
}

/// A message, or a hint, has so many bytes at most: whatever is in it, a person
/// is to read it.
const LONGEST: usize = 2048;

/// One failure, in words: its cause, what to do about it, and how we know.
///
/// All texts are fit to be shown: whatever came from outside was cleaned of
/// secrets before it entered them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub kind: Kind,
    /// The cause, in under 100 characters; what the server said stands in `answer`.
    pub message: String,
    /// One thing to do.
    pub hint: Option<String>,
    /// The answer that shows it, where a request was sent.
    pub answer: Option<Box<Answer>>,
}

/// What a server answered, or that it did not, and to which request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// `404 "Issue does not exist." to PUT https://…`.
    pub told: String,
    /// As whom, when, at which attempt, and the server's id for the request.
    pub circumstances: String,
    /// The same id alone, for a script.
    pub request_id: Option<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.told, self.circumstances)
    }
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Failure {
            kind,
            message: cut(message.into(), LONGEST),
            hint: None,
            answer: None,
        }
    }

    /// The same failure in other words.
    #[must_use]
    pub(crate) fn saying(self, message: impl Into<String>) -> Self {
        Failure {
            message: cut(message.into(), LONGEST),
            ..self
        }
    }

    /// A signal ended what this is said of, or kept it from beginning.
    pub(crate) fn interrupted(signal: Signal) -> Self {
        let name = match signal {
            Signal::Interrupt => "SIGINT",
            Signal::Terminate => "SIGTERM",
        };
        Failure::new(Kind::Interrupted(signal), format!("{name} ended the run"))
    }

    pub(crate) fn out_of_time(deadline: Duration) -> Self {
        Failure::new(
            Kind::Timeout,
            format!("the run took longer than {} s", deadline.as_secs_f64()),
        )
        .hint(format!("give it more time: {DEADLINE}"))
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(cut(hint.into(), LONGEST));
        self
    }

    /// The same where nothing says better what to do.
    #[must_use]
    pub(crate) fn or_hint(self, hint: &str) -> Self {
        if self.hint.is_some() {
            self
        } else {
            self.hint(hint)
        }
    }

    /// Adds the answer that shows it; one that is there already says more.
    #[must_use]
    pub(crate) fn shown_by(mut self, answer: impl FnOnce() -> Answer) -> Self {
        if self.answer.is_none() {
            self.answer = Some(Box::new(answer()));
        }
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn the_readme_lists_each_kind_with_its_exit_code() {
        use Kind::{
            CaptchaRequired, Conflict, CredentialsRefused, FieldNotEditable, Internal, Interrupted,
            IssueNotFound, PermissionDenied, RateLimited, Timeout, Tls, UnexpectedAnswer,
            Unreachable, Usage, ValueRefused,
        };
        let listed = |code: u8, kind: Kind| {
            let mut rows = include_str!("../README.md")
                .lines()
                .filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
            let name = format!("`{}`", kind.name());
            rows.any(|(codes, row)| {
                codes.split(", ").any(|one| one == code.to_string()) && row.contains(&name)
            })
        };
        let rows = [
            Usage,
            CredentialsRefused,
            CaptchaRequired,
            PermissionDenied,
            IssueNotFound,
            FieldNotEditable,
            ValueRefused,
            Conflict,
            RateLimited,
            Unreachable,
            Tls,
            Timeout,
            UnexpectedAnswer,
            Internal,
            Interrupted(Signal::Interrupt),
            Interrupted(Signal::Terminate),
        ];
        each(rows, |kind| {
            assert!(
                listed(kind.exit_code(), kind),
                "the README lacks {kind:?} with {}",
                kind.exit_code()
            );
        });
    }
}
