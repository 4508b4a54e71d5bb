//! The values that a field allows, for a message: the likest to what was given
//! first. However many and long they are, each is looked at once.

use crate::edit::editmeta::{Allowed, Field};
use crate::redact::Redactor;
use crate::redact::outside::{CleanText, FURTHEST_NAME, Outside, OutsideIn};

/// A message lists so many allowed values.
pub(super) const LISTED: usize = 12;
/// So much of a value, in bytes, is kept for a message: more than is looked at,
/// so that it shows where a value was cut.
const KEPT: usize = FURTHEST_NAME + 4;
/// So many characters tell whether two texts are alike.
const COMPARED: usize = 64;

/// ` allows: Passed, "Passed, with warnings"`, the closest to the text first;
/// nothing for a field that lists none.
pub fn allowed_values(field: &Field, text: &str, redactor: &Redactor) -> String {
    let mut closest = Closest {
        text: comparable(text),
        found: Vec::new(),
        count: 0,
    };
    field.allowed().each(|allowed| {
        if !allowed.disabled {
            closest.offer(None, name(&allowed));
            allowed
                .children
                .each(|child| closest.offer(Some(name(&allowed)), name(&child)));
        }
    });
    if closest.count == 0 {
        return String::new();
    }
    let suggestion = closest
        .found
        .first()
        .filter(|(likeness, value)| *likeness > 0.8 && *value != text);
    let suggestion =
        suggestion.map(|(_, value)| format!("; did you mean {:?}?", value.name(redactor).as_str()));
    let suggestion = suggestion.unwrap_or_default();
    let more = closest.count.saturating_sub(LISTED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let one = |value: &Outside| {
        let text: CleanText = value.name(redactor);
        let blank = value.exact().trim() != value.exact();
        if blank || text.as_str().contains(',') {
            format!("{:?}", text.as_str())
        } else {
            text.to_string()
        }
    };
    let values: Vec<_> = closest.found.iter().map(|(_, value)| one(value)).collect();
    format!(" allows: {}{more}{suggestion}", values.join(", "))
}

/// The values most like a text, the likest first, in Jira's order where they
/// are as like; and how many there are.
struct Closest {
    text: String,
    found: Vec<(f64, Outside)>,
    count: usize,
}

impl Closest {
    fn offer(&mut self, parent: Option<&OutsideIn<'_>>, name: &OutsideIn<'_>) {
        self.count += 1;
        let value = match parent {
            Some(parent) => [cut(parent.exact()), " > ", cut(name.exact())].concat(),
            None => cut(name.exact()).to_owned(),
        };
        let likeness = strsim::jaro_winkler(&comparable(&value), &self.text);
        let at = self.found.partition_point(|(other, _)| *other >= likeness);
        if at < LISTED {
            self.found.insert(at, (likeness, value.into()));
            self.found.truncate(LISTED);
        }
    }
}

pub(super) fn comparable(text: &str) -> String {
    text.chars()
        .take(COMPARED)
        .flat_map(char::to_lowercase)
        .collect()
}

/// As much of it as a message may need.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(KEPT)]
}

fn name<'b, 'a>(allowed: &'b Allowed<'a>) -> &'b OutsideIn<'a> {
    allowed
        .key
        .as_ref()
        .filter(|_| allowed.text.is_empty())
        .unwrap_or(&allowed.text)
}
