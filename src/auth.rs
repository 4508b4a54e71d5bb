//! How a request proves who sends it; knows no environment.

pub(crate) mod connect;
pub(crate) mod oauth1;
pub(crate) mod oauth2;
pub(crate) mod session;
pub(crate) mod visible;

use crate::base_url::BaseUrl;
use crate::client::{Client, Recovery, RetryBudget, Signer, SigningContext};
use crate::credentials::{CredentialKind, Credentials, Identity};
use crate::deployment::Deployment;
use crate::error::Failure;
use crate::redact::{RedactionGuard, Redactor, Secret};
use crate::transport::{MaybeSecret, Request, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connect::Connect;
use oauth1::OAuth1;
use oauth2::OAuth2;
use session::Session;

/// The credentials, ready to sign requests.
pub struct Authenticator {
    identity: Identity,
    scheme: Scheme,
}

enum Scheme {
    /// The same header on every request: Basic and Bearer.
    Header(Secret, CredentialKind),
    /// A cookie that a login gave.
    Session(Box<Session>),
    OAuth1(Box<OAuth1>),
    Connect(Connect),
    /// An access token that may have to be asked for.
    OAuth2(Box<OAuth2>),
}

impl Authenticator {
    /// Prepares the credentials, and hides what is derived from them.
    pub fn new(credentials: &Credentials, base: &BaseUrl, redactor: &Redactor) -> Self {
        Authenticator {
            identity: credentials.identity(),
            scheme: Scheme::new(credentials, base, redactor),
        }
    }

    /// Signs with OAuth 1.0a, where that is the method.
    pub(crate) fn oauth1(&self) -> Option<&OAuth1> {
        match &self.scheme {
            Scheme::OAuth1(signer) => Some(signer),
            Scheme::Header(..) | Scheme::Session(_) | Scheme::Connect(_) | Scheme::OAuth2(_) => {
                None
            }
        }
    }

    /// What to look at when the proof is refused.
    pub(crate) fn credential_kind(&self) -> CredentialKind {
        match &self.scheme {
            Scheme::Header(_, kind) => *kind,
            Scheme::Session(_) => CredentialKind::Password,
            Scheme::OAuth1(_) => CredentialKind::OAuth1,
            Scheme::Connect(_) => CredentialKind::Connect,
            Scheme::OAuth2(oauth2) if oauth2.is_renewable() => CredentialKind::OAuth2,
            Scheme::OAuth2(_) => CredentialKind::AccessToken,
        }
    }

    /// True where the next renewal depends on where Jira runs.
    pub(crate) fn needs_deployment(&self) -> bool {
        match &self.scheme {
            Scheme::OAuth2(oauth2) => oauth2.is_renewable() && !self.is_ready(),
            _ => false,
        }
    }

    /// Logs in where there is no session yet.
    ///
    /// # Errors
    /// Where the login is refused or gets no answer.
    pub(crate) async fn login(&self, client: &Client, budget: &RetryBudget) -> Result<(), Failure> {
        match &self.scheme {
            Scheme::Session(session) => session.login(client, budget).await,
            _ => Ok(()),
        }
    }

    /// Asks for an access token where there is none that is still good.
    ///
    /// # Errors
    /// Where the grant is refused, or a rotated refresh token could not be saved.
    pub(crate) async fn renew(
        &self,
        client: &Client,
        deployment: Deployment,
        budget: &RetryBudget,
    ) -> Result<(), Failure> {
        match &self.scheme {
            Scheme::OAuth2(oauth2) => oauth2.renew(client, deployment, budget).await,
            _ => Ok(()),
        }
    }

    /// An access token that a user may have granted, where there is one.
    pub(crate) fn user_token(&self) -> Option<Secret> {
        match &self.scheme {
            Scheme::OAuth2(oauth2) => oauth2.user_token(),
            Scheme::Header(..) | Scheme::Session(_) | Scheme::OAuth1(_) | Scheme::Connect(_) => {
                None
            }
        }
    }

    /// Logs out, where there is a session.
    pub(crate) async fn logout(&self, client: &Client) {
        if let Scheme::Session(session) = &self.scheme {
            session.logout(client, self).await;
        }
    }
}

impl Scheme {
    fn new(credentials: &Credentials, base: &BaseUrl, redactor: &Redactor) -> Self {
        match credentials.clone() {
            Credentials::Session { user, password } => {
                Scheme::Session(Box::new(Session::new(user, password, base, redactor)))
            }
            Credentials::OAuth1 { consumer, state } => {
                Scheme::OAuth1(Box::new(OAuth1::new(consumer, state, redactor)))
            }
            Credentials::Connect {
                app_key,
                shared_secret,
            } => Scheme::Connect(Connect::new(app_key, shared_secret, base, redactor)),
            Credentials::Basic {
                user,
                secret,
                is_api_token,
            } => {
                let header = basic(&user, &secret);
                redactor.register(&header);
                // Cloud's tokens begin like this
                // (<https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account>).
                let is_api_token = is_api_token || secret.reveal().starts_with("ATATT");
                let kind = match (is_api_token, looks_like_personal_token(&secret)) {
                    (true, _) => CredentialKind::ApiToken,
                    (false, true) => CredentialKind::TokenAsPassword,
                    (false, false) => CredentialKind::Password,
                };
                Scheme::Header(header, kind)
            }
            Credentials::OAuth2(settings) => {
                Scheme::OAuth2(Box::new(OAuth2::new(*settings, base, redactor)))
            }
            Credentials::Bearer(token) => Scheme::Header(
                Secret::derived(format!("Bearer {}", token.reveal())),
                CredentialKind::PersonalToken,
            ),
        }
    }
}

impl Signer for Authenticator {
    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn is_ready(&self) -> bool {
        match &self.scheme {
            Scheme::Session(session) => session.is_ready(),
            Scheme::OAuth2(oauth2) => oauth2.is_ready(),
            Scheme::Header(..) | Scheme::OAuth1(_) | Scheme::Connect(_) => true,
        }
    }

    fn sign(&self, request: &mut Request, context: SigningContext) -> Option<RedactionGuard> {
        match &self.scheme {
            Scheme::Header(header, _) => request
                .headers
                .push(("authorization", MaybeSecret::Sensitive(header.clone()))),
            Scheme::Session(session) => session.sign(request),
            Scheme::OAuth1(signer) => return Some(signer.sign(request, context)),
            Scheme::Connect(connect) => return Some(connect.sign(request, context)),
            Scheme::OAuth2(oauth2) => oauth2.sign(request),
        }
        None
    }

    fn learn(&self, request: &Request, response: &Response, now: u64) -> Recovery {
        match &self.scheme {
            Scheme::Session(session) => session.learn(request, response),
            Scheme::OAuth1(signer) => signer.learn(response, now),
            Scheme::OAuth2(oauth2) => oauth2.learn(request, response),
            Scheme::Header(..) | Scheme::Connect(_) => Recovery::None,
        }
    }
}

fn basic(user: &str, secret: &Secret) -> Secret {
    let pair = Secret::derived(format!("{user}:{}", secret.reveal()));
    Secret::derived(format!("Basic {}", STANDARD.encode(pair.reveal())))
}

/// A personal token is base64 of an id, a colon and random bytes
/// (<https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html>
/// shows one).
fn looks_like_personal_token(secret: &Secret) -> bool {
    let text = secret.reveal().as_bytes();
    let decoded = STANDARD
        .decode(&text[..text.len().min(24) / 4 * 4])
        .unwrap_or_default();
    let digits = decoded
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    digits >= 6 && decoded.get(digits) == Some(&b':')
}

/// Secrets that no CI system can know, because we made them of others or read
/// them from files.
pub(crate) fn derived_secrets(credentials: &Credentials) -> Vec<Secret> {
    let mut derived = vec![];
    if let Credentials::Basic { user, secret, .. } = credentials {
        derived.push(Secret::derived(
            basic(user, secret)
                .reveal()
                .trim_start_matches("Basic ")
                .to_owned(),
        ));
    }
    derived.extend(
        credentials
            .secrets()
            .into_iter()
            .filter(|secret| secret.is_from_file())
            .cloned(),
    );
    derived
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn a_password_looks_like_a_personal_token_where_a_long_id_and_a_colon_are_encoded_in_it() {
        let rows = [
            (STANDARD.encode("615330269199:random bytes"), true),
            (STANDARD.encode("12:34"), false),
            (STANDARD.encode("61533026919900 is no id"), false),
            ("correct horse battery staple".to_owned(), false),
            (String::new(), false),
        ];
        each(rows, |(text, looks)| {
            assert_eq!(
                looks_like_personal_token(&Secret::derived(text.clone())),
                looks,
                "{text}"
            );
        });
    }
}
