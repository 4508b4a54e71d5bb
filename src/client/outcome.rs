//! What came of a request with all its attempts.

use crate::client::applied;
use crate::client::request::{Repeat, RequestSpec, RetryBudget};
use crate::client::signer::{Recovery, Signer};
use crate::credentials::{CredentialKind, Identity};
use crate::error::{Answer, Failure, Kind};
use crate::redact::{RedactionGuard, Redactor};
use crate::response::confidential;
use crate::response::evidence::{Evidence, Sent};
use crate::transport::{Method, Response, TransportError};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;
use url::Url;

/// One request with all its attempts.
#[derive(Debug)]
pub(crate) struct SendOutcome {
    pub method: Method,
    pub url: Url,
    /// Whom the last attempt was sent as.
    pub identity: Identity,
    pub attempts: u32,
    /// So many there might have been.
    pub(super) most_attempts: u32,
    /// When the first attempt began.
    pub(super) began: Option<Instant>,
    /// When the last one ended, and how long after the first one's beginning.
    pub(super) ended: (SystemTime, Duration),
    /// True where some attempt may have reached Jira without an answer that says
    /// what became of it.
    pub maybe_applied: bool,
    /// True where it would have been sent again, but for what it adds and may have added.
    pub withheld: bool,
    /// The last answer, or why there is none.
    pub answer: Result<Response, Failure>,
    /// What broke the last attempt off, where there is no answer.
    pub error: Option<TransportError>,
    /// The wait that Jira asked for and the deadline did not allow.
    pub refused_wait: Option<Duration>,
    /// What the credentials need before the next attempt, where that is why there
    /// was none.
    pub recovery: Recovery,
    /// Whether a refusal has led to one more attempt: it does so once.
    pub(super) recovered: bool,
    /// Retries whose wait has ended or goes on; the backoff grows with it.
    pub(super) waits: u32,
    /// Hide what was made for its attempts while its answer is looked at.
    pub guards: Vec<RedactionGuard>,
}

impl SendOutcome {
    /// One more attempt, and what it leaves behind.
    pub(super) fn count(&mut self, attempt: &Result<Response, TransportError>, now: SystemTime) {
        self.attempts += 1;
        let elapsed = self.began.map_or(Duration::ZERO, |began| began.elapsed());
        self.ended = (now, elapsed);
        self.maybe_applied |= applied::may_be(attempt);
        self.error = attempt.as_ref().err().cloned();
    }

    /// As whom the next attempt is sent, and how many there may be.
    pub(super) fn set_sender(
        &mut self,
        spec: &RequestSpec,
        signer: &dyn Signer,
        budget: &RetryBudget,
    ) {
        self.identity = signer.identity().clone();
        self.url = spec.url.clone();
        self.most_attempts = match spec.repeat {
            Repeat::Never => self.attempts + 1,
            Repeat::Always | Repeat::Undone => self.attempts + 1 + budget.retries.get(),
        };
    }

    /// The request and its attempts, for a message.
    pub(crate) fn sent(&self) -> Sent<'_> {
        let (at, elapsed) = self.ended;
        Sent {
            method: self.method,
            url: &self.url,
            identity: &self.identity,
            attempts: self.attempts,
            most_attempts: self.most_attempts,
            at,
            elapsed,
        }
    }

    /// The answer as evidence for a failure, without any secret that it gives.
    pub(crate) fn shown(&self, answer: &Response, redactor: &Redactor) -> Answer {
        let said = confidential::said(answer, redactor);
        self.sent().answered(answer.status, &said)
    }

    /// What the meaning of its answer may depend on.
    pub(crate) fn evidence(&self, credential_kind: CredentialKind) -> Evidence<'_> {
        Evidence {
            sent: self.sent(),
            deployment: None,
            refused_wait: self.refused_wait,
            credential_kind,
        }
    }

    /// An answer of Jira's says more than a failure to ask again, but for a signal.
    #[must_use]
    pub(crate) fn ended_by(mut self, failure: Failure) -> Self {
        let interrupted = matches!(failure.kind, Kind::Interrupted(_));
        self.answer = if interrupted {
            Err(failure)
        } else {
            self.answer.or(Err(failure))
        };
        self
    }
}
