//! A secret is hidden in any text, whole or in chunks; neither result holds it.
#![no_main]

use jira_build_status::redact::Secret;
use jira_build_status::redact::{HIDDEN, RedactingStream, Redactor};

libfuzzer_sys::fuzz_target!(|given: (&str, &str, &str, u8)| {
    let (secret, before, after, size) = given;
    // The stars that hide a secret may, beside others, spell a secret of stars.
    if secret.len() < 4 || secret.chars().any(|c| c.is_control() || HIDDEN.contains(c)) {
        return;
    }
    let redactor = Redactor::default();
    redactor.register(&Secret::derived(secret.to_owned()));
    let text = format!("{before}{secret}{after}");
    assert!(!redactor.redact(&text).contains(secret));
    let mut stream = RedactingStream::new(redactor);
    let mut out = Vec::new();
    for chunk in text.as_bytes().chunks(usize::from(size).max(1)) {
        out.extend(stream.pass(chunk));
    }
    out.extend(stream.finish(false));
    assert!(!String::from_utf8_lossy(&out).contains(secret));
});
