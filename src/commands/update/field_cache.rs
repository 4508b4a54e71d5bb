//! What this run has cached of Jira's fields, and when it must ask.
//!
//! The type of a field is the same on the whole site; what may differ by
//! project and issue type is which fields stand on the edit screen and which
//! values they allow. So what was cached for one issue serves for the next as
//! long as the value that goes out does not depend on the values listed, and a
//! name is looked up once for each project.

use crate::client::RetryBudget;
use crate::commands::update::diagnosis;
use crate::deployment::Deployment;
use crate::edit::assignment::{Assignment, FieldName};
use crate::edit::editmeta::{self, Field};
use crate::edit::field_type::FieldType;
use crate::edit::link_types::LinkType;
use crate::edit::{Edit, EditContext, needs_metadata};
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::jira::Jira;
use crate::output::report::IssueOutcome;
use crate::redact::outside::Outside;
use crate::response::error_body::ErrorBody;
use crate::response::evidence::Operation;
use bytes::Bytes;
use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

pub(super) struct FieldCache<'a> {
    jira: &'a Jira,
    /// The edit metadata cached last, and the issue it was asked for.
    cached: RefCell<Option<(IssueKey, Rc<Vec<Field>>)>>,
    /// What was planned from it for other issues, if anything can be; all issues
    /// are given the same.
    for_others: RefCell<Option<Option<Edit>>>,
    all: OnceCell<Option<Vec<Field>>>,
    link_types: OnceCell<Option<Vec<LinkType>>>,
}

impl<'a> FieldCache<'a> {
    pub(super) fn new(jira: &'a Jira) -> Self {
        FieldCache {
            jira,
            cached: RefCell::default(),
            for_others: RefCell::default(),
            all: OnceCell::new(),
            link_types: OnceCell::new(),
        }
    }

    /// The body of the edit for one issue, with as few questions as that takes.
    pub(super) async fn plan(
        &self,
        issue: &IssueKey,
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> Result<Edit, Box<IssueOutcome>> {
        let edit = self.plan_fields(issue, assignments, budget).await?;
        if !edit.names_other_links() {
            return Ok(edit);
        }
        if self.link_types.get().is_none() {
            let _ = self.link_types.set(self.jira.link_types(budget).await);
        }
        let types = self.link_types.get().and_then(|types| types.as_deref());
        Ok(edit.with_link_types(types.unwrap_or_default()))
    }

    async fn plan_fields(
        &self,
        issue: &IssueKey,
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> Result<Edit, Box<IssueOutcome>> {
        let failed = |failure| Box::new(IssueOutcome::failed(issue, failure));
        if !assignments.iter().any(needs_metadata) {
            let shapes = assignments.iter().filter_map(|assignment| assignment.shape);
            let deployment = self.deployment_if_needed(shapes, budget).await;
            return self
                .context(None, None, deployment)
                .plan(assignments)
                .map_err(failed);
        }
        if let Some(edit) = self.plan_from_cache(issue, assignments, budget).await {
            return Ok(edit);
        }
        let editable = self.ask(issue, budget).await?;
        let fields = editable.as_deref().map(Vec::as_slice);
        let all = if self.holds_all(fields, assignments).map_err(failed)? {
            None
        } else {
            self.all(budget).await
        };
        let context = self.context(fields, all, Deployment::SelfHosted);
        let deployment = self
            .deployment_if_needed(shapes(&context, assignments), budget)
            .await;
        EditContext {
            deployment,
            ..context
        }
        .plan(assignments)
        .map_err(failed)
    }

    /// The body made from what was cached for another issue, where that cannot
    /// differ from what this issue would say.
    async fn plan_from_cache(
        &self,
        issue: &IssueKey,
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> Option<Edit> {
        let (asked, fields) = self.cached.borrow().clone()?;
        let named = assignments
            .iter()
            .any(|assignment| matches!(assignment.field, FieldName::Named(_)));
        if named && (issue.project().is_none() || issue.project() != asked.project()) {
            return None;
        }
        if let Some(planned) = self.for_others.borrow().as_ref() {
            return planned.clone();
        }
        let planned = self.plan_for_others(&fields, assignments, budget).await;
        *self.for_others.borrow_mut() = Some(planned.clone());
        planned
    }

    async fn plan_for_others(
        &self,
        fields: &[Field],
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> Option<Edit> {
        let context = self.context(Some(fields), None, Deployment::SelfHosted);
        if !self.holds_all(Some(fields), assignments).ok()? {
            return None;
        }
        let deployment = self
            .deployment_if_needed(shapes(&context, assignments), budget)
            .await;
        let context = EditContext {
            deployment,
            ..context
        };
        let edit = context.plan(assignments).ok()?;
        let without_values = context.plan_without_values(assignments).ok()?;
        (edit == without_values).then_some(edit)
    }

    fn context<'b>(
        &self,
        editable: Option<&'b [Field]>,
        all: Option<&'b [Field]>,
        deployment: Deployment,
    ) -> EditContext<'b>
    where
        'a: 'b,
    {
        EditContext {
            editable,
            all,
            deployment,
            now: self.jira.client().clock().unix_seconds(),
            redactor: self.jira.redactor(),
        }
    }

    fn holds_all(
        &self,
        fields: Option<&[Field]>,
        assignments: &[Assignment],
    ) -> Result<bool, Failure> {
        let lookup = self.context(fields, None, Deployment::SelfHosted).lookup();
        for assignment in assignments {
            if lookup.field(&assignment.field)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The issue's own edit metadata; `None` where Jira does not give it, although
    /// the issue and the credentials are good.
    async fn ask(
        &self,
        issue: &IssueKey,
        budget: &RetryBudget,
    ) -> Result<Option<Rc<Vec<Field>>>, Box<IssueOutcome>> {
        let call = self.jira.edit_metadata(issue, budget).await;
        let operation = Operation::ReadIssue(issue);
        match self.jira.judge(&call, operation, budget).await {
            Ok(_) => {
                let body = call.answer.map(|answer| answer.body).unwrap_or_default();
                let Some(fields) = editmeta::read_edit_metadata(Bytes::from(body)) else {
                    let what = "the edit metadata cannot be read";
                    let failure = Failure::new(Kind::UnexpectedAnswer, what);
                    return Err(Box::new(IssueOutcome {
                        attempts: call.attempts,
                        http_status: Some(200),
                        ..IssueOutcome::failed(issue, failure)
                    }));
                };
                let fields = Rc::new(fields);
                *self.cached.borrow_mut() = Some((issue.clone(), Rc::clone(&fields)));
                self.for_others.take();
                Ok(Some(fields))
            }
            // The write itself will tell whether this is a refusal.
            Err(failure)
                if call.answer.is_ok()
                    && matches!(failure.kind, Kind::PermissionDenied | Kind::ValueRefused) =>
            {
                Ok(None)
            }
            Err(failure) => Err(Box::new(IssueOutcome {
                attempts: call.attempts,
                http_status: call.answer.as_ref().ok().map(|answer| answer.status),
                ..IssueOutcome::failed(issue, failure)
            })),
        }
    }

    /// The ids that a refusal may mean, which names fields by their ids or, as Jira
    /// sometimes does, by their names.
    pub(super) fn ids_of(&self, called: HashSet<Outside>) -> HashSet<Outside> {
        let cached = self.cached.borrow();
        let fields = cached.iter().flat_map(|(_, fields)| fields.iter());
        let bearers: Vec<_> = fields
            .filter(|field| called.contains(&field.name))
            .map(|field| field.id.clone())
            .collect();
        called.into_iter().chain(bearers).collect()
    }

    async fn all(&self, budget: &RetryBudget) -> Option<&[Field]> {
        if self.all.get().is_none() {
            let fields = self.jira.fields(budget).await;
            let _ = self.all.set(fields);
        }
        self.all.get().and_then(|fields| fields.as_deref())
    }

    async fn deployment_if_needed(
        &self,
        mut shapes: impl Iterator<Item = FieldType>,
        budget: &RetryBudget,
    ) -> Deployment {
        if shapes.any(FieldType::depends_on_deployment) {
            return self.jira.deployment(budget).await;
        }
        let known = self.jira.site().known_deployment();
        known.unwrap_or(Deployment::SelfHosted)
    }

    /// Adds what Jira knows of the field to a refusal of its value.
    pub(super) async fn explain(
        &self,
        issue: &IssueKey,
        said: &ErrorBody,
        failure: Failure,
        edit: &Edit,
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> Failure {
        let cached = self
            .cached
            .borrow()
            .clone()
            .filter(|(asked, _)| asked == issue)
            .map(|(_, fields)| fields);
        let editable = match cached {
            Some(fields) => Some(fields),
            None => self.ask(issue, budget).await.unwrap_or(None),
        };
        let fields = editable.as_deref().map(Vec::as_slice);
        let known = self.holds_all(fields, assignments).unwrap_or(true);
        let all = if known { None } else { self.all(budget).await };
        diagnosis::explain(
            &self.context(fields, all, Deployment::SelfHosted),
            said,
            failure,
            edit,
            assignments,
            issue,
            self.jira.redactor(),
        )
    }
}

/// The shapes that the assignments will take.
fn shapes<'b>(
    context: &EditContext<'b>,
    assignments: &'b [Assignment],
) -> impl Iterator<Item = FieldType> {
    let lookup = context.lookup();
    assignments.iter().map(move |assignment| {
        let field = lookup.field(&assignment.field).ok().flatten();
        let of_field = || FieldType::of_field(field, assignment.field.as_str());
        assignment.shape.unwrap_or_else(of_field)
    })
}
