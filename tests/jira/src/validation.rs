//! The rules for values whose JSON form is right.

use crate::field::{Context, Field};
use crate::field_type::{FieldType, Shape};
use crate::issue::{Issue, Stored};
use crate::site::Site;
use serde_json::Number;

/// Jira's limit on a label, in characters.
const LABEL: usize = 255;
/// Jira's default limit on multi-line text, in characters.
const LONG_TEXT: usize = 32_767;
/// The largest number that a number field takes.
const LARGEST: f64 = 1e14;

impl Site {
    /// The value as it is stored, or the error that goes under the field's id.
    pub(crate) fn validated(
        &self,
        issue: &Issue,
        field: &Field,
        stored: Option<Stored>,
    ) -> Result<Option<Stored>, String> {
        let stored = stored.filter(Stored::is_something);
        let Some(stored) = stored else {
            return match field.required {
                true => Err(format!("{} is required.", field.name)),
                false => Ok(None),
            };
        };
        let validated = match (field.kind.shape(), stored) {
            (Shape::Text(limit), Stored::Text(text)) => Stored::Text(within(text, limit)?),
            (Shape::LongText, Stored::Text(text)) => Stored::Text(long_text(text)?),
            (Shape::Url, Stored::Text(text)) => Stored::Text(address(text)?),
            (Shape::Number, Stored::Number(number)) => Stored::Number(bounded(&number)?),
            (Shape::Labels, Stored::Many(labels)) => Stored::Many(labelled(labels)?),
            (Shape::User, Stored::One(id)) => Stored::One(self.known_user(&id)?),
            (Shape::Users, Stored::Many(ids)) => Stored::Many(self.known_users(ids)?),
            (Shape::Group, Stored::One(name)) => Stored::One(self.known_group(name)?),
            (Shape::Groups, Stored::Many(names)) => Stored::Many(
                names
                    .into_iter()
                    .map(|name| self.known_group(name))
                    .collect::<Result<_, _>>()?,
            ),
            (Shape::Option | Shape::Options | Shape::Cascade, stored) => {
                if let Some(context) = self.context_of(field, issue) {
                    admitted(field, context, &stored)?;
                }
                stored
            }
            (_, stored) => stored,
        };
        Ok(Some(validated))
    }

    /// Whether writes to the field are accepted and ignored.
    pub(crate) fn ignores(&self, id: &str) -> bool {
        let mut fields = self.fields.iter();
        fields.any(|field| field.id == id && (field.kind == FieldType::ImportId || field.ignored))
    }

    fn known_user(&self, reference: &str) -> Result<String, String> {
        match self.referred(reference) {
            Some(_) => Ok(reference.to_owned()),
            None => Err(format!("User '{reference}' was not found in the system.")),
        }
    }

    fn known_users(&self, references: Vec<String>) -> Result<Vec<String>, String> {
        let all = references.iter().map(String::as_str);
        let unknown: Vec<&str> = all.filter(|name| self.referred(name).is_none()).collect();
        match unknown.is_empty() {
            true => Ok(references),
            false => Err(format!("Could not find usernames: {}", unknown.join(", "))),
        }
    }

    fn known_group(&self, name: String) -> Result<String, String> {
        let known = self.users.iter().any(|user| user.groups.contains(&name));
        match known {
            true => Ok(name),
            false => Err(format!("Could not find group with name '{name}'")),
        }
    }
}

/// Length as Java counts it.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn within(text: String, limit: usize) -> Result<String, String> {
    match length(&text) > limit {
        true => Err(format!("Text must not exceed {limit} characters in length")),
        false => Ok(text),
    }
}

fn long_text(text: String) -> Result<String, String> {
    match length(&text) > LONG_TEXT {
        true => Err(
            "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
                .to_owned(),
        ),
        false => Ok(text),
    }
}

/// The message is unsourced.
fn address(text: String) -> Result<String, String> {
    let valid = text.split_once("://").is_some_and(|(scheme, rest)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && rest.starts_with(|first: char| first.is_alphanumeric() || first == '[')
            && !rest.contains(char::is_whitespace)
    });
    match valid {
        true => within(text, 255),
        false => Err("Not a valid URL".to_owned()),
    }
}

fn bounded(number: &Number) -> Result<Number, String> {
    let parsed: Option<f64> = number
        .to_string()
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite());
    let kept = parsed.and_then(|value| Number::from_f64(value).map(|number| (value, number)));
    match kept {
        None => Err(format!("'{number}' is an invalid number")),
        Some((value, _)) if value > LARGEST => Err(format!(
            "'{number}' is too large. Maximum value allowed is 100000000000000"
        )),
        Some((_, kept)) => Ok(kept),
    }
}

fn labelled(labels: Vec<String>) -> Result<Vec<String>, String> {
    for label in &labels {
        if label.contains(char::is_whitespace) {
            return Err(format!(
                "The label '{label}' contains spaces which is invalid."
            ));
        }
        if length(label) > LABEL {
            return Err(format!(
                "The label '{label}' exceeds the maximum length for a single label of {LABEL} characters."
            ));
        }
    }
    Ok(labels)
}

fn admitted(field: &Field, context: &Context, stored: &Stored) -> Result<(), String> {
    let text = |id: &str| {
        field
            .option(id)
            .map_or("", |choice| choice.value.as_str())
            .to_owned()
    };
    let foreign = |id: &str| {
        let (option, name) = (text(id), &context.name);
        format!("The option {option} is an invalid option in the context {name}")
    };
    match stored {
        Stored::One(id) if context.by_id(id).is_none() => {
            let all = context.options.iter();
            let allowed: Vec<&str> = all.map(|choice| choice.value.as_str()).collect();
            let (option, name, allowed) = (text(id), &field.name, allowed.join(", "));
            Err(format!(
                "Invalid value {option} passed for customfield {name}. Allowed values are: {allowed}"
            ))
        }
        Stored::Many(ids) => match ids.iter().find(|id| context.by_id(id).is_none()) {
            Some(id) => Err(foreign(id)),
            None => Ok(()),
        },
        Stored::Cascade(parent, child) => {
            let Some(known) = context.by_id(parent) else {
                return Err(foreign(parent));
            };
            match child {
                Some(id) if !known.children.iter().any(|child| child.id == *id) => {
                    let (child, parent) = (text(id), &known.value);
                    Err(format!(
                        "The option {child} is invalid for parent option {parent}"
                    ))
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}
