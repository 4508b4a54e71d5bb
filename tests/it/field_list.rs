use crate::program::Program;
use crate::rows::each;
use fake_jira::Jira;
use serde_json::Value;

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
