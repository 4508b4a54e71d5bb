//! As much of the Atlassian Document Format as it takes to reject what is not a
//! document.

use serde_json::{Value, json};

/// Whether the value is a document: version 1, blocks of nodes that have a
/// type, texts that are not empty.
pub(crate) fn is_document(value: &Value) -> bool {
    value["type"] == "doc"
        && value["version"].as_u64() == Some(1)
        && value["content"].as_array().is_some_and(|blocks| {
            blocks
                .iter()
                .all(|block| block["type"] != "text" && is_node(block))
        })
}

fn is_node(node: &Value) -> bool {
    let Some(kind) = node["type"].as_str() else {
        return false;
    };
    let text_is_right = match &node["text"] {
        Value::Null => kind != "text",
        Value::String(text) => kind == "text" && !text.is_empty(),
        _ => false,
    };
    let content_is_right = match &node["content"] {
        Value::Null => true,
        Value::Array(nodes) => nodes.iter().all(is_node),
        _ => false,
    };
    text_is_right && content_is_right
}

/// The document that shows a text, one paragraph a line.
pub(crate) fn around(text: &str) -> Value {
    let paragraph = |line: &str| match line {
        "" => json!({"type": "paragraph"}),
        line => json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}),
    };
    let content: Vec<Value> = text.lines().map(paragraph).collect();
    json!({"type": "doc", "version": 1, "content": content})
}

/// The text that a document shows, one line a block.
pub(crate) fn text_of(document: &Value) -> String {
    let mut blocks = document["content"].as_array().into_iter().flatten();
    let first = blocks.next().map(inline).unwrap_or_default();
    blocks.fold(first, |text, block| text + "\n" + &inline(block))
}

fn inline(node: &Value) -> String {
    let own = match node["type"].as_str() {
        Some("hardBreak") => "\n",
        _ => node["text"].as_str().unwrap_or_default(),
    };
    let below = node["content"].as_array().into_iter().flatten();
    below.fold(own.to_owned(), |text, node| text + &inline(node))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_goes_into_a_document_and_comes_back() {
        let document = around("one\n\ntwo");
        assert!(is_document(&document));
        assert_eq!(text_of(&document), "one\n\ntwo");
    }

    #[test]
    fn what_is_no_document_is_seen() {
        for value in [
            json!("text"),
            json!({"type": "doc", "content": []}),
            json!({"type": "doc", "version": 2, "content": []}),
            json!({"type": "doc", "version": 1}),
            json!({"type": "doc", "version": 1, "content": [{"type": "text", "text": "bare"}]}),
            json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}]}),
        ] {
            assert!(!is_document(&value), "{value}");
        }
    }
}
