//! Wrong text, numbers, dates, labels, users and groups, and Jira's messages for them.

use crate::client::{Client, custom, messages};
use crate::refusals::all_refused;
use fake_jira::Jira;
use serde_json::json;

const NO_STRING: &str = "Operation value must be a string";
const NO_DOCUMENT: &str =
    "Operation value must be an Atlassian Document (see the Atlassian Document Format)";

#[test]
fn text_dates_and_addresses_are_refused_with_jiras_messages() {
    let long = "x".repeat(256);
    all_refused(
        &mut Client::data_center(),
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
    let mut client = Client::data_center();
    assert_eq!(
        client.set(&custom(10319), json!("ü".repeat(255))).status,
        204
    );
    assert_eq!(
        client.set(&custom(10319), json!("🎉".repeat(127))).status,
        204
    );
    assert_eq!(
        client.set(&custom(10319), json!("🎉".repeat(128))).status,
        400
    );
}

#[test]
fn numbers_and_labels_are_refused_with_jiras_messages() {
    let label = "l".repeat(256);
    let too_long = format!(
        "The label '{label}' exceeds the maximum length for a single label of 255 characters."
    );
    let mut client = Client::data_center();
    all_refused(
        &mut client,
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
    let endless = client.put_text(r#"{"fields":{"customfield_10321":1e999}}"#);
    let errors = endless.to_json()["errors"].clone();
    assert_eq!(errors["customfield_10321"], "'1e+999' is an invalid number");
    let reply = client.update("labels", json!([{"add": ["a"]}]));
    assert_eq!(reply.to_json()["errors"]["labels"], "expected a string");
}

#[test]
fn users_and_groups_are_refused_with_jiras_messages() {
    let leak = "Can not instantiate value of type [simple type, class \
        com.atlassian.jira.issue.fields.rest.json.beans.GroupJsonBean] from JSON String; \
        no single-String constructor/factory method";
    let no_groups = "Operation value must be an array of group objects";
    let no_name = "expected Object containing a 'name' property";
    all_refused(
        &mut Client::data_center(),
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
fn cloud_knows_no_user_by_name() {
    let mut cloud = Client::cloud();
    let refused = cloud.refused(&custom(10326), json!({"name": "fred"}));
    assert_eq!(refused, "expected Object containing a 'accountId' property");
    let refused = cloud.refused(&custom(10326), json!({"accountId": "fred"}));
    assert_eq!(refused, "User 'fred' was not found in the system.");
}

#[test]
fn a_sprint_that_is_no_number_is_refused_in_a_message() {
    for value in [json!("7"), json!([7]), json!({"id": 7}), json!(1.5)] {
        let reply = Client::cloud().set(&custom(10335), value);
        assert_eq!(
            messages(&reply),
            ["Number value expected as the Sprint id."]
        );
        assert_eq!(reply.to_json()["errors"], json!({}));
    }
}

#[test]
fn text_that_is_no_document_is_refused_where_documents_are_wanted() {
    let migrated = Client::cloud_with(Jira::cloud().adf_only());
    for mut client in [Client::cloud().through("/rest/api/3"), migrated] {
        for field in ["customfield_10320", "description", "environment"] {
            assert_eq!(client.refused(field, json!("text")), NO_DOCUMENT);
            assert_eq!(client.refused(field, json!({"type": "doc"})), NO_DOCUMENT);
        }
        assert_eq!(
            client.refused("customfield_10319", json!({"type": "doc"})),
            NO_STRING
        );
    }
}
