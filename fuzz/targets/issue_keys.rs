//! Whatever is taken for an issue key stays one segment of the path that it goes into.
#![no_main]

use jira_build_status::base_url::BaseUrl;
use jira_build_status::issue_key::{IssueKey, list};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let base = BaseUrl::parse("https://jira.example.com/jira").unwrap();
    let Ok(keys) = list::parse(&[text], Some(&base)) else {
        return;
    };
    for key in &keys {
        assert_eq!(IssueKey::parse(key.as_str()).as_ref(), Some(key));
        let url = base.below(&format!("/rest/api/2/issue/{key}"));
        assert_eq!(url.path(), format!("/jira/rest/api/2/issue/{key}"));
        assert!(url.query().is_none() && url.fragment().is_none());
    }
});
