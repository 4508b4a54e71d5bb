//! What this run has learnt of Jira's fields, and when it must ask.
//!
//! The type of a field is the same on the whole site; what may differ by project and issue type is which fields stand on the edit screen
//! and which values they allow. So what was learnt for one issue serves for the next as long as the value that goes
//! out does not depend on the values listed, and a name is looked up once for each project.

use super::Settled;
use super::explanation;
use crate::failure::{Failure, Kind};
use crate::field::{Assignment, FieldName};
use crate::issue_key::IssueKey;
use crate::jira::refusal::{self, Subject};
use crate::jira::said::Said;
use crate::jira::{Budget, Jira};
use crate::metadata::{self, Field};
use crate::outside::Outside;
use crate::plan::{Edit, Knowledge, needs_metadata};
use crate::report::Ending;
use crate::shape::Shape;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

pub(super) struct Library<'a> {
    jira: &'a Jira,
    /// The edit metadata learnt last, and the issue it was asked for.
    learnt: RefCell<Option<(IssueKey, Rc<Vec<Field>>)>>,
    all: OnceCell<Option<Vec<Field>>>,
}

impl<'a> Library<'a> {
    pub(super) fn new(jira: &'a Jira) -> Self {
        Library { jira, learnt: RefCell::default(), all: OnceCell::new() }
    }

    /// The body of the edit for one issue, with as few questions as that takes.
    pub(super) async fn plan(
        &self,
        issue: &IssueKey,
        assignments: &[Assignment],
        budget: &Budget,
    ) -> Result<Edit, Box<Settled>> {
        let failed = |failure| Box::new(Settled::failed(failure));
        if !assignments.iter().any(needs_metadata) {
            let shapes = assignments.iter().filter_map(|assignment| assignment.shape);
            let cloud = self.cloud_if_needed(shapes, budget).await;
            return self.knowledge(None, None, cloud).plan(assignments).map_err(failed);
        }
        if let Some(edit) = self.plan_from_learnt(issue, assignments, budget).await {
            return Ok(edit);
        }
        let editable = self.ask(issue, budget).await?;
        let fields = editable.as_deref().map(Vec::as_slice);
        let all = if self.holds_all(fields, assignments).map_err(failed)? { None } else { self.all(budget).await };
        let knowledge = self.knowledge(fields, all, false);
        let cloud = self.cloud_if_needed(shapes(&knowledge, assignments), budget).await;
        Knowledge { cloud, ..knowledge }.plan(assignments).map_err(failed)
    }

    /// The body made from what was learnt for another issue, where that cannot differ from what this issue would say.
    async fn plan_from_learnt(&self, issue: &IssueKey, assignments: &[Assignment], budget: &Budget) -> Option<Edit> {
        let (asked, fields) = self.learnt.borrow().clone()?;
        let named = assignments.iter().any(|assignment| matches!(assignment.field, FieldName::Named(_)));
        if named && (issue.project().is_none() || issue.project() != asked.project()) {
            return None;
        }
        let knowledge = self.knowledge(Some(&fields), None, false);
        if !self.holds_all(Some(&fields), assignments).ok()? {
            return None;
        }
        let cloud = self.cloud_if_needed(shapes(&knowledge, assignments), budget).await;
        let blind: Vec<Field> = fields.iter().map(|field| Field { allowed: vec![], ..field.clone() }).collect();
        let edit = Knowledge { cloud, ..knowledge }.plan(assignments).ok()?;
        let without_values = self.knowledge(Some(&blind), None, cloud).plan(assignments).ok()?;
        (edit == without_values).then_some(edit)
    }

    fn knowledge<'b>(&self, editable: Option<&'b [Field]>, all: Option<&'b [Field]>, cloud: bool) -> Knowledge<'b>
    where
        'a: 'b,
    {
        Knowledge { editable, all, cloud, now: self.jira.nature().unix_seconds(), mask: self.jira.mask() }
    }

    fn holds_all(&self, fields: Option<&[Field]>, assignments: &[Assignment]) -> Result<bool, Failure> {
        let knowledge = self.knowledge(fields, None, false);
        for assignment in assignments {
            if knowledge.field(&assignment.field)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The issue's own edit metadata; `None` where Jira does not give it, although the issue and the credentials are good.
    async fn ask(&self, issue: &IssueKey, budget: &Budget) -> Result<Option<Rc<Vec<Field>>>, Box<Settled>> {
        let call = self.jira.edit_metadata(issue, budget).await;
        let answer = match &call.answer {
            Ok(answer) => answer,
            Err(failure) => {
                let settled = Settled::failed(failure.clone());
                return Err(Box::new(Settled { attempts: call.attempts, ..settled }));
            }
        };
        if answer.status == 200
            && let Some(fields) = metadata::read_edit_metadata(&answer.body)
        {
            let fields = Rc::new(fields);
            *self.learnt.borrow_mut() = Some((issue.clone(), Rc::clone(&fields)));
            return Ok(Some(fields));
        }
        let said = Said::read(answer, self.jira.mask());
        let judgement = refusal::judge(answer, &said, Subject::Issue(issue), &call);
        match super::settle(self.jira, judgement, budget).await {
            Some(failure) if !matches!(failure.kind, Kind::PermissionDenied | Kind::ValueRefused) => {
                let ending = Ending::Failed { failure, maybe_written: false };
                let http_status = Some(answer.status);
                Err(Box::new(Settled { edit: None, attempts: call.attempts, http_status, ending }))
            }
            // The write itself will tell whether this is a refusal.
            _ => Ok(None),
        }
    }

    /// Whether a refusal that names a field by its id, or as Jira sometimes does by its name, means this one.
    pub(super) fn is_called(&self, id: &str, name: &Outside) -> bool {
        let learnt = self.learnt.borrow();
        let mut fields = learnt.iter().flat_map(|(_, fields)| fields.iter());
        name == id || fields.any(|field| field.id == id && field.name == *name)
    }

    async fn all(&self, budget: &Budget) -> Option<&[Field]> {
        if self.all.get().is_none() {
            let fields = self.jira.fields(budget).await;
            let _ = self.all.set(fields);
        }
        self.all.get().and_then(|fields| fields.as_deref())
    }

    async fn cloud_if_needed(&self, mut shapes: impl Iterator<Item = Shape>, budget: &Budget) -> bool {
        if !shapes.any(Shape::depends_on_deployment) {
            return self.jira.is_known_cloud();
        }
        self.jira.is_cloud(budget).await
    }

    /// Adds what Jira knows of the field to a refusal of its value.
    pub(super) async fn explain(
        &self,
        issue: &IssueKey,
        said: &Said,
        failure: Failure,
        edit: &Edit,
        assignments: &[Assignment],
        budget: &Budget,
    ) -> Failure {
        let learnt = self.learnt.borrow().clone().filter(|(asked, _)| asked == issue).map(|(_, fields)| fields);
        let editable = match learnt {
            Some(fields) => Some(fields),
            None => self.ask(issue, budget).await.unwrap_or(None),
        };
        let fields = editable.as_deref().map(Vec::as_slice);
        let known = self.holds_all(fields, assignments).unwrap_or(true);
        let all = if known { None } else { self.all(budget).await };
        explanation::explain(
            &self.knowledge(fields, all, false),
            said,
            failure,
            edit,
            assignments,
            issue,
            self.jira.mask(),
        )
    }
}

/// The shapes that the assignments will take.
fn shapes<'b>(knowledge: &Knowledge<'b>, assignments: &'b [Assignment]) -> impl Iterator<Item = Shape> {
    assignments.iter().filter_map(|assignment| {
        let field = knowledge.field(&assignment.field).ok().flatten();
        assignment.shape.or_else(|| field.map(|field| Shape::of(&field.schema)))
    })
}
