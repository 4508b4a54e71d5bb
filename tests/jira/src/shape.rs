//! The JSON form of every type's value, and Jira's messages for a wrong one.

use crate::app_field::AppField;
use crate::datetime;
use crate::document;
use crate::field::Field;
use crate::field_type::Shape;
use crate::issue::{Issue, Stored};
use crate::refusal::Refusal;
use crate::site::{Api, Site};
use serde_json::{Map, Value};

/// Parses values for one field of one issue, in one version of the API.
pub(crate) struct Reader<'a> {
    pub(crate) site: &'a Site,
    pub(crate) issue: &'a Issue,
    pub(crate) field: &'a Field,
    api: Api,
}

/// An error under the field's id.
pub(crate) fn wrong<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Field(text.into()))
}

impl<'a> Reader<'a> {
    pub(crate) fn new(site: &'a Site, issue: &'a Issue, field: &'a Field, api: Api) -> Self {
        Self {
            site,
            issue,
            field,
            api,
        }
    }

    /// The value of `fields`, and of the operation `set`; null clears.
    pub(crate) fn whole(&self, value: &Value) -> Result<Option<Stored>, Refusal> {
        if value.is_null() {
            return Ok(None);
        }
        let stored = match self.field.kind.shape() {
            Shape::Option => Stored::One(self.only_option(value)?),
            Shape::Cascade => self.cascade(value)?,
            Shape::Text(_) | Shape::Url => Stored::Text(string(value)?),
            Shape::LongText => self.long_text(value)?,
            Shape::Number => number(value)?,
            Shape::Date => date(value)?,
            Shape::DateTime => date_time(value)?,
            Shape::Labels => Stored::Many(labels(value)?),
            Shape::User => Stored::One(self.user(object(value)?)?),
            Shape::Group => Stored::One(group(value)?),
            Shape::Version => Stored::One(self.version(object(value)?)?),
            Shape::Priority => Stored::One(priority(object(value)?)?),
            Shape::Project => Stored::One(self.project(object(value)?)?),
            Shape::Groups => Stored::Many(groups(value)?),
            Shape::Options | Shape::Users | Shape::Versions | Shape::Components => {
                Stored::Many(self.collection(value)?)
            }
            Shape::Sprint => sprint(value)?,
            Shape::Epic => self.epic(value)?,
            Shape::Team => Stored::One(string(value)?),
            Shape::Ignored | Shape::Unwritable => return Ok(None),
            Shape::App(field) => return self.of_app(field, None, "set", value),
        };
        Ok(Some(stored))
    }

    /// The value of the operations `add` and `remove`: one element, never an array of them.
    pub(crate) fn element(&self, value: &Value) -> Result<String, Refusal> {
        if self.field.kind.shape() == Shape::Labels {
            return match value {
                Value::String(label) => Ok(label.clone()),
                _ => wrong("expected a string"),
            };
        }
        match value {
            Value::Object(members) => self.reference(members),
            _ => wrong("expected Object"),
        }
    }

    /// What an app's field holds after one operation; where it ignores a value, what
    /// it held before.
    pub(crate) fn of_app(
        &self,
        field: AppField,
        held: Option<Stored>,
        verb: &str,
        value: &Value,
    ) -> Result<Option<Stored>, Refusal> {
        let before = held.clone().and_then(|held| match held {
            Stored::Json(json) => Some(json),
            _ => None,
        });
        let documents = self.site.switches.adf_only;
        let after = field.after(before, verb, value, self.api, documents)?;
        Ok(after
            .map(Stored::Json)
            .or_else(|| self.issue.values.get(&self.field.id).cloned()))
    }

    fn collection(&self, value: &Value) -> Result<Vec<String>, Refusal> {
        let mut references = Vec::new();
        for (index, element) in array(value)?.iter().enumerate() {
            let reference = match element {
                Value::Object(members) => self.reference(members)?,
                Value::Null => return wrong(format!("unexpected null at index {index}")),
                // Measured: an error about options stands under the field's name, about users under
                // its id.
                _ if self.field.kind.shape() == Shape::Options => {
                    return Err(Refusal::Named("expected Object".to_owned()));
                }
                _ => return wrong("expected Object"),
            };
            if !references.contains(&reference) {
                references.push(reference);
            }
        }
        Ok(references)
    }

    fn reference(&self, members: &Map<String, Value>) -> Result<String, Refusal> {
        match self.field.kind.shape() {
            Shape::Options => self.one_of_options(members),
            Shape::Users => self.user(members),
            Shape::Groups => needed(members, "name"),
            Shape::Components => self.component(members),
            _ => self.version(members),
        }
    }

    fn long_text(&self, value: &Value) -> Result<Stored, Refusal> {
        if self.api == Api::Two && !self.site.switches.adf_only {
            return Ok(Stored::Text(string(value)?));
        }
        if document::is_document(value) {
            return Ok(Stored::Document(value.clone()));
        }
        wrong("Operation value must be an Atlassian Document (see the Atlassian Document Format)")
    }

    fn epic(&self, value: &Value) -> Result<Stored, Refusal> {
        let key = string(value)?;
        match self.site.find(&key) {
            Some(epic) => Ok(Stored::Text(epic.key.clone())),
            // Unsourced: this is the message for an issue that is looked up.
            None => wrong("Issue Does Not Exist"),
        }
    }
}

fn string(value: &Value) -> Result<String, Refusal> {
    match value {
        Value::String(text) => Ok(text.clone()),
        _ => wrong("Operation value must be a string"),
    }
}

fn number(value: &Value) -> Result<Stored, Refusal> {
    match value {
        Value::Number(number) => Ok(Stored::Number(number.clone())),
        _ => wrong("Operation value must be a number"),
    }
}

fn date(value: &Value) -> Result<Stored, Refusal> {
    let text = string(value)?;
    if datetime::is_day(&text) {
        return Ok(Stored::Text(text));
    }
    wrong(format!("Error parsing date string: {text}"))
}

fn date_time(value: &Value) -> Result<Stored, Refusal> {
    let text = string(value)?;
    match datetime::normalised(&text) {
        Some(normalised) => Ok(Stored::Text(normalised)),
        None => wrong(format!("Error parsing time: {text}")),
    }
}

fn labels(value: &Value) -> Result<Vec<String>, Refusal> {
    let mut labels = Vec::new();
    for (index, element) in array(value)?.iter().enumerate() {
        match element {
            Value::String(label) if labels.contains(label) => {}
            Value::String(label) => labels.push(label.clone()),
            Value::Null => return wrong(format!("unexpected null at index {index}")),
            _ => return wrong(format!("string expected at index {index}")),
        }
    }
    Ok(labels)
}

/// From 6.3 to Cloud: the JSON parser's own message about a bare string.
fn group(value: &Value) -> Result<String, Refusal> {
    if value.is_string() {
        return wrong(
            "Can not instantiate value of type [simple type, \
             class com.atlassian.jira.issue.fields.rest.json.beans.GroupJsonBean] \
             from JSON String; no single-String constructor/factory method",
        );
    }
    needed(object(value)?, "name")
}

fn groups(value: &Value) -> Result<Vec<String>, Refusal> {
    let Value::Array(elements) = value else {
        return wrong("Operation value must be an array of group objects");
    };
    let mut names = Vec::new();
    for element in elements {
        let Value::Object(members) = element else {
            return wrong("Operation value must be an array of group objects");
        };
        let name = needed(members, "name")?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Any integer is a sprint: there are no boards.
fn sprint(value: &Value) -> Result<Stored, Refusal> {
    match value.as_u64() {
        Some(id) => Ok(Stored::One(id.to_string())),
        None => Err(Refusal::Message(
            "Number value expected as the Sprint id.".to_owned(),
        )),
    }
}

fn priority(members: &Map<String, Value>) -> Result<String, Refusal> {
    let priorities = crate::world::PRIORITIES;
    if let Some(id) = given(members, "id")? {
        return match priorities.iter().any(|(known, _)| *known == id) {
            true => Ok(id),
            false => wrong(format!("Priority id '{id}' is not valid")),
        };
    }
    let Some(name) = given(members, "name")? else {
        return wrong("Could not find valid 'id' or 'name' in priority object.");
    };
    match priorities.iter().find(|(_, known)| *known == name) {
        Some((id, _)) => Ok((*id).to_owned()),
        None => wrong(format!("Priority name '{name}' is not valid")),
    }
}

fn array(value: &Value) -> Result<&Vec<Value>, Refusal> {
    match value {
        Value::Array(elements) => Ok(elements),
        _ => wrong("data was not an array"),
    }
}

fn object(value: &Value) -> Result<&Map<String, Value>, Refusal> {
    match value {
        Value::Object(members) => Ok(members),
        _ => wrong("data was not an object"),
    }
}

/// A member that is text if it is there at all.
pub(crate) fn given(members: &Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => wrong(format!("expected '{name}' property to be a string")),
    }
}

/// A member that must be there and be text.
pub(crate) fn needed(members: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    match given(members, name)? {
        Some(text) => Ok(text),
        None => wrong(format!("expected Object containing a '{name}' property")),
    }
}
