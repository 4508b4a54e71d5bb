//! Sends a request until there is an answer that no further attempt would
//! better: signs each attempt afresh, repeats it, waits, keeps the deadline.
//! Knows no method of authentication and gives no answer a meaning.

mod applied;
mod attempt;
mod outcome;
mod request;
pub mod retry;
mod send;
mod signer;
mod time;

pub(crate) use crate::transport::SHORT_BODY;
pub(crate) use outcome::SendOutcome;
pub(crate) use request::{Repeat, RequestSpec, RetryBudget};
pub(crate) use signer::{Anonymous, Recovery, Signer, SigningContext};
pub use time::{Clock, Limits};

use crate::base_url::BaseUrl;
use crate::error::Signal;
use crate::redact::Redactor;
use crate::transport::Transport;
use std::cell::{Cell, RefCell};
use tokio::sync::{Mutex, Notify};
use tokio::time::Instant;

/// One run's requests. They share the deadline, the signal that ends the run,
/// and what the site asked everybody to wait.
pub struct Client {
    base: BaseUrl,
    transport: Box<dyn Transport>,
    redactor: Redactor,
    clock: Clock,
    limits: Limits,
    /// No request is sent before this moment: the site said so.
    blocked_until: Cell<Option<Instant>>,
    /// What a wait was announced for: once for each cause.
    announced: RefCell<Vec<retry::Cause>>,
    stopped_by: Cell<Option<Signal>>,
    stop: Notify,
    /// Held while what is good once is exchanged: a signal waits for that.
    exchange: Mutex<()>,
}

impl Client {
    /// Sends nothing yet. `base` is Jira's own address, which messages name by
    /// its setting.
    pub fn new(
        base: BaseUrl,
        transport: Box<dyn Transport>,
        redactor: Redactor,
        clock: Clock,
        limits: Limits,
    ) -> Self {
        Client {
            base,
            transport,
            redactor,
            clock,
            limits,
            blocked_until: Cell::default(),
            announced: RefCell::default(),
            stopped_by: Cell::default(),
            stop: Notify::new(),
            exchange: Mutex::default(),
        }
    }

    pub(crate) fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Hides secrets in text from outside.
    pub(crate) fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn budget(&self) -> RetryBudget {
        RetryBudget::new(self.limits.max_retries)
    }
}
