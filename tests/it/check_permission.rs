use crate::program::Program;
use crate::rows::{Rows, each};
use fake_jira::{Fault, Jira, On, world};

#[test]
fn the_user_and_the_permissions_are_named_as_people_know_them() {
    let mut rows = Rows::default();
    let cloud = |jira: &Jira| {
        Program::seed(jira)
            .without_password()
            .set("JIRA_USER_EMAIL", world::CI_EMAIL)
            .set("JIRA_API_TOKEN", world::CI_API_TOKEN)
    };
    for (jira, on_cloud, user) in [
        (Jira::server().start(), false, "ci-bot"),
        (Jira::cloud().start(), true, world::CI_EMAIL),
    ] {
        rows.check(user, || {
            let program = if on_cloud {
                cloud(&jira)
            } else {
                Program::seed(&jira)
            };
            let ran = program.args(&["check"]).run().exits(0);
            ran.prints(&format!("{user} (CI Bot) by basic"))
                .prints(&format!("{user} may browse, edit and comment; "));
            let asked = jira.requests();
            let asked = asked.iter().find(|one| one.path.contains("/mypermissions"));
            let query = &asked.unwrap().query;
            assert!(query.contains("issueKey=HSP-1"), "{query}");
        });
    }
    let jira = Jira::server().start();
    Program::seed(&jira)
        .set("JIRA_ISSUE_KEY", world::READ_ONLY_ISSUE)
        .args(&["check"])
        .run()
        .exits(4)
        .prints("ci-bot may see HSP-8 but not edit it")
        .prints("ask for the permission Edit issues in project HSP");
    // A token without the scope, or an older Jira: nothing is known, nothing is refused.
    for fault in [
        Fault::Status(403, "{}"),
        Fault::Status(404, ""),
        Fault::Status(200, "<html>"),
    ] {
        jira.misbehave(On::Path("/mypermissions"), fault);
        Program::seed(&jira)
            .without_retries()
            .args(&["check"])
            .run()
            .exits(0)
            .prints("ok      permission   ");
    }
}

#[test]
fn why_no_field_can_be_edited_is_told_by_what_jira_says_of_the_permission() {
    let may_not = "ci-bot may see ISSUE but not edit it";
    let rows = [
        (
            true,
            "HSP-1",
            "Jira offers no field of ISSUE to edit, although ci-bot may edit issues there",
            "look at its status: a step of the workflow can make an issue read-only",
        ),
        (
            false,
            "HSP-1",
            may_not,
            "ask for the permission Edit issues in project HSP",
        ),
        (
            false,
            "100001",
            may_not,
            "ask for the permission Edit issues in the project of 100001",
        ),
        (
            true,
            "100008",
            may_not,
            "ask for the permission Edit issues in the project of 100008",
        ),
    ];
    each(rows, |(says_permissions, issue, cause, hint)| {
        let jira = Jira::server().start();
        let none = Fault::Status(200, r#"{"fields":{}}"#);
        jira.always(On::Path("/editmeta"), none);
        if !says_permissions {
            jira.always(On::Path("/mypermissions"), Fault::Status(404, ""));
        }
        let ran = Program::seed(&jira)
            .set("JIRA_ISSUE_KEY", issue)
            .args(&["check"])
            .run()
            .exits(4);
        let cause = cause.replace("ISSUE", issue);
        ran.prints(&format!("not ok  permission   {cause}\n"))
            .prints(&format!(" {hint}\n"));
    });
}
