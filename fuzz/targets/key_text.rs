//! Every key that is found in a text stands there, as a whole, once; those of a
//! project are among them.
#![no_main]

use jira_build_status::issue_key::in_text::keys_in;
use std::collections::HashSet;

libfuzzer_sys::fuzz_target!(|given: (&str, u16)| {
    let (text, times) = given;
    // Long texts show what takes the square of their length.
    let text = text.repeat(
        usize::from(times)
            .max(1)
            .min((1 << 20) / text.len().max(1))
            .max(1),
    );
    let keys = keys_in(&text, &[]);
    let distinct: HashSet<_> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len());
    assert!(keys.len() <= text.matches('-').count());
    assert!(keys.iter().take(10).all(|key| text.contains(key.as_str())));
    if let Some(first) = keys.first() {
        let (project, _) = first.as_str().split_once('-').expect("a key");
        assert!(!keys_in(&text, &[project.to_owned()]).is_empty());
    }
});
