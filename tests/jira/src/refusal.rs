//! The bodies and pages with which Jira rejects a request.

use crate::message::{Reply, Request};
use serde_json::{Map, Value, json};

/// The errors of an edit, collected over all fields before it is answered.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    messages: Vec<String>,
    errors: Map<String, Value>,
}

/// One error and the place in the body where Jira puts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Under the field's id, or under whatever the caller's validator uses for it.
    Field(String),
    /// Under the field's display name.
    Named(String),
    /// Among the messages that belong to no field.
    Message(String),
}

impl Refusals {
    /// Adds one error about a field.
    pub(crate) fn add(&mut self, id: &str, name: &str, refusal: Refusal) {
        match refusal {
            Refusal::Field(text) => self.errors.insert(id.to_owned(), text.into()),
            Refusal::Named(text) => self.errors.insert(name.to_owned(), text.into()),
            Refusal::Message(text) => {
                self.messages.push(text);
                None
            }
        };
    }

    /// The 400 with all errors, or none without errors.
    pub(crate) fn reply(self) -> Option<Reply> {
        if self.messages.is_empty() && self.errors.is_empty() {
            return None;
        }
        let body = json!({"errorMessages": self.messages, "errors": self.errors});
        Some(Reply::json(400, &body))
    }
}

/// The usual error body with messages that belong to no field.
pub(crate) fn messages(status: u16, messages: &[&str]) -> Reply {
    Reply::json(status, &json!({"errorMessages": messages, "errors": {}}))
}

/// The error body for a request body that cannot be parsed; it lacks `errors`.
pub(crate) fn unreadable(message: &str) -> Reply {
    Reply::json(400, &json!({"errorMessages": [message]}))
}

/// RFC 7807, as Cloud answers what reaches no resource.
pub(crate) fn problem(status: u16, detail: &str, request: &Request) -> Reply {
    let body = json!({
        "type": "about:blank",
        "title": reason(status),
        "status": status,
        "detail": detail,
        "instance": request.path(),
    });
    Reply::new(status).body("application/problem+json;charset=UTF-8", body.to_string())
}

/// Tomcat's own error page.
pub(crate) fn tomcat(status: u16, message: &str) -> Reply {
    let title = format!("HTTP Status {status} – {}", reason(status));
    let detail = if message.is_empty() {
        String::new()
    } else {
        format!("<p><b>Message</b> {message}</p>")
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><title>{title}</title></head><body><h1>{title}</h1>\
         <hr class=\"line\" /><p><b>Type</b> Status Report</p>{detail}<hr class=\"line\" />\
         <h3>Apache Tomcat/9.0.95</h3></body></html>"
    );
    Reply::html(status, &page)
}

/// Jira's own error page: one heading and one sentence.
pub(crate) fn page(status: u16, heading: &str, sentence: &str) -> Reply {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{heading}</title></head>\
         <body class=\"aui-layout error-page\"><div id=\"page\"><h1>{heading}</h1>\
         <p>{sentence}</p></div></body></html>"
    );
    Reply::html(status, &page)
}

/// Cloud's answer where a login is needed: 53 bytes whose media type follows `Accept`.
pub(crate) fn must_be_authenticated(request: &Request) -> Reply {
    let media_type = match request.value_of("Accept") {
        None => "text/plain",
        Some(accept) if accept.contains("application/json") => "application/json",
        Some(_) => "text/html;charset=UTF-8",
    };
    Reply::new(401).body(
        media_type,
        "Client must be authenticated to access this resource.",
    )
}

/// The phrase of a status line.
pub(crate) fn reason(status: u16) -> &'static str {
    match status {
        100 => "Continue",
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Payload Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        425 => "Too Early",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unassigned",
    }
}
