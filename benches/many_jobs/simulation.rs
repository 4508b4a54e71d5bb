use crate::loads::Load;
use fake_jira::{Builder, Site, world};
use jira_build_status::auth::Authenticator;
use jira_build_status::base_url::BaseUrl;
use jira_build_status::client::retry::Backoff;
use jira_build_status::client::{Client, Clock, Limits};
use jira_build_status::commands::update::Job;
use jira_build_status::credentials::{AuthMethod, Credentials};
use jira_build_status::edit::assignment::{Assignment, FieldName, Mapping, Operator};
use jira_build_status::edit::field_types;
use jira_build_status::issue_key::IssueKey;
use jira_build_status::jira::Jira;
use jira_build_status::output::report::State;
use jira_build_status::redact::Redactor;
use jira_build_status::redact::Secret;
use jira_build_status::site::{self, CloudSettings};
use jira_build_status::transport::{
    AttemptLimits, BodySink, Request, Response, ResponseFuture, Transport, TransportError,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

const EPOCH: Duration = Duration::from_secs(1_767_225_600);

/// A text.
pub(crate) const BUILD_NUMBER: &str = "customfield_10319";

/// A site that all jobs share.
struct Shared {
    site: RefCell<Site>,
    started: Instant,
    requests: Cell<u32>,
    last_write: Cell<Duration>,
    applied: Cell<usize>,
}

/// One job's way to it, with some tens of milliseconds each way.
struct Network {
    shared: Rc<Shared>,
    random: RefCell<fastrand::Rng>,
}

impl Network {
    async fn travel(&self, request: &Request) -> Result<Response, TransportError> {
        let delay = Duration::from_millis(self.random.borrow_mut().u64(10..60));
        tokio::time::sleep(delay).await;
        let target = &request.url[url::Position::BeforePath..];
        let mut translated = fake_jira::Request::new(request.method.name(), target);
        for (name, text) in &request.headers {
            translated = translated.header(name, text.reveal());
        }
        if let Some(body) = &request.body {
            translated = translated.json(&serde_json::from_str(body.reveal()).expect("JSON"));
        }
        let at = self.shared.started.elapsed();
        let reply = self
            .shared
            .site
            .borrow_mut()
            .handle(&translated, SystemTime::UNIX_EPOCH + EPOCH + at);
        self.shared.requests.set(self.shared.requests.get() + 1);
        if reply.applied() {
            self.shared.last_write.set(at);
            self.shared.applied.set(self.shared.applied.get() + 1);
        }
        tokio::time::sleep(delay).await;
        let headers = reply
            .headers
            .iter()
            .map(|(name, text)| (name.to_lowercase(), text.clone()))
            .collect();
        Ok(Response {
            status: reply.status,
            headers,
            body: reply.body.clone(),
            complete: true,
            ..Response::default()
        })
    }
}

impl Transport for Network {
    fn send<'a>(&'a self, request: &'a Request, _: AttemptLimits) -> ResponseFuture<'a> {
        Box::pin(self.travel(request))
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

/// A way to wait: the backoff, and the least share of it that the jitter leaves
/// (0 is a full jitter).
#[derive(Clone, Copy)]
pub(crate) struct Policy {
    pub(crate) backoff: Backoff,
    pub(crate) least_share: f64,
}

impl Policy {
    pub(crate) fn new(first: f64, cap: u64, least_share: f64) -> Self {
        Policy {
            backoff: Backoff {
                first: Duration::from_secs_f64(first),
                cap: Duration::from_secs(cap),
                ..Backoff::default()
            },
            least_share,
        }
    }

    pub(crate) fn name(self) -> String {
        let Backoff { first, cap, .. } = self.backoff;
        let ours = if self.backoff == Backoff::default() && self.least_share == 0.0 {
            " (the program's)"
        } else {
            ""
        };
        format!(
            "{} s, cap {} s, jitter from {}{ours}",
            first.as_secs_f64(),
            cap.as_secs(),
            self.least_share
        )
    }
}

fn client(load: &Load) -> (Credentials, BaseUrl) {
    let secret = |text: &str| Secret::derived(text.to_owned());
    let (credentials, base) = if load.data_center {
        (
            Credentials::Bearer(secret(world::CI_PERSONAL_TOKEN)),
            "https://jira.example.com/jira",
        )
    } else {
        let secret = secret(world::CI_API_TOKEN);
        (
            Credentials::Basic {
                user: world::CI_EMAIL.to_owned(),
                secret,
                is_api_token: true,
            },
            "https://jira.example.com",
        )
    };
    (credentials, BaseUrl::parse(base).expect("an address"))
}

async fn job(
    shared: Rc<Shared>,
    load: &Load,
    number: usize,
    policy: Policy,
    seed: u64,
    written: &Cell<usize>,
) {
    let mut random = fastrand::Rng::with_seed(seed + number as u64);
    tokio::time::sleep(Duration::from_secs_f64(random.f64() * load.spread)).await;
    let (credentials, base) = client(load);
    let redactor = Redactor::default();
    let auth = Authenticator::new(&credentials, &base, &redactor);
    let network = Network {
        shared: Rc::clone(&shared),
        random: RefCell::new(random.fork()),
    };
    let least_share = policy.least_share;
    let bits = move || {
        let share = least_share + (1.0 - least_share) * random.f64();
        (share * u64::MAX as f64) as u64
    };
    let clock = Clock {
        wall: SystemTime::UNIX_EPOCH + EPOCH + shared.started.elapsed(),
        started: Instant::now(),
        random: RefCell::new(Box::new(bits)),
    };
    let limits = Limits {
        timeout: Duration::from_secs(30),
        deadline: Duration::from_secs(load.deadline),
        max_retries: 4,
        backoff: policy.backoff,
    };
    let cloud = CloudSettings {
        api: base.clone(),
        site: None,
    };
    let site = site::Site::new(&cloud, AuthMethod::Basic, &base);
    let client = Client::new(base, Box::new(network), redactor, clock, limits);
    let jira = Jira::new(client, auth, site);
    let job = Job {
        issues: vec![IssueKey::parse(&issue(load, number)).expect("a key")],
        assignments: vec![Assignment {
            field: FieldName::Id(BUILD_NUMBER.to_owned()),
            operator: Operator::Set,
            text: number.to_string(),
            shape: field_types::by_name("text").map(|entry| entry.shape),
            mapping: Mapping::default(),
        }],
        notify_users: None,
        dry_run: false,
        concurrency: 1,
    };
    let status = jira_build_status::output::status::Status::default();
    let report = jira_build_status::write(&jira, &job, &status, std::future::pending()).await;
    if matches!(report.issues[0].state, State::Written) {
        written.set(written.get() + 1);
    }
}

pub(crate) fn issue(load: &Load, number: usize) -> String {
    format!("LOAD-{}", number % load.issues + 1)
}

pub(crate) fn builder(load: &Load) -> Builder {
    let builder = if load.data_center {
        fake_jira::Jira::data_center().token_bucket(50, 10)
    } else {
        fake_jira::Jira::cloud().cloud_limits()
    };
    builder.issues("LOAD", load.issues as u64)
}

/// What came of a load.
pub(crate) struct Outcome {
    pub(crate) written: usize,
    pub(crate) requests: usize,
    /// When the last write was, in seconds.
    pub(crate) last: f64,
    /// Writes that were reported and did not happen, or the other way round.
    pub(crate) untrue: usize,
}

impl Outcome {
    pub(crate) fn requests_per_write(&self) -> f64 {
        self.requests as f64 / self.written.max(1) as f64
    }
}

pub(crate) fn simulate(load: &Load, policy: Policy, seed: u64) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let shared = Rc::new(Shared {
            site: RefCell::new(builder(load).site("https://jira.example.com")),
            started: Instant::now(),
            requests: Cell::new(0),
            last_write: Cell::default(),
            applied: Cell::default(),
        });
        let written = Cell::default();
        let jobs = (0..load.jobs)
            .map(|number| job(Rc::clone(&shared), load, number, policy, seed, &written));
        futures_util::future::join_all(jobs).await;
        Outcome {
            written: written.get(),
            requests: shared.requests.get() as usize,
            last: shared.last_write.get().as_secs_f64(),
            untrue: written.get().abs_diff(shared.applied.get()),
        }
    })
}

pub(crate) fn row(load: &Load, policy: &str, outcome: &Outcome) {
    println!(
        "| {} | {} s | {policy} | {:.1} % | {:.2} | {:.0} s | {} s | {} |",
        load.name,
        load.deadline,
        outcome.written as f64 * 100.0 / load.jobs as f64,
        outcome.requests_per_write(),
        outcome.last,
        load.least,
        outcome.untrue,
    );
}
