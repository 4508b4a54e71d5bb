//! Every method of proving who we are, and everything that can be wrong with
//! it: the main job, then the same job with one thing wrong. `cargo test --test
//! it refusals -- --nocapture` prints the table.

use crate::answers::{answered, failure};
use crate::methods::{METHODS, Method, Variables, method};
use crate::program::Program;
use crate::rows::{Rows, each, ensure};
use crate::wrong_credentials::{WRONG, Wrong};
use fake_jira::{CAPTCHA_AFTER, Fault, Jira, On, Reply, world};
use serde_json::json;
use std::path::Path;

/// One run of the main job, with the named type: the write is its only request
/// unless something is wrong.
struct Run {
    jira: Jira,
    folder: tempfile::TempDir,
}

impl Run {
    fn of(method: &Method) -> (Self, Program) {
        Run::with((method.jira)(method.secret).start(), |jira, folder| {
            (method.variables)(method.secret, jira, folder)
        })
    }

    fn with(jira: Jira, variables: impl FnOnce(&Jira, &Path) -> Variables) -> (Self, Program) {
        let folder = tempfile::tempdir().unwrap();
        let program = Program::bare()
            .set("JIRA_BASE_URL", &jira.base_url())
            .set("JIRA_ISSUE_KEY", "HSP-1")
            .set("JIRA_FIELD_ID", world::BUILD_STATUS)
            .set("JIRA_FIELD_VALUE", "Passed")
            .set("JIRA_FIELD_TYPE", "select");
        let program = program.set_all(&variables(&jira, folder.path()));
        (Run { jira, folder }, program)
    }

    /// It is refused like this, and asks no more than it may: nothing after a 401,
    /// `/myself` alone after a 403 or 404.
    fn refused(
        self,
        program: Program,
        method: &str,
        wrong: &str,
        expected: Refusal,
    ) -> Result<(), String> {
        let Refusal(kind, code, words) = expected;
        let before = self.jira.requests().len();
        let (exit, report) = program.without_retries().report();
        let error = &report["issues"][0]["error"];
        println!(
            "| {method} | {wrong} | {} | {kind} | {code} |",
            error["message"].as_str().unwrap_or_default()
        );
        let said = format!(
            "{} / {} / {}",
            error["message"], error["hint"], error["answer"]
        );
        ensure(
            error["kind"] == kind && exit == code && said.contains(words),
            || format!("{report}"),
        )?;
        let requests = &self.jira.requests()[before..];
        if let Some(at) = requests.iter().position(fake_jira::Recorded::is_write) {
            let after: Vec<_> = requests[at + 1..]
                .iter()
                .filter(|asked| asked.method != "DELETE")
                .collect();
            let myself = after.iter().all(|asked| asked.path.ends_with("/myself"));
            let allowed = match requests[at].status {
                Some(401) => after.is_empty(),
                Some(403 | 404) => after.len() <= 1 && myself,
                _ => true,
            };
            ensure(allowed, || format!("asked afterwards: {after:?}"))?;
        }
        assert!(self.folder.path().exists());
        ensure(
            self.jira.field("HSP-1", world::BUILD_STATUS).is_null(),
            || "it was written".to_owned(),
        )
    }
}

/// Kind, exit code, and what the message or the hint says.
struct Refusal(&'static str, i32, &'static str);

#[test]
fn every_method_writes_and_each_refusal_of_it_is_told_apart() {
    println!("| Method | What is wrong | Message | error.kind | Exit |\n|---|---|---|---|---|");
    let mut rows = Rows::default();
    for method in METHODS {
        let name = method.name;
        rows.check(name, || {
            let (run, program) = Run::of(method);
            let (code, report) = program.report();
            let value = run.jira.field("HSP-1", world::BUILD_STATUS);
            println!("| {name} | nothing | written | | 0 |");
            ensure(code == 0 && value["value"] == "Passed", || {
                format!("{report}")
            })
        });
        let wrong = WRONG.iter().find(|wrong| wrong.method == name);
        refused_itself(
            method,
            wrong.unwrap_or_else(|| panic!("no row for {name}")),
            &mut rows,
        );
        refused_work(method, &mut rows);
    }
}

/// Credentials that are wrong, withdrawn, or without the right to write.
fn refused_itself(method: &Method, wrong: &Wrong, rows: &mut Rows) {
    let refusal = |advice| Refusal("credentials_refused", 3, advice);
    let mut refused = |what: &str, change: &dyn Fn(&Run, Program) -> Program, expected| {
        rows.check(&format!("{}, {what}", method.name), || {
            let (run, program) = Run::of(method);
            let program = change(&run, program);
            run.refused(program, method.name, what, expected)
        });
    };
    let (name, value) = wrong.setting;
    refused(
        "wrong",
        &|_, program| program.set(name, value),
        refusal(wrong.advice),
    );
    if let Some(withdraw) = wrong.withdraw {
        let change = |run: &Run, program| {
            withdraw(&run.jira);
            program
        };
        refused("withdrawn or expired", &change, refusal(""));
    }
    if let Some(narrow) = wrong.narrow {
        let change = |run: &Run, program| {
            narrow(&run.jira);
            program
        };
        refused("no scope to write", &change, refusal("write:jira-work"));
    }
}

/// Good credentials for what their user may not do.
fn refused_work(method: &Method, rows: &mut Rows) {
    let mut refused = |what: &str, change: &dyn Fn(&Run, Program) -> Program, expected| {
        rows.check(&format!("{}, {what}", method.name), || {
            let (run, program) = Run::of(method);
            let program = change(&run, program);
            run.refused(program, method.name, what, expected)
        });
    };
    let issue =
        |key: &'static str| move |_: &Run, program: Program| program.set("JIRA_ISSUE_KEY", key);
    let self_hosted = (method.jira)(method.secret)
        .start()
        .base_url()
        .ends_with("/jira");
    let hidden = if self_hosted {
        Refusal("permission_denied", 3, "permission")
    } else {
        Refusal("issue_not_found", 4, "permission")
    };
    refused("no permission to see", &issue(world::HIDDEN_ISSUE), hidden);
    refused(
        "issue absent",
        &issue("HSP-404"),
        Refusal("issue_not_found", 4, "HSP-404"),
    );
    let read_only = |run: &Run, program: Program| {
        let site = run.jira.site();
        let mut site = site.lock().unwrap();
        let issue = site.issue_mut(world::READ_ONLY_ISSUE).unwrap();
        issue.read_only_for.push(method.user.to_owned());
        program.set("JIRA_ISSUE_KEY", world::READ_ONLY_ISSUE)
    };
    refused(
        "no permission to edit",
        &read_only,
        Refusal("field_not_editable", 4, "may see it but not edit it"),
    );
    let xsrf = |run: &Run, program| {
        let reply = Reply::text(403, "XSRF check failed");
        run.jira.misbehave(On::Write, Fault::Answer(reply));
        program
    };
    refused(
        "XSRF check",
        &xsrf,
        Refusal("permission_denied", 3, "X-Atlassian-Token"),
    );
}

#[test]
fn the_captcha_is_told_of_at_the_first_issue_and_no_second_login_is_tried() {
    for name in ["basic, password", "session"] {
        let (run, program) = Run::of(method(name));
        for _ in 0..CAPTCHA_AFTER {
            Program::seed(&run.jira)
                .set("JIRA_PASSWORD", "wrong")
                .run()
                .exits(3);
        }
        let site = run.jira.site();
        let expected = Refusal("captcha_required", 3, "log in once as ci-bot at ");
        let program = program.set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3");
        run.refused(program, name, "CAPTCHA", expected).unwrap();
        let bad_logins = site.lock().unwrap().bad_logins(world::CI_BOT);
        assert_eq!(bad_logins, CAPTCHA_AFTER, "no second attempt");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table, a row a case")]
fn what_one_deployment_alone_refuses_is_named() {
    let given = |variables: &[(&'static str, &str)]| -> Variables {
        let mut owned = Variables::new();
        owned.extend(
            variables
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned())),
        );
        owned
    };
    let password = |secret| given(&[("JIRA_USERNAME", world::CI_BOT), ("JIRA_PASSWORD", secret)]);
    let email = |token| {
        given(&[
            ("JIRA_USER_EMAIL", world::CI_EMAIL),
            ("JIRA_API_TOKEN", token),
        ])
    };
    let bearer = |token| given(&[("JIRA_PERSONAL_TOKEN", token)]);
    let blocked = || Jira::data_center().basic_blocked();
    let (own, token, scoped) = (
        world::CI_BOT_PASSWORD,
        world::CI_PERSONAL_TOKEN,
        world::CI_SCOPED_TOKEN,
    );
    let mut rows = Rows::default();
    for (method, variables, jira, wrong, words) in [
        (
            "basic, password",
            password(own),
            blocked(),
            "Basic switched off",
            "JIRA_AUTH=session",
        ),
        (
            "basic, password",
            password(token),
            Jira::data_center(),
            "a personal token as the password",
            "set it as JIRA_PERSONAL_TOKEN",
        ),
        (
            "basic, password",
            password(token),
            blocked(),
            "the same where Basic is switched off",
            "set it as JIRA_PERSONAL_TOKEN",
        ),
        (
            "basic, API token",
            email(world::CI_API_TOKEN),
            Jira::data_center(),
            "an API token for Data Center",
            "this is a Jira Server or Data Center, not Jira Cloud",
        ),
        (
            "basic, scoped token",
            email(scoped),
            Jira::cloud(),
            "gateway needed",
            "JIRA_CLOUD_ID=auto",
        ),
        (
            "bearer, scoped token",
            bearer(scoped),
            Jira::cloud(),
            "gateway needed",
            "JIRA_CLOUD_ID=auto",
        ),
    ] {
        rows.check(&format!("{method}, {wrong}"), || {
            let (run, program) = Run::with(jira.start(), |_, _| variables);
            run.refused(
                program,
                method,
                wrong,
                Refusal("credentials_refused", 3, words),
            )
        });
    }
}

#[test]
fn every_method_stands_for_its_user() {
    let mut rows = Rows::default();
    for method in METHODS {
        rows.check(method.name, || {
            let (run, program) = Run::of(method);
            let site = run.jira.site();
            let mut site = site.lock().unwrap();
            let issue = site.issue_mut("HSP-1").unwrap();
            issue.read_only_for.push(method.user.to_owned());
            drop(site);
            let (_, report) = program.report();
            let kind = &report["issues"][0]["error"]["kind"];
            ensure(kind == "field_not_editable", || format!("{report}"))
        });
    }
}

#[test]
fn whose_login_is_missing_and_what_the_user_may_not_do_is_told_apart() {
    let unseen =
        json!({ "errorMessages": ["You do not have the permission to see the specified issue."] });
    let rows = [
        (
            Reply::html(401, "<hr><center>nginx</center>").header("Server", "nginx"),
            "nginx, in front of Jira, wants credentials of its own (401)",
            "ask whoever runs nginx",
        ),
        (
            Reply::json(403, &unseen).header("X-Seraph-LoginReason", "OK"),
            "ci-bot may not see it",
            "Browse projects",
        ),
    ];
    each(rows, |(reply, words, action)| {
        let (_, _, cause, hint) = failure(answered(reply));
        assert!(
            cause.contains(words) && hint.contains(action),
            "{cause}: {hint}"
        );
    });
}
