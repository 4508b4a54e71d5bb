//! One request and one answer in memory.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request as received.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method as sent.
    pub method: String,
    /// Path and query as sent, still percent-encoded.
    pub target: String,
    /// Names and values in order; bytes that are no UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body with any chunking undone.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a JSON body and its `Content-Type`.
    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("Content-Type", "application/json")
    }

    /// The first value of a header, whatever the case of its name.
    pub fn value_of(&self, name: &str) -> Option<&str> {
        first_value(&self.headers, name)
    }

    /// The path alone, still percent-encoded, without the scheme and authority that a
    /// request to a proxy has.
    pub fn path(&self) -> &str {
        let target = match self.target.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
            None => &self.target,
        };
        target.split('?').next().unwrap_or(target)
    }

    /// What follows the question mark.
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }

    /// The query's parameters, decoded, in order.
    pub fn parameters(&self) -> Vec<(String, String)> {
        pairs(self.query().unwrap_or_default())
    }

    /// The same of a body that is a form.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        pairs(&String::from_utf8_lossy(&self.body))
    }

    /// The first parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut all = self.parameters().into_iter();
        all.find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Whether `Accept` names JSON.
    pub(crate) fn accepts_json(&self) -> bool {
        self.value_of("Accept")
            .is_some_and(|accept| accept.contains("application/json"))
    }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        percent_decode_str(&text.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// The first value of a header, whatever the case of its name.
pub(crate) fn first_value<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

/// An answer, ready to be sent.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// Headers in order; the length and `Date` are added when it is sent.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub(crate) applied: bool,
    /// The user as whom Jira answered.
    pub(crate) account: Option<String>,
}

impl Reply {
    /// An answer without headers and body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
            applied: false,
            account: None,
        }
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Adds a body of the given media type.
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("Content-Type", media_type)
    }

    /// JSON as Jira labels it: upper case, no space.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status).body("application/json;charset=UTF-8", body.to_string())
    }

    pub fn text(status: u16, body: &str) -> Self {
        Self::new(status).body("text/plain;charset=UTF-8", body)
    }

    pub fn html(status: u16, body: &str) -> Self {
        Self::new(status).body("text/html;charset=UTF-8", body)
    }

    /// The first value of a header, whatever the case of its name.
    pub fn value_of(&self, name: &str) -> Option<&str> {
        first_value(&self.headers, name)
    }

    /// The body as JSON; null when it is none.
    pub fn to_json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the work behind this answer changed an issue.
    pub fn applied(&self) -> bool {
        self.applied
    }

    pub(crate) fn having_applied(mut self) -> Self {
        self.applied = true;
        self
    }
}
