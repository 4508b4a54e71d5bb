//! Whatever a world holds, it is served or refused with a reason.

use crate::client::basic;
use crate::schema::wrong;
use fake_jira::{FieldType, Jira, Request, Site};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::time::UNIX_EPOCH;

const SCHEMA: &str = include_str!("../../world.schema.json");
const OPTIONS: [&str; 4] = ["Passed", "Failed", "<b>", ""];

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        proptest::sample::select(&["Passed", "2026-01-31", "http://x", "robot", "1.0", "A-1"][..])
            .prop_map(Value::from),
    ];
    let names =
        proptest::sample::select(&["value", "id", "name", "key", "child", "body", "type"][..]);
    leaf.prop_recursive(3, 12, 4, move |inner| {
        let members = btree_map(names.clone().prop_map(str::to_owned), inner.clone(), 0..3);
        prop_oneof![
            vec(inner, 0..3).prop_map(Value::from),
            members.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn field() -> impl Strategy<Value = Value> {
    let types: Vec<String> = FieldType::custom_types()
        .filter_map(FieldType::short_name)
        .collect();
    let option = prop_oneof![
        proptest::sample::select(&OPTIONS[..]).prop_map(Value::from),
        vec(proptest::sample::select(&OPTIONS[..]), 0..3)
            .prop_map(|children| json!({"value": "Parent", "children": children})),
    ];
    let parts = (
        proptest::sample::select(types),
        ".{0,16}",
        vec(option, 0..4),
        any::<[bool; 4]>(),
    );
    parts.prop_map(
        |(kind, name, options, [on_screen, required, ignored, bugs])| {
            let context = json!({"projects": ["A"], "issueTypes": ["Bug"], "options": options});
            let mut field = json!({"name": name, "type": kind, "onScreen": on_screen,
            "required": required, "ignored": ignored});
            match bugs {
                true => field["contexts"] = json!([context]),
                false => field["options"] = options.into(),
            }
            field
        },
    )
}

fn world() -> impl Strategy<Value = Value> {
    let issue = (any::<[bool; 4]>(), ".{0,16}", json_value());
    let parts = (
        vec(field(), 0..12),
        vec(issue, 1..5),
        vec("[^\\p{Cc}]{1,12}", 0..3),
        any::<[bool; 4]>(),
    );
    parts.prop_map(|(mut fields, issues, names, [anonymous, comments, blocked, limited])| {
        for (number, field) in fields.iter_mut().enumerate() {
            field["id"] = format!("customfield_{}", 10_000 + number).into();
        }
        let issues: Vec<Value> = (1..)
            .zip(issues)
            .map(|(number, ([closed, archived, read_only, valued], summary, value))| {
                let mut values = Map::new();
                if valued && number == 1 {
                    values.insert("customfield_10000".to_owned(), value);
                }
                let read_only = if read_only { json!(["robot"]) } else { json!([]) };
                json!({"key": format!("A-{number}"), "summary": summary, "closed": closed,
                    "archived": archived, "readOnlyFor": read_only, "fields": values})
            })
            .collect();
        json!({
            "users": [{"name": "robot", "password": "pass", "email": "r@x", "apiTokens": ["token"],
                "displayName": names.first(). cloned().unwrap_or_default()}],
            "projects": [{"key": "A", "versions": names, "components": names}],
            "fields": fields,
            "issues": issues,
            "permissions": {"anonymousMayBrowse": anonymous, "commentsForAdministrators": comments,
                "basicBlocked": blocked && limited},
            "limits": {"cloud": limited},
        })
    })
}

/// Every resource, and a write of each field.
fn use_all(site: &mut Site, base: &str, login: &str, value: &Value) -> Result<(), TestCaseError> {
    let keys: Vec<String> = site.issues().map(|issue| issue.key.clone()).collect();
    let fields: Vec<String> = site.fields().iter().map(|field| field.id.clone()).collect();
    let mut requests = Vec::new();
    for key in keys {
        for path in [
            "",
            "/editmeta",
            "/comment",
            "?expand=editmeta&fields=*all,-summary",
        ] {
            requests.push(Request::new("GET", &format!("{base}/issue/{key}{path}")));
        }
        let comment = Request::new("POST", &format!("{base}/issue/{key}/comment"));
        requests.push(comment.json(&json!({ "body": value })));
        for field in &fields {
            for edit in [
                json!({"fields": {field.as_str(): value}}),
                json!({"update": {field.as_str(): [{"add": value}, {"remove": value}]}}),
            ] {
                let put = Request::new("PUT", &format!("{base}/issue/{key}?returnIssue=true"));
                requests.push(put.json(&edit));
            }
        }
    }
    for path in [
        "field",
        "project",
        "project/A",
        "user/search?query=r&username=r",
        "myself",
    ] {
        requests.push(Request::new("GET", &format!("{base}/{path}")));
    }
    for request in requests {
        let reply = site.handle(&request.header("Authorization", login), UNIX_EPOCH);
        prop_assert!(reply.status < 500, "{}", reply.to_text());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_world_that_fits_the_schema_is_served_or_refused_for_a_value(world in world(), value in json_value()) {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        prop_assert_eq!(wrong(&schema, &world), None);
        for (builder, base, login) in [
            (Jira::server(), "/jira/rest/api/2", basic("robot", "pass")),
            (Jira::data_center(), "/jira/rest/api/2", basic("robot", "pass")),
            (Jira::cloud(), "/rest/api/3", basic("r@x", "token")),
        ] {
            match builder.world(&world.to_string()) {
                Ok(builder) => use_all(&mut builder.site("http://localhost"), base, &login, &value)?,
                Err(refused) => prop_assert!(refused.starts_with("issue A-"), "{}", refused),
            }
        }
    }

    #[test]
    fn any_json_is_a_world_or_refused(mut world in world(), part in json_value(), at in 0..6_usize) {
        let names = ["users", "projects", "fields", "issues", "permissions", "limits"];
        world[names[at]] = part;
        if let Ok(builder) = Jira::cloud().world(&world.to_string()) {
            drop(builder.site("http://localhost"));
        }
    }
}
