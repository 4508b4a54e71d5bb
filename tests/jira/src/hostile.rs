//! Names that a CI system's runner, a terminal or a web page would take for a
//! command.
//!
//! | Id | Name | Type | Options |
//! |---|---|---|---|
//! | `customfield_10400` | [`NAME`] | select | 10410 [`NAME`], 10411 `::error::option`, 10412 [`MARKUP`] |
//! | [`ID`] | Odd id | multiselect | 10420 Passed, 10421 [`NAME`] |
//! | `customfield_10401` | Endless | select | from 10500 on, forty of ten thousand characters, the last one's first word is Last |

use crate::field::Field;
use crate::field_type::FieldType as T;

/// A line each for GitHub's runner, for Azure's agent and for TeamCity, then a
/// terminal's commands and marks that turn the reading direction.
pub const NAME: &str = "Passed\n::add-mask::a\r\n  ::stop-commands::x\r::error::y\n##vso[task.complete result=Failed]z \
    ##[command]c ##teamcity[d]\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{202e}drow\u{2066}\u{200f}\u{feff}\u{85}::warning::n\
    \u{2028}::notice::o";

/// Markup for a page.
pub const MARKUP: &str = "| <img src=x> [a](http://b) `c` www.d.example";

pub const ID: &str = "1\n::error::id\u{1b}[2J\u{202e}##[error]";

pub(crate) fn fields() -> Vec<Field> {
    let long: Vec<_> = (0..40)
        .map(|number| {
            format!(
                "{} {number} {}",
                if number < 39 { "Stage" } else { "Last" },
                "x".repeat(10_000)
            )
        })
        .collect();
    let long: Vec<_> = long.iter().map(String::as_str).collect();
    vec![
        Field::new("customfield_10400", NAME, T::Select)
            .options(10410, &[NAME, "::error::option", MARKUP]),
        Field::new(ID, "Odd id", T::MultiSelect).options(10420, &["Passed", NAME]),
        Field::new("customfield_10401", "Endless", T::Select).options(10500, &long),
    ]
}
