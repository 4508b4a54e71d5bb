//! A secret is hidden in any text, whole or in chunks; both ways agree that it is gone.
#![no_main]

use jira_build_status::mask::{HIDDEN, Mask, Sieve};
use jira_build_status::secret::Secret;

libfuzzer_sys::fuzz_target!(|given: (&str, &str, &str, u8)| {
    let (secret, before, after, size) = given;
    // The stars that hide a secret may, beside others, spell a secret of stars.
    if secret.len() < 4 || secret.chars().any(|c| c.is_control() || HIDDEN.contains(c)) {
        return;
    }
    let mask = Mask::default();
    mask.hide(&Secret::derived(secret.to_owned()));
    let text = format!("{before}{secret}{after}");
    assert!(!mask.clean(&text).contains(secret));
    let mut sieve = Sieve::new(mask);
    let mut out = Vec::new();
    for chunk in text.as_bytes().chunks(usize::from(size).max(1)) {
        out.extend(sieve.pass(chunk));
    }
    out.extend(sieve.finish(false));
    assert!(!String::from_utf8_lossy(&out).contains(secret));
});
