//! A record of each request and its outcome.

use crate::message::{Request, first_value};
use serde_json::Value;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub method: String,
    /// The path as sent, context path included.
    pub path: String,
    /// What followed the question mark, empty where there was none.
    pub query: String,
    pub headers: Vec<(String, String)>,
    /// The body with any chunking undone.
    pub body: Vec<u8>,
    /// The connection it came on, counted from 1.
    pub connection: usize,
    /// The status that was sent; none where no answer was.
    pub status: Option<u16>,
    /// Whether it changed an issue.
    pub applied: bool,
}

impl Recorded {
    pub(crate) fn new(request: &Request, connection: usize) -> Self {
        Self {
            method: request.method.clone(),
            path: request.path().to_owned(),
            query: request.query().unwrap_or_default().to_owned(),
            headers: request.headers.clone(),
            body: request.body.clone(),
            connection,
            status: None,
            applied: false,
        }
    }

    /// The first value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first_value(&self.headers, name)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Whether it is a PUT on an issue.
    pub fn is_write(&self) -> bool {
        self.method == "PUT" && self.path.contains("/issue/")
    }
}
