//! What the body of an answer says, in whichever of Jira's, a gateway's or a proxy's forms; makes no judgement.

use super::oauth_problem::{self, Problem};
use crate::mask::Mask;
use crate::wire::Answer;
use serde_json::Value;

/// A text from outside is shown so far.
const LONGEST: usize = 500;

/// The words in an answer, cleaned of secrets and of control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Sentences about the request.
    pub general: Vec<String>,
    /// Sentences about a field, by its id or its name.
    pub fields: Vec<(String, String)>,
    /// True for a page for people: no Jira REST answer is one.
    pub html: bool,
    /// Where a redirect points.
    pub location: Option<String>,
    /// Where a person can log in, when Jira wants one to.
    pub login_page: Option<String>,
    /// What OAuth 1.0a calls the refusal.
    pub oauth_problem: Option<Problem>,
}

impl Said {
    /// Reads the body. Never fails: what has no known form is shown as text.
    pub fn read(answer: &Answer, mask: &Mask) -> Said {
        let text = mask.clean_bytes(&answer.body, !answer.complete);
        let text = text.trim_start_matches('\u{feff}').trim();
        let header = |name| answer.header(name).map(|text| presentable(&mask.clean(text)));
        let mut said = Said { location: header("location"), ..Said::default() };
        let denied = header("x-authentication-denied-reason");
        let page = denied.as_deref().and_then(|text| Some(text.split_once("login-url=")?.1.trim().to_owned()));
        said.login_page = page.filter(|page| page.starts_with("http"));
        said.oauth_problem = oauth_problem::of(answer).map(|problem| problem.presentable(mask));
        if said.oauth_problem.is_some() {
            return said;
        }
        if let Some(coding) = header("content-encoding").filter(|coding| coding != "identity") {
            said.say(&format!("the answer is compressed ({coding}), which nobody asked for"));
        } else if let Ok(json) = serde_json::from_str(text) {
            said.envelope(&json);
        } else if text.starts_with('<') {
            said.html = true;
            said.general.extend(title(text));
            said.say(login_reason(text));
        } else {
            said.say(text);
        }
        said
    }

    /// Everything on one line; empty where nothing was said.
    pub fn sentence(&self) -> String {
        let fields = self.fields.iter().map(|(field, text)| format!("{field}: {text}"));
        let all: Vec<_> = self.general.iter().cloned().chain(fields).collect();
        all.join(" ")
    }

    /// True where some sentence holds these words, in either case.
    pub fn mentions(&self, words: &str) -> bool {
        self.sentence().to_lowercase().contains(&words.to_lowercase())
    }

    fn say(&mut self, text: &str) {
        let text = presentable(text);
        if !text.is_empty() && !self.general.contains(&text) {
            self.general.push(text);
        }
    }

    fn envelope(&mut self, json: &Value) {
        match json {
            Value::Object(members) => {
                for name in ["errorMessages", "errorMessage", "message", "error_description", "detail", "error"] {
                    if let Some(value) = members.get(name) {
                        self.sentences(value);
                    }
                }
                match members.get("errors") {
                    Some(Value::Object(errors)) => {
                        for (field, value) in errors {
                            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                            self.fields.push((presentable(field), presentable(&text)));
                        }
                    }
                    Some(other) => self.sentences(other),
                    None => {}
                }
                if let Some(title) = members.get("title").filter(|_| self.general.is_empty()) {
                    self.sentences(title);
                }
            }
            other => self.sentences(other),
        }
    }

    /// A sentence, a list of them, or objects with one inside.
    fn sentences(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.say(text),
            Value::Array(values) => values.iter().for_each(|value| self.sentences(value)),
            Value::Object(_) => self.envelope(value),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// What a self-hosted Jira's page says of a refused login, far below a title that says nothing.
fn login_reason(html: &str) -> &str {
    let start = html.find("Basic Authentication Failure").unwrap_or(html.len());
    html[start..].split(['<', '\n']).next().unwrap_or_default()
}

/// The title of a page, or else its first words.
fn title(html: &str) -> Option<String> {
    let lower = html.to_ascii_lowercase();
    let between = |open: &str, close: &str| {
        let start = lower.find(open)? + open.len();
        let start = start + lower[start..].find('>')? + 1;
        let end = start + lower[start..].find(close)?;
        Some(without_tags(&html[start..end]))
    };
    let found = between("<title", "</title").filter(|title| !title.is_empty());
    let found = found.or_else(|| between("<body", "</body")).unwrap_or_else(|| without_tags(html));
    Some(found).filter(|text| !text.is_empty())
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    presentable(&text)
}

/// One line without control characters, and not too long.
pub fn presentable(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn said(body: &[u8]) -> String {
        let answer = Answer { status: 400, body: body.to_vec(), complete: true, ..Answer::default() };
        Said::read(&answer, &Mask::default()).sentence()
    }

    #[test]
    fn every_form_of_a_refusal_is_understood() {
        for (body, sentence) in [
            (r#"{"errorMessages":["A.","B."],"errors":{"customfield_1":"C."}}"#, "A. B. customfield_1: C."),
            (r#"{"errorMessages":"A.","errors":{}}"#, "A."),
            (r#"{"message":"Client must be authenticated","status-code":401}"#, "Client must be authenticated"),
            (r#"{"errorMessage":"down"}"#, "down"),
            (r#"{"code":401,"message":"Unauthorized; scope does not match"}"#, "Unauthorized; scope does not match"),
            (r#"{"error":"invalid_grant","error_description":"Unknown token."}"#, "Unknown token. invalid_grant"),
            (
                r#"{"type":"about:blank","title":"Unsupported","status":415,"detail":"text/plain is not."}"#,
                "text/plain is not.",
            ),
            (r#"{"type":"about:blank","title":"Not Found","status":404}"#, "Not Found"),
            (r#"{"errors":[{"message":"A."},"B."]}"#, "A. B."),
            (r#"["A.",{"message":"B."}]"#, "A. B."),
            (r#""A.""#, "A."),
            (r#"{"errors":{"x":{"a":1}}}"#, r#"x: {"a":1}"#),
            ("<!DOCTYPE html><html><head><title>\n Log in - Jira</title></head>", "Log in - Jira"),
            (r#"<html><title lang="en">Failed > Passed</title>"#, "Failed > Passed"),
            ("<html><body><h1>HTTP Status 429</h1> Rate limit</body></html>", "HTTP Status 429 Rate limit"),
            (
                "<html><title>Unauthorized</title><p>Long.</p><p>Basic Authentication Failure - Reason : X</p><p>More.</p>",
                "Unauthorized Basic Authentication Failure - Reason : X",
            ),
            ("XSRF check failed", "XSRF check failed"),
            (r#"{"errorMessages":["A"#, r#"{"errorMessages":["A"#),
            ("a\u{1b}[31mb\r\n::error::c", "a [31mb ::error::c"),
            ("", ""),
            ("{}", ""),
            ("null", ""),
        ] {
            assert_eq!(said(body.as_bytes()), sentence, "{body}");
        }
        assert_eq!(said(b"\xff\xfenot text"), "\u{fffd}\u{fffd}not text");
    }

    #[test]
    fn of_an_answer_that_was_cut_not_even_the_beginning_of_a_secret_is_shown() {
        let mask = Mask::default();
        mask.hide(&Secret::derived("hunter2-hunter3".to_owned()));
        for (complete, sentence) in [(false, "Refused ***"), (true, "Refused hunter2")] {
            let answer = Answer { status: 400, body: b"Refused hunter2".to_vec(), complete, ..Answer::default() };
            assert_eq!(Said::read(&answer, &mask).sentence(), sentence);
        }
    }
}
