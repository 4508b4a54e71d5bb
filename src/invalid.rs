//! Why a text is not what it was given for; knows no setting and no field.

use std::fmt;

/// What is wrong with a text, for a sentence that begins with its name, and one
/// thing to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    pub cause: String,
    pub hint: Option<String>,
}

impl Invalid {
    pub(crate) fn new(cause: impl Into<String>, hint: impl Into<String>) -> Self {
        Invalid {
            cause: cause.into(),
            hint: Some(hint.into()),
        }
    }
}

impl From<String> for Invalid {
    fn from(cause: String) -> Self {
        Invalid { cause, hint: None }
    }
}

impl From<&str> for Invalid {
    fn from(cause: &str) -> Self {
        Invalid::from(cause.to_owned())
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)?;
        self.hint.iter().try_for_each(|hint| write!(f, "; {hint}"))
    }
}
