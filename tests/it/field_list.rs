use crate::program::Program;
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply};
use serde_json::{Value, json};

fn fields(jira: &Jira, arguments: &[&str]) -> Program {
    Program::seed(jira).args(&["fields"]).args(arguments)
}

#[test]
fn each_field_stands_on_a_row_with_what_it_takes() {
    let jira = Jira::data_center().start();
    fields(&jira, &["build", "status"]).run().exits(0).prints(
        "customfield_10314  Build status                 select        set             \
         Development Completed, In Progress, Passed, Failed",
    );
    assert!(jira.writes().is_empty());
}

#[test]
fn a_row_shows_the_first_values_and_how_many_more_there_are() {
    let jira = Jira::server().start();
    let schema = json!({ "type": "option" });
    let row = |count: usize| {
        let values: Vec<_> = (1..=count)
            .map(|at| json!({ "value": format!("v{at}") }))
            .collect();
        let field = json!({ "name": "Many", "schema": schema, "allowedValues": values });
        let metadata = json!({ "fields": { "customfield_1": field } });
        let reply = Reply::json(200, &metadata);
        jira.misbehave(On::Path("/editmeta"), Fault::Answer(reply));
        fields(&jira, &[]).run().exits(0).stdout
    };
    assert!(row(12).ends_with(", v11, v12\n"), "{}", row(12));
    assert!(row(13).ends_with(", v12, and 1 more\n"), "{}", row(13));
    assert!(row(30).ends_with(", v12, and 18 more\n"), "{}", row(30));
}

#[test]
fn without_an_issue_the_fields_of_the_site_are_listed() {
    let jira = Jira::data_center().start();
    fields(&jira, &["build", "number"])
        .unset("JIRA_ISSUE_KEY")
        .run()
        .exits(0)
        .prints("customfield_10319  Build number");
    assert!(
        jira.requests()
            .iter()
            .all(|request| request.path.ends_with("/rest/api/2/field"))
    );
}

#[test]
fn scripts_read_every_allowed_value_as_json() {
    let jira = Jira::data_center().start();
    let ran = fields(&jira, &["verdict", "--output", "json"])
        .run()
        .exits(0);
    let listed: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(listed["issue"], "HSP-1");
    let field = &listed["fields"][0];
    assert_eq!(field["id"], "customfield_10315");
    assert_eq!(field["shape"], "select");
    assert_eq!(field["allowed"][0]["value"], "Good");
}

#[test]
fn whoever_finds_no_field_learns_where_to_look() {
    let jira = Jira::data_center().start();
    fields(&jira, &["nosuch"])
        .run()
        .exits(4)
        .says("no field of HSP-1's edit screen holds the words \"nosuch\"")
        .says("without --issue the fields of the whole site are searched");
    fields(&jira, &["nosuch"])
        .unset("JIRA_ISSUE_KEY")
        .run()
        .exits(4)
        .says("no field of this site holds the words \"nosuch\"")
        .says("use fewer words, or none");
    fields(&jira, &[])
        .set("JIRA_PASSWORD", "wrong")
        .run()
        .exits(3);
    fields(&jira, &[])
        .set("JIRA_ISSUE_KEY", "NOPE-1")
        .run()
        .exits(4);
    assert!(jira.writes().is_empty());
}

#[test]
fn whoever_does_not_know_the_field_is_pointed_to_the_list() {
    let jira = Jira::data_center().start();
    let seed = || Program::seed(&jira).set("JIRA_FIELD_TYPE", "auto");
    seed()
        .unset("JIRA_FIELD_ID")
        .run()
        .exits(2)
        .says("JIRA_FIELD_ID (--field) is missing")
        .says("jira-build-status fields lists them");
    for field in ["99999", "Bild status", "Xyzzy"] {
        seed()
            .set("JIRA_FIELD_ID", field)
            .run()
            .exits(4)
            .says("jira-build-status fields lists ");
    }
    let unset = || seed().unset("JIRA_FIELD_ID").unset("JIRA_FIELD_VALUE");
    unset()
        .args(&["check"])
        .run()
        .exits(0)
        .prints("jira-build-status fields --issue HSP-1 lists those that can be written");
    let ran = unset()
        .unset("JIRA_ISSUE_KEY")
        .args(&["check", "--output", "json"])
        .run();
    let found: Value = serde_json::from_str(&ran.exits(0).stdout).unwrap();
    assert_eq!(
        found["hint"],
        "no field is given; jira-build-status fields lists those that can be written"
    );
    let jira_alone = seed().args(&["check"]).run().exits(0);
    assert!(!jira_alone.stdout.contains("hint: "), "{jira_alone:?}");
}

#[test]
fn names_of_fields_command_nobody_in_the_list() {
    let jira = Jira::server().hostile().start();
    each(["text", "json"], |output| {
        let ran = fields(&jira, &["--output", output]).run().exits(0);
        for line in ran.stdout.lines() {
            assert!(!line.trim_start().starts_with("::"), "{line}");
            assert!(!line.contains("##vso["), "{line}");
        }
    });
    assert!(!jira.requests().is_empty());
}

#[test]
fn an_issue_without_a_field_to_edit_says_so_and_where_to_look() {
    let jira = Jira::server().start();
    let none = Fault::Status(200, r#"{"fields":{}}"#);
    jira.misbehave(On::Path("/editmeta"), none);
    fields(&jira, &[])
        .run()
        .exits(4)
        .says("Jira lists no field of HSP-1 that may be edited")
        .says("ask for the permission Edit issues in HSP-1's project");
}

#[test]
fn a_value_of_an_odd_form_hides_no_other_and_one_that_is_disabled_is_not_listed() {
    let jira = Jira::server().start();
    let many: Vec<_> = (0..40).map(|at| format!("verb{at}")).collect();
    let schema = json!({ "type": "option" });
    let odd = json!([
        null, true, 7, -7, 1.5, ["a"], {}, "plain", "a \"quoted\" one",
        { "id": "1", "value": "Off", "disabled": true }, { "id": "2", "value": "On" },
        { "id": "4", "key": "HSP" }, { "id": "5", "key": "MKY", "name": "Monkey" },
        { "id": "6", "value": "a \"quoted\" option" },
        { "id": "3", "value": "Parent", "children": [{ "value": "Old", "disabled": true }, { "value": "New" }] },
    ]);
    let metadata = json!({ "fields": {
        "customfield_1": { "name": "Odd", "schema": schema, "operations": many, "allowedValues": odd },
        "customfield_2": { "name": "No list", "schema": schema, "allowedValues": { "value": "a" } },
    } });
    let reply = Reply::json(200, &metadata);
    jira.misbehave(On::Path("/editmeta"), Fault::Answer(reply));
    let ran = fields(&jira, &["--output", "json"]).run().exits(0);
    let listed: Value = serde_json::from_str(&ran.stdout).unwrap();
    let values = |at: usize| {
        let allowed = listed["fields"][at]["allowed"].as_array().unwrap().iter();
        allowed
            .map(|one| one["value"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    let known = [
        "plain",
        "a \"quoted\" one",
        "On",
        "HSP",
        "Monkey",
        "a \"quoted\" option",
        "Parent",
        "Parent > New",
    ];
    assert_eq!(values(0), known, "{listed}");
    assert!(values(1).is_empty(), "{listed}");
    let verbs = listed["fields"][0]["operations"].as_array().unwrap();
    assert_eq!((&verbs[15], verbs.len()), (&json!("verb15"), 16));
}

#[test]
fn the_report_of_a_list_that_failed_has_the_request_id() {
    let jira = Jira::server().start();
    let failed = Reply::new(500).header("X-AREQUESTID", "1184x40213x1");
    jira.misbehave(On::Path("/editmeta"), Fault::Answer(failed));
    let (code, report) = fields(&jira, &[]).without_retries().report();
    let error = &report["error"];
    assert_eq!(
        (code, &error["request_id"]),
        (5, &json!("1184x40213x1")),
        "{report}"
    );
}
