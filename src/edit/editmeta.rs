//! What Jira says of its fields: edit metadata and the field list, as data;
//! knows no network and makes no judgement.

mod allowed;
mod index;
mod read;

pub use allowed::AllowedValues;
pub(crate) use allowed::{Allowed, AllowedJson};
pub(crate) use index::{Ambiguous, Index};
pub use read::{read_edit_metadata, read_field_list};

use crate::redact::outside::{Outside, OutsideIn};
use serde::Deserialize;
use std::borrow::Cow;

/// One field of an issue, from its edit metadata, or from the field list, which
/// knows no operations and no values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// Such as `customfield_10314` or `labels`.
    pub id: Outside,
    /// The name that people see; not unique.
    pub name: Outside,
    /// The English name on a translated site.
    pub(crate) untranslated_name: Option<Outside>,
    /// What an app calls it: `io.tempo.jira__account`.
    pub(crate) key: Option<Outside>,
    /// What kind of values it holds.
    pub(crate) schema: Schema,
    /// What an edit may do: `set`, `add`, `remove`; an empty list is nothing at all,
    /// and `None` that Jira did not say.
    pub(crate) operations: Option<Vec<Outside>>,
    /// Whether an edit may not leave it empty.
    pub required: bool,
    /// The JSON of the values that Jira accepts, where it lists them.
    pub(crate) allowed_json: AllowedJson,
}

impl Field {
    /// The values that Jira accepts, where it lists them.
    pub(crate) fn allowed(&self) -> AllowedValues<'_> {
        self.allowed_json.values()
    }
}

/// `schema` of a field
/// (<https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/>).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub(crate) struct Schema {
    /// `option`, `array`, `string`, `number`, …
    #[serde(rename = "type", default)]
    pub kind: Outside,
    /// The type of an array's elements, such as `option`.
    #[serde(default)]
    pub items: Option<Outside>,
    /// A custom field's type: `com.atlassian.jira.plugin.system.customfieldtypes:select`.
    #[serde(default)]
    pub custom: Option<Outside>,
    /// The id of a system field, such as `labels`.
    #[serde(default)]
    pub system: Option<Outside>,
}

impl Schema {
    /// The custom type without its plugin: `select`, `gh-sprint`.
    pub(crate) fn custom_type(&self) -> Option<OutsideIn<'_>> {
        let custom = self.custom.as_ref()?.exact();
        Some(Cow::Borrowed(custom.rsplit_once(':').map_or(custom, |(_, name)| name)).into())
    }
}

#[cfg(test)]
mod tests {
    use super::read::MOST_FIELDS;
    use super::*;
    use crate::tests::rows::each;

    fn allowed(field: &Field) -> Vec<Allowed<'_>> {
        let mut seen = Vec::new();
        field.allowed().each(|allowed| seen.push(allowed));
        seen
    }

    #[test]
    fn both_deployments_edit_metadata_and_the_field_list_are_read() {
        let cloud = r#"{"fields":{"customfield_1":{"required":false,"schema":{"type":"option","custom":"a:select","customId":1},
            "name":"Build","key":"customfield_1","operations":["set"],"allowedValues":[{"value":"False","id":"10232"},"red",{"id":10233}]}}}"#;
        let field = &read_edit_metadata(cloud).unwrap()[0];
        assert_eq!(
            (field.id.exact(), field.name.exact()),
            ("customfield_1", "Build")
        );
        assert_eq!(field.schema.custom_type().unwrap(), "select");
        let allowed = allowed(field);
        assert_eq!(allowed[0].id.as_ref().unwrap(), "10232");
        assert_eq!(allowed[1].text, "red");
        assert_eq!(
            allowed[2].id.as_ref().unwrap(),
            "10233",
            "a plugin's id may be a number"
        );
        let data_center = r#"{"fields":{"labels":{"fieldId":"labels","name":"Labels","schema":{"type":"array","items":"string","system":"labels"},"operations":["add"]}}}"#;
        assert_eq!(read_edit_metadata(data_center).unwrap()[0].id, "labels");
        let list = r#"[{"id":"parent","name":"Parent"},{"id":"customfield_2","name":"Build","schema":{"type":"string"}}]"#;
        let list = read_field_list(list).unwrap();
        assert_eq!(
            Index::of(&list).named("Build").unwrap().unwrap().id,
            "customfield_2"
        );
        assert_eq!(read_edit_metadata("<html>"), None);
        assert_eq!(read_field_list("{}"), None);
    }

    #[test]
    fn fields_that_are_as_like_a_name_are_all_told() {
        let list = r#"[{"id":"customfield_1","name":" Build "},{"id":"customfield_2","name":"Build  "},
            {"id":"customfield_3","name":"Equipo","untranslatedName":"Team"},
            {"id":"customfield_4","name":"Grupo","untranslatedName":"Team"},
            {"id":"customfield_5","name":"Other"}]"#;
        let list = read_field_list(list).unwrap();
        let rows = [
            ("Build", ["customfield_1", "customfield_2"]),
            ("Team", ["customfield_3", "customfield_4"]),
        ];
        each(rows, |(name, ids)| {
            let Err(Ambiguous(several)) = Index::of(&list).named(name) else {
                panic!("{name} is no one field's");
            };
            let found: Vec<_> = several.iter().map(|field| field.id.exact()).collect();
            assert_eq!(found, ids, "{name}");
        });
    }

    #[test]
    fn a_label_is_a_text_only_where_there_is_no_other_and_only_true_is_required() {
        let metadata = r#"{"fields":{
            "a":{"name":"A","required":true,"allowedValues":[{"id":"1","label":"One"},{"name":"Two","label":"2"},{"value":"Three","label":"3"}]},
            "b":{"name":"B","required":"yes"},"c":{"name":"C","required":false},"d":{"name":"D"}}}"#;
        let fields = read_edit_metadata(metadata).unwrap();
        let required: Vec<_> = fields.iter().map(|field| field.required).collect();
        assert_eq!(required, [true, false, false, false]);
        let texts: Vec<_> = allowed(&fields[0])
            .iter()
            .map(|one| (one.text.exact().to_owned(), one.only_by_id))
            .collect();
        let expected = [("One", true), ("Two", false), ("Three", false)];
        assert_eq!(texts, expected.map(|(text, id)| (text.to_owned(), id)));
    }

    #[test]
    fn no_more_fields_are_kept_than_any_site_has() {
        let read = |count: usize| {
            let fields: serde_json::Map<_, _> = (0..count)
                .map(|at| {
                    (
                        format!("customfield_{at}"),
                        serde_json::json!({ "name": "x" }),
                    )
                })
                .collect();
            let metadata = serde_json::json!({ "fields": fields }).to_string();
            read_edit_metadata(metadata).unwrap().len()
        };
        assert_eq!(read(MOST_FIELDS), MOST_FIELDS);
        assert_eq!(read(MOST_FIELDS + 1), MOST_FIELDS);
    }

    #[test]
    fn what_makes_no_sense_hides_nothing_else_and_jiras_order_is_kept() {
        let metadata = r#"{"expand":"x","fields":{
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
        let strange = allowed(&fields[0]);
        assert_eq!(
            strange
                .iter()
                .map(|one| (one.text.exact(), one.disabled))
                .collect::<Vec<_>>(),
            [("7", true)]
        );
        assert_eq!(
            read_field_list(r#"[{"id":7},{"id":"a"},3]"#).unwrap()[0].id,
            "a"
        );
        let rows = ["{}", r#"{"fields":[]}"#, r#"{"fields":{"a":{}}"#];
        each(rows, |other| {
            assert_eq!(read_edit_metadata(other), None, "{other}");
        });
    }

    #[test]
    fn a_field_is_read_alike_beside_an_entry_that_makes_no_sense() {
        let field = r#""a":{"fieldId":"b","key":"c","name":"A","untranslatedName":"B","required":true,
            "schema":{"type":"array","items":"option","custom":"d:e"},"operations":["set"],"allowedValues":[{"id":"1","value":"x"}]}"#;
        let read = |entries: &str| {
            let metadata = format!(r#"{{"fields":{{{entries}}}}}"#);
            read_edit_metadata(metadata).unwrap()
        };
        each(
            [r#""z":"?""#, r#""z":{"name":[]}"#, r#""z":[1]"#],
            |broken| {
                assert_eq!(read(&format!("{field},{broken}")), read(field), "{broken}");
                assert_eq!(read(&format!("{broken},{field}")), read(field), "{broken}");
            },
        );
    }

    #[test]
    fn what_a_log_might_show_of_a_field_holds_no_word_of_jiras() {
        let metadata = r#"{"fields":{"hunter2":{"name":"hunter2","schema":{"type":"hunter2","items":"hunter2","custom":"hunter2"},
            "operations":["hunter2"],"allowedValues":[{"id":"hunter2","value":"hunter2","key":"hunter2","children":[{"value":"hunter2"}]}]}}}"#;
        let fields = read_edit_metadata(metadata).unwrap();
        assert_eq!(allowed(&fields[0]).len(), 1);
        let shown = format!(
            "{fields:?} {:?} {:?}",
            fields[0].allowed(),
            allowed(&fields[0])
        );
        assert!(
            !shown.contains("hunter2") && !shown.contains("104"),
            "{shown}"
        );
        let length = format!("{:?}", fields[0].allowed());
        assert!(
            length.ends_with(" bytes)") && length != "(0 bytes)",
            "{length}"
        );
        assert_eq!(format!("{:?}", fields[0].allowed_json), length);
    }
}
