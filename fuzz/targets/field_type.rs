//! Every text becomes JSON that can be read back, or a refusal that says what
//! the field takes.
#![no_main]

use jira_build_status::deployment::Deployment;
use jira_build_status::edit::editmeta::AllowedValues;
use jira_build_status::edit::encode::EncodeContext;
use jira_build_status::edit::field_types::FIELD_TYPES;
use jira_build_status::edit::known::Known;

libfuzzer_sys::fuzz_target!(|given: (u8, bool, u32, &str, &str)| {
    let (which, cloud, now, value, text) = given;
    let shape = FIELD_TYPES[usize::from(which) % FIELD_TYPES.len()].shape;
    let child: String = text.chars().rev().collect();
    let listed =
        serde_json::json!([{ "id": "1", "value": value, "children": [{ "value": child }] }])
            .to_string();
    let deployment = if cloud {
        Deployment::Cloud
    } else {
        Deployment::SelfHosted
    };
    let context = EncodeContext {
        allowed: AllowedValues::new(listed.as_bytes()),
        deployment,
        now: u64::from(now),
    };
    if let Ok(json) = shape.encode(text, &context) {
        let sent = json.to_string();
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&sent)
                .unwrap()
                .to_string(),
            sent
        );
    }
    let known = Known::of(&[(shape, text)], context.allowed);
    if let Ok(elements) = shape.encode_elements(text, &known, &context) {
        assert!(elements.len() <= text.len() + 1);
    }
});
