//! OAuth 1.0a with RSA-SHA1 (RFC 5849): each request signed with its query, a
//! new nonce and Jira's idea of the time. Never asks for a token.

use crate::client::{Recovery, SigningContext};
use crate::credentials::private_key::PrivateKey;
use crate::credentials::{Consumer, OAuth1State};
use crate::redact::Secret;
use crate::redact::{RedactionGuard, Redactor};
use crate::response::oauth_problem;
use crate::transport::{MaybeSecret, Request, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use oauth1_request::serializer::Serializer;
use oauth1_request::signature_method::{Sign, SignatureMethod};
use oauth1_request::{Builder, Credentials};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha1::{Digest, Sha1};
use std::cell::{Cell, RefCell};
use std::fmt::{Display, Write};
use std::num::NonZeroU64;
use url::{Position, Url};

/// RFC 5849 section 3.6: letters, digits and these stay as they are.
pub(super) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A clock that is wrong by no more is no reason to warn: answers take their time.
const NOTABLE: u64 = 60;

/// A signer. It learns how far this machine's clock is from Jira's.
pub(crate) struct OAuth1 {
    consumer: Consumer,
    state: RefCell<OAuth1State>,
    /// Jira's clock minus ours, in seconds.
    offset: Cell<i64>,
    redactor: Redactor,
}

impl OAuth1 {
    /// Hides the key's lines, in whatever form it was given.
    pub(crate) fn new(consumer: Consumer, state: OAuth1State, redactor: &Redactor) -> Self {
        if let Some(pem) = consumer.private_key.to_pem() {
            redactor.register(&Secret::derived(pem.to_string()));
        }
        OAuth1 {
            consumer,
            state: RefCell::new(state),
            offset: Cell::new(0),
            redactor: redactor.clone(),
        }
    }

    /// Signs with this from now on.
    pub(crate) fn hold(&self, state: OAuth1State) {
        self.state.replace(state);
    }

    pub(super) fn sign(
        &self,
        request: &mut Request,
        signing_context: SigningContext,
    ) -> RedactionGuard {
        let state = self.state.borrow();
        let (token, callback, verifier) = match &*state {
            OAuth1State::Callback(callback) => (None, Some(callback.as_str()), None),
            OAuth1State::Verifier { token, code } => (Some(token), None, Some(code.reveal())),
            OAuth1State::Access(token) => (Some(token), None, None),
        };
        let nonce = signing_context.nonce.to_string();
        let now = signing_context.now.saturating_add_signed(self.offset.get());
        // RFC 5849 section 3.3: positive. A clock may stand at 1970 or before.
        let now = NonZeroU64::new(now).unwrap_or(NonZeroU64::MIN);
        let method = RsaSha1 {
            key: &self.consumer.private_key,
        };
        let mut builder = Builder::new(Credentials::new(self.consumer.key.as_str(), ""), method);
        builder.token(token.map(|token| Credentials::new(token.reveal(), "")));
        builder.callback(callback).verifier(verifier).version(true);
        builder.nonce(nonce.as_str()).timestamp(now);
        let query = Query::of(&request.url);
        let header = Secret::derived(builder.authorize(
            request.method.name(),
            base_uri(&request.url),
            &query,
        ));
        let (_, parameters) = header.reveal().split_once(' ').unwrap_or_default();
        let signature = parameters
            .rsplit("oauth_signature=")
            .next()
            .unwrap_or_default()
            .trim_matches('"');
        let plain = percent_decode_str(signature)
            .decode_utf8_lossy()
            .into_owned();
        let proofs = [
            Secret::derived(plain),
            Secret::derived(signature.to_owned()),
        ];
        let guard = self
            .redactor
            .guard(&proofs, Some(&Secret::derived(parameters.to_owned())));
        request
            .headers
            .push(("authorization", MaybeSecret::Sensitive(header)));
        guard
    }

    /// Where Jira refused the timestamp and showed its own, the next signature
    /// holds it.
    pub(super) fn learn(&self, answer: &Response, now: u64) -> Recovery {
        let Some(problem) =
            oauth_problem::of(answer).filter(|problem| problem.name() == "timestamp_refused")
        else {
            return Recovery::None;
        };
        let Some(theirs) = problem.server_time().or_else(|| date(answer)) else {
            return Recovery::None;
        };
        // No clock is so far from ours.
        let Some(offset) = theirs.checked_signed_diff(now) else {
            return Recovery::None;
        };
        if let Some(warning) = clock_warning(offset, self.offset.get()) {
            tracing::warn!("{warning}");
        }
        self.offset.set(offset);
        Recovery::SignAgain
    }
}

/// What to say of the clock, unless that was said of the offset that was known before.
fn clock_warning(offset: i64, known: i64) -> Option<String> {
    let way = if offset.is_positive() {
        "behind"
    } else {
        "ahead of"
    };
    (offset.abs_diff(known) > NOTABLE).then(|| {
        format!(
            "this machine's clock is {} s {way} Jira's, which refuses its signatures; \
             signing with Jira's time for now: set the clock (NTP)",
            offset.unsigned_abs()
        )
    })
}

/// The answer's own date, in seconds since 1970.
fn date(answer: &Response) -> Option<u64> {
    let date = httpdate::parse_http_date(answer.header("date")?).ok()?;
    date.duration_since(std::time::SystemTime::UNIX_EPOCH)
        .ok()
        .map(|since| since.as_secs())
}

/// RFC 5849 section 3.4.1.2: scheme and host in lower case, no default port, no
/// query. `Url` keeps all but the last that way.
fn base_uri(url: &Url) -> &str {
    &url[..Position::AfterPath]
}

/// The parameters of a query, encoded and sorted. The library takes names as
/// they are, so they are encoded twice here: once as a parameter, once as a
/// part of the base string.
struct Query(Vec<(String, String)>);

impl Query {
    fn of(url: &Url) -> Self {
        let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        let mut pairs: Vec<_> = url
            .query_pairs()
            .map(|(name, value)| (encode(&name), encode(&value)))
            .collect();
        // RFC 5849 section 3.4.1.3.2: sort after encoding.
        pairs.sort_unstable();
        Query(
            pairs
                .into_iter()
                .map(|(name, value)| (encode(&name), value))
                .collect(),
        )
    }
}

/// Writes one of the protocol's own parameters, where there is a value for it.
type Own<S> = fn(&mut S);

impl oauth1_request::Request for Query {
    /// In the order of their names, the protocol's own parameters among them.
    fn serialize<S: Serializer>(&self, mut serializer: S) -> S::Output {
        let protocol: [(&str, Own<S>); 8] = [
            ("oauth_callback", S::serialize_oauth_callback),
            ("oauth_consumer_key", S::serialize_oauth_consumer_key),
            ("oauth_nonce", S::serialize_oauth_nonce),
            (
                "oauth_signature_method",
                S::serialize_oauth_signature_method,
            ),
            ("oauth_timestamp", S::serialize_oauth_timestamp),
            ("oauth_token", S::serialize_oauth_token),
            ("oauth_verifier", S::serialize_oauth_verifier),
            ("oauth_version", S::serialize_oauth_version),
        ];
        let mut pairs = self.0.iter().peekable();
        for (name, serialize) in protocol {
            while let Some((key, value)) = pairs.next_if(|(key, _)| key.as_str() < name) {
                serializer.serialize_parameter_encoded(key, value);
            }
            serialize(&mut serializer);
        }
        for (key, value) in pairs {
            serializer.serialize_parameter_encoded(key, value);
        }
        serializer.end()
    }
}

/// RSA-SHA1 with a blinded key; the library's own signer does not blind.
#[derive(Clone, Copy)]
struct RsaSha1<'a> {
    key: &'a PrivateKey,
}

struct Signing<'a> {
    key: &'a PrivateKey,
    digest: Digesting,
}

impl<'a> SignatureMethod for RsaSha1<'a> {
    type Sign = Signing<'a>;

    fn sign_with(self, _client_secret: &str, _token_secret: Option<&str>) -> Signing<'a> {
        Signing {
            key: self.key,
            digest: Digesting(Sha1::new()),
        }
    }
}

impl Sign for Signing<'_> {
    type Signature = String;

    fn get_signature_method_name(&self) -> &'static str {
        "RSA-SHA1"
    }

    fn request_method(&mut self, method: &str) {
        self.digest.add(format_args!("{method}&"));
    }

    fn uri<T: Display>(&mut self, uri: T) {
        self.digest.add(format_args!("{uri}&"));
    }

    fn parameter<V: Display>(&mut self, key: &str, value: V) {
        self.digest.add(format_args!("{key}%3D{value}"));
    }

    fn delimiter(&mut self) {
        self.digest.add(format_args!("%26"));
    }

    fn end(self) -> String {
        let signature = STANDARD.encode(self.key.sign(&self.digest.0.finalize()));
        utf8_percent_encode(&signature, RESERVED).to_string()
    }
}

struct Digesting(Sha1);

impl Digesting {
    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        // A digest takes every text.
        let _ = self.write_fmt(text);
    }
}

impl Write for Digesting {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
