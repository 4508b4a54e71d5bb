//! An edit as it is shown: the person's own words exactly, and what was taken
//! from Jira's cleaned.

use crate::edit::assignment::{Assignment, FieldName};
use crate::edit::{Edit, body};
use crate::redact::Redactor;
use crate::redact::outside::CleanText;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The body of an edit, fit to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownEdit {
    /// Values that replace what a field holds.
    pub fields: Map<String, Value>,
    /// Values that are added to what a field holds or removed from it.
    pub update: Map<String, Value>,
}

impl ShownEdit {
    /// As it was or would be sent.
    pub fn body(&self) -> Value {
        body(&self.fields, &self.update)
    }
}

impl Edit {
    /// The same edit, fit to be shown. A field's id that was found by its name, and
    /// a listed value that was found by its id, are Jira's words; the texts in
    /// `assignments` are the person's.
    pub fn shown(&self, assignments: &[Assignment], redactor: &Redactor) -> ShownEdit {
        let mut shower = Shower {
            assignments,
            redactor,
            own: BTreeSet::new(),
        };
        ShownEdit {
            fields: shower.members(&self.fields),
            update: shower.members(&self.update),
        }
    }
}

struct Shower<'a> {
    assignments: &'a [Assignment],
    redactor: &'a Redactor,
    /// Texts that were found among the person's.
    own: BTreeSet<String>,
}

impl Shower<'_> {
    fn members(&mut self, members: &Map<String, Value>) -> Map<String, Value> {
        let shown = members.iter().map(|(id, value)| {
            let mut value = value.clone();
            self.redact(&mut value);
            (self.id(id), value)
        });
        shown.collect()
    }

    fn id(&self, id: &str) -> String {
        let given = |one: &Assignment| matches!(&one.field, FieldName::Id(given) if given == id);
        if self.assignments.iter().any(given) {
            id.to_owned()
        } else {
            CleanText::name(id, self.redactor).to_string()
        }
    }

    fn redact(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(cleaned) = self.cleaned(text) {
                    *text = cleaned;
                }
            }
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.redact(element)),
            Value::Object(members) => members.values_mut().for_each(|member| self.redact(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// `None` for a text that may stay. That it is the person's own is asked last:
    /// it is a search through all of theirs.
    fn cleaned(&mut self, text: &str) -> Option<String> {
        if self.own.contains(text) || self.assignments.iter().any(|one| one.text == text) {
            return None;
        }
        let cleaned = CleanText::sentence(text, self.redactor).to_string();
        if cleaned == text {
            return None;
        }
        if self.assignments.iter().any(|one| holds(&one.text, text)) {
            self.own.insert(text.to_owned());
            return None;
        }
        Some(cleaned)
    }
}

/// Whether a text that was given holds this one, in either case: plainly, or as
/// a string of the JSON that it is.
fn holds(given: &str, text: &str) -> bool {
    let in_json = || serde_json::from_str(given).is_ok_and(|json: Value| has_string(&json, text));
    given.to_lowercase().contains(&text.to_lowercase()) || in_json()
}

fn has_string(json: &Value, text: &str) -> bool {
    match json {
        Value::String(string) => string == text,
        Value::Array(elements) => elements.iter().any(|element| has_string(element, text)),
        Value::Object(members) => members.values().any(|member| has_string(member, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Secret;
    use serde_json::json;

    #[test]
    fn what_jira_calls_things_is_cleaned_and_what_the_person_wrote_is_not() {
        let redactor = Redactor::default();
        redactor.register(&Secret::derived("admin-admin".to_owned()));
        let shown = |set: &str, edit: Value| {
            let fields = edit.as_object().cloned().unwrap();
            let edit = Edit {
                fields,
                ..Edit::default()
            };
            edit.shown(&[Assignment::parse(set).unwrap()], &redactor)
                .body()["fields"]
                .clone()
        };
        for (set, sent, told) in [
            (
                "Build=x",
                json!({ "admin-admin": "x" }),
                json!({ "***": "x" }),
            ),
            (
                "Build=x",
                json!({ "1\n::error::id": "x" }),
                json!({ "1 : :error::id": "x" }),
            ),
            (
                "10314=7",
                json!({ "customfield_10314": { "id": "admin-admin\u{202e}" } }),
                json!({ "customfield_10314": { "id": "***" } }),
            ),
            (
                "labels=a, ADMIN-admin",
                json!({ "labels": ["a", "admin-admin"] }),
                json!({ "labels": ["a", "admin-admin"] }),
            ),
            (
                "10314:=[\"a\\nb\"]",
                json!({ "customfield_10314": ["a\nb"] }),
                json!({ "customfield_10314": ["a\nb"] }),
            ),
            (
                "10314=a\n::b",
                json!({ "customfield_10314": "a\n::b" }),
                json!({ "customfield_10314": "a\n::b" }),
            ),
        ] {
            assert_eq!(shown(set, sent), told, "{set}");
        }
    }
}
