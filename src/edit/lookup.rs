//! Which field a person means, by its id or its name, and what to say where
//! that is none or several.

use crate::edit::assignment::FieldName;
use crate::edit::closest::comparable;
use crate::edit::editmeta::{Field, Index};
use crate::edit::{EditContext, list};
use crate::error::{Failure, Kind};

/// The fields of the edit metadata, then those of the field list, to be found
/// by their names.
pub struct Lookup<'a> {
    knowledge: EditContext<'a>,
    lists: Vec<Index<'a>>,
}

impl<'a> Lookup<'a> {
    pub(super) fn of(knowledge: EditContext<'a>) -> Self {
        let lists = [knowledge.editable, knowledge.all]
            .into_iter()
            .flatten()
            .map(Index::of)
            .collect();
        Lookup { knowledge, lists }
    }

    /// The field that is meant, in the edit metadata or else in the field list.
    ///
    /// # Errors
    /// A usage error for a name that several fields bear.
    pub fn field(&self, name: &FieldName) -> Result<Option<&'a Field>, Failure> {
        let FieldName::Named(name) = name else {
            return Ok(self.with_id(name.as_str()));
        };
        for index in &self.lists {
            if let Some(field) = index.with_id(name) {
                return Ok(Some(field));
            }
            if let Some(field) = index.named(name).map_err(|_| self.ambiguous(name))? {
                return Ok(Some(field));
            }
        }
        Ok(None)
    }

    /// The field with this id.
    pub fn with_id(&self, id: &str) -> Option<&'a Field> {
        self.lists.iter().find_map(|index| index.with_id(id))
    }

    fn ambiguous(&self, name: &str) -> Failure {
        let lists = [self.knowledge.editable, self.knowledge.all]
            .into_iter()
            .flatten();
        let bearers = |fields: &'a [Field]| {
            fields
                .iter()
                .filter(|field| field.name == name)
                .collect::<Vec<_>>()
        };
        let several = lists
            .map(bearers)
            .find(|fields| fields.len() > 1)
            .unwrap_or_default();
        let ids = list(
            several
                .iter()
                .map(|field| field.id.name(self.knowledge.redactor)),
        );
        Failure::new(
            Kind::Usage,
            format!("several fields are named {name:?}: {ids}"),
        )
        .hint("give the id of the one that is meant")
    }

    pub(super) fn unknown(&self, name: &str) -> Failure {
        let known = [self.knowledge.editable, self.knowledge.all]
            .into_iter()
            .flatten()
            .flatten();
        let wanted = comparable(name);
        let likeness =
            |field: &Field| strsim::jaro_winkler(&comparable(field.name.exact()), &wanted);
        let closest = known
            .map(|field| (likeness(field), field))
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        let failure = Failure::new(
            Kind::FieldNotEditable,
            format!("no field is named {name:?}"),
        );
        match closest {
            Some((likeness, field)) if likeness > 0.7 => {
                let redactor = self.knowledge.redactor;
                let (name, id) = (field.name.name(redactor), field.id.name(redactor));
                failure.hint(format!("did you mean {:?} ({id})?", name.as_str()))
            }
            _ => failure.hint("give the field's id, customfield_N, or its exact name"),
        }
    }
}
