//! What administrators order at `/__fake` while a Jira runs.

use crate::sockets::{LOGIN, asked, get, put};
use fake_jira::{Jira, world};
use serde_json::{Value, json};

const ADMIN: &str = "Authorization: Basic YWRtaW46YWRtaW4=\r\n";

fn request(method: &str, headers: &str, body: &str) -> String {
    format!(
        "{method} /jira/__fake HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

pub(crate) fn order(jira: &Jira, orders: &Value) -> String {
    let headers = format!("{ADMIN}Content-Type: application/json\r\n");
    asked(jira, &request("POST", &headers, &orders.to_string()))
}

fn ordered(orders: &Value) -> Jira {
    let jira = Jira::data_center().pages().start();
    let answer = order(&jira, orders);
    assert!(answer.starts_with("HTTP/1.1 204 "), "{orders}: {answer}");
    jira
}

#[test]
fn a_fault_is_an_answer_with_status_headers_and_body_so_many_times() {
    let jira = ordered(
        &json!({"faults": [{"method": "put", "path": "/issue/", "times": 2,
        "status": 503, "headers": {"Retry-After": "2"}, "body": {"errorMessage": "busy"}}]}),
    );
    assert!(asked(&jira, &get("/rest/api/2/issue/HSP-1")).starts_with("HTTP/1.1 200 "));
    for _ in 0..2 {
        let answer = asked(&jira, &put("Passed"));
        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(answer.contains("Retry-After: 2\r\n"), "{answer}");
        assert!(answer.ends_with("{\"errorMessage\":\"busy\"}"), "{answer}");
    }
    assert_eq!(jira.field("HSP-1", world::BUILD_STATUS), Value::Null);
    assert!(asked(&jira, &put("Passed")).starts_with("HTTP/1.1 204 "));
}

#[test]
fn a_fault_delays_cuts_or_drops_an_answer() {
    for (fault, answered) in [
        (json!({"delayMs": 1}), "HTTP/1.1 204 No Content\r\n"),
        (json!({"headers": {"X-More": "1"}}), "X-More: 1\r\n"),
        (json!({"cut": 12}), "HTTP/1.1 204"),
        (
            json!({"status": 500, "body": "<h1>", "cut": 12}),
            "HTTP/1.1 500",
        ),
        (json!({"connection": "close"}), ""),
        (
            json!({"connection": "reset", "afterApplying": true, "delayMs": 1}),
            "",
        ),
    ] {
        let jira = ordered(&json!({"faults": [fault]}));
        let answer = asked(&jira, &put("Passed"));
        assert!(answer.contains(answered), "{fault}: {answer}");
        assert!(
            !answered.is_empty() || answer.is_empty(),
            "{fault}: {answer}"
        );
        let applied =
            fault["afterApplying"] == true || fault["status"].is_null() && !answered.is_empty();
        let kept = jira.field("HSP-1", world::BUILD_STATUS)["value"] == "Passed";
        assert_eq!(kept, applied, "{fault}");
    }
}

#[test]
fn what_stays_ends_with_a_delete() {
    let jira = ordered(&json!({"faults": [{"always": true, "status": 502}]}));
    for _ in 0..2 {
        assert!(asked(&jira, &put("Passed")).starts_with("HTTP/1.1 502 "));
    }
    assert!(asked(&jira, &request("DELETE", ADMIN, "")).starts_with("HTTP/1.1 204 "));
    assert!(asked(&jira, &put("Passed")).starts_with("HTTP/1.1 204 "));
}

#[test]
fn the_site_changes_as_an_administrator_changes_it() {
    let field = world::BUILD_STATUS;
    for (orders, answer) in [
        (
            json!({"issues": {"HSP-1": {"closed": true}}}),
            "due to its current status in the workflow",
        ),
        (
            json!({"issues": {"HSP-1": {"archived": true}}}),
            "cannot be set. It is not on the appropriate screen",
        ),
        (
            json!({"issues": {"HSP-1": {"removed": true}}}),
            "Issue Does Not Exist",
        ),
        (
            json!({"issues": {"HSP-1": {"readOnlyFor": ["ci-bot"]}}}),
            "cannot be set.",
        ),
        (
            json!({"issues": {"HSP-1": {"movedTo": "MKY-7"}}}),
            "HTTP/1.1 204 ",
        ),
        (
            json!({"fields": {field: {"onScreen": false}}}),
            "cannot be set.",
        ),
        (
            json!({"fields": {field: {"ignored": true}}}),
            "HTTP/1.1 204 ",
        ),
        (
            json!({"users": {"ci-bot": {"captcha": true}}}),
            "CAPTCHA_CHALLENGE",
        ),
        (
            json!({"users": {"ci-bot": {"active": false}}}),
            "HTTP/1.1 401 ",
        ),
        (json!({"site": {"basicBlocked": true}}), "HTTP/1.1 403 "),
        (json!({"site": {"maintenance": true}}), "HTTP/1.1 503 "),
        (json!({"site": {"budget": [0, 0]}}), "HTTP/1.1 429 "),
    ] {
        let jira = ordered(&orders);
        let said = asked(&jira, &put("Passed"));
        assert!(said.contains(answer), "{orders}: {said}");
        let kept = jira.field("HSP-1", field)["value"] == "Passed";
        assert_eq!(
            kept,
            orders["issues"]["HSP-1"]["movedTo"] == "MKY-7",
            "{orders}"
        );
    }
}

#[test]
fn a_moved_issue_is_found_by_both_keys() {
    let jira = ordered(&json!({"issues": {"HSP-1": {"movedTo": "MKY-7"}}}));
    for key in ["HSP-1", "MKY-7"] {
        let read = asked(
            &jira,
            &get(&format!("/rest/api/2/issue/{key}?fields=project")),
        );
        assert!(
            read.contains("\"key\":\"MKY-7\",\"fields\":{\"project\""),
            "{read}"
        );
        assert!(read.contains("\"key\":\"MKY\""), "{read}");
    }
}

#[test]
fn a_field_can_become_required_and_maintenance_can_end() {
    let jira = ordered(&json!({"fields": {world::BUILD_STATUS: {"required": true}}}));
    let cleared = put("x").replace("{\"value\":\"x\"}", "null         ");
    let said = asked(&jira, &cleared);
    assert!(said.contains("Build status is required."), "{said}");
    order(&jira, &json!({"site": {"maintenance": true}}));
    assert!(asked(&jira, &get("/status")).contains("{\"state\":\"MAINTENANCE\"}"));
    order(&jira, &json!({"site": {"maintenance": false}}));
    assert!(asked(&jira, &put("Passed")).starts_with("HTTP/1.1 204 "));
}

fn refused(part: &Value, words: &str) {
    let jira = Jira::data_center().pages().start();
    let mut orders = part.clone();
    orders["issues"]["HSP-2"] = json!({"closed": true});
    let said = order(&jira, &orders);
    let right = said.starts_with("HTTP/1.1 400 ") && said.contains(words);
    assert!(right, "{part}: {said}");
    let site = jira.site();
    assert!(
        !site.lock().unwrap().issue_mut("HSP-2").unwrap().closed,
        "{part}"
    );
}

#[test]
fn faults_that_are_wrong_change_nothing() {
    for (fault, words) in [
        (json!({"status": 99}), "status 99 is not of 200 to 599"),
        (
            json!({"status": 200, "headers": {"A": "b\r\nC: d"}}),
            "is no header",
        ),
        (json!({"body": "x"}), "a body needs a status"),
        (
            json!({"status": 500, "connection": "hang"}),
            "a fault has a connection, or",
        ),
        (json!({"connection": "burn"}), "not \\\"burn\\\""),
        (json!({"times": 1, "always": true}), "times or always"),
        (json!({"times": 99999}), "times is at most 10000"),
        (json!({"stauts": 500}), "unknown field `stauts`"),
    ] {
        refused(&json!({ "faults": [fault] }), words);
    }
}

#[test]
fn orders_that_are_wrong_change_nothing() {
    for (part, words) in [
        (
            json!({"site": {"state": "ASLEEP"}}),
            "state is one of RUNNING",
        ),
        (
            json!({"users": {"nobody": {}}}),
            "there is no user \\\"nobody\\\"",
        ),
        (
            json!({"fields": {"customfield_1": {}}}),
            "there is no field",
        ),
        (json!({"issues": {"HSP-404": {}}}), "there is no issue"),
        (
            json!({"issues": {"HSP-1": {"movedTo": "HSP-2"}}}),
            "\\\"HSP-2\\\" is taken, or no key",
        ),
    ] {
        refused(&part, words);
    }
}

#[test]
fn only_administrators_of_this_machine_order() {
    let json = "Content-Type: application/json\r\n";
    let jira = Jira::data_center().pages().start();
    for (headers, status) in [
        (json.to_owned(), 401),
        (
            format!("{json}Authorization: Basic YWRtaW46d3Jvbmc=\r\n"),
            401,
        ),
        (format!("{json}{LOGIN}"), 403),
        (
            format!(
                "{json}Authorization: Bearer {}\r\n",
                world::CI_PERSONAL_TOKEN
            ),
            403,
        ),
        (format!("{ADMIN}Content-Type: text/plain\r\n"), 415),
    ] {
        let said = asked(&jira, &request("POST", &headers, "{}"));
        assert!(
            said.starts_with(&format!("HTTP/1.1 {status} ")),
            "{headers}: {said}"
        );
    }
    let foreign = request("POST", &format!("{json}{ADMIN}"), "{}");
    let foreign = foreign.replace("Host: localhost", "Host: evil.example");
    assert!(asked(&jira, &foreign).starts_with("HTTP/1.1 403 "));
    assert!(asked(&jira, &request("PUT", ADMIN, "{}")).starts_with("HTTP/1.1 405 "));
    assert_eq!(jira.requests().len(), 0);
    let closed = Jira::data_center().start();
    assert!(order(&closed, &json!({})).starts_with("HTTP/1.1 404 "));
}
