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
const NOT_SHOWN: &str = "(it is not shown: it may hold a password)";

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
    pub fn basic(&self) -> Option<Secret> {
        let Login { user, password } = self.login.as_ref()?;
        Some(Secret::derived(STANDARD.encode(format!(
            "{}:{}",
            user.reveal(),
            password.reveal()
        ))))
    }

    /// True where a user or a password is given for it.
    pub fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// `http`, `https`, `socks5` or `socks5h`.
    pub fn scheme(&self) -> &str {
        self.address.scheme()
    }

    /// Where it is, without user and password.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// The setting that it comes from.
    pub fn source(&self) -> &'static str {
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

/// The proxies of a run.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// For `http://` addresses.
    pub http: Option<Proxy>,
    /// For `https://` addresses.
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
    pub fn is_empty(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }

    /// The users and passwords of all of them.
    pub fn secrets(&self) -> Vec<Secret> {
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
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn exceptions_are_hosts_suffixes_addresses_ranges_ports_and_everybody() {
        for (list, address, excepted) in [
            ("example.com", "https://example.com", true),
            ("example.com", "https://jira.example.com", true),
            ("example.com", "https://notexample.com", false),
            ("example.com", "https://example.com.evil.net", false),
            (".example.com", "https://jira.example.com", true),
            (".example.com", "https://example.com", true),
            ("*.example.com", "https://jira.example.com", true),
            ("EXAMPLE.com.", "https://Jira.Example.COM", true),
            ("example.com", "https://jira.example.com./", true),
            ("bücher.example", "https://xn--bcher-kva.example", true),
            ("jira_dev.example.com", "https://jira_dev.example.com", true),
            (
                "a, b  jira.example.com\tc",
                "https://jira.example.com",
                true,
            ),
            ("10.1.2.3", "http://10.1.2.3:8080", true),
            ("2.3", "http://10.1.2.3", false),
            ("10.0.0.0/8", "http://10.1.2.3", true),
            ("10.0.0.0/8", "http://11.1.2.3", false),
            ("10.0.0.0/8", "http://10.example.com", false),
            ("fd00::/8", "https://[fd12::1]", true),
            ("::1", "https://[::1]:8443", true),
            ("[::1]", "https://[::1]:8443", true),
            ("[::1]:8443", "https://[::1]:8443", true),
            ("[::1]:8443", "https://[::1]", false),
            (
                "jira.example.com:8443",
                "https://jira.example.com:8443",
                true,
            ),
            ("jira.example.com:8443", "https://jira.example.com", false),
            ("jira.example.com:443", "https://jira.example.com", true),
            ("10.1.2.3:80", "http://10.1.2.3", true),
            ("*", "https://anything", true),
            ("*:8443", "https://anything", false),
            ("localhost", "http://127.0.0.1", false),
            ("127.0.0.0/8", "http://localhost", false),
            ("", "https://example.com", false),
            (
                "<local>, ://, :80, example.com:x, 10.0.0.0/99",
                "https://example.com",
                false,
            ),
        ] {
            assert_eq!(
                Exceptions::parse(list).hold(&url(address)),
                excepted,
                "{list:?} {address}"
            );
        }
    }

    #[test]
    fn the_scheme_of_the_address_chooses_the_proxy() {
        let http = Proxy::parse("one:3128", "http_proxy").unwrap();
        let https = Proxy::parse("socks5h://two", "ALL_PROXY").unwrap();
        let exceptions = Exceptions::parse("internal");
        let proxies = Proxies {
            http: Some(http),
            https: Some(https),
            exceptions,
        };
        let chosen = |address: &str| proxies.choose(&url(address)).map(ToString::to_string);
        assert_eq!(chosen("http://jira").as_deref(), Some("http://one:3128"));
        assert_eq!(chosen("https://jira").as_deref(), Some("socks5h://two"));
        assert_eq!(chosen("https://jira.internal"), None);
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_its_password() {
        for (text, reason) in [
            ("ftp://proxy", "socks5://"),
            ("socks4://bob:hunter2@proxy", "socks5://"),
            ("http://bob:hunter2@proxy:port", "no proxy's address"),
            ("http://", "no proxy's address"),
            ("socks5://", "names no host"),
            ("http://pro xy", "no proxy's address"),
            ("http://bob:hunter2%40proxy:3128", "no proxy's address"),
            ("bob:hunter2%40proxy:3128", "no proxy's address"),
            ("http://hunter2%40proxy:3128", "no proxy's address"),
            ("socks5h://hunter2%40proxy:1080", "holds a %"),
            ("socks5://bob%3Ahunter2%40proxy:1080", "holds a %"),
            ("gopher://hunter2%40proxy", "must begin with"),
        ] {
            let error = Proxy::parse(text, "--proxy").unwrap_err();
            assert!(
                error.contains(reason) && !error.contains("hunter2"),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn a_login_is_hidden_from_people_and_whole_for_the_client() {
        let proxy = Proxy::parse(
            "http://b%40b:p%3A%2F%20w@proxy.example.com:3128/",
            "--proxy",
        )
        .unwrap();
        assert_eq!(proxy.to_string(), "http://proxy.example.com:3128");
        assert!(!format!("{proxy:?}").contains("b@b"));
        let secrets: Vec<_> = proxy
            .secrets()
            .iter()
            .map(|secret| secret.reveal().to_owned())
            .collect();
        assert_eq!(secrets, ["b@b", "p:/ w", "YkBiOnA6LyB3"]);
        assert_eq!(
            proxy.address_with_login().as_str(),
            "http://b%40b:p%3A%2F%20w@proxy.example.com:3128/"
        );
    }

    #[test]
    fn a_user_or_a_password_alone_is_a_login() {
        for (text, login) in [
            ("http://bob@proxy", true),
            ("http://:secret@proxy", true),
            ("http://proxy", false),
        ] {
            assert_eq!(
                Proxy::parse(text, "--proxy").unwrap().has_login(),
                login,
                "{text}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_list_and_no_address_make_it_panic_or_show_a_password(list in "\\PC{0,40}", password in "[a-z]{8}") {
            let _ = Exceptions::parse(&list).hold(&url("https://jira.example.com"));
            for text in [format!("http://bob:{password}@{list}"), format!("{list}bob:{password}@proxy")] {
                match Proxy::parse(&text, "--proxy") {
                    Ok(proxy) => proptest::prop_assert!(!proxy.to_string().contains(&password)),
                    Err(error) => proptest::prop_assert!(!error.contains(&password)),
                }
            }
        }
    }
}
