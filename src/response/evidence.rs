//! What a verdict is made from: what was asked, what is known of the request, and
//! what the answer says.

use crate::credentials::CredentialKind;
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::response::error_body::ErrorBody;
use std::fmt;
use std::time::Duration;
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

/// What is known of a request beside its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence<'a> {
    pub url: &'a Url,
    pub attempts: u32,
    /// The wait that Jira asked for and the deadline did not allow.
    pub refused_wait: Option<Duration>,
    pub credential_kind: CredentialKind,
}

impl fmt::Display for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operation::Write(issue) | Operation::ReadIssue(issue) => issue.fmt(f),
            Operation::Read(what) => f.write_str(what),
            Operation::Login => f.write_str("the login"),
        }
    }
}

pub(super) struct Wording<'a> {
    pub(super) said: &'a ErrorBody,
    pub(super) status: u16,
    /// What to do where the credentials are refused.
    pub(super) advice: String,
}

impl Wording<'_> {
    /// Leads with what Jira said, where it said something.
    pub(super) fn failure(&self, kind: Kind, ours: &str) -> Failure {
        let theirs = self.said.sentence();
        let message = if theirs.is_empty() {
            format!("{ours} ({})", self.status)
        } else {
            format!("{theirs} ({}: {ours})", self.status)
        };
        Failure::new(kind, message)
    }
}
