//! `--set` reads or refuses every text, and a refusal never shows the value.
#![no_main]

use jira_build_status::field::Assignment;

libfuzzer_sys::fuzz_target!(|text: &str| {
    match Assignment::parse(text) {
        Ok(assignment) => {
            assert!(!assignment.field.as_str().trim().is_empty());
            assert!(!assignment.text.is_empty() && text.ends_with(&assignment.text));
        }
        Err(error) => {
            let value = text.split_once('=').map_or("", |(_, value)| value);
            assert!(value.len() < 16 || !error.contains(value), "{error}");
        }
    }
});
