//! The herd: a thousand jobs write one issue at one moment, ten thousand pipelines share one site, under Cloud's published
//! limits, with the program's own retries on virtual time. Prints what becomes of them: `cargo bench --bench herd`.

use jira_build_status::auth::Auth;
use jira_build_status::base_url::BaseUrl;
use jira_build_status::config::Job;
use jira_build_status::credentials::Credentials;
use jira_build_status::field::{Assignment, FieldName, Operator};
use jira_build_status::issue_key::IssueKey;
use jira_build_status::jira::{Jira, Nature, Patience};
use jira_build_status::mask::Mask;
use jira_build_status::report::Ending;
use jira_build_status::retry::Backoff;
use jira_build_status::secret::Secret;
use jira_build_status::shape;
use jira_build_status::wire::{Answer, Exchange, Limits, Request, Sink, Trouble, Wire};
use jira_stand_in::{Site, world};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

const EPOCH: Duration = Duration::from_secs(1_767_225_600);

/// A site that all jobs share.
struct Shared {
    site: RefCell<Site>,
    started: Instant,
    requests: Cell<u32>,
    last_write: Cell<Duration>,
}

/// One job's way to it, with some tens of milliseconds each way.
struct Road {
    shared: Rc<Shared>,
    random: RefCell<fastrand::Rng>,
}

impl Road {
    async fn travel(&self, request: &Request) -> Result<Answer, Trouble> {
        let delay = Duration::from_millis(self.random.borrow_mut().u64(10..60));
        tokio::time::sleep(delay).await;
        let target = &request.url[url::Position::BeforePath..];
        let mut translated = jira_stand_in::Request::new(request.method.name(), target);
        for (name, text) in &request.headers {
            translated = translated.header(name, text.reveal());
        }
        if let Some(body) = &request.body {
            translated = translated.json(&serde_json::from_str(body.reveal()).expect("JSON"));
        }
        let at = self.shared.started.elapsed();
        let reply = self.shared.site.borrow_mut().handle(&translated, SystemTime::UNIX_EPOCH + EPOCH + at);
        self.shared.requests.set(self.shared.requests.get() + 1);
        if reply.applied() {
            self.shared.last_write.set(at);
        }
        tokio::time::sleep(delay).await;
        let headers = reply.headers.iter().map(|(name, text)| (name.to_lowercase(), text.clone())).collect();
        Ok(Answer { status: reply.status, headers, body: reply.body.clone(), complete: true, ..Answer::default() })
    }
}

impl Wire for Road {
    fn exchange<'a>(&'a self, request: &'a Request, _: Limits) -> Exchange<'a> {
        Box::pin(self.travel(request))
    }

    fn stream<'a>(&'a self, request: &'a Request, limits: Limits, _: Sink<'a>) -> Exchange<'a> {
        self.exchange(request, limits)
    }
}

struct Herd {
    name: &'static str,
    jobs: usize,
    /// How many issues they write, one each.
    issues: usize,
    /// Moments over which the jobs start, in seconds.
    spread: f64,
    deadline: u64,
    /// The least time in which the limits let all of them write.
    least: f64,
}

#[derive(Default)]
struct Outcome {
    written: Cell<usize>,
    untrue: Cell<usize>,
}

async fn job(shared: Rc<Shared>, herd: &Herd, number: usize, backoff: Backoff, seed: u64, outcome: &Outcome) {
    let mut random = fastrand::Rng::with_seed(seed + number as u64);
    tokio::time::sleep(Duration::from_secs_f64(random.f64() * herd.spread)).await;
    let secret = Secret::derived(world::CI_API_TOKEN.to_owned());
    let credentials = Credentials::Basic { user: world::CI_EMAIL.to_owned(), secret, is_api_token: true };
    let mask = Mask::default();
    let base = BaseUrl::parse("https://jira.example.com").expect("an address");
    let auth = Auth::new(&credentials, &base, &mask);
    let road = Road { shared: Rc::clone(&shared), random: RefCell::new(random.fork()) };
    let started = Instant::now();
    let nature = Nature {
        wall: SystemTime::UNIX_EPOCH + EPOCH + shared.started.elapsed(),
        started,
        random: RefCell::new(Box::new(move || random.u64(..))),
    };
    let patience = Patience {
        timeout: Duration::from_secs(30),
        deadline: Duration::from_secs(herd.deadline),
        max_retries: 4,
        backoff,
    };
    let jira = Jira::new(base, auth, mask, Box::new(road), nature, patience);
    let job = Job {
        issues: vec![IssueKey::parse(&format!("HERD-{}", number % herd.issues + 1)).expect("a key")],
        assignments: vec![Assignment {
            field: FieldName::Id("customfield_10319".to_owned()),
            operator: Operator::Set,
            text: number.to_string(),
            shape: shape::by_name("text").map(|entry| entry.shape),
        }],
        notify_users: None,
        dry_run: false,
        concurrency: 1,
    };
    let report = jira_build_status::write(&jira, &job, std::future::pending()).await;
    match &report.issues[0].ending {
        Ending::Written => outcome.written.set(outcome.written.get() + 1),
        Ending::Failed { maybe_written: true, .. } => outcome.untrue.set(outcome.untrue.get() + 1),
        _ => {}
    }
}

fn run(herd: &Herd, backoff: Backoff, seed: u64) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let site = jira_stand_in::Jira::cloud()
            .cloud_limits()
            .issues("HERD", herd.issues as u64)
            .site("https://jira.example.com");
        let shared = Rc::new(Shared {
            site: RefCell::new(site),
            started: Instant::now(),
            requests: Cell::new(0),
            last_write: Cell::new(Duration::ZERO),
        });
        let outcome = Outcome::default();
        let jobs = (0..herd.jobs).map(|number| job(Rc::clone(&shared), herd, number, backoff, seed, &outcome));
        futures_util::future::join_all(jobs).await;
        let written = outcome.written.get();
        println!(
            "| {} | {} s | {} s, cap {} s | {:.1} % | {:.2} | {:.0} s | {:.0} s | {} |",
            herd.name,
            herd.deadline,
            backoff.first.as_secs_f64(),
            backoff.cap.as_secs(),
            written as f64 * 100.0 / herd.jobs as f64,
            f64::from(shared.requests.get()) / written.max(1) as f64,
            shared.last_write.get().as_secs_f64(),
            herd.least,
            outcome.untrue.get(),
        );
    });
}

fn main() {
    let herds = [
        Herd { name: "200 jobs, one issue", jobs: 200, issues: 1, spread: 0.0, deadline: 120, least: 30.0 },
        Herd { name: "1000 jobs, one issue", jobs: 1000, issues: 1, spread: 0.0, deadline: 120, least: 270.0 },
        Herd { name: "1000 jobs, one issue", jobs: 1000, issues: 1, spread: 0.0, deadline: 900, least: 270.0 },
        Herd { name: "1000 jobs, 1000 issues", jobs: 1000, issues: 1000, spread: 0.0, deadline: 120, least: 19.0 },
        Herd {
            name: "10000 pipelines, one site, in a minute",
            jobs: 10_000,
            issues: 10_000,
            spread: 60.0,
            deadline: 300,
            least: 199.0,
        },
        Herd {
            name: "10000 pipelines, one site, in five minutes",
            jobs: 10_000,
            issues: 10_000,
            spread: 300.0,
            deadline: 120,
            least: 300.0,
        },
    ];
    println!(
        "| Herd | deadline | backoff | written | requests per write | last write | least possible | maybe written |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (first, cap) in [(1.0, 30), (0.5, 10), (2.0, 30), (1.0, 60)] {
        let backoff = Backoff { first: Duration::from_secs_f64(first), cap: Duration::from_secs(cap) };
        for herd in &herds {
            run(herd, backoff, 42);
        }
    }
}
