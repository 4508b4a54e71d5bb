//! A text as an Atlassian document, which Jira Cloud wants for rich text from
//! version 3 of its API on; knows no field.

use serde_json::{Value, json};

/// Paragraphs are separated by blank lines; a line end inside one is a line break
/// (<https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>).
pub(super) fn from_text(text: &str) -> Value {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty());
    let content: Vec<_> = paragraphs.map(paragraph).collect();
    json!({ "type": "doc", "version": 1, "content": content })
}

fn paragraph(text: &str) -> Value {
    let mut content = Vec::new();
    for line in text.trim_matches('\n').split('\n') {
        if !content.is_empty() {
            content.push(json!({ "type": "hardBreak" }));
        }
        // A text node must not be empty.
        if !line.is_empty() {
            content.push(json!({ "type": "text", "text": line }));
        }
    }
    json!({ "type": "paragraph", "content": content })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_line_breaks_are_kept() {
        let text = |text: &str| json!({ "type": "text", "text": text });
        let lines = json!([text("a"), { "type": "hardBreak" }, text("b")]);
        assert_eq!(
            from_text("a\r\nb\n\nc\n"),
            json!({ "type": "doc", "version": 1, "content": [
                { "type": "paragraph", "content": lines },
                { "type": "paragraph", "content": [text("c")] },
            ] })
        );
        assert_eq!(from_text("")["content"], json!([]));
    }
}
