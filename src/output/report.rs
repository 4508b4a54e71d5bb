//! Results as text and as JSON; knows neither how they came about nor where they go.

use crate::edit::ShownEdit;
use crate::error::{EXIT_OK, EXIT_PARTIAL, Failure};
use crate::issue_key::IssueKey;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct IssueOutcome {
    /// The issue as it was given.
    pub key: IssueKey,
    /// What was sent, or would be.
    pub edit: Option<ShownEdit>,
    pub state: State,
    /// Requests for the step that decided.
    pub attempts: u32,
    pub http_status: Option<u16>,
    /// The server's own id for the request that decided.
    pub request_id: Option<String>,
    /// From the first look at this issue to its end.
    pub elapsed: Duration,
}

/// How the work on an issue ended.
#[derive(Clone, Debug)]
pub enum State {
    /// No request was sent for it.
    Pending,
    /// Work on it has begun; true once a write may have been carried out.
    Started(Arc<AtomicBool>),
    /// Jira's answer proves that the write was applied.
    Written,
    /// A dry run: everything but the write.
    Planned,
    /// Not written, or Jira's answer does not prove it.
    Failed {
        failure: Failure,
        /// True where a request may have been carried out although no answer said so.
        maybe_written: bool,
    },
}

impl IssueOutcome {
    /// An issue for which nothing was done yet.
    pub(crate) fn pending(key: &IssueKey) -> Self {
        IssueOutcome {
            key: key.clone(),
            edit: None,
            state: State::Pending,
            attempts: 0,
            http_status: None,
            request_id: None,
            elapsed: Duration::ZERO,
        }
    }

    /// An issue that nothing was written of.
    pub(crate) fn failed(key: &IssueKey, failure: Failure) -> Self {
        IssueOutcome {
            state: State::Failed {
                failure,
                maybe_written: false,
            },
            ..IssueOutcome::pending(key)
        }
    }

    /// The server's id for the request that decided, or for the one that failed.
    fn request_id(&self) -> Option<&str> {
        let failed = match &self.state {
            State::Failed { failure, .. } => failure.answer.as_ref(),
            _ => None,
        };
        let id = self.request_id.as_deref();
        id.or_else(|| failed?.request_id.as_deref())
    }

    pub(super) fn may_be_written(&self) -> bool {
        matches!(
            self.state,
            State::Failed {
                maybe_written: true,
                ..
            }
        )
    }

    /// What is to be said of it when the run ends now: work that has not ended
    /// ended for this reason.
    pub(crate) fn ended_by(&self, why: &Failure) -> Self {
        let maybe_written = match &self.state {
            State::Pending => false,
            State::Started(maybe_written) => maybe_written.load(Ordering::Relaxed),
            State::Written | State::Planned | State::Failed { .. } => return self.clone(),
        };
        IssueOutcome {
            state: State::Failed {
                failure: why.clone(),
                maybe_written,
            },
            ..self.clone()
        }
    }
}

impl State {
    pub(super) fn name(&self) -> &'static str {
        match self {
            State::Pending | State::Started(_) => "failed",
            State::Written => "written",
            State::Planned => "planned",
            State::Failed { .. } => "failed",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order in which the issues were given.
    pub issues: Vec<IssueOutcome>,
    pub failure: Option<Failure>,
    /// Why no issue was concerned, where that is all right.
    pub skipped: Option<String>,
    /// The signal that ended the run, also where everything was written in spite of it.
    pub interruption: Option<Failure>,
    /// Jira's address, for links to the issues.
    pub base: Option<String>,
}

impl Report {
    /// A run that reached no issue.
    pub(crate) fn failed(failure: Failure) -> Self {
        Report {
            failure: Some(failure),
            ..Report::default()
        }
    }

    /// A run that no issue was concerned by.
    pub(crate) fn skipped(why: String) -> Self {
        Report {
            skipped: Some(why),
            ..Report::default()
        }
    }

    /// `written`, `planned`, `failed`, `partial` or `skipped`.
    pub(crate) fn outcome(&self) -> &'static str {
        let failed = self.failures().count();
        match self.issues.first() {
            None if self.skipped.is_some() => "skipped",
            None => "failed",
            Some(_) if failed == self.issues.len() => "failed",
            Some(_) if failed > 0 => "partial",
            Some(first) => first.state.name(),
        }
    }

    pub(super) fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.issues.iter().filter_map(|issue| match &issue.state {
            State::Failed { failure, .. } => Some(failure),
            _ => None,
        })
    }

    pub(super) fn keys(&self, wanted: impl Fn(&State) -> bool) -> Vec<&str> {
        let wanted = self.issues.iter().filter(|issue| wanted(&issue.state));
        wanted.map(|issue| issue.key.as_str()).collect()
    }

    pub(super) fn written(&self) -> Vec<&str> {
        self.keys(|state| matches!(state, State::Written))
    }

    pub(super) fn not_written(&self) -> Vec<&str> {
        self.keys(|state| matches!(state, State::Failed { .. }))
    }

    /// The exit code that the failures ask for, whether or not they are allowed.
    pub fn exit_code(&self) -> u8 {
        let mut failures = self.failures().chain(&self.failure);
        match (&self.interruption, self.outcome()) {
            (Some(interruption), _) => interruption.kind.exit_code(),
            (None, "partial") => EXIT_PARTIAL,
            (None, _) => failures
                .next()
                .map_or(EXIT_OK, |failure| failure.kind.exit_code()),
        }
    }

    pub(crate) fn json(&self) -> Value {
        let issues: Vec<_> = self
            .issues
            .iter()
            .map(|issue| self.issue_json(issue))
            .collect();
        let mut report =
            json!({ "outcome": self.outcome(), "exit_code": self.exit_code(), "issues": issues });
        if let Some(failure) = &self.failure {
            report["error"] = error_json(failure);
            if let Some(id) = failure
                .answer
                .as_ref()
                .and_then(|answer| answer.request_id.as_ref())
            {
                report["error"]["request_id"] = json!(id);
            }
        }
        report
    }

    fn issue_json(&self, issue: &IssueOutcome) -> Value {
        let mut json = json!({ "key": issue.key.as_str(), "outcome": issue.state.name() });
        if let Some(edit) = &issue.edit {
            json["fields"] = Value::Object(edit.fields.clone());
            json["update"] = Value::Object(edit.update.clone());
            if !edit.notes.is_empty() {
                json["notes"] = json!(edit.notes);
            }
        }
        json["attempts"] = json!(issue.attempts);
        if let Some(status) = issue.http_status {
            json["http_status"] = json!(status);
        }
        if let Some(id) = issue.request_id() {
            json["request_id"] = json!(id);
        }
        json["elapsed_ms"] = json!(u64::try_from(issue.elapsed.as_millis()).unwrap_or(u64::MAX));
        if let State::Failed {
            failure,
            maybe_written,
        } = &issue.state
        {
            json["maybe_written"] = json!(maybe_written);
            json["error"] = error_json(failure);
        }
        if let Some(url) = self.link(&issue.key) {
            json["url"] = json!(url);
        }
        json
    }

    /// The page of an issue; none for a numeric id, which has no such page.
    pub(crate) fn link(&self, key: &IssueKey) -> Option<String> {
        let base = self.base.as_ref().filter(|_| !key.is_id())?;
        Some(format!("{base}/browse/{key}"))
    }

    /// A line for each issue that did not fail, or for why there is none.
    pub(crate) fn text(&self) -> String {
        let mut lines: String = self
            .skipped
            .iter()
            .map(|why| format!("skipped: {why}\n"))
            .collect();
        for issue in &self.issues {
            let body = issue.edit.as_ref().map(body_and_notes).unwrap_or_default();
            let line = match &issue.state {
                State::Pending | State::Started(_) | State::Failed { .. } => continue,
                State::Written => {
                    let again = if issue.attempts > 1 {
                        format!(", {} attempts", issue.attempts)
                    } else {
                        String::new()
                    };
                    format!(
                        "{} written in {} ms{again}: {body}\n",
                        issue.key,
                        issue.elapsed.as_millis()
                    )
                }
                State::Planned => format!("{} would be written: {body}\n", issue.key),
            };
            lines.push_str(&line);
        }
        lines
    }
}

fn body_and_notes(edit: &ShownEdit) -> String {
    let body = edit.body();
    if edit.notes.is_empty() {
        return body.to_string();
    }
    format!("{body} ({})", edit.notes.join("; "))
}

/// A failure as it stands in every JSON report.
pub(crate) fn error_json(failure: &Failure) -> Value {
    let mut error = json!({ "kind": failure.kind.name(), "message": failure.message });
    if let Some(hint) = &failure.hint {
        error["hint"] = json!(hint);
    }
    if let Some(answer) = &failure.answer {
        error["answer"] = json!(answer.to_string());
    }
    error
}

/// What the tests of each form of a report are made of.
#[cfg(test)]
pub(super) mod fixtures {
    use super::*;
    use crate::error::Kind;

    pub(crate) fn issue(key: &str, state: State) -> IssueOutcome {
        IssueOutcome {
            state,
            attempts: 1,
            ..IssueOutcome::pending(&IssueKey::parse(key).unwrap())
        }
    }

    pub(crate) fn failed(message: &str) -> State {
        State::Failed {
            failure: Failure::new(Kind::ValueRefused, message).hint("correct it"),
            maybe_written: false,
        }
    }

    pub(crate) fn report(issues: Vec<IssueOutcome>) -> Report {
        Report {
            issues,
            base: Some("https://jira.example.com/jira".to_owned()),
            ..Report::default()
        }
    }
}
