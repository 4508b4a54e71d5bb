//! An edit as it is shown: the person's own words exactly, and what was taken
//! from Jira's cleaned.

use crate::edit::assignment::{Assignment, FieldName};
use crate::edit::{Edit, body};
use crate::redact::Redactor;
use crate::redact::outside::CleanText;
use serde_json::{Map, Value};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// The person's texts are searched for so many others; of more, what cleaning
/// changes is shown cleaned.
const MOST_SEARCHES: usize = 1000;

/// The body of an edit, fit to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownEdit {
    /// Values that replace what a field holds.
    pub fields: Map<String, Value>,
    /// Values that are added to what a field holds or removed from it.
    pub update: Map<String, Value>,
    /// How texts were understood, where that may surprise.
    pub notes: Vec<String>,
}

impl ShownEdit {
    /// As it was or would be sent.
    pub(crate) fn body(&self) -> Value {
        body(&self.fields, &self.update)
    }
}

impl Edit {
    /// The same edit, fit to be shown. A field's id that was found by its name, and
    /// a listed value that was found by its id, are Jira's words; the texts in
    /// `assignments` are the person's.
    pub fn shown(&self, assignments: &[Assignment], redactor: &Redactor) -> ShownEdit {
        let mut shower = Shower {
            redactor,
            own: Own::of(assignments),
            searched: HashMap::new(),
        };
        ShownEdit {
            fields: shower.members(&self.fields),
            update: shower.members(&self.update),
            notes: self.notes.clone(),
        }
    }
}

struct Shower<'a> {
    redactor: &'a Redactor,
    own: Own<'a>,
    /// What became of the texts that were searched for.
    searched: HashMap<String, Option<String>>,
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
        if self.own.ids.contains(id) {
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
        if self.own.texts.contains(text) {
            return None;
        }
        if let Some(cleaned) = self.searched.get(text) {
            return cleaned.clone();
        }
        let cleaned = CleanText::sentence(text, self.redactor).to_string();
        if cleaned == text {
            return None;
        }
        let theirs = self.searched.len() >= MOST_SEARCHES || !self.own.hold(text);
        let cleaned = theirs.then_some(cleaned);
        self.searched.insert(text.to_owned(), cleaned.clone());
        cleaned
    }
}

struct Own<'a> {
    ids: HashSet<&'a str>,
    texts: HashSet<&'a str>,
    /// The texts in lower case, and the strings of those that are JSON; made for
    /// the first search.
    inside: OnceCell<(Vec<String>, HashSet<String>)>,
}

impl<'a> Own<'a> {
    fn of(assignments: &'a [Assignment]) -> Self {
        let id = |one: &'a Assignment| match &one.field {
            FieldName::Id(id) => Some(id.as_str()),
            FieldName::Named(_) => None,
        };
        let texts = assignments.iter().map(|one| one.text.as_str()).collect();
        Own {
            ids: assignments.iter().filter_map(id).collect(),
            texts,
            inside: OnceCell::new(),
        }
    }

    /// Whether a text that was given holds this one, in either case: plainly, or as
    /// a string of the JSON that it is.
    fn hold(&self, text: &str) -> bool {
        let (lower, strings) = self.inside.get_or_init(|| {
            let mut strings = HashSet::new();
            for json in self
                .texts
                .iter()
                .filter_map(|text| serde_json::from_str(text).ok())
            {
                keep_strings(json, &mut strings);
            }
            (
                self.texts.iter().map(|text| text.to_lowercase()).collect(),
                strings,
            )
        });
        let wanted = text.to_lowercase();
        strings.contains(text) || lower.iter().any(|text| text.contains(&wanted))
    }
}

fn keep_strings(json: Value, kept: &mut HashSet<String>) {
    match json {
        Value::String(string) => drop(kept.insert(string)),
        Value::Array(elements) => elements
            .into_iter()
            .for_each(|element| keep_strings(element, kept)),
        Value::Object(members) => members
            .into_iter()
            .for_each(|(_, member)| keep_strings(member, kept)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Secret;
    use crate::tests::rows::each;
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
        let rows = [
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
                "10314:={\"a\":[{\"b\":\"c\\n::d\"}],\"n\":null}",
                json!({ "customfield_10314": { "a": [{ "b": "c\n::d" }], "n": null } }),
                json!({ "customfield_10314": { "a": [{ "b": "c\n::d" }], "n": null } }),
            ),
            (
                "10314=a\n::b",
                json!({ "customfield_10314": "a\n::b" }),
                json!({ "customfield_10314": "a\n::b" }),
            ),
        ];
        each(rows, |(set, sent, told)| {
            assert_eq!(shown(set, sent), told, "{set}");
        });
    }
}
