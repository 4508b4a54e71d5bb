//! Which field a person means, by its id or its name, and what to say where
//! that is none or several.

use crate::edit::assignment::FieldName;
use crate::edit::closest::comparable;
use crate::edit::editmeta::{Ambiguous, Field, Index};
use crate::edit::{EditContext, describe, list};
use crate::error::{Failure, Kind};

/// The fields of the edit metadata, then those of the field list, to be found
/// by their names.
pub(crate) struct Lookup<'a> {
    context: EditContext<'a>,
    lists: Vec<Index<'a>>,
}

impl<'a> Lookup<'a> {
    pub(super) fn of(context: EditContext<'a>) -> Self {
        let lists = [context.editable, context.all]
            .into_iter()
            .flatten()
            .map(Index::of)
            .collect();
        Lookup { context, lists }
    }

    /// The field that is meant, in the edit metadata or else in the field list.
    ///
    /// # Errors
    /// A usage error for a name that several fields bear.
    pub(crate) fn field(&self, name: &FieldName) -> Result<Option<&'a Field>, Failure> {
        let FieldName::Named(name) = name else {
            return Ok(self.with_id(name.as_str()));
        };
        for index in &self.lists {
            if let Some(field) = index.with_id(name.trim()) {
                return Ok(Some(field));
            }
            let named = index.named(name);
            if let Some(field) = named.map_err(|several| self.ambiguous(name, &several))? {
                // The edit metadata says more of a field that only the list calls so.
                return Ok(self.with_id(field.id.exact()).or(Some(field)));
            }
        }
        Ok(None)
    }

    pub(crate) fn with_id(&self, id: &str) -> Option<&'a Field> {
        self.lists.iter().find_map(|index| index.with_id(id))
    }

    fn ambiguous(&self, name: &str, Ambiguous(several): &Ambiguous<'_>) -> Failure {
        let ids = list(
            several
                .iter()
                .map(|field| field.id.name(self.context.redactor)),
        );
        Failure::new(
            Kind::Usage,
            format!("several fields are named {name:?}: {ids}"),
        )
        .hint("give the id of the one that is meant")
    }

    pub(super) fn unknown(&self, name: &str) -> Failure {
        let failure = Failure::new(
            Kind::FieldNotEditable,
            format!("no field is named {name:?}"),
        );
        if let Some(id) = misspelt_id(name) {
            let called = describe(&id, self.with_id(&id), self.context.redactor);
            return failure.hint(format!("did you mean {called}?"));
        }
        let known = [self.context.editable, self.context.all]
            .into_iter()
            .flatten()
            .flatten();
        let wanted = comparable(name);
        let likeness =
            |field: &Field| strsim::jaro_winkler(&comparable(field.name.exact()), &wanted);
        let closest = known
            .map(|field| (likeness(field), field))
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        match closest {
            Some((likeness, field)) if likeness > 0.7 => {
                let redactor = self.context.redactor;
                let (name, id) = (field.name.name(redactor), field.id.name(redactor));
                failure.hint(format!("did you mean {:?} ({id})?", name.as_str()))
            }
            _ => failure.hint("give the field's id, customfield_N, or its exact name"),
        }
    }
}

/// The id that `customfiled_10314` or `customfield 10314` was meant to be.
fn misspelt_id(name: &str) -> Option<String> {
    let name = name.trim();
    let (word, number) = name.split_at(name.trim_end_matches(|c: char| c.is_ascii_digit()).len());
    let word = comparable(word.trim_end_matches(|c: char| !c.is_alphanumeric()));
    let alike = strsim::jaro_winkler(&word, "customfield") > 0.85;
    (alike && !number.is_empty()).then(|| format!("customfield_{number}"))
}
