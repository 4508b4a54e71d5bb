//! Projects, issues and the stored form of values.

use serde_json::{Number, Value};
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub struct Project {
    pub id: String,
    /// Its key, `HSP`.
    pub key: String,
    pub name: String,
    /// Versions as pairs of id and name.
    pub versions: Vec<(String, String)>,
    /// Components as pairs of id and name.
    pub components: Vec<(String, String)>,
    /// Whether administrators alone may browse it.
    pub hidden: bool,
}

impl Project {
    /// A project that everyone who is logged in may browse.
    pub fn new(id: &str, key: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            key: key.to_owned(),
            name: name.to_owned(),
            versions: Vec::new(),
            components: Vec::new(),
            hidden: false,
        }
    }
}

#[derive(Debug, Clone)]
pub struct Issue {
    /// Its number, unique over the site.
    pub id: u64,
    /// Its key, `HSP-1`.
    pub key: String,
    /// The key of its project.
    pub project: String,
    /// The name of its type.
    pub issue_type: String,
    /// Names of users who may see but not edit it.
    pub read_only_for: Vec<String>,
    /// Whether the workflow forbids edits in its present status.
    pub closed: bool,
    /// Whether it is archived: still read, no longer edited.
    pub archived: bool,
    pub(crate) values: BTreeMap<String, Stored>,
}

/// A stored value: references by id or name, never the objects themselves.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stored {
    Text(String),
    Document(Value),
    Number(Number),
    Json(Value),
    One(String),
    Many(Vec<String>),
    Cascade(String, Option<String>),
}

impl Stored {
    /// The elements of a collection.
    pub(crate) fn elements(&self) -> &[String] {
        match self {
            Self::Many(elements) => elements,
            _ => &[],
        }
    }

    /// Whether it holds something; an empty collection or text reads back as null.
    pub(crate) fn is_something(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Many(elements) => !elements.is_empty(),
            _ => true,
        }
    }
}
