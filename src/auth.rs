//! How a request proves who sends it; knows no environment and asks no network.

use crate::credentials::Credentials;
use crate::failure::Failure;
use crate::jira::{Budget, Jira};
use crate::mask::Mask;
use crate::secret::Secret;
use crate::wire::{Answer, Request, Text};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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
}

impl Auth {
    /// Prepares the credentials, and hides what is derived from them.
    pub fn new(credentials: &Credentials, mask: &Mask) -> Self {
        let header = header(credentials);
        mask.hide(&header);
        Auth::Header(header)
    }

    /// Asks for what the proof is made of, where it is not there yet: a session, an access token.
    ///
    /// # Errors
    /// Where it is refused or cannot be had.
    pub async fn prepare(&self, _jira: &Jira, _budget: &Budget) -> Result<(), Failure> {
        match self {
            Auth::Header(_) => Ok(()),
        }
    }

    /// Learns from an answer. True where the same request deserves one more attempt, for a cause that is now mended:
    /// an expired session or token that [`Auth::prepare`] will renew, a clock offset that the next signature will hold.
    pub fn mends(&self, _answer: &Answer) -> bool {
        match self {
            Auth::Header(_) => false,
        }
    }

    /// Gives back what was asked for: logs out.
    pub async fn finish(&self, _jira: &Jira) {
        match self {
            Auth::Header(_) => {}
        }
    }

    /// Adds the proof to a request. A fresh stamp for each attempt: Jira rejects a nonce that it has seen.
    pub fn authorize(&self, request: &mut Request, _stamp: Stamp) {
        match self {
            Auth::Header(header) => {
                request.headers.push(("authorization", Text::Sensitive(header.clone())));
            }
        }
    }
}

fn header(credentials: &Credentials) -> Secret {
    match credentials {
        Credentials::Basic { user, secret } => {
            let pair = Secret::derived(format!("{user}:{}", secret.reveal()));
            Secret::derived(format!("Basic {}", STANDARD.encode(pair.reveal())))
        }
        Credentials::Bearer(token) => Secret::derived(format!("Bearer {}", token.reveal())),
    }
}

/// Secrets that no CI system can know, because we made them of others or read them from files.
pub fn derived_secrets(credentials: &Credentials) -> Vec<Secret> {
    let header = header(credentials);
    let mut derived = vec![];
    if let Some((_, pair)) = header.reveal().split_once(' ').filter(|(scheme, _)| *scheme == "Basic") {
        derived.push(Secret::derived(pair.to_owned()));
    }
    derived.extend(credentials.secrets().into_iter().filter(|secret| secret.is_from_file()).cloned());
    derived
}
