//! Pages for a browser on this machine: an issue, and the site with what it was asked.

mod markup;

use crate::connection::{Shared, lock};
use crate::encoding::decoded;
use crate::message::{Reply, Request};
use crate::refusal;

const STYLE: (&str, &str) = ("/__fake/page.css", include_str!("pages/page.css"));
const SCRIPT: (&str, &str) = ("/__fake/page.js", include_str!("pages/page.js"));

/// How many requests the first page lists.
const LISTED: usize = 50;

/// Nothing where the request is for no page, or the site has none.
pub(crate) fn answer(shared: &Shared, request: &Request) -> Option<Reply> {
    let site = lock(&shared.site);
    if !site.switches.pages || !matches!(request.method.as_str(), "GET" | "HEAD") {
        return None;
    }
    if request.path() == "/" && !site.context_path.is_empty() {
        return Some(Reply::new(302).header("Location", format!("{}/", site.base_url())));
    }
    let path = site.below_context(request.path())?;
    let reply = match path.as_str() {
        "/" | "" => {
            let requests = lock(&shared.records).last(LISTED);
            markup::page("fake-jira", &site, &markup::overview(&site, &requests))
        }
        path if path == STYLE.0 => Reply::new(200).body("text/css;charset=UTF-8", STYLE.1),
        path if path == SCRIPT.0 => Reply::new(200).body("text/javascript;charset=UTF-8", SCRIPT.1),
        path => {
            let key = decoded(path.strip_prefix("/browse/")?);
            match site.find(&key) {
                Some(issue) => markup::page(&issue.key, &site, &markup::issue(&site, issue)),
                None => refusal::page(404, "Issue does not exist", "No issue has this key."),
            }
        }
    };
    Some(match is_from_here(request) {
        true => reply,
        false => refusal::page(403, "Forbidden (403)", "Pages are for this machine alone."),
    })
}

/// Whether the request names this machine: a page of another site whose name leads
/// here does not.
pub(crate) fn is_from_here(request: &Request) -> bool {
    let host = request.value_of("Host").unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}
