//! The authorization page and the token endpoint of an OAuth 2.0 provider.

use crate::message::{Reply, Request};
use crate::provider::{Challenge, Consent, Issued, OAuthClient, Refused};
use crate::refusal;
use crate::site::{Kind, Site};
use crate::world;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use std::time::SystemTime;

const LARGEST_SCOPE_FIRST: [&str; 4] = ["SYSTEM_ADMIN", "ADMIN", "WRITE", "READ"];

/// Named values of a query or a form.
struct Named(Vec<(String, String)>);

impl Named {
    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

impl Site {
    /// Atlassian's identity provider, at the path behind its host.
    pub(crate) fn identity(&mut self, path: &str, request: &Request, now: SystemTime) -> Reply {
        match path {
            "/authorize" => self.authorize(request, now),
            "/oauth/token" => self.token(request, now),
            _ => Reply::text(404, "Not Found"),
        }
    }

    /// The page on which a user consents, and its outcome.
    pub(crate) fn authorize(&mut self, request: &Request, now: SystemTime) -> Reply {
        let asked = match request.method.as_str() {
            "GET" => Named(request.parameters()),
            "POST" => Named(request.form()),
            _ => return Reply::new(405).header("Allow", "GET, POST"),
        };
        let client = asked
            .get("client_id")
            .and_then(|id| self.provider.client(id))
            .cloned();
        let redirect = asked.get("redirect_uri").unwrap_or_default();
        let Some(client) = client.filter(|client| client.redirect.as_deref() == Some(redirect))
        else {
            // An open redirect otherwise: the address is not the client's.
            return refusal::page(
                400,
                "Something went wrong",
                "The client or its redirect_uri is not registered.",
            );
        };
        let state = asked.get("state").unwrap_or_default();
        let back = |answer: &[(&str, &str)]| redirect_to(redirect, state, answer);
        let scopes: Vec<&str> = asked
            .get("scope")
            .unwrap_or_default()
            .split_whitespace()
            .collect();
        let challenge = challenge(&asked);
        if let Some(error) = self.authorization_error(&client, &asked, &scopes) {
            return back(&error);
        }
        if request.method == "GET" {
            return consent_page(&client.id, &scopes, &asked);
        }
        if asked.get("decision") != Some("allow") {
            let description = "User did not authorize the request";
            return back(&[
                ("error", "access_denied"),
                ("error_description", description),
            ]);
        }
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let consent = Consent {
            client: client.id.clone(),
            user: world::CI_BOT.to_owned(),
            scopes,
        };
        let code = self
            .provider
            .consented(consent, redirect, challenge.unwrap_or_default(), now);
        back(&[("code", &code)])
    }

    /// What is wrong with an authorization request, RFC 6749 section 4.1.2.1.
    fn authorization_error(
        &self,
        client: &OAuthClient,
        asked: &Named,
        scopes: &[&str],
    ) -> Option<Vec<(&'static str, &'static str)>> {
        let allowed = |scope: &&str| {
            *scope == "offline_access" || client.scopes.iter().any(|known| known == scope)
        };
        if asked.get("response_type") != Some("code") {
            return Some(vec![("error", "unsupported_response_type")]);
        }
        if scopes.is_empty() || !scopes.iter().all(allowed) {
            return Some(vec![
                ("error", "invalid_scope"),
                ("error_description", "The scope is not the client's."),
            ]);
        }
        let audience = asked.get("audience") == Some("api.atlassian.com");
        if self.kind == Kind::Cloud && !audience || challenge(asked).is_err() {
            return Some(vec![("error", "invalid_request")]);
        }
        None
    }

    /// Tokens for a grant.
    pub(crate) fn token(&mut self, request: &Request, now: SystemTime) -> Reply {
        if request.method != "POST" {
            return Reply::new(405).header("Allow", "POST");
        }
        let Some(body) = self.token_body(request) else {
            return Reply::new(415);
        };
        let refused = match self.redeem(&body, now) {
            Ok(issued) => {
                return self
                    .provider
                    .form
                    .reply(&answer(&issued))
                    .header("Cache-Control", "no-store");
            }
            Err(refused) => refused,
        };
        let mut members = Map::new();
        members.insert("error".to_owned(), refused.error.into());
        if !refused.description.is_empty() {
            members.insert("error_description".to_owned(), refused.description.into());
        }
        Reply::json(refused.status, &Value::Object(members))
    }

    /// A form, and on Cloud JSON too.
    fn token_body(&self, request: &Request) -> Option<Named> {
        let media = request.value_of("Content-Type").unwrap_or_default();
        match media.split(';').next().unwrap_or_default().trim() {
            "application/x-www-form-urlencoded" => Some(Named(request.form())),
            "application/json" if self.kind == Kind::Cloud => {
                let json: Map<String, Value> = serde_json::from_slice(&request.body).ok()?;
                let pairs = json
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
                Some(Named(pairs.collect()))
            }
            _ => None,
        }
    }

    fn redeem(&mut self, body: &Named, now: SystemTime) -> Result<Issued, Refused> {
        let text = |name: &str| body.get(name).unwrap_or_default();
        let (id, secret) = (text("client_id"), text("client_secret"));
        match text("grant_type") {
            "client_credentials" => {
                self.provider
                    .by_client_credentials(id, secret, body.get("scope"), now)
            }
            "refresh_token" => {
                self.provider.known(id, secret)?;
                self.provider
                    .by_refresh_token(text("refresh_token"), id, now)
            }
            "authorization_code" => {
                self.provider.known(id, secret)?;
                let (code, redirect) = (text("code"), text("redirect_uri"));
                self.provider
                    .by_code(code, id, redirect, body.get("code_verifier"), now)
            }
            _ => Err(Refused {
                status: 400,
                error: "unsupported_grant_type",
                description: "",
            }),
        }
    }

    /// The user of a Data Center's access token, or the answer where its scope is too
    /// small for the request. `None` where it is no such token.
    pub(crate) fn bearer(
        &self,
        token: &str,
        request: &Request,
        now: SystemTime,
    ) -> Option<Result<String, Reply>> {
        let consent = self.provider.consent(token, now)?;
        let needed = if matches!(request.method.as_str(), "GET" | "HEAD") {
            "READ"
        } else {
            "WRITE"
        };
        let largest = LARGEST_SCOPE_FIRST
            .iter()
            .position(|scope| consent.scopes.contains(*scope));
        let enough = LARGEST_SCOPE_FIRST
            .iter()
            .position(|scope| *scope == needed);
        if largest.is_some() && largest <= enough {
            return Some(Ok(consent.user.clone()));
        }
        // Unsourced: no page says what too small a scope gets.
        let message = json!({"message": "The access token's scope does not allow this."});
        Some(Err(Reply::json(403, &message)))
    }
}

fn redirect_to(redirect: &str, state: &str, answer: &[(&str, &str)]) -> Reply {
    let pairs: Vec<String> = answer
        .iter()
        .chain([&("state", state)])
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    Reply::new(302).header("Location", format!("{redirect}?{}", pairs.join("&")))
}

fn challenge(asked: &Named) -> Result<Option<Challenge>, ()> {
    let Some(text) = asked.get("code_challenge") else {
        return Ok(None);
    };
    let hashed = match asked.get("code_challenge_method") {
        Some("S256" | "sha256") => true,
        None | Some("plain") => false,
        Some(_) => return Err(()),
    };
    Ok(Some(Challenge {
        text: text.to_owned(),
        hashed,
    }))
}

fn answer(issued: &Issued) -> Value {
    let scopes: Vec<&str> = issued.scopes.iter().map(String::as_str).collect();
    let mut members = Map::new();
    members.insert("access_token".to_owned(), issued.access.clone().into());
    members.insert("expires_in".to_owned(), issued.seconds.into());
    members.insert("scope".to_owned(), scopes.join(" ").into());
    if let Some(refresh) = &issued.refresh {
        members.insert("refresh_token".to_owned(), refresh.clone().into());
    }
    Value::Object(members)
}

/// A form with two buttons; either sends the request's parameters back.
fn consent_page(client: &str, scopes: &[&str], asked: &Named) -> Reply {
    let hidden: String = asked
        .0
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                escaped(name),
                escaped(value)
            )
        })
        .collect();
    let scopes: String = scopes
        .iter()
        .map(|scope| format!("<li>{}</li>", escaped(scope)))
        .collect();
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Consent</title></head><body>\
         <h1>{client} asks to act as {user}</h1><ul>{scopes}</ul><form method=\"post\">{hidden}\
         <button id=\"allow\" name=\"decision\" value=\"allow\">Allow</button>\
         <button id=\"deny\" name=\"decision\" value=\"deny\">Deny</button></form></body></html>",
        client = escaped(client),
        user = world::CI_BOT,
    );
    Reply::html(200, &page)
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
