//! The environment's variables as text; gives them no meaning.

use crate::settings::{PREFIX, SETTINGS, THIRD_PARTY};
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};

/// The variables, and what stands beside them.
#[derive(Default)]
pub(crate) struct Environment {
    /// Those of the table that are not empty.
    known: HashMap<&'static str, String>,
    /// Names beginning with `JIRA_` that mean nothing to us: Kubernetes injects
    /// some, people misspell some.
    pub(crate) unknown: Vec<String>,
    /// Known variables whose bytes are no UTF-8.
    pub(crate) not_text: Vec<String>,
    third_party: Vec<(&'static str, OsString)>,
}

impl Environment {
    pub(crate) fn read(variables: &[(OsString, OsString)]) -> Self {
        let mut environment = Environment::default();
        let mut pairs = Vec::new();
        for (name, value) in variables {
            let Some(name) = name.to_str() else { continue };
            if let Some(known) = THIRD_PARTY
                .iter()
                .find(|known| **known == name)
                .filter(|_| !value.is_empty())
            {
                environment.third_party.push((known, value.clone()));
            }
            if !name.starts_with(PREFIX) {
                continue;
            }
            match value.to_str() {
                _ if !SETTINGS.iter().any(|setting| setting.variable == name) => {
                    environment.unknown.push(name.to_owned());
                }
                None => environment.not_text.push(name.to_owned()),
                Some("") => {}
                Some(value) => pairs.push((name.to_owned(), value.to_owned())),
            }
        }
        // Any text is right, so that reading them cannot fail.
        let mut given: HashMap<String, String> =
            envy::prefixed(PREFIX).from_iter(pairs).unwrap_or_default();
        let names = SETTINGS.iter().map(|setting| setting.variable);
        environment.known = names
            .filter_map(|name| {
                let bare = name.strip_prefix(PREFIX)?.to_ascii_lowercase();
                Some((name, given.remove(&bare)?))
            })
            .collect();
        environment
    }

    /// One of the table's variables, where it is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.known.get(name).map(String::as_str)
    }

    /// A variable of another program, where it is not empty.
    pub(crate) fn third_party(&self, name: &str) -> Option<&OsStr> {
        self.third_party
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_os_str())
    }

    /// The variable that somebody may have set in place of `missing`.
    pub(crate) fn closest_name(&self, missing: &str) -> Option<&str> {
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
        assert_eq!(read.get("JIRA_BASE_URL"), Some("https://x"));
        assert_eq!(read.get("JIRA_FIELD_ID"), None);
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
                environment(&[(set, "x")]).closest_name(missing).is_some(),
                found,
                "{set}"
            );
        }
    }
}
