//! Which proxy a request goes through, if any; knows no environment and opens
//! no connection.

use crate::redact::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ipnet::IpNet;
use percent_encoding::percent_decode_str;
use std::fmt;
use std::net::IpAddr;
use url::{Host, Url};

/// The ways to speak to a proxy. With `socks5` this machine resolves Jira's
/// name, with `socks5h` the proxy does.
const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// Of what cannot be read nobody knows which part of it is a password.
const NOT_SHOWN: &str = "(not shown: it may hold a password)";

/// One proxy. Its `Display` shows no user and no password.
#[derive(Clone, Debug)]
pub struct Proxy {
    address: Url,
    login: Option<Login>,
    source: &'static str,
}

#[derive(Clone, Debug)]
struct Login {
    user: Secret,
    password: Secret,
}

impl Proxy {
    /// Reads a proxy's address; `http://` may be left out. `source` is the setting
    /// that it comes from.
    ///
    /// # Errors
    /// Says what is wrong with it. What may be a password is not shown.
    pub fn parse(text: &str, source: &'static str) -> Result<Self, String> {
        let text = text.trim();
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let mut address = Url::parse(&whole)
            .map_err(|error| format!("is no proxy's address: {error} {NOT_SHOWN}"))?;
        if !SCHEMES.contains(&address.scheme()) {
            return Err("must begin with http://, https://, socks5:// or socks5h://".to_owned());
        }
        if address.host_str().is_none_or(str::is_empty) {
            return Err(format!("names no host {NOT_SHOWN}"));
        }
        // No host's name holds one: it is a user or a password whose @ is encoded, too.
        if address.host_str().is_some_and(|host| host.contains('%')) {
            return Err(format!("names no host: its name holds a % {NOT_SHOWN}"));
        }
        let decoded =
            |text: &str| Secret::derived(percent_decode_str(text).decode_utf8_lossy().into_owned());
        let login = Login {
            user: decoded(address.username()),
            password: decoded(address.password().unwrap_or("")),
        };
        let login =
            (!address.username().is_empty() || address.password().is_some()).then_some(login);
        // Neither fails for an address that has a host.
        let _ = address
            .set_username("")
            .and_then(|()| address.set_password(None));
        address.set_path("");
        address.set_query(None);
        address.set_fragment(None);
        Ok(Proxy {
            address,
            login,
            source,
        })
    }

    /// The user, the password, and the pair as an HTTP proxy is told it.
    pub fn secrets(&self) -> Vec<Secret> {
        let Some(Login { user, password }) = &self.login else {
            return vec![];
        };
        let secrets = [user.clone(), password.clone()]
            .into_iter()
            .chain(self.basic());
        secrets
            .filter(|secret| !secret.reveal().is_empty())
            .collect()
    }

    /// User and password as HTTP's Basic scheme has them.
    pub(crate) fn basic(&self) -> Option<Secret> {
        let Login { user, password } = self.login.as_ref()?;
        Some(Secret::derived(STANDARD.encode(format!(
            "{}:{}",
            user.reveal(),
            password.reveal()
        ))))
    }

    /// True where a user or a password is given for it.
    pub(crate) fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// `http`, `https`, `socks5` or `socks5h`.
    pub(crate) fn scheme(&self) -> &str {
        self.address.scheme()
    }

    /// Where it is, without user and password.
    pub(crate) fn address(&self) -> &Url {
        &self.address
    }

    /// The setting that it comes from.
    pub(crate) fn source(&self) -> &'static str {
        self.source
    }

    /// The address with the user and the password in it, for the client that connects.
    pub fn address_with_login(&self) -> Url {
        let mut address = self.address.clone();
        if let Some(Login { user, password }) = &self.login {
            // The setters encode what an address cannot hold.
            let _ = address.set_username(user.reveal());
            let _ = address
                .set_password(Some(password.reveal()).filter(|password| !password.is_empty()));
        }
        address
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.address.as_str().trim_end_matches('/'))
    }
}

#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Used for addresses that begin with `http://`.
    pub http: Option<Proxy>,
    /// Used for addresses that begin with `https://`.
    pub https: Option<Proxy>,
    /// Who is reached without a proxy.
    pub exceptions: Exceptions,
}

impl Proxies {
    /// The proxy for this address; `None` where it is reached directly.
    pub fn choose(&self, url: &Url) -> Option<&Proxy> {
        let proxy = if url.scheme() == "https" {
            &self.https
        } else {
            &self.http
        };
        proxy.as_ref().filter(|_| !self.exceptions.hold(url))
    }

    /// True where everything is reached directly.
    pub(crate) fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }

    /// The users and passwords of all of them.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.http
            .iter()
            .chain(&self.https)
            .flat_map(Proxy::secrets)
            .collect()
    }
}

/// What `NO_PROXY` lists, with the meaning that curl gives it
/// (<https://everything.curl.dev/usingcurl/proxies/env.html>), and ports besides.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exceptions(Vec<Exception>);

#[derive(Clone, Debug, PartialEq)]
struct Exception {
    whom: NoProxyRule,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq)]
enum NoProxyRule {
    Everybody,
    Network(IpNet),
    /// The host of this name and every one below it.
    Domain(String),
}

impl Exceptions {
    /// Reads a list separated by commas or white space. What is no host, address or
    /// range excepts nobody.
    pub fn parse(text: &str) -> Self {
        let pieces = text
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|piece| !piece.is_empty());
        Exceptions(pieces.filter_map(Exception::parse).collect())
    }

    /// True where this address is reached without a proxy.
    pub fn hold(&self, url: &Url) -> bool {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        let name = url.host_str().unwrap_or_default().trim_end_matches('.');
        self.0.iter().any(|exception| {
            let port = exception
                .port
                .is_none_or(|port| url.port_or_known_default() == Some(port));
            port && match &exception.whom {
                NoProxyRule::Everybody => true,
                NoProxyRule::Network(network) => {
                    address.is_some_and(|address| network.contains(&address))
                }
                NoProxyRule::Domain(domain) => {
                    let above = name.strip_suffix(domain.as_str());
                    address.is_none()
                        && above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
                }
            }
        })
    }
}

impl Exception {
    fn parse(piece: &str) -> Option<Self> {
        if let Some(whom) = network(piece) {
            return Some(Exception { whom, port: None });
        }
        let (host, port) = match piece.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (piece, None),
        };
        let whom = if host == "*" {
            Some(NoProxyRule::Everybody)
        } else {
            network(host).or_else(|| domain(host))
        };
        Some(Exception { whom: whom?, port })
    }
}

/// `10.0.0.0/8`, `::1` or `[::1]`.
fn network(text: &str) -> Option<NoProxyRule> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    let network = bare
        .parse()
        .or_else(|_| bare.parse::<IpAddr>().map(IpNet::from));
    network.ok().map(NoProxyRule::Network)
}

/// `example.com`, `.example.com` or `*.example.com`, in the form in which an
/// address holds it.
fn domain(text: &str) -> Option<NoProxyRule> {
    let bare = text
        .trim_start_matches('*')
        .trim_start_matches('.')
        .trim_end_matches('.');
    match Host::parse(bare) {
        Ok(Host::Domain(name)) => Some(NoProxyRule::Domain(name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
