//! The main job: the fields of the issues are written, and what Jira answered is told.

pub(crate) mod diagnosis;
pub(crate) mod field_cache;
mod refused_value;

use crate::client::{RetryBudget, SendOutcome};
use crate::edit::assignment::Assignment;
use crate::edit::{Edit, ShownEdit};
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::jira::{Api, Jira};
use crate::output::report::{IssueOutcome, Report, State};
use crate::output::status::Status;
use crate::response::error_body::ErrorBody;
use crate::response::evidence::Operation;
use field_cache::FieldCache;
use futures_util::future::join_all;
use indicatif::ProgressBar;
use std::cell::{Cell, RefCell};
use tokio::time::Instant;

#[derive(Clone, Debug)]
pub struct Job {
    /// In the order given, each once; never empty.
    pub issues: Vec<IssueKey>,
    /// In the order given; never empty.
    pub assignments: Vec<Assignment>,
    /// Whether Jira mails the watchers; Jira decides where it is `None`.
    pub notify_users: Option<bool>,
    pub dry_run: bool,
    pub concurrency: usize,
}

/// A run of the main job. Its report can be asked for at any moment, also when
/// a signal ends it.
pub(crate) struct Run<'a> {
    jira: &'a Jira,
    job: &'a Job,
    bar: &'a ProgressBar,
    fields: FieldCache<'a>,
    next: Cell<usize>,
    /// Why no further issue is begun: the credentials are refused.
    refused: RefCell<Option<Failure>>,
    status: &'a Status,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        jira: &'a Jira,
        job: &'a Job,
        bar: &'a ProgressBar,
        status: &'a Status,
    ) -> Self {
        status.set_issues(jira.base().to_string(), &job.issues);
        Run {
            jira,
            job,
            bar,
            fields: FieldCache::new(jira),
            next: Cell::new(0),
            refused: RefCell::default(),
            status,
        }
    }

    /// Writes every issue: the first alone, so that wrong credentials are tried
    /// once and lock no account; then up to `concurrency` side by side.
    pub(crate) async fn write_all(&self) {
        self.write_next().await;
        // One more than issues would find nothing to do.
        let workers = (0..self.job.concurrency.min(self.job.issues.len()))
            .map(|_| async { while self.write_next().await {} });
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
        self.status.set_started(at, budget.maybe_written());
        let refused = self.refused.borrow().clone();
        let outcome = match refused.or_else(|| self.jira.client().interruption()) {
            Some(failure) => IssueOutcome::failed(issue, failure),
            None => self.write(issue, &budget).await,
        };
        if let State::Failed { failure, .. } = &outcome.state
            && failure.kind.ends_the_run()
        {
            self.refuse_the_rest(issue, failure);
        }
        let elapsed = begun.elapsed();
        self.status
            .set_outcome(at, IssueOutcome { elapsed, ..outcome });
        self.bar.inc(1);
        true
    }

    fn refuse_the_rest(&self, issue: &IssueKey, failure: &Failure) {
        let mut refused = self.refused.borrow_mut();
        if refused.is_none() {
            let message = format!("not tried, because of the refusal at {issue}");
            *refused = Some(Failure {
                answer: None,
                ..failure.clone().saying(message)
            });
        }
    }

    async fn write(&self, issue: &IssueKey, budget: &RetryBudget) -> IssueOutcome {
        let edit = match self.fields.plan(issue, &self.job.assignments, budget).await {
            Ok(edit) => edit,
            Err(outcome) => return *outcome,
        };
        if self.job.dry_run {
            return IssueOutcome {
                edit: Some(self.shown(edit)),
                state: State::Planned,
                ..IssueOutcome::pending(issue)
            };
        }
        let (edit, call) = self.send(issue, edit, budget).await;
        let (answered, failure) = self.classify(issue, &call, budget, &edit).await;
        let state = match failure {
            None => State::Written,
            Some(failure) => {
                let failure = if call.withheld {
                    not_repeated(issue, &failure)
                } else {
                    failure
                };
                State::Failed {
                    failure,
                    maybe_written: call.maybe_applied,
                }
            }
        };
        IssueOutcome {
            edit: Some(self.shown(edit)),
            state,
            attempts: call.attempts,
            http_status: answered.as_ref().map(|(status, _)| *status),
            request_id: answered.and_then(|(_, id)| id),
            ..IssueOutcome::pending(issue)
        }
    }

    fn shown(&self, edit: Edit) -> ShownEdit {
        edit.shown(&self.job.assignments, self.jira.redactor())
    }

    /// Sends the edit. A 400 that wants documents for texts, or refuses an option by a
    /// text that Jira lists, has written nothing: then once more, with documents or ids.
    async fn send(
        &self,
        issue: &IssueKey,
        edit: Edit,
        budget: &RetryBudget,
    ) -> (Edit, SendOutcome) {
        let notify = self.job.notify_users;
        let call = self
            .jira
            .edit(Api::V2, issue, &edit.body(), notify, budget)
            .await;
        let Some(answer) = call
            .answer
            .as_ref()
            .ok()
            .filter(|answer| answer.status == 400)
        else {
            return (edit, call);
        };
        let said = ErrorBody::read(answer, self.jira.redactor());
        let wants_document = |text: &str| text.contains("Atlassian Document");
        let about = said
            .fields
            .iter()
            .filter(|about| wants_document(about.text.as_str()));
        let rich = self
            .fields
            .ids_of(about.map(|about| about.field.clone()).collect());
        let again = match edit.with_documents(|id| rich.contains(&id.into())) {
            Some(documents) => Some((Api::V3, documents)),
            None if said.fields.is_empty() || !edit.names_options() => None,
            None => {
                let by_ids = self.fields.with_option_ids(issue, &said, &edit, budget);
                let by_ids = by_ids.await.filter(|_| budget.take_retry());
                by_ids.map(|edit| (Api::V2, edit))
            }
        };
        let Some((api, edit_again)) = again else {
            return (edit, call);
        };
        let mut again = self
            .jira
            .edit(api, issue, &edit_again.body(), notify, budget)
            .await;
        again.attempts += call.attempts;
        again.maybe_applied |= call.maybe_applied;
        (edit_again, again)
    }

    /// The status of the answer and its request id, and why it is no success.
    async fn classify(
        &self,
        issue: &IssueKey,
        call: &SendOutcome,
        budget: &RetryBudget,
        edit: &Edit,
    ) -> (Option<(u16, Option<String>)>, Option<Failure>) {
        let answer = match &call.answer {
            Ok(answer) => answer,
            Err(failure) => return (None, Some(failure.clone())),
        };
        let said = ErrorBody::read(answer, self.jira.redactor());
        let operation = Operation::Write(issue);
        let failure = self
            .jira
            .classify_answer(call, answer, &said, operation, budget)
            .await;
        let failure = match failure {
            Some(failure)
                if matches!(failure.kind, Kind::ValueRefused | Kind::FieldNotEditable) =>
            {
                Some(
                    self.fields
                        .explain(issue, &said, failure, edit, &self.job.assignments, budget)
                        .await,
                )
            }
            other => other,
        };
        let id = said.request_id.map(|id| id.value.to_string());
        (Some((answer.status, id)), failure)
    }

    /// What is known now. Whatever has not ended is reported as interrupted.
    pub(crate) fn report(&self) -> Report {
        self.status.report(self.jira.client().interruption())
    }
}

/// What would have been tried again, had it not added anything.
fn not_repeated(issue: &IssueKey, failure: &Failure) -> Failure {
    let message = format!(
        "{}; not tried again, as it might add twice",
        failure.message
    );
    failure.clone().saying(message).hint(format!(
        "look at {issue}, and run the job again only where what it adds is missing"
    ))
}
