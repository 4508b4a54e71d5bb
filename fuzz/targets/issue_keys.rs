//! Whatever is taken for an issue key stays one segment of the path that it goes into.
#![no_main]

use jira_build_status::base_url::BaseUrl;
use jira_build_status::issue_key::IssueKey;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(keys) = IssueKey::parse_list(text) else {
        return;
    };
    let base = BaseUrl::parse("https://jira.example.com/jira").unwrap();
    for key in &keys {
        assert_eq!(IssueKey::parse(key.as_str()).as_ref(), Some(key));
        let url = base.below(&format!("/rest/api/2/issue/{key}"));
        assert_eq!(url.path(), format!("/jira/rest/api/2/issue/{key}"));
        assert!(url.query().is_none() && url.fragment().is_none());
    }
});
