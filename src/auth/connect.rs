//! Connect's JSON Web Tokens: HS256 over the claims `iss`, `iat`, `exp` and the
//! query string hash. Knows nothing of installing an app.

use crate::auth::oauth1::RESERVED;
use crate::base_url::BaseUrl;
use crate::client::SigningContext;
use crate::redact::Secret;
use crate::redact::{RedactionGuard, Redactor};
use crate::transport::{MaybeSecret, Method, Request};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::utf8_percent_encode;
use ring::{digest, hmac};
use serde_json::json;
use std::collections::BTreeMap;
use url::Url;

/// What Atlassian's own libraries give a token to live, in seconds.
const LIFE: u64 = 180;

/// An installed app of a Jira Cloud site.
pub(crate) struct Connect {
    app_key: String,
    shared_secret: Secret,
    /// Jira's base path, which the hash leaves out.
    context_path: String,
    redactor: Redactor,
}

impl Connect {
    /// Registers the shared secret with the redactor, so that no output shows it.
    pub(crate) fn new(
        app_key: String,
        shared_secret: Secret,
        base: &BaseUrl,
        redactor: &Redactor,
    ) -> Self {
        redactor.register(&shared_secret);
        Connect {
            app_key,
            shared_secret,
            context_path: base.context_path().to_owned(),
            redactor: redactor.clone(),
        }
    }

    pub(super) fn sign(
        &self,
        request: &mut Request,
        signing_context: SigningContext,
    ) -> RedactionGuard {
        let claims = json!({
            "iss": self.app_key,
            "iat": signing_context.now,
            "exp": signing_context.now + LIFE,
            "qsh": query_string_hash(request.method, &request.url, &self.context_path),
        });
        let key = self.shared_secret.reveal().as_bytes();
        let token = Secret::derived(token(
            r#"{"alg":"HS256","typ":"JWT"}"#,
            &claims.to_string(),
            key,
        ));
        request.headers.push((
            "authorization",
            MaybeSecret::Sensitive(Secret::derived(format!("JWT {}", token.reveal()))),
        ));
        self.redactor.guard(&[token], None)
    }
}

/// RFC 7515 section 3.1, with HMAC and SHA-256.
fn token(header: &str, claims: &str, key: &[u8]) -> String {
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn query_string_hash(method: Method, url: &Url, context_path: &str) -> String {
    let hash = digest::digest(
        &digest::SHA256,
        canonical_request(method, url, context_path).as_bytes(),
    );
    hash.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// <https://developer.atlassian.com/cloud/bitbucket/query-string-hash>;
/// repeated values are joined by a bare comma, as
/// <https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps>
/// shows.
fn canonical_request(method: Method, url: &Url, context_path: &str) -> String {
    let path = url
        .path()
        .strip_prefix(context_path)
        .unwrap_or(url.path())
        .trim_end_matches('/');
    let path = if path.is_empty() {
        "/".to_owned()
    } else {
        path.replace('&', "%26")
    };
    let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in url.query_pairs().filter(|(name, _)| name != "jwt") {
        parameters
            .entry(encode(&name))
            .or_default()
            .push(encode(&value));
    }
    let parameters = parameters.into_iter().map(|(name, mut values)| {
        values.sort_unstable();
        format!("{name}={}", values.join(","))
    });
    format!(
        "{}&{path}&{}",
        method.name(),
        parameters.collect::<Vec<_>>().join("&")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    fn canonical(method: Method, address: &str, context_path: &str) -> String {
        canonical_request(method, &Url::parse(address).unwrap(), context_path)
    }

    #[test]
    fn the_canonical_requests_of_atlassians_pages_come_out() {
        let rows = [
            (
                Method::Get,
                "https://x.atlassian.net?param=foo",
                "",
                "GET&/&param=foo",
            ),
            (
                Method::Post,
                "https://x.atlassian.net/user",
                "",
                "POST&/user&",
            ),
            (
                Method::Get,
                "https://addon.example.com/jira-connector",
                "/jira-connector",
                "GET&/&",
            ),
            (
                Method::Get,
                "https://addon.example.com/jira-connector/issue",
                "/jira-connector",
                "GET&/issue&",
            ),
            (
                Method::Get,
                "https://addon.example.com/issue/",
                "",
                "GET&/issue&",
            ),
            (
                Method::Get,
                "https://addon.example.com/a&b",
                "",
                "GET&/a%26b&",
            ),
            (
                Method::Get,
                "http://localhost:2990/path/to/service?zee_last=param&repeated=parameter 1&first=param&repeated=parameter 2",
                "",
                "GET&/path/to/service&first=param&repeated=parameter%201,parameter%202&zee_last=param",
            ),
            (Method::Get, "https://h/p?jwt=ABC.DEF&a=1", "", "GET&/p&a=1"),
            (
                Method::Put,
                "https://h/p?b=+*~%2b&B=&ü=ä",
                "",
                "PUT&/p&%C3%BC=%C3%A4&B=&b=%20%2A~%2B",
            ),
        ];
        each(rows, |(method, address, context_path, request)| {
            assert_eq!(
                canonical(method, address, context_path),
                request,
                "{address}"
            );
        });
    }

    /// The hash that
    /// <https://developer.atlassian.com/cloud/bitbucket/query-string-hash> gives.
    #[test]
    fn the_published_hash_comes_out() {
        let url = Url::parse("https://api.bitbucket.org/test?param=value").unwrap();
        let hash = query_string_hash(Method::Get, &url, "");
        assert_eq!(
            hash,
            "be16910858a41fd19ea5c1b4e9decca9a784d1024cb00b2158defe2f29dc86dd"
        );
    }

    #[test]
    fn the_token_of_rfc_7515_appendix_a_1_comes_out() {
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let header = "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}";
        let claims =
            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
        assert_eq!(
            token(header, claims, &URL_SAFE_NO_PAD.decode(key).unwrap()),
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9\
             .eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ\
             .dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
    }

    #[test]
    fn a_token_says_who_when_and_what_and_is_hidden() {
        let redactor = Redactor::default();
        let base = BaseUrl::parse("https://x.atlassian.net").unwrap();
        let connect = Connect::new(
            "app".to_owned(),
            Secret::derived("shared".to_owned()),
            &base,
            &redactor,
        );
        let url = base.below("/rest/api/2/myself");
        let mut request = Request {
            method: Method::Get,
            url,
            headers: vec![],
            body: None,
        };
        let guard = connect.sign(
            &mut request,
            SigningContext {
                now: 1_300_819_200,
                nonce: 0,
            },
        );
        let header = request.headers[0].1.reveal();
        let token = header.strip_prefix("JWT ").unwrap();
        let parts: Vec<_> = token.split('.').collect();
        let claims = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(
            (&claims["iss"], &claims["iat"]),
            (&json!("app"), &json!(1_300_819_200))
        );
        assert_eq!(claims["exp"], json!(1_300_819_380));
        assert_eq!(
            redactor.redact(&format!("you sent {header}")),
            "you sent JWT ***"
        );
        drop(guard);
        assert_eq!(redactor.redact(token), token);
    }
}
