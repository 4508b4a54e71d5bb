//! An edit of an issue, from its body to the stored values.

use crate::body;
use crate::comments::COMMENT;
use crate::field::Field;
use crate::field_type::Shape;
use crate::issue::{Issue, Stored};
use crate::login::Caller;
use crate::message::{Reply, Request};
use crate::refusal::{self, Refusal, Refusals};
use crate::shape::Reader;
use crate::site::{Api, Kind, Site};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::SystemTime;

const CLOSED: &str =
    "You are not allowed to edit this issue due to its current status in the workflow.";
/// Unsourced; the status and its reason are documented.
const DISCARDS: &str =
    "To discard the user notification either admin or project admin permissions are required.";

/// New values by field id; nothing clears.
type Changes = BTreeMap<String, Option<Stored>>;

impl Site {
    pub(crate) fn edit(
        &mut self,
        issue: &str,
        api: Api,
        request: &Request,
        caller: &Caller,
        now: SystemTime,
    ) -> Reply {
        let id = match self.admit_write(issue, caller, now) {
            Ok(id) => id,
            Err(refused) => return refused,
        };
        let edited = match self.check(id, api, request, caller) {
            Ok(changes) => self.apply(id, changes, caller, now),
            Err(refused) => return refused,
        };
        let asked = request
            .parameter("returnIssue")
            .is_some_and(|value| value == "true");
        let reply = match self
            .issues
            .get(&id)
            .filter(|_| self.kind == Kind::Cloud && asked)
        {
            Some(issue) => Reply::json(200, &self.issue_body(issue, None, api)),
            None => Reply::new(204),
        };
        if edited {
            reply.having_applied()
        } else {
            reply
        }
    }

    /// Every check, in Jira's order; returns the values to store.
    fn check(
        &self,
        id: u64,
        api: Api,
        request: &Request,
        caller: &Caller,
    ) -> Result<Changes, Reply> {
        let Some(issue) = self.issues.get(&id) else {
            return Err(refusal::messages(500, &["Internal server error"]));
        };
        self.check_query(request, caller)?;
        if issue.closed {
            return Err(refusal::messages(400, &[CLOSED]));
        }
        let body = body::parse(self.kind, &request.body)?;
        if body.fields.is_empty() && body.update.is_empty() {
            return Err(refusal::messages(
                400,
                &["one of 'fields' or 'update' required"],
            ));
        }
        let mut refusals = Refusals::default();
        for id in body
            .fields
            .keys()
            .filter(|id| body.update.contains_key(*id))
        {
            let text = format!("Field '{id}' cannot appear in both 'fields' and 'update'");
            refusals.add(id, id, Refusal::Message(text));
        }
        if let Some(refused) = refusals.reply() {
            return Err(refused);
        }
        let changes = self.shaped(issue, api, caller, &body.fields, &body.update)?;
        self.validated_changes(issue, changes)
    }

    fn check_query(&self, request: &Request, caller: &Caller) -> Result<(), Reply> {
        for flag in [
            "notifyUsers",
            "returnIssue",
            "overrideScreenSecurity",
            "overrideEditableFlag",
        ] {
            let value = request.parameter(flag);
            let on = value.as_deref() == Some("true");
            if self.kind != Kind::Cloud {
                let off = flag == "notifyUsers" && value.is_some() && !on;
                if off && !self.is_administrator(caller) {
                    return Err(refusal::messages(403, &[DISCARDS]));
                }
                continue;
            }
            if value
                .as_deref()
                .is_some_and(|value| !matches!(value, "true" | "false"))
            {
                let value = value.unwrap_or_default();
                let detail = format!("Failed to convert '{flag}' with value: '{value}'");
                return Err(refusal::problem(400, &detail, request));
            }
            if on && flag.starts_with("override") {
                // Unsourced; the status is documented.
                let text = format!("Only Connect and Forge apps may use '{flag}'.");
                return Err(refusal::messages(403, &[&text]));
            }
        }
        Ok(())
    }

    /// Phase one: screens, operations and JSON forms of every field; all errors are reported at once.
    fn shaped(
        &self,
        issue: &Issue,
        api: Api,
        caller: &Caller,
        fields: &Map<String, Value>,
        update: &Map<String, Value>,
    ) -> Result<Changes, Reply> {
        let mut changes = Changes::new();
        let mut refusals = Refusals::default();
        for (id, value) in fields {
            let set = [("set", value)];
            match self.settable(id, issue, caller) {
                // Ignored without a word.
                Some(field) if !field.kind.operations().contains(&"set") => {}
                Some(field) => match self.folded(issue, field, api, &set) {
                    Ok(stored) => drop(changes.insert(id.clone(), stored)),
                    Err(refused) => refusals.add(id, &field.name, refused),
                },
                None => refusals.add(id, id, not_on_screen(id)),
            }
        }
        for (id, operations) in update {
            if !self.fields.iter().any(|field| field.id == *id) {
                let text = format!(
                    "Field with id '{id}' does not exist for issue '{}'",
                    issue.key
                );
                refusals.add(id, id, Refusal::Message(text));
                continue;
            }
            let Some(field) = self.settable(id, issue, caller) else {
                refusals.add(id, id, not_on_screen(id));
                continue;
            };
            let operations = body::operations(operations);
            match self.folded(issue, field, api, &operations) {
                Ok(stored) => drop(changes.insert(id.clone(), stored)),
                Err(refused) => refusals.add(id, &field.name, refused),
            }
        }
        refusals.reply().map_or(Ok(changes), Err)
    }

    fn settable(&self, id: &str, issue: &Issue, caller: &Caller) -> Option<&Field> {
        let field = self.fields.iter().find(|field| field.id == id)?;
        self.may_set(field, issue, caller).then_some(field)
    }

    /// The value after all operations on one field.
    fn folded(
        &self,
        issue: &Issue,
        field: &Field,
        api: Api,
        operations: &[(&str, &Value)],
    ) -> Result<Option<Stored>, Refusal> {
        let verbs = field.kind.operations();
        if let Some((verb, _)) = operations.iter().find(|(verb, _)| !verbs.contains(verb)) {
            return Err(Refusal::Message(format!(
                "Field with id' {}' and name '{}' does not support operation '{verb}' \
                 Supported operation(s) are: '{}'",
                field.id,
                field.name,
                verbs.join(",")
            )));
        }
        if operations.len() > 1 && verbs == ["set"] {
            return Err(Refusal::Message(format!(
                "Too many operations ({}) provided for field '{}'. We support at most 1 operation for this field.",
                operations.len(),
                field.id
            )));
        }
        let reader = Reader::new(self, issue, field, api);
        let mut stored = issue.values.get(&field.id).cloned();
        for (verb, value) in operations {
            stored = match *verb {
                "set" => reader.whole(value)?,
                verb if let Shape::App(kind) = field.kind.shape() => {
                    reader.of_app(kind, stored, verb, value)?
                }
                verb => {
                    let element = reader.element(value)?;
                    let mut elements =
                        stored.map_or_else(Vec::new, |stored| stored.elements().to_vec());
                    elements.retain(|known| *known != element);
                    if verb == "add" {
                        elements.push(element);
                    }
                    Some(Stored::Many(elements))
                }
            };
        }
        Ok(stored)
    }

    /// Phase two: validation of values whose JSON form is right.
    fn validated_changes(&self, issue: &Issue, changes: Changes) -> Result<Changes, Reply> {
        let mut refusals = Refusals::default();
        let mut validated = Changes::new();
        for (id, stored) in changes {
            let Some(field) = self.fields.iter().find(|field| field.id == id) else {
                continue;
            };
            match self.validated(issue, field, stored) {
                Ok(stored) => drop(validated.insert(id, stored)),
                Err(text) => refusals.add(&id, &field.name, Refusal::Field(text)),
            }
        }
        refusals.reply().map_or(Ok(validated), Err)
    }

    /// Stores the changes. Returns whether any field was changed; an ignored one is not.
    fn apply(&mut self, id: u64, changes: Changes, caller: &Caller, now: SystemTime) -> bool {
        let mut applied = false;
        for (field, stored) in changes {
            if self.ignores(&field) {
                continue;
            }
            let stored = match stored {
                Some(stored) if field == COMMENT => {
                    Some(self.complete_comments(stored, caller, now))
                }
                stored => stored,
            };
            let Some(issue) = self.issues.get_mut(&id) else {
                continue;
            };
            applied = true;
            match stored {
                Some(stored) => drop(issue.values.insert(field, stored)),
                None => drop(issue.values.remove(&field)),
            }
        }
        applied
    }
}

fn not_on_screen(id: &str) -> Refusal {
    Refusal::Field(format!(
        "Field '{id}' cannot be set. It is not on the appropriate screen, or unknown."
    ))
}
