//! Keeps text from outside from being taken for a command by the CI system that reads our streams; knows no stream.
//!
//! A line that begins with `::` is a command to GitHub's runner; ours begin with a word of ours. Its older form `##[…]`,
//! and Azure's `##vso[…]`, count anywhere in a line
//! (<https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs>).

/// The same to a person, and no command.
pub fn defused(text: &str) -> String {
    // Once more for the third of three.
    text.replace("##", "# #").replace("##", "# #")
}

/// The same JSON, and no command: `#` stands in strings only.
pub fn defused_json(json: &str) -> String {
    json.replace("##", "#\\u0023")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_hashes_stand_together_and_json_keeps_its_meaning() {
        for text in ["##[error]x", "###[error]x", "a ####vso[task.setvariable]x", "#", "# #", ""] {
            assert!(!defused(text).contains("##"), "{text}");
            let json = serde_json::to_string(text).unwrap();
            let defused = defused_json(&json);
            assert!(!defused.contains("##"), "{text}");
            assert_eq!(serde_json::from_str::<String>(&defused).unwrap(), text);
        }
    }
}
