//! Every method of proving who we are, and everything that can be wrong with
//! it: the main job, then the same job with one thing wrong. `cargo test --test
//! it refusals -- --nocapture` prints the table.

use crate::program::Program;
use jira_stand_in::{CAPTCHA_AFTER, Fault, Jira, On, Reply, world};
use std::path::Path;
use std::time::SystemTime;

type Give = fn(Program, &Jira, &Path) -> Program;

/// A method: where it is used, how it is given, how one of its settings is
/// spoilt and how it is withdrawn.
struct Way {
    name: &'static str,
    start: fn() -> Jira,
    give: Give,
    wrong: (&'static str, &'static str),
    /// What the message or the hint says then.
    advice: &'static str,
    withdraw: Option<fn(&Jira)>,
    /// Takes the right to write from what the method was given.
    narrow: Option<fn(&Jira)>,
}

const READ_ONLY: [&str; 2] = ["read:jira-work", "read:jira-user"];

fn through_gateway(program: Program, jira: &Jira) -> Program {
    program
        .set("JIRA_CLOUD_API_URL", &jira.api_url())
        .set("JIRA_CLOUD_AUTH_URL", &jira.auth_url())
        .set("JIRA_CLOUD_ID", world::CLOUD_ID)
}

/// A user's consent: the access token, and the refresh token in a file of the folder.
fn consent(jira: &Jira, scopes: &[&str], folder: &Path) -> String {
    let (access, refresh) = jira
        .site()
        .lock()
        .unwrap()
        .consent(scopes, SystemTime::now());
    std::fs::write(folder.join("token"), refresh + "\n").unwrap();
    access
}

const WAYS: &[Way] = &[
    Way {
        name: "basic, password",
        start: || Jira::server().start(),
        give: |program, _, _| {
            program
                .set("JIRA_USERNAME", world::CI_BOT)
                .set("JIRA_PASSWORD", world::CI_BOT_PASSWORD)
        },
        wrong: ("JIRA_PASSWORD", "wrong"),
        advice: "check JIRA_USERNAME and JIRA_PASSWORD",
        withdraw: Some(|jira| {
            "new".clone_into(
                &mut jira
                    .site()
                    .lock()
                    .unwrap()
                    .user_mut(world::CI_BOT)
                    .unwrap()
                    .password,
            )
        }),
        narrow: None,
    },
    Way {
        name: "basic, API token",
        start: || Jira::cloud().start(),
        give: |program, _, _| {
            program
                .set("JIRA_USER_EMAIL", world::CI_EMAIL)
                .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
        },
        wrong: ("JIRA_API_TOKEN", "ATATT3xFfGF0-wrong"),
        advice: "the e-mail or the API token is wrong or expired",
        withdraw: None,
        narrow: None,
    },
    Way {
        name: "basic, scoped token",
        start: || Jira::cloud().start(),
        give: |program, jira, _| {
            let program = through_gateway(program, jira);
            program
                .set("JIRA_USER_EMAIL", world::CI_EMAIL)
                .set("JIRA_API_TOKEN", world::CI_SCOPED_TOKEN)
        },
        wrong: ("JIRA_API_TOKEN", "ATATT3xFfGF0-wrong"),
        advice: "make a new one",
        withdraw: None,
        narrow: Some(|jira| {
            jira.site()
                .lock()
                .unwrap()
                .restrict_token(world::CI_SCOPED_TOKEN, &READ_ONLY)
        }),
    },
    Way {
        name: "session",
        start: || Jira::server().start(),
        give: |program, _, _| {
            let program = program.set("JIRA_AUTH", "session");
            program
                .set("JIRA_USERNAME", world::CI_BOT)
                .set("JIRA_PASSWORD", world::CI_BOT_PASSWORD)
        },
        wrong: ("JIRA_PASSWORD", "wrong"),
        advice: "check JIRA_USERNAME and JIRA_PASSWORD",
        withdraw: None,
        narrow: None,
    },
    Way {
        name: "bearer, personal token",
        start: || Jira::data_center().start(),
        give: |program, _, _| program.set("JIRA_PERSONAL_TOKEN", world::CI_PERSONAL_TOKEN),
        wrong: ("JIRA_PERSONAL_TOKEN", "NjE1MzMwMjY5MTk5Owrong"),
        advice: "wrong, expired or revoked",
        withdraw: None,
        narrow: None,
    },
    Way {
        name: "bearer, scoped token",
        start: || Jira::cloud().start(),
        give: |program, jira, _| {
            through_gateway(program, jira).set("JIRA_PERSONAL_TOKEN", world::CI_SCOPED_TOKEN)
        },
        wrong: ("JIRA_PERSONAL_TOKEN", "ATATT3xFfGF0-wrong"),
        advice: "make a new one",
        withdraw: None,
        narrow: Some(|jira| {
            jira.site()
                .lock()
                .unwrap()
                .restrict_token(world::CI_SCOPED_TOKEN, &READ_ONLY)
        }),
    },
    Way {
        name: "oauth1",
        start: || Jira::server().start(),
        give: |program, _, _| {
            program
                .set("JIRA_OAUTH1_CONSUMER_KEY", world::CONSUMER_KEY)
                .set("JIRA_OAUTH1_PRIVATE_KEY", world::CONSUMER_PRIVATE_KEY)
                .set("JIRA_OAUTH1_ACCESS_TOKEN", world::CI_ACCESS_TOKEN)
        },
        wrong: ("JIRA_OAUTH1_ACCESS_TOKEN", "another-token"),
        advice: "oauth1 authorize",
        withdraw: Some(|jira| {
            jira.site()
                .lock()
                .unwrap()
                .revoke_access_token(world::CI_ACCESS_TOKEN)
        }),
        narrow: None,
    },
    Way {
        name: "oauth2, access token, Cloud",
        start: || Jira::cloud().start(),
        give: |program, jira, folder| {
            through_gateway(program, jira).set(
                "JIRA_OAUTH2_ACCESS_TOKEN",
                &consent(jira, &world::CLOUD_SCOPES, folder),
            )
        },
        wrong: ("JIRA_OAUTH2_ACCESS_TOKEN", "eyJ.wrong.token"),
        advice: "make a new one",
        withdraw: Some(|jira| jira.site().lock().unwrap().expire_access_tokens()),
        narrow: None,
    },
    Way {
        name: "oauth2, access token, Data Center",
        start: || Jira::data_center().start(),
        give: |program, jira, folder| {
            program.set(
                "JIRA_OAUTH2_ACCESS_TOKEN",
                &consent(jira, &["WRITE"], folder),
            )
        },
        wrong: ("JIRA_OAUTH2_ACCESS_TOKEN", "wrong"),
        advice: "the access token is wrong, withdrawn or expired",
        withdraw: Some(|jira| jira.site().lock().unwrap().expire_access_tokens()),
        narrow: None,
    },
    Way {
        name: "oauth2, refresh token, Cloud",
        start: || Jira::cloud().start(),
        give: |program, jira, folder| {
            let scopes = [&world::CLOUD_SCOPES[..], &["offline_access"]].concat();
            consent(jira, &scopes, folder);
            through_gateway(program, jira)
                .set("JIRA_OAUTH2_CLIENT_ID", world::CLIENT_ID)
                .set("JIRA_OAUTH2_CLIENT_SECRET", world::CLIENT_SECRET)
                .set(
                    "JIRA_OAUTH2_REFRESH_TOKEN_FILE",
                    folder.join("token").to_str().unwrap(),
                )
        },
        wrong: ("JIRA_OAUTH2_CLIENT_SECRET", "wrong"),
        advice: "JIRA_OAUTH2_CLIENT_SECRET",
        withdraw: Some(|jira| jira.site().lock().unwrap().revoke_consents()),
        narrow: None,
    },
    Way {
        name: "oauth2, service account, Cloud",
        start: || Jira::cloud().start(),
        give: |program, jira, _| {
            through_gateway(program, jira)
                .set("JIRA_OAUTH2_CLIENT_ID", world::SERVICE_CLIENT_ID)
                .set("JIRA_OAUTH2_CLIENT_SECRET", world::SERVICE_CLIENT_SECRET)
        },
        wrong: ("JIRA_OAUTH2_CLIENT_SECRET", "wrong"),
        advice: "JIRA_OAUTH2_CLIENT_SECRET",
        withdraw: None,
        narrow: Some(|jira| {
            let site = jira.site();
            let mut site = site.lock().unwrap();
            let client = site.oauth_client_mut(world::SERVICE_CLIENT_ID).unwrap();
            client.scopes = READ_ONLY.map(str::to_owned).into();
        }),
    },
    Way {
        name: "oauth2, service account, Data Center",
        start: || Jira::data_center().start(),
        give: |program, _, _| {
            program
                .set("JIRA_OAUTH2_CLIENT_ID", world::SERVICE_CLIENT_ID)
                .set("JIRA_OAUTH2_CLIENT_SECRET", world::SERVICE_CLIENT_SECRET)
                .set("JIRA_OAUTH2_SCOPE", "WRITE")
        },
        wrong: ("JIRA_OAUTH2_CLIENT_SECRET", "wrong"),
        advice: "JIRA_OAUTH2_CLIENT_SECRET",
        withdraw: None,
        narrow: None,
    },
    Way {
        name: "connect",
        start: || Jira::cloud().start(),
        give: |program, _, _| {
            program
                .set("JIRA_CONNECT_APP_KEY", world::CONNECT_APP_KEY)
                .set("JIRA_CONNECT_SHARED_SECRET", world::CONNECT_SHARED_SECRET)
        },
        wrong: ("JIRA_CONNECT_SHARED_SECRET", "wrong"),
        advice: "the app key or the shared secret is wrong",
        withdraw: None,
        narrow: None,
    },
];

/// One run of the main job, with the named type: the write is its only request
/// unless something is wrong.
struct Run {
    jira: Jira,
    folder: tempfile::TempDir,
}

impl Run {
    fn of(way: &Way) -> (Self, Program) {
        Run::with((way.start)(), way.give)
    }

    fn with(jira: Jira, give: Give) -> (Self, Program) {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::bare()
            .set("JIRA_BASE_URL", &jira.base_url())
            .set("JIRA_ISSUE_KEY", "HSP-1")
            .set("JIRA_FIELD_ID", world::BUILD_STATUS)
            .set("JIRA_FIELD_VALUE", "Passed")
            .set("JIRA_FIELD_TYPE", "select");
        let program = give(program, &jira, folder.path());
        (Run { jira, folder }, program)
    }

    /// It is refused like this, and asks no more than it may: nothing after a 401,
    /// `/myself` alone after a 403 or 404.
    #[track_caller]
    fn refused(
        self,
        program: Program,
        method: &str,
        wrong: &str,
        kind: &str,
        code: i32,
        words: &str,
    ) {
        let before = self.jira.requests().len();
        let (exit, report) = program.without_retries().report();
        let error = &report["issues"][0]["error"];
        println!(
            "| {method} | {wrong} | {} | {kind} | {code} |",
            error["message"].as_str().unwrap_or_default()
        );
        assert_eq!(
            (error["kind"].as_str(), exit),
            (Some(kind), code),
            "{method}, {wrong}: {report}"
        );
        let said = format!("{} / {}", error["message"], error["hint"]);
        assert!(
            said.contains(words),
            "{method}, {wrong}: {words:?} is not in {said}"
        );
        let requests = &self.jira.requests()[before..];
        if let Some(at) = requests.iter().position(jira_stand_in::Recorded::is_write) {
            let after: Vec<_> = requests[at + 1..]
                .iter()
                .filter(|asked| asked.method != "DELETE")
                .collect();
            match requests[at].status {
                Some(401) => assert!(after.is_empty(), "{method}, {wrong}: {after:?}"),
                Some(403 | 404) => {
                    let myself = after.iter().all(|asked| asked.path.ends_with("/myself"));
                    assert!(after.len() <= 1 && myself, "{method}, {wrong}: {after:?}");
                }
                _ => {}
            }
        }
        assert!(self.folder.path().exists());
        assert!(
            self.jira.field("HSP-1", world::BUILD_STATUS).is_null(),
            "{method}, {wrong}: it was written"
        );
    }
}

#[test]
fn every_method_writes_and_each_refusal_of_it_is_told_apart() {
    println!("| Method | What is wrong | Message | error.kind | Exit |\n|---|---|---|---|---|");
    for way in WAYS {
        let (run, program) = Run::of(way);
        let (code, report) = program.report();
        assert_eq!(
            (code, &run.jira.field("HSP-1", world::BUILD_STATUS)["value"]),
            (0, &"Passed".into()),
            "{report}"
        );
        println!("| {} | nothing | written | | 0 |", way.name);

        let (run, program) = Run::of(way);
        let program = program.set(way.wrong.0, way.wrong.1);
        run.refused(
            program,
            way.name,
            "wrong",
            "credentials_refused",
            3,
            way.advice,
        );

        if let Some(withdraw) = way.withdraw {
            let (run, program) = Run::of(way);
            withdraw(&run.jira);
            run.refused(
                program,
                way.name,
                "withdrawn or expired",
                "credentials_refused",
                3,
                "",
            );
        }
        if let Some(narrow) = way.narrow {
            let (run, program) = Run::of(way);
            narrow(&run.jira);
            run.refused(
                program,
                way.name,
                "no scope to write",
                "credentials_refused",
                3,
                "write:jira-work",
            );
        }

        let (run, program) = Run::of(way);
        let hidden = program.set("JIRA_ISSUE_KEY", world::HIDDEN_ISSUE);
        let (kind, code) = if run.jira.base_url().ends_with("/jira") {
            ("permission_denied", 3)
        } else {
            ("issue_not_found", 4)
        };
        run.refused(
            hidden,
            way.name,
            "no permission to see",
            kind,
            code,
            "permission",
        );

        let (run, program) = Run::of(way);
        let absent = program.set("JIRA_ISSUE_KEY", "HSP-404");
        run.refused(
            absent,
            way.name,
            "issue absent",
            "issue_not_found",
            4,
            "HSP-404",
        );

        let (run, program) = Run::of(way);
        let app = format!("addon_{}", world::CONNECT_APP_KEY);
        run.jira
            .site()
            .lock()
            .unwrap()
            .issue_mut(world::READ_ONLY_ISSUE)
            .unwrap()
            .read_only_for
            .push(app);
        let read_only = program.set("JIRA_ISSUE_KEY", world::READ_ONLY_ISSUE);
        run.refused(
            read_only,
            way.name,
            "no permission to edit",
            "field_not_editable",
            4,
            "no field of HSP-8",
        );

        let (run, program) = Run::of(way);
        run.jira.misbehave(
            On::Write,
            Fault::Answer(Reply::text(403, "XSRF check failed")),
        );
        run.refused(
            program,
            way.name,
            "XSRF check",
            "permission_denied",
            3,
            "X-Atlassian-Token",
        );
    }
}

#[test]
fn what_one_deployment_alone_refuses_is_named() {
    let password: Give = |program, _, _| {
        program
            .set("JIRA_USERNAME", world::CI_BOT)
            .set("JIRA_PASSWORD", world::CI_BOT_PASSWORD)
    };
    let session: Give = |program, _, _| {
        let program = program.set("JIRA_AUTH", "session");
        program
            .set("JIRA_USERNAME", world::CI_BOT)
            .set("JIRA_PASSWORD", world::CI_BOT_PASSWORD)
    };
    let token_as_password: Give = |program, _, _| {
        program
            .set("JIRA_USERNAME", world::CI_BOT)
            .set("JIRA_PASSWORD", world::CI_PERSONAL_TOKEN)
    };
    let api_token: Give = |program, _, _| {
        program
            .set("JIRA_USER_EMAIL", world::CI_EMAIL)
            .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
    };
    let scoped: Give = |program, _, _| {
        program
            .set("JIRA_USER_EMAIL", world::CI_EMAIL)
            .set("JIRA_API_TOKEN", world::CI_SCOPED_TOKEN)
    };
    let bearer: Give = |program, _, _| program.set("JIRA_PERSONAL_TOKEN", world::CI_SCOPED_TOKEN);
    let captcha = |way: Give| {
        let (run, program) = Run::with(Jira::server().start(), way);
        for _ in 0..CAPTCHA_AFTER {
            Program::seed(&run.jira)
                .set("JIRA_PASSWORD", "wrong")
                .run()
                .exits(3);
        }
        (run, program.set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3"))
    };
    for (method, way) in [("basic, password", password), ("session", session)] {
        let (run, program) = captcha(way);
        let jira = run.jira.site();
        run.refused(
            program,
            method,
            "CAPTCHA",
            "captcha_required",
            3,
            "log in once in a browser",
        );
        assert_eq!(
            jira.lock().unwrap().bad_logins(world::CI_BOT),
            CAPTCHA_AFTER,
            "no second attempt"
        );
    }
    for (method, way, start, wrong, words) in [
        (
            "basic, password",
            password,
            Jira::data_center().basic_blocked(),
            "Basic switched off",
            "JIRA_AUTH=session",
        ),
        (
            "basic, password",
            token_as_password,
            Jira::data_center(),
            "a personal token as the password",
            "set it as JIRA_PERSONAL_TOKEN",
        ),
        (
            "basic, password",
            token_as_password,
            Jira::data_center().basic_blocked(),
            "the same where Basic is switched off",
            "set it as JIRA_PERSONAL_TOKEN",
        ),
        (
            "basic, API token",
            api_token,
            Jira::data_center(),
            "an API token for Data Center",
            "API tokens are Jira Cloud's",
        ),
        (
            "basic, scoped token",
            scoped,
            Jira::cloud(),
            "gateway needed",
            "JIRA_CLOUD_ID=auto",
        ),
        (
            "bearer, scoped token",
            bearer,
            Jira::cloud(),
            "gateway needed",
            "JIRA_CLOUD_ID=auto",
        ),
    ] {
        let (run, program) = Run::with(start.start(), way);
        run.refused(program, method, wrong, "credentials_refused", 3, words);
    }
}

#[test]
fn a_refused_personal_token_is_explained_by_who_answers() {
    let jira = Jira::data_center().start();
    let program = || {
        Program::seed(&jira)
            .without_password()
            .set("JIRA_PERSONAL_TOKEN", world::CI_PERSONAL_TOKEN)
    };
    let refusal = Reply::text(401, "Said so.");
    jira.misbehave(On::Write, Fault::Answer(refusal.clone()));
    program().fails(
        "credentials_refused",
        3,
        "Jira Cloud takes a personal token nowhere",
    );
    // A header that self-hosted Jiras alone have.
    jira.misbehave(
        On::Write,
        Fault::Answer(refusal.header("X-AREQUESTID", "600x1x1")),
    );
    program().fails("credentials_refused", 3, "older than 8.14");
}

/// Jira's older pages say it in their text alone, below a title that says
/// nothing, and without the headers.
#[test]
fn a_page_that_says_why_only_in_its_text_is_understood() {
    for (reason, status, kind, words) in [
        (
            "AUTHENTICATED_FAILED",
            401,
            "credentials_refused",
            "check JIRA_USERNAME",
        ),
        (
            "AUTHENTICATED_FAILED",
            403,
            "credentials_refused",
            "check JIRA_USERNAME",
        ),
        (
            "AUTHENTICATION_DENIED",
            403,
            "captcha_required",
            "log in once in a browser",
        ),
    ] {
        let page = format!(
            "<html><head><title>Unauthorized ({status})</title></head><body><h1>HTTP Status {status}</h1><p>{}</p>\
             <p>Basic Authentication Failure - Reason : {reason}</p></body></html>",
            "Jira keeps this page long. ".repeat(40),
        );
        let jira = Jira::server().start();
        jira.misbehave(On::Write, Fault::Answer(Reply::html(status, &page)));
        Program::seed(&jira).fails(kind, 3, words);
        assert_eq!(jira.requests().len(), 1, "{reason} {status}");
    }
}
