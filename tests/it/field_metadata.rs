use crate::fields::auto;
use crate::program::Program;
use crate::rows::each;
use fake_jira::{Fault, Jira, On, world};
use serde_json::json;

#[test]
fn a_name_is_resolved_and_one_that_several_fields_bear_lists_their_ids() {
    let jira = Jira::server().start();
    auto(&jira, "Duplicate", "x")
        .run()
        .exits(2)
        .says("customfield_10340")
        .says("customfield_10341");
    auto(&jira, "Bild status", "x")
        .run()
        .exits(4)
        .says("did you mean \"Build status\" (customfield_10314)?");
    auto(&jira, "Off screen", "x")
        .run()
        .exits(4)
        .says("is not on its edit screen");
    auto(&jira, "Build status", "Passed")
        .set("JIRA_FIELD_TYPE", "select")
        .run()
        .exits(0);
}

#[test]
fn an_import_id_which_swallows_writes_is_refused_with_the_reason() {
    let jira = Jira::server().start();
    auto(&jira, "Import Id", "7")
        .run()
        .exits(4)
        .says("Jira answers 204 to a write and keeps the old value");
    assert_eq!(jira.writes().len(), 0);
}

#[test]
fn metadata_is_asked_once_for_many_issues_as_long_as_the_value_does_not_depend_on_it() {
    let jira = Jira::server().start();
    let issues = "HSP-1 HSP-2 HSP-3 HSP-4 MKY-1";
    let asked = |jira: &Jira| {
        jira.requests()
            .iter()
            .filter(|asked| asked.path.ends_with("/editmeta"))
            .count()
    };
    auto(&jira, "10314", "Passed")
        .set("JIRA_ISSUE_KEY", issues)
        .run()
        .exits(0);
    assert_eq!(asked(&jira), 1);
    let jira = Jira::server().start();
    auto(&jira, "Build status", "Passed")
        .set("JIRA_ISSUE_KEY", issues)
        .run()
        .exits(0);
    assert_eq!(asked(&jira), 2, "a name is looked up once for each project");
    let jira = Jira::server().start();
    auto(&jira, "10314", "passed")
        .set("JIRA_ISSUE_KEY", issues)
        .run()
        .exits(0);
    assert_eq!(
        asked(&jira),
        5,
        "the spelling comes from the issue's own options"
    );
    let jira = Jira::server().start();
    auto(&jira, "Stage", "Triage")
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2")
        .run()
        .exits(6)
        .says("HSP-2")
        .says("Plan");
    let jira = Jira::cloud().start();
    let user = auto(&jira, "10326", world::FRED_ACCOUNT_ID)
        .unset("JIRA_USERNAME")
        .set("JIRA_USER_EMAIL", world::CI_EMAIL);
    user.set("JIRA_API_TOKEN", world::CI_API_TOKEN)
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3")
        .run()
        .exits(0);
    let questions = jira
        .requests()
        .iter()
        .filter(|asked| asked.method == "GET")
        .count();
    assert_eq!(
        (asked(&jira), questions),
        (1, 2),
        "the form of a user is asked for once, too"
    );
}

#[test]
fn a_field_of_one_projects_screens_is_cached_there_whichever_issue_comes_first() {
    let jira = Jira::server().start();
    let (code, report) = auto(&jira, "10349", "bananas")
        .set("JIRA_ISSUE_KEY", "HSP-1 MKY-1")
        .report();
    let outcomes: Vec<_> = report["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| &issue["outcome"])
        .collect();
    assert_eq!(
        (code, outcomes),
        (6, vec![&json!("failed"), &json!("written")]),
        "{report}"
    );
    assert_eq!(jira.field("MKY-1", "customfield_10349"), "bananas");
}

#[test]
fn where_the_edit_metadata_is_kept_from_the_user_the_write_itself_decides() {
    let jira = Jira::server().start();
    each([400, 403], |status| {
        jira.misbehave(On::Path("/editmeta"), Fault::Status(status, ""));
        auto(&jira, "Build status", "Passed").run().exits(0);
        assert_eq!(
            jira.field("HSP-1", "customfield_10314")["value"],
            "Passed",
            "{status}"
        );
    });
    assert_eq!(jira.writes().len(), 2);
}

#[test]
fn an_issue_whose_edit_metadata_cannot_be_had_is_reported_with_the_attempts_and_the_status() {
    let jira = Jira::server().start();
    let rows = [
        (Fault::Reset, "unreachable", json!(null)),
        (Fault::Status(200, "{"), "unexpected_answer", json!(200)),
        (Fault::Status(500, ""), "unreachable", json!(500)),
    ];
    each(rows, |(fault, kind, status)| {
        jira.misbehave(On::Path("/editmeta"), fault);
        let (_, report) = auto(&jira, "Build status", "Passed")
            .without_retries()
            .report();
        let issue = &report["issues"][0];
        assert_eq!(
            (
                &issue["error"]["kind"],
                &issue["attempts"],
                &issue["http_status"]
            ),
            (&json!(kind), &json!(1), &status),
            "{report}"
        );
    });
    assert_eq!(jira.writes().len(), 0);
}

#[test]
fn another_issues_metadata_explains_a_refusal_only_of_a_field_that_its_project_lacks() {
    let no = r#"{"errorMessages":[],"errors":{"customfield_10319":"No."}}"#;
    let german = r#"{"errorMessages":[],"errors":{"customfield_10342":"Das Feld kann nicht gesetzt werden."}}"#;
    let rows = [
        ("10319", "HSP-1 HSP-2", Some(no), 2),
        ("10342", "HSP-1 HSP-2", None, 1),
        ("10342", "HSP-1 HSP-2", Some(german), 1),
        ("10342", "HSP-1 MKY-1", None, 2),
    ];
    each(rows, |(field, issues, refusal, asked)| {
        let jira = Jira::server().start();
        if let Some(refusal) = refusal {
            jira.always(On::Write, Fault::Status(400, refusal));
        }
        Program::seed(&jira)
            .set("JIRA_FIELD_ID", field)
            .set("JIRA_FIELD_TYPE", "text")
            .set("JIRA_ISSUE_KEY", issues)
            .set("JIRA_CONCURRENCY", "1")
            .without_retries()
            .run()
            .exits(4);
        let mut requests = jira.requests();
        requests.retain(|request| request.path.contains("/editmeta"));
        assert_eq!(requests.len(), asked, "{field} {issues}");
    });
}
