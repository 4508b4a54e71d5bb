//! The environment's variables as text; gives them no meaning.

use crate::settings::{PREFIX, SETTINGS, THIRD_PARTY};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// The variables, and what stands beside them.
#[derive(Default)]
pub(crate) struct Environment {
    /// Those of the table that are not empty.
    known: Vec<(&'static str, String)>,
    /// Those of the table that are set to nothing.
    empty: Vec<&'static str>,
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
            let known = SETTINGS.iter().find(|setting| setting.variable == name);
            match (known, value.to_str()) {
                (None, _) => environment.unknown.push(name.to_owned()),
                (_, None) => environment.not_text.push(name.to_owned()),
                (Some(known), Some("")) => environment.empty.push(known.variable),
                (_, Some(value)) => pairs.push((name.to_owned(), value.to_owned())),
            }
        }
        // Any text is right, so that reading them cannot fail.
        let given: BTreeMap<String, String> =
            envy::prefixed(PREFIX).from_iter(pairs).unwrap_or_default();
        environment.known = given
            .into_iter()
            .filter_map(|(bare, value)| Some((variable(&bare)?, value)))
            .collect();
        environment
    }

    /// One of the table's variables, where it is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let known = self.known.iter().find(|(known, _)| *known == name);
        known.map(|(_, value)| value.as_str())
    }

    /// Whether one of the table's variables is set, to nothing.
    pub(crate) fn is_empty(&self, name: &str) -> bool {
        self.empty.contains(&name)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut String> {
        let known = self.known.iter_mut().find(|(known, _)| *known == name);
        known.map(|(_, value)| value)
    }

    /// A variable of another program, where it is not empty.
    pub(crate) fn third_party(&self, name: &str) -> Option<&OsStr> {
        self.third_party
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_os_str())
    }
}

/// The table's name of a variable, of which envy gives the part behind the
/// prefix in small letters.
fn variable(bare: &str) -> Option<&'static str> {
    let mut names = SETTINGS.iter().map(|setting| setting.variable);
    names.find(|name| {
        name.len() == PREFIX.len() + bare.len() && name[PREFIX.len()..].eq_ignore_ascii_case(bare)
    })
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
}
