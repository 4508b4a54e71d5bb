//! A field and its value as the person gave them; knows neither Jira's metadata
//! nor the JSON that goes out.

use crate::edit::field_type::FieldType;
use crate::edit::system_fields::SystemField;
use crate::invalid::Invalid;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldName {
    /// An id that can be sent as it is.
    Id(String),
    /// A name that Jira must resolve.
    Named(String),
}

/// Ids of system fields that an edit can name. Anything else that is no
/// `customfield_N` is taken for a name.
const SYSTEM_FIELDS: [&str; 16] = [
    "assignee",
    "comment",
    "components",
    "description",
    "duedate",
    "environment",
    "fixVersions",
    "issuelinks",
    "issuetype",
    "labels",
    "parent",
    "priority",
    "reporter",
    "security",
    "summary",
    "versions",
];

impl FieldName {
    /// `customfield_10314`, `10314`, `cf[10314]`, a system field's id, or a name.
    pub fn parse(text: &str) -> Option<Self> {
        let id = text.trim();
        let in_jql = || id.strip_prefix("cf[")?.strip_suffix(']');
        let number = id.strip_prefix("customfield_").or_else(in_jql);
        let number = number.unwrap_or(id);
        if id.is_empty() {
            None
        } else if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
            Some(FieldName::Id(format!("customfield_{number}")))
        } else if SYSTEM_FIELDS.contains(&id) || id == "timetracking" {
            Some(FieldName::Id(id.to_owned()))
        } else {
            // Names may begin or end with a blank.
            Some(FieldName::Named(text.to_owned()))
        }
    }

    /// As the person wrote it, or nearly.
    pub fn as_str(&self) -> &str {
        match self {
            FieldName::Id(text) | FieldName::Named(text) => text,
        }
    }
}

/// What is to happen to the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`: the text becomes the field's value, in the shape that Jira wants.
    Set,
    /// `:=`: the text is JSON and goes out as it is.
    SetJson,
    /// `+=`: each element of the text is added to what the field holds.
    Add,
    /// `-=`: each element of the text is removed from what the field holds.
    Remove,
}

/// One field, what happens to it, and the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub field: FieldName,
    pub operator: Operator,
    pub text: String,
    /// The shape when the person named it; `None` asks Jira.
    pub shape: Option<FieldType>,
    pub mapping: Mapping,
}

/// Where the text comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mapping {
    /// There is no value map.
    #[default]
    Absent,
    /// The map says nothing of the text.
    NoEntry,
    /// The map made it of this one.
    From(String),
}

const COMMENT: FieldType = FieldType::System(SystemField::CommentText);

impl Assignment {
    /// A comment that is added, whatever its text looks like.
    pub fn comment(text: String) -> Self {
        Assignment {
            field: FieldName::Id("comment".to_owned()),
            operator: Operator::Add,
            text,
            shape: Some(COMMENT),
            mapping: Mapping::Absent,
        }
    }

    /// Whether it was made by [`Assignment::comment`].
    pub fn is_comment(&self) -> bool {
        self.shape == Some(COMMENT)
    }

    /// Reads `FIELD=TEXT`, `FIELD:=JSON`, `FIELD+=TEXT` or `FIELD-=TEXT`. The first
    /// operator in the text splits it.
    ///
    /// # Errors
    /// Says what is missing. The text after the operator is never part of the message.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let Some(equals) = text.find('=') else {
            return Err(Invalid::new(
                "holds no operator",
                "write FIELD=TEXT, FIELD:=JSON, FIELD+=TEXT or FIELD-=TEXT",
            ));
        };
        let (name, operator) = match text[..equals].chars().next_back() {
            Some(':') => (&text[..equals - 1], Operator::SetJson),
            Some('+') => (&text[..equals - 1], Operator::Add),
            Some('-') => (&text[..equals - 1], Operator::Remove),
            _ => (&text[..equals], Operator::Set),
        };
        let value = &text[equals + 1..];
        let field = FieldName::parse(name).ok_or("names no field before its operator")?;
        if value.is_empty() {
            let name = field.as_str();
            return Err(Invalid::new(
                format!("gives {name} no value"),
                format!("write {name}:=null to clear the field"),
            ));
        }
        Ok(Assignment {
            field,
            operator,
            text: value.to_owned(),
            shape: None,
            mapping: Mapping::Absent,
        })
    }
}

/// Translates a build system's words into the field's: `success=Passed,
/// failure=Failed, *=Unknown`. A word without a value writes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValueMap(Vec<(String, Option<String>)>);

impl ValueMap {
    /// Pairs separated by commas, or by lines when the text holds a line end, so
    /// that a value may hold a comma.
    ///
    /// # Errors
    /// Returns the piece that is no `WORD=VALUE`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = text.trim().contains(['\n', '\r']);
        let pieces = text.split(move |c| {
            if lines {
                matches!(c, '\n' | '\r')
            } else {
                c == ','
            }
        });
        let mut pairs = Vec::new();
        for piece in pieces.map(str::trim).filter(|piece| !piece.is_empty()) {
            match piece.split_once('=') {
                Some((word, value)) if !word.trim().is_empty() => {
                    let value = Some(value.trim()).filter(|value| !value.is_empty());
                    pairs.push((word.trim().to_lowercase(), value.map(str::to_owned)));
                }
                _ => return Err(piece.to_owned()),
            }
        }
        Ok(ValueMap(pairs))
    }

    /// Every word and value.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let pairs = self.0.iter();
        pairs.flat_map(|(word, value)| {
            [Some(word.as_str()), value.as_deref()]
                .into_iter()
                .flatten()
        })
    }

    /// The value for a word, or the word itself where the map neither lists it nor
    /// has a `*`; `None` where nothing is to be written.
    pub fn apply<'a>(&'a self, word: &'a str) -> Option<&'a str> {
        self.find(word).unwrap_or(Some(word))
    }

    /// What it makes of a word.
    pub(crate) fn mapping(&self, word: &str) -> Mapping {
        match self.find(word) {
            Some(_) => Mapping::From(word.to_owned()),
            None if self.0.is_empty() => Mapping::Absent,
            None => Mapping::NoEntry,
        }
    }

    /// The value of the entry for a word; the inner `None` is an entry without a value.
    fn find(&self, word: &str) -> Option<Option<&str>> {
        let lower = word.trim().to_lowercase();
        let find = |key: &str| self.0.iter().find(|(listed, _)| listed == key);
        let found = find(&lower).or_else(|| find("*"))?;
        Some(found.1.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn ids_numbers_and_system_fields_need_no_look_up_and_names_do() {
        let rows = [
            (
                "customfield_10314",
                FieldName::Id("customfield_10314".into()),
            ),
            ("10314", FieldName::Id("customfield_10314".into())),
            (" cf[10314] ", FieldName::Id("customfield_10314".into())),
            ("cf[x]", FieldName::Named("cf[x]".into())),
            ("Country ", FieldName::Named("Country ".into())),
            ("fixVersions", FieldName::Id("fixVersions".into())),
            ("Build status", FieldName::Named("Build status".into())),
            ("customfield_x", FieldName::Named("customfield_x".into())),
        ];
        each(rows, |(text, field)| {
            assert_eq!(FieldName::parse(text), Some(field));
        });
        assert_eq!(FieldName::parse("  "), None);
    }

    #[test]
    fn the_first_operator_splits() {
        let rows = [
            ("10314=a=b", "customfield_10314", Operator::Set, "a=b"),
            ("labels+=a-=b", "labels", Operator::Add, "a-=b"),
            ("labels-=a", "labels", Operator::Remove, "a"),
            (
                "Build status:={\"value\":\"x\"}",
                "Build status",
                Operator::SetJson,
                "{\"value\":\"x\"}",
            ),
            ("Build: status=x", "Build: status", Operator::Set, "x"),
        ];
        each(rows, |(text, field, operator, value)| {
            let read = Assignment::parse(text).unwrap();
            assert_eq!(
                (read.field.as_str(), read.operator, read.text.as_str()),
                (field, operator, value)
            );
        });
        each(["labels", "=x", ":=null", "labels="], |text| {
            assert!(Assignment::parse(text).is_err(), "{text}");
        });
    }

    #[test]
    fn a_value_map_ignores_case_and_leaves_unlisted_words_alone() {
        let map = ValueMap::parse("success=Passed, FAILURE = Failed,").unwrap();
        assert_eq!(map.apply("SUCCESS"), Some("Passed"));
        assert_eq!(map.apply("failure"), Some("Failed"));
        assert_eq!(map.apply("aborted"), Some("aborted"));
        let map = ValueMap::parse("success=Passed, at last\n*=Unknown\naborted=\n").unwrap();
        assert_eq!(map.apply("success"), Some("Passed, at last"));
        assert_eq!(map.apply("failure"), Some("Unknown"));
        assert_eq!(map.apply("Aborted"), None);
        each(["success", "=Passed", "="], |piece| {
            assert_eq!(
                ValueMap::parse(&format!("a=b, {piece} ,")),
                Err(piece.to_owned())
            );
        });
    }
}
