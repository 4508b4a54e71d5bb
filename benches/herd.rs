//! The herd: a thousand jobs write one issue at one moment, ten thousand
//! pipelines share one site, under Cloud's published limits and Data Center's,
//! with the program's own retries on virtual time, for several ways to wait:
//! `cargo bench --bench herd`. `cargo bench --bench herd -- processes` lets 200
//! real processes meet the same limits on the real clock, to confirm it.

use jira_build_status::auth::Authenticator;
use jira_build_status::base_url::BaseUrl;
use jira_build_status::client::retry::Backoff;
use jira_build_status::client::{Client, Clock, Limits};
use jira_build_status::commands::update::Job;
use jira_build_status::credentials::{AuthMethod, Credentials};
use jira_build_status::edit::assignment::{Assignment, FieldName, Operator};
use jira_build_status::edit::field_types;
use jira_build_status::issue_key::IssueKey;
use jira_build_status::jira::Jira;
use jira_build_status::output::report::State;
use jira_build_status::redact::Redactor;
use jira_build_status::redact::Secret;
use jira_build_status::site::{self, CloudSettings};
use jira_build_status::transport::{
    AttemptLimits, BodySink, GiveUp, Request, Response, ResponseFuture, Transport, TransportError,
};
use jira_stand_in::{Builder, Site, world};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

const EPOCH: Duration = Duration::from_secs(1_767_225_600);

/// A text.
const BUILD_NUMBER: &str = "customfield_10319";

/// A site that all jobs share.
struct Shared {
    site: RefCell<Site>,
    started: Instant,
    requests: Cell<u32>,
    last_write: Cell<Duration>,
    applied: Cell<usize>,
}

/// One job's way to it, with some tens of milliseconds each way.
struct Road {
    shared: Rc<Shared>,
    random: RefCell<fastrand::Rng>,
}

impl Road {
    async fn travel(&self, request: &Request) -> Result<Response, TransportError> {
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

impl Transport for Road {
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

    fn insist<'a>(
        &'a self,
        request: &'a Request,
        limits: AttemptLimits,
        _: GiveUp<'a>,
    ) -> ResponseFuture<'a> {
        self.send(request, limits)
    }
}

struct Herd {
    name: &'static str,
    /// A budget of 50 requests that fills up by 10 a second, for the one user of
    /// all jobs; Cloud's limits otherwise.
    data_center: bool,
    jobs: usize,
    /// How many issues they write, one each.
    issues: usize,
    /// Seconds over which the jobs start.
    spread: f64,
    deadline: u64,
    /// The least time in which the limits let all of them write, in seconds.
    least: u64,
}

const HERD: Herd = Herd {
    name: "",
    data_center: false,
    jobs: 1000,
    issues: 1,
    spread: 0.0,
    deadline: 120,
    least: 0,
};

const HERDS: [Herd; 8] = [
    Herd {
        name: "200 jobs, one issue",
        jobs: 200,
        least: 30,
        ..HERD
    },
    Herd {
        name: "1000 jobs, one issue",
        least: 270,
        ..HERD
    },
    Herd {
        name: "1000 jobs, one issue",
        deadline: 600,
        least: 270,
        ..HERD
    },
    Herd {
        name: "1000 jobs, 1000 issues",
        issues: 1000,
        least: 19,
        ..HERD
    },
    Herd {
        name: "10000 pipelines, one site, in a minute",
        jobs: 10_000,
        issues: 10_000,
        spread: 60.0,
        least: 199,
        ..HERD
    },
    Herd {
        name: "10000 pipelines, one site, in a minute",
        jobs: 10_000,
        issues: 10_000,
        spread: 60.0,
        deadline: 300,
        least: 199,
        ..HERD
    },
    Herd {
        name: "10000 pipelines, one site, in five minutes",
        jobs: 10_000,
        issues: 10_000,
        spread: 300.0,
        least: 300,
        ..HERD
    },
    Herd {
        name: "1000 jobs, Data Center",
        data_center: true,
        issues: 1000,
        least: 95,
        ..HERD
    },
];

/// A way to wait: the backoff, and the least share of it that the jitter leaves
/// (0 is a full jitter).
#[derive(Clone, Copy)]
struct Policy {
    backoff: Backoff,
    least_share: f64,
}

impl Policy {
    fn new(first: f64, cap: u64, least_share: f64) -> Self {
        Policy {
            backoff: Backoff {
                first: Duration::from_secs_f64(first),
                cap: Duration::from_secs(cap),
            },
            least_share,
        }
    }

    fn name(self) -> String {
        let Backoff { first, cap } = self.backoff;
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

fn client(herd: &Herd) -> (Credentials, BaseUrl) {
    let secret = |text: &str| Secret::derived(text.to_owned());
    let (credentials, base) = if herd.data_center {
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
    herd: &Herd,
    number: usize,
    policy: Policy,
    seed: u64,
    written: &Cell<usize>,
) {
    let mut random = fastrand::Rng::with_seed(seed + number as u64);
    tokio::time::sleep(Duration::from_secs_f64(random.f64() * herd.spread)).await;
    let (credentials, base) = client(herd);
    let redactor = Redactor::default();
    let auth = Authenticator::new(&credentials, &base, &redactor);
    let road = Road {
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
        deadline: Duration::from_secs(herd.deadline),
        max_retries: 4,
        backoff: policy.backoff,
    };
    let cloud = CloudSettings {
        api: base.clone(),
        site: None,
    };
    let site = site::Site::new(&cloud, AuthMethod::Basic, &base);
    let client = Client::new(base, Box::new(road), redactor, clock, limits);
    let jira = Jira::new(client, auth, site);
    let job = Job {
        issues: vec![IssueKey::parse(&issue(herd, number)).expect("a key")],
        assignments: vec![Assignment {
            field: FieldName::Id(BUILD_NUMBER.to_owned()),
            operator: Operator::Set,
            text: number.to_string(),
            shape: field_types::by_name("text").map(|entry| entry.shape),
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

fn issue(herd: &Herd, number: usize) -> String {
    format!("HERD-{}", number % herd.issues + 1)
}

fn builder(herd: &Herd) -> Builder {
    let builder = if herd.data_center {
        jira_stand_in::Jira::data_center().token_bucket(50, 10)
    } else {
        jira_stand_in::Jira::cloud().cloud_limits()
    };
    builder.issues("HERD", herd.issues as u64)
}

fn simulate(herd: &Herd, policy: Policy, seed: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let shared = Rc::new(Shared {
            site: RefCell::new(builder(herd).site("https://jira.example.com")),
            started: Instant::now(),
            requests: Cell::new(0),
            last_write: Cell::default(),
            applied: Cell::default(),
        });
        let written = Cell::default();
        let jobs = (0..herd.jobs)
            .map(|number| job(Rc::clone(&shared), herd, number, policy, seed, &written));
        futures_util::future::join_all(jobs).await;
        let last = shared.last_write.get().as_secs_f64();
        let untrue = written.get().abs_diff(shared.applied.get());
        row(
            herd,
            &policy.name(),
            written.get(),
            shared.requests.get() as usize,
            last,
            untrue,
        );
    });
}

fn row(herd: &Herd, policy: &str, written: usize, requests: usize, last: f64, untrue: usize) {
    println!(
        "| {} | {} s | {policy} | {:.1} % | {:.2} | {last:.0} s | {} s | {untrue} |",
        herd.name,
        herd.deadline,
        written as f64 * 100.0 / herd.jobs as f64,
        requests as f64 / written.max(1) as f64,
        herd.least,
    );
}

/// Starts a process for each job at once, and believes none of them: what they
/// say is held against what the site did.
fn run_processes(herd: &Herd) {
    let jira = builder(herd).start();
    let started = std::time::Instant::now();
    let children: Vec<_> = (0..herd.jobs)
        .map(|number| {
            std::process::Command::new(env!("CARGO_BIN_EXE_jira-build-status"))
                .env_clear()
                .envs([
                    ("JIRA_BASE_URL", jira.base_url().as_str()),
                    ("JIRA_OUTPUT", "json"),
                ])
                .envs([
                    ("JIRA_USER_EMAIL", world::CI_EMAIL),
                    ("JIRA_API_TOKEN", world::CI_API_TOKEN),
                ])
                .envs([
                    ("JIRA_ISSUE_KEY", issue(herd, number)),
                    ("JIRA_FIELD_ID", BUILD_NUMBER.to_owned()),
                ])
                .envs([
                    ("JIRA_FIELD_VALUE", number.to_string()),
                    ("JIRA_FIELD_TYPE", "text".to_owned()),
                ])
                .stdout(std::process::Stdio::piped())
                .spawn()
                .expect("a process")
        })
        .collect();
    let mut written = 0;
    let mut untrue = 0;
    for (number, child) in children.into_iter().enumerate() {
        let output = child.wait_with_output().expect("its end");
        let said = output.status.success();
        let body = format!(r#"{{"fields":{{"{BUILD_NUMBER}":"{number}"}}}}"#);
        let done = jira
            .writes()
            .iter()
            .any(|write| write.applied && write.body == body.as_bytes());
        written += usize::from(said);
        untrue += usize::from(said != done);
    }
    let seconds = started.elapsed().as_secs_f64();
    row(
        herd,
        "200 real processes",
        written,
        jira.requests().len(),
        seconds,
        untrue,
    );
}

fn main() {
    println!(
        "| Herd | deadline | backoff | written | requests per write | last write | least possible | said untruly |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    if std::env::args().any(|argument| argument == "processes") {
        return run_processes(&HERDS[0]);
    }
    let policies = [
        Policy::new(0.5, 10, 0.0),
        Policy::new(1.0, 30, 0.0),
        Policy::new(2.0, 30, 0.0),
        Policy::new(4.0, 30, 0.0),
        Policy::new(2.0, 60, 0.0),
        Policy::new(2.0, 30, 0.5),
    ];
    for policy in policies {
        for herd in &HERDS {
            simulate(herd, policy, 42);
        }
    }
}
