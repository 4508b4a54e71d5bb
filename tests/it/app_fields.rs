use crate::book::page;
use crate::program::Program;
use crate::rows::each;
use fake_jira::{Fault, Jira, On, world};
use serde_json::json;

/// A field of an app, a text that a person would give, what goes out and where it
/// is read back; and a wrong text with the words for it.
pub type Row = (
    &'static str,
    &'static str,
    &'static str,
    Option<(&'static str, &'static str)>,
);

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    ("Organizations", "3", "[3]", Some(("Acme", "takes the numeric ids of organizations, not \"Acme\""))),
    ("Organizations", "3, 4", "[3,4]", None),
    ("Organizations", "[3,\"4\"]", "[3,4]", Some((r#"[{"id":3}]"#, "must be a number at array index 0"))),
    ("Request type", "25", r#""25""#, Some(("Get help", "The value is not valid"))),
    ("Rented language", "de", r#"{"languageCode":"de"}"#, None),
    ("Affected services", "ari:cloud:graph::service/1/2", r#"[{"id":"ari:cloud:graph::service/1/2"}]"#, Some(("Checkout", "begin with ari:"))),
    ("Configuration items", "workspace:88", r#"[{"id":"workspace:88","objectId":"88"}]"#, Some(("88", "with its workspace"))),
    ("Configuration items", r#"{"id":"w:88","objectId":"88"}"#, r#"[{"id":"w:88","objectId":"88"}]"#, None),
    ("Servers", "CMDB-1, CMDB-2", r#"[{"key":"CMDB-1"},{"key":"CMDB-2"}]"#, Some(("web-server", "takes object keys such as CMDB-1"))),
    ("Servers", "CMDB-3", r#"[{"key":"CMDB-3"}]"#, Some((r#"[{"id":"3"}]"#, "takes objects with a key and ignores"))),
    ("Tests", "HSP-3,HSP-4", r#"["HSP-3","HSP-4"]"#, None),
    ("Tests", "HSP-3", r#"["HSP-3"]"#, Some((r#"{"key":"HSP-3"}"#, "in an array of strings"))),
    ("Account", "24", r#""24""#, Some(("Acme", "The value is not valid"))),
    ("Cloud account", "24", "24", Some(("Acme", "takes a number such as 42"))),
    ("Checklist", "Deploy", r#"[{"name":"Deploy","checked":false}]"#, Some((r#"[{"text":"x"}]"#, "expected Object"))),
    ("Checklist", r#"[{"name":"Deploy","checked":true},"Verify"]"#, r#"[{"name":"Deploy","checked":true},{"name":"Verify","checked":false}]"#, None),
    ("Signal", "10100", r#"{"id":"10100"}"#, Some(("Blue", "Option id 'Blue' is not valid"))),
    ("Planned", "2026-01-01/2026-01-31", r#""{\"start\":\"2026-01-01\",\"end\":\"2026-01-31\"}""#, Some(("January", "takes two days such as 2026-01-01/2026-01-31"))),
    ("Planned", "2026-01-01", r#""{\"start\":\"2026-01-01\",\"end\":\"2026-01-01\"}""#, None),
    ("Planned", r#"{"start":"2026-01-01","end":"2026-01-02"}"#, r#""{\"start\":\"2026-01-01\",\"end\":\"2026-01-02\"}""#, None),
    ("Riddle", r#"{"riddle":"why"}"#, r#"{"riddle":"why"}"#, Some(("why", "takes JSON of its app's own"))),
    ("Riddles", r#"[{"riddle":"why"}]"#, r#"[{"riddle":"why"}]"#, Some(("why", "expected Object"))),
    ("timetracking", "2h", r#"{"originalEstimate":"2h"}"#, Some(("long", "not a valid time duration"))),
    ("timetracking", r#"{"remainingEstimate":"1h 30m"}"#, r#"{"remainingEstimate":"1h 30m"}"#, None),
    ("parent", "HSP-2", r#"{"key":"HSP-2"}"#, None),
];

fn auto(jira: &Jira, field: &str, text: &str) -> Program {
    Program::seed(jira)
        .set("JIRA_FIELD_TYPE", "auto")
        .set("JIRA_FIELD_ID", field)
        .set("JIRA_FIELD_VALUE", text)
}

fn sets(jira: &Jira, texts: &[&str]) -> Program {
    let program = Program::seed(jira)
        .unset("JIRA_FIELD_ID")
        .unset("JIRA_FIELD_VALUE")
        .unset("JIRA_FIELD_TYPE");
    texts
        .iter()
        .fold(program, |program, text| program.args(&["--set", text]))
}

#[test]
fn every_apps_field_takes_the_text_that_a_person_would_give() {
    let jira = Jira::data_center().every_field().start();
    each(ROWS, |(field, text, sent, _)| {
        let (code, report) = auto(&jira, field, text).report();
        assert_eq!(code, 0, "{field}: {report}");
        let write = jira.writes().pop().unwrap();
        let fields = write.json()["fields"].as_object().unwrap().clone();
        let (id, value) = fields.iter().next().unwrap();
        assert_eq!(value.to_string(), *sent, "{field}");
        assert_eq!(jira.field("HSP-1", id).to_string(), *sent, "{field}");
    });
}

#[test]
fn every_apps_field_explains_a_wrong_text_and_keeps_its_value() {
    let jira = Jira::data_center().every_field().start();
    each(ROWS, |(field, _, _, wrong)| {
        let Some((text, words)) = wrong else { return };
        let ran = auto(&jira, field, text).without_retries().run().exits(4);
        assert!(ran.stderr.contains(words), "{field}: {}", ran.stderr);
    });
}

#[test]
fn a_text_that_a_field_cannot_take_comes_with_the_json_that_it_takes() {
    let jira = Jira::data_center().every_field().start();
    let rows = [
        ("Organizations", "Acme", "--set 'Organizations:=[3,4]'"),
        (
            "Servers",
            "web",
            r#"--set 'Servers:=[{"key":"CMDB-1"},{"key":"CMDB-2"}]'"#,
        ),
        ("Planned", "soon", r#"--set 'Planned:="{\"start\":"#),
        ("Riddle", "why", r#"--set 'Riddle:={"id":"10100"}'"#),
        (
            "customfield_10372",
            "why",
            r#"--set 'customfield_10372:={"id":"10100"}'"#,
        ),
    ];
    each(rows, |(field, text, hint)| {
        auto(&jira, field, text).run().exits(4).says(hint);
    });
    assert_eq!(jira.writes().len(), 0, "nothing was sent");
    let rows = [
        (
            "Riddles",
            "why",
            r#"--set 'customfield_10373:=[{"id":"10100"}]'"#,
        ),
        (
            "Checklist",
            r#"[{"text":"x"}]"#,
            r#"--set 'customfield_10369:=[{"name":"Deploy","checked":false}"#,
        ),
        (
            "timetracking",
            "long",
            r#"--set 'timetracking:={"remainingEstimate":"2h"}'"#,
        ),
    ];
    each(rows, |(field, text, hint)| {
        auto(&jira, field, text).run().exits(4).says(hint);
    });
}

#[test]
fn what_jira_would_ignore_is_refused_before_it_is_sent() {
    let jira = Jira::data_center().every_field().start();
    let before = jira.field("HSP-1", "issuetype");
    let rows = [
        ("comment", "--set 'comment+=TEXT'"),
        ("Comment", "--set 'comment+=TEXT'"),
        ("worklog", "--set 'worklog+=1h'"),
        ("issuelinks", "--set 'issuelinks+=blocks HSP-2'"),
        ("attachment", "attachments"),
        ("issuetype", "Move"),
        ("Request language", "name another one"),
        ("Status", "a status changes by a transition alone"),
        ("status", "a status changes by a transition alone"),
    ];
    each(rows, |(field, hint)| {
        auto(&jira, field, "Bug").fails("field_not_editable", 4, "");
        auto(&jira, field, "Bug").run().exits(4).says(hint);
        for operator in [":=\"Bug\"", "=Bug"] {
            // JSON tells the type, so that the field list alone is asked for a custom field.
            if field == "Request language" && operator.starts_with(':') {
                continue;
            }
            sets(&jira, &[&format!("{field}{operator}")])
                .run()
                .exits(4)
                .says(hint);
        }
    });
    sets(&jira, &["Request language+=de"])
        .run()
        .exits(4)
        .says("offers no operation");
    assert_eq!(jira.writes().len(), 0);
    assert_eq!(jira.field("HSP-1", "issuetype"), before);
}

#[test]
fn known_system_fields_are_refused_where_metadata_was_not_asked_for_or_is_not_to_be_had() {
    let jira = Jira::data_center().every_field().start();
    each(["comment", "issuelinks"], |field| {
        auto(&jira, field, "x")
            .set("JIRA_FIELD_TYPE", "text")
            .fails("field_not_editable", 4, "cannot be set");
    });
    assert_eq!(jira.requests().len(), 0, "not even asked for");
    each(["worklog", "attachment", "status"], |field| {
        each([400, 403], |status| {
            jira.misbehave(On::Path("/editmeta"), Fault::Status(status, ""));
            auto(&jira, field, "x")
                .set("JIRA_FIELD_TYPE", "text")
                .fails("field_not_editable", 4, field);
        });
    });
    assert_eq!(jira.writes().len(), 0);
}

#[test]
fn comments_work_and_links_are_added_from_texts() {
    let jira = Jira::data_center().every_field().start();
    sets(
        &jira,
        &[
            "comment+=Build 42, failed\nsee the log",
            "worklog+=1h 30m",
            "issuelinks+=blocks HSP-2, is blocked by HSP-3",
        ],
    )
    .run()
    .exits(0);
    let update = jira.writes()[0].json()["update"].clone();
    assert_eq!(
        update["comment"],
        json!([{ "add": { "body": "Build 42, failed\nsee the log" } }])
    );
    let log = &update["worklog"][0]["add"];
    assert_eq!(log["timeSpent"], "1h 30m");
    assert!(log["started"].as_str().unwrap().ends_with("+0000"), "{log}");
    assert_eq!(
        update["issuelinks"],
        json!([
            { "add": { "type": { "name": "Blocks" }, "outwardIssue": { "key": "HSP-2" } } },
            { "add": { "type": { "name": "Blocks" }, "inwardIssue": { "key": "HSP-3" } } },
        ])
    );
    assert_eq!(
        jira.field("HSP-1", "comment")["comments"][0]["body"],
        "Build 42, failed\nsee the log"
    );
}

#[test]
fn json_that_is_a_comment_goes_out_as_it_is_and_other_json_as_its_text() {
    let jira = Jira::data_center().every_field().start();
    sets(
        &jira,
        &[
            r#"comment+={"body":"as JSON","visibility":{"type":"role","value":"Developers"}}"#,
            "comment+={\"a\":1}",
            "customfield_10319=7",
        ],
    )
    .run()
    .exits(0);
    let second = jira.writes()[0].json();
    assert_eq!(
        second["update"]["comment"][0]["add"]["visibility"]["type"],
        "role"
    );
    assert_eq!(second["update"]["comment"][1]["add"]["body"], "{\"a\":1}");
    assert_eq!(second["fields"]["customfield_10319"], "7");
    sets(&jira, &["comment-=10001"]).run().exits(0);
    assert_eq!(
        jira.writes()[1].json()["update"]["comment"],
        json!([{ "remove": { "id": "10001" } }])
    );
}

#[test]
fn what_cannot_be_added_or_removed_is_refused() {
    let jira = Jira::data_center().every_field().start();
    let rows = [
        ("issuelinks+=HSP-2", "takes a link such as \"blocks HSP-2\""),
        ("worklog+=soon", "worklog"),
        ("comment-=Build 42", "by a numeric id"),
        ("worklog-=10001", "does not support remove"),
        ("timetracking+=2h", "does not support add"),
    ];
    each(rows, |(text, words)| {
        sets(&jira, &[text]).run().exits(4).says(words);
    });
}

#[test]
fn a_comment_becomes_a_document_where_a_cloud_site_wants_one() {
    let jira = Jira::cloud().adf_only().every_field().start();
    sets(&jira, &["comment+=one\n\ntwo"])
        .unset("JIRA_USERNAME")
        .set("JIRA_USER_EMAIL", world::CI_EMAIL)
        .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
        .run()
        .exits(0);
    let paths: Vec<_> = jira
        .writes()
        .iter()
        .map(|write| write.path.clone())
        .collect();
    assert_eq!(
        paths,
        ["/rest/api/2/issue/HSP-1", "/rest/api/3/issue/HSP-1"]
    );
    let body = &jira.writes()[1].json()["update"]["comment"][0]["add"]["body"];
    assert_eq!(
        (&body["type"], &body["content"][1]["content"][0]["text"]),
        (&json!("doc"), &json!("two"))
    );
}

#[test]
fn an_element_is_added_to_an_apps_field_that_holds_several() {
    let jira = Jira::data_center().every_field().start();
    sets(
        &jira,
        &["Organizations+=3, 4", "customfield_10363+=ari:cloud:1"],
    )
    .run()
    .exits(0);
    let update = &jira.writes()[0].json()["update"];
    assert_eq!(
        update["customfield_10360"],
        json!([{ "add": 3 }, { "add": 4 }])
    );
    assert_eq!(
        update["customfield_10363"],
        json!([{ "add": { "id": "ari:cloud:1" } }])
    );
    sets(&jira, &["Organizations+=Acme"])
        .run()
        .exits(4)
        .says("--set 'Organizations+=[3,4]'");
}

#[test]
fn the_help_and_the_book_show_every_apps_field_as_it_is_sent() {
    let help = Program::bare().args(&["help", "fields"]).run().stdout;
    let page = page("fields.md");
    for one in jira_build_status::edit::app_field::APP_FIELDS {
        assert!(
            help.contains(one.json) && help.contains(one.text),
            "{}",
            one.name
        );
        let row = format!("| {} | `{}` | `{}` |", one.name, one.text, one.json);
        assert!(page.contains(&row), "the page lacks {row}");
    }
}

#[test]
fn a_sites_own_link_types_are_asked_for_once_and_found_by_either_directions_words() {
    let jira = Jira::data_center().every_field().start();
    sets(
        &jira,
        &["issuelinks+=is tested by HSP-2\ntests HSP-3,test HSP-4"],
    )
    .set("JIRA_ISSUE_KEY", "HSP-1 HSP-5")
    .run()
    .exits(0);
    for write in jira.writes() {
        assert_eq!(
            write.json()["update"]["issuelinks"],
            json!([
                { "add": { "type": { "name": "Test" }, "inwardIssue": { "key": "HSP-2" } } },
                { "add": { "type": { "name": "Test" }, "outwardIssue": { "key": "HSP-3" } } },
                { "add": { "type": { "name": "Test" }, "outwardIssue": { "key": "HSP-4" } } },
            ])
        );
    }
    let asked = |jira: &Jira| {
        let mut all = jira.requests();
        all.retain(|asked| asked.path.ends_with("/issueLinkType"));
        all.len()
    };
    assert_eq!(asked(&jira), 1);
    sets(&jira, &["issuelinks+=hinders HSP-2"])
        .run()
        .exits(4)
        .says("No issue link type with name 'hinders' found.");
    let before = asked(&jira);
    sets(&jira, &["issuelinks+=blocks HSP-2"]).run().exits(0);
    assert_eq!(asked(&jira), before, "a shipped type needs no question");
}

#[test]
fn a_field_that_only_takes_additions_says_how_to_add() {
    let jira = Jira::server().start();
    let metadata = r#"{"fields":{"customfield_10314":{"name":"Log","schema":{"type":"array","items":"string"},"operations":["add"]}}}"#;
    jira.misbehave(On::Path("/editmeta"), Fault::Status(200, metadata));
    let program = auto(&jira, "10314", "x").run().exits(4);
    program
        .says("cannot be set: Jira offers for it add")
        .says("add to it: --set 'customfield_10314+=TEXT'");
}
