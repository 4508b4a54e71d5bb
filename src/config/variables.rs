//! The `JIRA_` variables of the environment as text; gives them no meaning.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};

/// What every variable of ours begins with.
const PREFIX: &str = "JIRA_";

macro_rules! variables {
    ($($name:ident)*) => {
        /// The variables that the program knows, by their names without `JIRA_`. Empty
        /// ones are unset.
        #[derive(Debug, Default)]
        pub(crate) struct Variables { $(pub(crate) $name: Option<String>,)* }

        impl Variables {
            fn of(mut given: HashMap<String, String>) -> Self {
                Variables { $($name: given.remove(stringify!($name)),)* }
            }
        }

        const KNOWN: &[&str] = &[$(stringify!($name)),*];
    };
}

variables! {
    base_url issue_key issues_from project_keys if_no_issue field_id field_value field_type value_map fields notify_users
    dry_run output dotenv allow_failure concurrency
    auth timeout deadline max_retries ca_bundle client_cert client_key insecure log
    cloud_id cloud_api_url cloud_auth_url
    oauth2_access_token oauth2_access_token_file oauth2_client_id oauth2_client_secret oauth2_client_secret_file
    oauth2_refresh_token oauth2_refresh_token_file oauth2_scope oauth2_token_url
    username password password_file user_email api_token api_token_file personal_token personal_token_file
    oauth1_consumer_key oauth1_private_key oauth1_private_key_file oauth1_access_token oauth1_access_token_file
    connect_app_key connect_shared_secret connect_shared_secret_file
}

/// Variables of others that say how the network is reached.
const OUTSIDE: [&str; 11] = [
    "https_proxy",
    "HTTPS_PROXY",
    "http_proxy",
    "HTTP_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "REQUEST_METHOD",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Every variable that a secret of ours may stand in.
pub fn own_names() -> impl Iterator<Item = String> {
    let proxies = OUTSIDE
        .iter()
        .filter(|name| name.to_ascii_lowercase().ends_with("_proxy"))
        .map(|name| (*name).to_owned());
    KNOWN
        .iter()
        .map(|name| format!("{PREFIX}{}", name.to_ascii_uppercase()))
        .chain(proxies)
}

/// The variables, and what stands beside them.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    pub(crate) known: Variables,
    /// Names beginning with `JIRA_` that mean nothing to us: Kubernetes injects
    /// some, people misspell some.
    pub(crate) unknown: Vec<String>,
    /// Known variables whose bytes are no UTF-8.
    pub(crate) not_text: Vec<String>,
    outside: Vec<(&'static str, OsString)>,
}

impl Environment {
    /// Sorts the process's environment.
    pub(crate) fn read(variables: &[(OsString, OsString)]) -> Self {
        let mut environment = Environment::default();
        let mut pairs = Vec::new();
        for (name, value) in variables {
            let Some(name) = name.to_str() else { continue };
            if let Some(known) = OUTSIDE
                .iter()
                .find(|outside| **outside == name)
                .filter(|_| !value.is_empty())
            {
                environment.outside.push((known, value.clone()));
            }
            let Some(bare) = name.strip_prefix(PREFIX) else {
                continue;
            };
            match value.to_str() {
                _ if !KNOWN.iter().any(|known| {
                    known.eq_ignore_ascii_case(bare) && bare == bare.to_uppercase()
                }) =>
                {
                    environment.unknown.push(name.to_owned());
                }
                None => environment.not_text.push(name.to_owned()),
                Some("") => {}
                Some(value) => pairs.push((name.to_owned(), value.to_owned())),
            }
        }
        // Any text is right, so that reading them cannot fail.
        environment.known =
            Variables::of(envy::prefixed(PREFIX).from_iter(pairs).unwrap_or_default());
        environment
    }

    /// A variable of others, where it is not empty.
    pub(crate) fn outside(&self, name: &str) -> Option<&OsStr> {
        self.outside
            .iter()
            .find(|(outside, _)| *outside == name)
            .map(|(_, value)| value.as_os_str())
    }

    /// The variable that somebody may have set in place of `missing`.
    pub(crate) fn lookalike(&self, missing: &str) -> Option<&str> {
        let bare = missing.trim_start_matches(PREFIX);
        let likeness = |name: &str| {
            let name = name.trim_start_matches(PREFIX);
            let words = |text: &str| text.split('_').map(str::to_owned).collect::<Vec<_>>();
            let (ours, theirs) = (words(bare), words(name));
            if theirs.iter().all(|word| ours.contains(word))
                || ours.iter().all(|word| theirs.contains(word))
            {
                return 0.95;
            }
            strsim::jaro_winkler(bare, name)
        };
        let candidates = self.unknown.iter().map(|name| (likeness(name), name));
        let (likeness, name) = candidates.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        (likeness > 0.85).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_and_proxy_is_among_our_names() {
        let names: Vec<_> = own_names().collect();
        for name in [
            "JIRA_OAUTH2_CLIENT_SECRET",
            "JIRA_PASSWORD",
            "JIRA_API_TOKEN",
            "HTTPS_PROXY",
            "all_proxy",
        ] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
    }

    fn environment(names: &[(&str, &str)]) -> Environment {
        let pairs: Vec<_> = names
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Environment::read(&pairs)
    }

    #[test]
    fn empty_means_unset_and_foreign_names_are_kept_for_advice() {
        let read = environment(&[
            ("JIRA_BASE_URL", "https://x"),
            ("JIRA_FIELD_ID", ""),
            ("JIRA_PORT", "tcp://10.0.0.1"),
            ("jira_log", "debug"),
            ("PATH", "/bin"),
        ]);
        assert_eq!(read.known.base_url.as_deref(), Some("https://x"));
        assert_eq!(read.known.field_id, None);
        assert_eq!(read.unknown, ["JIRA_PORT"]);
    }

    #[test]
    fn a_misspelt_variable_is_found() {
        for (set, missing, found) in [
            ("JIRA_ISSUE", "JIRA_ISSUE_KEY", true),
            ("JIRA_URL", "JIRA_BASE_URL", true),
            ("JIRA_BASEURL", "JIRA_BASE_URL", true),
            ("JIRA_PASWORD", "JIRA_PASSWORD", true),
            ("JIRA_SERVICE_HOST", "JIRA_BASE_URL", false),
        ] {
            assert_eq!(
                environment(&[(set, "x")]).lookalike(missing).is_some(),
                found,
                "{set}"
            );
        }
    }
}
