//! What is said of a file that a setting names and that cannot be used: why,
//! and never its name, for a secret may stand in its place.

use std::io;

/// Why the file that `setting` names cannot be read, for a sentence that begins
/// with the setting.
pub(crate) fn unreadable(setting: &str, error: &io::Error) -> String {
    let hidden = not_shown(setting);
    match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::InvalidFilename => format!("names no file {hidden}"),
        io::ErrorKind::IsADirectory => format!("names a folder, not a file {hidden}"),
        _ => format!("names a file that cannot be read: {error} {hidden}"),
    }
}

/// The same for a file that is to be written.
pub(crate) fn unwritable(setting: &str, error: impl std::fmt::Display) -> String {
    format!("cannot be written: {error} {}", not_shown(setting))
}

/// A person who sees no value wants to know why.
pub(crate) fn not_shown(setting: &str) -> String {
    let name = setting.to_ascii_lowercase();
    let nouns = ["token", "password", "key"];
    let noun = nouns
        .into_iter()
        .find(|noun| name.contains(noun))
        .unwrap_or("secret");
    format!("(its value is not shown: it may be the {noun} itself)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn a_file_that_is_not_there_a_folder_and_one_that_may_not_be_read_are_told_apart() {
        let rows = [
            (
                "JIRA_PERSONAL_TOKEN_FILE",
                2,
                "names no file (its value is not shown: it may be the token itself)",
            ),
            (
                "JIRA_CLIENT_KEY (--client-key)",
                36,
                "names no file (its value is not shown: it may be the key itself)",
            ),
            (
                "JIRA_DOTENV",
                20,
                "names no file (its value is not shown: it may be the secret itself)",
            ),
            (
                "JIRA_PASSWORD_FILE",
                21,
                "names a folder, not a file (its value",
            ),
            (
                "JIRA_PASSWORD_FILE",
                13,
                "names a file that cannot be read: Permission denied (os error 13) (its value",
            ),
        ];
        each(rows, |(setting, code, said)| {
            let shown = unreadable(setting, &io::Error::from_raw_os_error(code));
            assert!(shown.starts_with(said), "{setting} {code}: {shown}");
        });
    }
}
