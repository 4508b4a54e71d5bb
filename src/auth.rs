//! How a request proves who sends it; knows no environment and asks no network.

use crate::credentials::Credentials;
use crate::mask::Mask;
use crate::secret::Secret;
use crate::wire::{HeaderText, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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

    /// Adds the proof to a request.
    pub fn authorize(&self, request: &mut Request) {
        match self {
            Auth::Header(header) => {
                request.headers.push(("authorization", HeaderText::Sensitive(header.clone())));
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
