use crate::program::{FIELD, Program, VALUE};
use crate::rows::each;
use fake_jira::world::{
    CLIENT_ID, CLIENT_SECRET, CLOUD_ID, SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET,
};
use fake_jira::{Fault, Jira, On, Recorded};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

pub const SCOPES: [&str; 4] = [
    "read:jira-work",
    "write:jira-work",
    "read:jira-user",
    "offline_access",
];

/// A user's consent, its refresh token in a file.
pub struct Consent {
    pub folder: tempfile::TempDir,
}

impl Consent {
    pub fn new(jira: &Jira, scopes: &[&str]) -> Self {
        let consent = Consent {
            folder: tempfile::tempdir().unwrap(),
        };
        let (_, refresh) = jira
            .site()
            .lock()
            .unwrap()
            .consent(scopes, SystemTime::now());
        std::fs::write(consent.file(), refresh + "\n").unwrap();
        consent
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("jira-oauth2.token")
    }

    pub fn token(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    /// The pipeline, with this consent.
    pub fn program(&self, program: Program) -> Program {
        program
            .set("JIRA_OAUTH2_CLIENT_ID", CLIENT_ID)
            .set("JIRA_OAUTH2_CLIENT_SECRET", CLIENT_SECRET)
            .set(
                "JIRA_OAUTH2_REFRESH_TOKEN_FILE",
                self.file().to_str().unwrap(),
            )
    }
}

pub fn is_good(jira: &Jira, token: &str) -> bool {
    jira.site()
        .lock()
        .unwrap()
        .is_good_refresh_token(token, SystemTime::now())
}

pub fn service(program: Program) -> Program {
    program
        .set("JIRA_OAUTH2_CLIENT_ID", SERVICE_CLIENT_ID)
        .set("JIRA_OAUTH2_CLIENT_SECRET", SERVICE_CLIENT_SECRET)
}

pub fn token_requests(jira: &Jira) -> Vec<Recorded> {
    let mut requests = jira.requests();
    requests.retain(|request| request.path.ends_with("/token"));
    requests
}

/// Method and path of every request, shortened.
pub fn asked(jira: &Jira) -> Vec<String> {
    let short = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    jira.requests()
        .iter()
        .map(|asked| format!("{} {}", asked.method, short(&asked.path)))
        .collect()
}

#[test]
fn an_access_token_is_sent_as_it_is_through_the_gateway_or_to_a_data_center() {
    let cloud = Jira::cloud().start();
    let (access, _) = cloud
        .site()
        .lock()
        .unwrap()
        .consent(&SCOPES, SystemTime::now());
    let program = || Program::cloud(&cloud).set("JIRA_OAUTH2_ACCESS_TOKEN", &access);
    program().set("JIRA_CLOUD_ID", CLOUD_ID).run().exits(0);
    assert_eq!(asked(&cloud), ["PUT HSP-1"]);
    // Without an id the site says what it is, and the token which sites it reaches.
    program().run().exits(0);
    assert_eq!(
        asked(&cloud)[1..],
        ["GET serverInfo", "GET accessible-resources", "PUT HSP-1"]
    );
    assert_eq!(cloud.field("HSP-1", FIELD)["value"], VALUE);

    let own = Jira::data_center().start();
    let (access, _) = own
        .site()
        .lock()
        .unwrap()
        .consent(&["WRITE"], SystemTime::now());
    Program::cloud(&own)
        .set("JIRA_OAUTH2_ACCESS_TOKEN", &access)
        .run()
        .exits(0);
    assert_eq!(asked(&own), ["GET serverInfo", "PUT HSP-1"]);
}

#[test]
fn a_service_account_asks_with_a_form_and_on_cloud_never_for_a_scope() {
    let cloud = Jira::cloud().start();
    let program = service(Program::cloud(&cloud))
        .set("JIRA_CLOUD_ID", "auto")
        .set("JIRA_OAUTH2_SCOPE", "WRITE");
    program.run().exits(0);
    assert_eq!(
        asked(&cloud),
        ["POST token", "GET tenant_info", "PUT HSP-1"]
    );
    let body = String::from_utf8(token_requests(&cloud)[0].body.clone()).unwrap();
    assert!(
        body.starts_with("grant_type=client_credentials&") && !body.contains("scope"),
        "{body}"
    );

    let own = Jira::data_center().start();
    service(Program::cloud(&own))
        .set("JIRA_OAUTH2_SCOPE", "WRITE")
        .run()
        .exits(0);
    assert_eq!(asked(&own), ["GET serverInfo", "POST token", "PUT HSP-1"]);
    let unscoped = service(Program::cloud(&own));
    unscoped.fails_saying("usage", 2, &["JIRA_OAUTH2_SCOPE is missing", "WRITE"]);
    assert_eq!(token_requests(&own).len(), 1);
}

#[test]
fn a_users_refresh_token_is_spent_and_the_next_one_saved_for_its_owner_alone() {
    each(
        [Jira::cloud().start(), Jira::data_center().start()],
        |jira| {
            let consent = Consent::new(
                &jira,
                if jira.base_url().ends_with("jira") {
                    &["WRITE"]
                } else {
                    &SCOPES
                },
            );
            let old = consent.token();
            for _ in 0..2 {
                consent.program(Program::cloud(&jira)).run().exits(0);
            }
            let new = consent.token();
            assert_ne!(old.trim(), new);
            assert!(is_good(&jira, &new) && !is_good(&jira, old.trim()));
            assert_eq!(
                jira.writes()
                    .iter()
                    .filter(|write| write.status == Some(204))
                    .count(),
                2
            );
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = std::fs::metadata(consent.file())
                    .unwrap()
                    .permissions()
                    .mode();
                assert_eq!(mode & 0o777, 0o600);
            }
        },
    );
}

#[test]
fn cloud_is_asked_in_json_and_the_site_is_found_among_those_that_the_user_chose() {
    let jira = Jira::cloud().start();
    let consent = Consent::new(&jira, &SCOPES);
    consent
        .program(Program::cloud(&jira))
        .set("JIRA_CLOUD_ID", "auto")
        .run()
        .exits(0);
    assert_eq!(
        asked(&jira),
        ["POST token", "GET accessible-resources", "PUT HSP-1"]
    );
    let json = token_requests(&jira)[0].json();
    assert_eq!(
        (json["grant_type"].as_str(), json["client_id"].as_str()),
        (Some("refresh_token"), Some(CLIENT_ID))
    );
    assert!(
        jira.writes()[0]
            .path
            .contains(&format!("/ex/jira/{CLOUD_ID}/"))
    );
}

#[test]
fn the_new_refresh_token_is_in_its_file_before_the_access_token_is_used() {
    let jira = Jira::cloud().start();
    let consent = Consent::new(&jira, &SCOPES);
    jira.always(
        On::Write,
        Fault::Status(
            401,
            r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
        ),
    );
    consent.program(Program::cloud(&jira)).run().exits(3);
    assert!(is_good(&jira, &consent.token()));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_is_found_out_before_the_old_token_is_spent() {
    let jira = Jira::cloud().start();
    let consent = Consent::new(&jira, &SCOPES);
    // A line of text that not even root may replace or write.
    let program = consent
        .program(Program::cloud(&jira))
        .set("JIRA_OAUTH2_REFRESH_TOKEN_FILE", "/proc/version");
    program.set("JIRA_CLOUD_ID", CLOUD_ID).fails_saying(
        "usage",
        2,
        &[
            "JIRA_OAUTH2_REFRESH_TOKEN_FILE (/proc/version) cannot be written",
            "nothing was sent",
            "read-write",
        ],
    );
    assert!(jira.requests().is_empty());
}

#[test]
fn a_file_that_another_run_does_not_let_go_is_waited_for_until_the_deadline() {
    let jira = Jira::cloud().start();
    let consent = Consent::new(&jira, &SCOPES);
    let lock = std::fs::File::create(consent.folder.path().join("jira-oauth2.token.lock")).unwrap();
    lock.lock().unwrap();
    let program = || {
        consent
            .program(Program::cloud(&jira))
            .set("JIRA_CLOUD_ID", CLOUD_ID)
    };
    program().set("JIRA_DEADLINE", "0.3").fails_saying(
        "timeout",
        5,
        &["another run held", "jira-oauth2.token"],
    );
    assert!(jira.requests().is_empty());
    drop(lock);
    program().run().exits(0);
}

#[test]
fn an_access_token_whose_time_is_over_is_renewed_without_being_tried() {
    let jira = Jira::cloud().start();
    let consent = Consent::new(&jira, &SCOPES);
    jira.site()
        .lock()
        .unwrap()
        .set_access_token_life(Duration::from_secs(1));
    jira.misbehave(
        On::Path("HSP-1"),
        Fault::AfterApplying(Box::new(Fault::Delay(Duration::from_millis(1100)))),
    );
    let program = consent
        .program(Program::cloud(&jira))
        .set("JIRA_CLOUD_ID", CLOUD_ID);
    program.set("JIRA_ISSUE_KEY", "HSP-1 HSP-2").run().exits(0);
    assert_eq!(
        asked(&jira),
        ["POST token", "PUT HSP-1", "POST token", "PUT HSP-2"]
    );
}

#[test]
fn twenty_jobs_at_once_over_one_file_all_succeed_and_lose_no_token() {
    let rows = [
        (Jira::cloud().start(), &SCOPES[..]),
        (Jira::data_center().start(), &["WRITE"][..]),
    ];
    each(rows, |(jira, scopes)| {
        // No leeway: a job that spends a token which another has replaced is refused.
        jira.site().lock().unwrap().set_reuse_leeway(Duration::ZERO);
        let consent = Consent::new(&jira, scopes);
        let begun: Vec<_> = (0..20)
            .map(|_| {
                consent
                    .program(Program::cloud(&jira))
                    .command()
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for mut job in begun {
            assert!(job.wait().unwrap().success());
        }
        assert_eq!(
            jira.writes()
                .iter()
                .filter(|write| write.status == Some(204))
                .count(),
            20
        );
        assert_eq!(
            token_requests(&jira)
                .iter()
                .filter(|asked| asked.status == Some(200))
                .count(),
            20
        );
        assert!(is_good(&jira, &consent.token()));
        consent.program(Program::cloud(&jira)).run().exits(0);
    });
}

#[test]
fn a_refresh_token_file_that_nobody_filled_in_matters_to_a_whole_client_alone() {
    let jira = Jira::data_center().start();
    let program = || {
        Program::seed(&jira)
            .set("JIRA_OAUTH2_CLIENT_ID", "id")
            .set("JIRA_OAUTH2_REFRESH_TOKEN_FILE", "$(FILE)")
    };
    // It would ask for a token of its own.
    program()
        .without_password()
        .set("JIRA_OAUTH2_CLIENT_SECRET", "a-secret")
        .run()
        .exits(2)
        .says("JIRA_OAUTH2_REFRESH_TOKEN_FILE is an unexpanded reference: nobody put a value");
    // Without a secret it asks nobody.
    program().run().exits(0);
}

#[test]
fn no_token_and_no_secret_is_ever_shown() {
    let jira = Jira::cloud().start();
    let consent = Consent::new(&jira, &SCOPES);
    let old = consent.token();
    each(["oauth/token", "HSP-1"], |path| {
        let echo =
            |value: &str| Fault::Header("X-Echo", Box::leak(value.to_owned().into_boxed_str()));
        jira.misbehave(
            On::Path(path),
            echo(&format!("{} {CLIENT_SECRET}", old.trim())),
        );
    });
    let ran = consent
        .program(Program::cloud(&jira))
        .set("JIRA_LOG", "trace")
        .run()
        .succeeds_saying("> GET http");
    let requests = jira.requests();
    let access = requests
        .iter()
        .find_map(|asked| asked.header("authorization")?.strip_prefix("Bearer "))
        .unwrap();
    ran.hides(old.trim())
        .hides(&consent.token())
        .hides(CLIENT_SECRET)
        .hides(access)
        .says("X-Echo".to_lowercase().as_str());
}
