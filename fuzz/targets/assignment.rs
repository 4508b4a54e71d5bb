//! `--set` reads or refuses every text, and a refusal never shows the value.
#![no_main]

use jira_build_status::edit::assignment::Assignment;

libfuzzer_sys::fuzz_target!(|text: &str| {
    match Assignment::parse(text) {
        Ok(assignment) => {
            assert!(!assignment.field.as_str().trim().is_empty());
            assert!(!assignment.text.is_empty() && text.ends_with(&assignment.text));
        }
        // Only a text without a value is told by its name; every other refusal is our
        // own words alone.
        Err(error) => assert!(
            text.ends_with('=') || !error.cause.starts_with("gives "),
            "{error}"
        ),
    }
});
