//! How a secret looks in each form in which it may come back, and the search for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fake_jira::Recorded;

/// The forms in which an echo comes.
pub const FORMS: &[fn(&str) -> String] = &[
    str::to_owned,
    |text| STANDARD.encode(text),
    |text| text.bytes().map(|byte| format!("%{byte:02x}")).collect(),
    |text| {
        serde_json::to_string(text)
            .expect("a string")
            .trim_matches('"')
            .to_owned()
    },
    |text| text.chars().map(|c| format!("{c}\r\n\t")).collect(),
    |text| text.bytes().map(|byte| format!("\\x{byte:02x}")).collect(),
    |text| {
        text.chars()
            .map(|c| format!("&#X00{:X};", u32::from(c)))
            .collect()
    },
    |text| text.bytes().map(|byte| format!("{byte:02X}")).collect(),
    |text| text.bytes().map(char::from).collect(),
];

pub type Form = fn(&str) -> String;

/// What was sent in place of what was configured.
pub fn secrets(request: &Recorded) -> Vec<String> {
    let proof = request
        .header("authorization")
        .and_then(|header| header.split_once(' '));
    let cookies = request
        .header("cookie")
        .unwrap_or_default()
        .split("; ")
        .filter_map(|cookie| cookie.split_once('='));
    let secrets = proof
        .into_iter()
        .chain(cookies)
        .map(|(_, secret)| secret.to_owned());
    secrets.filter(|secret| secret.len() > 3).collect()
}

/// What of the credentials the echo held that broke off inside them.
pub fn beginning(request: &Recorded, form: Form) -> Option<String> {
    let (whole, end) = match (request.header("authorization"), request.header("cookie")) {
        (Some(header), _) => (header, header.find(' ')?),
        (None, cookies) => (cookies?, cookies?.rfind('=')?),
    };
    let (echo, before) = (form(whole), form(&whole[..=end]));
    let (held, before) = (
        echo.chars().count() * 3 / 4,
        before.trim_end_matches('=').chars().count(),
    );
    let beginning: String = echo.chars().take(held).skip(before).collect();
    Some(unfolded(&beginning)).filter(|beginning| !beginning.is_empty())
}

/// How a secret looks in each form, in a text without its folds.
pub fn traces(secret: &str) -> Vec<String> {
    let forms = FORMS.iter().map(|form| form(secret));
    // What base64 of a longer text holds of it, where the secret begins at the
    // second or third of three bytes.
    let inside = [1, 2].map(|before| {
        let whole = STANDARD.encode("-".repeat(before) + secret);
        whole[before + 1..(before + secret.len()) * 8 / 6].to_owned()
    });
    let traces = forms
        .chain(inside)
        .map(|form| unfolded(form.trim_end_matches('=')));
    traces.filter(|trace| trace.len() > 3).collect()
}

pub fn unfolded(text: &str) -> String {
    text.replace(['\r', '\n', '\t'], "")
}

#[track_caller]
pub fn search(shown: &str, traces: impl Iterator<Item = String>, what: &str) {
    let unfolded = unfolded(shown);
    for trace in traces {
        assert!(!unfolded.contains(&trace), "{what}: {trace} is in {shown}");
    }
}
