//! What is said of certificate and key files that cannot be used.

use crate::error::{Failure, Kind};
use crate::named_file;
use crate::settings::Setting;
use std::path::Path;

/// Says which setting names a file that cannot be read.
pub(super) fn unreadable(setting: &Setting, error: &std::io::Error) -> Failure {
    Failure::new(
        Kind::Usage,
        format!(
            "{setting} {}",
            named_file::unreadable(setting.variable, error)
        ),
    )
}

/// Says which setting names a file that cannot be used, and what it takes.
pub(super) fn unusable(setting: &Setting, what: &str, path: &Path, takes: &str) -> Failure {
    Failure::new(Kind::Usage, format!("{setting} {what}: {}", path.display()))
        .hint(format!("it takes {takes}"))
}
