//! Knows the programs that are measured and what each is given; refuses to know
//! how they are measured.

use crate::methods::{self, Variables};
use fake_jira::{Jira, world};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What Jira is told.
const BODY: &str = r#"{"fields":{"customfield_10314":{"value":"Passed"}}}"#;

/// A method of authentication, and what else is set.
pub(crate) struct ConnectionMethod {
    pub(crate) name: &'static str,
    method: &'static str,
    further: &'static [(&'static str, &'static str)],
}

impl ConnectionMethod {
    /// The Jira that takes it.
    pub(crate) fn start(&self) -> Jira {
        let method = methods::method(self.method);
        (method.jira)(method.secret).tls().start()
    }

    pub(crate) fn variables(&self, jira: &Jira) -> Variables {
        let method = methods::method(self.method);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let mut variables = (method.variables)(method.secret, jira, folder);
        variables.extend(
            self.further
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        variables
    }
}

const fn connection(name: &'static str, method: &'static str) -> ConnectionMethod {
    ConnectionMethod {
        name,
        method,
        further: &[],
    }
}

/// The first is the one that all others are measured against.
pub(crate) const CONNECTIONS: &[ConnectionMethod] = &[
    connection("basic", "basic, password"),
    ConnectionMethod {
        name: "basic, type auto",
        method: "basic, password",
        further: &[("JIRA_FIELD_TYPE", "auto")],
    },
    connection("session", "session"),
    connection("bearer", "bearer, personal token"),
    connection("oauth1", "oauth1"),
    connection(
        "oauth2, client credentials",
        "oauth2, service account, Data Center",
    ),
    connection("connect", "connect"),
    connection("API token, gateway", "basic, scoped token"),
];

/// The release binaries, built for the target that is shipped where rustup has it.
pub(crate) struct Binaries {
    pub(crate) ours: PathBuf,
    pub(crate) floor: PathBuf,
}

impl Binaries {
    pub(crate) fn build() -> Self {
        const MUSL: &str = "x86_64-unknown-linux-musl";
        let rustc = |arguments: &[&str]| {
            let output = Command::new("rustc")
                .args(arguments)
                .output()
                .expect("rustc runs");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let library = rustc(&["--print", "target-libdir", "--target", MUSL]);
        let version = rustc(&["-vV"]);
        let host = version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .expect("rustc has a host");
        let target = if Path::new(library.trim()).exists() {
            MUSL
        } else {
            host
        };
        let mut build = Command::new(env!("CARGO"));
        build.args([
            "build",
            "--release",
            "--locked",
            "--bins",
            "--target",
            target,
        ]);
        build.args(["--package", "jira-build-status", "--package", "floor"]);
        // What cargo tells this program of its own package; ring's build script asks for
        // the same names, and would run again.
        for (name, _) in std::env::vars() {
            let of_ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"];
            if of_ours.iter().any(|of_ours| name.starts_with(of_ours)) {
                build.env_remove(name);
            }
        }
        assert!(build.status().expect("cargo runs").success(), "{build:?}");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .with_file_name(target)
            .join("release");
        Self {
            ours: folder.join("jira-build-status"),
            floor: folder.join("floor"),
        }
    }
}

/// Ours, with everything but credentials and trust.
pub(crate) fn ours(program: &Path, jira: &Jira) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("JIRA_BASE_URL", jira.base_url())
        .env("JIRA_ISSUE_KEY", "HSP-1");
    command
        .env("JIRA_FIELD_ID", world::BUILD_STATUS)
        .env("JIRA_FIELD_VALUE", "Passed")
        .env("JIRA_FIELD_TYPE", "select");
    command
}

/// The same with the credentials of this connection, and trust in one authority alone.
pub(crate) fn with_one_authority(
    program: &Path,
    jira: &Jira,
    connection: &ConnectionMethod,
) -> Command {
    let mut command = ours(program, jira);
    command
        .envs(connection.variables(jira))
        .env("SSL_CERT_FILE", jira.ca_file());
    command
}

/// The flags of any request by curl.
fn curl_flags(authority: &Path, expected: Expected) -> Vec<String> {
    let login = format!("{}:{}", world::CI_BOT, world::CI_BOT_PASSWORD);
    let authority = authority.display().to_string();
    let quiet = match expected {
        Expected::Success => "-sSf",
        Expected::Refusal => "-sS",
    };
    [quiet, "--cacert", &authority, "-u", &login]
        .map(str::to_owned)
        .into()
}

/// What Jira answers to a write. Where it is to succeed, curl fails if it does not.
#[derive(Clone, Copy)]
pub(crate) enum Expected {
    Success,
    Refusal,
}

/// Those of a PUT of this body, but for the address.
fn put_flags(body: &str) -> [&str; 8] {
    [
        "-X",
        "PUT",
        "-H",
        "X-Atlassian-Token: no-check",
        "-H",
        "Content-Type: application/json",
        "--data",
        body,
    ]
}

fn issue(jira: &Jira, key: &str) -> String {
    format!("{}/rest/api/2/issue/{key}", jira.base_url())
}

fn found_in_path(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// The same PUT by curl, which trusts the certificates of this file.
pub(crate) fn curl(jira: &Jira, authority: &Path) -> Command {
    curl_put(jira, authority, Expected::Success, None, BODY)
}

/// A PUT of this body, after a GET of that path over the same connection.
pub(crate) fn curl_put(
    jira: &Jira,
    authority: &Path,
    expected: Expected,
    before: Option<&str>,
    body: &str,
) -> Command {
    let flags = curl_flags(authority, expected);
    let mut command = found_in_path("curl");
    command.args(&flags);
    if let Some(path) = before {
        let metadata = format!("{}{path}", jira.base_url());
        command.args([&metadata, "--next"]).args(&flags);
    }
    command.args(put_flags(body)).arg(issue(jira, "HSP-1"));
    command
}

/// A GET of this path by curl.
pub(crate) fn curl_get(jira: &Jira, path: &str) -> Command {
    let mut command = found_in_path("curl");
    command
        .args(curl_flags(jira.ca_file(), Expected::Success))
        .arg(format!("{}{path}", jira.base_url()));
    command
}

/// A Jira with the issues BIG-1 to BIG-`count`, and their keys.
pub(crate) fn big_jira(count: usize) -> (Jira, String) {
    let jira = Jira::server().issues("BIG", count as u64).tls().start();
    let keys = (1..=count).map(|number| format!("BIG-{number} ")).collect();
    (jira, keys)
}

/// BIG-1 to BIG-`count`, a curl each, four at once.
pub(crate) fn xargs_curl(jira: &Jira, count: usize) -> Command {
    let mut command = found_in_path("sh");
    command.args([
        "-c",
        r#"count=$1; shift; seq "$count" | xargs -P4 -I{} curl "$@""#,
        "sh",
        &count.to_string(),
    ]);
    command
        .args(curl_flags(jira.ca_file(), Expected::Success))
        .args(put_flags(BODY))
        .arg(issue(jira, "BIG-{}"));
    command
}

/// The same PUT by the floor, sent to this port.
pub(crate) fn floor(program: &Path, jira: &Jira, port: u16) -> Command {
    floor_put(program, jira, port, BODY)
}

/// A PUT of this body by the floor.
pub(crate) fn floor_put(program: &Path, jira: &Jira, port: u16, body: &str) -> Command {
    // "ci-bot:correct horse battery staple".
    const LOGIN: &str = "Y2ktYm90OmNvcnJlY3QgaG9yc2UgYmF0dGVyeSBzdGFwbGU=";
    let length = body.len();
    let request = format!(
        "PUT /jira/rest/api/2/issue/HSP-1 HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Basic {LOGIN}\r\n\
         X-Atlassian-Token: no-check\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let mut command = Command::new(program);
    command
        .env_clear()
        .arg("put")
        .arg(jira.ca_file())
        .args([&port.to_string(), &request]);
    command
}

/// One signature, made of the stand-in's consumer key by the rsa crate alone;
/// and the cost of a process that makes none.
pub(crate) fn signature(program: &Path) -> (Command, Command) {
    let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jira/keys/consumer.private.pem");
    let (mut sign, mut nothing) = (Command::new(program), Command::new(program));
    sign.env_clear().arg("sign").arg(key);
    nothing.env_clear().arg("nothing");
    (sign, nothing)
}
