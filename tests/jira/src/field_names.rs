//! The names by which a world file knows the types of fields.

use crate::app_field::AppField as A;
use crate::field_type::FieldType as T;

const CUSTOM: [T; 42] = [
    T::Select,
    T::RadioButtons,
    T::MultiSelect,
    T::MultiCheckboxes,
    T::CascadingSelect,
    T::TextField,
    T::TextArea,
    T::Float,
    T::DatePicker,
    T::TargetStart,
    T::DateTime,
    T::Url,
    T::Labels,
    T::UserPicker,
    T::MultiUserPicker,
    T::GroupPicker,
    T::MultiGroupPicker,
    T::Version,
    T::MultiVersion,
    T::Project,
    T::ReadOnly,
    T::ImportId,
    T::Sprint,
    T::EpicLink,
    T::EpicLabel,
    T::EpicColor,
    T::EpicStatus,
    T::StoryPoints,
    T::Team,
    T::Scripted,
    T::App(A::Organizations),
    T::App(A::RequestType),
    T::App(A::RequestLanguage),
    T::App(A::Services),
    T::App(A::CloudAssets),
    T::App(A::Assets),
    T::App(A::XrayTests),
    T::App(A::TempoAccount),
    T::App(A::CloudTempoAccount),
    T::App(A::Checklist),
    T::App(A::IconSelect),
    T::App(A::Interval),
];

const SYSTEM: [(&str, T); 18] = [
    ("summary", T::Summary),
    ("description", T::Description),
    ("environment", T::Environment),
    ("labels", T::SystemLabels),
    ("fixVersions", T::FixVersions),
    ("versions", T::AffectsVersions),
    ("components", T::Components),
    ("duedate", T::DueDate),
    ("assignee", T::Assignee),
    ("reporter", T::Reporter),
    ("priority", T::Priority),
    ("comment", T::App(A::Comment)),
    ("worklog", T::App(A::Worklog)),
    ("issuelinks", T::App(A::IssueLinks)),
    ("attachment", T::App(A::Attachment)),
    ("timetracking", T::App(A::TimeTracking)),
    ("issuetype", T::App(A::IssueType)),
    ("parent", T::App(A::Parent)),
];

impl T {
    /// What follows the app's key in `schema.custom`; none for a system field.
    pub fn short_name(self) -> Option<String> {
        let custom = self.custom()?;
        Some(custom.rsplit(':').next().unwrap_or(&custom).to_owned())
    }

    /// The types of custom fields that a world file can have.
    pub fn custom_types() -> impl Iterator<Item = T> {
        CUSTOM.into_iter()
    }

    /// The type of a system field.
    pub(crate) fn of_system_field(id: &str) -> Option<T> {
        let mut fields = SYSTEM.iter();
        fields
            .find(|(known, _)| *known == id)
            .map(|(_, kind)| *kind)
    }

    /// The type of a custom field, by its short name or all of `schema.custom`.
    pub(crate) fn named(name: &str) -> Option<T> {
        CUSTOM.into_iter().find(|kind| {
            kind.short_name().as_deref() == Some(name) || kind.custom().as_deref() == Some(name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_found_by_its_names() {
        for kind in T::custom_types() {
            let (short, whole) = (kind.short_name().unwrap(), kind.custom().unwrap());
            assert_eq!(T::named(&short), Some(kind), "{short}");
            assert_eq!(T::named(&whole), Some(kind), "{whole}");
        }
    }
}
