//! What this run has cached of Jira's fields, and when it must ask.
//!
//! The type of a field is the same on the whole site; what may differ by
//! project and issue type is which fields stand on the edit screen and which
//! values they allow. So what was cached for one issue serves for the next as
//! long as the value that goes out does not depend on the values listed, and a
//! name is looked up once for each project.

mod refusal;

use crate::client::RetryBudget;
use crate::deployment::Deployment;
use crate::edit::assignment::{Assignment, FieldName};
use crate::edit::editmeta::Field;
use crate::edit::field_type::FieldType;
use crate::edit::link_types::LinkType;
use crate::edit::{Edit, EditContext, needs_type};
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::jira::{self, Jira};
use crate::output::report::IssueOutcome;
use crate::redact::outside::Outside;
use crate::response::error_body::ErrorBody;
use crate::response::evidence::Operation;
use crate::settings::FIELD_TYPE;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use tokio::sync::OnceCell;

pub(super) struct FieldCache<'a> {
    jira: &'a Jira,
    /// The edit metadata cached last, and the issue it was asked for.
    cached: RefCell<Option<(IssueKey, Rc<Vec<Field>>)>>,
    /// What every issue of the site is given, where that is known.
    for_site: std::cell::OnceCell<Edit>,
    /// What every issue of a project is given; nothing inside where each must be
    /// asked for itself.
    for_projects: RefCell<HashMap<String, Rc<OnceCell<Option<Planned>>>>>,
    /// Whether this Jira has no edit metadata.
    absent: Cell<bool>,
    all: OnceCell<Result<Vec<Field>, Failure>>,
    link_types: OnceCell<Option<Vec<LinkType>>>,
    /// Whether the user may edit issues, by project.
    may_edit: RefCell<HashMap<String, Option<bool>>>,
}

type Planned = Result<Edit, Failure>;

impl<'a> FieldCache<'a> {
    pub(super) fn new(jira: &'a Jira) -> Self {
        FieldCache {
            jira,
            cached: RefCell::default(),
            for_site: std::cell::OnceCell::new(),
            for_projects: RefCell::default(),
            absent: Cell::new(false),
            all: OnceCell::new(),
            link_types: OnceCell::new(),
            may_edit: RefCell::default(),
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
        let ask = || self.jira.link_types(budget);
        let types = self.link_types.get_or_init(ask).await.as_deref();
        Ok(edit.with_link_types(types.unwrap_or_default()))
    }

    async fn plan_fields(
        &self,
        issue: &IssueKey,
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> Result<Edit, Box<IssueOutcome>> {
        let failed = |failure| Box::new(IssueOutcome::failed(issue, failure));
        if let Some(edit) = self.for_site.get() {
            return Ok(edit.clone());
        }
        if !assignments.iter().any(needs_type)
            && let Some(planned) = self.plan_without_types(assignments, budget).await
        {
            return planned.map_err(failed);
        }
        let planned = match issue.project() {
            Some(project) => {
                self.plan_in_project(project, issue, assignments, budget)
                    .await?
            }
            None => None,
        };
        let planned = match planned {
            Some(planned) => planned,
            None => self.plan_alone(issue, assignments, budget).await?.0,
        };
        planned.map_err(failed)
    }

    /// Where each value's type is told, names alone are to be looked up; `None`
    /// where the field list cannot tell which fields are meant.
    async fn plan_without_types(
        &self,
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> Option<Planned> {
        let named = assignments.iter().any(is_named);
        let all = match named {
            true => Some(self.all(budget).await.as_ref().ok()?.as_slice()),
            false => None,
        };
        let context = self.context(None, all, Deployment::SelfHosted);
        holds_all(&context, assignments).ok()?;
        let planned = self
            .with_deployment(context, assignments, budget)
            .await
            .plan(assignments);
        if named && let Ok(edit) = &planned {
            self.for_site.get_or_init(|| edit.clone());
        }
        Some(planned)
    }

    /// What the project's first issue is given, where the others are given the
    /// same; they wait for it.
    async fn plan_in_project(
        &self,
        project: &str,
        issue: &IssueKey,
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> Result<Option<Planned>, Box<IssueOutcome>> {
        let of_project = self.of_project(project);
        let own = Cell::new(None);
        let ask = || async {
            let (planned, alike) = self.plan_alone(issue, assignments, budget).await?;
            own.set(Some(planned.clone()));
            Ok::<_, Box<IssueOutcome>>(alike.then_some(planned))
        };
        let for_all = of_project.get_or_try_init(ask).await?;
        Ok(own.take().or_else(|| for_all.clone()))
    }

    fn of_project(&self, project: &str) -> Rc<OnceCell<Option<Planned>>> {
        let mut projects = self.for_projects.borrow_mut();
        Rc::clone(projects.entry(project.to_owned()).or_default())
    }

    fn has_asked(&self, issue: &IssueKey) -> bool {
        let asked = |project| self.of_project(project).initialized();
        issue.project().is_some_and(asked)
    }

    /// What an issue is given by its own edit metadata, and whether the other
    /// issues of its project are given the same.
    async fn plan_alone(
        &self,
        issue: &IssueKey,
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> Result<(Planned, bool), Box<IssueOutcome>> {
        let editable = self.ask(issue, budget).await?;
        let fields = editable.as_deref().map(Vec::as_slice);
        let context = self.context(fields, None, Deployment::SelfHosted);
        let on_screen = match holds_all(&context, assignments) {
            Ok(on_screen) => on_screen,
            Err(ambiguous) => return Ok((Err(ambiguous), false)),
        };
        let all = match on_screen {
            true => None,
            false => match self.all(budget).await {
                Ok(all) => Some(all.as_slice()),
                Err(failure) if fields.is_none() && assignments.iter().any(is_named) => {
                    return Ok((Err(cannot_look_up(failure)), false));
                }
                Err(_) => None,
            },
        };
        let context = EditContext { all, ..context };
        let context = self.with_deployment(context, assignments, budget).await;
        let planned = context.plan(assignments);
        let told = fields.is_some() || self.absent.get();
        let alike = told && planned == context.plan_without_values(assignments);
        let everywhere = on_screen && !assignments.iter().any(is_named) || self.absent.get();
        if alike
            && everywhere
            && let Ok(edit) = &planned
        {
            self.for_site.get_or_init(|| edit.clone());
        }
        Ok((planned, alike))
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

    /// The issue's own edit metadata; `None` where Jira does not give it, although
    /// the issue and the credentials are good.
    async fn ask(
        &self,
        issue: &IssueKey,
        budget: &RetryBudget,
    ) -> Result<Option<Rc<Vec<Field>>>, Box<IssueOutcome>> {
        if self.absent.get() {
            return Ok(None);
        }
        let call = self.jira.edit_metadata(issue, budget).await;
        if self.jira.is_absent(&call) {
            self.absent.set(true);
            return Ok(None);
        }
        let operation = Operation::ReadIssue(issue);
        match self.jira.classify(&call, operation, budget).await {
            Ok(_) => {
                let read = call.answer.and_then(jira::read_edit_metadata);
                let fields = Rc::new(read.map_err(|failure| {
                    Box::new(IssueOutcome {
                        attempts: call.attempts,
                        http_status: Some(200),
                        ..IssueOutcome::failed(issue, failure)
                    })
                })?);
                *self.cached.borrow_mut() = Some((issue.clone(), Rc::clone(&fields)));
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

    /// The edit with the ids of the options that were refused, where Jira lists them.
    pub(super) async fn with_option_ids(
        &self,
        issue: &IssueKey,
        said: &ErrorBody,
        edit: &Edit,
        budget: &RetryBudget,
    ) -> Option<Edit> {
        let cached = self.cached.borrow().clone();
        let editable = match cached {
            Some((asked, fields)) if asked == *issue => fields,
            _ => self.ask(issue, budget).await.ok()??,
        };
        edit.with_option_ids(&editable, said.fields.iter().map(|about| &about.field))
    }

    async fn all(&self, budget: &RetryBudget) -> &Result<Vec<Field>, Failure> {
        self.all.get_or_init(|| self.jira.fields(budget)).await
    }

    async fn with_deployment<'b>(
        &self,
        context: EditContext<'b>,
        assignments: &[Assignment],
        budget: &RetryBudget,
    ) -> EditContext<'b> {
        let mut shapes = shapes(&context, assignments);
        let deployment = if shapes.any(FieldType::depends_on_deployment) {
            self.jira.deployment(budget).await
        } else {
            let known = self.jira.site().known_deployment();
            known.unwrap_or(Deployment::SelfHosted)
        };
        EditContext {
            deployment,
            ..context
        }
    }

    /// The issue's own edit metadata, or another's of its project where only the
    /// field's absence is to be explained.
    fn cached_for(
        &self,
        issue: &IssueKey,
        failure: &Failure,
        assignments: &[Assignment],
    ) -> Option<Rc<Vec<Field>>> {
        let (asked, fields) = self.cached.borrow().clone()?;
        let same_project = issue.project().is_some() && asked.project() == issue.project();
        let off_screen = || {
            let context = self.context(Some(&fields), None, Deployment::SelfHosted);
            failure.kind == Kind::FieldNotEditable || holds_all(&context, assignments) == Ok(false)
        };
        let serves = asked == *issue || same_project && off_screen();
        serves.then_some(fields)
    }
}

fn is_named(assignment: &Assignment) -> bool {
    matches!(assignment.field, FieldName::Named(_))
}

fn holds_all(context: &EditContext<'_>, assignments: &[Assignment]) -> Result<bool, Failure> {
    let lookup = context.lookup();
    // A comment needs no field: whether one may be added, the write itself tells.
    for assignment in assignments.iter().filter(|one| !one.is_comment()) {
        if lookup.field(&assignment.field)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Neither the edit metadata nor the field list is there.
fn cannot_look_up(failure: &Failure) -> Failure {
    let message = format!("the field's name cannot be looked up: {}", failure.message);
    let by_id = format!("give the field's id, such as customfield_10314, and {FIELD_TYPE}");
    let hint = match &failure.hint {
        Some(hint) => format!("{hint}; or {by_id}"),
        None => by_id,
    };
    failure.clone().saying(message).hint(hint)
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
