//! Requests through a transport that answers by a script, on virtual time.

use super::*;
use crate::base_url::BaseUrl;
use crate::client::retry::Backoff;
use crate::client::{Anonymous, Clock, Limits, SigningContext};
use crate::redact::{RedactionGuard, Redactor};
use crate::tests::rows::each;
use crate::transport::{AttemptLimits, ResponseFuture, Transport};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::SystemTime;

/// Gives the answers in turn. A request beyond them fails the test.
#[derive(Default)]
struct Script {
    answers: RefCell<VecDeque<Response>>,
    maybe_written: RefCell<Arc<AtomicBool>>,
    /// What it said while each request was under way.
    during: RefCell<Vec<bool>>,
}

impl Transport for Rc<Script> {
    fn send<'a>(&'a self, _: &'a Request, _: AttemptLimits) -> ResponseFuture<'a> {
        let maybe_written = self.maybe_written.borrow().load(Ordering::Relaxed);
        self.during.borrow_mut().push(maybe_written);
        let answer = self.answers.borrow_mut().pop_front();
        Box::pin(async { Ok(answer.expect("no more requests than answers")) })
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

/// Understands every refusal: the next signature would be another.
struct SkewedClock;

impl Signer for SkewedClock {
    fn identity(&self) -> &Identity {
        &Identity::Nobody
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn sign(&self, _: &mut Request, _: SigningContext) -> Option<RedactionGuard> {
        None
    }

    fn learn(&self, _: &Request, _: &Response, _: u64) -> Recovery {
        Recovery::SignAgain
    }
}

fn answer(status: u16, retry_after: &str) -> Response {
    Response {
        status,
        headers: vec![("retry-after".to_owned(), retry_after.to_owned())],
        complete: true,
        ..Response::default()
    }
}

fn spec(method: Method, repeat: Repeat, awaited: bool) -> RequestSpec {
    let url = url::Url::parse("http://jira.example.com/rest").unwrap();
    RequestSpec {
        method,
        repeat,
        awaited,
        ..RequestSpec::get(url, 1000)
    }
}

/// What came of a request within so many seconds; for each of its attempts, what was
/// said of the write meanwhile, and what is said of it at the end.
fn sent(
    spec: &RequestSpec,
    signer: &dyn Signer,
    seconds: f64,
    answers: &[Response],
    maybe_written: bool,
) -> (SendOutcome, Vec<bool>, bool) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let script = Rc::new(Script::default());
        script.answers.borrow_mut().extend(answers.iter().cloned());
        let clock = Clock {
            wall: SystemTime::UNIX_EPOCH,
            started: Instant::now(),
            random: RefCell::new(Box::new(|| 0)),
        };
        let limits = Limits {
            timeout: Duration::from_secs(30),
            deadline: Duration::from_secs_f64(seconds),
            max_retries: 4,
            backoff: Backoff::default(),
        };
        let client = Client::new(
            BaseUrl::parse("http://jira.example.com").unwrap(),
            Box::new(Rc::clone(&script)),
            Redactor::default(),
            clock,
            limits,
        );
        let budget = client.budget();
        budget.maybe_written.store(maybe_written, Ordering::Relaxed);
        *script.maybe_written.borrow_mut() = budget.maybe_written();
        let outcome = client.send(spec, signer, &budget).await;
        let after = budget.maybe_written.load(Ordering::Relaxed);
        let during = script.during.take();
        (outcome, during, after)
    })
}

#[test]
fn what_is_good_once_is_sent_only_with_a_second_left_and_anything_else_to_the_end() {
    let rows = [
        (Repeat::Undone, true, 0, 1),
        (Repeat::Undone, false, 1, 2),
        (Repeat::Always, false, 1, 2),
        // A code that a person gave is spent with the run, whatever is left of it.
        (Repeat::Never, true, 1, 1),
    ];
    each(rows, |(repeat, awaited, at_the_end, after_a_wait)| {
        let spec = spec(Method::Post, repeat, awaited);
        let attempts = |seconds, answers: &[Response]| {
            let (outcome, ..) = sent(&spec, &Anonymous, seconds, answers, false);
            outcome.attempts
        };
        assert_eq!(attempts(0.5, &[answer(200, "0")]), at_the_end, "{spec:?}");
        let refused_first = [answer(503, "9"), answer(200, "0")];
        assert_eq!(attempts(9.5, &refused_first), after_a_wait, "{spec:?}");
        assert_eq!(
            attempts(10.5, &refused_first),
            if repeat == Repeat::Never { 1 } else { 2 },
            "{spec:?}"
        );
    });
}

#[test]
fn an_understood_refusal_is_answered_once_whatever_may_be_repeated() {
    for repeat in [Repeat::Always, Repeat::Undone, Repeat::Never] {
        let spec = spec(Method::Post, repeat, false);
        let refused = [answer(401, "0"), answer(401, "0")];
        let (outcome, ..) = sent(&spec, &SkewedClock, 10.0, &refused, false);
        assert_eq!(outcome.attempts, 2, "{repeat:?}");
    }
    // It may have been carried out.
    let spec = spec(Method::Put, Repeat::Undone, false);
    let (outcome, ..) = sent(&spec, &SkewedClock, 10.0, &[answer(500, "0")], false);
    assert_eq!(outcome.attempts, 1);
}

#[test]
fn only_a_write_under_way_is_in_doubt_and_a_doubt_of_an_attempt_before_stays() {
    let rows = [
        // The method, the answer, and the doubt before it, meanwhile and after it.
        (Method::Put, 400, [false, true, false]),
        (Method::Put, 500, [false, true, true]),
        (Method::Put, 400, [true, true, true]),
        (Method::Post, 400, [false, false, false]),
        (Method::Post, 500, [false, false, false]),
        (Method::Post, 400, [true, true, true]),
        (Method::Get, 200, [false, false, false]),
        (Method::Get, 200, [true, true, true]),
        (Method::Delete, 500, [false, false, false]),
    ];
    each(rows, |(method, status, [before, meanwhile, after])| {
        let spec = spec(method, Repeat::Never, false);
        let (_, during, at_the_end) = sent(&spec, &Anonymous, 10.0, &[answer(status, "0")], before);
        assert_eq!(
            (during, at_the_end),
            (vec![meanwhile], after),
            "{method:?} {status} {before}"
        );
    });
}
