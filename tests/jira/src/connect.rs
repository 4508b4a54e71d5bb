//! Installed Connect apps, and the verification of their tokens.

use crate::encoding::encoded;
use crate::login::Caller;
use crate::message::{Reply, Request};
use crate::site::Site;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::{digest, hmac};
use serde_json::Value;
use std::time::SystemTime;

/// What clocks may differ by, in seconds. Unsourced.
const LEEWAY: u64 = 30;

#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) key: String,
    pub(crate) shared_secret: String,
    /// The user that Jira made for it.
    pub(crate) user: String,
}

impl Site {
    /// The user that a request with a token acts as; `None` where the text is no token at all.
    pub(crate) fn log_in_with_jwt(
        &self,
        token: &str,
        request: &Request,
        now: SystemTime,
    ) -> Option<Result<Caller, Reply>> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts.as_slice() else {
            return None;
        };
        let (header_json, claims_json) = (json_of(header)?, json_of(claims)?);
        let app = self
            .apps
            .iter()
            .find(|app| claims_json["iss"] == app.key.as_str());
        let signed = format!("{header}.{claims}");
        let good = app.filter(|app| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, app.shared_secret.as_bytes());
            let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
            header_json["alg"] == "HS256"
                && hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
                && is_timely(&claims_json, now)
                && claims_json["qsh"] == self.query_string_hash(request).as_str()
        });
        Some(match good {
            Some(app) => Ok(Caller {
                user: Some(app.user.clone()),
                reason: None,
            }),
            // The message is unsourced.
            None => Err(self.must_log_in(request)),
        })
    }

    fn query_string_hash(&self, request: &Request) -> String {
        let path = request
            .path()
            .strip_prefix(self.context_path.as_str())
            .unwrap_or_else(|| request.path());
        let hash = digest::digest(
            &digest::SHA256,
            canonical(&request.method, path, &request.parameters()).as_bytes(),
        );
        hash.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

fn json_of(part: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn is_timely(claims: &Value, now: SystemTime) -> bool {
    let now = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let (Some(issued), Some(expires)) = (claims["iat"].as_u64(), claims["exp"].as_u64()) else {
        return false;
    };
    issued <= now + LEEWAY && expires + LEEWAY >= now
}

/// <https://developer.atlassian.com/cloud/bitbucket/query-string-hash>
fn canonical(method: &str, path: &str, parameters: &[(String, String)]) -> String {
    let mut path = path.replace('&', "%26");
    while path.ends_with('/') {
        path.pop();
    }
    if path.is_empty() {
        path.push('/');
    }
    let mut names: Vec<String> = parameters
        .iter()
        .map(|(name, _)| encoded(name))
        .filter(|name| name != "jwt")
        .collect();
    names.sort();
    names.dedup();
    let joined = names.iter().map(|name| {
        let own = parameters.iter().filter(|(key, _)| encoded(key) == *name);
        let mut values: Vec<String> = own.map(|(_, value)| encoded(value)).collect();
        values.sort();
        format!("{name}={}", values.join(","))
    });
    let query = joined.collect::<Vec<_>>().join("&");
    format!("{}&{path}&{query}", method.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the page, and the one of Understanding JWT for Connect apps.
    #[test]
    fn the_published_canonical_requests_come_out() {
        for (method, target, request) in [
            ("get", "/?param=foo", "GET&/&param=foo"),
            ("Post", "/user", "POST&/user&"),
            ("GET", "/issue/", "GET&/issue&"),
            (
                "GET",
                "/path/to/service?zee_last=param&repeated=parameter%201&first=param&repeated=parameter%202",
                "GET&/path/to/service&first=param&repeated=parameter%201,parameter%202&zee_last=param",
            ),
            ("GET", "/p?jwt=a.b.c&a=1", "GET&/p&a=1"),
        ] {
            let asked = Request::new(method, target);
            assert_eq!(
                canonical(&asked.method, asked.path(), &asked.parameters()),
                request
            );
        }
    }
}
