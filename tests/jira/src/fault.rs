//! Knows what can go wrong between a request and its answer, and whose turn it
//! is; refuses to know sockets.

use crate::message::{Reply, Request, first_value};
use crate::wire;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Which requests a fault waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Every request.
    Any,
    /// PUTs on issues.
    Write,
    /// Requests whose target contains the text.
    Path(&'static str),
}

/// Holds a request up until the test opens it.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    /// Nobody passes yet.
    pub fn closed() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Lets everybody pass, now and later.
    pub fn open(&self) {
        self.0.close();
    }

    async fn pass(&self) {
        drop(self.0.acquire().await);
    }
}

/// What happens instead of the plain answer, or on top of it.
#[derive(Debug, Clone)]
pub enum Fault {
    /// A status and a body instead of the answer; JSON if the body begins with a brace.
    Status(u16, &'static str),
    /// This answer instead of the real one.
    Answer(Reply),
    /// This status, and all that the request's headers and body held, each in the
    /// form that the function gives it: in the body, in a header and, for a
    /// redirect, in its target.
    Echo(u16, fn(&str) -> String),
    /// The beginning of such an answer, three quarters through an echo of what
    /// signs the request; then this fault.
    BrokenEcho(u16, fn(&str) -> String, Box<Fault>),
    /// All that the request's headers held in this form, and no HTTP; then closed.
    BareEcho(fn(&str) -> String),
    /// The real answer with one more header.
    Header(&'static str, &'static str),
    /// The site does its work, then the client sees the fault.
    AfterApplying(Box<Fault>),
    /// The site waits before it does its work and answers.
    Delay(Duration),
    /// The same, until the test opens the gate.
    Wait(Gate),
    /// The request is read and never answered; the connection stays open.
    Hang,
    /// The request is read, then the connection is reset.
    Reset,
    /// The request is read, then the connection is closed.
    Close,
    /// The connection is closed before a request is read. It waits for the next
    /// connection, or for the next request on an open one, whatever its `On` says.
    CloseUnread,
    /// The real answer, cut after so many bytes of head and body, then closed.
    Cut(usize),
    /// These bytes instead of an answer, then closed.
    Raw(Vec<u8>),
    /// These bytes, then this fault.
    Begun(Vec<u8>, Box<Fault>),
    /// This head, then one byte of body each time, for ever.
    Trickle {
        /// Status line and headers up to and including the empty line.
        head: Vec<u8>,
        /// How long each byte takes.
        every: Duration,
    },
    /// A 200 of JSON's media type with a body of so many bytes.
    Flood(u64),
    /// Half of an answer's head, then nothing; the connection stays open.
    Stall,
}

impl Fault {
    /// Whether it strikes before a request is read.
    pub(crate) fn is_before_reading(&self) -> bool {
        matches!(self, Self::CloseUnread)
    }

    /// Whether the site does its work despite it.
    pub(crate) fn lets_work(&self) -> bool {
        matches!(
            self,
            Self::Header(..)
                | Self::AfterApplying(_)
                | Self::Delay(_)
                | Self::Wait(_)
                | Self::Cut(_)
        )
    }

    /// Passes the time that it takes.
    pub(crate) async fn hold_up(&self) {
        match self {
            Self::Delay(time) => tokio::time::sleep(*time).await,
            Self::Wait(gate) => gate.pass().await,
            _ => {}
        }
    }

    /// The same, knowing the request where it echoes one.
    pub(crate) fn knowing(self, request: &Request) -> Self {
        match self {
            Self::Echo(status, form) => Self::Answer(echo(request, status, form)),
            Self::BrokenEcho(status, form, then) => {
                Self::Begun(broken_echo(request, status, form), then)
            }
            Self::BareEcho(form) => Self::Raw(held(request, form).join("\r\n").into_bytes()),
            fault => fault,
        }
    }
}

fn held(request: &Request, form: fn(&str) -> String) -> Vec<String> {
    let body = String::from_utf8_lossy(&request.body);
    request
        .headers
        .iter()
        .map(|(_, value)| form(value))
        .chain([form(&body)])
        .collect()
}

/// The answer of [`Fault::Echo`].
fn echo(request: &Request, status: u16, form: fn(&str) -> String) -> Reply {
    let held = held(request, form);
    let header: String = held.join(" ").chars().filter(|c| !c.is_control()).collect();
    let place = format!("/echo?{header}");
    Reply::text(status, &held.join(" "))
        .header("X-Echo", &header)
        .header("Location", &place)
}

/// What of [`Fault::BrokenEcho`] is sent.
fn broken_echo(request: &Request, status: u16, form: fn(&str) -> String) -> Vec<u8> {
    let missing = [b'.'; 1000];
    let signs = ["authorization", "cookie"]
        .iter()
        .find_map(|name| first_value(&request.headers, name));
    let mut reply = echo(request, status, form);
    reply.body.push(b' ');
    reply
        .body
        .extend(three_quarters(&form(signs.unwrap_or_default())).bytes());
    reply.body.extend(missing);
    let mut bytes = wire::encoded(&reply, &request.method);
    bytes.truncate(bytes.len() - missing.len());
    bytes
}

fn three_quarters(text: &str) -> String {
    text.chars().take(text.chars().count() * 3 / 4).collect()
}

impl On {
    fn matches(self, request: &Request) -> bool {
        match self {
            Self::Any => true,
            Self::Write => is_write(request),
            Self::Path(part) => request.target.contains(part),
        }
    }
}

/// Whether the request is a PUT on an issue.
pub(crate) fn is_write(request: &Request) -> bool {
    request.method == "PUT" && request.path().contains("/issue/")
}

/// The faults that wait for their requests.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    queued: VecDeque<(On, Fault)>,
    standing: Vec<(On, Fault)>,
}

impl Faults {
    pub(crate) fn queue(&mut self, on: On, fault: Fault) {
        self.queued.push_back((on, fault));
    }

    pub(crate) fn stand(&mut self, on: On, fault: Fault) {
        self.standing.push((on, fault));
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The fault that this request takes.
    pub(crate) fn take(&mut self, request: &Request) -> Option<Fault> {
        self.find(|on, fault| !fault.is_before_reading() && on.matches(request))
    }

    /// Whether the next connection, or the next request on an open one, is closed unread.
    pub(crate) fn closes_unread(&mut self) -> bool {
        self.find(|_, fault| fault.is_before_reading()).is_some()
    }

    fn find(&mut self, fits: impl Fn(On, &Fault) -> bool) -> Option<Fault> {
        let mut queued = self.queued.iter();
        if let Some(at) = queued.position(|(on, fault)| fits(*on, fault)) {
            return self.queued.remove(at).map(|(_, fault)| fault);
        }
        let mut standing = self.standing.iter();
        let found = standing.find(|(on, fault)| fits(*on, fault));
        found.map(|(_, fault)| fault.clone())
    }
}
