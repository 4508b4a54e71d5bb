//! What CI systems leave in a setting in place of its value: a reference that
//! nobody expanded, a mask, quotation marks, blanks and line ends.

use crate::config::parser::{SettingsParser, Subject, UNFILLED_HINT};
use crate::settings::{Group, OAUTH2_SCOPE, SETTINGS, Setting, Value};
use crate::text::sanitize;

const QUOTED_HINT: &str = "take the quotation marks away (docker --env-file keeps them)";

/// What stands in place of a value, where the text is nothing else.
pub(super) fn placeholder(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let inside = |start: &str, end: &str| text.strip_prefix(start)?.strip_suffix(end);
    if text.len() >= 3 && text.bytes().all(|byte| byte == b'*') || text == "[MASKED]" {
        return Some("a mask");
    }
    let expression = inside("${{", "}}").is_some_and(|inside| !inside.contains("}}"));
    let name = inside("${", "}")
        .or_else(|| inside("$(", ")"))
        .or_else(|| inside("%", "%"))
        .is_some_and(is_dotted_name);
    let bare = text.strip_prefix('$').is_some_and(is_name);
    (expression || name || bare).then_some("an unexpanded reference")
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `env.NAME`, `Build.SourceBranch`.
fn is_dotted_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

/// True of a text between two quotation marks.
pub(super) fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    [('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’')]
        .into_iter()
        .any(|(first, last)| {
            let inside = text.strip_prefix(first);
            inside.is_some_and(|inside| inside.ends_with(last))
        })
}

pub(super) fn is_credential(setting: &Setting) -> bool {
    match setting.value {
        Value::Secret | Value::SecretLines | Value::Name => true,
        Value::File => setting.group == Group::Environment,
        _ => false,
    }
}

/// Blanks at the ends mean nothing.
fn is_trimmed(setting: &Setting) -> bool {
    matches!(
        setting.value,
        Value::Address
            | Value::Boolean
            | Value::Choice
            | Value::Count(_)
            | Value::LooseBoolean
            | Value::Name
            | Value::Seconds
    )
}

fn refuses_quotes(setting: &Setting) -> bool {
    let is_list_of_keys = setting.group == Group::Issue && setting.value == Value::List;
    is_trimmed(setting) || is_list_of_keys || setting.value == Value::Field
}

/// What is wrong with a text before anybody asks what it means.
enum Wrong {
    Unfilled(&'static str, String),
    Quoted,
    Control,
}

impl Wrong {
    fn of(setting: &Setting, text: &str) -> Option<Self> {
        // A list holds several, one of which is enough.
        let keys = setting.group == Group::Issue && setting.value == Value::List;
        let pieces = text.split(|c: char| matches!(c, ',' | ';') || c.is_whitespace());
        let pieces = pieces.filter(|_| keys);
        for piece in [text].into_iter().chain(pieces) {
            if let Some(what) = placeholder(piece) {
                return Some(Wrong::Unfilled(what, piece.trim().to_owned()));
            }
        }
        if refuses_quotes(setting) && is_quoted(text) {
            return Some(Wrong::Quoted);
        }
        let control = setting.value == Value::Name && text.trim().contains(char::is_control);
        control.then_some(Wrong::Control)
    }
}

impl SettingsParser {
    /// Drops what is no part of these settings' values, and says which hold no value.
    /// Later they count as unset.
    pub(super) fn look_over(&mut self, groups: &[Group]) {
        let mut groups = groups.to_vec();
        groups.retain(|group| !self.looked_over.contains(group));
        self.looked_over.extend(&groups);
        for setting in SETTINGS {
            // A scope is a flag of one command, and a variable of all that ask Jira.
            let concerned = groups.contains(&setting.group)
                || groups.contains(&Group::Environment) && *setting == OAUTH2_SCOPE;
            let wrong = concerned.then(|| self.clean(setting)).flatten();
            match wrong {
                None => {}
                Some(Wrong::Unfilled(what, _)) if is_credential(setting) => {
                    self.unfilled.push((setting, what));
                }
                Some(Wrong::Unfilled(what, text)) => {
                    // In place of an address or a file's name may stand a secret.
                    let hidden = matches!(setting.value, Value::Address | Value::File);
                    let text = (!hidden).then_some(text);
                    self.not_filled_in(*setting, what, text.as_deref());
                    self.refused.push(setting);
                }
                Some(Wrong::Quoted) => {
                    self.refuse_quotes(*setting);
                    self.refused.push(setting);
                }
                Some(Wrong::Control) => {
                    let what = "holds a control character, such as a line end in its middle";
                    self.error(*setting, what);
                    self.refused.push(setting);
                }
            }
        }
    }

    fn clean(&mut self, setting: &Setting) -> Option<Wrong> {
        let mut wrong = None;
        for text in self.given.texts_mut(setting) {
            if let Some(found) = Wrong::of(setting, text) {
                wrong.get_or_insert(found);
                text.clear();
            } else if is_trimmed(setting) {
                *text = text.trim().to_owned();
            }
        }
        wrong
    }

    /// Whether a text of one of several is a placeholder, which is then an error.
    pub(super) fn refuse_placeholder(&mut self, subject: impl Into<Subject>, text: &str) -> bool {
        let what = placeholder(text);
        if let Some(what) = what {
            self.not_filled_in(subject, what, Some(text.trim()));
        }
        what.is_some()
    }

    pub(super) fn refuse_quotes(&mut self, subject: impl Into<Subject>) {
        let what = "begins and ends with a quotation mark";
        self.error_with_hint(subject, what, QUOTED_HINT);
    }

    /// A part of credentials without which others would be taken for complete.
    pub(super) fn refuse_unfilled(&mut self, setting: &'static Setting) {
        let unfilled = self.unfilled.iter().find(|(one, _)| *one == setting);
        if let Some((_, what)) = unfilled.copied() {
            self.not_filled_in(setting, what, None);
        }
    }

    fn not_filled_in(&mut self, subject: impl Into<Subject>, what: &str, text: Option<&str>) {
        let text = text.map(|text| format!("{:?}", sanitize(text)));
        let shown = text.as_deref().unwrap_or(what);
        let what = format!("is {shown}: nobody put a value in its place");
        self.error_with_hint(subject, what, UNFILLED_HINT);
    }

    /// Of these variables of credentials, or of the files in their place, which are
    /// only unset because they hold no value.
    pub(super) fn unfilled_among(&self, missing: &[&'static str]) -> String {
        let concerned = self.unfilled.iter().filter(|(setting, _)| {
            let name = setting.variable;
            let of_file = name.strip_suffix("_FILE");
            missing.contains(&name) || of_file.is_some_and(|name| missing.contains(&name))
        });
        concerned
            .map(|(setting, what)| {
                format!("; {setting} is {what}: nobody put a value in its place")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn only_a_text_that_is_nothing_else_stands_in_place_of_a_value() {
        let rows = [
            "$NAME",
            "$_x1",
            "${NAME}",
            "${env.NAME}",
            "$(NAME)",
            "$(Build.SourceBranch)",
            "%NAME%",
            "%env.NAME%",
            "${{ secrets.NAME }}",
            "${{secrets.NAME || ''}}",
            " $(NAME)\n",
            "***",
            "****",
            "********",
            "[MASKED]",
        ];
        each(rows, |text| {
            assert!(placeholder(text).is_some(), "{text}");
        });
        let rows = [
            "",
            "$",
            "$5",
            "costs $5",
            "$HOME is set",
            "$A$B",
            "${}",
            "${A}${B}",
            "$()",
            "$(a b)",
            "%",
            "%%",
            "100%",
            "%5%",
            "50% of 80%",
            "${{ a }}-${{ b }}",
            "**",
            "*",
            "* * *",
            "[masked] ",
            "MASKED",
            "a***",
            "$NAME.",
            "{{ NAME }}",
        ];
        each(rows, |text| {
            assert!(placeholder(text).is_none(), "{text}");
        });
    }

    #[test]
    fn a_text_is_quoted_where_marks_stand_at_both_its_ends() {
        each(["\"a\"", "'a'", " \"a\"\n", "“a”", "\"\""], |text| {
            assert!(is_quoted(text), "{text}");
        });
        each(["a", "\"a", "a\"", "\"", "\"a'", "5\" disk", ""], |text| {
            assert!(!is_quoted(text), "{text}");
        });
    }
}
