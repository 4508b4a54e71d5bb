//! Situations of fields and values.

use crate::program::Program;
use crate::situations::Situation;
use fake_jira::{Fault, Jira, On, world};

type Variables = &'static [(&'static str, &'static str)];

/// The seed's pipeline with other settings.
fn given(
    name: &str,
    variables: Variables,
    expected: (&'static str, &'static str, &'static str),
) -> Situation {
    refused(name, None, variables, expected)
}

/// The same, where Jira refuses the write with this body.
fn refused(
    name: &str,
    body: Option<&'static str>,
    variables: Variables,
    (kind, cause, hint): (&'static str, &'static str, &'static str),
) -> Situation {
    Situation {
        name: name.to_owned(),
        play: Box::new(move || {
            let jira = Jira::server().start();
            if let Some(body) = body {
                jira.always(On::Write, Fault::Status(400, body));
            }
            let mut program = Program::seed(&jira).set("JIRA_FIELD_TYPE", "auto");
            for (name, value) in variables {
                program = program.set(name, value);
            }
            (program, Box::new(jira))
        }),
        kind,
        code: if kind == "usage" { 2 } else { 4 },
        cause,
        hint,
        id: None,
        lists_choices: false,
    }
}

/// Jira offers no field of the issue to edit, to a user who may edit issues there.
fn read_only() -> Situation {
    let body = r#"{"errorMessages":[],"errors":{"customfield_10314":"Field 'customfield_10314' cannot be set. It is not on the appropriate screen, or unknown."}}"#;
    let cause = "Jira offers no field of it to edit, although ci-bot may edit issues there";
    Situation {
        play: Box::new(move || {
            let jira = Jira::server().start();
            jira.always(On::Write, Fault::Status(400, body));
            let metadata = Fault::Status(200, r#"{"fields":{}}"#);
            jira.always(On::Path("/editmeta"), metadata);
            (Program::seed(&jira), Box::new(jira))
        }),
        ..given(
            "a read-only issue",
            &[],
            (FIELD, cause, "look at its status"),
        )
    }
}

const VALUE: &str = "value_refused";
const FIELD: &str = "field_not_editable";

#[rustfmt::skip]
pub fn all() -> Vec<Situation> {
    let another = r#"{"errorMessages":[],"errors":{"customfield_10345":"Release gate is required."}}"#;
    let unknown_cause = r#"{"errorMessages":["No."],"errors":{}}"#;
    let too_long = r#"{"errorMessages":[],"errors":{"customfield_10319":"The entered text is too long. It exceeds the allowed limit of 255 characters."}}"#;
    vec![
        read_only(),
        given("unknown option", &[("JIRA_FIELD_VALUE", "Complete")], (VALUE, "Build status has no option \"Complete\"", "it has: ")),
        given("unknown option, type named", &[("JIRA_FIELD_VALUE", "Complete"), ("JIRA_FIELD_TYPE", "select")], (VALUE, "Build status has no option \"Complete\"", "it has: ")),
        given("value map without a match", &[("JIRA_FIELD_VALUE", "UNSTABLE"), ("JIRA_VALUE_MAP", "success=Passed")], (VALUE, "Build status has no option \"UNSTABLE\", and JIRA_VALUE_MAP has no entry for it", "add UNSTABLE=VALUE or *=VALUE")),
        given("value map to a wrong option", &[("JIRA_FIELD_VALUE", "success"), ("JIRA_VALUE_MAP", "success=Green")], (VALUE, "Build status has no option \"Green\", which JIRA_VALUE_MAP makes of \"success\"", "it has: ")),
        given("radio buttons", &[("JIRA_FIELD_ID", "10315"), ("JIRA_FIELD_VALUE", "Ugly")], (VALUE, "Build verdict has no option \"Ugly\"", "it has: ")),
        given("multi-select", &[("JIRA_FIELD_ID", "10316"), ("JIRA_FIELD_VALUE", "Linux, BeOS")], (VALUE, "Platforms has no option \"BeOS\"", "it has: ")),
        given("checkboxes", &[("JIRA_FIELD_ID", "10317"), ("JIRA_FIELD_VALUE", "Lnit")], (VALUE, "Checks has no option \"Lnit\"", "did you mean \"Lint\"?")),
        given("cascading", &[("JIRA_FIELD_ID", "10318"), ("JIRA_FIELD_VALUE", "Production > Mars")], (VALUE, "Deployment target has no option \"Mars\"", "it has: ")),
        given("a version", &[("JIRA_FIELD_ID", "10330"), ("JIRA_FIELD_VALUE", "9.9")], (VALUE, "Built version has no value \"9.9\"", "it has: ")),
        given("components", &[("JIRA_FIELD_ID", "components"), ("JIRA_FIELD_VALUE", "Backside")], (VALUE, "Component/s has no value \"Backside\"", "it has: ")),
        given("priority", &[("JIRA_FIELD_ID", "priority"), ("JIRA_FIELD_VALUE", "Urgent")], (VALUE, "Priority has no value \"Urgent\"", "it has: ")),
        given("a date", &[("JIRA_FIELD_ID", "10322"), ("JIRA_FIELD_VALUE", "18.11.2026")], (VALUE, "Built on takes a date such as 2026-11-18, not \"18.11.2026\"", "YYYY-MM-DD")),
        given("a time", &[("JIRA_FIELD_ID", "10323"), ("JIRA_FIELD_VALUE", "yesterday")], (VALUE, "Built at takes a time such as 2026-11-18T14:39:00Z, not \"yesterday\"", "RFC 3339")),
        given("a number", &[("JIRA_FIELD_ID", "10321"), ("JIRA_FIELD_VALUE", "many")], (VALUE, "Build minutes takes a number such as 42 or 1.5, not \"many\"", "help fields")),
        given("a sprint's name", &[("JIRA_FIELD_ID", "10335"), ("JIRA_FIELD_VALUE", "Sprint 7")], (VALUE, "Sprint takes the number of one sprint, not \"Sprint 7\"", "")),
        given("a user", &[("JIRA_FIELD_ID", "10326"), ("JIRA_FIELD_VALUE", "nobody")], (VALUE, "Jira knows no user \"nobody\" for Release manager", "give the login name")),
        given("a label with a blank", &[("JIRA_FIELD_ID", "labels"), ("JIRA_FIELD_VALUE", "a b")], (VALUE, "Jira refused the value \"a b\" for Labels: The label 'a b' contains spaces", "")),
        given("another type named", &[("JIRA_FIELD_TYPE", "text")], (VALUE, "JIRA_FIELD_TYPE is text, but the field Build status is of the type select", "JIRA_FIELD_TYPE=select")),
        given("an unknown type", &[("JIRA_FIELD_TYPE", "dropdown")], ("usage", "JIRA_FIELD_TYPE", "")),
        given("no Edit permission", &[("JIRA_ISSUE_KEY", "HSP-8"), ("JIRA_FIELD_TYPE", "select")], (FIELD, "ci-bot may see it but not edit it", "ask for the permission Edit issues in project HSP")),
        given("no Edit permission, type asked", &[("JIRA_ISSUE_KEY", "HSP-8")], (FIELD, "ci-bot may see it but not edit it", "ask for the permission Edit issues in project HSP")),
        given("not on the screen", &[("JIRA_FIELD_ID", "10342"), ("JIRA_FIELD_VALUE", "x"), ("JIRA_FIELD_TYPE", "text")], (FIELD, "the field Off screen is not on its edit screen", "ask a Jira administrator to add it there")),
        given("no such id", &[("JIRA_FIELD_ID", "99999"), ("JIRA_FIELD_TYPE", "text")], (FIELD, "Jira knows no field customfield_99999", "jira-build-status fields")),
        given("no such name", &[("JIRA_FIELD_ID", "Build statsu")], (FIELD, "no field is named \"Build statsu\"", "did you mean")),
        given("a name that several fields bear", &[("JIRA_FIELD_ID", "Duplicate")], ("usage", "Duplicate", "")),
        given("an import id", &[("JIRA_FIELD_ID", "10334"), ("JIRA_FIELD_VALUE", "1")], (FIELD, "Import Id", "")),
        refused("another field is required", Some(another), &[], (VALUE, "Jira requires the field Release gate", "--set 'Release gate=TEXT'")),
        refused("a refusal that does not say what it refuses", Some(unknown_cause), &[], (VALUE, "Jira refused the value \"Development Completed\" for Build status", "")),
        refused("a refusal without a text", Some(""), &[], (VALUE, "Jira refused the value \"Development Completed\" for Build status and did not say why", "")),
        refused("a text that is too long", Some(too_long), &[("JIRA_FIELD_ID", "10319"), ("JIRA_FIELD_VALUE", world::BUILD_STATUS)], (VALUE, "Jira refused the value \"customfield_10314\" for Build number: The entered text is too long.", "")),
        refused("closed by the workflow", Some(r#"{"errorMessages":["You are not allowed to edit this issue due to its current status in the workflow."],"errors":{}}"#), &[], (VALUE, "its status in the workflow lets nobody edit it", "")),
        refused("the permission in words", Some(r#"{"errorMessages":["You do not have permission to edit issues in this project."],"errors":{}}"#), &[], (VALUE, "ci-bot may see it but not edit it", "Edit issues")),
    ]
}
