//! Whatever text is given, it is understood or refused with a reason; what goes
//! out has the type's shape and the right path.

use jira_build_status::base_url::BaseUrl;
use jira_build_status::deployment::Deployment;
use jira_build_status::edit::EditContext;
use jira_build_status::edit::assignment::{Assignment, ValueMap};
use jira_build_status::edit::editmeta::{AllowedValues, read_edit_metadata, read_field_list};
use jira_build_status::edit::encode::EncodeContext;
use jira_build_status::edit::field_types::FIELD_TYPES;
use jira_build_status::edit::known::Known;
use jira_build_status::issue_key::{IssueKey, list};
use jira_build_status::redact::Redactor;
use jira_build_status::redact::Secret;
use jira_build_status::response::error_body::ErrorBody;
use jira_build_status::transport::Response;
use proptest::prelude::*;
use serde_json::{Value, json};

/// What Jira's parsers ask of the outermost JSON of each type, written down a
/// second time on purpose.
fn fits(name: &str, value: &Value) -> bool {
    let named = |value: &Value, names: &[&str]| {
        value.as_object().is_some_and(|object| {
            names
                .iter()
                .any(|name| object.get(*name).is_some_and(Value::is_string))
        })
    };
    let option = |value: &Value| named(value, &["value", "id"]);
    let name_or_id = |value: &Value| named(value, &["name", "id", "accountId", "key"]);
    // A JSON array is the person's own: its elements go out as they are unless they
    // are texts.
    let all = |fits: &dyn Fn(&Value) -> bool| {
        value
            .as_array()
            .is_some_and(|values| values.iter().all(fits))
    };
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

fn allowed() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[a-cA-C]{1,2}",
        "[a-c], [a-c]",
        "[a-c] > [a-c]",
        "\\PC{0,6}"
    ];
    let leaf = (proptest::option::of("[0-9]{1,3}"), text, any::<bool>())
        .prop_map(|(id, text, disabled)| json!({ "id": id, "value": text, "disabled": disabled }));
    let children = proptest::collection::vec(leaf.clone(), 0..3);
    let parent = (leaf, children).prop_map(|(mut parent, children)| {
        parent["children"] = json!(children);
        parent
    });
    proptest::collection::vec(parent, 0..5).prop_map(|parents| json!(parents).to_string())
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
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_becomes_json_of_the_types_shape_or_is_explained(
        text in text(), allowed in allowed(), cloud: bool, now in 0u64..1 << 40,
    ) {
        let deployment = if cloud { Deployment::Cloud } else { Deployment::SelfHosted };
        let context = EncodeContext { allowed: AllowedValues::new(allowed.as_bytes()), deployment, now };
        for entry in FIELD_TYPES {
            match entry.shape.encode(&text, &context) {
                Ok(value) => {
                    let own_array = text.trim_start().starts_with('[') && value.is_array();
                    prop_assert!(own_array || fits(entry.name, &value), "{} made {value} of {text:?}", entry.name);
                    let read: Result<Value, _> = serde_json::from_str(&value.to_string());
                    prop_assert!(read.is_ok());
                }
                Err(explanation) => prop_assert!(explanation.starts_with("takes "), "{explanation}"),
            }
            let known = Known::of(&[(entry.shape, &text)], context.allowed);
            if let Err(explanation) = entry.shape.encode_elements(&text, &known, &context) {
                prop_assert!(!explanation.is_empty());
            }
        }
    }
    #[test]
    fn whatever_is_taken_for_a_key_stays_one_segment_of_the_path(
        text in prop_oneof!["\\PC{0,20}", "[A-Za-z0-9_./?#%, -]{0,20}", "[a-z]{1,3}-[0-9]{1,3}[/?#.%]?"],
    ) {
        let base = BaseUrl::parse("https://jira.example.com/jira").unwrap();
        for key in list::parse(&[&text], Some(&base)).unwrap_or_default() {
            prop_assert_eq!(IssueKey::parse(key.as_str()), Some(key.clone()));
            let url = base.below(&format!("/rest/api/2/issue/{key}"));
            prop_assert_eq!(url.as_str(), format!("https://jira.example.com/jira/rest/api/2/issue/{key}"));
        }
    }

    #[test]
    fn an_assignment_keeps_its_value_and_a_refusal_shows_none(
        text in prop_oneof!["\\PC{0,20}", "[a-c =:+-]{0,12}", "[a-z]{1,5}(=|:=|[+]=|-=)[!-~]{0,9}"],
    ) {
        match Assignment::parse(&text) {
            Ok(assignment) => {
                prop_assert!(!assignment.field.as_str().trim().is_empty());
                prop_assert!(!assignment.text.is_empty() && text.ends_with(&assignment.text));
            }
            Err(error) => prop_assert!(text.ends_with('=') || !error.cause.starts_with("gives "), "{error}"),
        }
    }

    #[test]
    fn a_value_map_gives_what_it_holds_or_the_word(
        text in prop_oneof!["\\PC{0,20}", "[a-cA-C=*,\n ]{0,16}"], word in "[a-cA-C ]{0,3}",
    ) {
        match ValueMap::parse(&text) {
            Ok(map) => prop_assert!(
                map.apply(&word).is_none_or(|mapped| mapped == word || text.contains(mapped))
            ),
            Err(piece) => prop_assert!(text.contains(&piece)),
        }
    }

    #[test]
    fn whatever_jira_says_is_short_sentences_without_the_secret(
        bytes in proptest::collection::vec(any::<u8>(), 0..40), text in "[\\[\\]{}\":,a-c<>/%\\\\]{0,30}", html: bool, complete: bool,
    ) {
        const SECRET: &str = "hunter2!";
        let kind = if html { "text/html" } else { "application/json" };
        for body in [[bytes.as_slice(), SECRET.as_bytes(), text.as_bytes()].concat(), format!("{{\"message\":\"{text}{SECRET}\"}}").into_bytes()] {
            let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let headers = vec![header("content-type", kind), header("location", &format!("/{text}{SECRET}"))];
            let redactor = Redactor::default();
            redactor.register(&Secret::derived(SECRET.to_owned()));
            let said = ErrorBody::read(&Response { status: 400, headers, body, complete, ..Response::default() }, &redactor);
            for shown in [said.sentence(), said.location.unwrap_or_default().to_string()] {
                prop_assert!(!shown.contains(SECRET) && !shown.chars().any(char::is_control), "{shown:?}");
            }
        }
    }

    #[test]
    fn whatever_jira_says_of_its_fields_a_body_is_planned_or_refused(
        json in json(), text in text(), operator in "(=|:=|[+]=|-=)",
    ) {
        let metadata = serde_json::json!({ "fields": { "customfield_1": json, "labels": { "name": "Labels", "schema": json } } });
        let list = serde_json::json!([json, { "id": "customfield_1", "name": "Build", "schema": json }]);
        let editable = read_edit_metadata(metadata.to_string());
        let all = read_field_list(list.to_string());
        let context = EditContext { editable: editable.as_deref(), all: all.as_deref(), deployment: Deployment::SelfHosted, now: 0, redactor: &Redactor::default() };
        for name in ["customfield_1", "labels", "Build", "nothing"] {
            if let Ok(assignment) = Assignment::parse(&format!("{name}{operator}{text}"))
                && let Ok(edit) = context.plan(&[assignment])
            {
                prop_assert!(edit.body().as_object().is_some_and(|body| !body.is_empty()));
            }
        }
    }

    #[test]
    fn a_base_address_stays_what_it_is_whatever_is_put_below_it(
        text in prop_oneof!["\\PC{0,20}", "https?://[a-z_.0-9:@/%?#\\[\\]-]{1,20}", "https?://(localhost|\\[::1\\]|10.1)(:[0-9]{1,4})?(/[a-z%.]{0,4}){0,3}"],
    ) {
        if let Ok(base) = BaseUrl::parse(&text) {
            let shown = base.to_string();
            prop_assert_eq!(BaseUrl::parse(&shown), Ok(base.clone()));
            let url = base.below("/rest/api/2/issue/HSP-1?notifyUsers=false");
            prop_assert_eq!(url.as_str(), format!("{shown}/rest/api/2/issue/HSP-1?notifyUsers=false"));
            prop_assert!(url.username().is_empty() && url.password().is_none());
        }
    }
}

/// JSON with the members that Jira's metadata has, in places where they may and
/// may not be.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "(option|array|string|user|version|com.x:select|com.x:cascadingselect|[a-c]{0,2})"
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let name = "(name|schema|type|items|custom|system|operations|allowedValues|value|id|key|children|disabled)";
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map(name, inner, 0..5).prop_map(|members| members.into_iter().collect()),
        ]
    })
}
