//! The HTML of the pages. Every text that is not written here goes through `html`.

use crate::comments::COMMENT;
use crate::document;
use crate::encoding::{encoded, html};
use crate::issue::Issue;
use crate::message::Reply;
use crate::record::Recorded;
use crate::site::{Api, Kind, Site};
use serde_json::Value;

/// How many issues the first page lists.
const ISSUES: usize = 20;
/// How much of a body is shown, in characters.
const BODY: usize = 2000;

/// A whole page around its content.
pub(super) fn page(title: &str, site: &Site, content: &str) -> Reply {
    let (title, context) = (html(title), html(&site.context_path));
    let kind = match site.kind {
        Kind::Server => "Server",
        Kind::DataCenter => "Data Center",
        Kind::Cloud => "Cloud",
    };
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"{context}/__fake/page.css\">\
         <script src=\"{context}/__fake/page.js\" defer></script>\
         <noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript></head>\
         <body><header><a href=\"{context}/\">fake-jira ({kind})</a></header>\
         <main><div id=\"content\">{content}</div></main>\
         <footer>A stand-in on this machine, not a product of Atlassian's.</footer></body></html>"
    );
    // Whatever were to slip through unescaped could load and run nothing.
    Reply::html(200, &page)
        .header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'",
        )
        .header("X-Content-Type-Options", "nosniff")
        .header("Referrer-Policy", "no-referrer")
        .header("Cache-Control", "no-store")
}

/// The issues and the last requests.
pub(super) fn overview(site: &Site, requests: &[Recorded]) -> String {
    let mut out = String::from("<h1>Issues</h1><table><tr><th>Key</th><th>Summary</th></tr>");
    for issue in site.issues.values().take(ISSUES) {
        let summary = value(site, issue, "summary");
        out += &format!(
            "<tr><td>{}</td><td class=\"value\">{}{}</td></tr>",
            link(site, &issue.key),
            lozenges(issue),
            html(&summary)
        );
    }
    out += "</table>";
    if let Some(more) = site
        .issues
        .len()
        .checked_sub(ISSUES)
        .filter(|&more| more > 0)
    {
        out += &format!("<p>and {more} more: /browse/KEY shows them, too.</p>");
    }
    out += "<h2>Last requests</h2><table id=\"requests\"><tr><th>Time</th><th>Request</th>\
            <th>Status</th><th>Account</th><th>Body</th></tr>";
    for request in requests.iter().rev() {
        out += &request_row(request);
    }
    out + "</table>"
}

fn request_row(request: &Recorded) -> String {
    let shown = request.without_secrets();
    let text = |member: &str| html(shown[member].as_str().unwrap_or_default());
    let query = match text("query") {
        query if query.is_empty() => query,
        query => format!("?{query}"),
    };
    let body = match &shown["body"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let cut: String = body.chars().take(BODY).collect();
    let more = if cut.len() < body.len() { " …" } else { "" };
    let refused = request.status.is_none_or(|status| status >= 400);
    format!(
        "<tr><td>{}</td><td><code>{} {}{query}</code></td><td{}>{}</td><td>{}</td>\
         <td class=\"body\">{}{more}</td></tr>",
        text("at").get(11..19).unwrap_or_default(),
        text("method"),
        text("path"),
        if refused { " class=\"refused\"" } else { "" },
        request
            .status
            .map_or("no answer".to_owned(), |status| status.to_string()),
        html(request.account.as_deref().unwrap_or("anonymous")),
        html(&cut)
    )
}

/// One issue: its fields, those without a value last, and its comments.
pub(super) fn issue(site: &Site, issue: &Issue) -> String {
    let mut projects = site.projects.iter();
    let project = projects.find(|project| project.key == issue.project);
    let project = project.map_or("", |project| &project.name);
    let (mut full, mut empty) = (String::new(), String::new());
    for field in &site.fields {
        if field.id == COMMENT || site.context_of(field, issue).is_none() {
            continue;
        }
        let text = readable(&site.render(issue, field, Api::Two));
        let rows = if text.is_empty() {
            &mut empty
        } else {
            &mut full
        };
        *rows += &format!(
            "<tr id=\"{id}\"><th>{}</th><td class=\"value\">{}</td><td>{id}</td></tr>",
            html(&field.name),
            html(&text),
            id = html(&field.id)
        );
    }
    format!(
        "<p class=\"path\">{} / {}</p><h1>{}</h1><p>{}</p>\
         <h2>Details</h2><table class=\"fields\">{full}</table>\
         <details id=\"empty\"><summary>Fields without a value</summary>\
         <table class=\"fields\">{empty}</table></details>\
         <h2>Comments</h2>{}",
        html(project),
        html(&issue.key),
        html(&value(site, issue, "summary")),
        lozenges(issue),
        comments(site, issue)
    )
}

fn comments(site: &Site, issue: &Issue) -> String {
    let page = site.comments_page(issue, Api::Two, [0, usize::MAX]);
    let all = page["comments"].as_array().into_iter().flatten();
    let shown: String = all
        .map(|comment| {
            let text = |member: &Value| html(member.as_str().unwrap_or_default());
            format!(
                "<div class=\"comment\" id=\"comment-{}\"><small>{} added a comment, {}</small><p>{}</p></div>",
                text(&comment["id"]),
                text(&comment["author"]["displayName"]),
                text(&comment["created"]),
                html(&readable(&comment["body"]))
            )
        })
        .collect();
    match shown.is_empty() {
        true => "<p>There are no comments yet.</p>".to_owned(),
        false => shown,
    }
}

fn lozenges(issue: &Issue) -> String {
    let status = if issue.closed { "Closed" } else { "Open" };
    let archived = issue.archived.then_some("Archived");
    let all = [Some(issue.issue_type.as_str()), Some(status), archived];
    let lozenge = |text: &str| format!("<span class=\"lozenge\">{}</span>", html(text));
    all.into_iter().flatten().map(lozenge).collect()
}

fn link(site: &Site, key: &str) -> String {
    let target = format!("{}/browse/{}", site.context_path, encoded(key));
    format!("<a href=\"{}\">{}</a>", html(&target), html(key))
}

fn value(site: &Site, issue: &Issue, field: &str) -> String {
    let field = site.fields.iter().find(|known| known.id == field);
    field.map_or(String::new(), |field| {
        readable(&site.render(issue, field, Api::Two))
    })
}

/// A value as a person reads it.
fn readable(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(readable).collect();
            elements.join(", ")
        }
        Value::Object(members) if members.get("type").is_some_and(|kind| kind == "doc") => {
            document::text_of(value)
        }
        Value::Object(members) => {
            let names = ["displayName", "value", "label", "name", "key"];
            let name = names.iter().find_map(|name| members.get(*name)?.as_str());
            match (name, members.get("child")) {
                (Some(name), Some(child)) => format!("{name} > {}", readable(child)),
                (Some(name), None) => name.to_owned(),
                (None, _) => value.to_string(),
            }
        }
        other => other.to_string(),
    }
}
