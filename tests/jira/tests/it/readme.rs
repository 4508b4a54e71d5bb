//! What the README says is there is there.

use crate::client::Client;
use crate::orders::order;
use fake_jira::{Jira, Request};
use serde_json::{Value, json};

const README: &str = include_str!("../../README.md");

/// The resources of the table that a client of Data Center finds, as method and path.
fn resources() -> Vec<(&'static str, String)> {
    let rows = README.lines().filter_map(|line| {
        let cell = line.strip_prefix("| `")?.split('`').next()?;
        cell.split_once(' ')
            .filter(|(_, path)| path.starts_with(['{', '/']))
    });
    let filled = |path: &str| {
        path.replace("{api}", "/rest/api/2")
            .replace("{issue}", "HSP-1")
            .replace("{comment}", "10000")
            .replace("{project}", "HSP")
    };
    rows.map(|(method, path)| (method, filled(path))).collect()
}

#[test]
fn each_resource_of_the_table_is_there() {
    let listed = resources();
    assert_eq!(listed.len(), 19, "{listed:?}");
    for (method, path) in listed {
        let cloud = path.starts_with("/_edge");
        let mut client = if cloud {
            Client::cloud()
        } else {
            Client::data_center()
        };
        client.update("comment", json!([{"add": {"body": "text"}}]));
        let context = if cloud { "" } else { "/jira" };
        let request = Request::new(method, &format!("{context}{path}"));
        let reply = client.send(if method == "GET" {
            request
        } else {
            request.json(&json!({}))
        });
        assert!(
            ![404, 405].contains(&reply.status),
            "{method} {path}: {}",
            reply.to_text()
        );
    }
}

#[test]
fn the_json_of_the_readme_is_taken() {
    let blocks = README.split("```json\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap());
    let (mut worlds, mut orders) = (0, 0);
    for block in blocks {
        let json: Value = serde_json::from_str(block).unwrap();
        if json["issues"].is_array() {
            assert!(Jira::server().world(block).is_ok(), "{block}");
            worlds += 1;
        } else {
            let jira = Jira::server().pages().start();
            let answer = order(&jira, &json);
            assert!(answer.starts_with("HTTP/1.1 204 "), "{block}: {answer}");
            orders += 1;
        }
    }
    assert_eq!((worlds, orders), (1, 2));
}
