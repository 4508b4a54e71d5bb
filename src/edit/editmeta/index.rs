//! Fields by their ids and by their names: a run may set hundreds of a site's thousands.

use crate::edit::editmeta::Field;
use std::collections::HashMap;

/// Finds fields without looking at each.
pub struct Index<'a> {
    by_id: HashMap<&'a str, &'a Field>,
    /// And whether others bear the same name.
    by_name: HashMap<&'a str, (&'a Field, bool)>,
}

/// Several fields bear the name.
#[derive(Debug)]
pub struct Ambiguous;

impl<'a> Index<'a> {
    /// Of these fields, the first of two with one id.
    pub fn of(fields: &'a [Field]) -> Self {
        let mut by_id = HashMap::with_capacity(fields.len());
        let mut by_name = HashMap::with_capacity(fields.len());
        for field in fields {
            by_id.entry(field.id.exact()).or_insert(field);
            by_name
                .entry(field.name.exact())
                .and_modify(|(_, several)| *several = true)
                .or_insert((field, false));
        }
        Index { by_id, by_name }
    }

    /// The field with this id.
    pub fn with_id(&self, id: &str) -> Option<&'a Field> {
        self.by_id.get(id).copied()
    }

    /// The field that bears exactly this name.
    ///
    /// # Errors
    /// Where several bear it.
    pub fn named(&self, name: &str) -> Result<Option<&'a Field>, Ambiguous> {
        match self.by_name.get(name) {
            Some((_, true)) => Err(Ambiguous),
            Some((field, false)) => Ok(Some(field)),
            None => Ok(None),
        }
    }
}
