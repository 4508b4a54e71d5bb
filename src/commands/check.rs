//! `check`: from the network to the field, a step each, and what to do about the first that fails. Writes nothing.

use crate::auth::oauth2::lacks_scope;
use crate::commands::report::settle;
use crate::config::Check;
use crate::failure::{EXIT_OK, Failure, Kind};
use crate::gateway::Gateway;
use crate::issue_key::IssueKey;
use crate::jira::refusal::{self, Subject};
use crate::jira::said::{Said, presentable};
use crate::jira::{Ask, Budget, Jira, SHORT_BODY};
use crate::metadata::{self, Allowed, Field};
use crate::plan::{Knowledge, allowed_values, describe};
use crate::proxy::Proxies;
use crate::report::error_json;
use crate::wire::Answer;
use serde_json::{Value, json};
use std::cell::RefCell;

/// One thing that works, or does not.
#[derive(Clone, Debug)]
pub struct Step {
    /// What was looked at: `address`, `jira`, `credentials`, `issue`, `permission`, `field`, `value`.
    pub name: &'static str,
    /// What was found.
    pub outcome: Result<String, Failure>,
}

/// The steps that were taken, in their order.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    steps: RefCell<Vec<Step>>,
}

impl Findings {
    /// The exit code of the first step that failed.
    pub fn exit_code(&self) -> u8 {
        let steps = self.steps.borrow();
        let failure = steps.iter().find_map(|step| step.outcome.as_ref().err());
        failure.map_or(EXIT_OK, |failure| failure.kind.exit_code())
    }

    /// A line a step; what to do stands below what failed.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for step in self.steps.borrow().iter() {
            match &step.outcome {
                Ok(detail) => text.push_str(&format!("ok      {:<12} {detail}\n", step.name)),
                Err(failure) => {
                    text.push_str(&format!("not ok  {:<12} {}\n", step.name, failure.message));
                    if let Some(hint) = &failure.hint {
                        text.push_str(&format!("{:20} {hint}\n", ""));
                    }
                }
            }
        }
        text
    }

    /// One object, for programs.
    pub fn json(&self) -> Value {
        let steps: Vec<_> = self.steps.borrow().iter().map(Step::json).collect();
        let outcome = if self.exit_code() == EXIT_OK { "ok" } else { "failed" };
        json!({ "outcome": outcome, "exit_code": self.exit_code(), "steps": steps })
    }

    /// Notes a step. Without the value that it was to find, the way ends here.
    fn note<T>(&self, name: &'static str, outcome: Result<(T, String), Failure>) -> Option<T> {
        let (found, outcome) = match outcome {
            Ok((found, detail)) => (Some(found), Ok(detail)),
            Err(failure) => (None, Err(failure)),
        };
        self.steps.borrow_mut().push(Step { name, outcome });
        found
    }

    /// Notes that the signal ended the way.
    pub fn interrupt(&self, failure: Failure) {
        self.note::<()>("interrupted", Err(failure));
    }
}

impl Step {
    fn json(&self) -> Value {
        match &self.outcome {
            Ok(detail) => json!({ "name": self.name, "ok": true, "detail": detail }),
            Err(failure) => json!({
                "name": self.name, "ok": false, "detail": failure.message,
                "error": error_json(failure),
            }),
        }
    }
}

/// Walks as far as it can. What it finds is in `findings` at any moment.
pub async fn run(jira: &Jira, proxies: &Proxies, check: &Check, findings: &Findings) {
    let walk = Walk { jira, proxies, check, findings, budget: jira.budget() };
    let _ = walk.all().await;
}

struct Walk<'a> {
    jira: &'a Jira,
    proxies: &'a Proxies,
    check: &'a Check,
    findings: &'a Findings,
    budget: Budget,
}

impl Walk<'_> {
    async fn all(&self) -> Option<()> {
        self.findings.note("address", self.address().await)?;
        let cloud = self.findings.note("jira", self.kind().await)?;
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
        let knowledge = Knowledge { editable: Some(&fields), all: all.as_deref(), cloud, now };
        for name in &self.check.fields {
            let found = knowledge.field(name).and_then(|field| self.editable(issue, name.as_str(), field, &fields));
            self.findings.note("field", found);
        }
        if !self.check.assignments.is_empty() {
            self.findings.note("value", self.value(&knowledge));
        }
        Some(())
    }

    async fn address(&self) -> Result<((), String), Failure> {
        let base = self.jira.base();
        // Behind a proxy this machine may know no name but the proxy's.
        if let Some(proxy) = self.proxies.choose(base.url()) {
            return Ok(((), format!("{base} is reached through the proxy {proxy} (from {})", proxy.source())));
        }
        match crate::http::resolve(base.url()).await {
            Ok(addresses) => {
                let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
                Ok(((), format!("{base} is at {}", addresses.join(", "))))
            }
            Err(error) => {
                let message = format!("the name in {base} cannot be resolved: {error}");
                Err(Failure::new(Kind::Unreachable, message)
                    .hint("check JIRA_BASE_URL (--base-url) and this machine's DNS"))
            }
        }
    }

    /// Asked without credentials: whether they are good is the next step, and a wrong password is not tried twice.
    async fn kind(&self) -> Result<(bool, String), Failure> {
        let ask = Ask { signed: false, ..self.jira.read("/rest/api/2/serverInfo", SHORT_BODY) };
        let answer = self.ask(&ask, "serverInfo").await?;
        let info: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = |name: &str| presentable(&self.jira.mask().clean(info[name].as_str().unwrap_or("unknown")));
        if !info["version"].is_string() {
            let message = "the address answers, but not as Jira does";
            return Err(Failure::new(Kind::UnexpectedAnswer, message)
                .hint("does JIRA_BASE_URL (--base-url) hold Jira's context path, such as /jira?"));
        }
        let cloud = self.jira.learn_deployment(&info);
        let kind = if cloud { "Jira Cloud" } else { "Jira Server or Data Center" };
        Ok((cloud, format!("{kind} {}, {:?}", text("version"), text("serverTitle"))))
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
        let text = |name: &str| me[name].as_str().map(|text| presentable(&self.jira.mask().clean(text)));
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
            presentable(&self.jira.mask().clean(found.pointer(pointer).and_then(Value::as_str).unwrap_or("unknown")))
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
        name: &str,
        field: Option<&Field>,
        editable: &[Field],
    ) -> Result<((), String), Failure> {
        let mask = self.jira.mask();
        match field {
            Some(field) if editable.iter().any(|one| one.id == field.id) => {
                let described = mask.clean(&describe(&field.id, Some(field)));
                Ok(((), format!("{described}{}", allowed_values(field, "", mask))))
            }
            Some(field) => {
                let described = mask.clean(&describe(&field.id, Some(field)));
                let message = format!("{described} is not on {issue}'s edit screen, or the user may not edit it");
                Err(Failure::new(Kind::FieldNotEditable, message)
                    .hint("ask a Jira administrator to add it to the edit screen of the issue's project and type"))
            }
            None => Err(Failure::new(Kind::FieldNotEditable, format!("Jira knows no field {name:?}"))
                .hint("check the id in the field's settings, or give the exact name")),
        }
    }

    /// The body that would be sent. A value that Jira does not list would likely be refused.
    fn value(&self, knowledge: &Knowledge<'_>) -> Result<((), String), Failure> {
        let edit = knowledge.plan(&self.check.assignments)?;
        for (id, value) in &edit.fields {
            let field = knowledge.editable.into_iter().flatten().find(|field| field.id == *id);
            if let Some((field, text)) = field.and_then(|field| Some((field, unlisted(value, &field.allowed)?))) {
                let mask = self.jira.mask();
                let described = mask.clean(&describe(id, Some(field)));
                let message = format!("{described} does not list {text:?}");
                return Err(
                    Failure::new(Kind::ValueRefused, message).hint(format!("it{}", allowed_values(field, text, mask)))
                );
            }
        }
        Ok(((), edit.body().to_string()))
    }

    async fn ask(&self, ask: &Ask, subject: &str) -> Result<Answer, Failure> {
        self.judge(self.jira.call(ask, &self.budget).await, subject).await
    }

    async fn judge(&self, call: crate::jira::Call, subject: &str) -> Result<Answer, Failure> {
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

/// The first text in a value that Jira does not list, where it lists any.
fn unlisted<'a>(value: &'a Value, allowed: &[Allowed]) -> Option<&'a str> {
    if allowed.is_empty() {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().find_map(|value| unlisted(value, allowed)),
        Value::Object(members) => {
            let text = ["value", "name", "key"].iter().find_map(|name| members.get(*name)?.as_str())?;
            let listed = allowed.iter().find(|one| one.text == text || one.key.as_deref() == Some(text));
            listed.map_or(Some(text), |parent| unlisted(members.get("child")?, &parent.children))
        }
        _ => None,
    }
}
