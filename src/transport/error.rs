//! Why no answer came, in words: whose fault it was, the proxy's, the network's
//! or the server's. Decides nothing.

use crate::settings::{BASE_URL, NO_PROXY};
use crate::transport::proxy::Proxy;
use crate::transport::tls::{self, Explained, HandshakeRecord};
use crate::transport::{TransportError, TransportErrorKind};
use reqwest::Url;
use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

/// hyper-util's words for an answer to CONNECT that is neither 200 nor 407.
const REFUSED_CONNECT: &str = "tunnel error: unsuccessful";

/// Where a request went, and what is remembered of the handshake.
pub(super) struct ErrorContext<'a> {
    pub(super) url: &'a Url,
    pub(super) proxy: Option<&'a Proxy>,
    pub(super) record: &'a HandshakeRecord,
    /// Whether the request's body was asked for, which happens when a connection stands.
    pub(super) sent: &'a AtomicBool,
}

impl ErrorContext<'_> {
    /// What a client error means, from the innermost cause outwards.
    pub(super) fn explain(&self, error: &reqwest::Error) -> TransportError {
        let connecting = error.is_connect();
        let at_proxy = connecting && self.is_at_proxy(error);
        if let Some(tls) = causes(error).find_map(as_tls) {
            let Explained { what, hint } = tls::explain(tls, self.record);
            let detail = if at_proxy {
                format!("TLS: {}: {what}", self.the_proxy())
            } else {
                self.via(format!("TLS: {what}"))
            };
            return TransportError {
                kind: TransportErrorKind::Tls,
                detail: detail.into(),
                hint: hint.map(Into::into),
                at_proxy,
                sent: self.may_be_sent(),
            };
        }
        if let Some(refusal) = self.refused_by_proxy(error) {
            return refusal;
        }
        if error.is_timeout() {
            return self.fell_silent(connecting, at_proxy);
        }
        let root = root_cause(error);
        let (detail, mut hint) = match () {
            () if at_proxy => {
                // hyper-util's SOCKS client keeps the cause to itself.
                let cause = if root.starts_with("SOCKS error") {
                    String::new()
                } else {
                    format!(": {root}")
                };
                (
                    format!("{} cannot be reached{cause}", self.the_proxy()),
                    Some(self.proxy_hint()),
                )
            }
            () if error.is_dns() => (
                format!("the host's name cannot be resolved: {}", short(&root)),
                None,
            ),
            () if root == "Invalid Server Name" => self.no_server_name(),
            () if root.ends_with("parsed") => self.no_http(&root),
            () if connecting => (self.via(format!("no connection: {root}")), None),
            () => (self.via(format!("the connection broke: {root}")), None),
        };
        if !at_proxy && self.record.left_unanswered() {
            let (what, advice) = tls::client_certificate_wanted();
            hint = Some(format!("{what}: {advice}"));
        }
        TransportError {
            kind: TransportErrorKind::Connection,
            detail: detail.into(),
            hint: hint.map(Into::into),
            at_proxy,
            sent: self.may_be_sent(),
        }
    }

    /// Of a connection that stands, the operating system says so when nobody confirms
    /// what was sent.
    fn fell_silent(&self, connecting: bool, at_proxy: bool) -> TransportError {
        let sent = self.may_be_sent() && !connecting;
        TransportError {
            at_proxy,
            ..self.timeout("the server does not answer any more", sent)
        }
    }

    /// An attempt whose time is over.
    pub(super) fn timed_out(&self, detail: &str) -> TransportError {
        self.timeout(detail, self.may_be_sent())
    }

    fn timeout(&self, detail: &str, sent: bool) -> TransportError {
        let detail = if sent {
            detail
        } else {
            "no connection was made in time"
        };
        TransportError {
            kind: TransportErrorKind::Timeout,
            detail: self.via(detail.to_owned()).into(),
            hint: None,
            at_proxy: false,
            sent,
        }
    }

    fn may_be_sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    /// A 407: another attempt with the same login could lock an account.
    pub(super) fn login_refused(&self) -> Option<TransportError> {
        let proxy = self.proxy?;
        let (detail, hint) = if proxy.has_login() {
            let hint = format!(
                "check the user and the password in {} (percent-encoded where they hold other than \
                 letters and digits)",
                proxy.source()
            );
            (
                format!("{} refuses its user and password (407)", self.the_proxy()),
                hint,
            )
        } else {
            let hint = format!(
                "give them in {}: {}://USER:PASSWORD@HOST:PORT",
                proxy.source(),
                proxy.scheme()
            );
            (
                format!("{} wants a user and a password (407)", self.the_proxy()),
                hint,
            )
        };
        Some(TransportError {
            kind: TransportErrorKind::Proxy,
            detail: detail.into(),
            hint: Some(hint.into()),
            at_proxy: true,
            sent: false,
        })
    }

    /// The proxy that answers CONNECT, and refuses it.
    pub(super) fn refuser(&self, error: &reqwest::Error) -> Option<&Proxy> {
        self.proxy
            .filter(|_| causes(error).any(|cause| cause.to_string() == REFUSED_CONNECT))
    }

    /// A refused CONNECT whose answer is known. A refusal by the proxy's rules
    /// stays one, an upstream that is down may come back.
    pub(super) fn connect_refused(
        &self,
        (status, answer): (u16, String),
    ) -> Option<TransportError> {
        if status == 407 {
            return self.login_refused();
        }
        let rule = (400..500).contains(&status) && !matches!(status, 408 | 425 | 429);
        let kind = if rule {
            TransportErrorKind::Proxy
        } else {
            TransportErrorKind::Connection
        };
        let (proxy, there) = (self.the_proxy(), self.authority());
        let detail = match status {
            200 => format!(
                "{proxy} did not connect to {there} at first, and does when it is asked again"
            ),
            201..=299 => format!(
                "{proxy} does not connect to {there}: only 200 would, and it answers {answer}"
            ),
            _ => format!("{proxy} does not connect to {there}: it answers {answer}"),
        };
        Some(TransportError {
            kind,
            detail: detail.into(),
            hint: Some(self.proxy_hint().into()),
            at_proxy: true,
            sent: false,
        })
    }

    fn authority(&self) -> String {
        format!(
            "{}:{}",
            self.url.host_str().unwrap_or_default(),
            self.url.port_or_known_default().unwrap_or(0)
        )
    }

    /// What hyper-util's CONNECT and SOCKS clients say, whose error types have no names.
    fn refused_by_proxy(&self, error: &reqwest::Error) -> Option<TransportError> {
        self.proxy?;
        let said: Vec<_> = causes(error).map(ToString::to_string).collect();
        let says = |text: &str| said.iter().any(|said| said.contains(text));
        let refusals = [
            "proxy authorization required",
            "credentials not accepted",
            "server does not support user/pass",
        ];
        if refusals.iter().any(|text| says(text)) {
            return self.login_refused();
        }
        let socks = said
            .iter()
            .find_map(|said| said.strip_prefix("SOCKS error: "));
        let refusal = match () {
            () if says(REFUSED_CONNECT) => "it answers CONNECT with a refusal".to_owned(),
            () if says("tunnel error: unexpected end of file") => {
                "it closes the connection after CONNECT".to_owned()
            }
            () if says("tunnel error: proxy response headers too long") => {
                "its answer to CONNECT has no end".to_owned()
            }
            () if socks.is_some_and(|said| said != "failed to create underlying connection") => {
                socks?.to_owned()
            }
            () => return None,
        };
        let detail = format!(
            "{} does not connect to {}: {refusal}",
            self.the_proxy(),
            self.authority()
        );
        Some(TransportError {
            kind: TransportErrorKind::Connection,
            detail: detail.into(),
            hint: Some(self.proxy_hint().into()),
            at_proxy: true,
            sent: false,
        })
    }

    /// True where the proxy itself was not reached, or broke off before it
    /// connected to anybody.
    fn is_at_proxy(&self, error: &reqwest::Error) -> bool {
        let Some(proxy) = self.proxy else {
            return false;
        };
        let plain = self.url.scheme() == "http" && proxy.scheme().starts_with("http");
        let said = |text: &str| causes(error).any(|cause| cause.to_string().contains(text));
        plain || said("tunnel error") || said("SOCKS error: failed to create underlying connection")
    }

    fn the_proxy(&self) -> String {
        self.proxy.map_or_else(String::new, |proxy| {
            format!("the proxy {proxy} (from {})", proxy.source())
        })
    }

    fn proxy_hint(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        format!("ask whoever runs the proxy; NO_PROXY (--no-proxy) {host} connects without it")
    }

    fn via(&self, detail: String) -> String {
        if self.proxy.is_some() {
            format!("{detail} (through {})", self.the_proxy())
        } else {
            detail
        }
    }

    /// reqwest leaves the brackets on an IPv6 address that it tunnels to.
    fn no_server_name(&self) -> (String, Option<String>) {
        let host = self.url.host_str().unwrap_or_default();
        let detail = format!(
            "https to {host} is not possible (through {})",
            self.the_proxy()
        );
        (
            detail,
            Some(format!(
                "use a host name in {BASE_URL}, or go around the proxy with {NO_PROXY}"
            )),
        )
    }

    fn no_http(&self, root: &str) -> (String, Option<String>) {
        let https = format!("does this port speak https? Try https:// in {BASE_URL}");
        let hint = (self.url.scheme() == "http").then_some(https);
        (self.via(format!("the answer is no HTTP: {root}")), hint)
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// An I/O error shows what it wraps only when asked, and the client wraps one in another.
fn as_tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(tls) = error.downcast_ref() {
        return Some(tls);
    }
    let inner = error.downcast_ref::<std::io::Error>()?.get_ref()?;
    as_tls(inner)
}

/// Without what the standard library puts in front of the system's own words.
fn short(root: &str) -> &str {
    let prefix = "failed to lookup address information: ";
    root.strip_prefix(prefix).unwrap_or(root)
}

pub(super) fn root_cause(error: &(dyn Error + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}
