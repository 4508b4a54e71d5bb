//! `check`: from the network to the field, a step each, and what to do about
//! the first that fails. Writes nothing.

pub(crate) mod connectivity;
mod steps;
mod value;

pub(crate) use steps::Steps;

use crate::client::{RetryBudget, SHORT_BODY, SendOutcome};
use crate::credentials::AuthMethod;
use crate::deployment::Deployment;
use crate::edit::assignment::{Assignment, FieldName};
use crate::edit::editmeta::{Field, Index};
use crate::edit::field_type::FieldType;
use crate::edit::{EditContext, allowed_values, describe, unlisted};
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::jira::permissions::Permissions;
use crate::jira::{self, Jira};
use crate::redact::outside::CleanText;
use crate::response::classify::{permission, read_only};
use crate::response::error_body::ErrorBody;
use crate::response::evidence::Operation;
use crate::settings::FIELD_TYPE;
use crate::transport::Response;
use crate::transport::network::Network;
use serde_json::Value;
use std::cell::RefCell;
use std::mem::discriminant;
use value::usual;

/// What is looked at without being written; each part as far as it was given.
#[derive(Clone, Debug)]
pub(crate) struct Check {
    /// In the order given, each once.
    pub issues: Vec<IssueKey>,
    /// Fields, with a value or without.
    pub fields: Vec<FieldName>,
    pub assignments: Vec<Assignment>,
    /// Why nothing would be written, where the value map says so.
    pub skipped: Option<String>,
    pub method: AuthMethod,
}

/// Walks as far as it can. What it finds is in `steps` at any moment.
pub(crate) async fn run(jira: &Jira, network: &Network, check: &Check, steps: &Steps) {
    let checker = Checker {
        jira,
        network,
        check,
        steps,
        budget: jira.budget(),
        user: RefCell::new("the user".to_owned()),
    };
    if checker.all().await.is_some() && check.fields.is_empty() {
        let issue = check.issues.first();
        let of = issue.map(|issue| format!(" --issue {issue}"));
        steps.advise(format!(
            "no field is given; jira-build-status fields{} lists those that can be written",
            of.unwrap_or_default()
        ));
    }
}

struct Checker<'a> {
    jira: &'a Jira,
    network: &'a Network,
    check: &'a Check,
    steps: &'a Steps,
    budget: RetryBudget,
    /// What people call the user, once Jira has said it.
    user: RefCell<String>,
}

impl Checker<'_> {
    async fn all(&self) -> Option<()> {
        self.steps.note("address", self.address().await)?;
        let deployment = self.reach().await?;
        self.steps.note("credentials", self.credentials().await)?;
        for issue in &self.check.issues {
            self.issue(issue, deployment).await;
        }
        Some(())
    }

    async fn issue(&self, issue: &IssueKey, deployment: Deployment) -> Option<()> {
        self.steps.note("issue", self.exists(issue).await)?;
        let granted = self.jira.permissions(issue, &self.budget).await;
        let fields = self
            .steps
            .note("permission", self.permission(issue, granted).await)?;
        if self.check.assignments.iter().any(Assignment::is_comment)
            && granted.comment == Some(false)
        {
            let refused = self.lacks(issue, "may not comment on it", "Add comments");
            self.steps.note::<()>("permission", Err(refused));
        }
        let all = self.jira.fields(&self.budget).await.ok();
        let now = self.jira.client().clock().unix_seconds();
        let context = EditContext {
            editable: fields.as_deref(),
            all: all.as_deref(),
            deployment,
            now,
            redactor: self.jira.redactor(),
        };
        let (lookup, editable) = (context.lookup(), fields.as_deref().map(Index::of));
        let mut known = true;
        for name in &self.check.fields {
            let found = lookup
                .field(name)
                .and_then(|field| self.editable(issue, name, field, &context, editable.as_ref()));
            known &= self.steps.note("field", found).is_some();
        }
        if let Some(why) = &self.check.skipped {
            self.steps.note(
                "value",
                Ok(((), format!("nothing would be written: {why}"))),
            );
        } else if known && !self.check.assignments.is_empty() {
            self.steps.note("value", self.value(&context));
        }
        Some(())
    }

    async fn credentials(&self) -> Result<((), String), Failure> {
        let call = self
            .jira
            .send(
                &self.jira.get("/rest/api/2/myself", SHORT_BODY),
                &self.budget,
            )
            .await;
        let method = self.check.method.name();
        let way = self
            .jira
            .site()
            .gateway()
            .map(|site| format!(" through {site}"))
            .unwrap_or_default();
        if call
            .answer
            .as_ref()
            .is_ok_and(|answer| ErrorBody::read(answer, self.jira.redactor()).lacks_scope())
        {
            return Ok((
                (),
                format!(
                    "a good token by {method}{way}; without the scope read:jira-user it says not \
                     whose"
                ),
            ));
        }
        let answer = self.classify(call, Operation::Read("the user")).await?;
        let me: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |name: &str| {
            me[name]
                .as_str()
                .filter(|text| !text.trim().is_empty())
                .map(|text| CleanText::name(text, self.jira.redactor()))
        };
        let name = text("name").or_else(|| text("emailAddress"));
        let Some(name) = name.or_else(|| text("accountId")) else {
            return Err(Failure::new(
                Kind::UnexpectedAnswer,
                "the answer names no user",
            ));
        };
        *self.user.borrow_mut() = name.to_string();
        let display = text("displayName")
            .map(|text| format!(" ({text})"))
            .unwrap_or_default();
        Ok(((), format!("{name}{display} by {method}{way}")))
    }

    fn lacks(&self, issue: &IssueKey, what: &str, name: &str) -> Failure {
        let message = format!("{} may see {issue} but {what}", self.user.borrow());
        Failure::new(Kind::FieldNotEditable, message).hint(permission(name, issue))
    }

    async fn exists(&self, issue: &IssueKey) -> Result<((), String), Failure> {
        let path = format!("/rest/api/2/issue/{issue}?fields=summary,issuetype,project");
        let spec = self.jira.get(&path, SHORT_BODY);
        let outcome = self.jira.send(&spec, &self.budget).await;
        let answer = self.classify(outcome, Operation::ReadIssue(issue)).await?;
        let found: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |pointer: &str| {
            let found = found.pointer(pointer).and_then(Value::as_str);
            CleanText::name(found.unwrap_or("unknown"), self.jira.redactor())
        };
        let (kind, project) = (text("/fields/issuetype/name"), text("/fields/project/name"));
        Ok(((), format!("{issue} is a {kind} of {project}")))
    }

    /// Jira's edit metadata lists what the user may edit; an issue that may not be
    /// edited has none, nor has one that is read-only.
    async fn permission(
        &self,
        issue: &IssueKey,
        granted: Permissions,
    ) -> Result<(Option<Vec<Field>>, String), Failure> {
        let may_not_edit = || self.lacks(issue, "not edit it", "Edit issues");
        if granted.edit == Some(false) {
            return Err(may_not_edit());
        }
        let call = self.jira.edit_metadata(issue, &self.budget).await;
        if self.jira.is_absent(&call) {
            let detail = format!(
                "this Jira has no edit metadata: whether {issue} may be edited, only a write shows"
            );
            return Ok((None, detail));
        }
        let answer = self.classify(call, Operation::ReadIssue(issue)).await?;
        let fields = jira::read_edit_metadata(answer)?;
        if fields.is_empty() {
            return Err(if granted.edit == Some(true) {
                let (cause, hint) = read_only(issue.as_str(), &self.user.borrow());
                Failure::new(Kind::FieldNotEditable, cause).hint(hint)
            } else {
                may_not_edit()
            });
        }
        let count = fields.len();
        let may = granted.granted();
        let may = may.map(|words| format!("{} may {words}; ", self.user.borrow()));
        let may = may.unwrap_or_default();
        Ok((
            Some(fields),
            format!("{may}{count} fields of {issue} can be edited"),
        ))
    }

    fn editable(
        &self,
        issue: &IssueKey,
        name: &FieldName,
        field: Option<&Field>,
        context: &EditContext<'_>,
        editable: Option<&Index<'_>>,
    ) -> Result<((), String), Failure> {
        let redactor = self.jira.redactor();
        let id = |field: &Field, name: &FieldName| match name {
            FieldName::Id(id) => id.clone(),
            FieldName::Named(_) => field.id.name(redactor).to_string(),
        };
        match field {
            Some(field)
                if editable.is_none_or(|editable| editable.with_id(field.id.exact()).is_some()) =>
            {
                let described = describe(id(field, name).as_str(), Some(field), redactor);
                Ok((
                    (),
                    format!("{described}{}", allowed_values(field, "", redactor)),
                ))
            }
            Some(field) => {
                let described = describe(id(field, name).as_str(), Some(field), redactor);
                let message = format!(
                    "{described} is not on {issue}'s edit screen, or the user may not edit it"
                );
                Err(Failure::new(Kind::FieldNotEditable, message).hint(
                    "ask a Jira administrator to add it to the edit screen of the issue's project \
                     and type",
                ))
            }
            None if context.editable.is_none() && context.all.is_none() => Ok((
                (),
                format!("{:?}: this Jira lists no fields", name.as_str()),
            )),
            None => match name {
                FieldName::Named(name) => Err(context.lookup().unknown(name)),
                FieldName::Id(id) => Err(Failure::new(
                    Kind::FieldNotEditable,
                    format!("Jira knows no field {id:?}"),
                )
                .hint(format!(
                    "jira-build-status fields --issue {issue} lists those that can be written"
                ))),
            },
        }
    }

    /// The body that would be sent. A value of another form than the field's, or
    /// one that Jira does not list, would likely be refused.
    fn value(&self, context: &EditContext<'_>) -> Result<((), String), Failure> {
        let redactor = self.jira.redactor();
        let edit = context.plan(&self.check.assignments)?;
        let usual = usual(context, &self.check.assignments);
        let doubt = |message, hint| Err(Failure::new(Kind::ValueRefused, message).hint(hint));
        for field in context.editable.into_iter().flatten() {
            let Some(value) = edit.fields.get(field.id.exact()) else {
                continue;
            };
            let described = || describe(field.id.name(redactor).as_str(), Some(field), redactor);
            if let Some(usual) = usual
                .as_ref()
                .and_then(|usual| usual.fields.get(field.id.exact()))
                && discriminant(usual) != discriminant(value)
                && FieldType::of(&field.schema) != FieldType::Unknown
            {
                let message = format!(
                    "{} takes {}, not {value}",
                    described(),
                    CleanText::sentence(&usual.to_string(), redactor)
                );
                return doubt(
                    message,
                    format!("leave {FIELD_TYPE} out, or name the field's own type"),
                );
            }
            if let Some(text) = unlisted(value, field.allowed()) {
                let message = format!("{} does not list {text:?}", described());
                return doubt(
                    message,
                    format!("it{}", allowed_values(field, text, redactor)),
                );
            }
        }
        Ok((
            (),
            edit.shown(&self.check.assignments, redactor)
                .body()
                .to_string(),
        ))
    }

    async fn classify(
        &self,
        outcome: SendOutcome,
        operation: Operation<'_>,
    ) -> Result<Response, Failure> {
        self.jira
            .classify(&outcome, operation, &self.budget)
            .await?;
        outcome.answer
    }
}
