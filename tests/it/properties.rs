//! Whatever text is given, the JSON has the type's shape or there is an explanation.

use jira_build_status::metadata::Allowed;
use jira_build_status::shape::{CATALOGUE, Context};
use proptest::prelude::*;
use serde_json::Value;

/// What Jira's parsers ask of the outermost JSON of each type, written down a second time on purpose.
fn fits(name: &str, value: &Value) -> bool {
    let named = |value: &Value, names: &[&str]| {
        value.as_object().is_some_and(|object| names.iter().any(|name| object.get(*name).is_some_and(Value::is_string)))
    };
    let option = |value: &Value| named(value, &["value", "id"]);
    let name_or_id = |value: &Value| named(value, &["name", "id", "accountId", "key"]);
    // A JSON array is the person's own: its elements go out as they are unless they are texts.
    let all = |fits: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|values| values.iter().all(fits));
    match name {
        "select" => option(value),
        "cascading" => option(value) && value.get("child").is_none_or(option),
        "multi-select" => all(&option),
        "text" | "date" | "datetime" | "url" => value.is_string(),
        "number" => value.is_number(),
        "labels" => all(&Value::is_string),
        "user" | "group" | "version" => name_or_id(value),
        "users" | "groups" | "versions" | "components" => all(&name_or_id),
        "project" => named(value, &["key", "id"]),
        "sprint" => value.is_u64(),
        _ => true,
    }
}

fn allowed() -> impl Strategy<Value = Vec<Allowed>> {
    let text = prop_oneof!["[a-cA-C]{1,2}", "[a-c], [a-c]", "[a-c] > [a-c]", "\\PC{0,6}"];
    let leaf = (proptest::option::of("[0-9]{1,3}"), text, any::<bool>()).prop_map(|(id, text, disabled)| Allowed {
        id,
        text,
        disabled,
        ..Allowed::default()
    });
    let children = proptest::collection::vec(leaf.clone(), 0..3);
    let parent = (leaf, children).prop_map(|(parent, children)| Allowed { children, ..parent });
    proptest::collection::vec(parent, 0..5)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,20}",
        "[a-cA-C ,>\n0-9]{0,12}",
        r#"[\[\]{}":,a-c0-9]{0,12}"#,
        "[-+0-9.eE]{0,8}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_becomes_json_of_the_types_shape_or_is_explained(
        text in text(), allowed in allowed(), cloud: bool, now in 0u64..1 << 40,
    ) {
        let context = Context { allowed: &allowed, cloud, now };
        for entry in CATALOGUE {
            match entry.shape.encode(&text, &context) {
                Ok(value) => {
                    let own_array = text.trim_start().starts_with('[') && value.is_array();
                    prop_assert!(own_array || fits(entry.name, &value), "{} made {value} of {text:?}", entry.name);
                    let read: Result<Value, _> = serde_json::from_str(&value.to_string());
                    prop_assert!(read.is_ok());
                }
                Err(explanation) => prop_assert!(explanation.starts_with("takes "), "{explanation}"),
            }
            if let Err(explanation) = entry.shape.encode_elements(&text, &context) {
                prop_assert!(!explanation.is_empty());
            }
        }
    }
}
