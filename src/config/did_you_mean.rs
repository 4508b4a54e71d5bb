//! Which variable somebody set in place of one that is missing.

use crate::config::variables::Environment;
use crate::settings::{
    API_TOKEN, BASE_URL, NAMED_ELSEWHERE, PASSWORD, PERSONAL_TOKEN, PREFIX, Setting, USER_EMAIL,
    USERNAME,
};

/// How like a misspelt name is.
const ALIKE: f64 = 0.85;

impl Environment {
    /// `; JIRA_URL is set, did you mean JIRA_BASE_URL?`; nothing where no variable
    /// looks like the missing one.
    pub(super) fn meant(&self, missing: &'static str) -> String {
        self.advice(|name| match named_elsewhere(name) {
            Some(settings) if settings.contains(&BASE_URL) => {
                (missing == BASE_URL.variable).then(|| missing.to_owned())
            }
            Some(_) => None,
            None => closest(name, &[missing]),
        })
    }

    /// The same for credentials that lack these variables. What is set may belong to
    /// another kind of them.
    pub(super) fn meant_as_credentials(&self, missing: &[&'static str]) -> String {
        let advice = self.advice(|name| match named_elsewhere(name) {
            Some(settings) if settings.contains(&BASE_URL) => None,
            Some(settings) => Some(self.credential(settings)),
            None => closest(name, missing),
        });
        let is_set = |setting: &Setting| self.get(setting.variable).is_some();
        if !advice.is_empty() || !is_set(API_TOKEN) || is_set(USER_EMAIL) {
            return advice;
        }
        if is_set(USERNAME) {
            format!("; {USERNAME} is set, did you mean {USER_EMAIL}?")
        } else {
            format!("; or did you mean {PERSONAL_TOKEN}, for a token of Data Center?")
        }
    }

    /// Two names for one setting are one question.
    fn advice(&self, meant: impl Fn(&str) -> Option<String>) -> String {
        let mut asked = Vec::new();
        let mut advice = String::new();
        for name in &self.unknown {
            if let Some(ours) = meant(name).filter(|ours| !asked.contains(ours)) {
                advice += &format!("; {name} is set, did you mean {ours}?");
                asked.push(ours);
            }
        }
        advice
    }

    /// An e-mail belongs to an API token, a user's name to a password.
    fn credential(&self, settings: &[&Setting]) -> String {
        let is_token = settings.contains(&API_TOKEN);
        let is_user = settings.contains(&USER_EMAIL);
        let set = |setting: &Setting| {
            let elsewhere = |name: &String| {
                named_elsewhere(name).is_some_and(|settings| settings.contains(&setting))
            };
            self.get(setting.variable).is_some() || self.unknown.iter().any(elsewhere)
        };
        if is_token && !set(USER_EMAIL) && !set(USERNAME) {
            return format!("{PERSONAL_TOKEN} (Data Center) or {API_TOKEN} (Cloud)");
        }
        let setting = match self.get(PASSWORD.variable) {
            Some(_) if is_user => USERNAME,
            None if is_user && set(API_TOKEN) => USER_EMAIL,
            _ => settings.first().copied().unwrap_or(PERSONAL_TOKEN),
        };
        setting.to_string()
    }
}

fn named_elsewhere(name: &str) -> Option<&'static [&'static Setting]> {
    let found = NAMED_ELSEWHERE.iter().find(|(known, _)| *known == name);
    found.map(|(_, settings)| *settings)
}

/// The missing variable that the name is most like.
fn closest(name: &str, missing: &[&'static str]) -> Option<String> {
    let likeness = |missing: &str| {
        let (ours, theirs) = (
            missing.trim_start_matches(PREFIX),
            name.trim_start_matches(PREFIX),
        );
        let holds = |all: &str, some: &str| {
            some.split('_')
                .all(|word| all.split('_').any(|other| other == word))
        };
        if holds(ours, theirs) || holds(theirs, ours) {
            return 0.95;
        }
        strsim::jaro_winkler(ours, theirs)
    };
    let candidates = missing.iter().map(|missing| (likeness(missing), *missing));
    let (likeness, missing) = candidates.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (likeness > ALIKE).then(|| missing.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    fn environment(names: &[&str]) -> Environment {
        let pairs: Vec<_> = names.iter().map(|name| (name.into(), "x".into())).collect();
        Environment::read(&pairs)
    }

    #[test]
    fn a_misspelt_variable_is_found() {
        let rows = [
            ("JIRA_ISSUE", "JIRA_ISSUE_KEY", true),
            ("JIRA_KEY", "JIRA_ISSUE_KEY", true),
            ("JIRA_THE_ISSUE_KEY", "JIRA_ISSUE_KEY", true),
            ("JIRA_URL", "JIRA_BASE_URL", true),
            ("JIRA_BASEURL", "JIRA_BASE_URL", true),
            ("JIRA_PASWORD", "JIRA_PASSWORD", true),
            ("JIRA_SERVICE_HOST", "JIRA_BASE_URL", false),
            ("JIRA_TOKEN", "JIRA_BASE_URL", false),
        ];
        each(rows, |(set, missing, found)| {
            let advice = environment(&[set]).meant(missing);
            assert_eq!(!advice.is_empty(), found, "{set}: {advice}");
        });
    }

    #[test]
    fn a_user_or_a_token_by_another_name_is_what_the_rest_makes_of_it() {
        let rows = [
            (&["JIRA_USER", "JIRA_PASSWORD"][..], "JIRA_USERNAME"),
            (&["JIRA_EMAIL", "JIRA_PASSWORD"], "JIRA_USERNAME"),
            (&["JIRA_LOGIN", "JIRA_API_TOKEN"], "JIRA_USER_EMAIL"),
            (&["JIRA_EMAIL"], "JIRA_USER_EMAIL"),
            (&["JIRA_TOKEN", "JIRA_USER_EMAIL"], "JIRA_API_TOKEN"),
            (
                &["JIRA_TOKEN"],
                "JIRA_PERSONAL_TOKEN (Data Center) or JIRA_API_TOKEN (Cloud)",
            ),
            (&["JIRA_PAT", "JIRA_BEARER_TOKEN"], "JIRA_PERSONAL_TOKEN"),
        ];
        each(rows, |(set, meant)| {
            let advice = environment(set).meant_as_credentials(&["JIRA_PASSWORD"]);
            assert!(
                advice.ends_with(&format!("did you mean {meant}?")),
                "{set:?}: {advice}"
            );
            assert_eq!(advice.matches("did you mean").count(), 1, "{advice}");
        });
        let both = environment(&["JIRA_USER", "JIRA_TOKEN"]).meant_as_credentials(&[]);
        assert!(
            both.contains("JIRA_USER_EMAIL") && both.contains("JIRA_API_TOKEN"),
            "{both}"
        );
    }
}
