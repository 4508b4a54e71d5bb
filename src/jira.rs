//! Jira's REST API as this run sees it: each request signed, repeated while that may help, and judged by `refusal`. Never decides what to write.

pub mod oauth_problem;
mod redirect;
pub mod refusal;
pub mod said;

use crate::auth::oauth2::lacks_scope;
use crate::auth::{Auth, Means, Stamp};
use crate::base_url::BaseUrl;
use crate::failure::{Failure, Kind, Signal};
use crate::gateway::Gateway;
use crate::issue_key::IssueKey;
use crate::mask::{Mask, Veil};
use crate::metadata::{self, Field};
use crate::retry::{self, Backoff, Cause, Decision, Progress};
use crate::wire::{Answer, Break, Limits, Method, Request, Sink, Text, Trouble, Wire};
use said::{Said, presentable};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;
use tokio::time::Instant;
use url::Url;

/// An answer to a write, or to a question that takes no list for an answer, is read so far.
pub const SHORT_BODY: usize = 64 << 10;
/// The last request of a run may take so long.
const PARTING: Duration = Duration::from_secs(3);
/// Metadata is read so far: a select may have thousands of options.
const LONG_BODY: usize = 16 << 20;

/// Time and chance, as the program or a test hands them in. Waiting is tokio's, whose clock a test can stop.
pub struct Nature {
    /// The wall clock when `started` was taken.
    pub wall: SystemTime,
    /// The beginning of the run.
    pub started: Instant,
    /// Random bits. Jitter and nonces are made of them, keys are not.
    pub random: RefCell<Box<dyn FnMut() -> u64>>,
}

impl Nature {
    /// The wall clock now.
    pub fn now(&self) -> SystemTime {
        self.wall + self.started.elapsed()
    }

    /// Seconds since 1970.
    pub fn unix_seconds(&self) -> u64 {
        self.now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    fn bits(&self) -> u64 {
        (self.random.borrow_mut())()
    }

    /// A number from 0 to 1.
    fn fraction(&self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A fresh stamp for one signature.
    pub fn stamp(&self) -> Stamp {
        Stamp { now: self.unix_seconds(), nonce: u128::from(self.bits()) << 64 | u128::from(self.bits()) }
    }
}

/// How long and how often Jira is asked.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For one attempt.
    pub timeout: Duration,
    /// For the whole run.
    pub deadline: Duration,
    /// For each issue.
    pub max_retries: u32,
    /// How the waits between attempts grow.
    pub backoff: Backoff,
}

/// What may still be spent on one issue.
#[derive(Debug)]
pub struct Budget {
    retries: Cell<u32>,
}

/// The version of the API that a write goes to. Both take the same shapes, but for rich text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    /// Rich text is a string. The only version that self-hosted Jira has.
    V2,
    /// Rich text is a document. Cloud alone.
    V3,
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
    /// Whether it may be sent again after a failure that may pass; false for a code that is exchanged once.
    pub repeatable: bool,
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
            repeatable: true,
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
    /// The last answer, or why there is none.
    pub answer: Result<Answer, Failure>,
    /// The wait that Jira asked for and the deadline did not allow.
    pub refused_wait: Option<Duration>,
    /// What it was signed with.
    pub means: Means,
    /// Hide what was made for its attempts while its answer is looked at.
    pub veils: Vec<Veil>,
}

/// A connection to one Jira with one set of credentials.
pub struct Jira {
    base: BaseUrl,
    auth: Auth,
    mask: Mask,
    wire: Box<dyn Wire>,
    nature: Nature,
    patience: Patience,
    /// Where signed requests go, when not to the base.
    gateway: Option<Gateway>,
    /// Whether `serverInfo` says that this is Cloud, once it was asked.
    cloud: Cell<Option<bool>>,
    /// Nobody may ask before this moment: the site said so.
    hold: Cell<Option<Instant>>,
    /// Whether the credentials are good, once that is known.
    accepted: Cell<Option<bool>>,
    stopped_by: Cell<Option<Signal>>,
    stop: Notify,
}

impl Jira {
    /// Sends nothing yet.
    pub fn new(base: BaseUrl, auth: Auth, mask: Mask, wire: Box<dyn Wire>, nature: Nature, patience: Patience) -> Self {
        Jira {
            base,
            auth,
            mask,
            wire,
            nature,
            patience,
            gateway: None,
            cloud: Cell::default(),
            hold: Cell::default(),
            accepted: Cell::default(),
            stopped_by: Cell::default(),
            stop: Notify::new(),
        }
    }

    /// Lets signed requests go through Cloud's gateway.
    #[must_use]
    pub fn through(self, gateway: Gateway) -> Self {
        Jira { gateway: Some(gateway), ..self }
    }

    /// How requests are signed.
    pub fn auth(&self) -> &Auth {
        &self.auth
    }

    /// What hides secrets in Jira's words.
    pub fn mask(&self) -> &Mask {
        &self.mask
    }

    /// Time and chance.
    pub fn nature(&self) -> &Nature {
        &self.nature
    }

    /// Jira's address.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// From now on nothing is sent and nobody waits; what is under way may end.
    pub fn stop(&self, signal: Signal) {
        self.stopped_by.set(Some(signal));
        self.stop.notify_waiters();
    }

    /// What to say of work that a signal ended or kept from beginning.
    pub fn interruption(&self) -> Option<Failure> {
        let signal = self.stopped_by.get()?;
        let name = match signal {
            Signal::Interrupt => "SIGINT",
            Signal::Terminate => "SIGTERM",
        };
        Some(Failure::new(Kind::Interrupted(signal), format!("{name} ended the run")))
    }

    /// Ends when a signal ends the run.
    pub async fn stopped(&self) -> Failure {
        loop {
            let told = self.stop.notified();
            if let Some(failure) = self.interruption() {
                return failure;
            }
            told.await;
        }
    }

    /// Cloud's gateway.
    pub fn gateway(&self) -> Option<&Gateway> {
        self.gateway.as_ref()
    }

    /// A fresh budget for one issue.
    pub fn budget(&self) -> Budget {
        Budget { retries: Cell::new(self.patience.max_retries) }
    }

    /// Gives back what the credentials asked for: logs out.
    pub async fn finish(&self) {
        self.auth.finish(self).await;
    }

    /// Writes to an issue. The answer is Jira's, whatever it is.
    pub async fn edit(
        &self,
        api: Api,
        issue: &IssueKey,
        body: &Value,
        notify_users: Option<bool>,
        budget: &Budget,
    ) -> Call {
        let version = if api == Api::V3 { 3 } else { 2 };
        let query = notify_users.map(|notify| format!("?notifyUsers={notify}")).unwrap_or_default();
        let path = format!("/rest/api/{version}/issue/{issue}{query}");
        let ask = Ask {
            method: Method::Put,
            // Data Center checks browsers' writes for forgery; this says that we are none.
            headers: vec![("x-atlassian-token", plain("no-check")), ("content-type", plain("application/json"))],
            body: Some(Text::Plain(body.to_string())),
            ..self.read(&path, SHORT_BODY)
        };
        self.call(&ask, budget).await
    }

    /// The fields that may be edited on an issue.
    pub async fn edit_metadata(&self, issue: &IssueKey, budget: &Budget) -> Call {
        self.call(&self.read(&format!("/rest/api/2/issue/{issue}/editmeta"), LONG_BODY), budget).await
    }

    /// Every field of the site; none where Jira does not say.
    pub async fn fields(&self, budget: &Budget) -> Option<Vec<Field>> {
        let call = self.call(&self.read("/rest/api/2/field", LONG_BODY), budget).await;
        let answer = call.answer.ok().filter(|answer| answer.status == 200)?;
        metadata::read_field_list(&answer.body)
    }

    /// Whether this is known to be Jira Cloud, without asking.
    pub fn is_known_cloud(&self) -> bool {
        let chosen = self.gateway.as_ref().is_some_and(Gateway::is_chosen);
        chosen || self.base.is_cloud_host() || self.cloud.get() == Some(true)
    }

    /// Whether this is Jira Cloud; where neither settings nor address tell, Jira does, and anything but `Cloud` is
    /// self-hosted. It tells everybody: the credentials may depend on the answer.
    pub async fn is_cloud(&self, budget: &Budget) -> bool {
        if self.is_known_cloud() || self.cloud.get().is_some() {
            return self.is_known_cloud();
        }
        let ask = Ask::unsigned(self.base.below("/rest/api/2/serverInfo"), SHORT_BODY);
        let call = Box::pin(self.call(&ask, budget)).await;
        let info = call.answer.ok().and_then(|answer| serde_json::from_slice(&answer.body).ok());
        self.learn_deployment(&info.unwrap_or_default())
    }

    /// Whether this is Jira Cloud, from `serverInfo`, which need not be asked again.
    pub fn learn_deployment(&self, server_info: &Value) -> bool {
        self.cloud.set(Some(server_info["deploymentType"] == "Cloud"));
        self.is_known_cloud()
    }

    /// Whether Jira knows who we are; `None` where it did not say. Asked once a run.
    pub async fn accepts_credentials(&self, budget: &Budget) -> Option<bool> {
        if self.accepted.get().is_none() {
            let call = self.call(&self.read("/rest/api/2/myself", SHORT_BODY), budget).await;
            self.accepted.set(match call.answer {
                Ok(answer) if answer.status == 200 => Some(true),
                // A token whose scopes leave this question out is a good one.
                Ok(answer) if answer.status == 401 => Some(lacks_scope(&Said::read(&answer, &self.mask))),
                _ => None,
            });
        }
        self.accepted.get()
    }

    /// A signed GET of a path below the base.
    pub fn read(&self, path: &str, limit: usize) -> Ask {
        Ask::get(self.base.below(path), limit)
    }

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
        let mut call = Call {
            url: ask.url.clone(),
            attempts: 0,
            maybe_applied: false,
            answer: Err(self.out_of_time()),
            refused_wait: None,
            means: self.auth.means(),
            veils: vec![],
        };
        let mut waits = 0;
        let mut mended = false;
        loop {
            let request = match self.ready(ask, budget).await {
                Ok((request, veil)) => {
                    call.veils.extend(veil);
                    request
                }
                Err(failure) => {
                    // Before the first attempt this is all there is to say; later the last answer says more.
                    let first = call.attempts == 0 || matches!(failure.kind, Kind::Interrupted(_));
                    call.answer = if first { Err(failure) } else { call.answer.or(Err(failure)) };
                    return call;
                }
            };
            call.attempts += 1;
            let until = Instant::now() + self.patience.timeout.min(self.left());
            let outcome = self.attempt(ask, &request, until, pass).await;
            let (cause, floor) = match &outcome {
                Ok(answer) => {
                    call.maybe_applied |= matches!(answer.status, 500 | 502 | 504);
                    let headers = |name| answer.all(name).collect();
                    (Cause::Status(answer.status), retry::floor(headers, self.nature.now()))
                }
                Err(trouble) => {
                    call.maybe_applied |= trouble.sent;
                    (cause_of(trouble.kind), None)
                }
            };
            let mends = ask.signed && outcome.as_ref().is_ok_and(|answer| self.auth.mends(self, &request, answer));
            // What names its problem is no passing failure, whatever its status.
            let settled = outcome.as_ref().is_ok_and(|answer| oauth_problem::of(answer).is_some());
            call.answer = outcome.map_err(|trouble| self.failure(&trouble, &request.url));
            if mends && !mended {
                mended = true;
                continue;
            }
            if begun.get() || settled {
                return call;
            }
            let progress = Progress { waits, retries_left: if ask.repeatable { budget.retries.get() } else { 0 } };
            match retry::decide(self.patience.backoff, cause, floor, progress, self.left(), self.nature.fraction()) {
                Decision::Wait(wait) => {
                    if retry::spends_a_retry(cause) {
                        budget.retries.set(budget.retries.get() - 1);
                    }
                    waits += 1;
                    let until = Instant::now() + wait;
                    if floor.is_some_and(|floor| !floor.is_zero()) && !only_this_issue(&call) {
                        self.hold.set(self.hold.get().max(Some(until)));
                    }
                    let (method, path, reason) = (ask.method.name(), ask.url.path(), describe(cause));
                    tracing::info!("{method} {path}: {reason}; trying again in {:.1} s", wait.as_secs_f64());
                    self.sleep_until(until).await;
                }
                Decision::TooLong(wait) => {
                    call.refused_wait = Some(wait);
                    return call;
                }
                Decision::NotRetryable | Decision::RetriesUsed => return call,
            }
        }
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
            None => self.wire.exchange(request, limits).await,
        };
        match &outcome {
            Ok(answer) if tracing::enabled!(tracing::Level::DEBUG) => self.log_answer(answer, ask.confidential),
            Ok(_) => {}
            Err(trouble) => tracing::debug!("< {}", presentable(&self.mask.clean(&trouble.detail))),
        }
        outcome
    }

    fn log_answer(&self, answer: &Answer, confidential: bool) {
        tracing::debug!("< {}", answer.status);
        for (name, text) in &answer.headers {
            let text = if name == "set-cookie" { crate::mask::HIDDEN.to_owned() } else { self.mask.clean(text) };
            tracing::debug!("< {name}: {text}");
        }
        if !confidential {
            tracing::trace!("< {}", self.mask.clean_bytes(&answer.body, !answer.complete));
        }
    }

    /// Waits as long as the site asked everybody to wait; a failure where that is too long.
    async fn wait_for_site(&self) -> Result<(), Failure> {
        while let Some(until) = self.hold.get().filter(|until| *until > Instant::now()) {
            if until.saturating_duration_since(Instant::now()) >= self.left() {
                return Err(self.out_of_time());
            }
            self.sleep_until(until).await;
            if let Some(failure) = self.interruption() {
                return Err(failure);
            }
        }
        Ok(())
    }

    async fn sleep_until(&self, until: Instant) {
        if self.stopped_by.get().is_none() {
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                () = self.stop.notified() => {}
            }
        }
    }

    /// What is left of the time for the run.
    pub fn left(&self) -> Duration {
        self.patience.deadline.saturating_sub(self.nature.started.elapsed())
    }

    fn out_of_time(&self) -> Failure {
        let seconds = self.patience.deadline.as_secs_f64();
        Failure::new(Kind::Timeout, format!("the run's time of {seconds} s is over"))
            .hint("JIRA_DEADLINE (--deadline) sets it")
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
        let cleaned = |text: &str| presentable(&self.mask.clean(text));
        let message = format!("{host}: {}", cleaned(&trouble.detail));
        Failure::new(kind, message).hint(trouble.hint.as_deref().map_or(hint, cleaned))
    }
}

/// True where the limit that was met is this issue's own: the site still answers for others.
fn only_this_issue(call: &Call) -> bool {
    let reason = call.answer.as_ref().ok().and_then(|answer| answer.header("ratelimit-reason"));
    reason.is_some_and(|reason| reason.contains("per-issue"))
}

fn plain(text: &str) -> Text {
    Text::Plain(text.to_owned())
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
        Cause::Connection => "the connection failed".to_owned(),
        Cause::Timeout => "no answer in time".to_owned(),
        Cause::Tls => "the handshake failed".to_owned(),
        Cause::Proxy => "the proxy refused".to_owned(),
    }
}
