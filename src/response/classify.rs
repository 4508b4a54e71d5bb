//! What an answer means: what was asked was done, or the kind of refusal and
//! what to do. Asks nothing; says where a doubt is left.

mod advice;
mod cloud;
pub(crate) mod rate_limit;

use crate::credentials::CredentialKind;
use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::redact::outside::CleanText;
use crate::response::classify::advice::{basic_is_off, credentials_advice, refused_by_tls_port};
use crate::response::error_body::ErrorBody;
use crate::response::evidence::{Evidence, Operation, Wording};
use crate::response::redirect;
use crate::settings::{BASE_URL, DEADLINE, MAX_RETRIES};
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
        } => Verdict::Ambiguous {
            if_authenticated: shown(if_authenticated),
            if_anonymous: shown(if_anonymous),
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
        return Verdict::Refused(problem.failure(answer.status));
    }
    let words = Wording {
        said,
        status: answer.status,
        advice: credentials_advice(answer, said, call),
    };
    if let Some(failure) = login_refused(answer, &words).or_else(|| cloud::refused(answer, &words))
    {
        return Verdict::Refused(failure);
    }
    let failure = match answer.status {
        400 | 413 | 415 | 422 => value_refused(&words, subject),
        401 => words
            .failure(Kind::CredentialsRefused, "the credentials are refused")
            .hint(&words.advice),
        403 => return forbidden(answer, &words, subject, call),
        404 | 410 => return not_found(answer, &words, subject),
        409 => words
            .failure(
                Kind::Conflict,
                "somebody changed the issue at the same moment",
            )
            .hint("run the step again"),
        429 => rate_limit::limited(answer, &words, call),
        407 => words.failure(Kind::Unreachable, "the proxy wants credentials of its own"),
        408 | 425 | 500..=599 => words
            .failure(
                Kind::Unreachable,
                &format!(
                    "Jira or something in front of it answers {}{}",
                    answer.status,
                    call.sent.tries()
                ),
            )
            .hint(format!(
                "Jira is down, starting or overloaded; {MAX_RETRIES} and {DEADLINE} say how long \
                 to try"
            )),
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

/// What the login itself says, whatever the status.
fn login_refused(answer: &Response, words: &Wording<'_>) -> Option<Failure> {
    let said = words.said;
    let reasons: Vec<_> = answer.all("x-seraph-loginreason").collect();
    let reason = |name: &str| reasons.iter().any(|text| text.contains(name));
    let denied = answer
        .header("x-authentication-denied-reason")
        .unwrap_or_default();
    if denied.contains("CAPTCHA")
        || reason("AUTHENTICATION_DENIED")
        || said.contains("AUTHENTICATION_DENIED")
    {
        let page = said.login_page.as_ref().map(|page| format!(" at {page}"));
        return Some(
            words
                .failure(
                    Kind::CaptchaRequired,
                    "after failed logins Jira wants a CAPTCHA; even the right password is refused",
                )
                .hint(format!(
                    "log in once in a browser as this user{}, then run again; a personal token is \
                     not affected",
                    page.unwrap_or_default()
                )),
        );
    }
    let anonymous = answer.header("x-ausername") == Some("anonymous");
    let failed = reason("AUTHENTICATED_FAILED") || said.contains("reason : authenticated_failed");
    let refused = failed || (anonymous && matches!(answer.status, 401 | 403 | 404));
    (refused && answer.status != 429 && answer.status < 500).then(|| {
        words
            .failure(
                Kind::CredentialsRefused,
                "Jira did not accept the credentials and treated the request as anonymous",
            )
            .hint(&words.advice)
    })
}

fn value_refused(words: &Wording<'_>, subject: Operation<'_>) -> Failure {
    let said = words.said;
    let screen = [
        "cannot be set",
        "not on the appropriate screen",
        "does not exist for issue",
    ];
    if screen.iter().any(|text| said.contains(text)) {
        return words.failure(
            Kind::FieldNotEditable,
            "the field is not on the edit screen, or may not be edited",
        );
    }
    if let Some(what) = refused_by_tls_port(said) {
        return words.failure(Kind::ValueRefused, &what);
    }
    let what = match subject {
        Operation::Write(_) => "Jira refused the value",
        Operation::ReadIssue(_) | Operation::Read(_) | Operation::Login => {
            "Jira refused the request"
        }
    };
    words.failure(Kind::ValueRefused, what)
}

fn forbidden(
    answer: &Response,
    words: &Wording<'_>,
    subject: Operation<'_>,
    call: &Evidence<'_>,
) -> Verdict {
    let said = words.said;
    if said.contains("basic auth") || said.contains("basic-auth") {
        let hint = if call.credential_kind == CredentialKind::TokenAsPassword {
            words.advice.clone()
        } else {
            basic_is_off()
        };
        return Verdict::Refused(
            words
                .failure(
                    Kind::CredentialsRefused,
                    "Basic authentication is switched off on this Jira",
                )
                .hint(hint),
        );
    }
    if said.contains("xsrf") {
        return Verdict::Refused(
            words.failure(Kind::PermissionDenied, "Jira took the request for a forged one").hint(
                "something on the way replaces the User-Agent or drops X-Atlassian-Token; ask who \
                 keeps the proxy",
            ),
        );
    }
    let unknown = words
        .failure(Kind::CredentialsRefused, "the credentials are refused")
        .hint(&words.advice);
    let (may_not, hint) = match subject {
        Operation::Login => {
            let denied = words.failure(
                Kind::PermissionDenied,
                "Jira lets this user not log in here",
            );
            return Verdict::Refused(denied.hint(
                "may this user use Jira at all? Log in once in a browser to see what Jira says",
            ));
        }
        Operation::Write(issue) => (
            "edit",
            format!("give the user permission to browse and edit {issue}'s project"),
        ),
        Operation::ReadIssue(_) | Operation::Read(_) => (
            "read",
            "ask a Jira administrator for the permission, or use another user".to_owned(),
        ),
    };
    let known = words.failure(
        Kind::PermissionDenied,
        &format!("the credentials are good but may not {may_not} {subject}"),
    );
    let known = known.hint(hint);
    if answer.header("x-seraph-loginreason").is_some() {
        return Verdict::Refused(known);
    }
    Verdict::Ambiguous {
        if_authenticated: known,
        if_anonymous: unknown,
    }
}

fn not_found(answer: &Response, words: &Wording<'_>, subject: Operation<'_>) -> Verdict {
    let mut known = words.failure(
        Kind::IssueNotFound,
        &format!("{subject} does not exist, or the user may not see it"),
    );
    known.hint = Some(if words.said.html {
        format!(
            "the answer is a web page: does {BASE_URL} hold Jira's context path, such as /jira?"
        )
    } else {
        match subject {
            Operation::Write(issue) | Operation::ReadIssue(issue) => {
                format!("check the key, and that the user may browse {issue}'s project")
            }
            Operation::Read(_) | Operation::Login => {
                format!("check the path: it stands below {BASE_URL}")
            }
        }
    });
    if answer.status == 410
        || answer
            .header("x-seraph-loginreason")
            .is_some_and(|reason| reason.contains("OK"))
    {
        return Verdict::Refused(known);
    }
    let unknown = words
        .failure(
            Kind::CredentialsRefused,
            "the credentials are refused: Jira treated the request as anonymous",
        )
        .hint(&words.advice);
    Verdict::Ambiguous {
        if_authenticated: known,
        if_anonymous: unknown,
    }
}

fn unexpected(words: &Wording<'_>, call: &Evidence<'_>) -> Failure {
    let status = words.status;
    match status {
        300..=399 => redirect::explain(
            status,
            call.sent.url,
            words.said.location.as_ref().map(CleanText::as_str),
        ),
        200..=299 if words.said.html => words
            .failure(Kind::UnexpectedAnswer, "a web page, not Jira's answer")
            .hint("a login page or a proxy stands in front of Jira"),
        200..=299 => words
            .failure(
                Kind::UnexpectedAnswer,
                "no proof of a write: Jira answers 204, or 200 with the issue",
            )
            .hint(format!(
                "something between here and Jira answers in its place, or {BASE_URL} is not Jira"
            )),
        405 => words
            .failure(Kind::UnexpectedAnswer, "this address takes no such request")
            .hint(format!(
                "is {BASE_URL} the address of Jira, with its context path?"
            )),
        _ => words.failure(Kind::UnexpectedAnswer, "an answer that Jira does not give"),
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
