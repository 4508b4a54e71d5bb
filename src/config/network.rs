//! The way to the servers: proxies, whom we trust, as whom we present
//! ourselves. Reads settings, never a certificate.

use crate::base_url::BaseUrl;
use crate::config::left_behind::{is_quoted, placeholder};
use crate::config::parser::{SettingsParser, Subject};
use crate::named_file;
use crate::settings::{CA_BUNDLE, CLIENT_CERT, CLIENT_KEY, INSECURE, NO_PROXY, PROXY, Setting};
use crate::transport::network::{ClientFiles, Network, Trust};
use crate::transport::proxy::{Exceptions, Proxies, Proxy};
use std::path::PathBuf;

impl SettingsParser {
    pub(super) fn network(&mut self, base: Option<&BaseUrl>) -> Network {
        Network {
            proxies: self.proxies(base),
            trust: self.trust(),
        }
    }

    fn trust(&mut self) -> Trust {
        let ca_bundle = self.file(CA_BUNDLE);
        let certificate = self.file(CLIENT_CERT);
        let key = self.file(CLIENT_KEY);
        if certificate.is_none() && key.is_some() {
            let what = format!("is missing: the certificate that belongs to {CLIENT_KEY}");
            self.error(CLIENT_CERT, what);
        }
        let client = certificate.map(|certificate| {
            let key = key.unwrap_or_else(|| certificate.clone());
            ClientFiles { certificate, key }
        });
        let insecure = self.boolean(INSECURE).unwrap_or(false);
        if insecure {
            self.warn(format!(
                "{INSECURE} is set: certificates are not checked, so anybody on the way can read \
                 the credentials"
            ));
        }
        let environment = &self.given.environment;
        let system_bundle = environment.third_party("SSL_CERT_FILE").map(PathBuf::from);
        let folders = environment.third_party("SSL_CERT_DIR");
        let system_folders = folders
            .map(|folders| std::env::split_paths(folders).collect())
            .unwrap_or_default();
        Trust {
            ca_bundle,
            system_bundle,
            system_folders,
            client,
            insecure,
        }
    }

    /// Looks whether the file is there, without opening it: it may be a pipe, which
    /// can be read once.
    fn file(&mut self, setting: &Setting) -> Option<PathBuf> {
        let path = PathBuf::from(self.given.text(setting)?);
        let name = setting.to_string();
        match std::fs::metadata(&path) {
            Ok(file) if file.is_dir() => {
                let folder = std::io::ErrorKind::IsADirectory.into();
                self.error(
                    Subject::variable(setting),
                    named_file::unreadable(&name, &folder),
                );
            }
            Ok(_) => {}
            Err(error) => self.error(
                Subject::variable(setting),
                named_file::unreadable(&name, &error),
            ),
        }
        Some(path)
    }

    /// The flags, or else the variables that curl reads, lower case before upper case.
    fn proxies(&mut self, base: Option<&BaseUrl>) -> Proxies {
        let excepted = match self.given.flag(NO_PROXY) {
            Some(list) => list.last().map(|list| (NO_PROXY.flag, list.clone())),
            None => self.first_set(&["no_proxy", "NO_PROXY"]),
        };
        let (name, list) = excepted.unwrap_or_default();
        if let Some(what) = placeholder(&list) {
            self.warn(format!(
                "{name} is {what}: nobody put a value in its place; it is not used"
            ));
        }
        let exceptions = Exceptions::parse(&list);
        if self.given.flag(PROXY).is_some() {
            let proxy = self.owned(PROXY).map(|text| (PROXY.flag, text));
            let proxy = self.proxy(proxy, true);
            return Proxies {
                http: proxy.clone(),
                https: proxy,
                exceptions,
            };
        }
        let everything = ["all_proxy", "ALL_PROXY"];
        // Where a web server calls the program by CGI, HTTP_PROXY is the Proxy header
        // of whoever asked (https://httpoxy.org).
        let by_cgi = self
            .given
            .environment
            .third_party("REQUEST_METHOD")
            .is_some();
        let http: &[_] = if by_cgi {
            &["http_proxy"]
        } else {
            &["http_proxy", "HTTP_PROXY"]
        };
        let http = self.first_set(&[http, &everything].concat());
        let https = self.first_set(&[["https_proxy", "HTTPS_PROXY"], everything].concat());
        let matters = |https: bool| {
            base.is_none_or(|base| base.is_https() == https && !exceptions.hold(base.url()))
        };
        Proxies {
            http: self.proxy(http, matters(false)),
            https: self.proxy(https, matters(true)),
            exceptions,
        }
    }

    /// A proxy that Jira is not reached through only warns: other programs may know
    /// what to do with it.
    fn proxy(&mut self, given: Option<(&'static str, String)>, matters: bool) -> Option<Proxy> {
        let (name, text) = given?;
        let parsed = match placeholder(&text) {
            Some(what) => Err(format!("is {what}: nobody put a value in its place")),
            None if is_quoted(&text) => Err("begins and ends with a quotation mark".to_owned()),
            None => Proxy::parse(&text, name),
        };
        match parsed {
            Ok(proxy) => return Some(proxy),
            Err(what) if matters => self.error(name, what),
            Err(what) => self.warn(format!("{name} {what}; it is not used")),
        }
        None
    }

    /// The first of these variables that is not empty.
    fn first_set(&mut self, names: &[&'static str]) -> Option<(&'static str, String)> {
        for name in names {
            match self
                .given
                .environment
                .third_party(name)
                .map(|text| text.to_str().map(str::to_owned))
            {
                Some(Some(text)) => return Some((name, text)),
                Some(None) => self.error(*name, "is not valid UTF-8"),
                None => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Flags;
    use crate::tests::rows::each;

    /// The proxy for an address, and what was wrong.
    fn chosen(variables: &[(&str, &str)], flags: &Flags, address: &str) -> (String, Vec<String>) {
        let variables: Vec<_> = variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        let mut parser = SettingsParser::new(flags.clone(), &variables);
        let base = BaseUrl::parse(address).unwrap();
        let proxies = parser.proxies(Some(&base));
        let proxy = proxies
            .choose(base.url())
            .map_or("none".to_owned(), ToString::to_string);
        (proxy, parser.messages())
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table, a row a case")]
    fn the_environment_is_read_as_curl_reads_it() {
        const HTTP: &str = "http://jira.example.com";
        const HTTPS: &str = "https://jira.example.com";
        let rows = [
            (&[][..], HTTPS, "none"),
            (&[("HTTPS_PROXY", "one:1")], HTTPS, "http://one:1"),
            (
                &[("https_proxy", "one:1"), ("HTTPS_PROXY", "two:2")],
                HTTPS,
                "http://one:1",
            ),
            (
                &[("https_proxy", ""), ("HTTPS_PROXY", "two:2")],
                HTTPS,
                "http://two:2",
            ),
            (&[("HTTPS_PROXY", "one:1")], HTTP, "none"),
            (&[("HTTP_PROXY", "one:1")], HTTP, "http://one:1"),
            (&[("HTTP_PROXY", "one:1")], HTTPS, "none"),
            (
                &[("HTTP_PROXY", "one:1"), ("REQUEST_METHOD", "GET")],
                HTTP,
                "none",
            ),
            (
                &[("http_proxy", "one:1"), ("REQUEST_METHOD", "GET")],
                HTTP,
                "http://one:1",
            ),
            (
                &[("HTTPS_PROXY", "one:1"), ("REQUEST_METHOD", "GET")],
                HTTPS,
                "http://one:1",
            ),
            (&[("ALL_PROXY", "socks5://all")], HTTPS, "socks5://all"),
            (
                &[("all_proxy", "socks5h://all"), ("https_proxy", "one:1")],
                HTTPS,
                "http://one:1",
            ),
            (
                &[
                    ("all_proxy", "all:3"),
                    ("HTTP_PROXY", "one:1"),
                    ("REQUEST_METHOD", "GET"),
                ],
                HTTP,
                "http://all:3",
            ),
            (
                &[("HTTPS_PROXY", "one:1"), ("NO_PROXY", "example.com")],
                HTTPS,
                "none",
            ),
            (
                &[
                    ("HTTPS_PROXY", "one:1"),
                    ("no_proxy", "other.net"),
                    ("NO_PROXY", "*"),
                ],
                HTTPS,
                "http://one:1",
            ),
            (
                &[("HTTPS_PROXY", "one:1"), ("ALL_PROXY", "socks4://two")],
                HTTPS,
                "http://one:1",
            ),
            (
                &[("HTTPS_PROXY", "ftp://one"), ("NO_PROXY", "example.com")],
                HTTPS,
                "none",
            ),
            (&[("HTTP_PROXY", "ftp://one")], HTTPS, "none"),
        ];
        each(rows, |(variables, address, proxy)| {
            let flags = Flags::new();
            assert_eq!(
                chosen(variables, &flags, address),
                (proxy.to_owned(), vec![]),
                "{variables:?} {address}"
            );
        });
    }

    #[test]
    fn a_flag_wins_also_an_empty_one() {
        let variables = [("HTTPS_PROXY", "one:1"), ("NO_PROXY", "example.com")];
        let rows = [
            (None, None, "none"),
            (None, Some(""), "http://one:1"),
            (None, Some("*"), "none"),
            (Some("two:2"), None, "none"),
            (Some("two:2"), Some(""), "http://two:2"),
            (Some(""), Some(""), "none"),
        ];
        each(rows, |(proxy, no_proxy, expected)| {
            let given = [(PROXY, proxy), (NO_PROXY, no_proxy)];
            let flags = given
                .into_iter()
                .filter_map(|(setting, text)| Some((setting.flag, vec![text?.to_owned()])))
                .collect();
            let (chosen, problems) = chosen(&variables, &flags, "https://jira.example.com");
            assert_eq!(
                (chosen.as_str(), problems.len()),
                (expected, 0),
                "{proxy:?} {no_proxy:?}"
            );
        });
    }

    #[test]
    fn a_proxy_that_matters_and_is_none_is_a_usage_error_that_names_its_variable() {
        let flags = Flags::new();
        let (_, problems) = chosen(
            &[("ALL_PROXY", "socks4://bob:hunter2@one")],
            &flags,
            "https://jira.example.com",
        );
        assert_eq!(
            problems,
            ["ALL_PROXY must begin with http://, https://, socks5:// or socks5h://"]
        );
    }
}
