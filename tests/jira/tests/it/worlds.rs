//! World files: the example, the schema, and what is refused.

use crate::client::{basic, messages};
use crate::schema::wrong;
use crate::sockets::{asked, get};
use fake_jira::{Builder, FieldType, Jira, Reply, Request, Site};
use serde_json::{Value, json};
use std::time::UNIX_EPOCH;

const SCHEMA: &str = include_str!("../../world.schema.json");
const SHOP: &str = include_str!("../../worlds/shop.json");

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn with(world: &Value) -> Result<Builder, String> {
    Jira::data_center().world(&world.to_string())
}

fn shop() -> Site {
    Jira::data_center()
        .world(SHOP)
        .unwrap()
        .site("http://localhost")
}

fn ask(site: &mut Site, method: &str, path: &str, body: &Value) -> Reply {
    let request = Request::new(method, &format!("/jira/rest/api/2/{path}"));
    let request = request.header("Authorization", &basic("robot", "robots log in too"));
    let request = match method {
        "GET" => request,
        _ => request.json(body),
    };
    site.handle(&request, UNIX_EPOCH)
}

#[test]
fn the_example_fits_its_schema_and_is_served() {
    assert_eq!(wrong(&parsed(SCHEMA), &parsed(SHOP)), None);
    let mut site = shop();
    assert_eq!(site.issues().count(), 7);
    let issue = ask(&mut site, "GET", "issue/SHOP-100", &Value::Null).to_json();
    let fields = &issue["fields"];
    assert_eq!(fields["customfield_10001"]["value"], "Failed");
    assert_eq!(fields["fixVersions"][0]["name"], "2.0");
    assert_eq!(fields["summary"], "The cart forgets");
    assert_eq!(
        site.options("SHOP-100", "customfield_10004"),
        ["Triage", "Fix"]
    );
    assert_eq!(site.options("SHOP-2", "customfield_10004"), ["Plan"]);
    let listed = ask(&mut site, "GET", "issue/SHOP-100/editmeta", &Value::Null).to_json();
    assert_eq!(listed["fields"]["duedate"], Value::Null);
}

#[test]
fn ten_thousand_issues_are_served() {
    let world = json!({"issues": [{"project": "HSP", "count": 10_000}]});
    let jira = with(&world).unwrap().pages().start();
    assert_eq!(jira.site().lock().unwrap().issues().count(), 10_000);
    let overview = asked(&jira, &get("/"));
    assert!(overview.contains("and 9980 more"), "{overview}");
    assert!(asked(&jira, &get("/browse/HSP-10000")).contains("The build of HSP-10000"));
}

#[test]
fn an_archived_issue_is_read_and_not_edited() {
    let mut site = shop();
    assert_eq!(
        ask(&mut site, "GET", "issue/SHOP-101", &Value::Null).status,
        200
    );
    let edit = json!({"fields": {"customfield_10001": {"value": "Passed"}}});
    let refused = ask(&mut site, "PUT", "issue/SHOP-101", &edit);
    let said = refused.to_json()["errors"]["customfield_10001"].to_string();
    assert!(said.contains("cannot be set"), "{said}");
    let comment = ask(
        &mut site,
        "POST",
        "issue/SHOP-101/comment",
        &json!({"body": "x"}),
    );
    let words = "Pipeline robot, you do not have the permission to comment on this issue.";
    assert_eq!(messages(&comment), [words]);
}

#[test]
fn an_ignored_field_is_answered_204_and_stays_as_it_is() {
    let mut site = shop();
    let edit = json!({"fields": {"customfield_10005": "x"}});
    let reply = ask(&mut site, "PUT", "issue/SHOP-1", &edit);
    assert_eq!((reply.status, reply.applied()), (204, false));
    assert_eq!(site.value("SHOP-1", "customfield_10005"), Value::Null);
}

#[test]
fn the_schema_names_each_type_of_field() {
    let schema = parsed(SCHEMA);
    let known = &schema["$defs"]["field"]["properties"]["type"]["anyOf"][0]["enum"];
    let names: Vec<_> = FieldType::custom_types()
        .map(|kind| kind.short_name())
        .collect();
    assert_eq!(*known, json!(names));
}

#[test]
fn a_world_file_can_have_each_type_of_the_built_in_fields() {
    let names: Vec<_> = FieldType::custom_types()
        .map(FieldType::short_name)
        .collect();
    let site = Jira::cloud().every_field().site("http://localhost");
    for field in site
        .fields()
        .iter()
        .filter(|field| field.kind.custom().is_some())
    {
        let name = field.kind.short_name();
        // An app that nobody has.
        let made_up = name.as_deref() == Some("riddle");
        assert!(
            made_up || names.contains(&name),
            "{name:?} of {}",
            field.name
        );
    }
}

/// Rows that the schema refuses, too.
#[test]
fn what_is_no_world_is_refused_with_its_place() {
    let schema = parsed(SCHEMA);
    let user = json!({"name": "a", "password": "b"});
    for (world, words) in [
        (json!({"usres": []}), "unknown field `usres`"),
        (json!({"users": []}), "users: there is none"),
        (
            json!({"users": [{"name": "a"}]}),
            "missing field `password`",
        ),
        (
            json!({"users": [{"name": "a\nb", "password": "c"}]}),
            "has control characters",
        ),
        (
            json!({"projects": [{"key": "hsp"}]}),
            "project \"hsp\": a key is capitals",
        ),
        (
            json!({"issues": [{"key": "HSP-01"}]}),
            "issue \"HSP-01\": this is no key",
        ),
        (
            json!({"issues": [{"key": "HSP-0"}]}),
            "numbers are 1 to 99999",
        ),
        (
            json!({"issues": [{"project": "HSP"}]}),
            "each needs a key, or a project and a count",
        ),
        (
            json!({"fields": [{"id": "summary", "type": "textfield"}]}),
            "needs no type",
        ),
        (
            json!({"fields": [{"id": "build", "type": "textfield"}]}),
            "an id is customfield_",
        ),
        (
            json!({"fields": [{"id": "customfield_1"}]}),
            "it needs a type",
        ),
        (
            json!({"fields": [{"id": "customfield_1", "type": "slect"}]}),
            "no type \"slect\"",
        ),
        (
            json!({"limits": {"budget": {"capacity": -1, "fillPerSecond": 1}}}),
            "invalid value",
        ),
    ] {
        let said = with(&world).err().unwrap_or_default();
        assert!(
            said.contains(words),
            "{world}: {said:?} does not say {words}"
        );
        assert!(wrong(&schema, &world).is_some(), "{world} fits the schema");
    }
    assert!(with(&json!({"users": [user]})).is_ok());
}

#[test]
fn what_contradicts_itself_is_refused() {
    let text = |fields: Value| json!({"issues": [{"key": "HSP-1", "fields": fields}]});
    let issue = json!({"key": "HSP-1"});
    for (world, words) in [
        (
            json!({"issues": [issue, issue]}),
            "issues: \"HSP-1\" is there twice",
        ),
        (
            json!({"issues": [issue, {"project": "HSP", "count": 1}]}),
            "\"HSP-1\" is there twice",
        ),
        (
            json!({"issues": [{"key": "ABC-1"}]}),
            "there is no such project",
        ),
        (
            json!({"issues": [{"key": "HSP-1", "readOnlyFor": ["x"]}]}),
            "no user \"x\"",
        ),
        (
            text(json!({"customfield_1": "x"})),
            "issue HSP-1: there is no field \"customfield_1\"",
        ),
        (
            text(json!({"customfield_10314": {"value": "Nonsense"}})),
            "issue HSP-1: customfield_10314: Option id 'null' is not valid",
        ),
        (
            text(json!({"comment": "x"})),
            "comment takes no value there",
        ),
        (
            text(json!({"customfield_10349": "x"})),
            "customfield_10349 takes no value there",
        ),
        (
            text(json!({"summary": null})),
            "summary: Summary is required.",
        ),
    ] {
        let said = with(&world).err().unwrap_or_default();
        assert!(
            said.contains(words),
            "{world}: {said:?} does not say {words}"
        );
    }
}
