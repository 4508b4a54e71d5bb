//! What can go wrong between a request and its answer, and which request it
//! applies to.

use crate::http;
use crate::message::{Reply, Request, first_value};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Which requests a fault applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
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
    /// Blocks every request until it is opened.
    pub fn closed() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Lets every request pass from now on.
    pub fn open(&self) {
        self.0.close();
    }

    async fn pass(&self) {
        drop(self.0.acquire().await);
    }
}

/// What happens in place of the plain answer, or in addition to it.
#[derive(Debug, Clone)]
pub enum Fault {
    /// A status and a body instead of the answer; JSON if the body begins with a brace.
    Status(u16, &'static str),
    /// This answer instead of the real one.
    Answer(Reply),
    /// This status, and all that the request's headers and body parts, each in the
    /// form that the function gives it: in the body, in a header and, for a
    /// redirect, in its target.
    Echo(u16, fn(&str) -> String),
    /// Such an answer cut within the echo of the credentials, after three quarters of
    /// them; then this fault.
    BrokenEcho(u16, fn(&str) -> String, Box<Fault>),
    /// All that the request's headers parts in this form, and no HTTP; then closed.
    BareEcho(fn(&str) -> String),
    /// The real answer with one more header.
    Header(&'static str, &'static str),
    /// The real answer with more headers.
    Headers(Vec<(String, String)>),
    /// The site waits, then this fault.
    Delayed(Duration, Box<Fault>),
    /// The site handles the request, then the client sees the fault.
    AfterApplying(Box<Fault>),
    /// The site waits before it handles the request.
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
    /// Half of an answer's headers, then nothing; the connection stays open.
    Stall,
}

impl Fault {
    /// Whether it applies before a request is read.
    pub(crate) fn is_before_reading(&self) -> bool {
        matches!(self, Self::CloseUnread)
    }

    /// Whether the site handles the request despite it.
    pub(crate) fn runs_handler(&self) -> bool {
        matches!(
            self,
            Self::Header(..)
                | Self::Headers(_)
                | Self::AfterApplying(_)
                | Self::Delay(_)
                | Self::Wait(_)
                | Self::Cut(_)
        )
    }

    /// Waits for its delay or gate.
    pub(crate) async fn wait(&self) {
        match self {
            Self::Delay(time) => tokio::time::sleep(*time).await,
            Self::Wait(gate) => gate.pass().await,
            _ => {}
        }
    }

    /// With an echo replaced by its answer to this request.
    pub(crate) fn for_request(self, request: &Request) -> Self {
        match self {
            Self::Echo(status, form) => Self::Answer(echo(request, status, form)),
            Self::BrokenEcho(status, form, then) => {
                Self::Begun(broken_echo(request, status, form), then)
            }
            Self::BareEcho(form) => {
                Self::Raw(request_parts(request, form).join("\r\n").into_bytes())
            }
            fault => fault,
        }
    }
}

fn request_parts(request: &Request, form: fn(&str) -> String) -> Vec<String> {
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
    let parts = request_parts(request, form);
    let header: String = parts
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let place = format!("/echo?{header}");
    Reply::text(status, &parts.join(" "))
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
    let mut bytes = http::encoded(&reply, &request.method);
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

/// Which requests a fault that is queued applies to.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    On(On),
    /// Requests of the method, whatever its case, whose target contains the part.
    Target {
        method: Option<String>,
        part: String,
    },
}

impl Place {
    fn matches(&self, request: &Request) -> bool {
        match self {
            Self::On(on) => on.matches(request),
            Self::Target { method, part } => {
                let of = |method: &String| request.method.eq_ignore_ascii_case(method);
                method.as_ref().is_none_or(of) && request.target.contains(part.as_str())
            }
        }
    }
}

/// Queued faults, each used once, and permanent ones.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    queued: VecDeque<(Place, Fault)>,
    permanent: Vec<(Place, Fault)>,
}

impl Faults {
    pub(crate) fn queue(&mut self, on: On, fault: Fault) {
        self.queued.push_back((Place::On(on), fault));
    }

    /// Queues a fault so many times, or adds a permanent one.
    pub(crate) fn order(&mut self, place: Place, fault: Fault, times: Option<u32>) {
        match times {
            None => self.permanent.push((place, fault)),
            Some(times) => {
                let copies = (0..times).map(|_| (place.clone(), fault.clone()));
                self.queued.extend(copies);
            }
        }
    }

    pub(crate) fn add_permanent(&mut self, on: On, fault: Fault) {
        self.permanent.push((Place::On(on), fault));
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The fault that applies to this request; a queued one is used up.
    pub(crate) fn take(&mut self, request: &Request) -> Option<Fault> {
        self.find(|on, fault| !fault.is_before_reading() && on.matches(request))
    }

    /// Whether the next connection, or the next request on an open one, is closed unread.
    pub(crate) fn closes_unread(&mut self) -> bool {
        self.find(|_, fault| fault.is_before_reading()).is_some()
    }

    fn find(&mut self, fits: impl Fn(&Place, &Fault) -> bool) -> Option<Fault> {
        let mut queued = self.queued.iter();
        if let Some(at) = queued.position(|(on, fault)| fits(on, fault)) {
            return self.queued.remove(at).map(|(_, fault)| fault);
        }
        let mut permanent = self.permanent.iter();
        let found = permanent.find(|(on, fault)| fits(on, fault));
        found.map(|(_, fault)| fault.clone())
    }
}
