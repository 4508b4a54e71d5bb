//! Which of the texts that a person gives Jira lists as a field's values: all
//! of them found in one reading of the list, so that many values of a field
//! with many options take no longer than both.

use crate::edit::editmeta::{Allowed, AllowedValues};
use crate::edit::field_type::{FieldType, Item, object_or_array};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// No option that holds a separator is longer: Jira keeps at most 255 characters.
const LONGEST: usize = 4 * 255;
/// Beginnings that are looked for beside the pieces themselves, in all.
const MOST_BEGINNINGS: usize = 1 << 17;

pub(super) const CHILD: &str = " > ";

/// What Jira lists of the texts that one field was given.
pub struct Known<'t, 'a> {
    allowed: Vec<Allowed<'a>>,
    exact: HashMap<Cow<'t, str>, Matches>,
    /// In lower case, without blanks around it: the first that is listed, and
    /// whether others are.
    folded: HashMap<String, Option<(usize, bool)>>,
    reach: Reach,
}

#[derive(Clone, Copy, Default)]
struct Matches {
    text: Option<usize>,
    /// By id or key.
    name: Option<usize>,
}

/// How far an option that holds separators may go on.
#[derive(Clone, Copy, Default)]
struct Reach {
    separators: usize,
    bytes: usize,
}

impl<'t, 'a> Known<'t, 'a> {
    /// Looks for what texts of these shapes may mean.
    pub fn of(texts: &[(FieldType, &'t str)], allowed: AllowedValues<'a>) -> Self {
        let mut known = Known {
            allowed: vec![],
            exact: HashMap::new(),
            folded: HashMap::new(),
            reach: Reach::default(),
        };
        if allowed.is_empty() {
            return known;
        }
        let separators: usize = texts
            .iter()
            .map(|(_, text)| text.matches(is_separator).count())
            .sum();
        if separators > 0
            && texts
                .iter()
                .any(|(shape, _)| matches!(shape, FieldType::Many(_)))
        {
            known.reach = reach(allowed, MOST_BEGINNINGS / separators);
        }
        for (shape, text) in texts {
            known.want_all(*shape, text);
        }
        if !known.exact.is_empty() {
            allowed.each(|one| known.see(one));
        }
        known
    }

    fn want_all(&mut self, shape: FieldType, text: &'t str) {
        match shape {
            FieldType::One(_) => self.want(Cow::Borrowed(text)),
            FieldType::Many(Item::Label) => {}
            FieldType::Many(_) => match object_or_array(text) {
                Some(Value::Array(elements)) => {
                    let texts = elements
                        .into_iter()
                        .filter_map(|element| element.as_str().map(str::to_owned));
                    texts.for_each(|text| self.want(Cow::Owned(text.trim().to_owned())));
                }
                _ => self.want_pieces(text.trim()),
            },
            FieldType::Cascading => {
                self.want(Cow::Borrowed(text));
                parents(text).for_each(|(parent, _)| self.want(Cow::Borrowed(parent)));
            }
            _ => {}
        }
    }

    fn want(&mut self, text: Cow<'t, str>) {
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            owned => owned,
        };
        self.folded.entry(text.to_lowercase()).or_default();
        self.exact.entry(text).or_default();
    }

    fn want_pieces(&mut self, text: &'t str) {
        let mut rest = text;
        while !rest.is_empty() {
            let mut first = rest.len();
            for (at, end) in self.reach.ends(rest).enumerate() {
                first = if at == 0 { end } else { first };
                self.want(Cow::Borrowed(&rest[..end]));
            }
            rest = rest[first..].trim_start_matches(is_separator);
        }
    }

    fn see(&mut self, one: Allowed<'a>) {
        let at = self.allowed.len();
        let mut wanted = false;
        if let Some(matches) = self.exact.get_mut(one.text.exact()) {
            wanted |= matches.text.is_none();
            matches.text.get_or_insert(at);
        }
        if let Some(alike) = self
            .folded
            .get_mut(one.text.exact().trim().to_lowercase().as_str())
        {
            wanted |= alike.is_none();
            *alike = Some(alike.map_or((at, false), |(first, _)| (first, true)));
        }
        for name in [&one.id, &one.key].into_iter().flatten() {
            if let Some(matches) = self.exact.get_mut(name.exact()) {
                wanted |= matches.name.is_none();
                matches.name.get_or_insert(at);
            }
        }
        if wanted {
            self.allowed.push(one);
        }
    }

    /// The listed value with this text, exactly or else ignoring case. Two that
    /// differ only in case are not guessed between.
    fn text(&self, text: &str) -> Option<&Allowed<'a>> {
        let at = self.exact.get(text)?.text.or_else(|| {
            let (first, several) = self.folded.get(&text.to_lowercase()).copied().flatten()?;
            (!several).then_some(first)
        });
        self.allowed.get(at?)
    }

    /// The listed value with this text, or else this id or key.
    pub(super) fn find(&self, text: &str) -> Option<&Allowed<'a>> {
        self.text(text)
            .or_else(|| self.allowed.get(self.exact.get(text)?.name?))
    }

    /// The longest beginning of the text, up to a separator, that Jira lists; else
    /// the beginning up to the first separator. And what follows.
    pub(super) fn next_piece<'b>(&self, text: &'b str) -> (&'b str, &'b str) {
        let ends: Vec<_> = self.reach.ends(text).collect();
        let listed = ends
            .iter()
            .rev()
            .find(|end| self.text(text[..**end].trim()).is_some());
        let end = listed.or(ends.first()).copied().unwrap_or(text.len());
        (
            text[..end].trim(),
            text[end..].trim_start_matches(is_separator),
        )
    }
}

impl Reach {
    /// Where a value that begins the text may end: at the first separator, and
    /// behind it as far as options go.
    fn ends(self, text: &str) -> impl Iterator<Item = usize> {
        let ends = text
            .match_indices(is_separator)
            .map(|(at, _)| at)
            .chain([text.len()]);
        let fits =
            move |(at, end): &(usize, usize)| *at == 0 || text[..*end].trim().len() <= self.bytes;
        ends.take(self.separators + 1)
            .enumerate()
            .take_while(fits)
            .map(|(_, end)| end)
    }
}

fn reach(allowed: AllowedValues<'_>, most: usize) -> Reach {
    let mut reach = Reach::default();
    allowed.each(|one| {
        let text = one.text.exact();
        let separators = if text.len() > LONGEST {
            0
        } else {
            text.matches(is_separator).count()
        };
        if separators > 0 {
            reach.separators = reach.separators.max(separators).min(most);
            // In another case a letter may take more bytes.
            reach.bytes = reach.bytes.max(2 * text.len());
        }
    });
    reach
}

pub(super) fn is_separator(c: char) -> bool {
    matches!(c, ',' | '\n' | '\r')
}

/// The ways to split a text into a parent and its child.
pub(super) fn parents(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let splits = text
        .match_indices(CHILD)
        .map(|(at, _)| (text[..at].trim(), text[at + CHILD.len()..].trim()));
    splits
        .enumerate()
        .take_while(|(at, (parent, _))| *at == 0 || parent.len() <= LONGEST)
        .map(|(_, split)| split)
}
