//! Any edit metadata leads to a body or an error, never a panic.
#![no_main]

use jira_build_status::deployment::Deployment;
use jira_build_status::edit::assignment::Assignment;
use jira_build_status::edit::editmeta::{read_edit_metadata, read_field_list};
use jira_build_status::edit::{EditContext, allowed_values, describe};
use jira_build_status::redact::Redactor;

libfuzzer_sys::fuzz_target!(|given: (&str, &[u8])| {
    let (set, json) = given;
    let editable = read_edit_metadata(json.to_vec());
    let all = read_field_list(json.to_vec());
    let context = EditContext {
        editable: editable.as_deref(),
        all: all.as_deref(),
        deployment: Deployment::SelfHosted,
        now: 0,
        redactor: &Redactor::default(),
    };
    for field in editable.iter().chain(&all).flatten() {
        let _ = describe(
            field.id.name(&Redactor::default()).as_str(),
            Some(field),
            &Redactor::default(),
        );
        let _ = allowed_values(field, set, &Redactor::default());
        for text in [
            format!("{}=a,b", field.id.exact()),
            format!("{}+=a", field.id.exact()),
            format!("{}={set}", field.name.exact()),
        ] {
            if let Ok(assignment) = Assignment::parse(&text) {
                let _ = context.plan(&[assignment]);
            }
        }
    }
    if let Ok(assignment) = Assignment::parse(set)
        && let Ok(edit) = context.plan(&[assignment])
    {
        assert!(edit.body().as_object().is_some_and(|body| !body.is_empty()));
    }
});
