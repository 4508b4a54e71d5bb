//! The leak matrix: every method, every command, every form of an echo, every
//! kind of answer, every way to get none, both outputs, at `trace`.

use crate::leak_traces::{FORMS, Form, beginning, search, secrets, traces};
use crate::loopback::dead_port;
use crate::methods::{METHODS, Method};
use crate::program::Program;
use crate::side_by_side::side_by_side;
use fake_jira::{Fault, Jira, On, Recorded};
use jira_build_status::cli;
use jira_build_status::credentials::AuthMethod;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every character that some encoding changes.
const AWKWARD: &str = "p%25+/=\"\\ 'é#end";

/// The methods of the matrix: one of each kind.
fn methods() -> Vec<&'static Method> {
    let mut methods: Vec<&Method> = Vec::new();
    // Those that are given a secret come before those that are given a token.
    for method in METHODS.iter().filter(|method| !method.secret.is_empty()) {
        if methods.iter().all(|known| known.auth != method.auth) {
            methods.push(method);
        }
    }
    methods
}

/// A method with its Jira.
struct Subject {
    method: &'static Method,
    secret: &'static str,
    jira: Jira,
    folder: tempfile::TempDir,
}

impl Subject {
    fn of(method: &'static Method) -> Subject {
        let secret = if method.takes_any_secret {
            AWKWARD
        } else {
            method.secret
        };
        Subject {
            method,
            secret,
            jira: (method.jira)(secret).start(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn give(&self, program: Program) -> Program {
        program.set_all(&(self.method.variables)(
            self.secret,
            &self.jira,
            self.folder.path(),
        ))
    }

    fn secrets(&self) -> impl Iterator<Item = &'static str> {
        let further = self.method.further_secrets.iter().copied();
        std::iter::once(self.secret).chain(further)
    }
}

/// A new command joins by a row here. Those that ask nobody have nothing to leak.
const COMMANDS: &[(&str, &[&str])] = &[
    ("", &[]),
    ("check", &["check"]),
    ("fields", &["fields"]),
    ("get", &["get", "/rest/api/2/issue/HSP-1"]),
    ("oauth1", &["oauth1", "request-token"]),
    (
        "",
        &[
            "oauth1",
            "access-token",
            "--request-token",
            "t",
            "--verifier",
            "v",
            "--out",
            "-",
        ],
    ),
    // Without the client's id it is a usage error; its answers are met in `consent`.
    ("oauth2", &["oauth2", "authorize", "--port", "0"]),
    ("help", &["help", "credentials"]),
];

/// One of each way in which an answer is judged.
const STATUSES: &[u16] = &[200, 204, 302, 400, 401, 403, 404, 405, 409, 429, 500];

/// What becomes of a request.
enum Fate {
    /// An answer of this status, all of it an echo in this form.
    Echo(u16, Form),
    /// The stand-in does this: the answer is never whole.
    Fault(Fault),
    /// One that ends in the middle of an echo of the credentials in this form, and
    /// then this.
    BrokenEcho(u16, Form, Fault),
    /// Nobody listens.
    Refused,
    /// Jira speaks no TLS where it is asked to.
    NoTls,
    /// The settings are wrong.
    Usage,
}

impl Fate {
    fn all() -> Vec<Fate> {
        let whole = STATUSES
            .iter()
            .flat_map(|status| FORMS.iter().map(|form| Fate::Echo(*status, *form)));
        let broken = FORMS.iter().flat_map(|form| {
            [
                Fate::BrokenEcho(200, *form, Fault::Close),
                Fate::BrokenEcho(400, *form, Fault::Reset),
                Fate::Fault(Fault::BareEcho(*form)),
            ]
        });
        let silent = [Fault::Reset, Fault::Close, Fault::Stall].map(Fate::Fault);
        let others = [
            Fate::BrokenEcho(200, str::to_owned, Fault::Hang),
            Fate::Refused,
            Fate::NoTls,
            Fate::Usage,
        ];
        whole.chain(broken).chain(silent).chain(others).collect()
    }

    fn fault(&self) -> Option<Fault> {
        match self {
            Fate::Echo(status, form) => Some(Fault::Echo(*status, *form)),
            Fate::Fault(fault) => Some(fault.clone()),
            Fate::BrokenEcho(status, form, then) => {
                Some(Fault::BrokenEcho(*status, *form, Box::new(then.clone())))
            }
            Fate::Refused | Fate::NoTls | Fate::Usage => None,
        }
    }

    /// The status that the stand-in sends whole.
    fn status(&self) -> Option<u16> {
        match self {
            Fate::Echo(status, _) => Some(*status),
            _ => None,
        }
    }

    /// How what was sent may show in what the run lets out.
    fn traces(&self, asked: &[Recorded]) -> Vec<String> {
        let mut found: Vec<_> = asked
            .iter()
            .flat_map(secrets)
            .flat_map(|secret| traces(&secret))
            .collect();
        if let Fate::BrokenEcho(_, form, _) = self {
            found.extend(asked.iter().filter_map(|request| beginning(request, *form)));
        }
        found.sort();
        found.dedup();
        found
    }

    /// Whether the deadline ends it: a rate limit is waited for.
    fn lasts(&self) -> bool {
        matches!(
            self,
            Fate::Echo(429, _) | Fate::BrokenEcho(_, _, Fault::Hang) | Fate::Fault(Fault::Stall)
        )
    }

    fn arrange(&self, jira: &Jira, program: Program) -> Program {
        static DEAD: LazyLock<(u16, socket2::Socket)> = LazyLock::new(dead_port);
        match self {
            Fate::Refused => program.set("JIRA_BASE_URL", &format!("http://127.0.0.1:{}", DEAD.0)),
            Fate::NoTls => program.set(
                "JIRA_BASE_URL",
                &jira.base_url().replacen("http", "https", 1),
            ),
            Fate::Usage => program.set("JIRA_TIMEOUT", "never"),
            _ => program,
        }
    }
}

#[test]
fn every_method_and_every_command_stands_in_the_matrix() {
    let methods: Vec<_> = methods().iter().map(|method| method.auth).collect();
    let known: Vec<_> = AuthMethod::ALL.iter().map(|method| method.name()).collect();
    assert_eq!(methods, known);
    let commands: Vec<_> = COMMANDS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !name.is_empty())
        .collect();
    let cli = cli::command();
    let known: Vec<_> = cli
        .get_subcommands()
        .map(|command| command.get_name())
        .collect();
    assert_eq!(commands, known);
}

#[test]
fn no_secret_leaves_the_program_in_any_form() {
    let runs = AtomicUsize::new(0);
    let commands = methods().into_iter().flat_map(|method| {
        COMMANDS.iter().map(move |(_, arguments)| {
            let name = format!("{} {arguments:?}", method.name);
            (name, (method, *arguments))
        })
    });
    side_by_side(commands, |(method, arguments)| {
        every_fate(&Subject::of(method), arguments, &runs);
    });
    println!(
        "leak matrix: {} runs, {} forms searched for each secret",
        runs.into_inner(),
        FORMS.len()
    );
}

/// Every fate of one command with one method.
fn every_fate(subject: &Subject, arguments: &[&str], runs: &AtomicUsize) {
    let jira = &subject.jira;
    let lasting: Vec<String> = subject.secrets().flat_map(traces).collect();
    let mut silent = 0;
    for (at, fate) in Fate::all().iter().enumerate() {
        // Whoever asked nobody, for either output, cannot be told anything.
        if fate.fault().is_some() && silent == 2 {
            continue;
        }
        // First, logins and token endpoints answer as they do, so that what they give
        // is sent, too.
        for on in [On::Path("/rest/api/"), On::Any] {
            let output = if at % 2 == 0 { "text" } else { "json" };
            let before = jira.requests().len();
            jira.behave();
            fate.fault()
                .into_iter()
                .for_each(|fault| jira.always(on, fault));
            let shown = run(subject, arguments, output, fate);
            let asked = jira.requests().split_off(before);
            let what = format!("fate {at} of {on:?}, {output}");
            met(fate, on, &asked, &what);
            search(
                &shown,
                lasting.iter().cloned().chain(fate.traces(&asked)),
                &what,
            );
            runs.fetch_add(1, Ordering::Relaxed);
            silent += usize::from(asked.is_empty());
            if asked
                .iter()
                .all(|request| request.path.contains("/rest/api/"))
            {
                break;
            }
        }
    }
}

/// The fate befell whom it was meant for.
#[track_caller]
fn met(fate: &Fate, on: On, asked: &[Recorded], what: &str) {
    let mut meant = asked
        .iter()
        .filter(|request| on == On::Any || request.path.contains("/rest/api/"));
    if fate.fault().is_some() {
        let met = |request: &Recorded| request.status == fate.status() || fate.lasts();
        assert!(meant.all(met), "{what}: {asked:?}");
    } else {
        // Cloud's gateway is not at the base URL that is out of reach.
        let elsewhere = |path: &str| path.contains(".atlassian.com/");
        let paths: Vec<_> = asked
            .iter()
            .map(|request| request.path.as_str())
            .filter(|path| matches!(fate, Fate::Usage) || !elsewhere(path))
            .collect();
        assert!(paths.is_empty(), "{what}: {paths:?}");
    }
}

/// Everything that the run let out: both streams and the files that it was told to write.
fn run(subject: &Subject, arguments: &[&str], output: &str, fate: &Fate) -> String {
    let jira = &subject.jira;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    // A person's consent is waited for, too.
    let lasts = fate.lasts() || arguments.starts_with(&["oauth2"]);
    let program = Program::bare()
        .set("JIRA_BASE_URL", &jira.base_url())
        .set("JIRA_ISSUE_KEY", "HSP-1")
        .set("JIRA_FIELD_ID", "customfield_10314")
        .set("JIRA_FIELD_VALUE", "Passed")
        .set("JIRA_COMMENT", "Build 42")
        .set("JIRA_LOG", "trace")
        .set("JIRA_OUTPUT", output)
        .set("JIRA_DEADLINE", if lasts { "0.3" } else { "60" })
        // What a code is exchanged for is awaited past the deadline: it is given once.
        .set("JIRA_TIMEOUT", if lasts { "1" } else { "30" })
        .set("JIRA_DOTENV", &file("dotenv"))
        .set("GITHUB_OUTPUT", &file("output"))
        .set("GITHUB_STEP_SUMMARY", &file("summary"));
    let program = fate.arrange(jira, subject.give(program).without_retries());
    let ran = program.args(arguments).run();
    let mut shown = ran.stdout + &ran.stderr;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        shown += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    shown
}

#[test]
#[cfg(target_os = "linux")]
fn no_secret_stands_on_the_command_line_of_the_process() {
    for method in methods() {
        let subject = Subject::of(method);
        let jira = &subject.jira;
        jira.always(On::Any, Fault::Hang);
        let program = Program::bare()
            .set("JIRA_BASE_URL", &jira.base_url())
            .args(&[
                "--issue", "HSP-1", "--field", "10314", "--type", "select", "--value", "Passed",
            ]);
        let mut child = subject
            .give(program)
            .command()
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        while jira.requests().is_empty() {
            std::thread::yield_now();
        }
        let line = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let line = String::from_utf8_lossy(&line).into_owned();
        assert!(line.contains("HSP-1"));
        let sent = jira.requests().iter().flat_map(secrets).collect::<Vec<_>>();
        let secrets = subject.secrets().map(str::to_owned).chain(sent);
        search(
            &line,
            secrets.flat_map(|secret| traces(&secret)),
            method.name,
        );
    }
}
