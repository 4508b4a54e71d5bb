//! What a redirect means, from where it points. Follows none, and judges
//! nothing but the address.

use crate::error::{Failure, Kind};
use crate::settings::{BASE_URL, PERSONAL_TOKEN};
use crate::text::one_line;
use url::Url;

/// So much of an address is shown in a cause, in characters.
const LONGEST_ADDRESS: usize = 75;

/// Words in an address that only a login has.
const LOGINS: [&str; 9] = [
    "login", "logon", "signin", "sign-in", "saml", "sso", "adfs", "oauth", "openid",
];

/// The failure that a redirect is. `asked` is the address of the request,
/// `location` the answer's, cleaned.
pub(super) fn explain(status: u16, asked: &Url, location: Option<&str>) -> Failure {
    let failure = |target: &str| {
        Failure::new(
            Kind::UnexpectedAnswer,
            format!("a redirect ({status}) {target}"),
        )
    };
    let Some(location) = location else {
        return failure("that points nowhere")
            .hint("something in front of Jira answers in its place");
    };
    let Ok(target) = asked.join(location) else {
        return failure("to something that is no address")
            .hint("redirects are never followed; ask whoever runs Jira");
    };
    let failure = failure(&format!(
        "to {}",
        one_line(&shown(&target), LONGEST_ADDRESS)
    ));
    let address =
        format!("{}{}", target.host_str().unwrap_or_default(), target.path()).to_lowercase();
    let moved =
        moved_base(asked, &target).map(|base| shown(&base).trim_end_matches('/').to_owned());
    let hint = match moved {
        Some(base) if is_same_site(asked, &target) => {
            let https = asked.scheme() == "http" && target.scheme() == "https";
            let what = if https {
                "Jira wants https"
            } else {
                "Jira has moved to another context path or port"
            };
            format!("{what}: set {BASE_URL} to {base}")
        }
        Some(base) => format!(
            "redirects are never followed, and this one leaves the address in {BASE_URL}: ask \
             whoever runs Jira whether {base} is Jira before it gets any credentials"
        ),
        None if LOGINS.iter().any(|word| address.contains(word)) => format!(
            "that is a login page: a single sign-on stands in front of Jira's REST API and does \
             not take these credentials; ask whoever runs it to let /rest through, or try a \
             personal token ({PERSONAL_TOKEN})"
        ),
        None if asked.host_str() == target.host_str() => format!(
            "redirects are never followed; does {BASE_URL} hold Jira's context path, such as /jira?"
        ),
        None => format!("redirects are never followed; is {BASE_URL} the address of Jira itself?"),
    };
    failure.hint(hint)
}

/// Scheme, host and path. What stands before and behind them may hold a user, a
/// password, a token.
fn shown(address: &Url) -> String {
    let path = address.path().split(';').next().unwrap_or_default();
    match address.host_str() {
        Some(host) => {
            let port = address
                .port()
                .map(|port| format!(":{port}"))
                .unwrap_or_default();
            format!("{}://{host}{port}{path}", address.scheme())
        }
        None => format!("an address that begins with {}:", address.scheme()),
    }
}

/// True for Jira's own host, with the same protection or a better one. Anybody
/// can answer in Jira's place and name a host of their own.
fn is_same_site(asked: &Url, target: &Url) -> bool {
    let safe = target.scheme() == "https" || target.scheme() == asked.scheme();
    safe && asked.host_str() == target.host_str()
}

/// The base address below which the same resource now is.
fn moved_base(asked: &Url, target: &Url) -> Option<Url> {
    let resource = &asked.path()[base_path(asked).len()..];
    let path = target.path().trim_end_matches('/').strip_suffix(resource)?;
    let mut base = target.clone();
    base.set_path(path);
    (!resource.is_empty()).then_some(base)
}

/// Jira's address as the request had it: all before the REST API.
pub(super) fn base_address(asked: &Url) -> String {
    let mut base = asked.clone();
    base.set_path(base_path(asked));
    shown(&base).trim_end_matches('/').to_owned()
}

/// The path up to the REST API.
fn base_path(asked: &Url) -> &str {
    let path = asked.path();
    path.find("/rest/").map_or(path, |at| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table, a row a case")]
    fn where_it_points_says_what_it_means() {
        let resource = "/rest/api/2/issue/HSP-1";
        let rows = [
            (
                "http://jira",
                Some("https://jira/rest/api/2/issue/HSP-1"),
                "Jira wants https: set JIRA_BASE_URL (--base-url) to https://jira.",
            ),
            (
                "http://jira:8080/x",
                Some("https://jira:8443/x/rest/api/2/issue/HSP-1/"),
                "Jira wants https: set JIRA_BASE_URL (--base-url) to https://jira:8443/x.",
            ),
            (
                "https://jira",
                Some("/jira/rest/api/2/issue/HSP-1"),
                "another context path or port: set JIRA_BASE_URL (--base-url) to https://jira/jira.",
            ),
            (
                "https://old/jira",
                Some("https://new.example.com/rest/api/2/issue/HSP-1?x=y#z"),
                "ask whoever runs Jira whether https://new.example.com is Jira before it gets any credentials.",
            ),
            (
                "https://jira",
                Some("http://jira/rest/api/2/issue/HSP-1"),
                "whether http://jira is Jira before it gets any credentials.",
            ),
            (
                "https://jira",
                Some("https://jira/login.jsp?os_destination=%2Frest"),
                "a login page",
            ),
            (
                "https://jira",
                Some("https://idp.example.com/realms/x/protocol/saml"),
                "a login page",
            ),
            (
                "https://jira",
                Some("https://sso.example.com/"),
                "a login page",
            ),
            (
                "https://jira",
                Some("/secure/Dashboard.jspa"),
                "context path",
            ),
            (
                "https://jira",
                Some("https://www.example.com/"),
                "the address of Jira itself",
            ),
            (
                "https://jira",
                Some("https://[bad"),
                "ask whoever runs Jira",
            ),
            ("https://jira", None, "in front of Jira"),
        ];
        each(rows, |(base, location, hint)| {
            let asked = Url::parse(&format!("{base}{resource}")).unwrap();
            let failure = explain(302, &asked, location);
            // With a full stop behind it, an address is compared to its end.
            let said = failure.hint.unwrap_or_default() + ".";
            assert!(said.contains(hint), "{location:?}: {said}");
            assert!(failure.message.contains("(302)"), "{}", failure.message);
        });
    }

    #[test]
    fn nothing_is_shown_of_an_address_but_scheme_host_and_path() {
        let asked = Url::parse("https://jira/rest/api/2/issue/HSP-1").unwrap();
        let rows = [
            (
                "https://bob:hunter2@other:8443/login?token=hunter2#hunter2",
                "to https://other:8443/login",
            ),
            (
                "https://bob:hunter2@jira/x/rest/api/2/issue/HSP-1?hunter2",
                "to https://jira/x/rest/api/2/issue/HSP-1",
            ),
            ("/login.jsp;jsessionid=hunter2", "to https://jira/login.jsp"),
            ("?hunter2", "to https://jira/rest/api/2/issue/HSP-1"),
            (
                "data:text/html,hunter2",
                "to an address that begins with data:",
            ),
            (
                "https://bob:hunter2@[bad",
                "to something that is no address",
            ),
        ];
        each(rows, |(location, target)| {
            let failure = explain(302, &asked, Some(location));
            assert_eq!(failure.message, format!("a redirect (302) {target}"));
            assert!(
                !failure.hint.unwrap_or_default().contains("hunter2"),
                "{location}"
            );
        });
    }

    proptest::proptest! {
        #[test]
        fn no_target_makes_it_panic(location in "\\PC{0,60}", base in "(https?://jira|http://jira/a%20b)") {
            let asked = Url::parse(&format!("{base}/rest/api/2/issue/HSP-1")).unwrap();
            let _ = explain(301, &asked, Some(&location));
        }
    }
}
