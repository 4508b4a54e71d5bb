//! Fields by their ids and by their names: a run may set hundreds of a site's thousands.

use crate::edit::editmeta::Field;
use crate::redact::outside::Outside;
use std::cell::OnceCell;
use std::collections::HashMap;

/// Finds fields without looking at each.
pub(crate) struct Index<'a> {
    fields: &'a [Field],
    by_id: HashMap<&'a str, &'a Field>,
    by_name: HashMap<&'a str, Bearer<'a>>,
    /// Made for the first name that nobody bears exactly.
    likenesses: OnceCell<Likenesses<'a>>,
}

/// And whether others bear the same name.
type Bearer<'a> = (&'a Field, bool);

#[derive(Default)]
struct Likenesses<'a> {
    /// By the names on an English site, and by the keys of apps.
    other: HashMap<&'a str, Bearer<'a>>,
    /// Names and keys without the blanks around them.
    trimmed: HashMap<&'a str, Bearer<'a>>,
    /// The trimmed ones in lower case.
    folded: HashMap<String, Bearer<'a>>,
}

#[derive(Debug)]
pub(crate) struct Ambiguous<'a>(pub Vec<&'a Field>);

impl<'a> Index<'a> {
    /// Of these fields, the first of two with one id.
    pub(crate) fn of(fields: &'a [Field]) -> Self {
        let mut by_id = HashMap::with_capacity(fields.len());
        let mut by_name = HashMap::with_capacity(fields.len());
        for field in fields {
            by_id.entry(field.id.exact()).or_insert(field);
            bear(&mut by_name, field.name.exact(), field);
        }
        Index {
            fields,
            by_id,
            by_name,
            likenesses: OnceCell::new(),
        }
    }

    pub(crate) fn with_id(&self, id: &str) -> Option<&'a Field> {
        self.by_id.get(id).copied()
    }

    /// The field that bears this name exactly; or else without the blanks around
    /// it, as its English name or its key, or ignoring case.
    ///
    /// # Errors
    /// Where several are as like.
    pub(crate) fn named(&self, name: &str) -> Result<Option<&'a Field>, Ambiguous<'a>> {
        let exact = self.by_name.get(name);
        let trimmed = name.trim();
        if let Some(bearer) = exact.or_else(|| self.by_name.get(trimmed)) {
            let name = bearer.0.name.exact();
            return self.only(*bearer, |field| field.name.exact() == name);
        }
        let like = self.likenesses.get_or_init(|| Likenesses::of(self.fields));
        if let Some(bearer) = like.other.get(trimmed) {
            return self.only(*bearer, |field| others(field).any(|other| other == trimmed));
        }
        if let Some(bearer) = like.trimmed.get(trimmed) {
            return self.only(*bearer, |field| field.name.exact().trim() == trimmed);
        }
        let folded = trimmed.to_lowercase();
        match like.folded.get(&folded) {
            Some(bearer) => self.only(*bearer, |field| fold(field) == folded),
            None => Ok(None),
        }
    }

    fn only(
        &self,
        (field, several): Bearer<'a>,
        is_like: impl Fn(&Field) -> bool,
    ) -> Result<Option<&'a Field>, Ambiguous<'a>> {
        if !several {
            return Ok(Some(field));
        }
        let bearers = self.fields.iter().filter(|field| is_like(field));
        Err(Ambiguous(bearers.collect()))
    }
}

impl<'a> Likenesses<'a> {
    fn of(fields: &'a [Field]) -> Self {
        let mut like = Likenesses::default();
        for field in fields {
            bear(&mut like.trimmed, field.name.exact().trim(), field);
            bear(&mut like.folded, fold(field), field);
            for other in others(field) {
                bear(&mut like.other, other, field);
            }
        }
        like
    }
}

fn others(field: &Field) -> impl Iterator<Item = &str> {
    let other = |text: &&str| !text.is_empty();
    let key = field.key.as_ref().map(Outside::exact);
    let english = field.untranslated_name.as_ref().map(Outside::exact);
    let english = english.filter(|name| key != Some(*name));
    english.into_iter().chain(key).filter(other)
}

fn fold(field: &Field) -> String {
    field.name.exact().trim().to_lowercase()
}

fn bear<'a, K: std::hash::Hash + Eq>(
    bearers: &mut HashMap<K, Bearer<'a>>,
    name: K,
    field: &'a Field,
) {
    bearers
        .entry(name)
        .and_modify(|(_, several)| *several = true)
        .or_insert((field, false));
}
