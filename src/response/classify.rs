//! What an answer means: what was asked was done, or the kind of refusal and
//! what to do. Asks nothing; says where a doubt is left.

mod advice;
mod cloud;
mod front;
mod login;
mod outage;
pub(crate) mod rate_limit;

use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::redact::outside::CleanText;
use crate::response::answerer::Answerer;
use crate::response::error_body::ErrorBody;
use crate::response::evidence::{Evidence, Operation, Wording};
use crate::response::redirect;
use crate::settings::{BASE_URL, NOTIFY_USERS};
use crate::text::one_line;
use crate::transport::Response;
use serde_json::Value;

#[derive(Debug, PartialEq)]
pub(crate) enum Verdict {
    /// What was asked was done. Of a write only 204 proves it, or 200 with this
    /// issue's JSON.
    Accepted,
    /// Refused, and the answer says why.
    Refused(Failure),
    /// Refused in a way that Jira also uses towards people whom it does not know:
    /// `/myself` decides it.
    Ambiguous {
        /// What it is where the credentials are good.
        if_authenticated: Failure,
        /// What it is where they are not.
        if_anonymous: Failure,
        /// What it is where Jira does not say.
        if_unknown: Failure,
    },
}

impl Verdict {
    /// Why it was refused, where the credentials are not in doubt.
    pub(crate) fn refusal(self) -> Failure {
        match self {
            Verdict::Refused(failure)
            | Verdict::Ambiguous {
                if_authenticated: failure,
                ..
            } => failure,
            Verdict::Accepted => {
                Failure::new(Kind::UnexpectedAnswer, "an answer that says nothing")
            }
        }
    }
}

pub(crate) fn classify(
    answer: &Response,
    said: &ErrorBody,
    subject: Operation<'_>,
    call: &Evidence<'_>,
) -> Verdict {
    let shown = |failure: Failure| failure.shown_by(|| call.sent.answered(answer.status, said));
    match judge(answer, said, subject, call) {
        Verdict::Accepted => Verdict::Accepted,
        Verdict::Refused(failure) => Verdict::Refused(shown(failure)),
        Verdict::Ambiguous {
            if_authenticated,
            if_anonymous,
            if_unknown,
        } => Verdict::Ambiguous {
            if_authenticated: shown(if_authenticated),
            if_anonymous: shown(if_anonymous),
            if_unknown: shown(if_unknown),
        },
    }
}

fn judge(
    answer: &Response,
    said: &ErrorBody,
    subject: Operation<'_>,
    call: &Evidence<'_>,
) -> Verdict {
    let accepted = match (subject, answer.status) {
        (Operation::Write(_), 204) => true,
        (Operation::ReadIssue(_) | Operation::Read(_), 200) => !said.html,
        (Operation::Write(issue), 200) => is_issue(answer, issue),
        _ => false,
    };
    if accepted {
        return Verdict::Accepted;
    }
    if let Some(problem) = &said.oauth_problem {
        return Verdict::Refused(problem.failure(answer.status, call.sent.url));
    }
    let words = Wording {
        answer,
        said,
        status: answer.status,
        call,
    };
    if let Some(failure) = front::refused(&words, call)
        .or_else(|| login::refused(&words))
        .or_else(|| cloud::refused(answer, &words))
    {
        return Verdict::Refused(failure);
    }
    let failure = match answer.status {
        400 | 413 | 415 | 422 => value_refused(&words, subject),
        401 => advice::credentials(&words),
        403 => return forbidden(&words, subject),
        404 | 410 => return not_found(&words, subject),
        409 => Failure::new(
            Kind::Conflict,
            "somebody else changed the issue at the same moment",
        )
        .hint("run the job again"),
        429 => rate_limit::limited(answer, call),
        407 | 408 | 425 | 500..=599 => outage::explain(answer, &words, call),
        _ => unexpected(&words, call),
    };
    Verdict::Refused(failure)
}

/// True where nothing is at this address, as in Jira's emulators: of what Jira
/// itself does not find it speaks in `errorMessages`.
pub(crate) fn is_absent(answer: &Response, said: &ErrorBody, call: &Evidence<'_>) -> bool {
    let absent = match answer.status {
        405 | 501 => true,
        404 => !said.has_error_messages,
        _ => false,
    };
    let kind = || {
        let verdict = classify(answer, said, Operation::Read("it"), call);
        verdict.refusal().kind
    };
    absent
        && matches!(
            kind(),
            Kind::IssueNotFound | Kind::UnexpectedAnswer | Kind::Unreachable
        )
}

/// The JSON of this issue; an issue that was moved answers under its new key.
fn is_issue(answer: &Response, issue: &IssueKey) -> bool {
    let Ok(Value::Object(members)) = serde_json::from_slice(&answer.body) else {
        return false;
    };
    let name = if issue.is_id() { "id" } else { "key" };
    members
        .get(name)
        .and_then(Value::as_str)
        .is_some_and(|text| text.eq_ignore_ascii_case(issue.as_str()))
}

fn value_refused(words: &Wording<'_>, subject: Operation<'_>) -> Failure {
    let said = words.said;
    let screen = [
        "cannot be set",
        "not on the appropriate screen",
        "does not exist for issue",
    ];
    if screen.iter().any(|text| said.contains(text)) {
        return Failure::new(
            Kind::FieldNotEditable,
            "the field is not on the edit screen, or may not be edited",
        )
        .hint("ask a Jira administrator to add it to the edit screen");
    }
    let what = match subject {
        Operation::Write(_) => "Jira refused the value",
        Operation::ReadIssue(_) | Operation::Read(_) | Operation::Login => {
            "Jira refused the request"
        }
    };
    let why = if said.sentence().is_empty() {
        " and did not say why"
    } else {
        ""
    };
    Failure::new(Kind::ValueRefused, format!("{what}{why}"))
}

fn forbidden(words: &Wording<'_>, subject: Operation<'_>) -> Verdict {
    if let Some(failure) = forbidden_in_words(words) {
        return Verdict::Refused(failure);
    }
    let denied = |cause: String| Failure::new(Kind::PermissionDenied, cause);
    let (said, user) = (words.said, words.user());
    let (may_not, hint) = match subject {
        Operation::Login => {
            let page = words.login_page();
            return Verdict::Refused(
                denied(format!("Jira does not let {user} log in"))
                    .hint(format!("log in once at {page}: Jira says there why")),
            );
        }
        Operation::Write(issue) if said.contains("permission to see") => {
            ("see it", permission("Browse projects", issue))
        }
        Operation::Write(issue) => ("edit it", permission("Edit issues", issue)),
        Operation::ReadIssue(issue) => ("see it", permission("Browse projects", issue)),
        Operation::Read(path) => (
            &*format!("read {}", one_line(path, 50)),
            "ask a Jira administrator for the permission, or use another user".to_owned(),
        ),
    };
    let known = denied(format!("{user} may not {may_not}")).hint(hint.clone());
    if words
        .answer
        .header("x-seraph-loginreason")
        .is_some_and(|reason| reason.contains("OK"))
    {
        return Verdict::Refused(known);
    }
    let unknown = if said.answerer == Answerer::Jira {
        denied("Jira refused it (403)".to_owned()).hint(hint)
    } else {
        Failure::new(
            Kind::UnexpectedAnswer,
            "Jira or something in front of it refuses every request (403)",
        )
        .hint("ask whoever runs the network in front of Jira whether it lets /rest/api pass")
    };
    Verdict::Ambiguous {
        if_authenticated: known,
        if_anonymous: advice::credentials(words),
        if_unknown: unknown,
    }
}

/// Refusals of which Jira says what they are.
fn forbidden_in_words(words: &Wording<'_>) -> Option<Failure> {
    let said = words.said;
    let denied = |cause: String| Failure::new(Kind::PermissionDenied, cause);
    if said.contains("basic auth") || said.contains("basic-auth") {
        return Some(login::basic_is_off(words));
    }
    if said.contains("xsrf") {
        return Some(
            denied("Jira's check for forged requests (XSRF) refused this one".to_owned()).hint(
                "ask whoever runs the proxy to leave the headers User-Agent and X-Atlassian-Token \
                 as they are",
            ),
        );
    }
    if said.contains("ip allowlist") || said.contains("ip address has been rejected") {
        return Some(
            denied("this machine's address is not on the IP allowlist of the Jira site".to_owned())
                .hint("ask an organization admin to add it at https://admin.atlassian.com"),
        );
    }
    let user = words.user();
    if said.contains("discard the user notification") {
        return Some(
            denied(format!(
                "{}=false is for administrators of the project, and {user} is none",
                NOTIFY_USERS.variable
            ))
            .hint(format!("leave {} out", NOTIFY_USERS.variable)),
        );
    }
    None
}

/// What to ask an administrator for.
pub(crate) fn permission(name: &str, issue: &IssueKey) -> String {
    match issue.project() {
        Some(project) => format!("ask for the permission {name} in project {project}"),
        None => format!("ask for the permission {name} in the project of {issue}"),
    }
}

/// The cause and the hint where Jira offers no field to edit to a user who may edit
/// issues.
pub(crate) fn read_only(issue: &str, user: &str) -> (String, &'static str) {
    (
        format!("Jira offers no field of {issue} to edit, although {user} may edit issues there"),
        "look at its status: a step of the workflow can make an issue read-only",
    )
}

fn not_found(words: &Wording<'_>, subject: Operation<'_>) -> Verdict {
    let user = words.user();
    let (cause, hint) = match subject {
        Operation::Write(issue) | Operation::ReadIssue(issue) => (
            format!("it does not exist, or {user} may not see it"),
            format!(
                "compare the key with Jira; if it is right, {}",
                permission("Browse projects", issue)
            ),
        ),
        Operation::Read(_) | Operation::Login => (
            format!("there is nothing at this path, or {user} may not see it"),
            format!("check the path: it begins below {}", BASE_URL.variable),
        ),
    };
    let known = Failure::new(Kind::IssueNotFound, cause).hint(hint);
    let login_is_good = words
        .answer
        .header("x-seraph-loginreason")
        .is_some_and(|reason| reason.contains("OK"));
    if words.status == 410 || login_is_good {
        return Verdict::Refused(known);
    }
    Verdict::Ambiguous {
        if_authenticated: known.clone(),
        if_anonymous: advice::credentials(words),
        if_unknown: known,
    }
}

fn unexpected(words: &Wording<'_>, call: &Evidence<'_>) -> Failure {
    let status = words.status;
    let failure = |cause: &str| Failure::new(Kind::UnexpectedAnswer, cause.to_owned());
    let no_jira = format!(
        "something between here and Jira answers in its place, or {} is not Jira's address",
        BASE_URL.variable
    );
    match status {
        300..=399 => redirect::explain(
            status,
            call.sent.url,
            words.said.location.as_ref().map(CleanText::as_str),
        ),
        200..=299 if words.said.html => {
            let whose = match &words.said.answerer {
                Answerer::Firewall(id) => return front::rejected_by_firewall(id),
                Answerer::InFront(name) => format!("a web page of {name}, not Jira's answer"),
                _ => "a web page, not Jira's answer".to_owned(),
            };
            failure(&whose)
                .hint("is a login page in front of Jira? Ask whoever runs it to let /rest/api pass")
        }
        200..=299 => failure(
            "nothing in the answer confirms a write: Jira confirms by 204, or 200 with the issue",
        )
        .hint(no_jira),
        405 => failure("this address takes no such request (405)").hint(format!(
            "is {} the address of Jira, with its context path?",
            BASE_URL.variable
        )),
        _ => failure(&format!("Jira is not known to answer {status}")).hint(no_jira),
    }
}

/// What a status comes to that is neither a success nor about credentials,
/// whoever answers it.
pub(crate) fn kind_of_other(status: u16) -> Kind {
    match status {
        429 => Kind::RateLimited,
        407 | 408 | 425 | 500..=599 => Kind::Unreachable,
        _ => Kind::UnexpectedAnswer,
    }
}
