use crate::browser::{self, Page};
use crate::program::{Program, Ran};
use crate::rows::each;
use fake_jira::world::{CLIENT_ID, CLIENT_SECRET, CLOUD_ID};
use fake_jira::{Fault, Jira, On};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::SystemTime;

/// The program in the middle of the flow.
pub struct Flow {
    pub child: Child,
    pub stderr: BufReader<std::process::ChildStderr>,
    pub said: String,
    pub page: String,
    pub address: String,
}

/// The flow's program, whose redirect address is registered at a port that nobody uses.
pub fn authorize(jira: &Jira, folder: &Path) -> (Program, String) {
    let port = TcpListener::bind("localhost:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("http://localhost:{port}/callback");
    jira.site()
        .lock()
        .unwrap()
        .oauth_client_mut(CLIENT_ID)
        .unwrap()
        .redirect = Some(address.clone());
    let program = Program::cloud(jira)
        .set("JIRA_OAUTH2_CLIENT_ID", CLIENT_ID)
        .set("JIRA_OAUTH2_CLIENT_SECRET", CLIENT_SECRET)
        .inside(folder)
        .args(&["oauth2", "authorize", "--port", &port.to_string()]);
    (program, address)
}

impl Flow {
    pub fn begin(program: (Program, String)) -> Self {
        Flow::begin_writing_to(program, Stdio::piped())
    }

    pub fn begin_writing_to((program, address): (Program, String), stdout: Stdio) -> Self {
        let mut child = program
            .command()
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let (mut said, mut page) = (String::new(), String::new());
        // The second sentence says that it listens.
        while !said.contains("waits.") {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "{said}");
            if line.starts_with("http") {
                line.trim().clone_into(&mut page);
            }
            said += &line;
        }
        Flow {
            child,
            stderr,
            said,
            page,
            address,
        }
    }

    pub fn end(mut self) -> Ran {
        let mut stdout = String::new();
        if let Some(mut piped) = self.child.stdout.take() {
            piped.read_to_string(&mut stdout).unwrap();
        }
        self.stderr.read_to_string(&mut self.said).unwrap();
        let code = self.child.wait().unwrap().code().unwrap();
        Ran {
            code,
            stdout,
            stderr: self.said,
        }
    }

    pub fn consent_page(&self) -> Page {
        let page = browser::open(&self.page);
        assert!(page.body.contains("asks to act as ci-bot"), "{page:?}");
        page
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        let page = url::Url::parse(&self.page).unwrap();
        page.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, text)| text.into_owned())
    }
}

pub fn exchanges(jira: &Jira) -> usize {
    jira.requests()
        .iter()
        .filter(|asked| asked.path.ends_with("/token"))
        .count()
}

#[test]
fn a_consent_given_in_the_browser_becomes_a_file_that_the_pipeline_takes_as_it_is() {
    each(
        [Jira::cloud().start(), Jira::data_center().start()],
        |jira| {
            let folder = tempfile::tempdir().unwrap();
            let flow = Flow::begin(authorize(&jira, folder.path()));
            let cloud = flow.parameter("audience").is_some();
            assert_eq!(flow.parameter("code_challenge_method").is_some(), !cloud);
            let done = flow.consent_page().press("allow").follow();
            assert!(
                done.status == 200 && done.body.contains("Done."),
                "{done:?}"
            );
            let ran = flow
                .end()
                .succeeds_saying("Open this page")
                .prints("jira-oauth2.token: the refresh token");
            if cloud {
                ran.prints(&format!(
                    "{} (this), JIRA_CLOUD_ID={CLOUD_ID}: ",
                    jira.base_url()
                ));
            }
            let file = folder.path().join("jira-oauth2.token");
            let token = std::fs::read_to_string(&file).unwrap();
            assert!(
                jira.site()
                    .lock()
                    .unwrap()
                    .is_good_refresh_token(&token, SystemTime::now())
            );
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(
                    std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
                    0o600
                );
            }
            Program::cloud(&jira)
                .set("JIRA_OAUTH2_CLIENT_ID", CLIENT_ID)
                .set("JIRA_OAUTH2_CLIENT_SECRET", CLIENT_SECRET)
                .set("JIRA_OAUTH2_REFRESH_TOKEN_FILE", file.to_str().unwrap())
                .run()
                .exits(0);
        },
    );
}

#[test]
fn the_token_alone_goes_to_standard_output_when_asked_and_into_no_log() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let (program, address) = authorize(&jira, folder.path());
    let flow = Flow::begin((
        program.args(&["--out", "-"]).set("JIRA_LOG", "trace"),
        address,
    ));
    flow.consent_page().press("allow").follow();
    let ran = flow
        .end()
        .succeeds_saying("> GET http")
        .hides(CLIENT_SECRET);
    let token = ran.stdout.trim().to_owned();
    assert!(
        jira.site()
            .lock()
            .unwrap()
            .is_good_refresh_token(&token, SystemTime::now()),
        "{ran:?}"
    );
    assert!(
        !ran.stderr.contains(&token) && ran.stderr.contains("JIRA_CLOUD_ID="),
        "{ran:?}"
    );
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn a_token_is_kept_whatever_is_found_out_of_the_sites_that_it_reaches() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let flow = Flow::begin(authorize(&jira, folder.path()));
    jira.misbehave(
        On::Path("accessible-resources"),
        Fault::Status(401, r#"{"message":"Said so."}"#),
    );
    flow.consent_page().press("allow").follow();
    flow.end()
        .succeeds_saying("no list of the sites that the token reaches (401 from ");
    assert!(folder.path().join("jira-oauth2.token").exists());
    jira.site().lock().unwrap().leave_out_of_consents();
    let flow = Flow::begin(authorize(&jira, folder.path()));
    flow.consent_page().press("allow").follow();
    flow.end()
        .succeeds_saying("the consent does not reach")
        .says("on the consent page choose that site");
}

#[test]
fn what_the_consent_reaches_is_told_once_the_token_is_stored() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let consents = || {
        let flow = Flow::begin(authorize(&jira, folder.path()));
        flow.consent_page().press("allow").follow();
        flow.end()
            .succeeds_saying("Open this page")
            .prints("jira-oauth2.token: the refresh token")
    };
    consents().hides("does not reach").hides("warning");
    jira.misbehave(On::Path("accessible-resources"), Fault::Status(403, ""));
    consents()
        .says("no list of the sites that the token reaches")
        .hides("JIRA_CLOUD_ID=");
    jira.site().lock().unwrap().leave_out_of_consents();
    let here = format!(
        "warning: the consent does not reach {}: on the consent page choose",
        jira.base_url()
    );
    consents()
        .says(&here)
        .prints("https://another.atlassian.net");
}

#[test]
fn a_data_center_that_gives_no_refresh_token_is_said() {
    let jira = Jira::data_center().start();
    let folder = tempfile::tempdir().unwrap();
    let flow = Flow::begin(authorize(&jira, folder.path()));
    jira.misbehave(
        On::Path("/token"),
        Fault::Status(200, r#"{"access_token":"short-lived"}"#),
    );
    flow.consent_page().press("allow").follow();
    flow.end()
        .exits(3)
        .says("no refresh token")
        .says("see the incoming link under Application links");
}

#[test]
#[cfg(target_os = "linux")]
fn standard_output_that_takes_no_token_is_an_error() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let (program, address) = authorize(&jira, folder.path());
    let full = std::fs::File::create("/dev/full").unwrap();
    let flow = Flow::begin_writing_to((program.args(&["--out", "-"]), address), full.into());
    flow.consent_page().press("allow").follow();
    flow.end()
        .exits(2)
        .says("--out -: standard output cannot be written");
}

#[test]
fn a_folder_that_is_gone_by_the_time_of_the_consent_loses_the_token_and_says_so() {
    let jira = Jira::cloud().start();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("tokens");
    std::fs::create_dir(&place).unwrap();
    let (program, address) = authorize(&jira, folder.path());
    let out = place.join("refresh.token");
    let flow = Flow::begin((program.args(&["--out", out.to_str().unwrap()]), address));
    std::fs::remove_dir_all(&place).unwrap();
    flow.consent_page().press("allow").follow();
    flow.end()
        .exits(2)
        .says("--out cannot be written: replacing it: ")
        .says("; the token is lost");
}
