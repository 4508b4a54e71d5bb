//! What was given for each setting, by flag or by variable.

use crate::cli::Flags;
use crate::config::variables::Environment;
use crate::redact::Secret;
use crate::settings::{SETTINGS, Setting, Value};
use std::ffi::OsString;

pub(super) struct Given {
    flags: Flags,
    pub(super) environment: Environment,
}

/// A flag wins over its variable, also an empty one; empty means unset.
fn flag_or_env<'a>(flag: Option<&'a str>, variable: Option<&'a str>) -> Option<&'a str> {
    flag.or(variable).filter(|text| !text.is_empty())
}

impl Given {
    pub(super) fn new(flags: Flags, variables: &[(OsString, OsString)]) -> Self {
        Given {
            flags,
            environment: Environment::read(variables),
        }
    }

    pub(super) fn text(&self, setting: &Setting) -> Option<&str> {
        let flag = self.flag(setting).and_then(|values| values.last());
        flag_or_env(flag.map(String::as_str), self.variable(setting))
    }

    /// The same, and the default where it is unset.
    pub(super) fn text_or_default(&self, setting: &'static Setting) -> &str {
        self.text(setting).unwrap_or(setting.default)
    }

    /// What a setting holds whose flag may be repeated: a line for each flag.
    pub(super) fn lines(&self, setting: &Setting) -> Option<String> {
        match self.flag(setting) {
            Some(values) => Some(values.join("\n")),
            None => self.variable(setting).map(str::to_owned),
        }
    }

    /// The flag's values, empty ones too.
    pub(super) fn flag(&self, setting: &Setting) -> Option<&[String]> {
        self.flags.get(setting.flag).map(Vec::as_slice)
    }

    /// The texts that decide, to be cleaned of what is no value.
    pub(super) fn texts_mut(&mut self, setting: &Setting) -> Vec<&mut String> {
        match self.flags.get_mut(setting.flag) {
            Some(texts) => texts.iter_mut().collect(),
            None => self
                .environment
                .get_mut(setting.variable)
                .into_iter()
                .collect(),
        }
    }

    pub(super) fn variable(&self, setting: &Setting) -> Option<&str> {
        self.environment.get(setting.variable)
    }

    /// Every secret that a variable holds, asked for or not.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        SETTINGS
            .iter()
            .filter(|setting| matches!(setting.value, Value::Secret | Value::SecretLines))
            .filter_map(|setting| Secret::from_setting(self.variable(setting)?, true).ok())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{BASE_URL, PASSWORD};
    use crate::tests::rows::each;

    #[test]
    fn a_flag_wins_over_its_variable_and_an_empty_one_is_unset() {
        let rows = [
            (None, "", None),
            (None, "there", Some("there")),
            (Some(""), "there", None),
            (Some("here"), "there", Some("here")),
            (Some("here"), "", Some("here")),
        ];
        each(rows, |(flag, variable, text)| {
            let flags = flag.map(|value: &str| (BASE_URL.flag, vec![value.to_owned()]));
            let variables = [(BASE_URL.variable.into(), variable.into())];
            let given = Given::new(flags.into_iter().collect(), &variables);
            assert_eq!(given.text(BASE_URL), text, "{flag:?} {variable:?}");
            assert_eq!(given.text(PASSWORD), None);
        });
    }
}
