//! One attempt over HTTP: TLS, timeouts, no redirects. The only room that knows
//! the HTTP client; never decides whether to try again.

use crate::error::Failure;
use crate::transport::error::ErrorContext;
use crate::transport::network::Network;
use crate::transport::pool::Pool;
use crate::transport::{
    AttemptLimits, BodySink, GiveUp, MaybeSecret, Method, Request, Response, ResponseFuture,
    Transport, TransportError, TransportErrorKind,
};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::header::HeaderValue;
use std::convert::Infallible;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::timeout_at;
use url::Url;

pub(crate) struct HttpTransport {
    pool: Pool,
}

impl HttpTransport {
    /// Reads and connects nothing yet. `base` is Jira's address, `timeout` that of
    /// one attempt.
    pub(crate) fn new(network: Network, base: Url, timeout: Duration) -> Self {
        HttpTransport {
            pool: Pool::new(network, base, timeout),
        }
    }

    /// Reads the certificates that an address needs, so that a wrong file is found
    /// before anything is sent.
    ///
    /// # Errors
    /// A usage error for certificates that cannot be read.
    pub(crate) fn prepare(&self, url: &Url) -> Result<(), Failure> {
        let pooled = self.pool.acquire(url)?;
        self.pool.release(url, pooled);
        Ok(())
    }

    async fn attempt(
        &self,
        request: &Request,
        limits: AttemptLimits,
        sink: Option<BodySink<'_>>,
        sent: &Arc<AtomicBool>,
    ) -> Result<Response, TransportError> {
        let pooled = self
            .pool
            .acquire(&request.url)
            .map_err(|failure| TransportError {
                kind: TransportErrorKind::Tls,
                detail: failure.message.into(),
                hint: failure.hint.map(Into::into),
                at_proxy: false,
                sent: false,
            })?;
        // A connection goes back to its client by a task of its own, which must run
        // before the client makes another one.
        tokio::task::yield_now().await;
        let outcome = self
            .attempt_with(&pooled.client, request, limits, sink, sent)
            .await;
        self.pool.release(&request.url, pooled);
        outcome
    }

    async fn attempt_with(
        &self,
        client: &reqwest::Client,
        request: &Request,
        limits: AttemptLimits,
        sink: Option<BodySink<'_>>,
        sent: &Arc<AtomicBool>,
    ) -> Result<Response, TransportError> {
        let proxy = self.pool.proxy(&request.url);
        let context = ErrorContext {
            url: &request.url,
            proxy,
            record: self.pool.record(),
            sent,
        };
        let sending = client.execute(translate(request, sent)?);
        let mut response = match timeout_at(limits.until, sending).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let answer = match context.refuser(&error) {
                    Some(proxy) => {
                        timeout_at(limits.until, super::tunnel::status(proxy, &request.url))
                            .await
                            .ok()
                            .flatten()
                    }
                    None => None,
                };
                return Err(answer
                    .and_then(|answer| context.connect_refused(answer))
                    .unwrap_or_else(|| context.explain(&error)));
            }
            Err(_) => return Err(context.timed_out("the server did not answer in time")),
        };
        if response.status() == reqwest::StatusCode::PROXY_AUTHENTICATION_REQUIRED
            && let Some(refusal) = context.login_refused()
        {
            return Err(refusal);
        }
        let tls = response.extensions().get::<reqwest::tls::TlsInfo>();
        let certificate = tls
            .and_then(|tls| tls.peer_certificate())
            .map(<[u8]>::to_vec);
        let mut answer = Response {
            status: response.status().as_u16(),
            complete: true,
            certificate,
            ..Response::default()
        };
        for (name, value) in response.headers() {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            answer.headers.push((name.as_str().to_owned(), value));
        }
        let broken = match sink.filter(|_| answer.is_success()) {
            Some(sink) => pass_body(&mut response, &mut answer, limits, &context, sink).await,
            None => read_body(&mut response, &mut answer, limits, &context).await,
        };
        match broken {
            // A success whose proof is missing proves nothing; a refusal stands by its
            // status alone.
            Some(error) if answer.is_success() => Err(error),
            _ => Ok(answer),
        }
    }
}

impl Transport for HttpTransport {
    fn send<'a>(&'a self, request: &'a Request, limits: AttemptLimits) -> ResponseFuture<'a> {
        Box::pin(async move { self.attempt(request, limits, None, &Arc::default()).await })
    }

    fn stream<'a>(
        &'a self,
        request: &'a Request,
        limits: AttemptLimits,
        sink: BodySink<'a>,
    ) -> ResponseFuture<'a> {
        Box::pin(async move {
            self.attempt(request, limits, Some(sink), &Arc::default())
                .await
        })
    }

    fn insist<'a>(
        &'a self,
        request: &'a Request,
        limits: AttemptLimits,
        give_up: GiveUp<'a>,
    ) -> ResponseFuture<'a> {
        Box::pin(async move {
            let sent = Arc::default();
            let mut attempt = std::pin::pin!(self.attempt(request, limits, None, &sent));
            tokio::select! {
                biased;
                outcome = &mut attempt => return outcome,
                () = give_up => {}
            }
            if sent.load(Ordering::Relaxed) {
                return attempt.await;
            }
            let proxy = self.pool.proxy(&request.url);
            let context = ErrorContext {
                url: &request.url,
                proxy,
                record: self.pool.record(),
                sent: &sent,
            };
            Err(context.timed_out(""))
        })
    }
}

/// Reads as much of the body as is allowed. Returns what broke it off.
async fn read_body(
    response: &mut reqwest::Response,
    answer: &mut Response,
    limits: AttemptLimits,
    context: &ErrorContext<'_>,
) -> Option<TransportError> {
    let announced = response
        .content_length()
        .and_then(|length| length.try_into().ok());
    answer
        .body
        .reserve_exact(limits.body.min(announced.unwrap_or_default()));
    loop {
        match chunk(response, answer, limits, context).await {
            Ok(None) => return None,
            Ok(Some(chunk)) => {
                let room = limits.body - answer.body.len();
                answer
                    .body
                    .extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() >= room {
                    // The client counts down what was announced.
                    answer.complete = chunk.len() == room && response.content_length() == Some(0);
                    return None;
                }
            }
            Err(error) => return Some(error),
        }
    }
}

/// Hands the body on until its end, or until nobody wants more. Returns what
/// broke it off.
async fn pass_body(
    response: &mut reqwest::Response,
    answer: &mut Response,
    limits: AttemptLimits,
    context: &ErrorContext<'_>,
    sink: BodySink<'_>,
) -> Option<TransportError> {
    loop {
        match chunk(response, answer, limits, context).await {
            Ok(None) => return None,
            Ok(Some(chunk)) if sink(&chunk).is_continue() => {}
            Ok(Some(_)) => {
                answer.complete = false;
                return None;
            }
            Err(error) => return Some(error),
        }
    }
}

async fn chunk(
    response: &mut reqwest::Response,
    answer: &mut Response,
    limits: AttemptLimits,
    context: &ErrorContext<'_>,
) -> Result<Option<impl Deref<Target = [u8]> + use<>>, TransportError> {
    let error = match timeout_at(limits.until, response.chunk()).await {
        Ok(Ok(chunk)) => return Ok(chunk),
        Ok(Err(error)) => context.explain(&error),
        Err(_) => context.timed_out("the answer did not end in time"),
    };
    answer.complete = false;
    Err(error)
}

fn translate(
    request: &Request,
    sent: &Arc<AtomicBool>,
) -> Result<reqwest::Request, TransportError> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Put => reqwest::Method::PUT,
        Method::Post => reqwest::Method::POST,
        Method::Delete => reqwest::Method::DELETE,
    };
    let mut translated = reqwest::Request::new(method, request.url.clone());
    for (name, text) in &request.headers {
        let mut value =
            HeaderValue::from_bytes(text.reveal().as_bytes()).map_err(|_| TransportError {
                kind: TransportErrorKind::Connection,
                detail: format!("the header {name} cannot hold its value").into(),
                hint: None,
                at_proxy: false,
                sent: false,
            })?;
        value.set_sensitive(matches!(text, MaybeSecret::Sensitive(_)));
        translated.headers_mut().insert(*name, value);
    }
    let body = request.body.as_ref();
    *translated.body_mut() = Some(reqwest::Body::wrap(Watched {
        bytes: body.map(|body| Bytes::copy_from_slice(body.reveal().as_bytes())),
        asked_for: Arc::clone(sent),
    }));
    Ok(translated)
}

/// A body that tells when it is asked for, or whether there is one: then a
/// connection stands, and the server may read the request.
struct Watched {
    bytes: Option<Bytes>,
    asked_for: Arc<AtomicBool>,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.asked_for.store(true, Ordering::Relaxed);
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        // An empty one is not asked for.
        if self.bytes.as_ref().is_none_or(Bytes::is_empty) {
            self.asked_for.store(true, Ordering::Relaxed);
        }
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, Bytes::len) as u64)
    }
}

/// The addresses behind a host's name.
///
/// # Errors
/// In the words of the system's resolver.
pub(crate) async fn resolve(url: &Url) -> Result<Vec<std::net::IpAddr>, String> {
    let port = url.port_or_known_default().unwrap_or_default();
    let addresses = match url.host() {
        Some(url::Host::Domain(name)) => tokio::net::lookup_host((name, port))
            .await
            .map_err(|error| error.to_string())?,
        Some(url::Host::Ipv4(address)) => return Ok(vec![address.into()]),
        Some(url::Host::Ipv6(address)) => return Ok(vec![address.into()]),
        None => return Ok(vec![]),
    };
    Ok(addresses.map(|address| address.ip()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::Rows;

    #[test]
    fn a_header_that_would_hold_a_line_end_is_not_sent_and_not_shown() {
        let headers = vec![(
            "x-name",
            MaybeSecret::Plain("value\r\nx-other: smuggled".to_owned()),
        )];
        let url = Url::parse("http://localhost").unwrap();
        let request = Request {
            method: Method::Get,
            url,
            headers,
            body: None,
        };
        let error = translate(&request, &Arc::default()).unwrap_err();
        assert_eq!(
            (error.detail.exact(), error.sent),
            ("the header x-name cannot hold its value", false)
        );
    }

    #[tokio::test]
    async fn an_address_that_is_a_number_is_known_without_a_resolver() {
        let mut rows = Rows::default();
        for (text, number) in [
            ("http://[::1]:8080", "::1"),
            ("https://127.0.0.1", "127.0.0.1"),
        ] {
            let found = resolve(&Url::parse(text).unwrap()).await;
            rows.check(text, || {
                assert_eq!(found, Ok(vec![number.parse().unwrap()]))
            });
        }
    }
}
