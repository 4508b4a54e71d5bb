//! Jira's address: which text is one, and the addresses below it; sends nothing.

use crate::invalid::Invalid;
use crate::settings::{PASSWORD, USERNAME};
use std::fmt;
use url::{Host, Url};

/// Jira's address with its context path, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Of what cannot be read nobody knows which part of it is a password.
const NOT_SHOWN: &str = "(not shown: it may hold a password)";

/// Pages of Jira's web interface, by the first segment of their path below the base.
const PAGES: [&str; 8] = [
    "browse",
    "secure",
    "rest",
    "projects",
    "plugins",
    "issues",
    "login.jsp",
    "dashboard",
];

impl BaseUrl {
    /// Reads the address.
    ///
    /// # Errors
    /// Says what is wrong with it. What may be a password is not shown.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let mut url = BaseUrl::parse_address(text)?;
        if let Some(likely) = behind_a_page(&url) {
            // An encoded @ may stand behind a password, too.
            return Err(if text.contains(['@', '%']) {
                format!("is the address of a page, not of Jira {NOT_SHOWN}").into()
            } else {
                Invalid::new(
                    "is the address of a page, not of Jira",
                    format!("Jira's base address is likely {likely}"),
                )
            });
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(BaseUrl(url))
    }

    /// Reads an address that is asked as it is, such as a token endpoint's.
    ///
    /// # Errors
    /// As [`BaseUrl::parse`], but for pages.
    pub(crate) fn parse_endpoint(text: &str) -> Result<Self, Invalid> {
        BaseUrl::parse_address(text).map(BaseUrl)
    }

    fn parse_address(text: &str) -> Result<Url, Invalid> {
        let text = text.trim();
        // The URL standard would drop line ends and tabs, and what is left would be
        // another address.
        if text.contains(char::is_control) {
            return Err(
                "is no address: it holds a control character, such as a line end in its middle"
                    .into(),
            );
        }
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::RelativeUrlWithoutBase => {
                format!("lacks https:// in front {NOT_SHOWN}")
            }
            error => format!("is no address: {error} {NOT_SHOWN}"),
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Invalid::new(
                "holds a user or a password",
                format!("take them out and set {USERNAME} and {PASSWORD}"),
            ));
        }
        if !matches!(url.scheme(), "http" | "https") {
            let cause = if text.contains("://") {
                let scheme = url.scheme();
                format!("must begin with https:// or http://, not {scheme}://")
            } else {
                format!("lacks https:// in front {NOT_SHOWN}")
            };
            return Err(cause.into());
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(Invalid::new(
                "holds a query or a fragment",
                "give the address of Jira itself, https://HOST or https://HOST/jira",
            ));
        }
        Ok(url)
    }

    /// The address of a path below the base; `path` begins with a slash and may end
    /// in a query.
    pub fn below(&self, path: &str) -> Url {
        let (path, query) = path
            .split_once('?')
            .map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.context_path()));
        url.set_query(query);
        url
    }

    /// The same address with a path behind it, as the base of other paths.
    #[must_use]
    pub(crate) fn joined(&self, path: &str) -> Self {
        BaseUrl(self.below(path))
    }

    /// `/jira`, or nothing.
    pub(crate) fn context_path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// True where the traffic is encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// True for a site that Atlassian hosts, as far as its name tells.
    pub(crate) fn is_cloud_host(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        host.ends_with(".atlassian.net") || host.ends_with(".jira.com")
    }

    /// True for an address on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.0.host().is_some_and(|host| match host {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// The likely base address where somebody copied the address of a page from the browser.
fn behind_a_page(url: &Url) -> Option<String> {
    let segments: Vec<&str> = url
        .path_segments()?
        .filter(|segment| !segment.is_empty())
        .collect();
    let cloud = BaseUrl(url.clone()).is_cloud_host() && !segments.is_empty();
    let page = segments.iter().enumerate().position(|(at, segment)| {
        let last = at + 1 == segments.len();
        segment.ends_with(".jspa")
            || segment.ends_with(".jsp")
            || (PAGES.contains(segment) && !last)
    });
    let kept = if cloud { 0 } else { page? };
    let mut likely = url.clone();
    likely.set_path(&segments[..kept].join("/"));
    Some(likely.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn a_context_path_is_kept_whatever_its_form() {
        let rows = [
            (
                "https://localhost:8081/jira",
                "https://localhost:8081/jira/rest/x?a=b",
            ),
            (
                "https://localhost:8081/jira/",
                "https://localhost:8081/jira/rest/x?a=b",
            ),
            (" http://[::1]:8080 ", "http://[::1]:8080/rest/x?a=b"),
            ("https://h/a/b%20c//", "https://h/a/b%20c/rest/x?a=b"),
            (
                "https://jira_dev.example.com",
                "https://jira_dev.example.com/rest/x?a=b",
            ),
            (
                "https://api.atlassian.com/ex/jira/1-2",
                "https://api.atlassian.com/ex/jira/1-2/rest/x?a=b",
            ),
            (
                "https://bücher.example/projects",
                "https://xn--bcher-kva.example/projects/rest/x?a=b",
            ),
        ];
        each(rows, |(text, address)| {
            assert_eq!(
                BaseUrl::parse(text).unwrap().below("/rest/x?a=b").as_str(),
                address
            );
        });
    }

    #[test]
    fn what_is_no_base_address_is_refused_with_the_reason_and_without_a_password() {
        let rows = [
            ("jira.example.com/jira", "lacks https://"),
            ("jira.example.com:8080", "lacks https:// in front"),
            ("bob:hunter2", "lacks https:// in front"),
            ("hunter2", "lacks https:// in front"),
            (
                "https://bob:hunter2%40jira.example.com",
                "is no address: invalid port number",
            ),
            (
                "https://bob%3Ahunter2%40jira.example.com",
                "is no address: invalid",
            ),
            ("bob:hunter2%40jira.example.com", "lacks https:// in front"),
            ("ftp://hunter2%40jira.example.com", "is no address"),
            (
                "https://h/bob:hunter2%40x/browse/HSP-1",
                "may hold a password",
            ),
            (
                "https://h/bob:hunter2%2540x/browse/HSP-1",
                "may hold a password",
            ),
            ("https://hunter2[", "is no address: invalid"),
            (
                "ftp://jira.example.com",
                "must begin with https:// or http://, not ftp://",
            ),
            ("https://jira.example.com\n/jira", "control character"),
            ("https://bob:hunter2@jira.example.com", "password"),
            ("https://bob:hunter2@jira example.com", "password"),
            ("https://jira.example.com/?os_username=x", "query"),
            (
                "https://jira.example.com/browse/HSP-1",
                "likely https://jira.example.com",
            ),
            (
                "https://h/jira/secure/Dashboard.jspa",
                "likely https://h/jira",
            ),
            ("https://h/jira/rest/api/2", "likely https://h/jira"),
            (
                "https:/x/bob://bob:hunter2@h/browse/HSP-1",
                "may hold a password",
            ),
            (
                "https://x.atlassian.net/jira/software/projects/A",
                "likely https://x.atlassian.net",
            ),
        ];
        each(rows, |(text, reason)| {
            let error = BaseUrl::parse(text).unwrap_err().to_string();
            assert!(
                error.contains(reason) && !error.contains("hunter2"),
                "{text}: {error}"
            );
        });
    }

    #[test]
    fn the_likely_base_of_a_page_is_all_that_stands_before_it_and_on_cloud_the_host() {
        let rows = [
            ("https://h/browse/HSP-1", "https://h"),
            ("https://h/jira/secure/Dashboard.jspa", "https://h/jira"),
            ("https://h/jira/ViewProfile.jspa", "https://h/jira"),
            ("https://h/jira/login.jsp", "https://h/jira"),
            ("https://h/a/b/rest/api/2", "https://h/a/b"),
            (
                "https://x.atlassian.net/jira/software/c/projects/A",
                "https://x.atlassian.net",
            ),
            (
                "https://x.atlassian.net/anything",
                "https://x.atlassian.net",
            ),
            ("https://x.jira.com/anything", "https://x.jira.com"),
        ];
        each(rows, |(page, likely)| {
            let expected = format!(
                "is the address of a page, not of Jira; Jira's base address is likely {likely}"
            );
            assert_eq!(
                BaseUrl::parse(page).unwrap_err().to_string(),
                expected,
                "{page}"
            );
        });
        assert!(BaseUrl::parse("https://x.atlassian.net.example.com/anything").is_ok());
    }

    #[test]
    fn loopback_addresses_are_known() {
        let rows = [
            "http://localhost",
            "http://127.8.0.1:1",
            "http://[::1]",
            "http://jira.localhost",
        ];
        each(rows, |text| {
            assert!(BaseUrl::parse(text).unwrap().is_loopback(), "{text}");
        });
        assert!(
            !BaseUrl::parse("http://localhost.example.com")
                .unwrap()
                .is_loopback()
        );
    }
}
