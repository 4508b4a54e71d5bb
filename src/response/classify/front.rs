//! Refusals of something that is not Jira: another product at the address, or
//! what stands in front of Jira.

use crate::error::{Failure, Kind};
use crate::redact::outside::CleanText;
use crate::response::answerer::Answerer;
use crate::response::evidence::{Evidence, Wording};
use crate::response::redirect::base_address;
use crate::settings::{BASE_URL, CLIENT_CERT, CLIENT_KEY};

/// The failure, where somebody else than Jira answers; `None` where that says
/// nothing about the request.
pub(super) fn refused(words: &Wording<'_>, call: &Evidence<'_>) -> Option<Failure> {
    let status = words.status;
    if let Some(failure) = refused_by_tls_port(words) {
        return Some(failure);
    }
    let base = base_address(call.sent.url);
    let failure = |cause: String| Failure::new(Kind::UnexpectedAnswer, cause);
    if let Answerer::Product(product) = &words.said.answerer {
        let names = !matches!(status, 429 | 500..=599);
        return names.then(|| {
            failure(format!("{base} is a {product}, not a Jira"))
                .hint(format!("set {} to the address of Jira", BASE_URL.variable))
        });
    }
    if !words.said.answerer.is_other()
        || !matches!(status, 400 | 402..=406 | 410..=417 | 421..=424 | 426 | 428 | 431 | 451)
    {
        return None;
    }
    Some(rejected(words))
}

/// What something in front of Jira refuses.
fn rejected(words: &Wording<'_>) -> Failure {
    let status = words.status;
    let failure = |cause: String| Failure::new(Kind::UnexpectedAnswer, cause);
    let name = in_front(&words.said.answerer);
    let ask = ask_for_passage(words);
    let context_path = format!(
        "set {} to the address that the browser shows for Jira, with its path (such as /jira)",
        BASE_URL.variable
    );
    match (&words.said.answerer, status) {
        (Answerer::Firewall(id), _) => rejected_by_firewall(id),
        (Answerer::InFront("Tomcat"), 404) => {
            failure("no Jira is at this path: Tomcat answered 404, not Jira".to_owned())
                .hint(context_path)
        }
        (_, 404 | 410) => failure(format!(
            "{name} answered {status}, not Jira: no Jira is at this path"
        ))
        .hint(context_path),
        (Answerer::SomePage, 403 | 451) => failure(format!(
            "something in front of Jira rejected the request with a web page ({status})"
        ))
        .hint(ask),
        (_, 403 | 451) => failure(format!(
            "{name}, in front of Jira, rejected the request before Jira saw it"
        ))
        .hint(ask),
        (_, 405) => failure(format!(
            "{name}, in front of Jira, does not let this kind of request pass (405)"
        ))
        .hint(ask),
        (_, 413) => failure(format!(
            "{name}, in front of Jira, takes no request of this size (413)"
        ))
        .hint(ask),
        _ => failure(format!(
            "{name}, in front of Jira, rejected the request ({status})"
        ))
        .hint(ask),
    }
}

/// Whatever the status: some firewalls answer 200.
pub(super) fn rejected_by_firewall(id: &CleanText) -> Failure {
    Failure::new(
        Kind::UnexpectedAnswer,
        format!("a firewall in front of Jira rejected the request (support id {id})"),
    )
    .hint(format!(
        "give the support id {id} to whoever runs the firewall"
    ))
}

/// What stands in front of Jira, as the subject of a sentence.
pub(super) fn in_front(answerer: &Answerer) -> String {
    match answerer {
        Answerer::InFront(name) | Answerer::Product(name) => (*name).to_owned(),
        Answerer::Firewall(_) => "a firewall".to_owned(),
        Answerer::SomePage | Answerer::Unknown | Answerer::Jira => "something".to_owned(),
    }
}

fn ask_for_passage(words: &Wording<'_>) -> String {
    let id = words.said.request_id.as_ref();
    let id = id
        .map(|id| format!("give {id} to"))
        .unwrap_or_else(|| "ask".to_owned());
    let who = match &words.said.answerer {
        Answerer::InFront(name) => format!("whoever runs {name}"),
        _ => "whoever runs the network in front of Jira".to_owned(),
    };
    format!("{id} {who}: it has to let this machine's requests to /rest/api pass")
}

/// What nginx, Apache and Go say on a port that speaks TLS, where Jira itself
/// is never asked.
fn refused_by_tls_port(words: &Wording<'_>) -> Option<Failure> {
    if words.status != 400 {
        return None;
    }
    let said = |texts: &[&str]| texts.iter().any(|text| words.said.contains(text));
    if said(&[
        "http request was sent to https port",
        "http request to an https server",
        "speaking plain http to an ssl-enabled",
    ]) {
        return Some(
            Failure::new(
                Kind::UnexpectedAnswer,
                "this port takes https alone, and the address begins with http://",
            )
            .hint(format!("begin {} with https://", BASE_URL.variable)),
        );
    }
    said(&[
        "no required ssl certificate was sent",
        "the ssl certificate error",
    ])
    .then(|| {
        Failure::new(
            Kind::UnexpectedAnswer,
            "this server wants a client certificate",
        )
        .hint(format!(
            "set {} and {}",
            CLIENT_CERT.variable, CLIENT_KEY.variable
        ))
    })
}
