//! Situations in which nothing is sent, for the settings are wrong.

use crate::program::Program;
use crate::situations::Situation;
use fake_jira::Jira;

type Variables = &'static [(&'static str, &'static str)];

/// The seed's pipeline with other settings; an empty value takes one away.
fn given(name: &str, variables: Variables, cause: &'static str) -> Situation {
    Situation {
        name: name.to_owned(),
        play: Box::new(move || {
            let jira = Jira::server().start();
            let mut program = Program::seed(&jira);
            for (name, value) in variables {
                program = match *value {
                    "" => program.unset(name),
                    value => program.set(name, value),
                };
            }
            (program, Box::new(jira))
        }),
        kind: "usage",
        code: 2,
        cause,
        hint: "",
        id: None,
    }
}

pub fn all() -> Vec<Situation> {
    vec![
        given("no address", &[("JIRA_BASE_URL", "")], "JIRA_BASE_URL"),
        given("no issue", &[("JIRA_ISSUE_KEY", "")], "JIRA_ISSUE_KEY"),
        given("no field", &[("JIRA_FIELD_ID", "")], "JIRA_FIELD_ID"),
        given("no value", &[("JIRA_FIELD_VALUE", "")], "JIRA_FIELD_VALUE"),
        given("no password", &[("JIRA_PASSWORD", "")], "JIRA_PASSWORD"),
        given(
            "a text that is no issue key",
            &[("JIRA_ISSUE_KEY", "main")],
            "JIRA_ISSUE_KEY",
        ),
        given(
            "another scheme",
            &[("JIRA_BASE_URL", "ftp://jira")],
            "JIRA_BASE_URL",
        ),
        given(
            "an unknown method",
            &[("JIRA_AUTH", "kerberos")],
            "JIRA_AUTH",
        ),
        given(
            "two methods",
            &[("JIRA_PERSONAL_TOKEN", "abcdefgh")],
            "both complete",
        ),
        given(
            "a time that is no number",
            &[("JIRA_TIMEOUT", "soon")],
            "JIRA_TIMEOUT",
        ),
        given(
            "a value map without an equals sign",
            &[("JIRA_VALUE_MAP", "success")],
            "JIRA_VALUE_MAP",
        ),
        given(
            "a switch that is neither true nor false",
            &[("JIRA_DRY_RUN", "perhaps")],
            "JIRA_DRY_RUN",
        ),
    ]
}
