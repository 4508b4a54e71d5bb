//! From what the person gave and what Jira knows of the fields to the body of
//! the edit; sends nothing.

mod adf;
pub mod app_field;
pub mod assignment;
mod by_id;
mod closest;
mod datetime;
pub mod editmeta;
pub mod encode;
pub(crate) mod field_type;
pub mod field_types;
pub mod known;
pub(crate) mod link_types;
mod listed;
mod lookup;
mod notes;
mod operations;
mod shown;
pub(crate) mod system_fields;

pub use closest::allowed_values;
pub(crate) use listed::unlisted;
pub(crate) use lookup::Lookup;
pub(crate) use shown::ShownEdit;

use crate::deployment::Deployment;
use crate::edit::assignment::{Assignment, FieldName, Operator};
use crate::edit::editmeta::{AllowedValues, Field};
use crate::edit::encode::EncodeContext;
use crate::edit::field_type::{FieldType, silently_ignored};
use crate::edit::known::Known;
use crate::edit::operations::verb;
use crate::error::{Failure, Kind};
use crate::redact::Redactor;
use crate::redact::outside::CleanText;
use crate::text::one_line;
use closest::LISTED;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// A field's name is shown so far in a message, in characters.
const LONGEST_NAME: usize = 40;

/// What is known of the fields.
#[derive(Clone, Copy)]
pub struct EditContext<'a> {
    /// The fields that may be edited on the issue; none where Jira was not asked or
    /// did not say.
    pub editable: Option<&'a [Field]>,
    /// Every field of the site, where Jira was asked.
    pub all: Option<&'a [Field]>,
    pub deployment: Deployment,
    /// Seconds since 1970.
    pub now: u64,
    /// What hides secrets in the names that a message shows.
    pub redactor: &'a Redactor,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    /// Values that replace what a field holds.
    pub fields: Map<String, Value>,
    /// Values that are added to what a field holds or removed from it.
    pub update: Map<String, Value>,
    /// How texts were understood, where that may surprise.
    pub notes: Vec<String>,
}

impl Edit {
    /// As it is sent; a map without members is left out.
    pub fn body(&self) -> Value {
        body(&self.fields, &self.update)
    }
}

fn body(fields: &Map<String, Value>, update: &Map<String, Value>) -> Value {
    let mut body = Map::new();
    for (name, members) in [("fields", fields), ("update", update)] {
        if !members.is_empty() {
            body.insert(name.to_owned(), Value::Object(members.clone()));
        }
    }
    Value::Object(body)
}

impl Edit {
    /// The same edit with the texts of these fields as documents; `None` where
    /// there is no such text.
    pub(crate) fn with_documents(&self, is_rich: impl Fn(&str) -> bool) -> Option<Edit> {
        let mut edit = self.clone();
        for (id, value) in &mut edit.fields {
            if let Value::String(text) = value
                && is_rich(id)
            {
                *value = adf::from_text(text);
            }
        }
        // A comment's body, and the comment of a worklog.
        for (_, operations) in edit.update.iter_mut().filter(|(id, _)| is_rich(id)) {
            for added in operations.as_array_mut().into_iter().flatten() {
                for member in ["body", "comment"] {
                    let value = added.get_mut("add").and_then(|new| new.get_mut(member));
                    if let Some(value) = value
                        && let Some(text) = value.as_str()
                    {
                        *value = adf::from_text(text);
                    }
                }
            }
        }
        (edit != *self).then_some(edit)
    }
}

impl Edit {
    /// True where Jira must be asked for its types of links.
    pub(crate) fn names_other_links(&self) -> bool {
        link_types::any_other(&self.update)
    }

    /// The same edit with the names that this site gives to the types of its links.
    #[must_use]
    pub(crate) fn with_link_types(mut self, types: &[link_types::LinkType]) -> Edit {
        link_types::rename(&mut self.update, types);
        self
    }
}

/// True where Jira must be asked what kind of field this is before its value
/// can be shaped, or whether it takes one at all.
pub(crate) fn needs_type(assignment: &Assignment) -> bool {
    let shaped = assignment.shape.is_some() || assignment.operator == Operator::SetJson;
    !shaped || system_fields::operations_vary(assignment.field.as_str())
}

impl<'a> EditContext<'a> {
    /// Finds fields by their ids and names.
    pub(crate) fn lookup(self) -> Lookup<'a> {
        Lookup::of(self)
    }

    /// The body of the edit.
    ///
    /// # Errors
    /// Where a field cannot be found or a text cannot become its value.
    pub fn plan(&self, assignments: &[Assignment]) -> Result<Edit, Failure> {
        self.plan_with(assignments, Field::allowed)
    }

    /// The body of the edit as it would be if Jira listed no values.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn plan_without_values(&self, assignments: &[Assignment]) -> Result<Edit, Failure> {
        self.plan_with(assignments, |_| AllowedValues::default())
    }

    fn plan_with(
        &self,
        assignments: &[Assignment],
        allowed: impl Fn(&'a Field) -> AllowedValues<'a>,
    ) -> Result<Edit, Failure> {
        let lookup = self.lookup();
        let mut steps = Vec::new();
        let mut texts: HashMap<&str, Vec<(FieldType, &str)>> = HashMap::new();
        for assignment in assignments {
            let step = self.step(&lookup, assignment)?;
            texts
                .entry(step.id)
                .or_default()
                .push((step.shape, &assignment.text));
            steps.push(step);
        }
        let mut known: HashMap<&str, Known<'_, '_>> = HashMap::new();
        let mut edit = Edit::default();
        for step in &steps {
            let allowed = step.field.map(&allowed).unwrap_or_default();
            let known = known.entry(step.id).or_insert_with(|| {
                let texts = texts.get(step.id).map_or(&[][..], Vec::as_slice);
                Known::of(texts, allowed)
            });
            self.add(&mut edit, step, known, allowed)?;
        }
        Ok(edit)
    }

    fn step<'t>(
        &self,
        lookup: &Lookup<'a>,
        assignment: &'t Assignment,
    ) -> Result<Step<'t, 'a>, Failure>
    where
        'a: 't,
    {
        let field = lookup.field(&assignment.field)?;
        let id = match (field, &assignment.field) {
            (Some(field), _) => field.id.exact(),
            (None, FieldName::Id(id)) => id,
            (None, FieldName::Named(name)) if system_fields::operations(name).is_some() => name,
            (None, FieldName::Named(name)) => return Err(lookup.unknown(name)),
        };
        if let Some(why) = field.and_then(silently_ignored) {
            let called = self.called(assignment, field);
            return Err(
                Failure::new(Kind::FieldNotEditable, format!("{called} {why}"))
                    .hint("name another field: only an import writes this one"),
            );
        }
        let called = assignment.field.as_str();
        let described = || self.called(assignment, field);
        if let Some(failure) = operations::refused(
            assignment.operator,
            id,
            field,
            called,
            described,
            self.redactor,
        ) {
            return Err(failure);
        }
        let schema_shape = || FieldType::of_field(field, id);
        let shape = match assignment.operator {
            Operator::SetJson => FieldType::Json,
            _ => assignment.shape.unwrap_or_else(schema_shape),
        };
        Ok(Step {
            assignment,
            id,
            field,
            shape,
        })
    }

    fn add(
        &self,
        edit: &mut Edit,
        step: &Step<'_, '_>,
        known: &Known<'_, '_>,
        allowed: AllowedValues<'_>,
    ) -> Result<(), Failure> {
        let &Step {
            assignment,
            id,
            field,
            shape,
        } = step;
        let context = EncodeContext {
            allowed,
            deployment: self.deployment,
            now: self.now,
        };
        // A text that cannot be shaped is the person's mistake; only where Jira named
        // the type is it a refused value.
        let kind = if assignment.shape.is_some() || shape == FieldType::Json {
            Kind::Usage
        } else {
            Kind::ValueRefused
        };
        let wrong = |what: String| {
            Failure::new(kind, format!("{} {what}", self.called(assignment, field)))
                .hint(text_hint(shape, assignment))
        };
        if matches!(assignment.operator, Operator::Set | Operator::SetJson) {
            let value = shape
                .encode_known(&assignment.text, known, &context)
                .map_err(wrong)?;
            self.note(edit, step, &value, known);
            if edit.update.contains_key(id) || edit.fields.insert(id.to_owned(), value).is_some() {
                return Err(self.twice(assignment, field));
            }
            return Ok(());
        }
        if edit.fields.contains_key(id) {
            return Err(self.twice(assignment, field));
        }
        let elements = match (shape, assignment.operator) {
            (FieldType::System(system), Operator::Remove) => system.removed(&assignment.text),
            _ => shape.encode_elements(&assignment.text, known, &context),
        };
        let elements = Value::Array(elements.map_err(wrong)?);
        self.note(edit, step, &elements, known);
        let verb = verb(assignment.operator);
        let operations = edit.update.entry(id).or_insert_with(|| json!([]));
        if let (Value::Array(operations), Value::Array(elements)) = (operations, elements) {
            operations.extend(elements.into_iter().map(|element| json!({ verb: element })));
        }
        Ok(())
    }

    fn note(&self, edit: &mut Edit, step: &Step<'_, '_>, value: &Value, known: &Known<'_, '_>) {
        let text = &step.assignment.text;
        let notes = notes::notes(step.shape, text, value, known, self.redactor);
        let described = |note| {
            let field = self.described(step.assignment, step.field);
            format!("{field}: {note}")
        };
        edit.notes.extend(notes.into_iter().map(described));
    }

    /// A field as the person called it, or as Jira does, with its id and type.
    fn described(&self, assignment: &Assignment, field: Option<&Field>) -> String {
        match (&assignment.field, field) {
            (FieldName::Named(_), Some(field)) => describe(
                field.id.name(self.redactor).as_str(),
                Some(field),
                self.redactor,
            ),
            (name, _) => describe(name.as_str(), field, self.redactor),
        }
    }

    /// A field by its name, or as the person called it where Jira told none.
    fn called(&self, assignment: &Assignment, field: Option<&Field>) -> String {
        let name = field.map(|field| field.name.name(self.redactor).to_string());
        let name = name.filter(|name| !name.is_empty());
        one_line(
            &name.unwrap_or_else(|| assignment.field.as_str().to_owned()),
            LONGEST_NAME,
        )
    }

    fn twice(&self, assignment: &Assignment, field: Option<&Field>) -> Failure {
        let called = self.called(assignment, field);
        Failure::new(
            Kind::Usage,
            format!("{called} is given more than one value"),
        )
    }
}

/// One assignment, and what is known of its field.
struct Step<'t, 'a> {
    assignment: &'t Assignment,
    id: &'t str,
    field: Option<&'a Field>,
    shape: FieldType,
}

/// What to give in place of a text that does not become the field's value.
fn text_hint(shape: FieldType, assignment: &Assignment) -> String {
    let name = assignment.field.as_str();
    match (shape.json_example(), assignment.operator) {
        (Some(json), Operator::Set | Operator::SetJson) => {
            format!("give its JSON: --set '{name}:={json}'")
        }
        (Some(json), _) => format!("give its JSON: --set '{name}+={json}'"),
        (None, _) => "jira-build-status help fields shows a text for each kind of field".to_owned(),
    }
}

/// As many as a message bears, and how many more there are.
fn list(names: impl ExactSizeIterator<Item = CleanText>) -> String {
    let more = names.len().saturating_sub(LISTED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let shown: Vec<_> = names.take(LISTED).map(|name| name.to_string()).collect();
    shown.join(", ") + &more
}

/// `customfield_10314 (Build status, select)`. The id is the person's own, or cleaned.
pub fn describe(id: &str, field: Option<&Field>, redactor: &Redactor) -> String {
    let Some(field) = field else {
        return id.to_owned();
    };
    let schema = &field.schema;
    let kind = match (schema.custom_type(), &schema.items) {
        (Some(custom), _) => custom.name(redactor).to_string(),
        (None, Some(items)) => {
            format!("{} of {}", schema.kind.name(redactor), items.name(redactor))
        }
        (None, None) => schema.kind.name(redactor).to_string(),
    };
    let known: Vec<_> = [field.name.name(redactor).to_string(), kind]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    if known.is_empty() {
        id.to_owned()
    } else {
        format!("{id} ({})", known.join(", "))
    }
}

#[cfg(test)]
mod tests;
