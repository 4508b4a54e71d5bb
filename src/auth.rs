//! How a request proves who sends it; knows no environment.

pub mod connect;
pub mod oauth1;
pub mod oauth2;
pub mod private_key;
pub mod session;

use crate::base_url::BaseUrl;
use crate::credentials::Credentials;
use crate::failure::Failure;
use crate::jira::{Budget, Jira};
use crate::mask::{Mask, Veil};
use crate::secret::Secret;
use crate::wire::{Answer, Request, Text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use connect::Connect;
use oauth1::OAuth1;
use oauth2::OAuth2;
use session::Session;

/// What makes one attempt's signature unlike every other's.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// Seconds since 1970.
    pub now: u64,
    /// Random bits.
    pub nonce: u128,
}

/// What proves who we are, as far as the advice on a refusal depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// A name and password.
    Password,
    /// A name, and a password that looks like a personal token of Data Center.
    TokenAsPassword,
    /// An e-mail and API token of Cloud.
    ApiToken,
    /// A personal token of Data Center.
    PersonalToken,
    /// An access token of OAuth 1.0a.
    OAuth1,
    /// A Connect app's secret.
    Connect,
    /// An access token of OAuth 2.0, given as it is.
    AccessToken,
    /// One that was just asked for.
    OAuth2,
}

/// A way to sign requests.
pub enum Auth {
    /// The same header on every request: Basic and Bearer.
    Header(Secret, Means),
    /// A cookie that a login gave.
    Session(Session),
    /// A signature over each request.
    OAuth1(Box<OAuth1>),
    /// A token over each request.
    Connect(Connect),
    /// An access token that may have to be asked for.
    OAuth2(Box<OAuth2>),
}

impl Auth {
    /// Prepares the credentials, and hides what is derived from them.
    pub fn new(credentials: &Credentials, base: &BaseUrl, mask: &Mask) -> Self {
        match credentials.clone() {
            Credentials::Session { user, password } => Auth::Session(Session::new(user, password, mask)),
            Credentials::OAuth1 { consumer, leg } => Auth::OAuth1(Box::new(OAuth1::new(consumer, leg, mask))),
            Credentials::Connect { app_key, shared_secret } => {
                Auth::Connect(Connect::new(app_key, shared_secret, base, mask))
            }
            Credentials::Basic { user, secret, is_api_token } => {
                let header = basic(&user, &secret);
                mask.hide(&header);
                // Cloud's tokens begin like this (<https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account>).
                let is_api_token = is_api_token || secret.reveal().starts_with("ATATT");
                let means = match (is_api_token, looks_like_personal_token(&secret)) {
                    (true, _) => Means::ApiToken,
                    (false, true) => Means::TokenAsPassword,
                    (false, false) => Means::Password,
                };
                Auth::Header(header, means)
            }
            Credentials::OAuth2(settings) => Auth::OAuth2(Box::new(OAuth2::new(*settings, mask))),
            Credentials::Bearer(token) => {
                Auth::Header(Secret::derived(format!("Bearer {}", token.reveal())), Means::PersonalToken)
            }
        }
    }

    /// What to look at when the proof is refused.
    pub fn means(&self) -> Means {
        match self {
            Auth::Header(_, means) => *means,
            Auth::Session(_) => Means::Password,
            Auth::OAuth1(_) => Means::OAuth1,
            Auth::Connect(_) => Means::Connect,
            Auth::OAuth2(oauth2) if oauth2.is_renewable() => Means::OAuth2,
            Auth::OAuth2(_) => Means::AccessToken,
        }
    }

    /// Asks for what the proof is made of, where it is not there yet: a session, an access token.
    ///
    /// # Errors
    /// Where it is refused or cannot be had.
    pub async fn prepare(&self, jira: &Jira, budget: &Budget) -> Result<(), Failure> {
        match self {
            Auth::Session(session) => session.prepare(jira, budget).await,
            Auth::OAuth2(oauth2) => oauth2.prepare(jira, budget).await,
            Auth::Header(..) | Auth::OAuth1(_) | Auth::Connect(_) => Ok(()),
        }
    }

    /// Learns from the answer to a request. True where the same request deserves one more attempt, for a cause that is now mended:
    /// an expired session or token that [`Auth::prepare`] will renew, a clock offset that the next signature will hold.
    pub fn mends(&self, jira: &Jira, request: &Request, answer: &Answer) -> bool {
        match self {
            Auth::Session(session) => session.mends(request, answer),
            Auth::OAuth1(signer) => signer.mends(answer, jira.nature().unix_seconds()),
            Auth::OAuth2(oauth2) => oauth2.mends(request, answer, jira.mask()),
            Auth::Header(..) | Auth::Connect(_) => false,
        }
    }

    /// An access token that a user may have granted, where there is one.
    pub fn user_token(&self) -> Option<Secret> {
        match self {
            Auth::OAuth2(oauth2) => oauth2.user_token(),
            Auth::Header(..) | Auth::Session(_) | Auth::OAuth1(_) | Auth::Connect(_) => None,
        }
    }

    /// Gives back what was asked for: logs out.
    pub async fn finish(&self, jira: &Jira) {
        match self {
            Auth::Session(session) => session.finish(jira).await,
            Auth::Header(..) | Auth::OAuth1(_) | Auth::Connect(_) | Auth::OAuth2(_) => {}
        }
    }

    /// Adds the proof to a request. A fresh stamp for each attempt: Jira rejects a nonce that it has seen. A proof of this
    /// one attempt comes with a veil, to be kept until the answer is judged.
    pub fn authorize(&self, request: &mut Request, stamp: Stamp) -> Option<Veil> {
        match self {
            Auth::Header(header, _) => request.headers.push(("authorization", Text::Sensitive(header.clone()))),
            Auth::Session(session) => session.authorize(request),
            Auth::OAuth1(signer) => return Some(signer.authorize(request, stamp)),
            Auth::Connect(connect) => return Some(connect.authorize(request, stamp)),
            Auth::OAuth2(oauth2) => oauth2.authorize(request),
        }
        None
    }
}

fn basic(user: &str, secret: &Secret) -> Secret {
    let pair = Secret::derived(format!("{user}:{}", secret.reveal()));
    Secret::derived(format!("Basic {}", STANDARD.encode(pair.reveal())))
}

/// A personal token is base64 of an id, a colon and random bytes
/// (<https://confluence.atlassian.com/enterprise/using-personal-access-tokens-1026032365.html> shows one).
fn looks_like_personal_token(secret: &Secret) -> bool {
    let text = secret.reveal().as_bytes();
    let decoded = STANDARD.decode(&text[..text.len().min(24) / 4 * 4]).unwrap_or_default();
    let digits = decoded.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits >= 6 && decoded.get(digits) == Some(&b':')
}

/// Secrets that no CI system can know, because we made them of others or read them from files.
pub fn derived_secrets(credentials: &Credentials) -> Vec<Secret> {
    let mut derived = vec![];
    if let Credentials::Basic { user, secret, .. } = credentials {
        derived.push(Secret::derived(basic(user, secret).reveal().trim_start_matches("Basic ").to_owned()));
    }
    derived.extend(credentials.secrets().into_iter().filter(|secret| secret.is_from_file()).cloned());
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_looks_like_a_personal_token_where_a_long_id_and_a_colon_are_encoded_in_it() {
        for (text, looks) in [
            (STANDARD.encode("615330269199:random bytes"), true),
            (STANDARD.encode("12:34"), false),
            (STANDARD.encode("61533026919900 is no id"), false),
            ("correct horse battery staple".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(looks_like_personal_token(&Secret::derived(text.clone())), looks, "{text}");
        }
    }
}
