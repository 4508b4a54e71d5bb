//! The main job: the fields of the issues are written, and what Jira answered is told.

mod explanation;
mod knowledge;

use crate::config::Job;
use crate::failure::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::jira::refusal::{self, Judgement};
use crate::jira::said::Said;
use crate::jira::{Api, Budget, Call, Jira};
use crate::plan::Edit;
use crate::report::{Ending, IssueResult, Report};
use crate::status::{Progress, Status};
use futures_util::future::join_all;
use indicatif::ProgressBar;
use knowledge::Library;
use std::cell::{Cell, RefCell};
use tokio::time::Instant;

/// A run of the main job. Its report can be asked for at any moment, also when a signal ends it.
pub struct Run<'a> {
    jira: &'a Jira,
    job: &'a Job,
    bar: &'a ProgressBar,
    library: Library<'a>,
    next: Cell<usize>,
    /// Why no further issue is begun: the credentials are refused.
    refused: RefCell<Option<Failure>>,
    status: &'a Status,
}

/// What is known when the work on an issue ends.
struct Settled {
    edit: Option<Edit>,
    attempts: u32,
    http_status: Option<u16>,
    ending: Ending,
}

impl Settled {
    fn failed(failure: Failure) -> Self {
        let ending = Ending::Failed { failure, maybe_written: false };
        Settled { edit: None, attempts: 0, http_status: None, ending }
    }
}

impl<'a> Run<'a> {
    /// Sends nothing yet.
    pub fn new(jira: &'a Jira, job: &'a Job, bar: &'a ProgressBar, status: &'a Status) -> Self {
        status.set_issues(jira.base().to_string(), &job.issues);
        Run { jira, job, bar, library: Library::new(jira), next: Cell::new(0), refused: RefCell::default(), status }
    }

    /// Writes every issue: the first alone, so that wrong credentials are tried once and lock no account; then up to
    /// `concurrency` side by side.
    pub async fn write_all(&self) {
        self.write_next().await;
        // One more than issues would find nothing to do.
        let workers =
            (0..self.job.concurrency.min(self.job.issues.len())).map(|_| async { while self.write_next().await {} });
        join_all(workers).await;
    }

    /// False when no issue is left.
    async fn write_next(&self) -> bool {
        let at = self.next.get();
        let Some(issue) = self.job.issues.get(at) else {
            return false;
        };
        self.next.set(at + 1);
        let begun = Instant::now();
        let budget = self.jira.budget();
        self.status.set_progress(at, Progress::Begun(budget.maybe_written()));
        let refused = self.refused.borrow().clone();
        let settled = match refused.or_else(|| self.jira.interruption()) {
            Some(failure) => Settled::failed(failure),
            None => self.write(issue, &budget).await,
        };
        if let Ending::Failed { failure, .. } = &settled.ending
            && failure.kind.ends_the_run()
        {
            self.refuse_the_rest(issue, failure);
        }
        let result = IssueResult {
            key: issue.clone(),
            edit: settled.edit.map(|edit| edit.shown(&self.job.assignments, self.jira.mask())),
            ending: settled.ending,
            attempts: settled.attempts,
            http_status: settled.http_status,
            elapsed: begun.elapsed(),
        };
        self.status.set_progress(at, Progress::Done(Box::new(result)));
        self.bar.inc(1);
        true
    }

    fn refuse_the_rest(&self, issue: &IssueKey, failure: &Failure) {
        let mut refused = self.refused.borrow_mut();
        if refused.is_none() {
            let message = format!("not tried, because of the refusal at {issue}");
            *refused = Some(failure.clone().saying(message));
        }
    }

    async fn write(&self, issue: &IssueKey, budget: &Budget) -> Settled {
        let edit = match self.library.plan(issue, &self.job.assignments, budget).await {
            Ok(edit) => edit,
            Err(settled) => return *settled,
        };
        if self.job.dry_run {
            return Settled { edit: Some(edit), attempts: 0, http_status: None, ending: Ending::Planned };
        }
        let (edit, call) = self.send(issue, edit, budget).await;
        let (http_status, failure) = self.judge(issue, &call, budget, &edit).await;
        let ending = match failure {
            None => Ending::Written,
            Some(failure) => {
                let failure = if call.withheld { not_repeated(issue, &failure) } else { failure };
                Ending::Failed { failure, maybe_written: call.maybe_applied }
            }
        };
        Settled { edit: Some(edit), attempts: call.attempts, http_status, ending }
    }

    /// Sends the edit; where a Cloud site wants documents for texts, once more with those.
    async fn send(&self, issue: &IssueKey, edit: Edit, budget: &Budget) -> (Edit, Call) {
        let notify = self.job.notify_users;
        let call = self.jira.edit(Api::V2, issue, &edit.body(), notify, budget).await;
        let Some(answer) = call.answer.as_ref().ok().filter(|answer| answer.status == 400) else {
            return (edit, call);
        };
        let said = Said::read(answer, self.jira.mask());
        let wants_document = |text: &str| text.contains("Atlassian Document");
        let rich = |id: &str| {
            let mut about = said.fields.iter();
            about.any(|about| wants_document(about.text.as_str()) && self.library.is_called(id, &about.field))
        };
        let Some(documents) = edit.with_documents(rich) else {
            return (edit, call);
        };
        let mut again = self.jira.edit(Api::V3, issue, &documents.body(), notify, budget).await;
        again.attempts += call.attempts;
        again.maybe_applied |= call.maybe_applied;
        (documents, again)
    }

    async fn judge(
        &self,
        issue: &IssueKey,
        call: &Call,
        budget: &Budget,
        edit: &Edit,
    ) -> (Option<u16>, Option<Failure>) {
        let answer = match &call.answer {
            Ok(answer) => answer,
            Err(failure) => return (None, Some(failure.clone())),
        };
        let said = Said::read(answer, self.jira.mask());
        let judgement = refusal::judge_write(answer, &said, issue, call);
        let failure = match settle(self.jira, judgement, budget).await {
            Some(failure) if matches!(failure.kind, Kind::ValueRefused | Kind::FieldNotEditable) => {
                Some(self.library.explain(issue, &said, failure, edit, &self.job.assignments, budget).await)
            }
            other => other,
        };
        (Some(answer.status), failure)
    }

    /// What is known now. Whatever has not ended is reported as interrupted.
    pub fn report(&self) -> Report {
        self.status.report(self.jira.interruption())
    }
}

/// What would have been tried again, had it not added anything.
fn not_repeated(issue: &IssueKey, failure: &Failure) -> Failure {
    let message = format!(
        "{}; not tried again: it adds to {issue} (+=, a comment), and if this attempt was carried out, that would stand there twice",
        failure.message
    );
    Failure { message, ..failure.clone() }
        .hint(format!("look at {issue}, and run the step again only where what it adds is missing"))
}

/// Settles a doubt about the credentials with one more question; `None` where the issue was written.
pub(crate) async fn settle(jira: &Jira, judgement: Judgement, budget: &Budget) -> Option<Failure> {
    match judgement {
        Judgement::Written => None,
        Judgement::Refused(failure) => Some(failure),
        Judgement::Doubtful { known, unknown } => match jira.accepts_credentials(budget).await {
            Some(false) => Some(unknown),
            _ => Some(known),
        },
    }
}
