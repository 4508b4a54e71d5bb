//! One request with all its attempts: signed afresh each time, sent, and sent
//! again while that may help.

use crate::client::outcome::SendOutcome;
use crate::client::request::{Repeat, RequestSpec, RetryBudget};
use crate::client::retry::{self, Asked, Cause, Decision, RetryState};
use crate::client::signer::{Recovery, Signer};
use crate::client::{Client, applied};
use crate::credentials::Identity;
use crate::error::Failure;
use crate::response::oauth_problem;
use crate::transport::{BodySink, Method, Request, Response, TransportError, TransportErrorKind};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// The last request of a run may take so long.
const LOGOUT_TIMEOUT: Duration = Duration::from_secs(3);
/// A longer wait is announced.
const NOTABLE_WAIT: Duration = Duration::from_secs(2);

impl Client {
    /// Sends a request until there is an answer that no further attempt would
    /// better, or until the credentials must be renewed.
    pub(crate) async fn send(
        &self,
        spec: &RequestSpec,
        signer: &dyn Signer,
        budget: &RetryBudget,
    ) -> SendOutcome {
        self.resume(spec, signer, budget, self.nothing_sent(spec), None)
            .await
    }

    /// What has become of a request that was not sent yet.
    pub(crate) fn nothing_sent(&self, spec: &RequestSpec) -> SendOutcome {
        SendOutcome {
            method: spec.method,
            url: spec.url.clone(),
            identity: Identity::Nobody,
            attempts: 0,
            most_attempts: 0,
            began: None,
            ended: (self.clock.now(), Duration::ZERO),
            maybe_applied: false,
            withheld: false,
            answer: Err(self.out_of_time()),
            error: None,
            refused_wait: None,
            recovery: Recovery::None,
            recovered: false,
            waits: 0,
            guards: vec![],
        }
    }

    /// Goes on with a request. The body of a success is handed to `sink`, where
    /// there is one; once some of it is out, nothing is repeated.
    pub(crate) async fn resume(
        &self,
        ask: &RequestSpec,
        signer: &dyn Signer,
        budget: &RetryBudget,
        mut call: SendOutcome,
        sink: Option<BodySink<'_>>,
    ) -> SendOutcome {
        let begun = Cell::new(false);
        let pass = |piece: &[u8]| {
            begun.set(true);
            sink.map_or(ControlFlow::Break(()), |sink| sink(piece))
        };
        let pass: Option<BodySink<'_>> = sink.is_some().then_some(&pass);
        call.recovery = Recovery::None;
        loop {
            if let Err(failure) = self.may_send(ask).await {
                return call.ended_by(failure);
            }
            let Some(request) = self.signed(ask, signer, &mut call, budget) else {
                return call;
            };
            let until = Instant::now() + self.remaining_for_attempt();
            let outcome = self
                .watched_attempt(ask, &request, until, pass, budget)
                .await;
            let (cause, asked) = self.assess(&outcome);
            call.count(&outcome, self.clock.now());
            let recovery = self.recovery(signer, &request, &outcome);
            let names_its_problem = names_its_problem(&outcome);
            call.answer = outcome.map_err(|error| self.unanswered(&error, &call));
            let again = ask.repeat.allows(call.maybe_applied);
            let deserved = again || ask.repeat == Repeat::Never;
            if recovery != Recovery::None && !call.recovered && deserved {
                call.recovered = true;
                // It is understood. What keeps the next attempt from being made, such as a
                // refused renewal, is the news.
                call.answer = Err(self.out_of_time());
                if recovery == Recovery::Renew {
                    call.recovery = recovery;
                    return call;
                }
                continue;
            }
            if begun.get() || names_its_problem {
                return call;
            }
            match self.decide(ask, &call, budget, cause, asked) {
                Decision::Wait(_) if !again => {
                    call.withheld = ask.repeat == Repeat::Undone;
                    return call;
                }
                Decision::Wait(wait) => {
                    if retry::spends_a_retry(cause) {
                        budget.retries.set(budget.retries.get() - 1);
                    }
                    call.waits += 1;
                    self.wait(ask, cause, wait, asked.holds_up_all()).await;
                }
                Decision::TooLong(wait) => {
                    call.refused_wait = Some(wait);
                    return call;
                }
                Decision::NotRetryable | Decision::RetriesUsed => return call,
            }
        }
    }

    /// The request of the next attempt; `None` where the credentials must be
    /// renewed first.
    fn signed(
        &self,
        ask: &RequestSpec,
        signer: &dyn Signer,
        call: &mut SendOutcome,
        budget: &RetryBudget,
    ) -> Option<Request> {
        if !signer.is_ready() {
            call.recovery = Recovery::Renew;
            return None;
        }
        let (request, guard) = self.sign(ask, signer);
        call.guards.extend(guard);
        call.began.get_or_insert_with(Instant::now);
        call.set_sender(ask, signer, budget);
        Some(request)
    }

    fn unanswered(&self, error: &TransportError, call: &SendOutcome) -> Failure {
        self.failure(error, &call.url)
            .shown_by(|| call.sent().unanswered())
    }

    fn recovery(
        &self,
        signer: &dyn Signer,
        request: &Request,
        outcome: &Result<Response, TransportError>,
    ) -> Recovery {
        let now = self.clock.unix_seconds();
        outcome
            .as_ref()
            .map_or(Recovery::None, |answer| signer.learn(request, answer, now))
    }

    fn decide(
        &self,
        ask: &RequestSpec,
        call: &SendOutcome,
        budget: &RetryBudget,
        cause: Cause,
        asked: Asked,
    ) -> Decision {
        let retries_left = match ask.repeat {
            Repeat::Never => 0,
            Repeat::Always | Repeat::Undone => budget.retries.get(),
        };
        let state = RetryState {
            waits: call.waits,
            retries_left,
            elapsed: call.ended.1,
        };
        retry::decide(
            self.limits.backoff,
            cause,
            asked,
            state,
            self.remaining(),
            self.clock.fraction(),
        )
    }

    /// An attempt that leaves a doubt behind where it is given up half-way, and it
    /// is a write.
    async fn watched_attempt(
        &self,
        ask: &RequestSpec,
        request: &Request,
        until: Instant,
        sink: Option<BodySink<'_>>,
        budget: &RetryBudget,
    ) -> Result<Response, TransportError> {
        let before = budget.maybe_written.load(Ordering::Relaxed);
        let write = ask.method == Method::Put;
        budget
            .maybe_written
            .store(before || write, Ordering::Relaxed);
        let outcome = self.attempt(ask, request, until, sink).await;
        budget.maybe_written.store(
            before || (write && applied::may_be(&outcome)),
            Ordering::Relaxed,
        );
        outcome
    }

    /// Why an attempt may be repeated, and what the answer asks for.
    fn assess(&self, outcome: &Result<Response, TransportError>) -> (Cause, Asked) {
        match outcome {
            Ok(answer) => {
                let headers = |name| answer.all(name).collect();
                (
                    Cause::Status(answer.status),
                    Asked::read(headers, self.clock.now()),
                )
            }
            Err(error) => (cause_of(error.kind), Asked::default()),
        }
    }

    /// Waits before the next attempt; where the site asked for it, everybody does.
    async fn wait(&self, ask: &RequestSpec, cause: Cause, wait: Duration, everybody: bool) {
        let until = Instant::now() + wait;
        if everybody {
            self.blocked_until
                .set(self.blocked_until.get().max(Some(until)));
        }
        let (method, path, reason) = (ask.method.name(), ask.url.path(), describe(cause));
        tracing::info!(
            "{method} {path}: {reason}; trying again in {:.1} s",
            wait.as_secs_f64()
        );
        self.announce(cause, wait, everybody);
        self.sleep_until(until).await;
    }

    /// A person who sees nothing for long takes a wait for a hang.
    fn announce(&self, cause: Cause, wait: Duration, asked: bool) {
        if wait < NOTABLE_WAIT || self.announced.borrow().contains(&cause) {
            return;
        }
        self.announced.borrow_mut().push(cause);
        let asked = if asked { " and asks to wait" } else { "" };
        tracing::warn!(
            "{}{asked}: trying again in {:.0} s",
            describe(cause),
            wait.as_secs_f64().ceil()
        );
    }

    /// Waits until the site lets anybody send; an error where the run ends first.
    async fn may_send(&self, ask: &RequestSpec) -> Result<(), Failure> {
        self.wait_for_site().await?;
        if let Some(failure) = self.interruption() {
            return Err(failure);
        }
        if self.remaining().is_zero() {
            return Err(self.out_of_time());
        }
        if ask.awaited && ask.repeat == Repeat::Undone {
            self.time_for_exchange()?;
        }
        Ok(())
    }

    /// One attempt beyond the run's end and time, for what is owed to Jira then: a
    /// log out. `None` where no answer came.
    pub(crate) async fn send_last(
        &self,
        ask: &RequestSpec,
        signer: &dyn Signer,
    ) -> Option<Response> {
        let until = Instant::now() + LOGOUT_TIMEOUT.min(self.limits.timeout);
        let (request, _guard) = self.sign(ask, signer);
        self.attempt(ask, &request, until, None).await.ok()
    }
}

/// What names its problem is no passing failure, whatever its status.
fn names_its_problem(outcome: &Result<Response, TransportError>) -> bool {
    outcome
        .as_ref()
        .is_ok_and(|answer| oauth_problem::of(answer).is_some())
}

fn cause_of(kind: TransportErrorKind) -> Cause {
    match kind {
        TransportErrorKind::Connection => Cause::Connection,
        TransportErrorKind::Tls => Cause::Tls,
        TransportErrorKind::Proxy => Cause::Proxy,
        TransportErrorKind::Timeout => Cause::Timeout,
    }
}

fn describe(cause: Cause) -> String {
    match cause {
        Cause::Status(status) => format!("Jira answered {status}"),
        Cause::Timeout => "no answer in time".to_owned(),
        Cause::Connection | Cause::Tls | Cause::Proxy => "the connection failed".to_owned(),
    }
}

#[cfg(test)]
mod tests;
