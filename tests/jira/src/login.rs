//! Credentials, and the headers that say whether they were accepted.

use crate::account::User;
use crate::message::{Reply, Request};
use crate::refusal;
use crate::site::{Kind, Site};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use std::time::SystemTime;

/// Bad logins of one user until a CAPTCHA is asked for.
pub const CAPTCHA_AFTER: u32 = 3;

const PASSWORDS_ARE_DEPRECATED: &str = "Basic authentication with passwords is deprecated.  \
    For more information, see: https://confluence.atlassian.com/cloud/\
    deprecation-of-basic-authentication-with-passwords-for-jira-and-confluence-apis-972355348.html\n";

const AUTHENTICATED_FAILED: &str = "AUTHENTICATED_FAILED";

/// The user that a request acts as.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller {
    /// The user's name; `None` is an anonymous request.
    pub(crate) user: Option<String>,
    /// `X-Seraph-LoginReason`, where one is sent.
    pub(crate) reason: Option<&'static str>,
}

impl Site {
    /// The user that the request acts as, or the answer that rejects it.
    pub(crate) fn log_in(&mut self, request: &Request, now: SystemTime) -> Result<Caller, Reply> {
        let Some(credentials) = request.value_of("Authorization") else {
            let session = if self.is_self_hosted() {
                self.log_in_with_cookie(request, now)
            } else {
                None
            };
            return session.unwrap_or_else(|| Ok(Caller::default()));
        };
        if self.is_self_hosted() && after_scheme(credentials, "oauth ").is_some() {
            return self.log_in_with_oauth1(request, now);
        }
        if let (Kind::Cloud, Some(token)) = (self.kind, credentials.strip_prefix("JWT ")) {
            return self
                .log_in_with_jwt(token, request, now)
                .unwrap_or_else(|| Ok(Caller::default()));
        }
        let basic = after_scheme(credentials, "basic ");
        match self.kind {
            Kind::Cloud => match (basic, credentials.strip_prefix("Bearer ")) {
                (Some(pair), _) => self.log_in_with_api_token(pair, request),
                (None, Some(token)) if !token.starts_with(' ') => {
                    Err(connect_session(token, self, request))
                }
                _ => Ok(Caller::default()),
            },
            kind => match (basic, after_scheme(credentials, "bearer ")) {
                (Some(pair), _) => self.log_in_with_password(pair),
                (None, Some(token)) if kind == Kind::DataCenter => {
                    match self.bearer(token, request, now) {
                        Some(bearer) => bearer.map(Caller::known),
                        None => self.log_in_with_personal_token(token),
                    }
                }
                _ => Ok(Caller::default()),
            },
        }
    }

    fn log_in_with_password(&mut self, pair: &str) -> Result<Caller, Reply> {
        if self.switches.basic_blocked {
            // Unsourced; the switch is documented.
            let message = "Basic Authentication has been disabled on this instance.";
            return Err(Reply::json(403, &json!({ "message": message })));
        }
        let Some((name, password)) = pair_of(pair) else {
            return Err(self.authentication_failed());
        };
        let Some(user) = self.users.iter().find(|user| user.name == name) else {
            return Err(self.authentication_failed());
        };
        let right = user.active && user.password == password;
        let failures = self.bad_logins.entry(name.clone()).or_default();
        if *failures >= CAPTCHA_AFTER {
            return Err(self.captcha_required());
        }
        if right {
            *failures = 0;
            return Ok(Caller::known(name));
        }
        *failures += 1;
        Err(self.authentication_failed())
    }

    fn log_in_with_personal_token(&self, token: &str) -> Result<Caller, Reply> {
        let bears = |user: &&User| user.active && user.personal_tokens.iter().any(|t| t == token);
        if let Some(user) = self.users.iter().find(bears) {
            return Ok(Caller::known(user.name.clone()));
        }
        let message = "Client must be authenticated to access this resource.";
        let body = json!({"message": message, "status-code": 401});
        Err(Reply::json(401, &body).header("WWW-Authenticate", self.realm()))
    }

    fn log_in_with_api_token(&self, pair: &str, request: &Request) -> Result<Caller, Reply> {
        let Some((email, secret)) = pair_of(pair) else {
            return Ok(Caller::default());
        };
        let rejected = Caller {
            user: None,
            reason: (!email.is_empty()).then_some(AUTHENTICATED_FAILED),
        };
        let mut users = self.users.iter().filter(|user| user.active);
        let Some(user) = users.find(|user| user.email.eq_ignore_ascii_case(&email)) else {
            return Ok(rejected);
        };
        // Measured: a GET that brings a body is served as if the token were wrong.
        if request.method == "GET" && !request.body.is_empty() {
            return Ok(rejected);
        }
        if user.api_tokens.contains(&secret) {
            return Ok(Caller {
                user: Some(user.name.clone()),
                reason: None,
            });
        }
        if user.scoped_tokens.contains(&secret) {
            return Err(self.must_log_in(request));
        }
        if user.password == secret {
            return Err(Reply::text(401, PASSWORDS_ARE_DEPRECATED));
        }
        Ok(rejected)
    }

    /// The 401 of an operation that needs a login.
    pub(crate) fn must_log_in(&self, request: &Request) -> Reply {
        let reply = match self.kind {
            Kind::Cloud => {
                refusal::must_be_authenticated(request).header("X-Frame-Options", "SAMEORIGIN")
            }
            _ => refusal::messages(
                401,
                &["You are not authenticated. Authentication required to perform this operation."],
            ),
        };
        reply.header("WWW-Authenticate", self.realm())
    }

    /// Adds the headers about the login to an answer.
    pub(crate) fn sign(&self, mut reply: Reply, caller: &Caller) -> Reply {
        reply.account.clone_from(&caller.user);
        if let Some(reason) = caller.reason {
            reply = reply.header("X-Seraph-LoginReason", reason);
        }
        if self.is_self_hosted() {
            let name = caller.user.as_deref().unwrap_or("anonymous");
            let name = utf8_percent_encode(name, NON_ALPHANUMERIC).to_string();
            reply = reply.header("X-AUSERNAME", name.replace("%2D", "-"));
        }
        reply
    }

    fn authentication_failed(&self) -> Reply {
        let sentence = "Basic Authentication Failure - Reason : AUTHENTICATED_FAILED";
        refusal::page(401, "Unauthorized (401)", sentence)
            .header("X-Seraph-LoginReason", AUTHENTICATED_FAILED)
            .header("WWW-Authenticate", self.realm())
    }

    fn captcha_required(&self) -> Reply {
        let sentence = "Basic Authentication Failure - Reason : AUTHENTICATION_DENIED";
        let denied = format!("CAPTCHA_CHALLENGE; login-url={}/login.jsp", self.base_url);
        refusal::page(403, "Forbidden (403)", sentence)
            .header("X-Seraph-LoginReason", "AUTHENTICATION_DENIED")
            .header("X-Authentication-Denied-Reason", denied)
    }

    pub(crate) fn realm(&self) -> String {
        let site = utf8_percent_encode(&self.base_url, NON_ALPHANUMERIC).to_string();
        format!(
            "OAuth realm=\"{}\"",
            site.replace("%2E", ".").replace("%2D", "-")
        )
    }
}

impl Caller {
    pub(crate) fn known(user: String) -> Self {
        Self {
            user: Some(user),
            reason: Some("OK"),
        }
    }

    /// A user whom the gateway authenticated.
    pub(crate) fn through_gateway(user: String) -> Self {
        Self {
            user: Some(user),
            reason: None,
        }
    }

    /// Whether a user was recognised.
    pub(crate) fn is_known(&self) -> bool {
        self.user.is_some()
    }
}

/// The credentials after a scheme, whose case does not matter.
fn after_scheme<'a>(credentials: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, rest) = credentials.split_at_checked(scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn pair_of(encoded: &str) -> Option<(String, String)> {
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, secret) = text.split_once(':')?;
    Some((user.to_owned(), secret.to_owned()))
}

/// Cloud's site takes any bearer token for a Connect session, which none of ours is.
fn connect_session(token: &str, site: &Site, request: &Request) -> Reply {
    let parts: Vec<&str> = token.split('.').collect();
    let signed = parts.len() == 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && BASE64_URL_SAFE_NO_PAD.decode(part).is_ok());
    if signed {
        return site.must_log_in(request);
    }
    let body = json!({"error": "Failed to parse Connect Session Auth Token"});
    Reply::new(403).body("application/json", body.to_string())
}
