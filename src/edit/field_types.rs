//! Every type of field: its names, its shape and an example; the one place to
//! touch when a type is added.

use crate::edit::app_field::AppField;
use crate::edit::editmeta::{Field, Schema};
use crate::edit::field_type::{FieldType, Item};
use crate::edit::system_fields::SystemField;
use crate::redact::outside::Outside;

/// One kind of field, as `help fields` and the book show it.
pub struct FieldTypeEntry {
    /// What `--type` calls it; types that share a shape share the name.
    pub name: &'static str,
    /// Jira's custom types with this shape, and the system fields, for people to
    /// find theirs.
    pub jira_types: &'static [&'static str],
    pub shape: FieldType,
    /// A text that a person would give.
    pub text: &'static str,
    /// What goes out for it, on self-hosted Jira, without metadata.
    pub json: &'static str,
}

macro_rules! field_types {
    ($($name:literal, [$($jira:literal),*], $shape:expr, $text:literal => $json:literal;)*) => {
        &[$(FieldTypeEntry {
            name: $name,
            jira_types: &[$($jira),*],
            shape: $shape,
            text: $text,
            json: $json,
        }),*]
    };
}

/// All of them. The custom types are those of Jira's own plugins; the words
/// behind `system:` are fields that every site has.
#[rustfmt::skip]
pub const FIELD_TYPES: &[FieldTypeEntry] = field_types! {
    "select", ["select", "radiobuttons", "gh-epic-status"], FieldType::One(Item::Option),
        "Development Completed" => r#"{"value":"Development Completed"}"#;
    "multi-select", ["multiselect", "multicheckboxes"], FieldType::Many(Item::Option),
        "Linux, Windows" => r#"[{"value":"Linux"},{"value":"Windows"}]"#;
    "cascading", ["cascadingselect"], FieldType::Cascading,
        "Europe > Berlin" => r#"{"value":"Europe","child":{"value":"Berlin"}}"#;
    "text", ["textfield", "textarea", "readonlyfield", "gh-epic-link", "gh-epic-label",
             "gh-epic-color", "atlassian-team", "rm-teams-custom-field-team", "vp-origin",
             "system:summary", "system:description", "system:environment"], FieldType::Text,
        "Build 42 passed" => r#""Build 42 passed""#;
    "number", ["float", "jsw-story-points"], FieldType::Number,
        "1.5" => "1.5";
    "date", ["datepicker", "jpo-custom-field-baseline-start", "jpo-custom-field-baseline-end",
             "system:duedate"], FieldType::Date,
        "2015-11-18" => r#""2015-11-18""#;
    "datetime", ["datetime"], FieldType::Datetime,
        "2015-11-18T14:39:00+11:00" => r#""2015-11-18T14:39:00.000+1100""#;
    "url", ["url"], FieldType::Text,
        "https://ci.example.com/42" => r#""https://ci.example.com/42""#;
    "labels", ["labels", "system:labels"], FieldType::Many(Item::Label),
        "nightly, green" => r#"["nightly","green"]"#;
    "user", ["userpicker", "system:assignee", "system:reporter"], FieldType::One(Item::User),
        "jdoe" => r#"{"name":"jdoe"}"#;
    "users", ["multiuserpicker"], FieldType::Many(Item::User),
        "jdoe, fred" => r#"[{"name":"jdoe"},{"name":"fred"}]"#;
    "group", ["grouppicker"], FieldType::One(Item::Named),
        "jira-developers" => r#"{"name":"jira-developers"}"#;
    "groups", ["multigrouppicker"], FieldType::Many(Item::Named),
        "qa, release" => r#"[{"name":"qa"},{"name":"release"}]"#;
    "version", ["version"], FieldType::One(Item::Named),
        "1.0" => r#"{"name":"1.0"}"#;
    "versions", ["multiversion", "system:versions", "system:fixVersions"],
        FieldType::Many(Item::Named),
        "1.0, 1.1" => r#"[{"name":"1.0"},{"name":"1.1"}]"#;
    "project", ["project", "system:parent"], FieldType::One(Item::Keyed),
        "HSP" => r#"{"key":"HSP"}"#;
    "components", ["system:components"], FieldType::Many(Item::Named),
        "Backend, API" => r#"[{"name":"Backend"},{"name":"API"}]"#;
    "sprint", ["gh-sprint"], FieldType::Sprint,
        "37" => "37";
    "json", [], FieldType::Json,
        r#"{"id":"10112"}"# => r#"{"id":"10112"}"#;
};

impl FieldType {
    /// The shape that the edit metadata or the field list asks for. A custom type
    /// decides before the plain type, because Jira 6.3 calls a select a `string`.
    pub(crate) fn of(schema: &Schema) -> FieldType {
        if let Some(entry) = schema
            .custom_type()
            .and_then(|custom| by_custom_type(custom.exact()))
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
    pub(crate) fn of_field(field: Option<&Field>, id: &str) -> FieldType {
        let shape = field.map_or(FieldType::Unknown, |field| FieldType::of(&field.schema));
        if shape != FieldType::Unknown {
            return shape;
        }
        if let Some(system) = SystemField::of(id) {
            return FieldType::System(system);
        }
        by_system_field(id).map_or(shape, |entry| entry.shape)
    }
}

pub fn by_name(name: &str) -> Option<&'static FieldTypeEntry> {
    FIELD_TYPES.iter().find(|entry| entry.name == name)
}

/// What `--type` calls the shape of a field; `None` where only JSON will do.
pub(crate) fn name_of(schema: &Schema) -> Option<&'static str> {
    let system = schema
        .system
        .as_ref()
        .map(|id| format!("system:{}", id.exact()));
    let listed = schema
        .custom_type()
        .and_then(|custom| by_custom_type(custom.exact()))
        .or_else(|| {
            let system = system.as_deref()?;
            FIELD_TYPES
                .iter()
                .find(|entry| entry.jira_types.contains(&system))
        });
    let shape = FieldType::of(schema);
    let entry = listed.or_else(|| FIELD_TYPES.iter().find(|entry| entry.shape == shape));
    entry.map(|entry| entry.name)
}

/// What `--type` calls a shape.
pub(crate) fn name_of_shape(shape: FieldType) -> Option<&'static str> {
    let entry = FIELD_TYPES.iter().find(|entry| entry.shape == shape);
    entry.map(|entry| entry.name)
}

pub(super) fn by_custom_type(custom: &str) -> Option<&'static FieldTypeEntry> {
    FIELD_TYPES
        .iter()
        .find(|entry| entry.jira_types.contains(&custom))
}

/// The entry for a system field, which is the same on every site.
pub(super) fn by_system_field(id: &str) -> Option<&'static FieldTypeEntry> {
    let bears = |listed: &&str| listed.strip_prefix("system:") == Some(id);
    FIELD_TYPES
        .iter()
        .find(|entry| entry.jira_types.iter().any(bears))
}

#[cfg(test)]
mod tests {
    use super::super::encode::EncodeContext;
    use super::*;
    use crate::edit::editmeta::AllowedValues;
    use crate::tests::rows::each;

    #[test]
    fn each_example_is_what_the_program_sends() {
        let context = EncodeContext {
            allowed: AllowedValues::default(),
            deployment: crate::deployment::Deployment::SelfHosted,
            now: 0,
        };
        each(FIELD_TYPES, |entry| {
            let sent = entry.shape.encode(entry.text, &context).unwrap();
            assert_eq!(sent.to_string(), entry.json, "{}", entry.name);
        });
    }

    #[test]
    fn an_apps_type_is_called_as_jiras_own_of_the_same_shape() {
        let rows = [
            ("option", "select"),
            ("option-with-child", "cascading"),
            ("number", "number"),
        ];
        each(rows, |(kind, name)| {
            let schema = Schema {
                kind: kind.into(),
                custom: Some("com.example.plugin:theirs".into()),
                ..Schema::default()
            };
            assert_eq!(name_of(&schema), Some(name), "{kind}");
        });
    }

    #[test]
    fn an_account_is_a_text_where_jira_does_not_say_what_it_is() {
        let shape = |kind: &str| {
            FieldType::of(&Schema {
                kind: kind.into(),
                custom: Some("com.tempoplugin.tempo-accounts:accounts.customfield".into()),
                ..Schema::default()
            })
        };
        assert_eq!(shape("any"), FieldType::Text);
        assert_eq!(shape("number"), FieldType::Number);
    }
}
