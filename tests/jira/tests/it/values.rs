//! A valid value of every type, and what it reads back as.

use crate::client::{Client, custom};
use fake_jira::{Jira, world};
use serde_json::{Value, json};

const REST: &str = "https://jira.example.com/jira/rest/api/2";

fn option(id: u32, value: &str) -> Value {
    json!({"self": format!("{REST}/customFieldOption/{id}"), "value": value, "id": id.to_string()})
}

#[test]
fn every_value_that_stays_what_it_was_is_taken_and_cleared() {
    let mut client = Client::data_center();
    let same = [
        (10319, json!("#1.234 – ok")),
        (10320, json!("*bold*\nline")),
        (10321, json!(1.5)),
        (10322, json!("2015-11-18")),
        (10324, json!("https://ci.example.com/job/1?a=b")),
        (10325, json!(["green", "main"])),
        (10333, json!("only by the API")),
        (10336, json!("HSP-3")),
        (10337, json!(3.0)),
        (10346, json!("Epic")),
        (10347, json!("ghx-label-1")),
    ];
    for (number, value) in same {
        let field = custom(number);
        assert_eq!(client.stored(&field, value.clone()), value, "{field}");
        assert_eq!(client.stored(&field, Value::Null), Value::Null, "{field}");
    }
}

#[test]
fn a_number_reads_back_as_a_fraction() {
    assert_eq!(
        Client::data_center().stored(&custom(10321), json!(123)),
        json!(123.0)
    );
}

#[test]
fn a_moment_reads_back_at_utc() {
    let value = json!("2015-11-18T14:39:00.000+1100");
    let kept = Client::data_center().stored(&custom(10323), value);
    assert_eq!(kept, "2015-11-18T03:39:00.000+0000");
}

#[test]
fn an_option_is_found_by_value_or_id_and_the_id_wins() {
    let mut client = Client::data_center();
    let field = custom(10314);
    let completed = option(10112, "Development Completed");
    for value in [
        json!({"value": "Development Completed"}),
        json!({"id": "10112"}),
        json!({"id": "10112", "value": "Failed", "colour": "unknown members are ignored"}),
    ] {
        assert_eq!(client.stored(&field, value), completed);
    }
    assert_eq!(
        client.stored(&field, json!({"value": "Passed, with warnings"})),
        option(10117, "Passed, with warnings")
    );
    assert_eq!(client.stored(&field, json!(null)), json!(null));
    assert_eq!(
        client.stored(&custom(10315), json!({"value": "Bad"})),
        option(10121, "Bad")
    );
    assert_eq!(
        client.stored(&custom(10348), json!({"id": "10201"})),
        option(10201, "Done")
    );
}

#[test]
fn options_that_differ_by_case_are_told_apart() {
    let mut client = Client::data_center();
    for (id, value) in [(10180, "passed"), (10181, "Passed"), (10182, "PASSED")] {
        assert_eq!(
            client.stored(&custom(10344), json!({"value": value})),
            option(id, value)
        );
    }
}

#[test]
fn several_options_are_kept_once_each_and_cleared_by_an_empty_array() {
    let mut client = Client::data_center();
    let field = custom(10316);
    let value = json!([{"value": "Linux"}, {"id": "10132"}, {"id": "10130"}]);
    let both = json!([
        option(10130, "Linux"),
        option(10132, "macOS, Apple silicon")
    ]);
    assert_eq!(client.stored(&field, value), both);
    assert_eq!(client.stored(&field, json!([])), Value::Null);
    let checks = client.stored(&custom(10317), json!([{"value": "Unit"}]));
    assert_eq!(checks, json!([option(10141, "Unit")]));
}

#[test]
fn a_cascade_is_kept_with_and_without_a_child() {
    let mut client = Client::data_center();
    let field = custom(10318);
    let mut asia = option(10150, "Production");
    asia["child"] = option(10153, "Asia > Pacific");
    for value in [
        json!({"value": "Production", "child": {"value": "Asia > Pacific"}}),
        json!({"id": "10150", "child": {"id": "10153"}}),
    ] {
        assert_eq!(client.stored(&field, value), asia);
    }
    assert_eq!(
        client.stored(&field, json!({"value": "On-premises"})),
        option(10157, "On-premises")
    );
}

#[test]
fn people_are_named_on_data_center_and_numbered_on_cloud() {
    let mut client = Client::data_center();
    let fred = client.stored(&custom(10326), json!({"name": "fred"}));
    assert_eq!(fred["name"], "fred");
    assert_eq!(fred["displayName"], "Fred F. User");
    let both = json!([{"name": "fred"}, {"name": "ci-bot"}]);
    assert_eq!(client.stored(&custom(10327), both)[1]["name"], "ci-bot");
    assert_eq!(
        client.stored("assignee", json!({"name": "fred"}))["name"],
        "fred"
    );

    let mut cloud = Client::cloud();
    let fred = json!({"accountId": world::FRED_ACCOUNT_ID});
    let kept = cloud.stored(&custom(10326), fred.clone());
    assert_eq!(kept["accountId"], world::FRED_ACCOUNT_ID);
    assert!(kept.get("name").is_none());
    assert_eq!(
        cloud.stored(&custom(10327), json!([fred]))[0]["displayName"],
        "Fred F. User"
    );
    let by_id = json!({"id": world::CI_ACCOUNT_ID});
    assert_eq!(
        cloud.stored("assignee", by_id)["accountId"],
        world::CI_ACCOUNT_ID
    );
}

#[test]
fn groups_versions_components_projects_and_priorities_are_kept_as_objects() {
    let mut client = Client::data_center();
    let group = client.stored(&custom(10328), json!({"name": "jira-developers"}));
    assert_eq!(group["name"], "jira-developers");
    let groups = client.stored(&custom(10329), json!([{"name": "jira-users"}]));
    assert_eq!(groups[0]["name"], "jira-users");
    for (field, value, name) in [
        (custom(10330), json!({"name": "1.0"}), "1.0"),
        (custom(10330), json!({"id": "10011"}), "1.1"),
        ("priority".to_owned(), json!({"name": "High"}), "High"),
        ("priority".to_owned(), json!({"id": "5"}), "Lowest"),
        (custom(10332), json!({"key": "MKY"}), "Monkey"),
        (custom(10332), json!({"id": "10000"}), "Homosapien"),
    ] {
        assert_eq!(client.stored(&field, value)["name"], name);
    }
    for (field, value, name) in [
        (custom(10331), json!([{"name": "2.0, beta"}]), "2.0, beta"),
        ("fixVersions".to_owned(), json!([{"id": "10010"}]), "1.0"),
        ("versions".to_owned(), json!([{"name": "1.1"}]), "1.1"),
        (
            "components".to_owned(),
            json!([{"name": "Backend"}]),
            "Backend",
        ),
    ] {
        assert_eq!(client.stored(&field, value)[0]["name"], name);
    }
}

#[test]
fn a_sprint_is_written_as_a_number_and_read_as_a_list() {
    let kept = Client::data_center().stored(&custom(10335), json!(7));
    assert!(kept[0].as_str().unwrap().contains("[id=7,"));
    assert_eq!(Client::cloud().stored(&custom(10335), json!(7))[0]["id"], 7);
}

#[test]
fn a_team_is_of_cloud_alone() {
    let team = json!("36885b3c-1bf0-4f85-a357-c5b858c31de4");
    assert_eq!(
        Client::cloud().stored(&custom(10338), team.clone())["id"],
        team
    );
    let refused = Client::data_center().refused(&custom(10338), team);
    assert!(refused.contains("cannot be set"));
}

#[test]
fn an_import_id_takes_anything_and_stays_as_it_was() {
    let mut client = Client::data_center();
    assert_eq!(client.stored(&custom(10334), json!(7)), Value::Null);
    assert!(!client.set(&custom(10334), json!("x")).applied());
    assert!(client.set(&custom(10333), json!("x")).applied());
}

#[test]
fn long_text_is_text_in_version_2_and_a_document_in_version_3() {
    let document = json!({"type": "doc", "version": 1, "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": "two"}]},
        {"type": "paragraph", "content": [{"type": "text", "text": "lines"}]},
    ]});
    let mut two = Client::cloud();
    for field in ["customfield_10320", "description", "environment"] {
        assert_eq!(two.stored(field, json!("two\nlines")), "two\nlines");
    }
    let mut three = two.through("/rest/api/3");
    let read = three.get("/issue/HSP-1").to_json();
    assert_eq!(read["fields"]["description"], document);
    assert_eq!(
        three.stored("customfield_10320", document.clone()),
        document
    );
    assert_eq!(
        three.stored("customfield_10319", json!("one line")),
        "one line"
    );
    let mut two = three.through("/rest/api/2");
    assert_eq!(
        two.get("/issue/HSP-1").to_json()["fields"]["customfield_10320"],
        "two\nlines"
    );

    let mut migrated = Client::cloud_with(Jira::cloud().adf_only());
    assert_eq!(migrated.stored("description", document.clone()), document);
}

#[test]
fn elements_are_added_and_removed_one_by_one() {
    let mut client = Client::data_center();
    let steps = [
        (
            "labels",
            json!([{"add": "a"}, {"add": "b"}, {"add": "a"}]),
            json!(["b", "a"]),
        ),
        (
            "labels",
            json!([{"remove": "b"}, {"remove": "gone"}]),
            json!(["a"]),
        ),
        (
            "labels",
            json!([{"set": ["x", "y"]}, {"add": "z"}]),
            json!(["x", "y", "z"]),
        ),
    ];
    for (field, operations, kept) in steps {
        assert_eq!(client.update(field, operations).status, 204);
        assert_eq!(client.site.value("HSP-1", field), kept);
    }
    let platforms = custom(10316);
    client.update(
        &platforms,
        json!([{"add": {"value": "Linux"}}, {"add": {"id": "10131"}}]),
    );
    client.update(&platforms, json!([{"remove": {"value": "Linux"}}]));
    assert_eq!(
        client.site.value("HSP-1", &platforms),
        json!([option(10131, "Windows")])
    );
    client.update(&platforms, json!([{"remove": {"value": "Windows"}}]));
    assert_eq!(client.site.value("HSP-1", &platforms), Value::Null);
    client.update("fixVersions", json!([{"add": {"name": "1.0"}}]));
    assert_eq!(client.site.value("HSP-1", "fixVersions")[0]["id"], "10010");
    client.update(&custom(10314), json!([{"set": {"value": "Passed"}}]));
    assert_eq!(
        client.site.value("HSP-1", &custom(10314))["value"],
        "Passed"
    );

    let mut cloud = Client::cloud();
    let fred = json!({"accountId": world::FRED_ACCOUNT_ID});
    cloud.update(&custom(10327), json!([{"add": fred}]));
    cloud.update(&custom(10327), json!([{"remove": fred}]));
    assert_eq!(cloud.site.value("HSP-1", &custom(10327)), Value::Null);
}
