//! From what the person gave and what Jira knows of the fields to the body of
//! the edit; sends nothing.

mod adf;
pub mod assignment;
mod datetime;
pub mod editmeta;
pub mod field_type;
pub mod field_types;
mod shown;

pub use shown::ShownEdit;

use crate::deployment::Deployment;
use crate::edit::assignment::{Assignment, FieldName, Operator};
use crate::edit::field_type::{EncodeContext, FieldType, silently_ignored};
use crate::error::{Failure, Kind};
use crate::redact::Redactor;
use crate::redact::outside::{CleanText, Outside};
use editmeta::{Allowed, Field};
use serde_json::{Map, Value, json};

/// A message lists so many allowed values.
const LISTED: usize = 12;

/// What is known of the fields.
#[derive(Clone, Copy, Debug)]
pub struct EditContext<'a> {
    /// The fields that may be edited on the issue; none where Jira was not asked or
    /// did not say.
    pub editable: Option<&'a [Field]>,
    /// Every field of the site, where Jira was asked.
    pub all: Option<&'a [Field]>,
    /// Where Jira runs.
    pub deployment: Deployment,
    /// Seconds since 1970.
    pub now: u64,
    /// What hides secrets in the names that a message shows.
    pub redactor: &'a Redactor,
}

/// The body of one edit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    /// Values that replace what a field holds.
    pub fields: Map<String, Value>,
    /// Values that are added to what a field holds or removed from it.
    pub update: Map<String, Value>,
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
    pub fn with_documents(&self, is_rich: impl Fn(&str) -> bool) -> Option<Edit> {
        let mut edit = self.clone();
        for (id, value) in &mut edit.fields {
            if let Value::String(text) = value
                && is_rich(id)
            {
                *value = adf::from_text(text);
            }
        }
        (edit != *self).then_some(edit)
    }
}

/// True where Jira must be asked what kind of field this is before its value
/// can be shaped.
pub fn needs_metadata(assignment: &Assignment) -> bool {
    let shaped = assignment.shape.is_some() || assignment.operator == Operator::SetJson;
    !shaped || matches!(assignment.field, FieldName::Named(_))
}

impl<'a> EditContext<'a> {
    /// The field that is meant, in the edit metadata or else in the field list.
    ///
    /// # Errors
    /// A usage error for a name that no field bears, or that several do.
    pub fn field(&self, name: &FieldName) -> Result<Option<&'a Field>, Failure> {
        let lists = [self.editable, self.all].into_iter().flatten();
        match name {
            FieldName::Id(id) => Ok(lists.flatten().find(|field| field.id == *id)),
            FieldName::Named(name) => {
                for fields in lists {
                    if let Some(field) = fields.iter().find(|field| field.id == *name) {
                        return Ok(Some(field));
                    }
                    match editmeta::named(fields, name).as_slice() {
                        [] => {}
                        [field] => return Ok(Some(field)),
                        several => return Err(ambiguous(name, several, self.redactor)),
                    }
                }
                Ok(None)
            }
        }
    }

    /// The body of the edit.
    ///
    /// # Errors
    /// Where a field cannot be found or a text cannot become its value.
    pub fn plan(&self, assignments: &[Assignment]) -> Result<Edit, Failure> {
        let mut edit = Edit::default();
        for assignment in assignments {
            let field = self.field(&assignment.field)?;
            let id = match (field, &assignment.field) {
                (Some(field), _) => field.id.exact(),
                (None, FieldName::Id(id)) => id,
                (None, FieldName::Named(name)) => return Err(self.unknown(name)),
            };
            if let Some(why) = field.and_then(silently_ignored) {
                let described = self.described(assignment, field);
                return Err(Failure::new(
                    Kind::FieldNotEditable,
                    format!("{described} {why}"),
                ));
            }
            self.add(&mut edit, id, field, assignment)?;
        }
        Ok(edit)
    }

    fn add(
        &self,
        edit: &mut Edit,
        id: &str,
        field: Option<&Field>,
        assignment: &Assignment,
    ) -> Result<(), Failure> {
        let schema_shape =
            || field.map_or(FieldType::Unknown, |field| FieldType::of(&field.schema));
        let shape = match assignment.operator {
            Operator::SetJson => FieldType::Json,
            _ => assignment.shape.unwrap_or_else(schema_shape),
        };
        let allowed = field.map_or(&[][..], |field| &field.allowed);
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
            Failure::new(
                kind,
                format!("{} {what}", self.described(assignment, field)),
            )
            .hint("jira-build-status help fields shows a text for each kind of field")
        };
        let verb = match assignment.operator {
            Operator::Set | Operator::SetJson => {
                let value = shape.encode(&assignment.text, &context).map_err(wrong)?;
                if edit.update.contains_key(id)
                    || edit.fields.insert(id.to_owned(), value).is_some()
                {
                    return Err(self.twice(assignment, field));
                }
                return Ok(());
            }
            Operator::Add => "add",
            Operator::Remove => "remove",
        };
        if let Some(field) = field.filter(|field| !field.operations.is_empty())
            && !field.operations.iter().any(|operation| operation == verb)
        {
            let operations = list(
                field
                    .operations
                    .iter()
                    .map(|operation| operation.name(self.redactor)),
            );
            let described = self.described(assignment, Some(field));
            let what = format!("does not support {verb}; Jira offers for it: {operations}");
            return Err(Failure::new(
                Kind::ValueRefused,
                format!("{described} {what}"),
            ));
        }
        if edit.fields.contains_key(id) {
            return Err(self.twice(assignment, field));
        }
        let elements = shape
            .encode_elements(&assignment.text, &context)
            .map_err(wrong)?;
        let operations = edit.update.entry(id).or_insert_with(|| json!([]));
        if let Value::Array(operations) = operations {
            operations.extend(elements.into_iter().map(|element| json!({ verb: element })));
        }
        Ok(())
    }

    /// A field as the person called it, or as Jira does.
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

    fn twice(&self, assignment: &Assignment, field: Option<&Field>) -> Failure {
        let described = self.described(assignment, field);
        Failure::new(
            Kind::Usage,
            format!("{described} is given more than one value"),
        )
    }

    fn unknown(&self, name: &str) -> Failure {
        let known = [self.editable, self.all].into_iter().flatten().flatten();
        let likeness = |field: &Field| {
            strsim::jaro_winkler(&field.name.exact().to_lowercase(), &name.to_lowercase())
        };
        let closest = known
            .map(|field| (likeness(field), field))
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        let failure = Failure::new(
            Kind::FieldNotEditable,
            format!("no field is named {name:?}"),
        );
        match closest {
            Some((likeness, field)) if likeness > 0.7 => {
                let (name, id) = (field.name.name(self.redactor), field.id.name(self.redactor));
                failure.hint(format!("did you mean {:?} ({id})?", name.as_str()))
            }
            _ => failure.hint("give the field's id, customfield_N, or its exact name"),
        }
    }
}

fn ambiguous(name: &str, fields: &[&Field], redactor: &Redactor) -> Failure {
    let ids = list(fields.iter().map(|field| field.id.name(redactor)));
    Failure::new(
        Kind::Usage,
        format!("several fields are named {name:?}: {ids}"),
    )
    .hint("give the id of the one that is meant")
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

/// ` allows: Passed, "Passed, with warnings"`, the closest to the text first;
/// nothing for a field that lists none.
pub fn allowed_values(field: &Field, text: &str, redactor: &Redactor) -> String {
    let mut listed: Vec<Outside> = Vec::new();
    for allowed in field.allowed.iter().filter(|allowed| !allowed.disabled) {
        listed.push(name(allowed).clone());
        let below =
            |child: &Allowed| format!("{} > {}", name(allowed).exact(), name(child).exact()).into();
        listed.extend(allowed.children.iter().map(below));
    }
    if listed.is_empty() {
        return String::new();
    }
    let likeness =
        |value: &Outside| strsim::jaro_winkler(&value.exact().to_lowercase(), &text.to_lowercase());
    listed.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    let closest = listed
        .first()
        .filter(|value| likeness(value) > 0.8 && **value != text);
    let closest = closest
        .map(|value| format!("; did you mean {:?}?", value.name(redactor).as_str()))
        .unwrap_or_default();
    let more = listed.len().saturating_sub(LISTED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let one = |text: CleanText| {
        if text.as_str().contains(',') {
            format!("{:?}", text.as_str())
        } else {
            text.to_string()
        }
    };
    let shown: Vec<_> = listed
        .iter()
        .take(LISTED)
        .map(|value| one(value.name(redactor)))
        .collect();
    format!(" allows: {}{more}{closest}", shown.join(", "))
}

fn name(allowed: &Allowed) -> &Outside {
    allowed
        .key
        .as_ref()
        .filter(|_| allowed.text.is_empty())
        .unwrap_or(&allowed.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(id: &str, name: &str, allowed: &[&str]) -> Field {
        let one = |text: &&str| Allowed {
            text: (*text).into(),
            ..Allowed::default()
        };
        Field {
            id: id.into(),
            name: name.into(),
            allowed: allowed.iter().map(one).collect(),
            ..Field::default()
        }
    }

    #[test]
    fn a_value_is_suggested_where_one_is_alike_and_what_is_not_listed_is_counted() {
        let many: Vec<String> = (0..20).map(|number| format!("Stage {number}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let shown = "Stage 0, Stage 1, Stage 2, Stage 3, Stage 4, Stage 5, Stage 6, Stage 7, Stage 8, Stage 9, Stage 10, Stage 11";
        for (values, text, hint) in [
            (
                &["Passed", "Failed"][..],
                "Pased",
                " allows: Passed, Failed; did you mean \"Passed\"?".to_owned(),
            ),
            (
                &["Passed", "Failed"],
                "Passed",
                " allows: Passed, Failed".to_owned(),
            ),
            (
                &["Passed", "Failed"],
                "xyz",
                " allows: Passed, Failed".to_owned(),
            ),
            (
                &["Passed", "Failed"],
                "",
                " allows: Passed, Failed".to_owned(),
            ),
            (&many[..LISTED], "", format!(" allows: {shown}")),
            (&many[..=LISTED], "", format!(" allows: {shown} and 1 more")),
            (&many, "", format!(" allows: {shown} and 8 more")),
            (&[], "Passed", String::new()),
        ] {
            assert_eq!(
                allowed_values(&field("x", "", values), text, &Redactor::default()),
                hint,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_name_is_suggested_only_where_it_is_like_the_one_given() {
        let fields = [
            field("customfield_1", "Build status", &[]),
            field("customfield_2", "Team", &[]),
        ];
        let knowledge = EditContext {
            editable: Some(&fields),
            all: None,
            deployment: Deployment::SelfHosted,
            now: 0,
            redactor: &Redactor::default(),
        };
        for (name, hint) in [
            (
                "Bild Status",
                "did you mean \"Build status\" (customfield_1)?",
            ),
            (
                "Xyzzy",
                "give the field's id, customfield_N, or its exact name",
            ),
        ] {
            let refused = knowledge.plan(&[Assignment::parse(&format!("{name}=x")).unwrap()]);
            assert_eq!(refused.unwrap_err().hint.as_deref(), Some(hint));
        }
    }

    #[test]
    fn a_field_is_found_by_its_id_even_where_that_is_no_custom_fields() {
        let fields = [field("epicColour", "Colour", &[])];
        let knowledge = EditContext {
            editable: Some(&fields),
            all: None,
            deployment: Deployment::SelfHosted,
            now: 0,
            redactor: &Redactor::default(),
        };
        let edit = knowledge
            .plan(&[Assignment::parse("epicColour=red").unwrap()])
            .unwrap();
        assert_eq!(edit.body(), json!({ "fields": { "epicColour": "red" } }));
    }

    #[test]
    fn a_field_that_is_set_takes_no_more_under_another_name() {
        let labels = Field {
            schema: editmeta::Schema {
                kind: "array".into(),
                items: Some("string".into()),
                ..Default::default()
            },
            ..field("customfield_1", "Marks", &[])
        };
        let fields = [labels];
        let knowledge = EditContext {
            editable: Some(&fields),
            all: None,
            deployment: Deployment::SelfHosted,
            now: 0,
            redactor: &Redactor::default(),
        };
        for texts in [
            ["Marks=a", "customfield_1+=b"],
            ["customfield_1+=b", "Marks=a"],
            ["Marks=a", "customfield_1=b"],
        ] {
            let assignments = texts.map(|text| Assignment::parse(text).unwrap());
            let refused = knowledge.plan(&assignments).unwrap_err();
            assert!(
                refused.message.ends_with("is given more than one value"),
                "{texts:?}: {refused:?}"
            );
        }
    }
}
