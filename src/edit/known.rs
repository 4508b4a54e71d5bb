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
    /// By the texts as given, and without blanks around them.
    exact: HashMap<Cow<'t, str>, Matches>,
    /// In lower case, without blanks around it.
    folded: HashMap<String, Option<Match>>,
    lengths: Lengths,
    reach: Reach,
}

/// How many bytes the texts in both maps have; the last stands for all that are longer.
struct Lengths([bool; LONGEST]);

#[derive(Clone, Copy, Default)]
struct Matches {
    text: Option<Match>,
    /// Equal to a listed text but for the blanks around that.
    trimmed: Option<Match>,
    /// A value with this text as its id or key.
    name: Option<usize>,
}

/// The first that is listed, or the first that is not disabled of those with its text.
#[derive(Clone, Copy)]
struct Match {
    at: usize,
    /// True where another value has the same text.
    twins: bool,
    /// Others bear another text that is like it.
    several: bool,
}

#[derive(Clone, Copy)]
pub(super) struct Found<'k, 'a> {
    pub(super) allowed: &'k Allowed<'a>,
    /// Its text does not name it, or not it alone.
    pub(super) only_by_id: bool,
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
            lengths: Lengths([false; LONGEST]),
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
                    texts.for_each(|text| self.want(Cow::Owned(text)));
                }
                _ => self.want_pieces(text),
            },
            FieldType::Cascading => {
                self.want(Cow::Borrowed(text));
                pairs(text)
                    .chain(loose_pairs(text))
                    .for_each(|(parent, _)| self.want(Cow::Borrowed(parent)));
            }
            _ => {}
        }
    }

    fn want(&mut self, text: Cow<'t, str>) {
        let trimmed = match &text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        let folded = trimmed.to_lowercase();
        for text in [&folded, &*trimmed, &*text] {
            self.lengths.add(text);
        }
        self.folded.entry(folded).or_default();
        self.exact.entry(trimmed).or_default();
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
            rest = behind(rest, first);
        }
    }

    fn see(&mut self, one: Allowed<'a>) {
        let at = self.allowed.len();
        let mut wanted = false;
        let text = one.text.exact();
        let trimmed = text.trim();
        let may_be_wanted = self.lengths.may_hold(trimmed);
        let folded = may_be_wanted.then(|| trimmed.to_lowercase());
        // What is equal to a text is also like it.
        if let Some(alike) = folded.and_then(|folded| self.folded.get_mut(&folded)) {
            wanted |= Match::offer(alike, &self.allowed, &one);
            if let Some(matches) = self.exact.get_mut(text) {
                wanted |= Match::offer(&mut matches.text, &self.allowed, &one);
            }
            if let Some(matches) = self.exact.get_mut(trimmed) {
                wanted |= Match::offer(&mut matches.trimmed, &self.allowed, &one);
            }
        }
        let names = [&one.id, &one.key].into_iter().flatten();
        for name in names.filter(|name| self.lengths.may_hold(name.exact())) {
            if let Some(matches) = self.exact.get_mut(name.exact()) {
                wanted |= matches.name.is_none();
                matches.name.get_or_insert(at);
            }
        }
        if wanted {
            self.allowed.push(one);
        }
    }

    /// The listed value with this text, exactly, or else without the blanks around
    /// it, or else ignoring case. Two that are as like are not guessed between.
    fn text(&self, text: &str) -> Option<Found<'_, 'a>> {
        let trimmed = self.exact.get(text.trim())?;
        let one = |found: Match| (!found.several).then_some(found);
        let found = self
            .exact
            .get(text)
            .and_then(|exact| exact.text)
            .or(trimmed.text)
            .or_else(|| match trimmed.trimmed {
                Some(found) => one(found),
                None => one(self.folded.get(&text.trim().to_lowercase()).copied()??),
            })?;
        let allowed = self.allowed.get(found.at)?;
        let listed = allowed.text.exact();
        let only_by_id = allowed.only_by_id
            || found.twins
            || listed.trim() != listed
            || trimmed.trimmed.is_some_and(|found| found.several);
        Some(Found {
            allowed,
            only_by_id,
        })
    }

    /// The listed value with this text, or else this id or key.
    pub(super) fn find(&self, text: &str) -> Option<Found<'_, 'a>> {
        self.text(text).or_else(|| {
            let at = self.exact.get(text.trim())?.name?;
            Some(Found {
                allowed: self.allowed.get(at)?,
                only_by_id: false,
            })
        })
    }

    /// The value that was found by this id, because the id was given as its text.
    pub(super) fn given_by_id(&self, id: &str) -> Option<&Allowed<'a>> {
        let at = self.exact.get(id)?.name?;
        self.text(id).is_none().then(|| self.allowed.get(at))?
    }

    /// The longest beginning of the text, up to a separator, that Jira lists; else
    /// the beginning up to the first separator. And what follows.
    pub(super) fn next_piece<'b>(&self, text: &'b str) -> (&'b str, &'b str) {
        let ends: Vec<_> = self.reach.ends(text).collect();
        let listed = ends
            .iter()
            .rev()
            .find(|end| self.text(&text[..**end]).is_some());
        let end = listed.or(ends.first()).copied().unwrap_or(text.len());
        (&text[..end], behind(text, end))
    }
}

/// Spares the hashes of most options: few of a long list have a length that is wanted.
impl Lengths {
    fn add(&mut self, text: &str) {
        self.0[text.len().min(LONGEST - 1)] = true;
    }

    fn may_hold(&self, text: &str) -> bool {
        // Lower case may have another length, but not of ASCII.
        self.0[text.len().min(LONGEST - 1)] || !text.is_ascii()
    }
}

impl Match {
    /// True where the value is to be kept, as the next of those that are.
    fn offer(found: &mut Option<Match>, kept: &[Allowed<'_>], one: &Allowed<'_>) -> bool {
        let at = kept.len();
        let Some(found) = found else {
            *found = Some(Match {
                at,
                twins: false,
                several: false,
            });
            return true;
        };
        let Some(first) = kept.get(found.at) else {
            return false;
        };
        if first.text != one.text {
            found.several = true;
            return false;
        }
        found.twins = true;
        let better = first.disabled && !one.disabled;
        if better {
            found.at = at;
        }
        better
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
            // In another case a letter may take up to three times the bytes.
            reach.bytes = reach.bytes.max(3 * text.len());
        }
    });
    reach
}

pub(super) fn is_separator(c: char) -> bool {
    matches!(c, ',' | '\n' | '\r')
}

/// What follows a value and its separators. One blank behind a comma is part of
/// the separator.
fn behind(text: &str, end: usize) -> &str {
    let rest = text[end..].trim_start_matches(is_separator);
    match rest.strip_prefix(' ') {
        Some(inside) if text[..text.len() - rest.len()].ends_with(',') => inside,
        _ => rest,
    }
}

/// The ways to split a text into a parent and its child.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let splits = text
        .match_indices(CHILD)
        .map(|(at, _)| (&text[..at], &text[at + CHILD.len()..]));
    splits
        .enumerate()
        .take_while(|(at, (parent, _))| *at == 0 || parent.len() <= LONGEST)
        .map(|(_, split)| split)
}

/// Those by `->`, `>` and `/`, which are no separators unless Jira lists the parent.
pub(super) fn loose_pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices(['>', '/'])
        .take_while(|(at, _)| *at <= LONGEST)
        .flat_map(move |(at, separator)| {
            let before = &text[..at];
            let arrow = before.strip_suffix('-').filter(|_| separator == ">");
            let behind = &text[at + 1..];
            let child = behind.strip_prefix(' ').unwrap_or(behind);
            let parents = [arrow, Some(before)].into_iter().flatten();
            parents.map(move |parent| (parent.strip_suffix(' ').unwrap_or(parent), child))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn the_more_values_are_given_the_fewer_beginnings_of_each_are_looked_for() {
        let option = ["x"; 20].join(",");
        let allowed = serde_json::json!([{ "value": option }]).to_string();
        let values: Vec<_> = (0..20_000).map(|number| number.to_string()).collect();
        let text = values.join(",");
        let known = Known::of(
            &[(FieldType::Many(Item::Option), &text)],
            AllowedValues::new(allowed.as_bytes()),
        );
        let looked_for = known.exact.len();
        assert!(looked_for <= values.len() + MOST_BEGINNINGS, "{looked_for}");
    }

    #[test]
    fn a_text_of_any_length_is_found_in_any_case() {
        let long =
            [1, LONGEST - 2, LONGEST - 1, LONGEST, LONGEST + 1].map(|length| "x".repeat(length));
        // In lower case these have fewer bytes, or more.
        let changing = ["\u{212a}", "\u{130}", "\u{23a}b"].map(str::to_owned);
        each(long.into_iter().chain(changing), |text| {
            let allowed =
                serde_json::json!([{ "id": "1", "value": text }, { "id": text.repeat(2) }])
                    .to_string();
            for given in [
                &text,
                &text.to_uppercase(),
                &text.to_lowercase(),
                &text.repeat(2),
            ] {
                let texts = [(FieldType::One(Item::Option), given.as_str())];
                let known = Known::of(&texts, AllowedValues::new(allowed.as_bytes()));
                assert!(known.find(given).is_some(), "{given}");
            }
        });
    }
}
