use crate::book::page;
use crate::program::Program;
use crate::rows::each;
use fake_jira::{Jira, world};
use serde_json::{Value, json};

/// One type of field: a text that a person would give, what goes out, what Jira
/// then holds; and a wrong text with the words for it.
pub struct Row {
    pub field: &'static str,
    pub text: &'static str,
    pub sent: &'static str,
    /// Where in the value that Jira reads back, and what stands there.
    held: (&'static str, &'static str),
    pub wrong: Option<(&'static str, &'static str)>,
}

const fn row(
    field: &'static str,
    text: &'static str,
    sent: &'static str,
    held: (&'static str, &'static str),
    wrong: Option<(&'static str, &'static str)>,
) -> Row {
    Row {
        field,
        text,
        sent,
        held,
        wrong,
    }
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    row("Build status", "development completed", r#"{"value":"Development Completed"}"#, ("/value", r#""Development Completed""#),
        Some(("Pased", "did you mean \"Passed\"?"))),
    row("Build status", "Passed, with warnings", r#"{"value":"Passed, with warnings"}"#, ("/id", r#""10117""#), None),
    row("Build status", "Build > Test", r#"{"value":"Build > Test"}"#, ("/id", r#""10118""#), None),
    row("Build status", "10114", r#"{"id":"10114"}"#, ("/value", r#""Passed""#), None),
    row("Build verdict", "GOOD", r#"{"value":"Good"}"#, ("/value", r#""Good""#), Some(("Ugly", "it has: "))),
    row("Platforms", "linux, macOS, Apple silicon\nCross > ARM",
        r#"[{"value":"Linux"},{"value":"macOS, Apple silicon"},{"value":"Cross > ARM"}]"#, ("/1/id", r#""10132""#),
        Some(("Linux, Solaris", "Windows"))),
    row("Platforms", r#"["Linux",{"id":"10131"}]"#, r#"[{"value":"Linux"},{"id":"10131"}]"#, ("/1/value", r#""Windows""#), None),
    row("Checks", "Lint,Unit", r#"[{"value":"Lint"},{"value":"Unit"}]"#, ("/1/id", r#""10141""#), Some(("Fuzz", "Smoke"))),
    row("Deployment target", "production > europe", r#"{"value":"Production","child":{"value":"Europe"}}"#, ("/child/id", r#""10151""#),
        Some(("Production > Mars", "Production > Europe"))),
    row("Deployment target", "Production > Asia > Pacific", r#"{"value":"Production","child":{"value":"Asia > Pacific"}}"#, ("/child/id", r#""10153""#), None),
    row("Deployment target", "On-premises", r#"{"value":"On-premises"}"#, ("/id", r#""10157""#), Some(("Moon", "On-premises"))),
    row("Build number", "42", r#""42""#, ("", r#""42""#), None),
    row("Build log", "line one\nline two", r#""line one\nline two""#, ("", r#""line one\nline two""#), None),
    row("Build minutes", "1.50", "1.50", ("", "1.5"), Some(("fast", "takes a number such as 42 or 1.5"))),
    row("Built on", "2015-11-18", r#""2015-11-18""#, ("", r#""2015-11-18""#), Some(("18.11.2015", "Error parsing date string: 18.11.2015"))),
    row("Target start", "2015-11-18", r#""2015-11-18""#, ("", r#""2015-11-18""#), Some(("soon", "Error parsing date string: soon"))),
    row("Built at", "2015-11-18T14:39:00+11:00", r#""2015-11-18T14:39:00.000+1100""#, ("", r#""2015-11-18T03:39:00.000+0000""#),
        Some(("noon", "Error parsing time: noon"))),
    row("Build page", "https://ci.example.com/42", r#""https://ci.example.com/42""#, ("", r#""https://ci.example.com/42""#),
        Some(("not an address", "Build page"))),
    row("Build labels", "nightly, green", r#"["nightly","green"]"#, ("/0", r#""nightly""#), Some(("a b", "contains spaces"))),
    row("Release manager", "fred", r#"{"name":"fred"}"#, ("/name", r#""fred""#), Some(("nobody", "User 'nobody' was not found"))),
    row("Reviewers", "fred, ci-bot", r#"[{"name":"fred"},{"name":"ci-bot"}]"#, ("/0/name", r#""fred""#), Some(("nobody", "Could not find usernames: nobody"))),
    row("Owning group", "jira-developers", r#"{"name":"jira-developers"}"#, ("/name", r#""jira-developers""#), Some(("x", "Could not find group"))),
    row("Informed groups", "jira-developers, jira-administrators", r#"[{"name":"jira-developers"},{"name":"jira-administrators"}]"#, ("/0/name", r#""jira-developers""#), Some(("x", "Could not find group"))),
    row("Built version", "1.0", r#"{"name":"1.0"}"#, ("/id", r#""10010""#), Some(("9.9", "Version name '9.9' is not valid"))),
    row("Shipped versions", "1.1, 2.0, beta", r#"[{"name":"1.1"},{"name":"2.0, beta"}]"#, ("/1/id", r#""10012""#), Some(("9.9", "it has: "))),
    row("Downstream project", "MKY", r#"{"key":"MKY"}"#, ("/key", r#""MKY""#), Some(("NOPE", "Project key 'NOPE' is not valid"))),
    row("Pipeline stamp", "by api", r#""by api""#, ("", r#""by api""#), None),
    row("Sprint", "37", "37", ("", "null"), Some(("Sprint 37", "takes the number of one sprint"))),
    row("Epic Link", "HSP-9", r#""HSP-9""#, ("", r#""HSP-9""#), Some(("HSP-999", "Issue Does Not Exist"))),
    row("Story Points", "3", "3", ("", "3"), Some(("many", "takes a number"))),
    row("Epic Name", "Release 2", r#""Release 2""#, ("", r#""Release 2""#), None),
    row("Epic Status", "done", r#"{"value":"Done"}"#, ("/value", r#""Done""#), Some(("Never", "it has: Done"))),
    row("labels", "nightly\ngreen", r#"["nightly","green"]"#, ("/0", r#""nightly""#), Some(("a b", "contains spaces"))),
    row("fixVersions", "1.0,1.1", r#"[{"name":"1.0"},{"name":"1.1"}]"#, ("/0/id", r#""10010""#), Some(("9.9", "Version name '9.9' is not valid"))),
    row("versions", "1.0", r#"[{"name":"1.0"}]"#, ("/0/name", r#""1.0""#), Some(("9.9", "Version name '9.9' is not valid"))),
    row("components", "backend, Front end", r#"[{"name":"Backend"},{"name":"Front end"}]"#, ("/1/name", r#""Front end""#), Some(("Middle", "Component name 'Middle' is not valid"))),
    row("duedate", "2015-11-18", r#""2015-11-18""#, ("", r#""2015-11-18""#), Some(("soon", "Error parsing date string: soon"))),
    row("assignee", "fred", r#"{"name":"fred"}"#, ("/name", r#""fred""#), Some(("nobody", "nobody"))),
    row("priority", "high", r#"{"name":"High"}"#, ("/id", r#""2""#), Some(("Urgent", "it has: "))),
    row("description", "Built by CI", r#""Built by CI""#, ("", r#""Built by CI""#), None),
    row("environment", "linux", r#""linux""#, ("", r#""linux""#), None),
    row("summary", "New summary", r#""New summary""#, ("", r#""New summary""#), None),
];

pub fn auto(jira: &Jira, field: &str, text: &str) -> Program {
    Program::seed(jira)
        .set("JIRA_FIELD_TYPE", "auto")
        .set("JIRA_FIELD_ID", field)
        .set("JIRA_FIELD_VALUE", text)
}

#[test]
fn every_type_takes_the_text_that_a_person_would_give() {
    let jira = Jira::data_center().start();
    each(ROWS, |row| {
        let (code, report) = auto(&jira, row.field, row.text).report();
        assert_eq!(code, 0, "{}: {report}", row.field);
        let write = jira.writes().pop().unwrap();
        let sent = write.json()["fields"].as_object().unwrap().clone();
        let (id, value) = sent.iter().next().unwrap();
        assert_eq!(value.to_string(), row.sent, "{}", row.field);
        let stored = jira.field("HSP-1", id);
        // A number reads back as a double, and a sprint as text that differs by version.
        let same = |held: &Value, expected: &Value| {
            held == expected
                || held
                    .as_f64()
                    .is_some_and(|held| Some(held) == expected.as_f64())
        };
        if row.field != "Sprint" {
            let held = stored.pointer(row.held.0).cloned().unwrap_or_default();
            assert!(
                same(&held, &row.held.1.parse().unwrap()),
                "{}: {stored}",
                row.field
            );
        }
    });
}

#[test]
fn every_type_explains_a_wrong_text() {
    let jira = Jira::data_center().start();
    each(ROWS, |row| {
        let Some((text, words)) = row.wrong else {
            return;
        };
        let ran = auto(&jira, row.field, text)
            .without_retries()
            .run()
            .exits(4);
        assert!(
            ran.stderr.contains(words),
            "{}: {words:?} is not in {}",
            row.field,
            ran.stderr
        );
    });
}

#[test]
fn the_help_and_the_book_show_every_type_as_it_is_sent() {
    let help = Program::bare().args(&["help", "fields"]).run().stdout;
    let page = page("fields.md");
    each(jira_build_status::edit::field_types::FIELD_TYPES, |entry| {
        assert!(
            help.contains(entry.json) && help.contains(entry.text),
            "{}",
            entry.name
        );
        let row = format!("| `{}` | `{}` | `{}` |", entry.name, entry.text, entry.json);
        assert!(page.contains(&row), "the page lacks {row}");
    });
}

#[test]
fn each_explicit_type_is_one_request() {
    let jira = Jira::data_center().start();
    let rows = [
        ("select", "10314", "Passed"),
        ("multi-select", "10316", "Linux, Windows"),
        ("cascading", "10318", "Production > Europe"),
        ("text", "10319", "42"),
        ("number", "10321", "1.5"),
        ("date", "10322", "today"),
        ("datetime", "10323", "now"),
        ("url", "10324", "https://ci.example.com"),
        ("labels", "10325", "a,b"),
        ("group", "10328", "jira-developers"),
        ("groups", "10329", "jira-developers"),
        ("version", "10330", "1.0"),
        ("versions", "10331", "1.0, 1.1"),
        ("project", "10332", "MKY"),
        ("components", "components", "Backend"),
        ("sprint", "10335", "37"),
        ("json", "10314", r#"{"id":"10114"}"#),
    ];
    each(rows, |(kind, field, text)| {
        let before = jira.requests().len();
        auto(&jira, field, text)
            .set("JIRA_FIELD_TYPE", kind)
            .run()
            .exits(0);
        assert_eq!(jira.requests().len(), before + 1, "{kind}");
    });
}

#[test]
fn a_user_is_a_name_on_data_center_and_an_account_id_on_cloud() {
    let data_center = Jira::data_center().start();
    let program = auto(&data_center, "10326", "fred").set("JIRA_FIELD_TYPE", "user");
    program.run().exits(0);
    let asked: Vec<_> = data_center
        .requests()
        .iter()
        .map(|asked| asked.path.clone())
        .collect();
    assert_eq!(
        asked,
        [
            "/jira/rest/api/2/serverInfo",
            "/jira/rest/api/2/issue/HSP-1"
        ]
    );
    let cloud = Jira::cloud().start();
    let on_cloud = |field: &str, text: &str| {
        auto(&cloud, field, text)
            .unset("JIRA_USERNAME")
            .set("JIRA_USER_EMAIL", world::CI_EMAIL)
            .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
    };
    on_cloud("Release manager", world::FRED_ACCOUNT_ID)
        .run()
        .exits(0);
    assert_eq!(
        cloud.writes()[0].json()["fields"]["customfield_10326"],
        json!({ "accountId": world::FRED_ACCOUNT_ID })
    );
    on_cloud("Reviewers", world::FRED_ACCOUNT_ID).run().exits(0);
}

#[test]
fn a_team_is_given_by_its_id() {
    let cloud = Jira::cloud().start();
    let team = "36885b3c-1bf0-4f85-a357-c5b858c31de4";
    auto(&cloud, "Team", team)
        .unset("JIRA_USERNAME")
        .set("JIRA_USER_EMAIL", world::CI_EMAIL)
        .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
        .run()
        .exits(0);
    assert_eq!(
        cloud.writes()[0].json()["fields"]["customfield_10338"],
        team
    );
}

#[test]
fn jira_6_3_calls_a_select_a_string_and_still_gets_its_shape() {
    let jira = Jira::server().version_6_3().start();
    let rows = [
        ("Build status", "Passed"),
        ("Platforms", "Linux,Windows"),
        ("Deployment target", "Production > Europe"),
    ];
    each(rows, |(field, text)| {
        auto(&jira, field, text).run().exits(0);
    });
}

#[test]
fn operators_set_add_remove_and_clear() {
    let jira = Jira::data_center().start();
    let set = |texts: &[&str]| {
        let mut program = Program::seed(&jira)
            .unset("JIRA_FIELD_ID")
            .unset("JIRA_FIELD_VALUE")
            .unset("JIRA_FIELD_TYPE");
        for text in texts {
            program = program.args(&["--set", text]);
        }
        program
    };
    set(&[
        "labels=a,b",
        "Build number=7",
        "Platforms=Linux",
        "customfield_10321:=2.5",
    ])
    .run()
    .exits(0);
    set(&["labels+=c, d", "labels-=a", "Platforms+=Windows"])
        .run()
        .exits(0);
    let update = &jira.writes()[1].json()["update"];
    assert_eq!(
        update["labels"],
        json!([{ "add": "c" }, { "add": "d" }, { "remove": "a" }])
    );
    assert_eq!(
        update["customfield_10316"],
        json!([{ "add": { "value": "Windows" } }])
    );
    assert_eq!(jira.field("HSP-1", "labels"), json!(["b", "c", "d"]));
    set(&["labels:=null", "customfield_10319:=null", "Platforms:=null"])
        .run()
        .exits(0);
    each(["customfield_10319", "customfield_10316"], |field| {
        assert_eq!(jira.field("HSP-1", field), Value::Null);
    });
    set(&["Build status+=Passed"])
        .run()
        .exits(4)
        .says("Build status does not support add")
        .says("set");
    set(&["labels=a", "labels+=b"])
        .run()
        .exits(2)
        .says("more than one value");
    set(&["Build number=a", "customfield_10319=b"])
        .run()
        .exits(2)
        .says("more than one value");
    assert_eq!(jira.writes().len(), 3);
}

#[test]
fn options_that_differ_only_in_case_are_not_guessed_between() {
    let jira = Jira::server().start();
    auto(&jira, "Letter case", "PASSED").run().exits(0);
    assert_eq!(jira.field("HSP-1", "customfield_10344")["id"], "10182");
    auto(&jira, "Letter case", "pASSED")
        .run()
        .exits(4)
        .says("it has: ");
}

#[test]
fn an_option_that_holds_a_comma_is_quoted_among_those_that_are_allowed() {
    let jira = Jira::server().start();
    auto(&jira, "Build status", "Pased").fails(
        "value_refused",
        4,
        r#"it has: Passed, "Passed, with warnings", Failed"#,
    );
}
