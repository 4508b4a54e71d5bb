//! From what the person gave and what Jira knows of the fields to the body of the edit; sends nothing.

use crate::document;
use crate::failure::{Failure, Kind};
use crate::field::{Assignment, FieldName, Operator};
use crate::mask::Mask;
use crate::metadata::{self, Allowed, Field};
use crate::shape::{Context, Shape, silently_ignored};
use serde_json::{Map, Value, json};

/// A message lists so many allowed values.
const LISTED: usize = 12;

/// What is known of the fields.
#[derive(Clone, Copy, Debug)]
pub struct Knowledge<'a> {
    /// The fields that may be edited on the issue; none where Jira was not asked or did not say.
    pub editable: Option<&'a [Field]>,
    /// Every field of the site, where Jira was asked.
    pub all: Option<&'a [Field]>,
    /// Whether this is Jira Cloud.
    pub cloud: bool,
    /// Seconds since 1970.
    pub now: u64,
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
        let mut body = Map::new();
        for (name, members) in [("fields", &self.fields), ("update", &self.update)] {
            if !members.is_empty() {
                body.insert(name.to_owned(), Value::Object(members.clone()));
            }
        }
        Value::Object(body)
    }
}

impl Edit {
    /// The same edit with the texts of these fields as documents; `None` where there is no such text.
    pub fn with_documents(&self, is_rich: impl Fn(&str) -> bool) -> Option<Edit> {
        let mut edit = self.clone();
        for (id, value) in &mut edit.fields {
            if let Value::String(text) = value
                && is_rich(id)
            {
                *value = document::from_text(text);
            }
        }
        (edit != *self).then_some(edit)
    }
}

/// True where Jira must be asked what kind of field this is before its value can be shaped.
pub fn needs_metadata(assignment: &Assignment) -> bool {
    let shaped = assignment.shape.is_some() || assignment.operator == Operator::SetJson;
    !shaped || matches!(assignment.field, FieldName::Named(_))
}

impl<'a> Knowledge<'a> {
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
                    match metadata::named(fields, name).as_slice() {
                        [] => {}
                        [field] => return Ok(Some(field)),
                        several => return Err(ambiguous(name, several)),
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
                (Some(field), _) => &field.id,
                (None, FieldName::Id(id)) => id,
                (None, FieldName::Named(name)) => return Err(self.unknown(name)),
            };
            if let Some(why) = field.and_then(silently_ignored) {
                return Err(Failure::new(Kind::FieldNotEditable, format!("{} {why}", describe(id, field))));
            }
            self.add(&mut edit, id, field, assignment)?;
        }
        Ok(edit)
    }

    fn add(&self, edit: &mut Edit, id: &str, field: Option<&Field>, assignment: &Assignment) -> Result<(), Failure> {
        let schema_shape = || field.map_or(Shape::Unknown, |field| Shape::of(&field.schema));
        let shape = match assignment.operator {
            Operator::SetJson => Shape::Json,
            _ => assignment.shape.unwrap_or_else(schema_shape),
        };
        let allowed = field.map_or(&[][..], |field| &field.allowed);
        let context = Context { allowed, cloud: self.cloud, now: self.now };
        // A text that cannot be shaped is the person's mistake; only where Jira named the type is it a refused value.
        let kind = if assignment.shape.is_some() || shape == Shape::Json { Kind::Usage } else { Kind::ValueRefused };
        let wrong = |what: String| {
            Failure::new(kind, format!("{} {what}", describe(id, field)))
                .hint("jira-build-status help fields shows a text for each kind of field")
        };
        let verb = match assignment.operator {
            Operator::Set | Operator::SetJson => {
                let value = shape.encode(&assignment.text, &context).map_err(wrong)?;
                if edit.update.contains_key(id) || edit.fields.insert(id.to_owned(), value).is_some() {
                    return Err(twice(id, field));
                }
                return Ok(());
            }
            Operator::Add => "add",
            Operator::Remove => "remove",
        };
        if let Some(field) = field.filter(|field| !field.operations.is_empty())
            && !field.operations.iter().any(|operation| operation == verb)
        {
            let operations = field.operations.join(", ");
            let what = format!("does not support {verb}; Jira offers for it: {operations}");
            return Err(Failure::new(Kind::ValueRefused, format!("{} {what}", describe(id, Some(field)))));
        }
        if edit.fields.contains_key(id) {
            return Err(twice(id, field));
        }
        let elements = shape.encode_elements(&assignment.text, &context).map_err(wrong)?;
        let operations = edit.update.entry(id).or_insert_with(|| json!([]));
        if let Value::Array(operations) = operations {
            operations.extend(elements.into_iter().map(|element| json!({ verb: element })));
        }
        Ok(())
    }

    fn unknown(&self, name: &str) -> Failure {
        let known = [self.editable, self.all].into_iter().flatten().flatten();
        let likeness = |field: &Field| strsim::jaro_winkler(&field.name.to_lowercase(), &name.to_lowercase());
        let closest = known.map(|field| (likeness(field), field)).max_by(|(a, _), (b, _)| a.total_cmp(b));
        let failure = Failure::new(Kind::FieldNotEditable, format!("no field is named {name:?}"));
        match closest {
            Some((likeness, field)) if likeness > 0.7 => {
                failure.hint(format!("did you mean {:?} ({})?", field.name, field.id))
            }
            _ => failure.hint("give the field's id, customfield_N, or its exact name"),
        }
    }
}

fn ambiguous(name: &str, fields: &[&Field]) -> Failure {
    let ids: Vec<_> = fields.iter().map(|field| field.id.as_str()).collect();
    Failure::new(Kind::Usage, format!("several fields are named {name:?}: {}", ids.join(", ")))
        .hint("give the id of the one that is meant")
}

fn twice(id: &str, field: Option<&Field>) -> Failure {
    Failure::new(Kind::Usage, format!("{} is given more than one value", describe(id, field)))
}

/// `customfield_10314 (Build status, select)`.
pub fn describe(id: &str, field: Option<&Field>) -> String {
    let Some(field) = field else {
        return id.to_owned();
    };
    let schema = &field.schema;
    let kind = match (schema.custom_type(), &schema.items) {
        (Some(custom), _) => custom.to_owned(),
        (None, Some(items)) => format!("{} of {items}", schema.kind),
        (None, None) => schema.kind.clone(),
    };
    let known: Vec<_> = [field.name.clone(), kind].into_iter().filter(|text| !text.is_empty()).collect();
    if known.is_empty() { id.to_owned() } else { format!("{id} ({})", known.join(", ")) }
}

/// ` allows: Passed, "Passed, with warnings"`, the closest to the text first; nothing for a field that lists none.
pub fn allowed_values(field: &Field, text: &str, mask: &Mask) -> String {
    let mut listed: Vec<String> = Vec::new();
    for allowed in field.allowed.iter().filter(|allowed| !allowed.disabled) {
        listed.push(name(allowed).to_owned());
        listed.extend(allowed.children.iter().map(|child| format!("{} > {}", name(allowed), name(child))));
    }
    if listed.is_empty() {
        return String::new();
    }
    let likeness = |value: &String| strsim::jaro_winkler(&value.to_lowercase(), &text.to_lowercase());
    listed.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
    let closest = listed.first().filter(|value| likeness(value) > 0.8 && *value != text);
    let closest = closest.map(|value| format!("; did you mean {:?}?", mask.clean(value))).unwrap_or_default();
    let more = listed.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let one = |text: String| if text.contains(',') { format!("{text:?}") } else { text };
    let shown: Vec<_> = listed.iter().take(LISTED).map(|value| one(mask.clean(value))).collect();
    format!(" allows: {}{more}{closest}", shown.join(", "))
}

fn name(allowed: &Allowed) -> &str {
    allowed.key.as_deref().filter(|_| allowed.text.is_empty()).unwrap_or(&allowed.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(id: &str, name: &str, allowed: &[&str]) -> Field {
        let one = |text: &&str| Allowed { text: (*text).to_owned(), ..Allowed::default() };
        Field {
            id: id.to_owned(),
            name: name.to_owned(),
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
            (&["Passed", "Failed"][..], "Pased", " allows: Passed, Failed; did you mean \"Passed\"?".to_owned()),
            (&["Passed", "Failed"], "Passed", " allows: Passed, Failed".to_owned()),
            (&["Passed", "Failed"], "xyz", " allows: Passed, Failed".to_owned()),
            (&["Passed", "Failed"], "", " allows: Passed, Failed".to_owned()),
            (&many[..LISTED], "", format!(" allows: {shown}")),
            (&many[..=LISTED], "", format!(" allows: {shown} and 1 more")),
            (&many, "", format!(" allows: {shown} and 8 more")),
            (&[], "Passed", String::new()),
        ] {
            assert_eq!(allowed_values(&field("x", "", values), text, &Mask::default()), hint, "{text:?}");
        }
    }

    #[test]
    fn a_name_is_suggested_only_where_it_is_like_the_one_given() {
        let fields = [field("customfield_1", "Build status", &[]), field("customfield_2", "Team", &[])];
        let knowledge = Knowledge { editable: Some(&fields), all: None, cloud: false, now: 0 };
        for (name, hint) in [
            ("Bild Status", "did you mean \"Build status\" (customfield_1)?"),
            ("Xyzzy", "give the field's id, customfield_N, or its exact name"),
        ] {
            let refused = knowledge.plan(&[Assignment::parse(&format!("{name}=x")).unwrap()]);
            assert_eq!(refused.unwrap_err().hint.as_deref(), Some(hint));
        }
    }

    #[test]
    fn a_field_is_found_by_its_id_even_where_that_is_no_custom_fields() {
        let fields = [field("epicColour", "Colour", &[])];
        let knowledge = Knowledge { editable: Some(&fields), all: None, cloud: false, now: 0 };
        let edit = knowledge.plan(&[Assignment::parse("epicColour=red").unwrap()]).unwrap();
        assert_eq!(edit.body(), json!({ "fields": { "epicColour": "red" } }));
    }

    #[test]
    fn a_field_that_is_set_takes_no_more_under_another_name() {
        let labels = Field {
            schema: metadata::Schema {
                kind: "array".to_owned(),
                items: Some("string".to_owned()),
                ..Default::default()
            },
            ..field("customfield_1", "Marks", &[])
        };
        let fields = [labels];
        let knowledge = Knowledge { editable: Some(&fields), all: None, cloud: false, now: 0 };
        for texts in [["Marks=a", "customfield_1+=b"], ["customfield_1+=b", "Marks=a"], ["Marks=a", "customfield_1=b"]]
        {
            let assignments = texts.map(|text| Assignment::parse(text).unwrap());
            let refused = knowledge.plan(&assignments).unwrap_err();
            assert!(refused.message.ends_with("is given more than one value"), "{texts:?}: {refused:?}");
        }
    }
}
