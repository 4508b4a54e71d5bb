//! What a value would be if the field's own type made it.

use crate::edit::assignment::Assignment;
use crate::edit::field_type::FieldType;
use crate::edit::{Edit, EditContext};

/// The edit as the field's own type makes it of a text whose type was named.
/// JSON is what the person says it is.
pub(super) fn usual(context: &EditContext<'_>, assignments: &[Assignment]) -> Option<Edit> {
    let by_field = |assignment: &Assignment| {
        let shape = assignment.shape.filter(|shape| *shape == FieldType::Json);
        Assignment {
            shape,
            ..assignment.clone()
        }
    };
    context
        .plan(&assignments.iter().map(by_field).collect::<Vec<_>>())
        .ok()
}
