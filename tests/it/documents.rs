use crate::fields::auto;
use crate::rows::each;
use fake_jira::{Fault, Jira, On, Reply, world};
use serde_json::json;

#[test]
fn a_cloud_site_that_wants_documents_gets_the_same_text_as_one() {
    let jira = Jira::cloud().adf_only().start();
    let cloud = |field: &str| {
        auto(&jira, field, "one\n\ntwo")
            .unset("JIRA_USERNAME")
            .set("JIRA_USER_EMAIL", world::CI_EMAIL)
            .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
    };
    each(["auto", "text"], |kind| {
        let before = jira.writes().len();
        let (code, report) = cloud("customfield_10320")
            .set("JIRA_FIELD_TYPE", kind)
            .report();
        assert_eq!(code, 0, "{report}");
        let paths: Vec<_> = jira.writes()[before..]
            .iter()
            .map(|write| write.path.clone())
            .collect();
        assert_eq!(
            paths,
            ["/rest/api/2/issue/HSP-1", "/rest/api/3/issue/HSP-1"]
        );
        assert_eq!(
            report["issues"][0]["fields"]["customfield_10320"]["type"],
            "doc"
        );
        assert_eq!(report["issues"][0]["attempts"], 2);
    });
    cloud("customfield_10319").run().exits(0);
}

#[test]
fn only_the_text_that_a_refusal_calls_by_its_id_or_its_name_becomes_a_document() {
    let wants = "Operation value must be an Atlassian Document (see the Atlassian Document Format)";
    let rows = [
        ("customfield_10320", "text"),
        ("customfield_10320", "auto"),
        ("Build log", "auto"),
    ];
    each(rows, |(named, kind)| {
        let jira = Jira::cloud().start();
        let refusal = json!({ "errorMessages": [], "errors": { named: wants } });
        let program = auto(&jira, "customfield_10320", "one").set("JIRA_FIELD_TYPE", kind);
        let program = program
            .unset("JIRA_USERNAME")
            .set("JIRA_USER_EMAIL", world::CI_EMAIL);
        jira.misbehave(On::Write, Fault::Answer(Reply::json(400, &refusal)));
        let program = program.set("JIRA_API_TOKEN", world::CI_API_TOKEN);
        program
            .set("JIRA_FIELDS", "customfield_10319=two")
            .run()
            .exits(0);
        let sent = jira.writes()[1].json()["fields"].clone();
        assert_eq!(
            (
                &sent["customfield_10320"]["type"],
                &sent["customfield_10319"]
            ),
            (&json!("doc"), &json!("two"))
        );
    });
}
