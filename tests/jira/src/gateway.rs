//! The gateway in front of Cloud's sites: tokens, scopes and ids.

use crate::login::Caller;
use crate::message::{Reply, Request};
use crate::provider::Consent;
use crate::site::Site;
use crate::world;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::SystemTime;

/// A second site, so that taking the first one of the list is wrong.
const ANOTHER_SITE: (&str, &str) = (
    "99887766-0000-4111-8222-333344445555",
    "https://another.atlassian.net",
);

/// The user and scopes of a token.
struct Guest {
    user: String,
    scopes: BTreeSet<String>,
}

impl From<&Consent> for Guest {
    fn from(consent: &Consent) -> Self {
        Self {
            user: consent.user.clone(),
            scopes: consent.scopes.clone(),
        }
    }
}

impl Site {
    /// Atlassian's API host, at the path behind its name.
    pub(crate) fn api(&mut self, path: &str, request: &Request, now: SystemTime) -> Reply {
        if path == "/oauth/token/accessible-resources" {
            return self.accessible_resources(request, now);
        }
        let Some(guest) = self.guest(request, now) else {
            return refused(401, "Unauthorized");
        };
        let Some((id, rest)) = path
            .strip_prefix("/ex/jira/")
            .and_then(|rest| rest.split_once('/'))
        else {
            return refused(404, "Not Found");
        };
        if id != world::CLOUD_ID || !self.consented {
            return refused(404, "Not Found");
        }
        let needed = needed(request, rest);
        if !needed.is_empty() && !needed.iter().any(|scope| guest.scopes.contains(*scope)) {
            return refused(401, "Unauthorized; scope does not match");
        }
        let query = request
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        let inner = Request {
            target: format!("/{rest}{query}"),
            ..request.clone()
        };
        self.answer(
            &format!("/{rest}"),
            &inner,
            |_| Ok(Caller::through_gateway(guest.user)),
            now,
        )
    }

    fn accessible_resources(&self, request: &Request, now: SystemTime) -> Reply {
        let consent = bearer(request).and_then(|token| self.provider.consent(token, now));
        let Some(consent) = consent else {
            return refused(401, "Unauthorized");
        };
        let scopes: Vec<&String> = consent.scopes.iter().collect();
        let resource = |id: &str, url: &str, name: &str| json!({"id": id, "url": url, "name": name, "scopes": scopes, "avatarUrl": format!("{url}/avatar.png")});
        let mut resources = vec![resource(ANOTHER_SITE.0, ANOTHER_SITE.1, "another")];
        if self.consented {
            resources.push(resource(world::CLOUD_ID, &self.base_url, "this"));
        }
        Reply::json(200, &resources.into())
    }

    /// An e-mail with an API token, such a token alone, or an access token.
    fn guest(&self, request: &Request, now: SystemTime) -> Option<Guest> {
        if let Some(token) = bearer(request) {
            let by_consent = self.provider.consent(token, now).map(Guest::from);
            return by_consent.or_else(|| self.owner(token, |_| true));
        }
        let encoded = request.value_of("Authorization")?.strip_prefix("Basic ")?;
        let pair = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
        let (email, token) = pair.split_once(':')?;
        self.owner(token, |known| known.eq_ignore_ascii_case(email))
    }

    fn owner(&self, token: &str, email: impl Fn(&str) -> bool) -> Option<Guest> {
        let mut users = self
            .users
            .iter()
            .filter(|user| user.active && email(&user.email));
        let user = users.find(|user| user.scoped_tokens.iter().any(|known| known == token))?;
        let all = || {
            world::CLOUD_SCOPES
                .iter()
                .map(|scope| (*scope).to_owned())
                .collect()
        };
        let scopes = self.token_scopes.get(token).cloned().unwrap_or_else(all);
        Some(Guest {
            user: user.name.clone(),
            scopes,
        })
    }
}

fn bearer(request: &Request) -> Option<&str> {
    request.value_of("Authorization")?.strip_prefix("Bearer ")
}

/// The classic scope and the granular one, either of which is enough.
fn needed(request: &Request, path: &str) -> &'static [&'static str] {
    let write = !matches!(request.method.as_str(), "GET" | "HEAD");
    match path {
        _ if path.ends_with("/myself") => &["read:jira-user", "read:user:jira"],
        _ if write => &["write:jira-work", "write:issue:jira"],
        _ => &["read:jira-work", "read:issue:jira"],
    }
}

/// The gateway's error body. The one for a missing scope is sourced, the others are
/// unsourced.
fn refused(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({"code": status, "message": message}))
}
