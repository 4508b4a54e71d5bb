//! Whatever is given for a private key is read or refused, and a refusal shows
//! nothing of it.
#![no_main]

use jira_build_status::credentials::private_key::PrivateKey;
use jira_build_status::redact::Secret;

libfuzzer_sys::fuzz_target!(|given: (u8, &str)| {
    let (form, text) = given;
    let label = [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
    ][usize::from(form) % 4];
    let wrapped = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
    for key in [text, wrapped.as_str()] {
        if let Err(error) = PrivateKey::read(&Secret::derived(key.to_owned())) {
            let error = error.to_string();
            let long_enough =
                text.len() >= 8 && text.bytes().filter(u8::is_ascii_digit).count() >= 4;
            assert!(!long_enough || !error.contains(text), "{error}");
        }
    }
});
