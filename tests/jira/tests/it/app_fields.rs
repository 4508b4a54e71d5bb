//! Knows the fields of apps, and the system fields with ways of their own, from
//! outside; refuses to know the others.

use crate::client::{Client, custom};
use fake_jira::Jira;
use serde_json::{Value, json};

fn client() -> Client {
    Client::self_hosted(Jira::data_center().every_field())
}

#[test]
fn a_value_of_a_field_that_does_not_offer_set_is_ignored_without_a_word() {
    let mut client = client();
    let fields = json!({
        "comment": "x", "worklog": "1h", "issuelinks": "x", "attachment": "x",
        "issuetype": {"name": "Task"}, custom(10362): {"languageCode": "de"}, custom(10319): "7",
    });
    let reply = client.put("HSP-1", &json!({ "fields": fields }));
    assert_eq!((reply.status, reply.body.len()), (204, 0));
    let kept = client.get("/issue/HSP-1").to_json()["fields"].clone();
    assert_eq!(kept[custom(10319)], "7");
    assert_eq!(kept["issuetype"]["name"], "Bug");
    for ignored in [
        "comment",
        "worklog",
        "issuelinks",
        "attachment",
        &custom(10362),
    ] {
        assert_eq!(kept[ignored], Value::Null, "{ignored}");
    }
    let set = client.update("comment", json!([{"set": "x"}]));
    assert_eq!(set.status, 400, "by a verb it is refused");
}

#[test]
fn every_field_of_an_app_keeps_the_shape_it_takes_and_refuses_a_bare_text() {
    let mut client = client();
    for (number, value, complaint) in [
        (10360, json!([3]), "data was not an array"),
        (10363, json!([{"id": "ari:1"}]), "data was not an array"),
        (
            10364,
            json!([{"id": "w:88", "objectId": "88"}]),
            "data was not an array",
        ),
        (10366, json!(["HSP-3"]), "data was not an array"),
        (10367, json!("24"), "The value is not valid"),
        (10368, json!(24), "Operation value must be a number"),
        (
            10369,
            json!([{"name": "Deploy", "checked": false}]),
            "data was not an array",
        ),
        (10370, json!({"id": "10100"}), "expected Object"),
        (
            10371,
            json!(r#"{"start":"2026-01-01","end":"2026-01-31"}"#),
            "The interval is not valid",
        ),
        (10372, json!({"riddle": "why"}), "expected Object"),
        (10374, json!({"languageCode": "de"}), "expected Object"),
    ] {
        let field = custom(number);
        assert_eq!(client.stored(&field, value.clone()), value, "{field}");
        assert_eq!(client.refused(&field, json!("text")), complaint, "{field}");
    }
    let words = client.refused(&custom(10360), json!(["Acme"]));
    assert_eq!(words, "Operation value must be a number at array index 0");
}

#[test]
fn assets_on_data_center_ignores_other_shapes() {
    let mut client = client();
    let kept = json!([{"key": "CMDB-1"}]);
    assert_eq!(client.stored(&custom(10365), kept.clone()), kept);
    for ignored in [
        json!("CMDB-2"),
        json!([{"id": "2"}]),
        json!({"key": "CMDB-2"}),
    ] {
        assert_eq!(client.stored(&custom(10365), ignored), kept);
    }
}

#[test]
fn comments_work_and_links_are_added() {
    let mut client = client();
    for (field, added) in [
        ("comment", json!({"body": "text"})),
        (
            "worklog",
            json!({"timeSpent": "1h", "started": "2026-01-31T10:11:12.000+0000"}),
        ),
        (
            "issuelinks",
            json!({"type": {"name": "Blocks"}, "outwardIssue": {"key": "HSP-2"}}),
        ),
    ] {
        let reply = client.update(field, json!([{ "add": added }]));
        assert_eq!(reply.status, 204, "{field}: {}", reply.to_text());
        let bare = client.update(field, json!([{ "add": "text" }]));
        assert_eq!(bare.status, 400, "{field}");
    }
    let read = client.get("/issue/HSP-1?fields=comment").to_json();
    assert_eq!(read["fields"]["comment"]["comments"][0]["body"], "text");
}

#[test]
fn a_comment_that_is_added_twice_stands_there_twice() {
    let mut client = Client::self_hosted(Jira::server());
    for _ in 0..2 {
        let reply = client.update("comment", json!([{ "add": {"body": "text"} }]));
        assert_eq!(reply.status, 204);
    }
    let read = client.get("/issue/HSP-1?fields=comment").to_json();
    assert_eq!(read["fields"]["comment"]["total"], 2);
}

#[test]
fn without_the_permission_to_comment_the_field_is_on_no_screen() {
    let mut client = Client::self_hosted(Jira::server().comments_forbidden());
    let reply = client.update("comment", json!([{ "add": {"body": "text"} }]));
    let refused = reply.to_json()["errors"]["comment"].to_string();
    assert!(
        reply.status == 400 && refused.contains("cannot be set"),
        "{refused}"
    );
    let listed = client.get("/issue/HSP-1/editmeta").to_json();
    assert_eq!(listed["fields"]["comment"], Value::Null);
    let permissions = client.get("/mypermissions?issueKey=HSP-1").to_json()["permissions"].clone();
    let has = |key: &str| permissions[key]["havePermission"].clone();
    assert_eq!(
        (has("ADD_COMMENTS"), has("EDIT_ISSUES")),
        (json!(false), json!(true))
    );
}
