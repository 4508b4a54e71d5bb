//! What a redirect means, from where it points. Follows none, and judges nothing but the address.

use crate::failure::{Failure, Kind};
use url::Url;

/// Words in an address that only a login has.
const LOGINS: [&str; 9] = ["login", "logon", "signin", "sign-in", "saml", "sso", "adfs", "oauth", "openid"];

/// The failure that a redirect is. `asked` is the address of the request, `location` the answer's, cleaned.
pub(super) fn explain(status: u16, asked: &Url, location: Option<&str>) -> Failure {
    let failure = |target: &str| {
        Failure::new(Kind::UnexpectedAnswer, format!("a redirect ({status}) {target}; nothing was written"))
    };
    let Some(location) = location else {
        return failure("that points nowhere").hint("something in front of Jira answers in its place");
    };
    let to = format!("to {location}");
    let Ok(target) = asked.join(location) else {
        return failure(&to).hint("redirects are never followed, and this one points to no address");
    };
    if let Some(base) = moved_base(asked, &target) {
        let same_host = asked.host_str() == target.host_str();
        let what = match () {
            () if same_host && asked.scheme() == "http" && target.scheme() == "https" => "Jira wants https",
            () if same_host => "Jira has moved to another context path or port",
            () => "Jira has moved to another host",
        };
        let base = base.as_str().trim_end_matches('/');
        return failure(&to).hint(format!("{what}: set JIRA_BASE_URL (--base-url) to {base}"));
    }
    let address = format!("{}{}", target.host_str().unwrap_or_default(), target.path()).to_lowercase();
    if LOGINS.iter().any(|word| address.contains(word)) {
        return failure(&to).hint(
            "that is a login page: a single sign-on stands in front of Jira's REST API and does not take these \
             credentials; ask whoever keeps it to let /rest through, or try a personal token (JIRA_PERSONAL_TOKEN)",
        );
    }
    if asked.host_str() == target.host_str() {
        return failure(&to).hint(
            "redirects are never followed; does JIRA_BASE_URL (--base-url) hold Jira's context path, such as /jira?",
        );
    }
    failure(&to).hint("redirects are never followed; is JIRA_BASE_URL (--base-url) the address of Jira itself?")
}

/// The base address below which the same resource now is.
fn moved_base(asked: &Url, target: &Url) -> Option<Url> {
    let resource = &asked.path()[base_path(asked).len()..];
    let path = target.path().trim_end_matches('/').strip_suffix(resource)?;
    let mut base = target.clone();
    base.set_path(path);
    base.set_query(None);
    base.set_fragment(None);
    (!resource.is_empty()).then_some(base)
}

/// The path up to the REST API.
fn base_path(asked: &Url) -> &str {
    let path = asked.path();
    path.find("/rest/").map_or(path, |at| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_points_says_what_it_means() {
        let resource = "/rest/api/2/issue/HSP-1";
        for (base, location, hint) in [
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
                "another host: set JIRA_BASE_URL (--base-url) to https://new.example.com.",
            ),
            ("https://jira", Some("https://jira/login.jsp?os_destination=%2Frest"), "a login page"),
            ("https://jira", Some("https://idp.example.com/realms/x/protocol/saml"), "a login page"),
            ("https://jira", Some("https://sso.example.com/"), "a login page"),
            ("https://jira", Some("/secure/Dashboard.jspa"), "context path"),
            ("https://jira", Some("https://www.example.com/"), "the address of Jira itself"),
            ("https://jira", Some("https://[bad"), "points to no address"),
            ("https://jira", None, "in front of Jira"),
        ] {
            let asked = Url::parse(&format!("{base}{resource}")).unwrap();
            let failure = explain(302, &asked, location);
            // With a full stop behind it, an address is compared to its end.
            let said = failure.hint.unwrap_or_default() + ".";
            assert!(said.contains(hint), "{location:?}: {said}");
            assert!(failure.message.contains("(302)") && failure.message.contains("nothing was written"));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_target_makes_it_panic(location in "\\PC{0,60}", base in "(https?://jira|http://jira/a%20b)") {
            let asked = Url::parse(&format!("{base}/rest/api/2/issue/HSP-1")).unwrap();
            let _ = explain(301, &asked, Some(&location));
        }
    }
}
