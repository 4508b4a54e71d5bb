//! A record of each request and its outcome.

use crate::message::{Request, first_value};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::mpsc::Sender;
use std::time::SystemTime;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub method: String,
    /// The path as sent, context path included.
    pub path: String,
    /// What followed the question mark, empty where there was none.
    pub query: String,
    pub headers: Vec<(String, String)>,
    /// The body with any chunking undone.
    pub body: Vec<u8>,
    /// The connection it came on, counted from 1.
    pub connection: usize,
    /// The status that was sent; none where no answer was.
    pub status: Option<u16>,
    /// Whether it changed an issue.
    pub applied: bool,
    /// The user that it acted as; none where Jira knew nobody or was not asked.
    pub account: Option<String>,
    /// When it had arrived.
    pub at: SystemTime,
}

impl Recorded {
    pub(crate) fn new(request: &Request, connection: usize) -> Self {
        Self {
            method: request.method.clone(),
            path: request.path().to_owned(),
            query: request.query().unwrap_or_default().to_owned(),
            headers: request.headers.clone(),
            body: request.body.clone(),
            connection,
            status: None,
            applied: false,
            account: None,
            at: SystemTime::now(),
        }
    }

    /// The first value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        first_value(&self.headers, name)
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Whether it is a PUT on an issue.
    pub fn is_write(&self) -> bool {
        self.method == "PUT" && self.path.contains("/issue/")
    }
}

/// The last requests, and who is told of each once it is answered.
#[derive(Debug, Default)]
pub(crate) struct Records {
    kept: VecDeque<Recorded>,
    /// How many came before the first that is kept.
    dropped: usize,
    /// How many are kept; all where none is given.
    most: Option<usize>,
    pub(crate) followers: Vec<Sender<Recorded>>,
}

impl Records {
    /// Keeps the last `most`, or all.
    pub(crate) fn keeping(most: Option<usize>) -> Self {
        Self {
            most,
            ..Self::default()
        }
    }

    /// Adds a request. The number is what the other functions find it by.
    pub(crate) fn add(&mut self, request: Recorded) -> usize {
        self.kept.push_back(request);
        while self.most.is_some_and(|most| self.kept.len() > most) {
            self.kept.pop_front();
            self.dropped += 1;
        }
        self.dropped + self.kept.len() - 1
    }

    pub(crate) fn change(&mut self, number: usize, change: impl FnOnce(&mut Recorded)) {
        let place = number.checked_sub(self.dropped);
        if let Some(request) = place.and_then(|place| self.kept.get_mut(place)) {
            change(request);
        }
    }

    /// Tells the followers of a request that nothing more will happen to.
    pub(crate) fn finish(&mut self, number: usize) {
        let place = number.checked_sub(self.dropped);
        if let Some(request) = place.and_then(|place| self.kept.get(place)) {
            let told = |follower: &Sender<Recorded>| follower.send(request.clone()).is_ok();
            self.followers.retain(told);
        }
    }

    /// The last of them, in order of arrival.
    pub(crate) fn last(&self, most: usize) -> Vec<Recorded> {
        let skipped = self.kept.len().saturating_sub(most);
        self.kept.iter().skip(skipped).cloned().collect()
    }

    /// Those that are kept, in order of arrival.
    pub(crate) fn all(&self) -> Vec<Recorded> {
        self.kept.iter().cloned().collect()
    }
}
