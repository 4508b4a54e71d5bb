//! From a text to the JSON that Jira wants for a field; knows no clock, no
//! environment and no network.

use crate::edit::editmeta::{Field, Schema};
use crate::edit::field_types;
use crate::redact::outside::Outside;
use serde_json::Value;

/// The JSON of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// One thing, an object.
    One(Item),
    /// An array of things.
    Many(Item),
    /// `{"value":"P","child":{"value":"C"}}`.
    Cascading,
    /// A string.
    Text,
    /// A number.
    Number,
    /// `"2015-11-18"`.
    Date,
    /// `"2015-11-18T14:39:00.000+1100"`.
    Datetime,
    /// A sprint's id: a bare number although the field is an array.
    Sprint,
    /// The text is JSON already.
    Json,
    /// Of a type that we do not know: the text, or JSON where it is an object or an
    /// array.
    Unknown,
}

/// One thing that a field refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// `{"value":"X"}`.
    Option,
    /// A bare string.
    Label,
    /// `{"name":"jdoe"}`, on Cloud `{"accountId":"…"}`.
    User,
    /// `{"name":"X"}`: groups, versions, components, priorities.
    Named,
    /// `{"key":"ABC"}`: projects and issues.
    Keyed,
}

impl FieldType {
    /// The shape that the edit metadata or the field list asks for. A custom type
    /// decides before the plain type, because Jira 6.3 calls a select a `string`.
    pub fn of(schema: &Schema) -> FieldType {
        if let Some(entry) = schema
            .custom_type()
            .and_then(|custom| field_types::by_custom_type(custom.exact()))
        {
            return entry.shape;
        }
        let items = schema
            .items
            .as_ref()
            .map(Outside::exact)
            .unwrap_or_default();
        match (schema.kind.exact(), items) {
            ("option", _) => FieldType::One(Item::Option),
            ("option-with-child", _) => FieldType::Cascading,
            ("array", "option") => FieldType::Many(Item::Option),
            ("array", "string") => FieldType::Many(Item::Label),
            ("array", "user") => FieldType::Many(Item::User),
            ("array", "group" | "version" | "component") => FieldType::Many(Item::Named),
            ("user", _) => FieldType::One(Item::User),
            (
                "group" | "version" | "priority" | "resolution" | "issuetype" | "securitylevel",
                _,
            ) => FieldType::One(Item::Named),
            ("project" | "issuelink", _) => FieldType::One(Item::Keyed),
            ("string", _) => FieldType::Text,
            ("number", _) => FieldType::Number,
            ("date", _) => FieldType::Date,
            ("datetime", _) => FieldType::Datetime,
            _ => FieldType::Unknown,
        }
    }

    /// True where the JSON differs between Cloud and self-hosted Jira.
    pub fn depends_on_deployment(self) -> bool {
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
pub fn silently_ignored(field: &Field) -> Option<&'static str> {
    let import_id = field
        .schema
        .custom_type()
        .is_some_and(|custom| custom == "importid");
    import_id.then_some("is an import id: Jira answers 204 to a write and keeps the old value")
}
