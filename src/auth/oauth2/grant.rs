//! What is asked of a token endpoint, and what its answer means; sends nothing.

use crate::credentials::OAuth2Client;
use crate::deployment::Deployment;
use crate::error::{Failure, Kind};
use crate::redact::Redactor;
use crate::redact::Secret;
use crate::response::classify;
use crate::response::confidential;
use crate::settings::{
    BASE_URL, CLOUD_AUTH_URL, CLOUD_ID, OAUTH2_CLIENT_ID, OAUTH2_CLIENT_SECRET,
    OAUTH2_REFRESH_TOKEN_FILE, OAUTH2_SCOPE, OAUTH2_TOKEN_URL,
};
use crate::transport::{MaybeSecret, Response};
use serde_json::Value;
use std::time::Duration;
use url::Url;
use url::form_urlencoded::Serializer;

/// What is given for an access token (RFC 6749 section 1.3).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Grant<'a> {
    /// The client itself: a service account.
    ClientCredentials {
        /// Data Center wants one; Cloud refuses any, for it is fixed when the
        /// credential is made.
        scope: Option<&'a str>,
    },
    /// A user's consent of earlier; may be replaced by the answer.
    RefreshToken(&'a Secret),
    /// A user's consent of this minute. Exchanged once.
    Code {
        /// The `code` parameter of the address that the browser came back to.
        code: &'a Secret,
        /// Where the redirect went to, letter by letter as it was asked for.
        redirect: &'a Url,
        /// The secret behind the challenge of RFC 7636.
        verifier: Option<&'a Secret>,
    },
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Granted {
    pub access: Option<Secret>,
    /// Takes the place of the one that was spent.
    pub refresh: Option<Secret>,
    /// How long the access token is valid; none where the endpoint does not say.
    pub lasts: Option<Duration>,
}

/// Where a grant was refused, and under which name the settings know the client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint<'a> {
    pub url: &'a Url,
    pub deployment: Deployment,
}

/// What of a grant was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RefusedPart {
    Client,
    GrantType,
    Scope,
    RefreshToken,
    Code,
    Redirect,
    Verifier,
}

impl Grant<'_> {
    fn members<'b>(&'b self, client: &'b OAuth2Client) -> Vec<(&'static str, &'b str)> {
        let mut members = vec![
            ("client_id", client.id.as_str()),
            ("client_secret", client.secret.reveal()),
        ];
        match self {
            Grant::ClientCredentials { scope } => {
                members.insert(0, ("grant_type", "client_credentials"));
                members.extend(scope.map(|scope| ("scope", scope)));
            }
            Grant::RefreshToken(token) => {
                members.insert(0, ("grant_type", "refresh_token"));
                members.push(("refresh_token", token.reveal()));
            }
            Grant::Code {
                code,
                redirect,
                verifier,
            } => {
                members.insert(0, ("grant_type", "authorization_code"));
                members.extend([("code", code.reveal()), ("redirect_uri", redirect.as_str())]);
                members.extend(verifier.map(|verifier| ("code_verifier", verifier.reveal())));
            }
        }
        members
    }

    /// The content type and the body. Cloud's endpoint takes JSON for what a user
    /// granted
    /// (<https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/>); a
    /// form is the standard's way (RFC 6749 section 4.4.2), which Data Center and
    /// Cloud's service accounts want.
    pub(crate) fn body(
        &self,
        client: &OAuth2Client,
        deployment: Deployment,
    ) -> (&'static str, MaybeSecret) {
        let members = self.members(client);
        let json = deployment.is_cloud() && !matches!(self, Grant::ClientCredentials { .. });
        let (media, text) = if json {
            let members = members
                .into_iter()
                .map(|(name, text)| (name.to_owned(), Value::from(text)));
            (
                "application/json",
                Value::Object(members.collect()).to_string(),
            )
        } else {
            (
                "application/x-www-form-urlencoded",
                Serializer::new(String::new())
                    .extend_pairs(members)
                    .finish(),
            )
        };
        (media, MaybeSecret::Sensitive(Secret::derived(text)))
    }
}

/// Reads what a success holds, whatever else is wrong with it: a refresh token
/// that is overlooked is lost. A member that is there twice counts as it stands
/// last.
pub(crate) fn granted(answer: &Response) -> Granted {
    let text = String::from_utf8_lossy(&answer.body);
    let json = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'))
        .into_iter::<Value>()
        .next();
    let json = json.and_then(Result::ok).unwrap_or_default();
    let seconds = json["expires_in"]
        .as_f64()
        .or_else(|| json["expires_in"].as_str()?.parse().ok());
    let token = |name: &str, fits: fn(char) -> bool| {
        let text = json[name]
            .as_str()
            .filter(|text| !text.is_empty() && text.chars().all(fits))?;
        Some(Secret::derived(text.to_owned()))
    };
    Granted {
        // A header must hold the one, a file the other.
        access: token("access_token", |c| c.is_ascii_graphic()),
        refresh: token("refresh_token", |c| !c.is_control()),
        lasts: seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .filter(|lasts| !lasts.is_zero()),
    }
}

/// Says which part was refused, and what to do about it.
pub(crate) fn refused(
    grant: &Grant<'_>,
    answer: &Response,
    endpoint: Endpoint<'_>,
    redactor: &Redactor,
) -> Failure {
    let said = confidential::said(answer, redactor);
    let status = answer.status;
    let host = endpoint.url.host_str().unwrap_or_default();
    let failure = |kind, what: &str| Failure::new(kind, format!("{what} ({status} from {host})"));
    if !matches!(status, 400 | 401 | 403) || said.html {
        return match classify::kind_of_other(status) {
            Kind::UnexpectedAnswer => {
                failure(Kind::UnexpectedAnswer, "no access token").hint(no_endpoint(endpoint))
            }
            kind => failure(kind, "no access token for now"),
        };
    }
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_lowercase();
    if matches!(
        text("error").as_str(),
        "server_error" | "temporarily_unavailable"
    ) {
        return failure(Kind::Unreachable, "no access token for now");
    }
    match part(&text("error"), &text("error_description"), grant) {
        Some(part) => {
            failure(Kind::CredentialsRefused, &part.refusal(grant)).hint(part.hint(grant, endpoint))
        }
        None => failure(
            Kind::CredentialsRefused,
            "the provider does not say which part it refused",
        )
        .hint(format!("one of these is wrong: {}", suspects(grant))),
    }
}

/// RFC 6749 section 5.2 has six words; which part of the grant is meant may
/// only stand in the description.
fn part(error: &str, description: &str, grant: &Grant<'_>) -> Option<RefusedPart> {
    let mentions = |word: &str| error.contains(word) || description.contains(word);
    let by_words = [
        ("redirect", RefusedPart::Redirect),
        ("verifier", RefusedPart::Verifier),
        ("pkce", RefusedPart::Verifier),
        ("challenge", RefusedPart::Verifier),
        ("scope", RefusedPart::Scope),
    ];
    if let Some((_, part)) = by_words.into_iter().find(|(word, _)| mentions(word)) {
        return Some(part);
    }
    match (error, grant) {
        // Atlassian's provider says access_denied, "Unauthorized", of a wrong secret.
        ("invalid_client" | "access_denied", _) => Some(RefusedPart::Client),
        ("invalid_grant", Grant::RefreshToken(_)) => Some(RefusedPart::RefreshToken),
        ("invalid_grant", Grant::Code { .. }) => Some(RefusedPart::Code),
        ("invalid_grant", Grant::ClientCredentials { .. }) => Some(RefusedPart::Client),
        ("unauthorized_client" | "unsupported_grant_type", _) => Some(RefusedPart::GrantType),
        _ if mentions("refresh") => Some(RefusedPart::RefreshToken),
        _ if mentions("client") => Some(RefusedPart::Client),
        _ => None,
    }
}

impl RefusedPart {
    fn refusal(self, grant: &Grant<'_>) -> String {
        let what = match (self, grant) {
            (RefusedPart::Client, _) => "the client id or the client secret is refused",
            (RefusedPart::GrantType, Grant::ClientCredentials { .. }) => {
                "this client may not ask for a token by itself"
            }
            (RefusedPart::GrantType, _) => "this client may not use what a user granted to another",
            (RefusedPart::Scope, _) => "the scope is refused",
            (RefusedPart::RefreshToken, _) => "the refresh token is refused",
            (RefusedPart::Code, _) => "the authorization code is refused",
            (RefusedPart::Redirect, Grant::Code { redirect, .. }) => {
                return format!("the redirect address {redirect} is refused");
            }
            (RefusedPart::Redirect, _) => "the redirect address is refused",
            (RefusedPart::Verifier, _) => "the PKCE verifier is refused",
        };
        what.to_owned()
    }

    fn hint(self, grant: &Grant<'_>, endpoint: Endpoint<'_>) -> String {
        let service = matches!(grant, Grant::ClientCredentials { .. });
        let client = match (endpoint.deployment.is_cloud(), service) {
            (true, true) => "the service account's OAuth 2.0 credential at admin.atlassian.com",
            (true, false) => "your app's settings at developer.atlassian.com",
            (false, _) => "the incoming link's credentials under Application links",
        };
        match self {
            RefusedPart::Client => format!(
                "compare {OAUTH2_CLIENT_ID} and {OAUTH2_CLIENT_SECRET} with {client}; a secret \
                 that was renewed ends the old one"
            ),
            RefusedPart::GrantType if service => {
                format!("client credentials need a service account: see {client}")
            }
            RefusedPart::GrantType => format!(
                "{OAUTH2_CLIENT_ID} must be the client that the user consented to; or run \
                 jira-build-status oauth2 authorize with this one"
            ),
            RefusedPart::Scope => match (endpoint.deployment.is_cloud(), service) {
                (true, true) => format!(
                    "the scopes are those of {client}; it needs read:jira-work and write:jira-work"
                ),
                (true, false) => format!(
                    "give the app the scopes read:jira-work and write:jira-work in {client}, then \
                     run jira-build-status oauth2 authorize"
                ),
                (false, _) => format!(
                    "set {OAUTH2_SCOPE} to one that the incoming link allows: READ, WRITE, ADMIN \
                     or SYSTEM_ADMIN; writing needs WRITE"
                ),
            },
            RefusedPart::RefreshToken => format!(
                "it is expired, withdrawn, or was replaced by a run that used a copy of the file; \
                 run jira-build-status oauth2 authorize for a new one, and let all jobs share one \
                 {OAUTH2_REFRESH_TOKEN_FILE}"
            ),
            RefusedPart::Code => "a code works once and for a short time; run jira-build-status \
                 oauth2 authorize again"
                .to_owned(),
            RefusedPart::Redirect => format!(
                "enter exactly this address as callback URL in {client}, or choose another port \
                 with --port"
            ),
            RefusedPart::Verifier => {
                "the answer belongs to another attempt; run jira-build-status oauth2 authorize \
                 again"
                    .to_owned()
            }
        }
    }
}

fn suspects(grant: &Grant<'_>) -> String {
    let rest = match grant {
        Grant::ClientCredentials { .. } => String::new(),
        Grant::RefreshToken(_) => format!(", the token in {OAUTH2_REFRESH_TOKEN_FILE}"),
        Grant::Code { redirect, .. } => {
            format!(", the redirect address {redirect}, the code (works once)")
        }
    };
    format!("{OAUTH2_CLIENT_ID}, {OAUTH2_CLIENT_SECRET}{rest}")
}

fn no_endpoint(endpoint: Endpoint<'_>) -> String {
    if endpoint.deployment.is_cloud() {
        format!(
            "is {OAUTH2_TOKEN_URL} or {CLOUD_AUTH_URL} right, and does a proxy answer in \
             Atlassian's place?"
        )
    } else {
        format!(
            "this Jira has no OAuth 2.0 provider there: is {BASE_URL} right, and its version new \
             enough? {OAUTH2_TOKEN_URL} names another token endpoint, {}=auto makes a site one of \
             Cloud",
            CLOUD_ID.variable
        )
    }
}

#[cfg(test)]
mod tests;
