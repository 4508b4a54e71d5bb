//! What Jira says of its fields: edit metadata and the field list, as data;
//! knows no network and makes no judgement.

use crate::redact::outside::Outside;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// One field of an issue, from its edit metadata, or from the field list, which
/// knows no operations and no values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// `customfield_10314`, `labels`.
    pub id: Outside,
    /// The name that people see; not unique.
    pub name: Outside,
    /// What kind of values it holds.
    pub schema: Schema,
    /// The verbs that `update` takes: `set`, `add`, `remove`; none where Jira was
    /// not asked for this issue.
    pub operations: Vec<Outside>,
    /// The values that Jira accepts, where it lists them.
    pub allowed: Vec<Allowed>,
}

/// `schema` of a field
/// (<https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/>).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Schema {
    /// `option`, `array`, `string`, `number`, …
    #[serde(rename = "type", default)]
    pub kind: Outside,
    /// What an array holds.
    #[serde(default)]
    pub items: Option<Outside>,
    /// A custom field's type: `com.atlassian.jira.plugin.system.customfieldtypes:select`.
    #[serde(default)]
    pub custom: Option<Outside>,
    /// A system field's id.
    #[serde(default)]
    pub system: Option<Outside>,
}

impl Schema {
    /// The custom type without its plugin: `select`, `gh-sprint`.
    pub fn custom_type(&self) -> Option<Outside> {
        let custom = self.custom.as_ref()?.exact();
        Some(
            custom
                .rsplit_once(':')
                .map_or(custom, |(_, name)| name)
                .into(),
        )
    }
}

/// One value that a field accepts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Allowed {
    /// Its id, a string in Jira's answers.
    pub id: Option<Outside>,
    /// What people see: an option's `value`, a version's or component's `name`.
    pub text: Outside,
    /// A project's key.
    pub key: Option<Outside>,
    /// The second level of a cascading select.
    pub children: Vec<Allowed>,
    /// An option that an administrator switched off.
    pub disabled: bool,
}

impl<'de> Deserialize<'de> for Allowed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&RawValue>::deserialize(deserializer)?.get();
        Ok(match json.as_bytes().first() {
            Some(b'{') => serde_json::from_str(json)
                .map(Object::allowed)
                .unwrap_or_default(),
            Some(b'"') => Allowed {
                text: serde_json::from_str(json).unwrap_or_default(),
                ..Allowed::default()
            },
            // Has nothing to show.
            _ => Allowed::default(),
        })
    }
}

/// One value of any type of field.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    id: Value,
    value: Value,
    name: Value,
    key: Value,
    children: Option<Vec<Allowed>>,
    disabled: Value,
}

impl Object {
    fn allowed(self) -> Allowed {
        Allowed {
            id: label(self.id),
            text: label(self.value)
                .or_else(|| label(self.name))
                .unwrap_or_default(),
            key: label(self.key),
            children: self.children.unwrap_or_default(),
            disabled: self.disabled == Value::Bool(true),
        }
    }
}

fn label(value: Value) -> Option<Outside> {
    match value {
        Value::String(text) => Some(text.into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

#[derive(Deserialize)]
struct Entry {
    /// Cloud's edit metadata.
    key: Option<Outside>,
    /// Data Center's edit metadata.
    #[serde(rename = "fieldId")]
    field_id: Option<Outside>,
    /// The field list.
    id: Option<Outside>,
    #[serde(default)]
    name: Outside,
    #[serde(default)]
    schema: Schema,
    #[serde(default)]
    operations: Vec<Outside>,
    #[serde(rename = "allowedValues", default)]
    allowed: Option<Vec<Allowed>>,
}

impl Entry {
    fn read(json: &RawValue) -> Option<Self> {
        serde_json::from_str(json.get()).ok()
    }

    fn field(self, id: Option<Outside>) -> Field {
        let id = id.or(self.id).or(self.field_id).or(self.key);
        Field {
            id: id.unwrap_or_default(),
            name: self.name,
            schema: self.schema,
            operations: self.operations,
            allowed: self.allowed.unwrap_or_default(),
        }
    }
}

/// The fields in `GET /issue/{key}/editmeta`: those on the edit screen that the
/// caller may edit. `None` where the text is something else.
pub fn read_edit_metadata(json: &[u8]) -> Option<Vec<Field>> {
    #[derive(Deserialize)]
    struct EditMetadata {
        fields: EditableFields,
    }
    serde_json::from_slice(json)
        .ok()
        .map(|metadata: EditMetadata| metadata.fields.0)
}

/// In Jira's order. An entry that makes no sense hides no other.
struct EditableFields(Vec<Field>);

impl<'de> Deserialize<'de> for EditableFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ById;

        impl<'de> Visitor<'de> for ById {
            type Value = EditableFields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fields by their ids")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut members: A,
            ) -> Result<EditableFields, A::Error> {
                let mut fields = Vec::new();
                while let Some((id, entry)) = members.next_entry::<Outside, &RawValue>()? {
                    fields.extend(Entry::read(entry).map(|entry| entry.field(Some(id))));
                }
                Ok(EditableFields(fields))
            }
        }

        deserializer.deserialize_map(ById)
    }
}

/// The fields in `GET /field`: every field of the site. Some system fields have
/// no schema.
pub fn read_field_list(json: &[u8]) -> Option<Vec<Field>> {
    let entries: Vec<&RawValue> = serde_json::from_slice(json).ok()?;
    Some(
        entries
            .into_iter()
            .filter_map(Entry::read)
            .map(|entry| entry.field(None))
            .collect(),
    )
}

/// The fields that bear exactly this name.
pub fn named<'a>(fields: &'a [Field], name: &str) -> Vec<&'a Field> {
    fields.iter().filter(|field| field.name == name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_deployments_edit_metadata_and_the_field_list_are_read() {
        let cloud = br#"{"fields":{"customfield_1":{"required":false,"schema":{"type":"option","custom":"a:select","customId":1},
            "name":"Build","key":"customfield_1","operations":["set"],"allowedValues":[{"value":"False","id":"10232"},"red",{"id":10233}]}}}"#;
        let field = &read_edit_metadata(cloud).unwrap()[0];
        assert_eq!(
            (field.id.exact(), field.name.exact()),
            ("customfield_1", "Build")
        );
        assert_eq!(field.schema.custom_type(), Some("select".into()));
        assert_eq!(field.allowed[0].id, Some("10232".into()));
        assert_eq!(field.allowed[1].text, "red");
        assert_eq!(
            field.allowed[2].id,
            Some("10233".into()),
            "a plugin's id may be a number"
        );
        let data_center = br#"{"fields":{"labels":{"fieldId":"labels","name":"Labels","schema":{"type":"array","items":"string","system":"labels"},"operations":["add"]}}}"#;
        assert_eq!(read_edit_metadata(data_center).unwrap()[0].id, "labels");
        let list =
            br#"[{"id":"parent","name":"Parent"},{"id":"customfield_2","name":"Build","schema":{"type":"string"}}]"#;
        let list = read_field_list(list).unwrap();
        assert_eq!(named(&list, "Build")[0].id, "customfield_2");
        assert_eq!(read_edit_metadata(b"<html>"), None);
        assert_eq!(read_field_list(b"{}"), None);
    }

    #[test]
    fn what_makes_no_sense_hides_nothing_else_and_jiras_order_is_kept() {
        let metadata = br#"{"expand":"x","fields":{
            "z":{"name":"Last","schema":{"type":"option"},"allowedValues":[1,true,[null],{"id":{},"name":7,"children":null,"disabled":true}]},
            "broken":{"name":["?"]},
            "also broken":"?",
            "a":{"name":"First","schema":{"type":"string"},"allowedValues":null,"autoCompleteUrl":"https://jira/?q="}}}"#;
        let fields = read_edit_metadata(metadata).unwrap();
        assert_eq!(
            fields
                .iter()
                .map(|field| field.id.exact())
                .collect::<Vec<_>>(),
            ["z", "a"]
        );
        let strange = Allowed {
            text: "7".into(),
            disabled: true,
            ..Allowed::default()
        };
        let nothing = Allowed::default;
        assert_eq!(
            fields[0].allowed,
            [nothing(), nothing(), nothing(), strange]
        );
        assert_eq!(
            read_field_list(br#"[{"id":7},{"id":"a"},3]"#).unwrap()[0].id,
            "a"
        );
        for other in ["{}", r#"{"fields":[]}"#, r#"{"fields":{"a":{}}"#] {
            assert_eq!(read_edit_metadata(other.as_bytes()), None, "{other}");
        }
    }
}
