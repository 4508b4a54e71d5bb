use crate::program::{FIELD, Program, VALUE};
use fake_jira::{Jira, world};
use serde_json::json;

#[test]
fn the_seeds_pipeline_is_one_request_and_the_field_holds_the_value() {
    let jira = Jira::server().tls().start();
    Program::seed(&jira)
        .run()
        .exits(0)
        .prints("HSP-1 written in ")
        .prints(" ms: {");
    let requests = jira.requests();
    assert_eq!(requests.len(), 1);
    let put = &requests[0];
    assert_eq!(
        (put.method.as_str(), put.path.as_str()),
        ("PUT", "/jira/rest/api/2/issue/HSP-1")
    );
    assert_eq!(
        put.body,
        br#"{"fields":{"customfield_10314":{"value":"Development Completed"}}}"#
    );
    assert_eq!(put.header("x-atlassian-token"), Some("no-check"));
    let agent = format!("jira-build-status/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(put.header("user-agent"), Some(agent.as_str()));
    assert_eq!(jira.field("HSP-1", FIELD)["value"], VALUE);
}

#[test]
fn cloud_takes_an_email_and_a_token_and_data_center_a_personal_token() {
    let cloud = Jira::cloud().start();
    Program::seed(&cloud)
        .unset("JIRA_USERNAME")
        .unset("JIRA_PASSWORD")
        .set("JIRA_USER_EMAIL", world::CI_EMAIL)
        .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
        .run()
        .exits(0);
    assert_eq!(cloud.field("HSP-1", FIELD)["value"], VALUE);
    let data_center = Jira::data_center().start();
    Program::seed(&data_center)
        .unset("JIRA_USERNAME")
        .unset("JIRA_PASSWORD")
        .set("JIRA_PERSONAL_TOKEN", world::CI_PERSONAL_TOKEN)
        .run()
        .exits(0);
    assert_eq!(data_center.field("HSP-1", FIELD)["value"], VALUE);
}

#[test]
fn auto_asks_for_the_type_once_and_on_the_same_connection() {
    let jira = Jira::server().tls().start();
    Program::seed(&jira)
        .set("JIRA_FIELD_TYPE", "auto")
        .set("JIRA_FIELD_VALUE", "development completed")
        .run()
        .exits(0);
    let requests: Vec<_> = jira
        .requests()
        .iter()
        .map(|asked| format!("{} {}", asked.method, asked.path))
        .collect();
    assert_eq!(
        requests,
        [
            "GET /jira/rest/api/2/issue/HSP-1/editmeta",
            "PUT /jira/rest/api/2/issue/HSP-1"
        ]
    );
    assert_eq!(jira.connections(), 1);
    assert_eq!(jira.field("HSP-1", FIELD)["value"], VALUE);
}

#[test]
fn several_issues_are_reported_in_the_order_given_and_each_once() {
    let jira = Jira::server().start();
    let (code, report) = Program::seed(&jira)
        .set("JIRA_ISSUE_KEY", "HSP-3, hsp-1\nHSP-404 HSP-3")
        .report();
    assert_eq!(code, 6);
    assert_eq!(report["outcome"], "partial");
    let issues: Vec<_> = report["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| (&issue["key"], &issue["outcome"]))
        .collect();
    let (written, failed) = (json!("written"), json!("failed"));
    assert_eq!(
        issues,
        [
            (&json!("HSP-3"), &written),
            (&json!("HSP-1"), &written),
            (&json!("HSP-404"), &failed)
        ]
    );
    assert_eq!(jira.writes().len(), 3);
}

#[test]
fn a_dry_run_shows_the_exact_body_and_sends_nothing() {
    let jira = Jira::server().start();
    let (code, report) = Program::seed(&jira).args(&["--dry-run"]).report();
    assert_eq!((code, &report["outcome"]), (0, &json!("planned")));
    assert_eq!(
        report["issues"][0]["fields"],
        json!({ FIELD: { "value": VALUE } })
    );
    assert_eq!(jira.requests().len(), 0);
    Program::seed(&jira)
        .args(&["--dry-run", "--type", "auto"])
        .run()
        .exits(0)
        .prints(r#"{"fields":{"customfield_10314":"#);
    assert_eq!(jira.writes().len(), 0);
}

#[test]
fn a_value_map_translates_the_build_systems_word() {
    let jira = Jira::server().start();
    let program = Program::seed(&jira).set("JIRA_FIELD_VALUE", "SUCCESS");
    program
        .set(
            "JIRA_VALUE_MAP",
            "success=Passed, failure=Failed, *=Running",
        )
        .run()
        .exits(0);
    assert_eq!(jira.field("HSP-1", FIELD)["value"], "Passed");
}

#[test]
fn several_fields_go_out_in_one_request() {
    let jira = Jira::server().start();
    Program::seed(&jira)
        .set(
            "JIRA_FIELDS",
            "customfield_10319=42\ncustomfield_10321:=3.50\nlabels+=nightly",
        )
        .run()
        .exits(0);
    assert_eq!(jira.writes().len(), 1);
    assert_eq!(jira.field("HSP-1", FIELD)["value"], VALUE);
    assert_eq!(jira.field("HSP-1", "customfield_10319"), "42");
    assert_eq!(jira.field("HSP-1", "customfield_10321"), json!(3.5));
    assert_eq!(jira.field("HSP-1", "labels"), json!(["nightly"]));
}

#[test]
fn notify_users_is_sent_only_when_it_is_set() {
    let jira = Jira::cloud().start();
    let cloud = || {
        Program::seed(&jira)
            .unset("JIRA_USERNAME")
            .set("JIRA_USER_EMAIL", world::CI_EMAIL)
            .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
    };
    cloud().run().exits(0);
    cloud().args(&["--notify-users", "false"]).run().exits(0);
    let queries: Vec<_> = jira
        .writes()
        .iter()
        .map(|write| write.query.clone())
        .collect();
    assert_eq!(queries, ["", "notifyUsers=false"]);
}

#[test]
fn the_json_report_holds_what_the_interface_promises() {
    let jira = Jira::server().start();
    let (_, report) = Program::seed(&jira).report();
    let issue = &report["issues"][0];
    assert_eq!(
        (&report["outcome"], &report["exit_code"]),
        (&json!("written"), &json!(0))
    );
    assert_eq!(issue["key"], "HSP-1");
    assert_eq!(issue["fields"], json!({ FIELD: { "value": VALUE } }));
    assert_eq!(issue["update"], json!({}));
    assert_eq!(
        (&issue["attempts"], &issue["http_status"]),
        (&json!(1), &json!(204))
    );
    assert!(issue["elapsed_ms"].is_u64());
    assert_eq!(issue["url"], format!("{}/browse/HSP-1", jira.base_url()));
}

#[test]
fn a_failure_that_is_allowed_is_reported_and_exits_0() {
    let jira = Jira::server().start();
    let program = || {
        Program::seed(&jira)
            .set("JIRA_ISSUE_KEY", "HSP-404")
            .set("JIRA_ALLOW_FAILURE", "yes")
    };
    let (code, report) = program().report();
    assert_eq!((code, &report["exit_code"]), (0, &json!(4)));
    program()
        .run()
        .succeeds_saying("error: HSP-404 was not written: ");
    program()
        .args(&["--isue", "x"])
        .run()
        .succeeds_saying("there is no flag --isue");
}
