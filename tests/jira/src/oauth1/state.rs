//! The state of the OAuth 1.0a provider: application links and tokens, and the errors it names.

use super::REQUEST_TOKEN_LIFE;
use super::signature::public_key;
use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

/// The provider's state.
#[derive(Debug, Clone, Default)]
pub(crate) struct ApplicationLinks {
    pub(super) consumers: BTreeMap<String, Consumer>,
    pub(super) tokens: BTreeMap<String, Token>,
    /// Consumer key, timestamp and nonce of every accepted request.
    pub(super) nonces: BTreeSet<(String, u64, String)>,
    issued: u64,
    /// Scheme and authority that Jira assumes for itself, where a proxy does not pass
    /// on the public ones.
    pub(crate) believed_origin: Option<String>,
}

/// An application link.
#[derive(Debug, Clone)]
pub(super) struct Consumer {
    pub(super) name: String,
    /// RFC 8017 `RSAPublicKey`.
    pub(super) public_key: Vec<u8>,
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) consumer: String,
    pub(super) made: SystemTime,
    pub(super) state: State,
}

#[derive(Debug, Clone)]
pub(super) enum State {
    /// Asked for; the callback is absent in OAuth 1.0.
    Requested { callback: Option<String> },
    /// The user pressed Allow.
    Allowed {
        user: String,
        verifier: Option<String>,
    },
    /// The user pressed Deny.
    Denied,
    /// Exchanged for an access token.
    Used,
    /// Gives access as this user.
    Access { user: String },
    /// Revoked by the user.
    Revoked,
}

/// An `oauth_problem` and what comes with it.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) name: &'static str,
    pub(super) more: Vec<(&'static str, String)>,
}

impl Problem {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            more: Vec::new(),
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.more.push((name, value.into()));
        self
    }

    pub(super) fn status(&self) -> u16 {
        match self.name {
            "version_rejected"
            | "parameter_absent"
            | "parameter_rejected"
            | "timestamp_refused"
            | "signature_method_rejected" => 400,
            "user_refused" | "consumer_key_refused" => 503,
            _ => 401,
        }
    }
}

impl ApplicationLinks {
    /// Registers an application link's incoming authentication.
    ///
    /// # Panics
    ///
    /// When the text is no RSA public key in PEM.
    pub(crate) fn register(&mut self, key: &str, name: &str, public_pem: &str) {
        let public_key =
            public_key(public_pem).expect("an application link holds an RSA public key in PEM");
        self.consumers.insert(
            key.to_owned(),
            Consumer {
                name: name.to_owned(),
                public_key,
            },
        );
    }

    /// Gives a consumer an access token without the authorization flow.
    pub(crate) fn grant(&mut self, consumer: &str, token: &str, user: &str, made: SystemTime) {
        let state = State::Access {
            user: user.to_owned(),
        };
        self.tokens.insert(
            token.to_owned(),
            Token {
                consumer: consumer.to_owned(),
                made,
                state,
            },
        );
    }

    pub(crate) fn revoke(&mut self, token: &str) {
        if let Some(token) = self.tokens.get_mut(token) {
            token.state = State::Revoked;
        }
    }

    /// Expires every token that is no access token.
    pub(crate) fn age(&mut self) {
        let opens = |token: &Token| matches!(token.state, State::Access { .. });
        for token in self.tokens.values_mut().filter(|token| !opens(token)) {
            token.made = SystemTime::UNIX_EPOCH;
        }
    }

    pub(crate) fn unregister(&mut self, consumer: &str) {
        self.consumers.remove(consumer);
    }

    /// Not guessable in a test, and the same in every run.
    pub(super) fn next(&mut self) -> String {
        self.issued += 1;
        let mixed = self
            .issued
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29);
        format!(
            "{mixed:016x}{:016x}",
            mixed.wrapping_mul(0xD6E8_FEB8_6659_FD93)
        )
    }
}

pub(super) fn is_old(token: &Token, now: SystemTime) -> bool {
    now.duration_since(token.made)
        .is_ok_and(|age| age > REQUEST_TOKEN_LIFE)
}
