//! Knows wrong values of every type and Jira's words for each; refuses to know
//! right ones.

use crate::desk::{Desk, custom, messages};
use jira_stand_in::{Jira, world};
use serde_json::{Value, json};

const NO_PARENT: &str = "Could not find valid 'id' or 'value' in the Parent Option object.";
const NO_CHILD: &str = "Could not find valid 'id' or 'value' in the Child Option object.";
const NO_STRING: &str = "Operation value must be a string";
const NO_DOCUMENT: &str =
    "Operation value must be an Atlassian Document (see the Atlassian Document Format)";
const ID_NO_STRING: &str = "expected 'id' property to be a string";

fn all_refused(desk: &mut Desk, table: &[(&str, Value, &str)]) {
    for (field, value, words) in table {
        assert_eq!(
            desk.refused(field, value.clone()),
            *words,
            "{field} {value}"
        );
        let after = desk.site.value("HSP-1", field);
        assert!(
            after.is_null() || after == json!([]) || *field == "summary" || *field == "priority"
        );
    }
}

#[test]
fn a_select_given_a_wrong_shape_or_option_is_refused_in_jiras_words() {
    let field = "customfield_10314";
    all_refused(
        &mut Desk::data_center(),
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
    let refused = Desk::cloud().refused(&custom(10314), json!({"value": "Ugly"}));
    assert_eq!(refused, "Specify a valid 'id' or 'name' for Build status");
}

#[test]
fn a_multi_select_is_refused_under_its_id_or_its_name() {
    let field = "customfield_10316";
    let mut desk = Desk::data_center();
    all_refused(
        &mut desk,
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
    let reply = desk.set(field, json!(["Linux"]));
    let body = json!({"errorMessages": [], "errors": {"Platforms": "expected Object"}});
    assert_eq!((reply.status, reply.to_json()), (400, body));
    for element in [json!("Linux"), json!([{"value": "Linux"}])] {
        let reply = desk.update(field, json!([{"add": element}]));
        assert_eq!(reply.to_json()["errors"][field], "expected Object");
    }
}

#[test]
fn a_cascade_is_refused_at_the_parent_or_at_the_child() {
    let field = "customfield_10318";
    let child = |child: Value| json!({"value": "Production", "child": child});
    all_refused(
        &mut Desk::data_center(),
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
fn text_dates_and_addresses_are_refused_in_jiras_words() {
    let long = "x".repeat(256);
    all_refused(
        &mut Desk::data_center(),
        &[
            ("customfield_10319", json!(7), NO_STRING),
            (
                "customfield_10319",
                json!(long),
                "Text must not exceed 255 characters in length",
            ),
            (
                "summary",
                json!("x".repeat(256)),
                "Text must not exceed 255 characters in length",
            ),
            ("customfield_10333", json!(7), NO_STRING),
            ("customfield_10320", json!({"type": "doc"}), NO_STRING),
            (
                "customfield_10320",
                json!("x".repeat(32_768)),
                "The entered text is too long. It exceeds the allowed limit of 32,767 characters.",
            ),
            (
                "customfield_10322",
                json!("1981-13-1"),
                "Error parsing date string: 1981-13-1",
            ),
            ("customfield_10322", json!(19810101), NO_STRING),
            (
                "duedate",
                json!("tomorrow"),
                "Error parsing date string: tomorrow",
            ),
            (
                "customfield_10323",
                json!("1981-13-01T15:12:00.000+1000"),
                "Error parsing time: 1981-13-01T15:12:00.000+1000",
            ),
            (
                "customfield_10323",
                json!("2015-11-18T14:39:00.000+11:00"),
                "Error parsing time: 2015-11-18T14:39:00.000+11:00",
            ),
            (
                "customfield_10324",
                json!("ci.example.com"),
                "Not a valid URL",
            ),
            ("customfield_10324", json!(["http://a"]), NO_STRING),
            ("customfield_10336", json!(7), NO_STRING),
        ],
    );
}

#[test]
fn text_of_exactly_255_characters_is_taken_and_counted_as_java_counts() {
    let mut desk = Desk::data_center();
    assert_eq!(desk.set(&custom(10319), json!("ü".repeat(255))).status, 204);
    assert_eq!(
        desk.set(&custom(10319), json!("🎉".repeat(127))).status,
        204
    );
    assert_eq!(
        desk.set(&custom(10319), json!("🎉".repeat(128))).status,
        400
    );
}

#[test]
fn numbers_and_labels_are_refused_in_jiras_words() {
    let label = "l".repeat(256);
    let too_long = format!(
        "The label '{label}' exceeds the maximum length for a single label of 255 characters."
    );
    let mut desk = Desk::data_center();
    all_refused(
        &mut desk,
        &[
            (
                "customfield_10321",
                json!("7"),
                "Operation value must be a number",
            ),
            (
                "customfield_10321",
                json!(true),
                "Operation value must be a number",
            ),
            (
                "customfield_10337",
                json!("3"),
                "Operation value must be a number",
            ),
            (
                "customfield_10321",
                json!(100_000_000_000_001_u64),
                "'100000000000001' is too large. Maximum value allowed is 100000000000000",
            ),
            ("customfield_10325", json!("a"), "data was not an array"),
            (
                "customfield_10325",
                json!(["a", 7]),
                "string expected at index 1",
            ),
            (
                "customfield_10325",
                json!([null]),
                "unexpected null at index 0",
            ),
            (
                "customfield_10325",
                json!(["a b"]),
                "The label 'a b' contains spaces which is invalid.",
            ),
            ("labels", json!([label]), &too_long),
        ],
    );
    let endless = desk.put_text(r#"{"fields":{"customfield_10321":1e999}}"#);
    let errors = endless.to_json()["errors"].clone();
    assert_eq!(errors["customfield_10321"], "'1e+999' is an invalid number");
    let reply = desk.update("labels", json!([{"add": ["a"]}]));
    assert_eq!(reply.to_json()["errors"]["labels"], "expected a string");
}

#[test]
fn people_and_groups_are_refused_in_jiras_words() {
    let leak = "Can not instantiate value of type [simple type, class \
        com.atlassian.jira.issue.fields.rest.json.beans.GroupJsonBean] from JSON String; \
        no single-String constructor/factory method";
    let no_groups = "Operation value must be an array of group objects";
    let no_name = "expected Object containing a 'name' property";
    all_refused(
        &mut Desk::data_center(),
        &[
            ("customfield_10326", json!("fred"), "data was not an object"),
            ("customfield_10326", json!({"accountId": "x"}), no_name),
            (
                "customfield_10326",
                json!({"name": "bob"}),
                "User 'bob' was not found in the system.",
            ),
            (
                "customfield_10327",
                json!({"name": "fred"}),
                "data was not an array",
            ),
            ("customfield_10327", json!(["fred"]), "expected Object"),
            (
                "customfield_10327",
                json!([{"name": "bob"}, {"name": "fred"}, {"name": "eve"}]),
                "Could not find usernames: bob, eve",
            ),
            ("customfield_10328", json!("jira-users"), leak),
            ("customfield_10328", json!({"id": "1"}), no_name),
            (
                "customfield_10328",
                json!({"name": "g"}),
                "Could not find group with name 'g'",
            ),
            (
                "customfield_10329",
                json!({"name": "jira-users"}),
                no_groups,
            ),
            ("customfield_10329", json!(["jira-users"]), no_groups),
            (
                "customfield_10329",
                json!([{"name": "g"}]),
                "Could not find group with name 'g'",
            ),
        ],
    );
}

#[test]
fn cloud_knows_nobody_by_name() {
    let mut cloud = Desk::cloud();
    let refused = cloud.refused(&custom(10326), json!({"name": "fred"}));
    assert_eq!(refused, "expected Object containing a 'accountId' property");
    let refused = cloud.refused(&custom(10326), json!({"accountId": "fred"}));
    assert_eq!(refused, "User 'fred' was not found in the system.");
}

#[test]
fn versions_components_projects_and_priorities_are_refused_in_jiras_words() {
    let (version, versions) = ("customfield_10330", "customfield_10331");
    let project = "customfield_10332";
    all_refused(
        &mut Desk::data_center(),
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
fn a_sprint_that_is_no_number_is_refused_in_a_message() {
    for value in [json!("7"), json!([7]), json!({"id": 7}), json!(1.5)] {
        let reply = Desk::cloud().set(&custom(10335), value);
        assert_eq!(
            messages(&reply),
            ["Number value expected as the Sprint id."]
        );
        assert_eq!(reply.to_json()["errors"], json!({}));
    }
}

#[test]
fn prose_that_is_no_document_is_refused_where_documents_are_wanted() {
    let migrated = Desk::cloud_with(Jira::cloud().adf_only());
    for mut desk in [Desk::cloud().through("/rest/api/3"), migrated] {
        for field in ["customfield_10320", "description", "environment"] {
            assert_eq!(desk.refused(field, json!("text")), NO_DOCUMENT);
            assert_eq!(desk.refused(field, json!({"type": "doc"})), NO_DOCUMENT);
        }
        assert_eq!(
            desk.refused("customfield_10319", json!({"type": "doc"})),
            NO_STRING
        );
    }
}

#[test]
fn an_option_of_another_context_is_refused_once_the_shapes_are_right() {
    let mut desk = Desk::data_center();
    assert_eq!(
        desk.kept(&custom(10343), json!({"value": "Fix"}))["id"],
        "10171"
    );
    let refused = desk.refused(&custom(10343), json!({"id": "10173"}));
    assert_eq!(
        refused,
        "Invalid value Build passed for customfield Stage. Allowed values are: Triage, Fix"
    );
    let refused = desk.refused(&custom(10343), json!({"value": "Build"}));
    assert_eq!(refused, "Option id 'null' is not valid");
    for (issue, id) in [("HSP-2", "10173"), ("MKY-1", "10174")] {
        let body = json!({"fields": {"customfield_10343": {"value": "Build"}}});
        assert_eq!(desk.put(issue, &body).status, 204);
        assert_eq!(desk.site.value(issue, "customfield_10343")["id"], id);
    }
}

#[test]
fn what_is_required_cannot_be_cleared() {
    let mut desk = Desk::data_center();
    assert_eq!(desk.refused("summary", json!(null)), "Summary is required.");
    assert_eq!(desk.refused("summary", json!("")), "Summary is required.");
    assert_eq!(
        desk.refused(&custom(10345), json!(null)),
        "Release gate is required."
    );
    desk.site.field_mut("duedate").unwrap().required = true;
    assert_eq!(
        desk.refused("duedate", json!(null)),
        "Due Date is required."
    );
}

#[test]
fn what_is_on_no_screen_cannot_be_set() {
    let mut desk = Desk::data_center();
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
        assert_eq!(desk.refused(field, json!("x")), words);
    }
    let reply = desk.update("customfield_99999", json!([{"set": "x"}]));
    assert_eq!(
        messages(&reply),
        ["Field with id 'customfield_99999' does not exist for issue 'HSP-1'"]
    );
    let reply = desk.put(
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
