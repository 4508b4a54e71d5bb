//! Answers that say that Jira, or what stands in front of it, cannot answer now.

use crate::error::{Failure, Kind};
use crate::response::answerer::Answerer;
use crate::response::classify::front::in_front;
use crate::response::evidence::{Evidence, Wording};
use crate::response::redirect::base_address;
use crate::settings::{BASE_URL, DEADLINE};
use crate::transport::Response;

const STATUS_PAGE: &str = "https://status.atlassian.com";

pub(super) fn explain(answer: &Response, words: &Wording<'_>, call: &Evidence<'_>) -> Failure {
    let status = words.status;
    let tries = call.sent.tries();
    let failure = |cause: String| Failure::new(Kind::Unreachable, cause);
    if status == 407 {
        return failure("a proxy wants a user and a password of its own (407)".to_owned())
            .hint("give them in HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT");
    }
    let later = if words.is_cloud() {
        format!("look at {STATUS_PAGE}, then run the job again")
    } else {
        format!(
            "look whether {} opens in a browser, then run the job again",
            base_address(call.sent.url)
        )
    };
    let front = &words.said.answerer;
    if front.is_other() {
        return failure(in_front_of_jira(words, &tries)).hint(later);
    }
    let maintenance = words.said.contains("maintenance");
    match status {
        500 if *front == Answerer::Jira => {
            failure(format!("Jira failed with an internal error (500){tries}"))
                .hint(for_the_administrator(words))
        }
        503 if maintenance => failure(format!(
            "Jira is down for maintenance (503){}{tries}",
            until(answer, call)
        ))
        .hint(format!(
            "run the job again after that, or raise {}",
            DEADLINE.variable
        )),
        503 if *front == Answerer::Jira => failure(format!(
            "Jira takes no requests for now (503){}{tries}",
            until(answer, call)
        ))
        .hint(later),
        408 | 504 => failure(format!("Jira did not answer in time ({status}){tries}")).hint(later),
        425 => failure(format!("the server wants the request later (425){tries}")).hint(later),
        501 | 505 => failure(format!(
            "the server does not understand this kind of request ({status})"
        ))
        .hint(format!("is {} the address of Jira?", BASE_URL.variable)),
        _ if *front == Answerer::Jira => {
            failure(format!("Jira answered {status}{tries}")).hint(later)
        }
        _ => failure(format!(
            "Jira or something in front of it answered {status}{tries}"
        ))
        .hint(later),
    }
}

/// What something in front of Jira says of it.
fn in_front_of_jira(words: &Wording<'_>, tries: &str) -> String {
    let (front, status) = (&words.said.answerer, words.status);
    let name = in_front(front);
    match status {
        502 | 521..=523 | 530 => {
            format!("{name} in front of Jira does not reach Jira ({status}){tries}")
        }
        504 | 408 | 524 => {
            format!("{name} in front of Jira got no answer from Jira in time ({status}){tries}")
        }
        503 if *front == Answerer::InFront("the AWS load balancer") => {
            format!("no running Jira is behind the AWS load balancer (503){tries}")
        }
        525 | 526 => {
            format!("{name} in front of Jira has no TLS connection to Jira ({status}){tries}")
        }
        _ => format!("{name} in front of Jira answered {status}{tries}"),
    }
}

fn for_the_administrator(words: &Wording<'_>) -> String {
    match &words.said.request_id {
        Some(id) if words.is_cloud() => format!("give {id} to Atlassian's support"),
        Some(id) => format!("give {id} to a Jira administrator"),
        None => "ask a Jira administrator to look into Jira's log at the time below".to_owned(),
    }
}

/// `, until 02:33:11Z`, where the answer says when it is over.
fn until(answer: &Response, call: &Evidence<'_>) -> String {
    let wait = answer
        .header("retry-after")
        .and_then(|text| text.trim().parse::<u64>().ok())
        .filter(|wait| (1..=86_400).contains(wait));
    wait.map(|wait| format!(", until {}", call.sent.time_in(wait)))
        .unwrap_or_default()
}
