//! Any error body becomes short sentences on one line, without the secret
//! and without control characters.
#![no_main]

use jira_build_status::redact::{Redactor, Secret};
use jira_build_status::response::error_body::ErrorBody;
use jira_build_status::transport::Response;

const SECRET: &str = "hunter2!";

libfuzzer_sys::fuzz_target!(|given: (bool, bool, &str, &[u8])| {
    let (complete, html, target, bytes) = given;
    let kind = if html {
        "text/html"
    } else {
        "application/json"
    };
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![
        header("content-type", kind),
        header("location", target),
        header("x-authentication-denied-reason", target),
    ];
    let redactor = Redactor::default();
    redactor.register(&Secret::derived(SECRET.to_owned()));
    let answer = Response {
        status: 400,
        headers,
        body: bytes.to_vec(),
        complete,
        ..Response::default()
    };
    let body = ErrorBody::read(&answer, &redactor);
    let clean =
        [&body.location, &body.login_page].map(|text| text.as_ref().map(|text| text.as_str()));
    let sentence = body.sentence();
    for text in clean.into_iter().flatten().chain([sentence.as_str()]) {
        assert!(
            !text.contains(SECRET) && !text.chars().any(char::is_control),
            "{text:?}"
        );
    }
});
