//! Wrong options, versions, components, projects and screens, and Jira's
//! messages for them.

use crate::client::{Client, custom, messages};
use fake_jira::world;
use serde_json::{Value, json};

const NO_PARENT: &str = "Could not find valid 'id' or 'value' in the Parent Option object.";
const NO_CHILD: &str = "Could not find valid 'id' or 'value' in the Child Option object.";
const ID_NO_STRING: &str = "expected 'id' property to be a string";

pub(crate) fn all_refused(client: &mut Client, table: &[(&str, Value, &str)]) {
    for (field, value, words) in table {
        assert_eq!(
            client.refused(field, value.clone()),
            *words,
            "{field} {value}"
        );
        let after = client.site.value("HSP-1", field);
        assert!(
            after.is_null() || after == json!([]) || *field == "summary" || *field == "priority"
        );
    }
}

#[test]
fn a_select_given_a_wrong_shape_or_option_is_refused_with_jiras_message() {
    let field = "customfield_10314";
    all_refused(
        &mut Client::data_center(),
        &[
            (field, json!("Passed"), NO_PARENT),
            (field, json!([{"value": "Passed"}]), NO_PARENT),
            (field, json!(10114), NO_PARENT),
            (field, json!({"name": "Passed"}), NO_PARENT),
            (field, json!({"id": 10114}), ID_NO_STRING),
            (field, json!({"id": "99"}), "Option id '99' is not valid"),
            (
                field,
                json!({"id": "10120"}),
                "Option id '10120' is not valid",
            ),
            (
                field,
                json!({"value": "passed"}),
                "Option id 'null' is not valid",
            ),
            (field, json!({"value": ""}), "Option id 'null' is not valid"),
            (
                "customfield_10315",
                json!({"value": "Ugly"}),
                "Option id 'null' is not valid",
            ),
        ],
    );
}

#[test]
fn cloud_names_the_select_whose_value_is_unknown() {
    let refused = Client::cloud().refused(&custom(10314), json!({"value": "Ugly"}));
    assert_eq!(refused, "Specify a valid 'id' or 'name' for Build status");
}

#[test]
fn a_multi_select_is_refused_under_its_id_or_its_name() {
    let field = "customfield_10316";
    let mut client = Client::data_center();
    all_refused(
        &mut client,
        &[
            (field, json!({"value": "Linux"}), "data was not an array"),
            (field, json!("Linux"), "data was not an array"),
            (
                field,
                json!([{"value": "BeOS"}]),
                "Option value 'BeOS' is not valid",
            ),
            (field, json!([{"id": "99"}]), "Option id '99' is not valid"),
            (field, json!([{"id": 10130}]), ID_NO_STRING),
            (field, json!([null]), "unexpected null at index 0"),
            (
                field,
                json!([{}]),
                "expected Object containing a 'value' property",
            ),
        ],
    );
    let reply = client.set(field, json!(["Linux"]));
    let body = json!({"errorMessages": [], "errors": {"Platforms": "expected Object"}});
    assert_eq!((reply.status, reply.to_json()), (400, body));
    for element in [json!("Linux"), json!([{"value": "Linux"}])] {
        let reply = client.update(field, json!([{"add": element}]));
        assert_eq!(reply.to_json()["errors"][field], "expected Object");
    }
}

#[test]
fn a_cascade_is_refused_at_the_parent_or_at_the_child() {
    let field = "customfield_10318";
    let child = |child: Value| json!({"value": "Production", "child": child});
    all_refused(
        &mut Client::data_center(),
        &[
            (field, json!("Production"), NO_PARENT),
            (field, json!({"child": {"value": "Europe"}}), NO_PARENT),
            (
                field,
                json!({"value": "Moon"}),
                "Option value 'Moon' is not valid",
            ),
            (
                field,
                json!({"id": "10151"}),
                "Option id '10151' is not valid",
            ),
            (field, child(json!("Europe")), NO_CHILD),
            (field, child(json!({})), NO_CHILD),
            (
                field,
                child(json!({"value": "Blue, green"})),
                "Child Option value 'Blue, green' is not valid",
            ),
            (
                field,
                child(json!({"id": "99"})),
                "Child Option id '99' is not valid",
            ),
            (
                field,
                child(json!({"id": "10155"})),
                "The option Europe is invalid for parent option Production",
            ),
        ],
    );
}

#[test]
fn versions_components_projects_and_priorities_are_refused_with_jiras_messages() {
    let (version, versions) = ("customfield_10330", "customfield_10331");
    let project = "customfield_10332";
    all_refused(
        &mut Client::data_center(),
        &[
            (version, json!("1.0"), "data was not an object"),
            (
                version,
                json!({"id": "10005"}),
                "Version id '10005' is not valid",
            ),
            (version, json!({"id": 10010}), ID_NO_STRING),
            (
                version,
                json!({"name": "v1Bad"}),
                "Version name 'v1Bad' is not valid",
            ),
            (versions, json!({"name": "1.0"}), "data was not an array"),
            (versions, json!(["1.0"]), "expected Object"),
            (
                "fixVersions",
                json!([{"id": "10013"}]),
                "Version id '10013' is not valid",
            ),
            ("components", json!(""), "data was not an array"),
            (
                "components",
                json!([{"name": "comp1Bad"}]),
                "Component name 'comp1Bad' is not valid",
            ),
            (project, json!("HSP"), "data was not an object"),
            (project, json!({"key": "X"}), "Project key 'X' is not valid"),
            (
                project,
                json!({"key": "SECRET"}),
                "Project key 'SECRET' is not valid",
            ),
            (
                project,
                json!({"name": "Monkey"}),
                "Could not find valid 'id' or 'key' in project object.",
            ),
            (
                "priority",
                json!({"name": "BadPriority"}),
                "Priority name 'BadPriority' is not valid",
            ),
            (
                "priority",
                json!({}),
                "Could not find valid 'id' or 'name' in priority object.",
            ),
        ],
    );
}

#[test]
fn an_option_of_another_context_is_refused_once_the_shapes_are_right() {
    let mut client = Client::data_center();
    assert_eq!(
        client.stored(&custom(10343), json!({"value": "Fix"}))["id"],
        "10171"
    );
    let refused = client.refused(&custom(10343), json!({"id": "10173"}));
    assert_eq!(
        refused,
        "Invalid value Build passed for customfield Stage. Allowed values are: Triage, Fix"
    );
    let refused = client.refused(&custom(10343), json!({"value": "Build"}));
    assert_eq!(refused, "Option id 'null' is not valid");
    for (issue, id) in [("HSP-2", "10173"), ("MKY-1", "10174")] {
        let body = json!({"fields": {"customfield_10343": {"value": "Build"}}});
        assert_eq!(client.put(issue, &body).status, 204);
        assert_eq!(client.site.value(issue, "customfield_10343")["id"], id);
    }
}

#[test]
fn what_is_required_cannot_be_cleared() {
    let mut client = Client::data_center();
    assert_eq!(
        client.refused("summary", json!(null)),
        "Summary is required."
    );
    assert_eq!(client.refused("summary", json!("")), "Summary is required.");
    assert_eq!(
        client.refused(&custom(10345), json!(null)),
        "Release gate is required."
    );
    client.site.field_mut("duedate").unwrap().required = true;
    assert_eq!(
        client.refused("duedate", json!(null)),
        "Due Date is required."
    );
}

#[test]
fn what_is_on_no_screen_cannot_be_set() {
    let mut client = Client::data_center();
    let unknown = [
        "customfield_10339",
        "customfield_10342",
        "customfield_10349",
        "Build status",
        "status",
    ];
    for field in unknown {
        let words = format!(
            "Field '{field}' cannot be set. It is not on the appropriate screen, or unknown."
        );
        assert_eq!(client.refused(field, json!("x")), words);
    }
    let reply = client.update("customfield_99999", json!([{"set": "x"}]));
    assert_eq!(
        messages(&reply),
        ["Field with id 'customfield_99999' does not exist for issue 'HSP-1'"]
    );
    let reply = client.put(
        world::READ_ONLY_ISSUE,
        &json!({"fields": {"summary": "x", "labels": []}}),
    );
    let errors = reply.to_json()["errors"].clone();
    assert_eq!(errors.as_object().unwrap().len(), 2);
    assert!(
        errors["summary"]
            .as_str()
            .unwrap()
            .contains("cannot be set")
    );
}
