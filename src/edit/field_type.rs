//! From a text to the JSON that Jira wants for a field; knows no clock, no
//! environment and no network.

use crate::edit::app_field::AppField;
use crate::edit::editmeta::Field;
use crate::edit::system_fields::SystemField;
use serde_json::Value;

/// The JSON of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    One(Item),
    Many(Item),
    /// `{"value":"P","child":{"value":"C"}}`.
    Cascading,
    Text,
    Number,
    /// `"2015-11-18"`.
    Date,
    /// `"2015-11-18T14:39:00.000+1100"`.
    Datetime,
    /// A sprint's id: a bare number although the field is an array.
    Sprint,
    Json,
    /// An app's field with a JSON of its own.
    App(AppField),
    /// A system field with a JSON of its own.
    System(SystemField),
    /// Of a type whose JSON we do not know, so that no text becomes it.
    Opaque,
    /// Of no type that Jira named: the text, or JSON where it is an object or an
    /// array.
    Unknown,
}

/// One thing that a field refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// `{"value":"X"}`.
    Option,
    Label,
    /// `{"name":"jdoe"}`, on Cloud `{"accountId":"…"}`.
    User,
    /// `{"name":"X"}`: groups, versions, components, priorities.
    Named,
    /// `{"key":"ABC"}`: projects and issues.
    Keyed,
    /// `{"id":"10100"}`: an option that goes by its id alone.
    OptionId,
    /// A string, or the JSON object that is given in its place.
    Other,
}

impl FieldType {
    /// The JSON to give for a field that a text may not fit, to be shown to people.
    pub(crate) fn json_example(self) -> Option<&'static str> {
        match self {
            FieldType::App(app) => Some(app.json()),
            FieldType::System(SystemField::TimeTracking) => Some(r#"{"remainingEstimate":"2h"}"#),
            FieldType::Many(Item::Other) => Some(r#"[{"id":"10100"}]"#),
            FieldType::Opaque => Some(r#"{"id":"10100"}"#),
            _ => None,
        }
    }

    /// True where the JSON differs between Cloud and self-hosted Jira.
    pub(crate) fn depends_on_deployment(self) -> bool {
        matches!(
            self,
            FieldType::One(Item::User) | FieldType::Many(Item::User)
        )
    }
}

pub(super) fn object_or_array(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok()
}

pub(super) fn same_text(a: &str, b: &str) -> bool {
    a == b || a.to_lowercase() == b.to_lowercase()
}

/// Fields that answer 204 to a write and keep their value: why, for the person who tries.
pub(crate) fn silently_ignored(field: &Field) -> Option<&'static str> {
    let import_id = field
        .schema
        .custom_type()
        .is_some_and(|custom| custom == "importid");
    import_id.then_some("is an import id: Jira answers 204 to a write and keeps the old value")
}
