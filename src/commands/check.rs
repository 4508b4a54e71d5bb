//! `check`: from the network to the field, a step each, and what to do about the first that fails. Writes nothing.

mod findings;
mod way;

pub use findings::{Findings, Step};

use crate::auth::oauth2::lacks_scope;
use crate::commands::report::settle;
use crate::config::{Check, Network};
use crate::failure::{Failure, Kind};
use crate::field::{Assignment, FieldName};
use crate::gateway::Gateway;
use crate::issue_key::IssueKey;
use crate::jira::refusal::{self, Subject};
use crate::jira::said::Said;
use crate::jira::{Ask, Budget, Call, Jira, SHORT_BODY};
use crate::metadata::{self, Allowed, Field};
use crate::outside::CleanText;
use crate::plan::{Edit, Knowledge, allowed_values, describe};
use crate::shape::Shape;
use crate::wire::Answer;
use serde_json::Value;
use std::mem::discriminant;

/// Walks as far as it can. What it finds is in `findings` at any moment.
pub async fn run(jira: &Jira, network: &Network, check: &Check, findings: &Findings) {
    let walk = Walk { jira, network, check, findings, budget: jira.budget() };
    let _ = walk.all().await;
}

struct Walk<'a> {
    jira: &'a Jira,
    network: &'a Network,
    check: &'a Check,
    findings: &'a Findings,
    budget: Budget,
}

impl Walk<'_> {
    async fn all(&self) -> Option<()> {
        self.findings.note("address", self.address().await)?;
        let cloud = self.reach().await?;
        self.findings.note("credentials", self.credentials().await)?;
        for issue in &self.check.issues {
            self.issue(issue, cloud).await;
        }
        Some(())
    }

    async fn issue(&self, issue: &IssueKey, cloud: bool) -> Option<()> {
        self.findings.note("issue", self.exists(issue).await)?;
        let fields = self.findings.note("permission", self.permission(issue).await)?;
        let all = self.jira.fields(&self.budget).await;
        let now = self.jira.nature().unix_seconds();
        let knowledge = Knowledge { editable: Some(&fields), all: all.as_deref(), cloud, now, mask: self.jira.mask() };
        for name in &self.check.fields {
            let found = knowledge.field(name).and_then(|field| self.editable(issue, name, field, &fields));
            self.findings.note("field", found);
        }
        if !self.check.assignments.is_empty() {
            self.findings.note("value", self.value(&knowledge));
        }
        Some(())
    }

    async fn credentials(&self) -> Result<((), String), Failure> {
        let call = self.jira.call(&self.jira.read("/rest/api/2/myself", SHORT_BODY), &self.budget).await;
        let method = self.check.method.name();
        let way =
            self.jira.gateway().and_then(Gateway::site).map(|site| format!(" through {site}")).unwrap_or_default();
        if call.answer.as_ref().is_ok_and(|answer| lacks_scope(&Said::read(answer, self.jira.mask()))) {
            return Ok((
                (),
                format!("a good token by {method}{way}; without the scope read:jira-user it says not whose"),
            ));
        }
        let answer = self.judge(call, "the user").await?;
        let me: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |name: &str| me[name].as_str().map(|text| CleanText::name(text, self.jira.mask()));
        let Some(name) = text("name").or_else(|| text("accountId")) else {
            return Err(Failure::new(Kind::UnexpectedAnswer, "the answer names no user"));
        };
        let display = text("displayName").map(|text| format!(" ({text})")).unwrap_or_default();
        Ok(((), format!("{name}{display} by {method}{way}")))
    }

    async fn exists(&self, issue: &IssueKey) -> Result<((), String), Failure> {
        let path = format!("/rest/api/2/issue/{issue}?fields=summary,issuetype,project");
        let answer = self.ask(&self.jira.read(&path, SHORT_BODY), issue.as_str()).await?;
        let found: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |pointer: &str| {
            let found = found.pointer(pointer).and_then(Value::as_str);
            CleanText::name(found.unwrap_or("unknown"), self.jira.mask())
        };
        let (kind, project) = (text("/fields/issuetype/name"), text("/fields/project/name"));
        Ok(((), format!("{issue} is a {kind} of {project}")))
    }

    /// Jira's edit metadata lists what the user may edit; an issue that may not be edited has none.
    async fn permission(&self, issue: &IssueKey) -> Result<(Vec<Field>, String), Failure> {
        let call = self.jira.edit_metadata(issue, &self.budget).await;
        let answer = self.judge(call, issue.as_str()).await?;
        match metadata::read_edit_metadata(&answer.body) {
            Some(fields) if !fields.is_empty() => {
                let count = fields.len();
                Ok((fields, format!("{count} fields of {issue} may be edited")))
            }
            Some(_) => Err(Failure::new(Kind::FieldNotEditable, format!("no field of {issue} may be edited"))
                .hint("give the user permission to edit it, or move it to a status in which it may be edited")),
            None => Err(Failure::new(Kind::UnexpectedAnswer, "the edit metadata cannot be read")),
        }
    }

    fn editable(
        &self,
        issue: &IssueKey,
        name: &FieldName,
        field: Option<&Field>,
        editable: &[Field],
    ) -> Result<((), String), Failure> {
        let mask = self.jira.mask();
        let id = |field: &Field, name: &FieldName| match name {
            FieldName::Id(id) => id.clone(),
            FieldName::Named(_) => field.id.name(mask).to_string(),
        };
        match field {
            Some(field) if editable.iter().any(|one| one.id == field.id) => {
                let described = describe(id(field, name).as_str(), Some(field), mask);
                Ok(((), format!("{described}{}", allowed_values(field, "", mask))))
            }
            Some(field) => {
                let described = describe(id(field, name).as_str(), Some(field), mask);
                let message = format!("{described} is not on {issue}'s edit screen, or the user may not edit it");
                Err(Failure::new(Kind::FieldNotEditable, message)
                    .hint("ask a Jira administrator to add it to the edit screen of the issue's project and type"))
            }
            None => Err(Failure::new(Kind::FieldNotEditable, format!("Jira knows no field {:?}", name.as_str()))
                .hint("check the id in the field's settings, or give the exact name")),
        }
    }

    /// The body that would be sent. A value of another form than the field's, or one that Jira does not list, would likely be refused.
    fn value(&self, knowledge: &Knowledge<'_>) -> Result<((), String), Failure> {
        let mask = self.jira.mask();
        let edit = knowledge.plan(&self.check.assignments)?;
        let usual = usual(knowledge, &self.check.assignments);
        let doubt = |message, hint| Err(Failure::new(Kind::ValueRefused, message).hint(hint));
        for field in knowledge.editable.into_iter().flatten() {
            let Some(value) = edit.fields.get(field.id.exact()) else { continue };
            let described = || describe(field.id.name(mask).as_str(), Some(field), mask);
            if let Some(usual) = usual.as_ref().and_then(|usual| usual.fields.get(field.id.exact()))
                && discriminant(usual) != discriminant(value)
                && Shape::of(&field.schema) != Shape::Unknown
            {
                let message =
                    format!("{} takes {}, not {value}", described(), CleanText::sentence(&usual.to_string(), mask));
                return doubt(message, "leave JIRA_FIELD_TYPE (--type) out, or name the field's own type".to_owned());
            }
            if let Some(text) = unlisted(value, &field.allowed) {
                let message = format!("{} does not list {text:?}", described());
                return doubt(message, format!("it{}", allowed_values(field, text, mask)));
            }
        }
        Ok(((), edit.shown(&self.check.assignments, mask).body().to_string()))
    }

    async fn ask(&self, ask: &Ask, subject: &str) -> Result<Answer, Failure> {
        self.judge(self.jira.call(ask, &self.budget).await, subject).await
    }

    async fn judge(&self, call: Call, subject: &str) -> Result<Answer, Failure> {
        let answer = match &call.answer {
            Ok(answer) if answer.status == 200 => return call.answer,
            Ok(answer) => answer,
            Err(failure) => return Err(failure.clone()),
        };
        let said = Said::read(answer, self.jira.mask());
        let judgement = refusal::judge(answer, &said, Subject::Path(subject), &call);
        let unexpected = || Failure::new(Kind::UnexpectedAnswer, "an answer that Jira does not give");
        Err(settle(self.jira, judgement, &self.budget).await.unwrap_or_else(unexpected))
    }
}

/// The edit as the field's own type makes it of a text whose type was named. JSON is what the person says it is.
fn usual(knowledge: &Knowledge<'_>, assignments: &[Assignment]) -> Option<Edit> {
    let by_field = |assignment: &Assignment| {
        let shape = assignment.shape.filter(|shape| *shape == Shape::Json);
        Assignment { shape, ..assignment.clone() }
    };
    knowledge.plan(&assignments.iter().map(by_field).collect::<Vec<_>>()).ok()
}

/// The first text in a value that Jira does not list, where it lists any.
fn unlisted<'a>(value: &'a Value, allowed: &[Allowed]) -> Option<&'a str> {
    if allowed.is_empty() {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().find_map(|value| unlisted(value, allowed)),
        Value::Object(members) => {
            let text = ["value", "name", "key"].iter().find_map(|name| members.get(*name)?.as_str())?;
            let listed = allowed.iter().find(|one| one.text == text || one.key.as_ref().is_some_and(|key| key == text));
            listed.map_or(Some(text), |parent| unlisted(members.get("child")?, &parent.children))
        }
        _ => None,
    }
}
