//! What the body of an answer says, in whichever of Jira's, a gateway's or a
//! proxy's forms; makes no judgement.

use crate::redact::Redactor;
use crate::redact::outside::{CleanText, Outside};
use crate::response::answerer::Answerer;
use crate::response::oauth_problem::{self, Problem};
use crate::response::request_id::RequestId;
use crate::text::cut;
use crate::transport::{Response, SHORT_BODY};
use serde_json::Value;

/// So many sentences of an answer, and so many about fields, are kept: few
/// enough to be compared with each other.
const MOST: usize = 100;
/// All of them together are shown so far, in bytes.
const LONGEST: usize = 1500;

/// The words in an answer, fit to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorBody {
    pub(crate) general: Vec<CleanText>,
    pub(crate) fields: Vec<AboutField>,
    /// True for a page for people: no Jira REST answer is one.
    pub(crate) html: bool,
    /// True where Jira's own `errorMessages` say something.
    pub(crate) has_error_messages: bool,
    pub location: Option<CleanText>,
    /// Where a person can log in, when Jira wants one to.
    pub login_page: Option<CleanText>,
    /// What OAuth 1.0a calls the refusal.
    pub(crate) oauth_problem: Option<Problem>,
    pub(crate) request_id: Option<RequestId>,
    pub(crate) answerer: Answerer,
}

/// What an answer says about one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AboutField {
    /// The field's id or its name.
    pub field: Outside,
    /// The same, fit to be shown.
    pub called: CleanText,
    pub text: CleanText,
}

impl ErrorBody {
    /// Reads the body. Never fails: what has no known form is shown as text.
    pub fn read(answer: &Response, redactor: &Redactor) -> ErrorBody {
        let header = |name| {
            answer
                .header(name)
                .map(|text| CleanText::sentence(text, redactor))
        };
        let mut said = ErrorBody {
            location: header("location"),
            request_id: RequestId::of(answer, redactor),
            ..ErrorBody::default()
        };
        let denied = header("x-authentication-denied-reason");
        let page = denied
            .as_ref()
            .and_then(|text| Some(text.as_str().split_once("login-url=")?.1.trim()));
        said.login_page = page
            .filter(|page| page.starts_with("http"))
            .map(CleanText::of_masked);
        said.oauth_problem = oauth_problem::of(answer).map(|problem| problem.sanitize(redactor));
        if said.oauth_problem.is_some() {
            said.answerer = Answerer::Jira;
            return said;
        }
        // Where metadata was asked for, the body may be far longer than what a refusal
        // has to say.
        let body = &answer.body[..answer.body.len().min(SHORT_BODY)];
        let exact = String::from_utf8_lossy(body);
        let mut jiras_json = false;
        if let Some(coding) =
            header("content-encoding").filter(|coding| coding.as_str() != "identity")
        {
            let what = format!(
                "the answer is compressed ({coding}) although the request did not ask for that"
            );
            said.say(CleanText::of_masked(&what));
        } else if let Ok(json) = serde_json::from_str::<Value>(without_mark(&exact)) {
            said.has_error_messages = match &json["errorMessages"] {
                Value::Array(messages) => !messages.is_empty(),
                Value::String(message) => !message.is_empty(),
                _ => false,
            };
            jiras_json = is_jiras(&json);
            said.envelope(&json, redactor);
        } else {
            said.page(without_mark(&redactor.redact_bytes(
                body,
                !answer.complete || body.len() < answer.body.len(),
            )));
        }
        said.answerer = Answerer::of(answer, jiras_json || said.speaks_as_jira(), redactor);
        said
    }

    /// True of the sentences that Jira sends without a form.
    fn speaks_as_jira(&self) -> bool {
        [
            "client must be authenticated to access this resource",
            "basic authentication with passwords is deprecated",
            "basic authentication failure",
            "xsrf check failed",
        ]
        .iter()
        .any(|words| self.contains(words))
    }

    /// Reads what is no JSON, once secrets are hidden in it.
    fn page(&mut self, text: &str) {
        if text.starts_with('<') {
            self.html = true;
            self.general.extend(title(text));
            self.say(CleanText::of_masked(login_reason(text)));
        } else {
            self.say(CleanText::of_masked(text));
        }
    }

    /// Everything on one line; empty where nothing was said.
    pub fn sentence(&self) -> String {
        let fields = self
            .fields
            .iter()
            .map(|about| format!("{}: {}", about.called, about.text));
        let all: Vec<_> = self
            .general
            .iter()
            .map(ToString::to_string)
            .chain(fields)
            .collect();
        cut(all.join(" "), LONGEST)
    }

    /// True where some sentence holds these words, in either case.
    pub(crate) fn contains(&self, words: &str) -> bool {
        self.in_lower_case().contains(&words.to_lowercase())
    }

    /// All of it, a line for each text.
    pub(crate) fn in_lower_case(&self) -> String {
        let about = self
            .fields
            .iter()
            .flat_map(|about| [&about.called, &about.text]);
        let lines: Vec<_> = self
            .general
            .iter()
            .chain(about)
            .map(|text| text.as_str().to_lowercase())
            .collect();
        lines.join("\n")
    }

    /// True where the token is good and its scopes do not reach so far: another
    /// token of the same grant would not either.
    pub(crate) fn lacks_scope(&self) -> bool {
        self.contains("scope does not match")
    }

    fn say(&mut self, text: CleanText) {
        if !text.is_empty() && self.general.len() < MOST && !self.general.contains(&text) {
            self.general.push(text);
        }
    }

    fn envelope(&mut self, json: &Value, redactor: &Redactor) {
        match json {
            Value::Object(members) => {
                for name in [
                    "errorMessages",
                    "errorMessage",
                    "message",
                    "error_description",
                    "detail",
                    "error",
                ] {
                    if let Some(value) = members.get(name) {
                        self.sentences(value, redactor);
                    }
                }
                match members.get("errors") {
                    Some(Value::Object(errors)) => {
                        let about = |(field, value): (&String, &Value)| {
                            let text = value
                                .as_str()
                                .map_or_else(|| value.to_string(), str::to_owned);
                            let (called, text) = (
                                CleanText::name(field, redactor),
                                CleanText::sentence(&text, redactor),
                            );
                            AboutField {
                                field: field.as_str().into(),
                                called,
                                text,
                            }
                        };
                        self.fields.extend(
                            errors
                                .iter()
                                .map(about)
                                .take(MOST - self.fields.len().min(MOST)),
                        );
                    }
                    Some(other) => self.sentences(other, redactor),
                    None => {}
                }
                if let Some(title) = members.get("title").filter(|_| self.general.is_empty()) {
                    self.sentences(title, redactor);
                }
            }
            other => self.sentences(other, redactor),
        }
    }

    /// A sentence, a list of them, or objects with one inside.
    fn sentences(&mut self, value: &Value, redactor: &Redactor) {
        match value {
            Value::String(text) if self.general.len() < MOST => {
                self.say(CleanText::sentence(text, redactor))
            }
            Value::Array(values) => values
                .iter()
                .for_each(|value| self.sentences(value, redactor)),
            Value::Object(_) => self.envelope(value, redactor),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// True of the forms in which Jira and its gateway tell errors.
fn is_jiras(json: &Value) -> bool {
    ["errorMessages", "status-code", "code"]
        .iter()
        .any(|name| json.get(name).is_some())
        || json["errors"].is_object()
        || json["instance"]
            .as_str()
            .is_some_and(|path| path.contains("/rest/"))
}

/// What a self-hosted Jira's page says of a refused login, far below a title
/// that says nothing.
fn login_reason(html: &str) -> &str {
    let start = html
        .find("Basic Authentication Failure")
        .unwrap_or(html.len());
    html[start..].split(['<', '\n']).next().unwrap_or_default()
}

/// The title of a page, or else its first words.
fn title(html: &str) -> Option<CleanText> {
    let lower = html.to_ascii_lowercase();
    let between = |open: &str, close: &str| {
        let start = lower.find(open)? + open.len();
        let start = start + lower[start..].find('>')? + 1;
        let end = start + lower[start..].find(close)?;
        Some(without_tags(&html[start..end]))
    };
    let found = between("<title", "</title").filter(|title| !title.is_empty());
    let found = found
        .or_else(|| between("<body", "</body"))
        .unwrap_or_else(|| without_tags(html));
    Some(found).filter(|text| !text.is_empty())
}

fn without_tags(html: &str) -> CleanText {
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
    CleanText::of_masked(&text)
}

fn without_mark(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim()
}

#[cfg(test)]
mod tests;
