//! One attempt: signed, sent, and logged.

use crate::client::Client;
use crate::client::request::RequestSpec;
use crate::client::signer::Signer;
use crate::error::{Failure, Kind};
use crate::redact::outside::CleanText;
use crate::redact::{HIDDEN, RedactionGuard};
use crate::response::confidential;
use crate::settings::{BASE_URL, TIMEOUT};
use crate::text::one_line;
use crate::transport::{
    AttemptLimits, BodySink, MaybeSecret, Request, Response, TransportError, TransportErrorKind,
};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// An answer that must not be missed is waited for so long, or for the
/// attempt's time where that is longer.
const AWAITED: Duration = Duration::from_secs(30);

/// A cause has so many characters at most, and a host in it so many at least.
const LONGEST_CAUSE: usize = 98;
const SHORTEST_HOST: usize = 24;

impl Client {
    /// The request as it goes out, signed anew, and what hides its signature while it lives.
    pub(super) fn sign(
        &self,
        ask: &RequestSpec,
        signer: &dyn Signer,
    ) -> (Request, Option<RedactionGuard>) {
        let mut headers = vec![
            // Without it Data Center answers a 429 with a page of HTML.
            ("accept", MaybeSecret::plain("application/json")),
            (
                "user-agent",
                MaybeSecret::plain(concat!("jira-build-status/", env!("CARGO_PKG_VERSION"))),
            ),
        ];
        headers.extend(ask.headers.iter().cloned());
        let mut request = Request {
            method: ask.method,
            url: ask.url.clone(),
            headers,
            body: ask.body.clone(),
        };
        let guard = signer.sign(&mut request, self.clock.signing_context());
        (request, guard)
    }

    /// Sends it once, until that moment at most.
    pub(super) async fn attempt(
        &self,
        ask: &RequestSpec,
        request: &Request,
        until: Instant,
        sink: Option<BodySink<'_>>,
    ) -> Result<Response, TransportError> {
        let limits = AttemptLimits {
            until,
            body: ask.limit,
        };
        tracing::debug!("> {} {}", request.method.name(), request.url);
        if let Some(body) = &request.body {
            // It may hold what Jira's metadata said.
            tracing::trace!("> {}", self.redactor.redact(body.shown()));
        }
        // The connection of the last answer needs a moment to be free again; without it
        // a new one would be made.
        tokio::task::yield_now().await;
        let outcome = match sink {
            Some(sink) => self.transport.stream(request, limits, sink).await,
            None if ask.awaited => {
                let limits = AttemptLimits {
                    until: Instant::now() + AWAITED.max(self.limits.timeout),
                    ..limits
                };
                self.transport
                    .insist(request, limits, Box::pin(self.given_up(until)))
                    .await
            }
            None => self.transport.send(request, limits).await,
        };
        match &outcome {
            Ok(answer) => {
                if ask.confidential {
                    confidential::learn(answer, &self.redactor);
                }
                self.log_answer(answer, ask.confidential);
            }
            Err(error) => tracing::debug!("< {}", error.detail.sentence(&self.redactor)),
        }
        outcome
    }

    /// Ends at that moment, or when a signal ends the run.
    async fn given_up(&self, until: Instant) {
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            _ = self.stopped() => {}
        }
    }

    fn log_answer(&self, answer: &Response, confidential: bool) {
        tracing::debug!("< {}", answer.status);
        for (name, text) in &answer.headers {
            // Cleaned only where it is logged.
            let shown = || {
                CleanText::sentence(
                    if name == "set-cookie" { HIDDEN } else { text },
                    &self.redactor,
                )
            };
            tracing::debug!("< {}: {}", CleanText::name(name, &self.redactor), shown());
        }
        if !confidential {
            tracing::trace!(
                "< {}",
                CleanText::body(&answer.body, !answer.complete, &self.redactor)
            );
        }
    }

    /// What a person reads where no answer came.
    pub(super) fn failure(&self, error: &TransportError, url: &Url) -> Failure {
        let base = url.origin() == self.base.url().origin();
        let (kind, hint) = match error.kind {
            TransportErrorKind::Connection if base => (
                Kind::Unreachable,
                format!("check {BASE_URL}, and that this machine may reach Jira"),
            ),
            TransportErrorKind::Proxy => {
                (Kind::Unreachable, "ask whoever runs the proxy".to_owned())
            }
            TransportErrorKind::Connection => {
                let hint = "this machine must reach it, too: it belongs to Jira's Cloud or its \
                     OAuth 2.0 provider";
                (Kind::Unreachable, hint.to_owned())
            }
            TransportErrorKind::Tls => (
                Kind::Tls,
                "check the certificate with: openssl s_client -connect HOST:PORT".to_owned(),
            ),
            TransportErrorKind::Timeout => (
                Kind::Timeout,
                format!("{TIMEOUT} sets the time for one attempt"),
            ),
        };
        let host = if base {
            self.base.to_string()
        } else {
            url.origin().ascii_serialization()
        };
        let detail = error.detail.sentence(&self.redactor).to_string();
        // Of a proxy and of a certificate the detail says whose it is; the rest stands in
        // the answer's line.
        let message = if error.at_proxy || kind == Kind::Tls {
            detail
        } else {
            let room = LONGEST_CAUSE.saturating_sub(detail.chars().count() + ": ".len());
            format!("{}: {detail}", one_line(&host, room.max(SHORTEST_HOST)))
        };
        let theirs = error
            .hint
            .as_ref()
            .map(|hint| hint.sentence(&self.redactor).to_string());
        Failure::new(kind, message).hint(theirs.unwrap_or(hint))
    }
}
