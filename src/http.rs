//! One attempt over HTTP: TLS, timeouts, no redirects. The only room that knows the HTTP client; never decides whether to try again.

mod pem;
mod tls;

use crate::failure::{Failure, Kind};
use crate::wire::{Answer, Break, Exchange, Limits, Method, Request, Sink, Text, Trouble, Wire};
use reqwest::header::HeaderValue;
use std::cell::OnceCell;
use std::error::Error;
use std::ops::Deref;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::timeout_at;

pub use tls::Trust;

/// A connection that takes longer is tried again, while the attempt still has time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The client for plain and for encrypted addresses. Each is built when it is first needed: no certificate is read for an `http://` address.
pub struct Http {
    trust: Trust,
    concurrency: usize,
    plain: OnceCell<reqwest::Client>,
    secure: OnceCell<reqwest::Client>,
}

impl Http {
    /// A client that keeps at most `concurrency` connections to a host.
    pub fn new(ca_bundle: Option<PathBuf>, concurrency: usize) -> Self {
        Http { trust: Trust { ca_bundle }, concurrency, plain: OnceCell::new(), secure: OnceCell::new() }
    }

    /// Reads the certificates that `https` needs, so that a wrong file is found before anything is sent.
    ///
    /// # Errors
    /// A usage error for certificates that cannot be read.
    pub fn prepare(&self, https: bool) -> Result<(), Failure> {
        self.client(https).map(|_| ())
    }

    fn client(&self, https: bool) -> Result<&reqwest::Client, Failure> {
        let cell = if https { &self.secure } else { &self.plain };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let tls = if https { self.trust.client_config()? } else { tls::trusting_nobody() };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(self.concurrency)
            .build()
            .map_err(|error| Failure::new(Kind::Internal, format!("no HTTP client: {}", root_cause(&error))))?;
        Ok(cell.get_or_init(|| client))
    }

    async fn attempt(&self, request: &Request, limits: Limits, sink: Option<Sink<'_>>) -> Result<Answer, Trouble> {
        let client = self.client(request.url.scheme() == "https").map_err(|failure| Trouble {
            kind: Break::Tls,
            detail: failure.message,
            hint: failure.hint,
            sent: false,
        })?;
        let sending = client.execute(translate(request)?);
        let mut response = match timeout_at(limits.until, sending).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(explain(&error)),
            Err(_) => return Err(Trouble { sent: true, ..timed_out("the server did not answer in time") }),
        };
        let mut answer = Answer { status: response.status().as_u16(), complete: true, ..Answer::default() };
        for (name, value) in response.headers() {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            answer.headers.push((name.as_str().to_owned(), value));
        }
        let broken = match sink.filter(|_| answer.is_success()) {
            Some(sink) => pass_body(&mut response, &mut answer, limits, sink).await,
            None => read_body(&mut response, &mut answer, limits).await,
        };
        match broken {
            // A success whose proof is missing proves nothing; a refusal stands by its status alone.
            Some(trouble) if answer.is_success() => Err(trouble),
            _ => Ok(answer),
        }
    }
}

impl Wire for Http {
    fn exchange<'a>(&'a self, request: &'a Request, limits: Limits) -> Exchange<'a> {
        Box::pin(self.attempt(request, limits, None))
    }

    fn stream<'a>(&'a self, request: &'a Request, limits: Limits, sink: Sink<'a>) -> Exchange<'a> {
        Box::pin(self.attempt(request, limits, Some(sink)))
    }
}

/// Reads as much of the body as is allowed. Returns what broke it off.
async fn read_body(response: &mut reqwest::Response, answer: &mut Answer, limits: Limits) -> Option<Trouble> {
    loop {
        match chunk(response, answer, limits).await {
            Ok(None) => return None,
            Ok(Some(chunk)) => {
                let room = limits.body - answer.body.len();
                answer.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if chunk.len() >= room {
                    answer.complete = chunk.len() == room && answer.header("content-length").is_some();
                    return None;
                }
            }
            Err(trouble) => return Some(trouble),
        }
    }
}

/// Hands the body on until its end, or until nobody wants more. Returns what broke it off.
async fn pass_body(
    response: &mut reqwest::Response,
    answer: &mut Answer,
    limits: Limits,
    sink: Sink<'_>,
) -> Option<Trouble> {
    loop {
        match chunk(response, answer, limits).await {
            Ok(None) => return None,
            Ok(Some(chunk)) if sink(&chunk).is_continue() => {}
            Ok(Some(_)) => {
                answer.complete = false;
                return None;
            }
            Err(trouble) => return Some(trouble),
        }
    }
}

async fn chunk(
    response: &mut reqwest::Response,
    answer: &mut Answer,
    limits: Limits,
) -> Result<Option<impl Deref<Target = [u8]> + use<>>, Trouble> {
    let trouble = match timeout_at(limits.until, response.chunk()).await {
        Ok(Ok(chunk)) => return Ok(chunk),
        Ok(Err(error)) => explain(&error),
        Err(_) => timed_out("the answer did not end in time"),
    };
    answer.complete = false;
    Err(Trouble { sent: true, ..trouble })
}

fn timed_out(detail: &str) -> Trouble {
    Trouble { kind: Break::Timeout, detail: detail.to_owned(), hint: None, sent: false }
}

fn translate(request: &Request) -> Result<reqwest::Request, Trouble> {
    let method = match request.method {
        Method::Get => reqwest::Method::GET,
        Method::Put => reqwest::Method::PUT,
        Method::Post => reqwest::Method::POST,
        Method::Delete => reqwest::Method::DELETE,
    };
    let mut translated = reqwest::Request::new(method, request.url.clone());
    for (name, text) in &request.headers {
        let mut value = HeaderValue::from_bytes(text.reveal().as_bytes()).map_err(|_| Trouble {
            kind: Break::Connection,
            detail: format!("the header {name} cannot hold its value"),
            hint: None,
            sent: false,
        })?;
        value.set_sensitive(matches!(text, Text::Sensitive(_)));
        translated.headers_mut().insert(*name, value);
    }
    *translated.body_mut() = request.body.as_ref().map(|body| reqwest::Body::from(body.reveal().to_owned()));
    Ok(translated)
}

/// Finds out what a client error means, from the innermost cause outwards.
fn explain(error: &reqwest::Error) -> Trouble {
    if let Some(tls) = causes(error).find_map(as_tls) {
        let (detail, hint) = tls::explain(tls);
        return Trouble { kind: Break::Tls, detail, hint, sent: false };
    }
    if error.is_timeout() {
        return timed_out("no connection was made in time");
    }
    let sent = !error.is_connect();
    let detail = if error.is_dns() {
        format!("the host's name cannot be resolved: {}", root_cause(error))
    } else if sent {
        format!("the connection broke: {}", root_cause(error))
    } else {
        format!("no connection: {}", root_cause(error))
    };
    Trouble { kind: Break::Connection, detail, hint: None, sent }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// An I/O error hides what it wraps from `source`, and may wrap another one.
fn as_tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let wrapped = || error.downcast_ref::<std::io::Error>()?.get_ref();
    error.downcast_ref().or_else(|| as_tls(wrapped()?))
}

fn root_cause(error: &(dyn Error + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}

/// The addresses behind a host's name.
///
/// # Errors
/// In the words of the system's resolver.
pub async fn resolve(url: &url::Url) -> Result<Vec<std::net::IpAddr>, String> {
    let port = url.port_or_known_default().unwrap_or_default();
    let addresses = match url.host() {
        Some(url::Host::Domain(name)) => {
            tokio::net::lookup_host((name, port)).await.map_err(|error| error.to_string())?
        }
        Some(url::Host::Ipv4(address)) => return Ok(vec![address.into()]),
        Some(url::Host::Ipv6(address)) => return Ok(vec![address.into()]),
        None => return Ok(vec![]),
    };
    Ok(addresses.map(|address| address.ip()).collect())
}
