//! From a text to the JSON that Jira wants for a field; knows no clock, no
//! environment and no network.

use crate::edit::editmeta::{Field, Schema};
use crate::edit::system_fields::SystemField;
use crate::edit::{app_field::AppField, field_types};
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
    /// A bare string.
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
    /// The shape that the edit metadata or the field list asks for. A custom type
    /// decides before the plain type, because Jira 6.3 calls a select a `string`.
    pub fn of(schema: &Schema) -> FieldType {
        if let Some(entry) = schema
            .custom_type()
            .and_then(|custom| field_types::by_custom_type(custom.exact()))
        {
            return entry.shape;
        }
        if let Some(app) = AppField::of(schema) {
            return FieldType::App(app);
        }
        if let Some(system) = schema.system.as_ref().map(Outside::exact)
            && let Some(system) = SystemField::of(system)
        {
            return FieldType::System(system);
        }
        let kind = schema.kind.exact();
        match schema.custom_type().as_ref().map(|custom| custom.exact()) {
            // An icon select lists labels, which no value is found by.
            Some("com.codebarrel.jira.iconselectlist") => return FieldType::One(Item::OptionId),
            // Tempo's account: a number on Cloud, a number in a string on Data Center.
            Some("io.tempo.jira__account") => return FieldType::Number,
            Some("accounts.customfield") if kind == "any" => return FieldType::Text,
            _ => {}
        }
        let items = schema
            .items
            .as_ref()
            .map(Outside::exact)
            .unwrap_or_default();
        match (kind, items) {
            ("option", _) => FieldType::One(Item::Option),
            ("option-with-child", _) => FieldType::Cascading,
            ("array", "option") => FieldType::Many(Item::Option),
            ("array", "string") => FieldType::Many(Item::Label),
            ("array", "user") => FieldType::Many(Item::User),
            ("array", "group" | "version" | "component") => FieldType::Many(Item::Named),
            // Jira refuses a bare value for any array.
            ("array", _) => FieldType::Many(Item::Other),
            ("user", _) => FieldType::One(Item::User),
            (
                "group" | "version" | "priority" | "resolution" | "issuetype" | "securitylevel",
                _,
            ) => FieldType::One(Item::Named),
            ("project" | "issuelink", _) => FieldType::One(Item::Keyed),
            ("string", _) => FieldType::Text,
            ("number" | "option2", _) => FieldType::Number,
            ("date", _) => FieldType::Date,
            ("datetime", _) => FieldType::Datetime,
            ("", _) => FieldType::Unknown,
            _ => FieldType::Opaque,
        }
    }

    /// The same, where Jira may have said nothing of the field or of its type:
    /// system fields are alike on every site.
    pub fn of_field(field: Option<&Field>, id: &str) -> FieldType {
        let shape = field.map_or(FieldType::Unknown, |field| FieldType::of(&field.schema));
        if shape != FieldType::Unknown {
            return shape;
        }
        if let Some(system) = SystemField::of(id) {
            return FieldType::System(system);
        }
        field_types::by_system_field(id).map_or(shape, |entry| entry.shape)
    }

    /// The JSON to give for a field that a text may not fit, to be shown to people.
    pub fn json_example(self) -> Option<&'static str> {
        match self {
            FieldType::App(app) => Some(app.json()),
            FieldType::System(SystemField::TimeTracking) => Some(r#"{"remainingEstimate":"2h"}"#),
            FieldType::Many(Item::Other) => Some(r#"[{"id":"10100"}]"#),
            FieldType::Opaque => Some(r#"{"id":"10100"}"#),
            _ => None,
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
