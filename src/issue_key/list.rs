//! The issues that a person lists: keys, numeric ids and addresses, separated or
//! as a JSON array. Knows no environment.

use crate::base_url::BaseUrl;
use crate::issue_key::IssueKey;
use crate::settings::BASE_URL;
use serde_json::Value;
use std::collections::HashSet;
use url::Url;

/// The issues in some texts, each once, in the order given.
///
/// A text is a JSON array of keys and ids, or they are separated by commas,
/// semicolons or white space. A `/browse/HSP-1` address is its key where it lies
/// below `base`, or where no base is known.
///
/// # Errors
/// Says what the first that is none holds.
pub fn parse(texts: &[impl AsRef<str>], base: Option<&BaseUrl>) -> Result<Vec<IssueKey>, String> {
    let mut keys = Vec::new();
    let mut seen = HashSet::new();
    for text in texts {
        let text = text.as_ref().trim_start_matches('\u{feff}').trim();
        let pieces = if text.starts_with('[') {
            elements(text)?
        } else {
            separated(text)
        };
        for piece in pieces {
            let key = issue(&piece, base)?;
            if seen.insert(key.clone()) {
                keys.push(key);
            }
        }
    }
    Ok(keys)
}

fn separated(text: &str) -> Vec<String> {
    text.split(|c: char| matches!(c, ',' | ';') || c.is_whitespace())
        .filter(|piece| !piece.is_empty())
        .map(str::to_owned)
        .collect()
}

fn elements(text: &str) -> Result<Vec<String>, String> {
    let elements: Vec<Value> = serde_json::from_str(text).map_err(|_| {
        "begins with [ and is no JSON array of issue keys (HSP-1) and numeric ids".to_owned()
    })?;
    let element = |element: Value| match element {
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(none(&other.to_string())),
    };
    elements
        .into_iter()
        .map(element)
        .filter(|element| !element.as_ref().is_ok_and(String::is_empty))
        .collect()
}

fn issue(piece: &str, base: Option<&BaseUrl>) -> Result<IssueKey, String> {
    if !piece.contains("://") {
        return IssueKey::parse(piece).ok_or_else(|| none(piece));
    }
    // It is not shown: it may hold a password.
    let below = base.map_or("https://HOST".to_owned(), BaseUrl::to_string);
    address(piece, base).ok_or_else(|| {
        format!(
            "holds an address that is no issue's below {}, {below}/browse/HSP-1",
            BASE_URL.variable
        )
    })
}

/// The key in the address of an issue's page. What stands behind the key, such as
/// a chosen comment, does not matter.
fn address(piece: &str, base: Option<&BaseUrl>) -> Option<IssueKey> {
    let url = Url::parse(piece).ok()?;
    let same = base.is_none_or(|base| base.url().origin() == url.origin());
    let bare = url.username().is_empty() && url.password().is_none();
    let path = url.path();
    let page = match base {
        Some(base) => path
            .strip_prefix(base.context_path())?
            .strip_prefix("/browse/")?,
        None => path.rsplit_once("/browse/")?.1,
    };
    let key = page.strip_suffix('/').unwrap_or(page);
    IssueKey::parse(key).filter(|_| same && bare)
}

fn none(piece: &str) -> String {
    format!("holds {piece:?}, which is no issue key (HSP-1) and no numeric id")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    fn listed(texts: &[&str]) -> Result<String, String> {
        let base = BaseUrl::parse("https://jira.example.com/jira").unwrap();
        let keys = parse(texts, Some(&base))?;
        Ok(keys
            .iter()
            .map(IssueKey::as_str)
            .collect::<Vec<_>>()
            .join(" "))
    }

    #[test]
    fn keys_keep_their_order_and_are_listed_once() {
        let rows = [
            (
                &[" HSP-2,hsp-1\n HSP-2 ,, 10001\t"][..],
                "HSP-2 HSP-1 10001",
            ),
            (&["HSP-1;hsp-2; HSP-1;"], "HSP-1 HSP-2"),
            (
                &[r#"["HSP-1", "hsp-2", 10001, "10001"]"#, "HSP-3"],
                "HSP-1 HSP-2 10001 HSP-3",
            ),
            (&["[\n  \" HSP-1 \",\n  \"\"\n]\n"], "HSP-1"),
            (&["[]"], ""),
            (
                &["https://jira.example.com/jira/browse/hsp-1, HSP-1"],
                "HSP-1",
            ),
            (
                &["HTTPS://JIRA.example.com:443/jira/browse/HSP-1/?page=2#comment"],
                "HSP-1",
            ),
            (
                &[r#"["https://jira.example.com/jira/browse/HSP-1"]"#],
                "HSP-1",
            ),
            (&[""], ""),
        ];
        each(rows, |(texts, keys)| {
            assert_eq!(listed(texts).as_deref(), Ok(keys), "{texts:?}");
        });
    }

    #[test]
    fn what_is_none_is_named_unless_it_may_hold_a_password() {
        let rows = [
            "HSP-1 HSP",
            "[\"HSP\"]",
            "[[\"HSP\"]]",
            "[1.5]",
            "[-1]",
            "[null]",
        ];
        each(rows, |text| {
            let why = listed(&[text]).unwrap_err();
            assert!(why.contains("which is no issue key"), "{text}: {why}");
        });
        assert!(listed(&["[HSP-1]"]).unwrap_err().contains("JSON array"));
        let rows = [
            "https://elsewhere.example.com/jira/browse/HSP-1",
            "https://jira.example.com/browse/HSP-1",
            "http://jira.example.com/jira/browse/HSP-1",
            "https://jira.example.com:8443/jira/browse/HSP-1",
            "https://ci:hunter2@jira.example.com/jira/browse/HSP-1",
            "https://hunter2@jira.example.com/jira/browse/HSP-1",
            "https://:hunter2@jira.example.com/jira/browse/HSP-1",
            "https://jira.example.com/jira/browse/HSP-1/hunter2",
            "https://jira.example.com/jira/projects/HSP",
            "ftp://jira.example.com/jira/browse/HSP-1",
            "://hunter2",
        ];
        each(rows, |text| {
            let why = listed(&[text]).unwrap_err();
            assert!(
                why.contains("https://jira.example.com/jira/browse/HSP-1")
                    && !why.contains("hunter2"),
                "{text}: {why}"
            );
        });
    }
}
