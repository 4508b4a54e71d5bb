//! An edit as a whole: body, operations, order of the checks, lookups.

use crate::client::{Client, basic, custom, messages};
use fake_jira::{Jira, Request, world};
use serde_json::{Value, json};

const CLOUD_ABSENT: &str = "Issue does not exist or you do not have permission to see it.";
const HIDDEN: &str = "You do not have the permission to see the specified issue.";

fn passed() -> Value {
    json!({"fields": {"customfield_10314": {"value": "Passed"}}})
}

#[test]
fn an_issue_is_found_by_key_in_any_case_and_by_number() {
    let mut client = Client::data_center();
    for issue in ["HSP-1", "hsp-1", "100001"] {
        let reply = client.put(issue, &passed());
        assert_eq!((reply.status, reply.body.len()), (204, 0));
        assert!(reply.applied());
    }
    assert_eq!(
        Client::self_hosted(Jira::server().issues("HSP", 1000))
            .put("HSP-1000", &passed())
            .status,
        204
    );
}

#[test]
fn an_issue_that_is_absent_or_hidden_is_answered_as_each_jira_does() {
    let mut client = Client::data_center();
    let absent = client.put("HSP-10", &passed());
    assert_eq!(
        (absent.status, messages(&absent)),
        (404, vec!["Issue Does Not Exist".to_owned()])
    );
    let hidden = client.put(world::HIDDEN_ISSUE, &passed());
    assert_eq!(
        (hidden.status, messages(&hidden)),
        (403, vec![HIDDEN.to_owned()])
    );
    let mut anonymous = client.anonymous();
    let hidden = anonymous.put("HSP-1", &passed());
    assert_eq!(
        (hidden.status, messages(&hidden)),
        (401, vec![HIDDEN.to_owned(), "Login Required".to_owned()])
    );
    let mut admin = anonymous.with(&basic("admin", "admin"));
    assert_eq!(admin.put(world::HIDDEN_ISSUE, &passed()).status, 204);
    for issue in ["HSP-10", world::HIDDEN_ISSUE] {
        let reply = Client::cloud().put(issue, &passed());
        assert_eq!(reply.status, 404);
        assert_eq!(
            reply.to_json(),
            json!({"errorMessages": [CLOUD_ABSENT], "errors": {}})
        );
    }
}

#[test]
fn a_body_that_cannot_be_read_is_refused_in_the_words_of_each_jira() {
    let syntax = "The submitted data is not valid JSON and cannot be parsed.";
    let empty = "No content to map to Object due to end of input";
    let cloud_syntax = "There was an error parsing JSON. Check that your request body is valid.";
    let cloud_payload =
        "Invalid request payload. Refer to the REST API documentation and try again.";
    let leak = "Can not instantiate value of type [simple type, class \
        com.atlassian.jira.rest.api.issue.FieldOperation] from JSON String; no single-String \
        constructor/factory method (through reference chain: \
        com.atlassian.jira.rest.v2.issue.IssueUpdateBean[\"update\"])";
    for (body, here, there) in [
        ("", empty, empty),
        ("{\"fields\":", syntax, cloud_syntax),
        (r#"{"update":{"labels":["a"]}}"#, leak, cloud_payload),
    ] {
        assert_eq!(messages(&Client::data_center().put_text(body)), [here]);
        let cloud = Client::cloud().put_text(body);
        assert_eq!(cloud.to_json(), json!({"errorMessages": [there]}));
    }
    for body in [
        r#"{"fields":"x"}"#,
        r#"{"update":[]}"#,
        r#"{"update":{"labels":{"add":"a"}}}"#,
        r#"{"update":{"labels":[{"add":"a","remove":"b"}]}}"#,
        r#"{"field":{}}"#,
        "[]",
    ] {
        assert_eq!(
            messages(&Client::cloud().put_text(body)),
            [cloud_payload],
            "{body}"
        );
        assert_eq!(Client::data_center().put_text(body).status, 400, "{body}");
    }
    let nothing = Client::data_center().put_text("{}");
    assert_eq!(messages(&nothing), ["one of 'fields' or 'update' required"]);
}

#[test]
fn a_field_is_in_one_map_only_and_a_verb_is_one_it_knows() {
    let mut client = Client::data_center();
    let body = json!({"fields": {"summary": "x"}, "update": {"summary": [{"set": "y"}]}});
    let reply = client.put("HSP-1", &body);
    assert_eq!(
        messages(&reply),
        ["Field 'summary' cannot appear in both 'fields' and 'update'"]
    );
    let reply = client.update(&custom(10314), json!([{"add": {"value": "Passed"}}]));
    let words = "Field with id' customfield_10314' and name 'Build status' does not support operation \
        'add' Supported operation(s) are: 'set'";
    assert_eq!(messages(&reply), [words]);
    let twice = json!([{"set": {"value": "Passed"}}, {"set": {"value": "Failed"}}]);
    let reply = client.update(&custom(10314), twice);
    let words = "Too many operations (2) provided for field 'customfield_10314'. \
        We support at most 1 operation for this field.";
    assert_eq!(messages(&reply), [words]);
}

#[test]
fn all_shapes_are_judged_before_any_business_rule_and_nothing_is_kept_of_a_refused_edit() {
    let mut client = Client::data_center();
    let body = json!({"fields": {
        "customfield_10314": {"value": "Passed"}, "customfield_10321": "7",
        "customfield_10319": "x".repeat(300), "customfield_99": 1,
    }});
    let errors = client.put("HSP-1", &body).to_json()["errors"].clone();
    let ids: Vec<&String> = errors.as_object().unwrap().keys().collect();
    assert_eq!(ids, ["customfield_10321", "customfield_99"]);
    let body = json!({"fields": {
        "customfield_10314": {"value": "Passed"}, "customfield_10319": "x".repeat(300),
        "labels": ["a b"],
    }});
    let reply = client.put("HSP-1", &body);
    assert_eq!(reply.to_json()["errors"].as_object().unwrap().len(), 2);
    assert_eq!(client.site.value("HSP-1", &custom(10314)), Value::Null);
    let body = json!({"fields": {"customfield_10335": "x", "customfield_10321": "7"}});
    let reply = client.put("HSP-1", &body).to_json();
    assert_eq!(reply["errorMessages"].as_array().unwrap().len(), 1);
    assert_eq!(reply["errors"].as_object().unwrap().len(), 1);
}

#[test]
fn an_issue_whose_status_forbids_edits_says_so() {
    let mut client = Client::data_center();
    client.site.issue_mut("HSP-1").unwrap().closed = true;
    let words = "You are not allowed to edit this issue due to its current status in the workflow.";
    assert_eq!(messages(&client.put("HSP-1", &passed())), [words]);
    assert_eq!(
        client.get("/issue/HSP-1/editmeta").to_json(),
        json!({"fields": {}})
    );
}

#[test]
fn notifications_are_switched_off_by_administrators_only_and_cloud_does_not_mind() {
    for (flag, status) in [("false", 403), ("true", 204)] {
        let issue = format!("HSP-1?notifyUsers={flag}");
        assert_eq!(Client::data_center().put(&issue, &passed()).status, status);
        assert_eq!(Client::cloud().put(&issue, &passed()).status, 204);
        let mut admin = Client::data_center().with(&basic("admin", "admin"));
        assert_eq!(admin.put(&issue, &passed()).status, 204);
    }
    let reply = Client::cloud().put("HSP-1?notifyUsers=abc", &passed());
    assert_eq!(reply.status, 400);
    assert_eq!(
        reply.value_of("Content-Type"),
        Some("application/problem+json;charset=UTF-8")
    );
    let reply = Client::cloud().put("HSP-1?overrideEditableFlag=true", &passed());
    assert_eq!(reply.status, 403);
}

#[test]
fn cloud_returns_the_issue_when_asked() {
    let reply = Client::cloud().put("hsp-1?returnIssue=true", &passed());
    assert_eq!(reply.status, 200);
    assert!(reply.applied());
    let body = reply.to_json();
    assert_eq!(body["key"], "HSP-1");
    assert_eq!(body["fields"]["customfield_10314"]["value"], "Passed");
    assert_eq!(
        Client::data_center()
            .put("HSP-1?returnIssue=true", &passed())
            .status,
        204
    );
}

#[test]
fn the_media_type_is_looked_at_first_on_cloud_and_after_the_login_elsewhere() {
    let put = |path: &str, media_type: Option<&str>| {
        let mut request =
            Request::new("PUT", path).header("Authorization", &basic("ci-bot", "wrong"));
        if let Some(media_type) = media_type {
            request = request.header("Content-Type", media_type);
        }
        request
    };
    let mut cloud = Client::cloud().anonymous();
    for (media_type, detail) in [
        (
            Some("text/plain"),
            "Content-Type 'text/plain' is not supported.",
        ),
        (None, "Content-Type 'null' is not supported."),
        (Some("nonsense"), "Could not parse Content-Type."),
    ] {
        let reply = cloud.send(put("/rest/api/3/issue/HSP-1", media_type));
        assert_eq!(
            reply.value_of("Content-Type"),
            Some("application/problem+json;charset=UTF-8")
        );
        let body = json!({
            "type": "about:blank", "title": "Unsupported Media Type", "status": 415,
            "detail": detail, "instance": "/rest/api/3/issue/HSP-1",
        });
        assert_eq!((reply.status, reply.to_json()), (415, body));
    }
    let mut client = Client::data_center().anonymous();
    assert_eq!(
        client
            .send(put("/jira/rest/api/2/issue/HSP-1", None))
            .status,
        401
    );
    let reply = Client::data_center().send(Request::new("PUT", "/jira/rest/api/2/issue/HSP-1"));
    assert_eq!(reply.status, 415);
    assert_eq!(
        reply.value_of("Content-Type"),
        Some("text/html;charset=UTF-8")
    );
    let typed = Request::new("PUT", "/jira/rest/api/2/issue/HSP-1").json(&passed());
    let mut client = Client::data_center();
    let parameterized = typed.header("content-type", "application/json; charset=utf-8");
    assert_eq!(client.send(parameterized).status, 204);
}

#[test]
fn what_looks_like_a_browser_is_taken_for_a_forgery() {
    let mut client = Client::data_center();
    let put = || {
        let request = Request::new("PUT", "/jira/rest/api/2/issue/HSP-1").json(&passed());
        request.header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64)")
    };
    let reply = client.send(put());
    assert_eq!(
        (reply.status, reply.to_text().as_str()),
        (403, "XSRF check failed")
    );
    assert_eq!(
        client
            .send(put().header("X-Atlassian-Token", "no-check"))
            .status,
        204
    );
    let get = Request::new("GET", "/jira/rest/api/2/myself").header("User-Agent", "Mozilla/5.0");
    assert_eq!(client.send(get).status, 200);
}
