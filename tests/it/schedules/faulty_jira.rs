//! A Jira in memory that fails by a schedule, on virtual time.

use fake_jira::Site;
use jira_build_status::transport::{
    AttemptLimits, BodySink, Request, Response, ResponseFuture, Transport, TransportError,
    TransportErrorKind,
};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// 2026-01-01T00:00:00Z, in seconds since 1970.
pub const EPOCH: u64 = 1_767_225_600;

/// What happens to one request.
#[derive(Clone, Debug)]
pub enum Fault {
    None,
    /// The connection fails before anything is sent.
    Unconnected,
    /// It breaks after the request, before Jira acts.
    DropBefore,
    /// It breaks after Jira acted.
    DropAfter,
    /// Jira acts, and nobody ever answers.
    HangAfter,
    /// Nothing happens for so long, then all is well.
    Delay(f64),
    /// An answer in Jira's place; Jira acted first where the flag says so.
    Status {
        status: u16,
        header: Vec<(&'static str, String)>,
        body: &'static str,
        acted: bool,
    },
}

/// The stand-in without sockets, with its own record of what became of each issue.
pub struct Memory {
    pub site: RefCell<Site>,
    pub faults: RefCell<VecDeque<Fault>>,
    pub clock: Instant,
    pub record: Rc<RefCell<Vec<Entry>>>,
    pub injected: Rc<Cell<u32>>,
}

/// One request as the stand-in saw it.
#[derive(Debug)]
pub struct Entry {
    pub path: String,
    pub applied: bool,
    pub at: Duration,
    /// What its answer asked to wait, in seconds.
    pub asked: Option<f64>,
}

impl Memory {
    pub fn apply(&self, request: &Request, entry: usize) -> Response {
        let target = &request.url[url::Position::BeforePath..];
        let mut translated = fake_jira::Request::new(request.method.name(), target);
        for (name, text) in &request.headers {
            translated = translated.header(name, text.reveal());
        }
        if let Some(body) = &request.body {
            translated = translated.json(&serde_json::from_str(body.reveal()).unwrap());
        }
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH) + self.clock.elapsed();
        let reply = self.site.borrow_mut().handle(&translated, now);
        if let Some(entry) = self.record.borrow_mut().get_mut(entry) {
            entry.applied = reply.applied();
        }
        let headers = reply
            .headers
            .iter()
            .map(|(name, text)| (name.to_lowercase(), text.clone()))
            .collect();
        Response {
            status: reply.status,
            headers,
            body: reply.body.clone(),
            complete: true,
            ..Response::default()
        }
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one sequence that reads from top to bottom"
    )]
    pub async fn respond(
        &self,
        request: &Request,
        limits: AttemptLimits,
    ) -> Result<Response, TransportError> {
        let fault = self.faults.borrow_mut().pop_front().unwrap_or(Fault::None);
        if !matches!(fault, Fault::None) {
            self.injected.set(self.injected.get() + 1);
        }
        let (path, at) = (request.url.path().to_owned(), self.clock.elapsed());
        let entry = self.record.borrow().len();
        self.record.borrow_mut().push(Entry {
            path,
            applied: false,
            at,
            asked: None,
        });
        let error = |kind, sent| TransportError {
            kind,
            detail: "injected".into(),
            hint: None,
            at_proxy: false,
            sent,
        };
        match fault {
            Fault::None => Ok(self.apply(request, entry)),
            Fault::Unconnected => {
                self.record.borrow_mut().pop();
                Err(error(TransportErrorKind::Connection, false))
            }
            Fault::DropBefore => Err(error(TransportErrorKind::Connection, true)),
            Fault::DropAfter => {
                self.apply(request, entry);
                Err(error(TransportErrorKind::Connection, true))
            }
            Fault::HangAfter => {
                self.apply(request, entry);
                tokio::time::sleep_until(limits.until).await;
                Err(error(TransportErrorKind::Timeout, true))
            }
            Fault::Delay(seconds) => {
                let ready = Instant::now() + Duration::from_secs_f64(seconds);
                tokio::time::sleep_until(ready.min(limits.until)).await;
                if ready > limits.until {
                    Err(error(TransportErrorKind::Timeout, true))
                } else {
                    Ok(self.apply(request, entry))
                }
            }
            Fault::Status {
                status,
                header,
                body,
                acted,
            } => {
                if acted {
                    self.apply(request, entry);
                }
                let asked = header.iter().find(|(name, _)| *name == "retry-after");
                if let (Some(entry), Some((_, text))) =
                    (self.record.borrow_mut().get_mut(entry), asked)
                {
                    entry.asked = text.parse().ok();
                }
                let headers = header
                    .into_iter()
                    .map(|(name, text)| (name.to_owned(), text))
                    .collect();
                Ok(Response {
                    status,
                    headers,
                    body: body.into(),
                    complete: true,
                    ..Response::default()
                })
            }
        }
    }
}

/// Lets the requests be looked at after the run.
pub struct Shared(pub Rc<Memory>);

impl Transport for Shared {
    fn send<'a>(&'a self, request: &'a Request, limits: AttemptLimits) -> ResponseFuture<'a> {
        Box::pin(self.0.respond(request, limits))
    }

    fn stream<'a>(
        &'a self,
        request: &'a Request,
        limits: AttemptLimits,
        _: BodySink<'a>,
    ) -> ResponseFuture<'a> {
        self.send(request, limits)
    }
}
