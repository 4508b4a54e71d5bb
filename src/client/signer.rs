//! The border between a request and the method of authentication that signs
//! it.

use crate::credentials::Identity;
use crate::redact::RedactionGuard;
use crate::transport::{Request, Response};

/// Makes one attempt's signature unlike every other's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SigningContext {
    /// Seconds since 1970.
    pub now: u64,
    pub nonce: u128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recovery {
    /// Nothing: the same request would be refused again.
    None,
    /// The next signature will be another, such as with a clock offset.
    SignAgain,
    /// The session or token has expired and must be renewed first.
    Renew,
}

/// Adds the proof of who sends a request.
pub(crate) trait Signer {
    /// Whom requests are sent as.
    fn identity(&self) -> &Identity;

    /// False where a login or a renewal must come before the next attempt.
    fn is_ready(&self) -> bool;

    /// Adds the proof to one attempt. What must be hidden until its answer is
    /// judged comes back.
    fn sign(&self, request: &mut Request, context: SigningContext) -> Option<RedactionGuard>;

    /// Learns from an answer. `now` is in seconds since 1970.
    fn learn(&self, request: &Request, response: &Response, now: u64) -> Recovery;
}

/// Signs nothing: for what is asked without credentials.
pub(crate) struct Anonymous;

impl Signer for Anonymous {
    fn identity(&self) -> &Identity {
        &Identity::Nobody
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn sign(&self, _: &mut Request, _: SigningContext) -> Option<RedactionGuard> {
        None
    }

    fn learn(&self, _: &Request, _: &Response, _: u64) -> Recovery {
        Recovery::None
    }
}
