//! One request with all its attempts: signed afresh each time, sent, and sent again while that may help.

use super::{Jira, applied, confidential, oauth_problem, plain};
use crate::auth::Means;
use crate::failure::{Failure, Kind};
use crate::mask::{HIDDEN, Veil};
use crate::outside::CleanText;
use crate::retry::{self, Cause, Decision, Progress};
use crate::wire::{Answer, Break, Limits, Method, Request, Sink, Text, Trouble};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// An answer that must not be missed is waited for so long, or for the attempt's time where that is longer.
const AWAITED: Duration = Duration::from_secs(30);
/// The last request of a run may take so long.
const PARTING: Duration = Duration::from_secs(3);

/// What may still be spent on one issue, and what became of its write so far.
#[derive(Debug)]
pub struct Budget {
    pub(super) retries: Cell<u32>,
    /// True while a write is under way, and once the end of one is not known.
    pub(super) maybe_written: Arc<AtomicBool>,
}

impl Budget {
    /// Whether a write may have been carried out, as it stands at any moment.
    pub fn maybe_written(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.maybe_written)
    }
}

/// Which attempts are made again after a failure that may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Any.
    Always,
    /// Those that were surely not carried out: for what does more when it is done twice, or is good once.
    Undone,
    /// None: for a code that a person gave.
    Never,
}

impl Repeat {
    fn allows(self, call: &Call) -> bool {
        match self {
            Repeat::Always => true,
            Repeat::Undone => !call.maybe_applied,
            Repeat::Never => false,
        }
    }
}

/// A request before it is signed.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What is done.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// Beside those that every request has.
    pub headers: Vec<(&'static str, Text)>,
    /// Its form stands in the `content-type` header.
    pub body: Option<Text>,
    /// Bytes of the answer that are read.
    pub limit: usize,
    /// Whether it carries our credentials; false for what asks for the credentials themselves.
    pub signed: bool,
    /// Whether it may be sent again after a failure that may pass.
    pub repeat: Repeat,
    /// Whether its answer is awaited past the attempt's time, the run's and a signal, once it was sent: it holds what
    /// nobody gives again.
    pub awaited: bool,
    /// Whether the answer holds a secret that the mask does not know yet: its body is not logged.
    pub confidential: bool,
}

impl Ask {
    /// A signed GET.
    pub fn get(url: Url, limit: usize) -> Self {
        Ask {
            method: Method::Get,
            url,
            headers: vec![],
            body: None,
            limit,
            signed: true,
            repeat: Repeat::Always,
            awaited: false,
            confidential: false,
        }
    }

    /// A GET without our credentials.
    pub fn unsigned(url: Url, limit: usize) -> Self {
        Ask { signed: false, ..Ask::get(url, limit) }
    }
}

/// One request with all its attempts.
#[derive(Debug)]
pub struct Call {
    /// Where it was sent.
    pub url: Url,
    /// Requests sent for it.
    pub attempts: u32,
    /// True where some attempt may have reached Jira without an answer that says what became of it.
    pub maybe_applied: bool,
    /// True where it would have been sent again, but for what it adds and may have added.
    pub withheld: bool,
    /// The last answer, or why there is none.
    pub answer: Result<Answer, Failure>,
    /// What broke the last attempt off, where there is no answer.
    pub trouble: Option<Trouble>,
    /// The wait that Jira asked for and the deadline did not allow.
    pub refused_wait: Option<Duration>,
    /// What it was signed with.
    pub means: Means,
    /// Hide what was made for its attempts while its answer is looked at.
    pub veils: Vec<Veil>,
}

impl Jira {
    /// Sends a request until there is an answer that no further attempt would better.
    pub async fn call(&self, ask: &Ask, budget: &Budget) -> Call {
        self.call_into(ask, budget, None).await
    }

    /// The same, with the body of a success handed to `sink`. Once some of it is out, nothing is repeated.
    pub async fn stream(&self, ask: &Ask, budget: &Budget, sink: Sink<'_>) -> Call {
        self.call_into(ask, budget, Some(sink)).await
    }

    async fn call_into(&self, ask: &Ask, budget: &Budget, sink: Option<Sink<'_>>) -> Call {
        let begun = Cell::new(false);
        let pass = |piece: &[u8]| {
            begun.set(true);
            sink.map_or(ControlFlow::Break(()), |sink| sink(piece))
        };
        let pass: Option<Sink<'_>> = sink.is_some().then_some(&pass);
        let mut call = self.unsent(ask);
        let mut waits = 0;
        let mut mended = false;
        loop {
            let request = match self.ready(ask, budget).await {
                Ok((request, veil)) => {
                    call.veils.extend(veil);
                    request
                }
                Err(failure) => return call.ended_by(failure),
            };
            let until = Instant::now() + self.left_for_attempt();
            let outcome = self.watched_attempt(ask, &request, until, pass, budget).await;
            let (cause, floor) = self.assess(&outcome);
            let may_be_applied = applied::may_be(&outcome);
            call.attempts += 1;
            call.maybe_applied |= may_be_applied;
            let mends = ask.signed && outcome.as_ref().is_ok_and(|answer| self.auth.mends(self, &request, answer));
            // What names its problem is no passing failure, whatever its status.
            let settled = outcome.as_ref().is_ok_and(|answer| oauth_problem::of(answer).is_some());
            call.trouble = outcome.as_ref().err().cloned();
            call.answer = outcome.map_err(|trouble| self.failure(&trouble, &request.url));
            let again = ask.repeat.allows(&call);
            if mends && !mended && (again || ask.repeat == Repeat::Never) {
                mended = true;
                // It is understood. What keeps the next attempt from being made, such as a refused renewal, is the news.
                call.answer = Err(self.out_of_time());
                continue;
            }
            if begun.get() || settled {
                return call;
            }
            let progress = Progress { waits, retries_left: if again { budget.retries.get() } else { 0 } };
            match retry::decide(self.patience.backoff, cause, floor, progress, self.left(), self.nature.fraction()) {
                Decision::Wait(_) if !again => return Call { withheld: ask.repeat == Repeat::Undone, ..call },
                Decision::Wait(wait) => {
                    if retry::spends_a_retry(cause) {
                        budget.retries.set(budget.retries.get() - 1);
                    }
                    waits += 1;
                    let asked_to_wait = floor.is_some_and(|floor| !floor.is_zero());
                    self.wait(ask, cause, wait, asked_to_wait && !only_this_issue(&call)).await;
                }
                Decision::TooLong(wait) => return Call { refused_wait: Some(wait), ..call },
                Decision::NotRetryable | Decision::RetriesUsed => return call,
            }
        }
    }

    fn unsent(&self, ask: &Ask) -> Call {
        Call {
            url: ask.url.clone(),
            attempts: 0,
            maybe_applied: false,
            withheld: false,
            answer: Err(self.out_of_time()),
            trouble: None,
            refused_wait: None,
            means: self.auth.means(),
            veils: vec![],
        }
    }

    /// An attempt that leaves a doubt behind where it is given up half-way, and it is a write.
    async fn watched_attempt(
        &self,
        ask: &Ask,
        request: &Request,
        until: Instant,
        sink: Option<Sink<'_>>,
        budget: &Budget,
    ) -> Result<Answer, Trouble> {
        let before = budget.maybe_written.load(Ordering::Relaxed);
        let write = ask.method == Method::Put;
        budget.maybe_written.store(before || write, Ordering::Relaxed);
        let outcome = self.attempt(ask, request, until, sink).await;
        budget.maybe_written.store(before || (write && applied::may_be(&outcome)), Ordering::Relaxed);
        outcome
    }

    /// Why an attempt may be repeated, and the least wait that the answer asks for.
    fn assess(&self, outcome: &Result<Answer, Trouble>) -> (Cause, Option<Duration>) {
        match outcome {
            Ok(answer) => {
                let headers = |name| answer.all(name).collect();
                (Cause::Status(answer.status), retry::floor(headers, self.nature.now()))
            }
            Err(trouble) => (cause_of(trouble.kind), None),
        }
    }

    /// Waits before the next attempt; where the site asked for it, everybody does.
    async fn wait(&self, ask: &Ask, cause: Cause, wait: Duration, everybody: bool) {
        let until = Instant::now() + wait;
        if everybody {
            self.hold.set(self.hold.get().max(Some(until)));
        }
        let (method, path, reason) = (ask.method.name(), ask.url.path(), describe(cause));
        tracing::info!("{method} {path}: {reason}; trying again in {:.1} s", wait.as_secs_f64());
        self.sleep_until(until).await;
    }

    /// The request of the next attempt, signed afresh, when it may be sent.
    async fn ready(&self, ask: &Ask, budget: &Budget) -> Result<(Request, Option<Veil>), Failure> {
        self.wait_for_site().await?;
        if ask.signed {
            self.auth.prepare(self, budget).await?;
            if let Some(gateway) = &self.gateway {
                gateway.find(self, self.auth.user_token(), budget).await?;
            }
        }
        if let Some(failure) = self.interruption() {
            return Err(failure);
        }
        if self.left().is_zero() {
            return Err(self.out_of_time());
        }
        if ask.awaited && ask.repeat == Repeat::Undone {
            self.time_for_exchange()?;
        }
        Ok(self.sign(ask))
    }

    fn sign(&self, ask: &Ask) -> (Request, Option<Veil>) {
        let mut headers = vec![
            // Without it Data Center answers a 429 with a page of HTML.
            ("accept", plain("application/json")),
            ("user-agent", plain(concat!("jira-build-status/", env!("CARGO_PKG_VERSION")))),
        ];
        headers.extend(ask.headers.iter().cloned());
        let mut request = Request { method: ask.method, url: ask.url.clone(), headers, body: ask.body.clone() };
        let veil = if ask.signed {
            if let Some(gateway) = &self.gateway {
                request.url = gateway.reroute(&self.base, &ask.url);
            }
            self.auth.authorize(&mut request, self.nature.stamp())
        } else {
            None
        };
        (request, veil)
    }

    /// One attempt beyond the run's end and time, for what is owed to Jira then: a log out. `None` where no answer came.
    pub async fn send_last(&self, ask: &Ask) -> Option<Answer> {
        let until = Instant::now() + PARTING.min(self.patience.timeout);
        let (request, _veil) = self.sign(ask);
        self.attempt(ask, &request, until, None).await.ok()
    }

    async fn attempt(
        &self,
        ask: &Ask,
        request: &Request,
        until: Instant,
        sink: Option<Sink<'_>>,
    ) -> Result<Answer, Trouble> {
        let limits = Limits { until, body: ask.limit };
        tracing::debug!("> {} {}", request.method.name(), request.url);
        if let Some(body) = &request.body {
            tracing::trace!("> {}", body.shown());
        }
        // The connection of the last answer needs a moment to be free again; without it a new one would be made.
        tokio::task::yield_now().await;
        let outcome = match sink {
            Some(sink) => self.wire.stream(request, limits, sink).await,
            None if ask.awaited => {
                let limits = Limits { until: Instant::now() + AWAITED.max(self.patience.timeout), ..limits };
                self.wire.insist(request, limits, Box::pin(self.given_up(until))).await
            }
            None => self.wire.exchange(request, limits).await,
        };
        match &outcome {
            Ok(answer) => {
                if ask.confidential {
                    confidential::learn(answer, &self.mask);
                }
                self.log_answer(answer, ask.confidential);
            }
            Err(trouble) => tracing::debug!("< {}", trouble.detail.sentence(&self.mask)),
        }
        outcome
    }

    /// Ends at that moment, or when a signal ends the run.
    async fn given_up(&self, until: Instant) {
        tokio::select! {
            () = tokio::time::sleep_until(until) => {}
            _ = self.stopped() => {}
        }
    }

    fn log_answer(&self, answer: &Answer, confidential: bool) {
        tracing::debug!("< {}", answer.status);
        for (name, text) in &answer.headers {
            // Cleaned only where it is logged.
            let shown = || CleanText::sentence(if name == "set-cookie" { HIDDEN } else { text }, &self.mask);
            tracing::debug!("< {}: {}", CleanText::name(name, &self.mask), shown());
        }
        if !confidential {
            tracing::trace!("< {}", CleanText::body(&answer.body, !answer.complete, &self.mask));
        }
    }

    fn failure(&self, trouble: &Trouble, url: &Url) -> Failure {
        let base = url.origin() == self.base.url().origin();
        let (kind, hint) = match trouble.kind {
            Break::Connection if base => {
                (Kind::Unreachable, "check JIRA_BASE_URL (--base-url), and that this machine may reach Jira".to_owned())
            }
            Break::Proxy => (Kind::Unreachable, "ask whoever keeps the proxy".to_owned()),
            Break::Connection => {
                let hint = "this machine must reach it, too: it belongs to Jira's Cloud or its OAuth 2.0 provider";
                (Kind::Unreachable, hint.to_owned())
            }
            Break::Tls => (Kind::Tls, "check the certificate with: openssl s_client -connect HOST:PORT".to_owned()),
            Break::Timeout => (Kind::Timeout, "JIRA_TIMEOUT (--timeout) sets the time for one attempt".to_owned()),
        };
        let host = if base { self.base.to_string() } else { url.origin().ascii_serialization() };
        let message = format!("{host}: {}", trouble.detail.sentence(&self.mask));
        let theirs = trouble.hint.as_ref().map(|hint| hint.sentence(&self.mask).to_string());
        Failure::new(kind, message).hint(theirs.unwrap_or(hint))
    }
}

impl Call {
    /// An answer of Jira's says more than a failure to ask again, but for a signal.
    fn ended_by(mut self, failure: Failure) -> Self {
        let interrupted = matches!(failure.kind, Kind::Interrupted(_));
        self.answer = if interrupted { Err(failure) } else { self.answer.or(Err(failure)) };
        self
    }
}

/// True where the limit that was met is this issue's own: the site still answers for others.
fn only_this_issue(call: &Call) -> bool {
    let reason = call.answer.as_ref().ok().and_then(|answer| answer.header("ratelimit-reason"));
    reason.is_some_and(|reason| reason.contains("per-issue"))
}

fn cause_of(kind: Break) -> Cause {
    match kind {
        Break::Connection => Cause::Connection,
        Break::Tls => Cause::Tls,
        Break::Proxy => Cause::Proxy,
        Break::Timeout => Cause::Timeout,
    }
}

fn describe(cause: Cause) -> String {
    match cause {
        Cause::Status(status) => format!("Jira answered {status}"),
        Cause::Timeout => "no answer in time".to_owned(),
        Cause::Connection | Cause::Tls | Cause::Proxy => "the connection failed".to_owned(),
    }
}
