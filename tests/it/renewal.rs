use crate::oauth2::{Consent, SCOPES, asked, is_good, token_requests};
use crate::program::Program;
use crate::rows::each;
use fake_jira::world::CLOUD_ID;
use fake_jira::{Fault, Jira, On};
use std::process::Stdio;
use std::time::Duration;

#[test]
fn an_access_token_that_ends_in_mid_run_is_renewed_once() {
    let jira = Jira::cloud().start();
    let consent = Consent::new(&jira, &SCOPES);
    let unauthorized = r#"{"code":401,"message":"Unauthorized"}"#;
    jira.misbehave(On::Path("HSP-2"), Fault::Status(401, unauthorized));
    let program = consent
        .program(Program::cloud(&jira))
        .set("JIRA_CLOUD_ID", CLOUD_ID);
    program
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3")
        .set("JIRA_CONCURRENCY", "1")
        .run()
        .exits(0);
    let order = [
        "POST token",
        "PUT HSP-1",
        "PUT HSP-2",
        "POST token",
        "PUT HSP-2",
        "PUT HSP-3",
    ];
    assert_eq!(asked(&jira), order);
    assert!(is_good(&jira, &consent.token()));
    let writes = jira.writes();
    assert_ne!(
        writes[0].header("authorization"),
        writes[2].header("authorization")
    );

    jira.always(On::Write, Fault::Status(401, unauthorized));
    let before = token_requests(&jira).len();
    let program = consent
        .program(Program::cloud(&jira))
        .set("JIRA_CLOUD_ID", CLOUD_ID);
    program.fails_saying("credentials_refused", 3, &["wrong, withdrawn or expired"]);
    assert_eq!(token_requests(&jira).len() - before, 2);
}

#[test]
fn a_refresh_tokens_file_stays_locked_for_the_whole_run_at_a_data_center_and_on_cloud_until_it_is_saved()
 {
    let rows = [
        (Jira::data_center().start(), true),
        (Jira::cloud().start(), false),
    ];
    each(rows, |(jira, locked)| {
        let consent = Consent::new(&jira, if locked { &["WRITE"] } else { &SCOPES });
        jira.misbehave(On::Write, Fault::Hang);
        let mut command = consent.program(Program::cloud(&jira)).command();
        let mut run = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while jira.writes().is_empty() {
            std::thread::yield_now();
        }
        let lock =
            std::fs::File::open(consent.folder.path().join("jira-oauth2.token.lock")).unwrap();
        assert_eq!(lock.try_lock().is_err(), locked);
        run.kill().unwrap();
        run.wait().unwrap();
        lock.lock().unwrap();
    });
}

#[test]
fn side_by_side_writes_share_one_renewal() {
    let jira = Jira::data_center().start();
    let consent = Consent::new(&jira, &["WRITE"]);
    jira.misbehave(On::Path("HSP-2"), Fault::Status(401, ""));
    // Signed with the first token, and looked at when the second one has ended it.
    jira.misbehave(On::Path("HSP-3"), Fault::Delay(Duration::from_millis(500)));
    let program = consent
        .program(Program::cloud(&jira))
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3");
    program.run().exits(0);
    assert_eq!(token_requests(&jira).len(), 2, "{:?}", asked(&jira));
    assert_eq!(
        jira.writes()
            .iter()
            .filter(|write| write.status == Some(204))
            .count(),
        3
    );
    // Both are refused while nobody has renewed yet: one renews, and the other
    // waits for that.
    let rows = [
        (On::Path("HSP-2"), Fault::Status(401, "")),
        (On::Path("HSP-3"), Fault::Status(401, "")),
        (On::Path("/token"), Fault::Delay(Duration::ZERO)),
        (On::Path("/token"), Fault::Delay(Duration::from_millis(300))),
    ];
    each(rows, |(on, fault)| {
        jira.misbehave(on, fault);
    });
    let program = consent
        .program(Program::cloud(&jira))
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3");
    program.run().exits(0);
    assert_eq!(token_requests(&jira).len(), 4, "{:?}", asked(&jira));
}

#[test]
fn a_fresh_access_token_that_is_refused_points_to_settings_that_do_not_belong_together() {
    let jira = Jira::data_center().start();
    let consent = Consent::new(&jira, &["WRITE"]);
    jira.always(On::Write, Fault::Status(401, ""));
    let words = ["Jira refused the access token that the provider has just given"];
    consent
        .program(Program::cloud(&jira))
        .fails_saying("credentials_refused", 3, &words);
}

#[test]
fn a_renewal_that_is_refused_is_the_reason_that_is_told_and_is_not_tried_again() {
    let jira = Jira::data_center().start();
    let consent = Consent::new(&jira, &["WRITE"]);
    for path in ["HSP-2", "HSP-3"] {
        jira.misbehave(On::Path(path), Fault::Status(401, ""));
    }
    jira.misbehave(On::Path("/token"), Fault::Delay(Duration::ZERO));
    jira.misbehave(
        On::Path("/token"),
        Fault::Status(400, r#"{"error":"invalid_grant"}"#),
    );
    let (code, report) = consent
        .program(Program::cloud(&jira))
        .set("JIRA_ISSUE_KEY", "HSP-1 HSP-2 HSP-3")
        .report();
    assert_eq!((code, token_requests(&jira).len()), (6, 2), "{report}");
    for failed in &report["issues"].as_array().unwrap()[1..] {
        assert!(
            failed["error"]["message"]
                .as_str()
                .unwrap()
                .contains("the refresh token is refused"),
            "{report}"
        );
        assert!(
            failed["error"]["hint"]
                .as_str()
                .unwrap()
                .contains("oauth2 authorize"),
            "{report}"
        );
    }
}
