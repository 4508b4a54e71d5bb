//! Which fields are written, and with what.

use crate::config::credentials::{read_file, read_limited};
use crate::config::left_behind::is_quoted;
use crate::config::parser::{SettingsParser, Subject};
use crate::edit::assignment::{Assignment, FieldName, Operator, ValueMap};
use crate::edit::field_type::FieldType;
use crate::edit::field_types;
use crate::invalid::Invalid;
use crate::named_file;
use crate::settings::{
    COMMENT, FIELD_ID, FIELD_TYPE, FIELD_VALUE, FIELD_VALUE_FILE, FIELDS, VALUE_MAP,
};
use std::collections::HashMap;

/// What a job writes.
pub(super) enum Content {
    /// These; never none.
    These(Vec<Assignment>),
    /// Nothing, as the value map says: this is why.
    Skip(String),
}

/// A setting was wrong, and the error was noted.
struct Noted;

impl SettingsParser {
    /// Whether any field is given, or a value that lacks one, or a comment.
    pub(super) fn names_fields(&self) -> bool {
        let main = [FIELD_ID, FIELD_VALUE, FIELD_VALUE_FILE, COMMENT];
        main.iter()
            .any(|setting| self.given.text(setting).is_some())
            || self.given.lines(FIELDS).is_some()
    }

    /// The field alone, where nothing says what to write into it.
    pub(super) fn field_without_value(&self) -> Option<&str> {
        let values = [FIELD_VALUE, FIELD_VALUE_FILE];
        let valued = self.given.lines(FIELDS).is_some()
            || values
                .iter()
                .any(|setting| self.given.text(setting).is_some());
        self.given.text(FIELD_ID).filter(|_| !valued)
    }

    pub(super) fn comment(&self) -> Option<Assignment> {
        self.owned(COMMENT).map(Assignment::comment)
    }

    /// None where something is wrong, which is then among the errors.
    pub(super) fn content(&mut self) -> Option<Content> {
        let before = self.errors.len();
        let mut assignments: Vec<Assignment> = self.further_assignments();
        assignments.extend(self.comment());
        // Each is read, whatever is wrong with the others.
        let (shape, map) = (self.shape(), self.value_map());
        let skip = match (self.owned(FIELD_ID), self.value()) {
            (Some(_), Err(Noted)) => None,
            (Some(field), Ok(Some(value))) => {
                match self.main_assignment(&field, &value, shape, map) {
                    Ok(Some(main)) => {
                        assignments.insert(0, main);
                        None
                    }
                    Ok(None) => Some(format!("{VALUE_MAP} has no value for {value:?}")),
                    Err(Noted) => None,
                }
            }
            (None, Ok(None)) if !assignments.is_empty() || self.refused.contains(&FIELDS) => None,
            (None, value) => {
                self.missing(
                    FIELD_ID,
                    ": the field to write; jira-build-status fields lists them",
                );
                if matches!(value, Ok(None)) {
                    self.missing(FIELD_VALUE, ": the value to write");
                }
                None
            }
            (Some(field), Ok(None)) => {
                let hint = format!("to clear the field use --set {field}:=null");
                self.missing_with_hint(FIELD_VALUE, " or empty", Some(hint));
                None
            }
        };
        self.refuse_twice(&assignments);
        let content = skip.map_or(Content::These(assignments), Content::Skip);
        (self.errors.len() == before).then_some(content)
    }

    /// `--value`, or what the file of `--value-file` holds.
    fn value(&mut self) -> Result<Option<String>, Noted> {
        match (self.owned(FIELD_VALUE), self.owned(FIELD_VALUE_FILE)) {
            (value, None) => Ok(value),
            (None, Some(path)) => match value_in(&path) {
                Ok(text) => Ok(Some(text)),
                Err(what) => {
                    self.error(Subject::variable(FIELD_VALUE_FILE), what);
                    Err(Noted)
                }
            },
            (Some(_), Some(_)) => {
                let what = format!("and {FIELD_VALUE_FILE} are both set");
                self.error_with_hint(FIELD_VALUE, what, "unset one of them");
                Err(Noted)
            }
        }
    }

    fn shape(&mut self) -> Result<Option<FieldType>, Noted> {
        let name = self.owned(FIELD_TYPE);
        let shape = name
            .as_deref()
            .map_or(Ok(None), |name| shape_named(name.trim()));
        shape.map_err(|names| {
            let what = format!("is {:?}, which is no type", name.unwrap_or_default());
            self.error_with_hint(FIELD_TYPE, what, format!("it is auto or one of {names}"));
            Noted
        })
    }

    fn value_map(&mut self) -> Result<ValueMap, Noted> {
        let map = self.given.text(VALUE_MAP);
        let map = map.map_or(Ok(ValueMap::default()), ValueMap::parse);
        let map = map.map_err(|piece| {
            let what = format!("holds {piece:?}, which is no WORD=VALUE");
            self.error(VALUE_MAP, what);
            Noted
        })?;
        for text in map.texts() {
            self.refuse_placeholder(VALUE_MAP, text);
        }
        Ok(map)
    }

    /// `--field`, `--type` and `--value-map`, as one assignment; none where the map
    /// has no value for the word.
    fn main_assignment(
        &mut self,
        field: &str,
        value: &str,
        shape: Result<Option<FieldType>, Noted>,
        map: Result<ValueMap, Noted>,
    ) -> Result<Option<Assignment>, Noted> {
        let name = FieldName::parse(field);
        if name.is_none() {
            self.error(FIELD_ID, "is blank");
        }
        let (Ok(shape), Ok(map), Some(field)) = (shape, map, name) else {
            return Err(Noted);
        };
        Ok(map.apply(value).map(|text| Assignment {
            field,
            operator: Operator::Set,
            text: text.to_owned(),
            shape,
            mapping: map.mapping(value),
        }))
    }

    /// One for each flag, or else for each line of the variable.
    fn further_assignments(&mut self) -> Vec<Assignment> {
        if self.refused.contains(&FIELDS) {
            return vec![];
        }
        let lines = self.given.variable(FIELDS).unwrap_or_default().lines();
        // A field's name may begin with a blank.
        let lines = lines.map(str::trim_end).filter(|line| !line.is_empty());
        let texts: Vec<String> = match self.given.flag(FIELDS) {
            Some(flags) => flags.to_vec(),
            None => lines.map(str::to_owned).collect(),
        };
        let mut assignments = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let name = format!("{FIELDS}, the {}. one,", at + 1);
            let parsed = Assignment::parse(text);
            let of_field = |parsed: &Assignment| is_quoted(parsed.field.as_str());
            if self.refuse_placeholder(name.as_str(), text) {
                continue;
            }
            if is_quoted(text) || parsed.as_ref().is_ok_and(of_field) {
                self.refuse_quotes(name);
                continue;
            }
            match parsed {
                Ok(one) => {
                    let name = format!("{name} {}", one.field.as_str());
                    let wrong = self.refuse_placeholder(name.as_str(), one.field.as_str());
                    if !wrong && !self.refuse_placeholder(name.as_str(), &one.text) {
                        assignments.push(one);
                    }
                }
                Err(what) => self.error(name, what),
            }
        }
        assignments
    }

    /// Jira refuses a field that stands in both of its maps, and of two values for
    /// one field one would be lost.
    fn refuse_twice(&mut self, assignments: &[Assignment]) {
        use Operator::{Add, Remove};
        // For each field whether all that was given for it so far adds or removes.
        let mut earlier: HashMap<&FieldName, bool> = HashMap::new();
        for assignment in assignments {
            let adds = matches!(assignment.operator, Add | Remove);
            let before = earlier.insert(&assignment.field, adds);
            if before.is_some_and(|all_add| !(all_add && adds)) {
                earlier.insert(&assignment.field, false);
                let name = assignment.field.as_str().to_owned();
                self.error_with_hint(
                    format!("{FIELD_ID}, {FIELDS}"),
                    format!("give {name} more than one value"),
                    "leave one of them out",
                );
            }
        }
    }
}

/// What a file holds, or standard input, as a value: without the last line's end.
fn value_in(path: &str) -> Result<String, Invalid> {
    let bytes = match path {
        "-" => read_limited(std::io::stdin().lock())
            .map_err(|error| format!("is -, and standard input cannot be read: {error}"))?,
        path => read_file(path)
            .map_err(|error| named_file::unreadable(FIELD_VALUE_FILE.variable, &error))?,
    };
    let mut text = String::from_utf8(bytes).map_err(|_| "holds no valid UTF-8".to_owned())?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    if text.is_empty() {
        return Err(Invalid::new(
            "holds nothing",
            "to clear the field use --set FIELD:=null",
        ));
    }
    Ok(text)
}

/// The shape that `--type` names; `auto` is `None`.
///
/// # Errors
/// The names that there are.
fn shape_named(name: &str) -> Result<Option<FieldType>, String> {
    if name == "auto" {
        return Ok(None);
    }
    field_types::by_name(name)
        .map(|entry| Some(entry.shape))
        .ok_or_else(|| {
            let names: Vec<_> = field_types::FIELD_TYPES
                .iter()
                .map(|entry| entry.name)
                .collect();
            names.join(" ")
        })
}
