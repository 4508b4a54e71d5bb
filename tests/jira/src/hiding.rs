//! Requests as they may be shown: without the secrets that prove who sent them.

use crate::record::Recorded;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

const HIDDEN: &str = "***";

/// Members of bodies, and parameters, whose values are secrets.
const SECRET_NAMES: [&str; 12] = [
    "password",
    "os_password",
    "client_secret",
    "refresh_token",
    "access_token",
    "token",
    "code",
    "code_verifier",
    "jwt",
    "oauth_token",
    "oauth_verifier",
    "oauth_signature",
];

impl Recorded {
    /// All of it as JSON, with `***` in place of credentials, tokens, cookies and
    /// what is signed with a secret.
    pub fn without_secrets(&self) -> Value {
        let headers = self.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| json!([name, header(name, value)]))
            .collect();
        json!({
            "at": crate::datetime::iso(self.at),
            "method": self.method,
            "path": self.path,
            "query": form(&self.query),
            "headers": headers,
            "body": self.hidden_body(),
            "connection": self.connection,
            "status": self.status,
            "account": self.account,
            "applied": self.applied,
        })
    }

    /// JSON as JSON, all else as text.
    fn hidden_body(&self) -> Value {
        if let Ok(mut body) = serde_json::from_slice(&self.body) {
            hide(&mut body);
            return body;
        }
        let text = String::from_utf8_lossy(&self.body).into_owned();
        let media_type = self.header("Content-Type").unwrap_or_default();
        if media_type.starts_with("application/x-www-form-urlencoded") {
            return form(&text).into();
        }
        text.into()
    }
}

fn is_secret(name: &str) -> bool {
    let mut names = SECRET_NAMES.iter();
    names.any(|secret| name.eq_ignore_ascii_case(secret))
}

/// The scheme of credentials is no secret.
fn header(name: &str, value: &str) -> String {
    let sensitive = ["authorization", "proxy-authorization", "cookie"];
    if !sensitive
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
    {
        return value.to_owned();
    }
    match value.split_once(' ') {
        Some((scheme, _)) if !name.eq_ignore_ascii_case("cookie") => format!("{scheme} {HIDDEN}"),
        _ => HIDDEN.to_owned(),
    }
}

fn form(text: &str) -> String {
    let pairs = text.split('&').map(|pair| {
        let (name, _) = pair.split_once('=').unwrap_or((pair, ""));
        match is_secret(&percent_decode_str(name).decode_utf8_lossy()) {
            true => format!("{name}={HIDDEN}"),
            false => pair.to_owned(),
        }
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(members) => hide_members(members),
        Value::Array(elements) => elements.iter_mut().for_each(hide),
        _ => {}
    }
}

fn hide_members(members: &mut Map<String, Value>) {
    for (name, value) in members.iter_mut() {
        match value {
            Value::Object(_) | Value::Array(_) => hide(value),
            _ if is_secret(name) => *value = HIDDEN.into(),
            _ => {}
        }
    }
}
