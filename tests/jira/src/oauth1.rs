//! Jira's OAuth 1.0a provider: the request token, the authorization page, the
//! access token.

mod consent;
mod signature;
mod state;

use crate::encoding;
use crate::login::Caller;
use crate::message::{Reply, Request};
use crate::refusal;
use crate::site::Site;
use crate::world;
use signature::Signed;
pub(crate) use state::ApplicationLinks;
use state::{Problem, State, Token, is_old};
use std::time::{Duration, SystemTime};

/// How long a request token can be allowed and exchanged.
pub const REQUEST_TOKEN_LIFE: Duration = Duration::from_secs(10 * 60);
/// How long an access token lasts.
pub const ACCESS_TOKEN_LIFE: Duration = Duration::from_secs(157_680_000);
/// How far a timestamp may be off.
pub const WINDOW: Duration = Duration::from_secs(5 * 60);

/// The path of the provider's servlet.
pub(crate) const SERVLET: &str = "/plugins/servlet/oauth/";

impl Site {
    /// The servlet's answer.
    pub(crate) fn oauth_servlet(
        &mut self,
        path: &str,
        request: &Request,
        now: SystemTime,
    ) -> Reply {
        let answer = match (path.trim_start_matches(SERVLET), request.method.as_str()) {
            ("request-token", "POST") => self.request_token(request, now),
            ("access-token", "POST") => self.access_token(request, now),
            ("authorize", "GET" | "POST") => return self.consent_page(request, now),
            ("request-token" | "access-token" | "authorize", _) => {
                return Reply::new(405).header("Allow", "POST");
            }
            _ => {
                return refusal::page(
                    404,
                    "Oops, you&#39;ve found a dead link.",
                    "Not Found (404)",
                );
            }
        };
        answer.unwrap_or_else(|problem| self.problem(&problem))
    }

    /// The user that a signed request acts as.
    pub(crate) fn log_in_with_oauth1(
        &mut self,
        request: &Request,
        now: SystemTime,
    ) -> Result<Caller, Reply> {
        self.signed_request(request, now)
            .map_err(|problem| self.problem(&problem))
    }

    /// In Jira's order: the token, then the signature, its time and nonce, then
    /// whether both belong together.
    fn signed_request(&mut self, request: &Request, now: SystemTime) -> Result<Caller, Problem> {
        let signed = Signed::read(request)?;
        let name = signed.require("oauth_token")?;
        let Some(token) = self.oauth1.tokens.get(&name).cloned() else {
            return Err(Problem::new("token_rejected"));
        };
        let user = match token.state {
            State::Access { user } => user,
            State::Revoked => return Err(Problem::new("token_revoked")),
            _ => return Err(Problem::new("token_rejected")),
        };
        if now
            .duration_since(token.made)
            .is_ok_and(|age| age > ACCESS_TOKEN_LIFE)
        {
            return Err(Problem::new("token_expired"));
        }
        self.verify(&signed, request, now)?;
        if signed.consumer_key()? != token.consumer {
            return Err(Problem::new("token_rejected"));
        }
        match self.user(&user).filter(|user| user.active) {
            Some(user) => Ok(Caller::known(user.name.clone())),
            None => Err(Problem::new("permission_denied")),
        }
    }

    fn request_token(&mut self, request: &Request, now: SystemTime) -> Result<Reply, Problem> {
        let signed = Signed::read(request)?;
        self.verify(&signed, request, now)?;
        let callback = signed.get("oauth_callback");
        let acceptable = |callback: &String| {
            callback == "oob" || callback.starts_with("http://") || callback.starts_with("https://")
        };
        if callback
            .as_ref()
            .is_some_and(|callback| !acceptable(callback))
        {
            return Err(Problem::new("parameter_rejected")
                .with("oauth_parameters_rejected", "oauth_callback"));
        }
        let confirmed = callback.is_some();
        let (token, secret) = (self.oauth1.next(), self.oauth1.next());
        let state = State::Requested { callback };
        self.oauth1.tokens.insert(
            token.clone(),
            Token {
                consumer: signed.consumer_key()?,
                made: now,
                state,
            },
        );
        let mut pairs = vec![
            ("oauth_token", token.as_str()),
            ("oauth_token_secret", secret.as_str()),
        ];
        if confirmed {
            pairs.push(("oauth_callback_confirmed", "true"));
        }
        Ok(Reply::text(200, &encoding::to_form(&pairs)))
    }

    fn access_token(&mut self, request: &Request, now: SystemTime) -> Result<Reply, Problem> {
        let signed = Signed::read(request)?;
        let name = signed.require("oauth_token")?;
        self.verify(&signed, request, now)?;
        let consumer = signed.consumer_key()?;
        let known = self
            .oauth1
            .tokens
            .get(&name)
            .filter(|token| token.consumer == consumer)
            .cloned();
        let token = known.ok_or(Problem::new("token_rejected"))?;
        let user = match token.state {
            _ if is_old(&token, now) => return Err(Problem::new("token_expired")),
            State::Requested { .. } => return Err(Problem::new("token_not_authorized")),
            State::Denied => return Err(Problem::new("permission_denied")),
            State::Used => return Err(Problem::new("token_used")),
            State::Allowed { user, verifier } => {
                if let Some(verifier) = verifier
                    && signed.require("oauth_verifier")? != verifier
                {
                    // Which problem Jira names is unsourced.
                    return Err(Problem::new("token_rejected"));
                }
                user
            }
            State::Access { .. } | State::Revoked => return Err(Problem::new("token_rejected")),
        };
        let (access, secret, handle) = (self.oauth1.next(), self.oauth1.next(), self.oauth1.next());
        self.oauth1.grant(&consumer, &access, &user, now);
        if let Some(token) = self.oauth1.tokens.get_mut(&name) {
            token.state = State::Used;
        }
        let life = ACCESS_TOKEN_LIFE.as_secs().to_string();
        let body = encoding::to_form(&[
            ("oauth_token", access.as_str()),
            ("oauth_token_secret", secret.as_str()),
            ("oauth_expires_in", life.as_str()),
            ("oauth_session_handle", handle.as_str()),
            ("oauth_authorization_expires_in", "160272000"),
        ]);
        Ok(Reply::text(200, &body))
    }

    /// Checks signature, time and nonce, and stores the nonce.
    fn verify(
        &mut self,
        signed: &Signed,
        request: &Request,
        now: SystemTime,
    ) -> Result<(), Problem> {
        let key = signed.consumer_key()?;
        let Some(consumer) = self.oauth1.consumers.get(&key) else {
            return Err(Problem::new("consumer_key_unknown"));
        };
        let now = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let (timestamp, nonce) = signed.timestamp_and_nonce(now)?;
        let used = (key.clone(), timestamp, nonce);
        if self.oauth1.nonces.contains(&used) {
            return Err(Problem::new("nonce_used"));
        }
        signed.verify(request, &self.oauth_origin(request), &consumer.public_key)?;
        self.oauth1.nonces.insert(used);
        Ok(())
    }

    /// Scheme and authority as Tomcat sees them: of its connector, where that names
    /// a proxy, or else of the request.
    fn oauth_origin(&self, request: &Request) -> String {
        if let Some(origin) = &self.oauth1.believed_origin {
            return origin.clone();
        }
        let scheme = if self.base_url.starts_with("https:") {
            "https"
        } else {
            "http"
        };
        let host = request.value_of("Host").map_or_else(
            || {
                let rest = self.base_url.split("://").nth(1).unwrap_or_default();
                rest.split('/').next().unwrap_or_default().to_owned()
            },
            str::to_owned,
        );
        format!("{scheme}://{host}")
    }

    fn problem(&self, problem: &Problem) -> Reply {
        let mut pairs = vec![("oauth_problem", problem.name)];
        pairs.extend(
            problem
                .more
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
        let named = pairs
            .iter()
            .map(|(name, value)| format!(",{name}=\"{}\"", encoding::encoded(value)));
        let challenge = format!("{}{}", self.realm(), named.collect::<String>());
        Reply::new(problem.status())
            .body(
                "application/x-www-form-urlencoded;charset=UTF-8",
                encoding::to_form(&pairs),
            )
            .header("WWW-Authenticate", challenge)
    }

    /// Consumer and callback of a request token that can still be allowed.
    fn awaiting_consent(
        &self,
        name: &str,
        now: SystemTime,
    ) -> Result<(String, Option<String>), &'static str> {
        let token = self.oauth1.tokens.get(name);
        let Some(token) = token.filter(|token| !is_old(token, now)) else {
            return Err("token_rejected");
        };
        match &token.state {
            State::Requested { callback } => Ok((token.consumer.clone(), callback.clone())),
            State::Used | State::Allowed { .. } => Err("token_used"),
            State::Denied | State::Access { .. } | State::Revoked => Err("token_rejected"),
        }
    }

    /// The page on which the user allows or denies, and its outcome. The user is
    /// `ci-bot`, logged in already.
    fn consent_page(&mut self, request: &Request, now: SystemTime) -> Reply {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let form = if request.method == "POST" {
            encoding::form(&body)
        } else {
            request.parameters()
        };
        let field = |name: &str| {
            form.iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        let name = field("oauth_token").unwrap_or_default();
        let (key, callback) = match self.awaiting_consent(&name, now) {
            Ok(requested) => requested,
            Err(problem) => return consent::refused(problem),
        };
        let consumer = self
            .oauth1
            .consumers
            .get(&key)
            .map_or(key, |consumer| consumer.name.clone());
        let allowed = field("approve").is_some();
        if request.method != "POST" || !(allowed || field("deny").is_some()) {
            return consent::question(
                &consumer,
                world::CI_BOT,
                &name,
                &format!("{}{SERVLET}authorize", self.context_path),
            );
        }
        let verifier: String = self.oauth1.next().chars().take(6).collect();
        let state = if allowed {
            let verifier = callback.is_some().then(|| verifier.clone());
            State::Allowed {
                user: world::CI_BOT.to_owned(),
                verifier,
            }
        } else {
            State::Denied
        };
        if let Some(token) = self.oauth1.tokens.get_mut(&name) {
            token.state = state;
        }
        let verifier = if allowed { verifier.as_str() } else { "denied" };
        match callback.as_deref() {
            Some(callback) if callback != "oob" => consent::back(callback, &name, verifier),
            _ if allowed => consent::approved(&consumer, verifier),
            _ => consent::denied(&consumer),
        }
    }
}
