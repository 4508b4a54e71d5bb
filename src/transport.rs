//! One request, one answer, and what may happen between them; says nothing of
//! how they travel.

mod error;
mod http;
pub(crate) mod network;
mod pool;
pub mod proxy;
mod tls;
mod tunnel;

pub(crate) use http::{HttpTransport, resolve};
pub(crate) use tls::certificate;

use crate::redact::Secret;
use crate::redact::outside::Outside;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use tokio::time::Instant;
use url::Url;

/// An answer to a write, or to a question that takes no list for an answer, is
/// read so far.
pub(crate) const SHORT_BODY: usize = 64 << 10;

/// The methods that Jira's REST API is asked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    /// Writes; may be repeated, as each repetition leaves the same state.
    Put,
    /// Logs in, or asks for a token.
    Post,
    Delete,
}

impl Method {
    /// As it stands in a request line.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Put => "PUT",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
    }
}

/// A header or body of a request.
#[derive(Clone, Debug)]
pub enum MaybeSecret {
    /// The log may show it as it is.
    Plain(String),
    /// No output shows it; the log says that it is hidden.
    Sensitive(Secret),
}

impl MaybeSecret {
    /// A text that is no secret.
    pub(crate) fn plain(text: &str) -> Self {
        MaybeSecret::Plain(text.to_owned())
    }

    /// As it is sent.
    pub fn reveal(&self) -> &str {
        match self {
            MaybeSecret::Plain(text) => text,
            MaybeSecret::Sensitive(secret) => secret.reveal(),
        }
    }

    pub(crate) fn shown(&self) -> &str {
        match self {
            MaybeSecret::Plain(text) => text,
            MaybeSecret::Sensitive(_) => crate::redact::HIDDEN,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Request {
    pub method: Method,
    pub url: Url,
    /// Each with its name in lower case.
    pub headers: Vec<(&'static str, MaybeSecret)>,
    /// Its form stands in the `content-type` header.
    pub body: Option<MaybeSecret>,
}

/// How long and how much one exchange may take.
#[derive(Clone, Copy, Debug)]
pub struct AttemptLimits {
    /// The moment at which the attempt is given up.
    pub until: Instant,
    /// Bytes of the answer's body that are read; the rest is left where it is.
    pub body: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Response {
    pub status: u16,
    /// Each with its name in lower case.
    pub headers: Vec<(String, String)>,
    /// As far as it was read and not streamed.
    pub body: Vec<u8>,
    /// False where the body is longer than what was read, or broke off.
    pub complete: bool,
    /// The server's own certificate in DER, where the connection was encrypted.
    pub certificate: Option<Vec<u8>>,
}

impl Response {
    /// The first header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, text)| text.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(header, _)| header == name)
            .map(|(_, text)| text.as_str())
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportErrorKind {
    /// No name, no connection, or one that broke.
    Connection,
    /// The proxy refuses: its user and password, or Jira's address by its rules.
    Proxy,
    Tls,
    Timeout,
}

#[derive(Clone, Debug)]
pub struct TransportError {
    pub kind: TransportErrorKind,
    /// In words; may hold text from outside.
    pub detail: Outside,
    /// What to do, where something is to be done.
    pub hint: Option<Outside>,
    /// True where it was the proxy that failed, not what lies behind it.
    pub at_proxy: bool,
    /// True where the server may have read the whole request, and acted on it.
    pub sent: bool,
}

pub type ResponseFuture<'a> = Pin<Box<dyn Future<Output = Result<Response, TransportError>> + 'a>>;

/// Ends when an exchange may be given up, as far as it may.
pub type GiveUp<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Takes the pieces of a body as they come, and says whether it wants more.
pub type BodySink<'a> = &'a dyn Fn(&[u8]) -> ControlFlow<()>;

/// Carries a request to the server and an answer back: HTTP in the program,
/// memory where time is virtual.
pub trait Transport {
    /// One attempt. Never repeats anything, never follows a redirect.
    fn send<'a>(&'a self, request: &'a Request, limits: AttemptLimits) -> ResponseFuture<'a>;

    /// The same, but the body of a success goes to `sink`, however long it is, and
    /// is not kept.
    fn stream<'a>(
        &'a self,
        request: &'a Request,
        limits: AttemptLimits,
        sink: BodySink<'a>,
    ) -> ResponseFuture<'a>;

    /// An exchange whose answer must not be missed: `give_up` ends it only while
    /// the server cannot have read the request. Without a way to tell, it is never
    /// given up.
    fn insist<'a>(
        &'a self,
        request: &'a Request,
        limits: AttemptLimits,
        _give_up: GiveUp<'a>,
    ) -> ResponseFuture<'a> {
        self.send(request, limits)
    }
}
