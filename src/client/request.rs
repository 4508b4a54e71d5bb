//! A request before it is signed, and what may be spent on it.

use crate::transport::{MaybeSecret, Method};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use url::Url;

/// What may still be spent on one issue, and what became of its write so far.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    pub(super) retries: Cell<u32>,
    /// True while a write is under way, and once the end of one is not known.
    pub(super) maybe_written: Arc<AtomicBool>,
}

impl RetryBudget {
    pub(super) fn new(retries: u32) -> Self {
        RetryBudget {
            retries: Cell::new(retries),
            maybe_written: Arc::default(),
        }
    }

    /// Whether a write may have been carried out, as it stands at any moment.
    pub(crate) fn maybe_written(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.maybe_written)
    }
}

/// Which attempts are made again after a failure that may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Whatever happened to the last attempt.
    Always,
    /// Those that were surely not carried out: for what does more when it is done
    /// twice, or is good once.
    Undone,
    /// None: for a code that a person gave.
    Never,
}

impl Repeat {
    /// `maybe_applied` is true where an attempt may have been carried out.
    pub(super) fn allows(self, maybe_applied: bool) -> bool {
        match self {
            Repeat::Always => true,
            Repeat::Undone => !maybe_applied,
            Repeat::Never => false,
        }
    }
}

/// A request before it is signed.
#[derive(Clone, Debug)]
pub(crate) struct RequestSpec {
    pub method: Method,
    pub url: Url,
    /// Beside those that every request has.
    pub headers: Vec<(&'static str, MaybeSecret)>,
    /// Its form stands in the `content-type` header.
    pub body: Option<MaybeSecret>,
    /// Bytes of the answer that are read.
    pub limit: usize,
    /// Whether it may be sent again after a failure that may pass.
    pub repeat: Repeat,
    /// Whether its answer is awaited past the attempt's time, the run's and a
    /// signal, once it was sent: it holds what nobody gives again.
    pub awaited: bool,
    /// Whether the answer holds a secret that the redactor does not know yet: its
    /// body is not logged.
    pub confidential: bool,
}

impl RequestSpec {
    pub(crate) fn get(url: Url, limit: usize) -> Self {
        RequestSpec {
            method: Method::Get,
            url,
            headers: vec![],
            body: None,
            limit,
            repeat: Repeat::Always,
            awaited: false,
            confidential: false,
        }
    }
}
