use crate::check::check;
use crate::program::{FIELD, Program, VALUE};
use crate::rows::{Rows, ensure};
use fake_jira::{Fault, Jira, On, Reply, world};
use serde_json::{Value, json};

const TEXT: &str = "Build 42 passed\nhttps://ci.example.com/42";

fn commenting(jira: &Jira) -> Program {
    Program::seed(jira).set("JIRA_COMMENT", TEXT)
}

/// A comment and nothing else.
fn alone(jira: &Jira) -> Program {
    commenting(jira)
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .unset("JIRA_FIELD_TYPE")
}

fn cloud(jira: &Jira) -> Program {
    alone(jira)
        .without_password()
        .set("JIRA_USER_EMAIL", world::CI_EMAIL)
        .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
}

fn added(body: &Value) -> Value {
    json!({ "comment": [{ "add": { "body": body } }] })
}

#[test]
fn a_comment_goes_along_in_the_same_request_as_the_field() {
    for jira in [Jira::server().start(), Jira::data_center().start()] {
        let (code, report) = commenting(&jira).report();
        assert_eq!(code, 0, "{report}");
        assert_eq!(jira.requests().len(), 1);
        let sent =
            json!({ "fields": { FIELD: { "value": VALUE } }, "update": added(&json!(TEXT)) });
        assert_eq!(jira.writes()[0].json(), sent);
        assert_eq!(report["issues"][0]["update"], sent["update"]);
        assert_eq!(jira.field("HSP-1", "comment")["comments"][0]["body"], TEXT);
        assert_eq!(jira.field("HSP-1", FIELD)["value"], VALUE);
    }
}

#[test]
fn a_field_may_be_left_out_and_a_comment_needs_one_request() {
    let jira = Jira::server().start();
    alone(&jira).run().exits(0).prints("HSP-1 written");
    assert_eq!(jira.requests().len(), 1);
    assert_eq!(
        jira.writes()[0].json(),
        json!({ "update": added(&json!(TEXT)) })
    );
    let jira = Jira::cloud().start();
    cloud(&jira).run().exits(0);
    assert_eq!(jira.field("HSP-1", "comment")["comments"][0]["body"], TEXT);
}

#[test]
fn a_comment_beside_a_field_whose_type_jira_tells_takes_two_requests() {
    let jira = Jira::server().comments_forbidden().start();
    commenting(&jira)
        .set("JIRA_FIELD_TYPE", "auto")
        .args(&["--dry-run"])
        .run()
        .exits(0);
    assert_eq!(jira.requests().len(), 1, "its metadata lists no comment");
}

#[test]
fn an_empty_comment_is_unset_and_one_that_looks_like_json_is_text() {
    let jira = Jira::server().start();
    Program::seed(&jira).set("JIRA_COMMENT", "").run().exits(0);
    assert_eq!(jira.writes()[0].json().get("update"), None);
    let text = r#"{"body":"no"}"#;
    alone(&jira).args(&["--comment", text]).run().exits(0);
    assert_eq!(jira.writes()[1].json()["update"], added(&json!(text)));
}

#[test]
fn the_same_comment_of_another_run_stands_there_too() {
    let jira = Jira::server().start();
    for _ in 0..2 {
        alone(&jira).run().exits(0);
    }
    assert_eq!(jira.field("HSP-1", "comment")["total"], 2);
}

#[test]
fn a_cloud_site_that_wants_documents_gets_the_comment_as_one() {
    let jira = Jira::cloud().adf_only().start();
    let (code, report) = cloud(&jira).report();
    assert_eq!((code, &report["issues"][0]["attempts"]), (0, &json!(2)));
    let paths: Vec<_> = jira
        .writes()
        .iter()
        .map(|write| write.path.clone())
        .collect();
    assert_eq!(
        paths,
        ["/rest/api/2/issue/HSP-1", "/rest/api/3/issue/HSP-1"]
    );
    let text = |text: &str| json!({ "type": "text", "text": text });
    let lines = [
        text("Build 42 passed"),
        json!({ "type": "hardBreak" }),
        text("https://ci.example.com/42"),
    ];
    let document = json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": lines }] });
    assert_eq!(jira.writes()[1].json()["update"], added(&document));
    assert_eq!(report["issues"][0]["update"], added(&document));
}

#[test]
fn a_comment_is_not_repeated_where_it_may_have_been_added() {
    let mut rows = Rows::default();
    for fault in [Fault::Status(502, ""), Fault::Status(500, ""), Fault::Reset] {
        rows.check(&format!("{fault:?}"), || {
            let jira = Jira::server().start();
            jira.always(On::Write, fault.clone());
            let (code, report) = commenting(&jira).report();
            let issue = &report["issues"][0];
            assert_eq!((code, jira.writes().len()), (5, 1), "{report}");
            assert_eq!(issue["maybe_written"], true, "{report}");
            let message = issue["error"]["message"].to_string();
            ensure(message.contains("not tried again"), || message)
        });
    }
    let jira = Jira::server().start();
    jira.misbehave(On::Write, Fault::Status(503, ""));
    commenting(&jira).run().exits(0);
    assert_eq!(jira.field("HSP-1", "comment")["total"], 1);
}

#[test]
fn a_dry_run_shows_the_comment_and_adds_none() {
    let jira = Jira::server().start();
    let (code, report) = commenting(&jira).args(&["--dry-run"]).report();
    assert_eq!((code, &report["outcome"]), (0, &json!("planned")));
    assert_eq!(report["issues"][0]["update"], added(&json!(TEXT)));
    commenting(&jira)
        .args(&["--dry-run"])
        .run()
        .exits(0)
        .prints(r#""update":{"comment":[{"add":{"body":"Build 42 passed\nhttps"#);
    assert!(jira.writes().is_empty());
}

#[test]
fn a_value_that_is_skipped_leaves_the_comment_out_too() {
    let jira = Jira::server().start();
    let (code, report) = commenting(&jira)
        .set("JIRA_FIELD_VALUE", "cancelled")
        .set("JIRA_VALUE_MAP", "cancelled=, *=Passed")
        .report();
    assert_eq!((code, &report["outcome"]), (0, &json!("skipped")));
    assert!(jira.requests().is_empty());
}

#[test]
fn whoever_may_not_comment_learns_of_the_permission() {
    let jira = Jira::server().comments_forbidden().start();
    commenting(&jira).fails_saying(
        "field_not_editable",
        4,
        &[
            "comment",
            "ask for the permission Add comments in project HSP",
        ],
    );
    let (code, steps, found) = check(commenting(&jira));
    assert_eq!(code, 4, "{found}");
    let failed: Vec<_> = steps.iter().filter(|(_, ok)| !ok).collect();
    assert_eq!(failed, [&("permission".to_owned(), false)], "{found}");
    let said = found.to_string();
    for words in [
        "ci-bot may see HSP-1 but may not comment on it",
        "ask for the permission Add comments in project HSP",
        "ci-bot may browse and edit; ",
    ] {
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
    let (code, _, found) = check(Program::seed(&jira));
    assert_eq!(code, 0, "nobody asked to comment: {found}");
}

#[test]
fn check_shows_the_comment_as_it_would_be_sent() {
    let jira = Jira::server().start();
    let ran = alone(&jira).args(&["check"]).run().exits(0);
    ran.prints("ci-bot may browse, edit and comment; ")
        .prints(r#"{"update":{"comment":[{"add":{"body":"#);
    assert!(jira.writes().is_empty());
}

#[test]
fn a_comment_that_jira_refuses_is_told_in_jiras_words() {
    let jira = Jira::server().start();
    let refusal = json!({ "errorMessages": [], "errors": { "comment": "Too long." } });
    jira.misbehave(On::Write, Fault::Answer(Reply::json(400, &refusal)));
    commenting(&jira).fails("value_refused", 4, "Too long.");
}
