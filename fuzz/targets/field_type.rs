//! Every text becomes JSON that can be read back, or a refusal that says what
//! the field takes.
#![no_main]

use jira_build_status::deployment::Deployment;
use jira_build_status::edit::editmeta::Allowed;
use jira_build_status::edit::field_type::EncodeContext;
use jira_build_status::edit::field_types::FIELD_TYPES;

libfuzzer_sys::fuzz_target!(|given: (u8, bool, u32, &str, &str)| {
    let (which, cloud, now, value, text) = given;
    let shape = FIELD_TYPES[usize::from(which) % FIELD_TYPES.len()].shape;
    let child = Allowed {
        text: text.chars().rev().collect::<String>().into(),
        ..Allowed::default()
    };
    let listed = Allowed {
        id: Some("1".into()),
        text: value.into(),
        children: vec![child],
        ..Allowed::default()
    };
    let deployment = if cloud {
        Deployment::Cloud
    } else {
        Deployment::SelfHosted
    };
    let context = EncodeContext {
        allowed: &[listed],
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
    if let Ok(elements) = shape.encode_elements(text, &context) {
        assert!(elements.len() <= text.len() + 1);
    }
});
