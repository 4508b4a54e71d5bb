use crate::answers::{expect, failure};
use crate::program::{Program, VALUE};
use crate::rows::each;
use fake_jira::{Fault, Jira, On};

#[test]
fn an_option_that_does_not_exist_is_answered_with_those_that_do() {
    let jira = Jira::server().start();
    each(["select", "auto"], |kind| {
        let program = Program::seed(&jira)
            .set("JIRA_FIELD_TYPE", kind)
            .set("JIRA_FIELD_VALUE", "Pased");
        let (actual, _, message, hint) = failure(program);
        assert_eq!(actual, "value_refused");
        assert_eq!(message, "Build status has no option \"Pased\"");
        assert!(hint.starts_with("it has: Passed, "), "{hint}");
        assert!(
            hint.contains("In Progress") && hint.contains("did you mean \"Passed\"?"),
            "{hint}"
        );
    });
}

/// A second field beside the seed's, and the cause and the hint where Jira
/// refuses the write of both like this.
fn told_about_two_fields(body: &'static str) -> String {
    let jira = Jira::server().start();
    jira.misbehave(On::Write, Fault::Status(400, body));
    let (kind, _, message, hint) =
        failure(Program::seed(&jira).set("JIRA_FIELDS", "customfield_10315=Good"));
    assert_eq!(kind, "value_refused");
    format!("{message}: {hint}")
}

#[test]
fn of_several_fields_those_are_explained_that_the_refusal_names_or_else_all() {
    let (status, verdict) = ("Build status", "Build verdict");
    let rows = [
        r#"{"errorMessages":[],"errors":{"customfield_10315":"No."}}"#,
        r#"{"errorMessages":[],"errors":{"Build verdict":"No."}}"#,
        r#"{"errorMessages":["customfield_10315 takes no such value."],"errors":{}}"#,
    ];
    each(rows, |body| {
        let hint = told_about_two_fields(body);
        assert!(
            hint.contains(verdict) && !hint.contains(status),
            "{body}: {hint}"
        );
    });
    let hint = told_about_two_fields(r#"{"errorMessages":["No."],"errors":{}}"#);
    assert!(hint.contains(status) && hint.contains(verdict), "{hint}");
    for choices in [
        "Build status has: Development Completed",
        "Build verdict has: Good",
    ] {
        assert!(hint.contains(choices), "{hint}");
    }
}

#[test]
fn an_option_that_is_added_and_does_not_exist_is_named() {
    let jira = Jira::server().start();
    let program = Program::seed(&jira)
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .unset("JIRA_FIELD_TYPE")
        .args(&["--set", "Platforms+=Linux, BeOS"]);
    let words = "Platforms has no option \"BeOS\"";
    expect(program, "value_refused", 4, words);
}

#[test]
fn no_more_is_told_of_a_refused_value_than_jira_says() {
    let silent = r#"{"errorMessages":[],"errors":{"customfield_10314":""}}"#;
    let about_nothing = r#"{"errorMessages":["No."],"errors":{}}"#;
    let status = "Jira refused the value \"Development Completed\" for Build status";
    let manager = "Jira refused the value \"nobody\" for Release manager";
    let rows = [
        (silent, "10314", VALUE, status),
        (about_nothing, "10314", VALUE, status),
        (about_nothing, "10326", "nobody", manager),
    ];
    each(rows, |(body, field, value, cause)| {
        let jira = Jira::server().start();
        jira.misbehave(On::Write, Fault::Status(400, body));
        let program = Program::seed(&jira)
            .set("JIRA_FIELD_ID", field)
            .set("JIRA_FIELD_VALUE", value)
            .set("JIRA_FIELD_TYPE", "auto");
        let (kind, _, message, _) = failure(program);
        assert_eq!((kind.as_str(), message.as_str()), ("value_refused", cause));
    });
}

#[test]
fn the_value_that_was_likely_meant_is_sought_by_the_text_of_its_own_field() {
    let jira = Jira::server().start();
    let program = Program::seed(&jira)
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .unset("JIRA_FIELD_TYPE");
    let program = program.args(&["--set", "Build number=42", "--set", "Build status=Pased"]);
    expect(program, "value_refused", 4, "did you mean \"Passed\"?");
}

#[test]
fn a_refusal_of_a_field_that_jira_tells_nothing_about_points_to_check() {
    let jira = Jira::server().start();
    jira.misbehave(
        On::Write,
        Fault::Status(400, r#"{"errorMessages":["No."],"errors":{}}"#),
    );
    jira.always(On::Path("/editmeta"), Fault::Status(404, ""));
    jira.always(On::Path("/field"), Fault::Status(404, ""));
    expect(
        Program::seed(&jira),
        "value_refused",
        4,
        "jira-build-status check shows",
    );
}

#[test]
fn a_translated_refusal_of_a_field_off_the_screen_is_recognised_by_the_metadata() {
    let jira = Jira::server().start();
    let german = r#"{"errorMessages":[],"errors":{"customfield_10342":"Das Feld kann nicht gesetzt werden."}}"#;
    jira.misbehave(On::Write, Fault::Status(400, german));
    let program = Program::seed(&jira)
        .set("JIRA_FIELD_ID", "10342")
        .set("JIRA_FIELD_TYPE", "text");
    expect(
        program,
        "field_not_editable",
        4,
        "the field Off screen is not on its edit screen",
    );
}

#[test]
fn a_required_field_that_jira_lists_nowhere_is_named_as_jira_names_it() {
    let jira = Jira::server().start();
    let body = r#"{"errorMessages":[],"errors":{"approval":"Approval is required."}}"#;
    jira.misbehave(On::Write, Fault::Status(400, body));
    let (kind, _, message, hint) = failure(Program::seed(&jira));
    assert_eq!(kind, "value_refused");
    assert_eq!(message, "Jira requires the field approval");
    assert_eq!(hint, "write it in the same run: --set 'approval=TEXT'");
}

#[test]
fn what_jira_says_of_a_field_by_its_id_or_its_name_is_told_in_the_cause() {
    let rows = [
        r#"{"errorMessages":[],"errors":{"customfield_10314":"No."}}"#,
        r#"{"errorMessages":[],"errors":{"Build status":"No."}}"#,
    ];
    each(rows, |body| {
        let jira = Jira::server().start();
        jira.misbehave(On::Write, Fault::Status(400, body));
        let (kind, _, message, _) = failure(Program::seed(&jira));
        assert_eq!(kind, "value_refused", "{body}");
        let cause = "Jira refused the value \"Development Completed\" for Build status: No.";
        assert_eq!(message, cause, "{body}");
    });
}

#[test]
fn a_refusal_of_a_field_that_is_not_written_names_that_field() {
    let rows = [
        (
            r#"{"errorMessages":[],"errors":{"environment":"No."}}"#,
            "Jira refused the field Environment, which this run does not write",
        ),
        (
            r#"{"errorMessages":[],"errors":{"customfield_99999":"No."}}"#,
            "Jira refused the field customfield_99999, which this run does not write",
        ),
    ];
    each(rows, |(body, cause)| {
        let jira = Jira::server().start();
        jira.misbehave(On::Write, Fault::Status(400, body));
        let (kind, _, message, _) = failure(Program::seed(&jira));
        assert_eq!((kind.as_str(), message.as_str()), ("value_refused", cause));
    });
}
