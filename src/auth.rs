//! How a request proves who sends it; knows no environment.

pub mod oauth2;

use crate::credentials::Credentials;
use crate::failure::Failure;
use crate::jira::{Budget, Jira};
use crate::mask::Mask;
use crate::secret::Secret;
use crate::wire::{Answer, Request, Text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth2::OAuth2;

/// What makes one attempt's signature unlike every other's.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// Seconds since 1970.
    pub now: u64,
    /// Random bits.
    pub nonce: u128,
}

/// A way to sign requests.
pub enum Auth {
    /// The same header on every request: Basic and Bearer.
    Header(Secret),
    /// An access token that may have to be asked for.
    OAuth2(Box<OAuth2>),
}

impl Auth {
    /// Prepares the credentials, and hides what is derived from them.
    pub fn new(credentials: &Credentials, mask: &Mask) -> Self {
        let header = match credentials {
            Credentials::Basic { user, secret } => Secret::derived(format!("Basic {}", pair(user, secret).reveal())),
            Credentials::Bearer(token) => Secret::derived(format!("Bearer {}", token.reveal())),
            Credentials::OAuth2(settings) => return Auth::OAuth2(Box::new(OAuth2::new((**settings).clone(), mask))),
        };
        mask.hide(&header);
        Auth::Header(header)
    }

    /// Asks for what the proof is made of, where it is not there yet: a session, an access token.
    ///
    /// # Errors
    /// Where it is refused or cannot be had.
    pub async fn prepare(&self, jira: &Jira, budget: &Budget) -> Result<(), Failure> {
        match self {
            Auth::Header(_) => Ok(()),
            Auth::OAuth2(oauth2) => oauth2.prepare(jira, budget).await,
        }
    }

    /// Learns from an answer. True where the same request deserves one more attempt, for a cause that is now mended:
    /// an expired session or token that [`Auth::prepare`] will renew, a clock offset that the next signature will hold.
    pub fn mends(&self, request: &Request, answer: &Answer, mask: &Mask) -> bool {
        match self {
            Auth::Header(_) => false,
            Auth::OAuth2(oauth2) => oauth2.mends(request, answer, mask),
        }
    }

    /// An access token that a user may have granted, where there is one.
    pub fn user_token(&self) -> Option<Secret> {
        match self {
            Auth::Header(_) => None,
            Auth::OAuth2(oauth2) => oauth2.user_token(),
        }
    }

    /// Gives back what was asked for: logs out.
    pub async fn finish(&self, _jira: &Jira) {
        match self {
            Auth::Header(_) => {}
            Auth::OAuth2(oauth2) => oauth2.finish(),
        }
    }

    /// Adds the proof to a request. A fresh stamp for each attempt: Jira rejects a nonce that it has seen.
    pub fn authorize(&self, request: &mut Request, _stamp: Stamp) {
        match self {
            Auth::Header(header) => {
                request.headers.push(("authorization", Text::Sensitive(header.clone())));
            }
            Auth::OAuth2(oauth2) => oauth2.authorize(request),
        }
    }
}

/// What stands behind `Basic`.
fn pair(user: &str, secret: &Secret) -> Secret {
    let pair = Secret::derived(format!("{user}:{}", secret.reveal()));
    Secret::derived(STANDARD.encode(pair.reveal()))
}

/// Secrets that no CI system can know, because we made them of others or read them from files.
pub fn derived_secrets(credentials: &Credentials) -> Vec<Secret> {
    let mut derived = match credentials {
        Credentials::Basic { user, secret } => vec![pair(user, secret)],
        Credentials::Bearer(_) | Credentials::OAuth2(_) => vec![],
    };
    derived.extend(credentials.secrets().into_iter().filter(|secret| secret.is_from_file()).cloned());
    derived
}
