//! Which fields are written, and with what.

use crate::config::parser::SettingsParser;
use crate::edit::assignment::{Assignment, FieldName, Operator, ValueMap};
use crate::edit::field_type::FieldType;
use crate::edit::field_types;
use crate::settings::{FIELD_ID, FIELD_TYPE, FIELD_VALUE, FIELDS, VALUE_MAP};
use std::collections::HashMap;

impl SettingsParser {
    /// Whether any field is given, or a value that lacks one.
    pub(super) fn names_fields(&self) -> bool {
        let main = [FIELD_ID, FIELD_VALUE];
        main.iter()
            .any(|setting| self.given.text(setting).is_some())
            || self.given.lines(FIELDS).is_some()
    }

    /// The field alone, where nothing says what to write into it.
    pub(super) fn field_without_value(&self) -> Option<&str> {
        let valued = self.given.lines(FIELDS).is_some() || self.given.text(FIELD_VALUE).is_some();
        self.given.text(FIELD_ID).filter(|_| !valued)
    }

    pub(super) fn assignments(&mut self) -> Option<Vec<Assignment>> {
        let before = self.errors.len();
        let mut assignments: Vec<Assignment> = self.further_assignments();
        let (field, value) = (self.owned(FIELD_ID), self.owned(FIELD_VALUE));
        let (shape, map) = (self.given.text(FIELD_TYPE), self.owned(VALUE_MAP));
        let shape = shape.map_or(Ok(None), |name| shape_named(name.trim()));
        let shape = shape.map_err(|what| self.error(FIELD_TYPE, what)).ok();
        let map = map.map_or(Ok(ValueMap::default()), |text| ValueMap::parse(&text));
        let map = map.map_err(|piece| {
            let what = format!("holds {piece:?}, which is no WORD=VALUE");
            self.error(VALUE_MAP, what);
        });
        match (field, value) {
            (Some(field), Some(value)) => {
                let (shape, map) = (shape.flatten(), map.unwrap_or_default());
                match main_assignment(&field, &value, shape, &map) {
                    Some(assignment) => assignments.insert(0, assignment),
                    None => self.error(FIELD_ID, "is blank"),
                }
            }
            (None, None) if !assignments.is_empty() => {}
            (None, value) => {
                self.missing(FIELD_ID, ": the field to write, such as customfield_10314");
                if value.is_none() {
                    self.missing(FIELD_VALUE, ": the value to write");
                }
            }
            (Some(field), None) => {
                let more = format!(" or empty; to clear the field use --set {field}:=null");
                self.missing(FIELD_VALUE, &more);
            }
        }
        self.refuse_twice(&assignments);
        (self.errors.len() == before).then_some(assignments)
    }

    /// One for each flag, or else for each line of the variable.
    fn further_assignments(&mut self) -> Vec<Assignment> {
        let lines = self.given.variable(FIELDS).unwrap_or_default().lines();
        // A field's name may begin with a blank.
        let lines = lines.map(str::trim_end).filter(|line| !line.is_empty());
        let texts: Vec<String> = match self.given.flag(FIELDS) {
            Some(flags) => flags.to_vec(),
            None => lines.map(str::to_owned).collect(),
        };
        let mut assignments = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            match Assignment::parse(text) {
                Ok(assignment) => assignments.push(assignment),
                Err(what) => {
                    self.error(format!("{FIELDS}, the {}. one,", at + 1), what);
                }
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
                self.error(
                    format!("{FIELD_ID}, {FIELDS}"),
                    format!("give {name} more than one value"),
                );
            }
        }
    }
}

/// `--field`, `--value`, `--type` and `--value-map`, as one assignment.
fn main_assignment(
    field: &str,
    value: &str,
    shape: Option<FieldType>,
    map: &ValueMap,
) -> Option<Assignment> {
    Some(Assignment {
        field: FieldName::parse(field)?,
        operator: Operator::Set,
        text: map.apply(value).to_owned(),
        shape,
        mapping: map.mapping(value),
    })
}

/// The shape that `--type` names; `auto` is `None`.
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
            format!("must be auto or one of {}, not {name:?}", names.join(" "))
        })
}
