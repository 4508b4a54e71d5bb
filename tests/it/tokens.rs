use crate::oauth2::{Consent, SCOPES, is_good, token_requests};
use crate::program::Program;
use crate::rows::each;
use fake_jira::world::CLOUD_ID;
use fake_jira::{Fault, Gate, Jira, On, Reply, TokenForm};
use serde_json::Value;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

const TOKEN: On = On::Path("/token");

/// A provider that takes no refresh token twice, and ends the whole consent
/// where one is presented again.
fn strict(jira: Jira) -> (Jira, Consent) {
    {
        let site = jira.site();
        let mut site = site.lock().unwrap();
        site.set_reuse_leeway(Duration::ZERO);
        site.revoke_families();
    }
    let consent = Consent::new(
        &jira,
        if jira.base_url().ends_with("jira") {
            &["WRITE"]
        } else {
            &SCOPES
        },
    );
    (jira, consent)
}

fn pipeline(jira: &Jira, consent: &Consent) -> Program {
    let program = consent.program(Program::cloud(jira));
    if jira.base_url().ends_with("jira") {
        program
    } else {
        program.set("JIRA_CLOUD_ID", CLOUD_ID)
    }
}

fn beside(consent: &Consent, end: &str) -> PathBuf {
    let mut name = consent.file().into_os_string();
    name.push(end);
    name.into()
}

fn begun(program: Program) -> Child {
    let program = program
        .set("JIRA_OUTPUT", "json")
        .command()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    program.unwrap()
}

fn signal(child: &Child, name: &str) {
    let status = std::process::Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
}

fn ended(child: Child) -> (Option<i32>, Value) {
    let output = child.wait_with_output().unwrap();
    (
        output.status.code(),
        serde_json::from_slice(&output.stdout).unwrap(),
    )
}

fn until_asked(jira: &Jira) {
    while token_requests(jira).is_empty() {
        std::thread::yield_now();
    }
}

#[test]
fn a_renewal_begins_only_with_time_left_for_it() {
    let (jira, consent) = strict(Jira::data_center().start());
    let before = consent.token();
    let program = pipeline(&jira, &consent).set("JIRA_DEADLINE", "0.9");
    program.fails_saying(
        "timeout",
        5,
        &[
            "too little",
            "the refresh token was not used",
            "JIRA_DEADLINE",
        ],
    );
    assert_eq!((consent.token(), token_requests(&jira).len()), (before, 0));
}

#[test]
fn a_renewal_that_was_sent_is_awaited_and_saved_past_any_signal_and_is_no_write() {
    let rows = [
        (Jira::data_center().start(), &["-TERM"][..], 143),
        (Jira::cloud().start(), &["-INT", "-TERM", "-INT"], 130),
    ];
    each(rows, |(jira, signals, code)| {
        let (jira, consent) = strict(jira);
        // Longer than a write may take to end after a signal.
        jira.misbehave(
            TOKEN,
            Fault::AfterApplying(Box::new(Fault::Delay(Duration::from_millis(2500)))),
        );
        let child = begun(pipeline(&jira, &consent).set("JIRA_ISSUE_KEY", "HSP-1 HSP-2"));
        until_asked(&jira);
        for name in signals {
            signal(&child, name);
        }
        let (exit, report) = ended(child);
        assert_eq!(exit, Some(code), "{report}");
        for issue in report["issues"].as_array().unwrap() {
            assert_eq!(
                (&issue["error"]["kind"], &issue["maybe_written"]),
                (&"interrupted".into(), &false.into())
            );
        }
        assert!(is_good(&jira, &consent.token()), "{report}");
        assert!(jira.writes().is_empty());
        pipeline(&jira, &consent).run().exits(0);
    });
}

#[test]
fn a_question_that_a_signal_cuts_off_is_no_write_either() {
    let jira = Jira::data_center().start();
    let consent = Consent::new(&jira, &["WRITE"]);
    jira.misbehave(On::Path("serverInfo"), Fault::Hang);
    let child = begun(pipeline(&jira, &consent));
    while jira.requests().is_empty() {
        std::thread::yield_now();
    }
    signal(&child, "-TERM");
    let (exit, report) = ended(child);
    assert_eq!(
        (exit, &report["issues"][0]["maybe_written"]),
        (Some(143), &false.into()),
        "{report}"
    );
}

#[test]
fn a_renewal_that_was_sent_is_awaited_past_the_attempts_time_and_the_runs() {
    each(
        [("JIRA_TIMEOUT", "0.5", 0), ("JIRA_DEADLINE", "2.5", 5)],
        |(name, value, code)| {
            let (jira, consent) = strict(Jira::cloud().start());
            let late = Duration::from_millis(if code == 0 { 1500 } else { 3500 });
            jira.misbehave(TOKEN, Fault::AfterApplying(Box::new(Fault::Delay(late))));
            let (exit, report) = pipeline(&jira, &consent).set(name, value).report();
            assert_eq!(exit, code, "{report}");
            assert_eq!(token_requests(&jira).len(), 1);
            assert!(is_good(&jira, &consent.token()), "{report}");
            if code == 5 {
                let issue = &report["issues"][0];
                assert_eq!(
                    (&issue["error"]["kind"], &issue["maybe_written"]),
                    (&"timeout".into(), &false.into())
                );
            }
        },
    );
}

#[test]
fn a_refresh_token_that_may_have_arrived_is_never_presented_again() {
    let lost = |fault| Fault::AfterApplying(Box::new(fault));
    let rows = [
        lost(Fault::Reset),
        lost(Fault::Close),
        lost(Fault::Status(500, "")),
        lost(Fault::Status(502, "<html>")),
        lost(Fault::Status(504, "")),
        lost(Fault::Status(200, "<html><title>Sign in</title></html>")),
        Fault::Cut(60),
        lost(Fault::Status(302, "")),
    ];
    each(rows, |fault| {
        let (jira, consent) = strict(Jira::data_center().start());
        jira.misbehave(TOKEN, fault.clone());
        let program = pipeline(&jira, &consent).set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3");
        let (exit, report) = program.report();
        assert!(
            exit != 0 && token_requests(&jira).len() == 1,
            "{fault:?}: {report}"
        );
        for issue in report["issues"].as_array().unwrap() {
            assert_eq!(issue["maybe_written"], false, "{fault:?}: {report}");
            assert!(
                issue["error"]["message"]
                    .as_str()
                    .unwrap()
                    .contains("refresh token may be spent"),
                "{report}"
            );
        }
    });
}

#[test]
fn a_renewal_that_was_rejected_for_now_is_tried_again() {
    let (jira, consent) = strict(Jira::data_center().start());
    jira.misbehave(
        TOKEN,
        Fault::Answer(Reply::new(429).header("Retry-After", "0")),
    );
    jira.misbehave(TOKEN, Fault::Status(503, ""));
    pipeline(&jira, &consent).run().exits(0);
    assert_eq!(token_requests(&jira).len(), 3);
}

#[test]
fn a_renewal_that_was_rejected_for_now_keeps_no_other_issue_from_trying() {
    let (jira, consent) = strict(Jira::data_center().start());
    jira.misbehave(TOKEN, Fault::Status(503, ""));
    let program = pipeline(&jira, &consent)
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2")
        .set("JIRA_CONCURRENCY", "1");
    let (code, report) = program.without_retries().report();
    assert_eq!(code, 6, "{report}");
    assert_eq!(
        (token_requests(&jira).len(), jira.writes().len()),
        (2, 1),
        "{report}"
    );
    assert!(!report.to_string().contains("may be spent"), "{report}");
}

#[test]
fn a_refresh_token_is_saved_from_an_answer_of_any_form() {
    let rows = [
        TokenForm::Created,
        TokenForm::Marked,
        TokenForm::Doubled,
        TokenForm::Garbled,
        TokenForm::RefreshAlone,
    ];
    each(rows, |form| {
        let (jira, consent) = strict(Jira::cloud().start());
        jira.site().lock().unwrap().set_token_form(form);
        let ran = pipeline(&jira, &consent).run();
        assert_eq!(
            ran.code,
            if form == TokenForm::RefreshAlone {
                5
            } else {
                0
            },
            "{form:?}: {ran:?}"
        );
        assert!(is_good(&jira, &consent.token()), "{form:?}: {ran:?}");
        assert_eq!(token_requests(&jira).len(), 1);
    });
}

#[test]
fn a_token_that_a_killed_run_left_beside_the_file_is_found_again() {
    each([".new", ".tmp"], |end| {
        let (jira, consent) = strict(Jira::data_center().start());
        let spent = consent.token();
        pipeline(&jira, &consent).run().exits(0);
        std::fs::write(beside(&consent, end), consent.token() + "\n").unwrap();
        std::fs::write(consent.file(), spent).unwrap();
        pipeline(&jira, &consent)
            .run()
            .succeeds_saying("a run that was killed left the next token");
        assert!(
            is_good(&jira, &consent.token()) && !beside(&consent, end).exists(),
            "{end}"
        );
    });
}

#[test]
fn nothing_is_read_or_written_through_a_link_that_somebody_planted() {
    each([".new", ".tmp", ".lock"], |end| {
        let (jira, consent) = strict(Jira::data_center().start());
        let (target, other) = (
            consent.folder.path().join("target"),
            consent.folder.path().join("absent"),
        );
        std::fs::write(&target, "another's-token\n").unwrap();
        symlink(&target, beside(&consent, end)).unwrap();
        pipeline(&jira, &consent).run().exits(0);
        assert_eq!(
            std::fs::read_to_string(&target).unwrap(),
            "another's-token\n",
            "{end}"
        );
        std::fs::remove_file(beside(&consent, end)).ok();
        symlink(&other, beside(&consent, end)).unwrap();
        pipeline(&jira, &consent).run().exits(0);
        assert!(!other.exists() && is_good(&jira, &consent.token()), "{end}");
    });
}

#[test]
fn a_file_that_is_a_link_stays_one_and_keeps_whose_it_is() {
    let (jira, consent) = strict(Jira::data_center().start());
    let real = consent.folder.path().join("..data");
    std::fs::rename(consent.file(), &real).unwrap();
    symlink("..data", consent.file()).unwrap();
    std::fs::set_permissions(&real, PermissionsExt::from_mode(0o640)).unwrap();
    // Only root may give a file away.
    let owner = if std::os::unix::fs::chown(&real, Some(1001), Some(1002)).is_ok() {
        Some((1001, 1002))
    } else {
        None
    };
    pipeline(&jira, &consent).run().exits(0);
    let held = std::fs::metadata(&real).unwrap();
    assert!(consent.file().is_symlink() && is_good(&jira, &consent.token()));
    assert_eq!(held.mode() & 0o777, 0o640);
    assert!(
        owner.is_none_or(|owner| owner == (held.uid(), held.gid())),
        "{held:?}"
    );
}

/// Kills runs at any moment. A token that the provider gave and that no file
/// holds was in an answer that nobody read.
fn kill(times: usize) {
    let (jira, mut consent) = strict(Jira::data_center().start());
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let (mut unread, mut renewed) = (0, 0);
    for _ in 0..times {
        let spent = consent.token();
        let gate = Gate::closed();
        let answer_late = Fault::AfterApplying(Box::new(Fault::Wait(gate.clone())));
        jira.misbehave(TOKEN, answer_late);
        let mut child = begun(pipeline(&jira, &consent));
        while is_good(&jira, &spent) {
            std::thread::yield_now();
        }
        gate.open();
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        for _ in 0..random % 4000 {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        jira.behave();
        let saved = ["", ".new", ".tmp"].iter().any(|end| {
            let held = std::fs::read_to_string(beside(&consent, end)).unwrap_or_default();
            is_good(&jira, held.trim_end())
        });
        if saved {
            let ran = pipeline(&jira, &consent).run();
            assert_eq!(ran.code, 0, "after {renewed} good runs: {ran:?}");
            renewed += 1;
        } else {
            unread += 1;
            consent = Consent::new(&jira, &["WRITE"]);
        }
    }
    println!("{times} kills: {renewed} runs went on, {unread} answers were never read");
    assert_eq!(renewed + unread, times);
}

#[test]
fn no_token_that_was_saved_is_lost_by_a_kill() {
    kill(12);
}

#[test]
#[ignore = "takes a minute: cargo nextest run --run-ignored only -E 'test(two_hundred_kills)' --no-capture"]
fn no_token_that_was_saved_is_lost_by_two_hundred_kills() {
    kill(200);
}
