//! The README holds what the table holds, and no name stands in it twice.

use super::*;
use std::collections::BTreeSet;

const README: &str = include_str!("../../README.md");

/// The words of the README's tables that begin so.
fn in_tables(start: &str) -> BTreeSet<&'static str> {
    let rows = README.lines().filter(|line| line.starts_with("| "));
    rows.flat_map(|row| row.split('`').skip(1).step_by(2))
        .flat_map(|code| code.split([' ', '=', ',']))
        .filter(|word| word.starts_with(start) && !word.ends_with('_'))
        .collect()
}

#[test]
fn the_readmes_tables_hold_every_variable_and_no_other() {
    let secret_files: Vec<String> = SETTINGS
        .iter()
        .filter(|setting| matches!(setting.value, Secret | SecretLines))
        .map(|setting| format!("{}_FILE", setting.variable))
        .collect();
    let documented = in_tables(PREFIX);
    for name in SETTINGS.iter().map(|setting| setting.variable) {
        let by_rule = secret_files.iter().any(|file| file == name);
        let refused = name == OAUTH2_REFRESH_TOKEN.variable;
        assert!(
            name.is_empty() || by_rule || refused || documented.contains(name),
            "the README's tables lack {name}"
        );
    }
    for name in documented {
        let known = SETTINGS.iter().any(|setting| setting.variable == name);
        // What the dotenv file is made of is no setting.
        assert!(known || name.starts_with("JIRA_REPORT_"), "{name} is none");
    }
}

#[test]
fn the_readmes_table_of_settings_holds_every_flag_beside_its_variable() {
    for setting in SETTINGS {
        let common = matches!(
            setting.group,
            Group::Issue | Group::Job | Group::Run | Group::Reporting | Group::Connection
        );
        if !common {
            continue;
        }
        let (flag, variable) = (
            format!("`{}`", setting.flag),
            format!("`{}`", setting.variable),
        );
        let row = README
            .lines()
            .find(|line| line.starts_with("| `-") && line.contains(&flag));
        let row = row.unwrap_or_else(|| panic!("the README's table lacks {flag}"));
        assert!(
            setting.variable.is_empty() || row.contains(&variable),
            "{row}"
        );
        assert_eq!(
            setting.value == List,
            row.contains("repeatable"),
            "whether {flag} may be repeated: {row}"
        );
    }
}

#[test]
fn no_name_stands_in_two_rows_of_a_group() {
    for (at, setting) in SETTINGS.iter().enumerate() {
        for other in &SETTINGS[at + 1..] {
            let same_flag = setting.flag == other.flag && setting.group == other.group;
            assert!(!same_flag || setting.flag.is_empty(), "{setting}");
            let same_variable = setting.variable == other.variable;
            assert!(!same_variable || setting.variable.is_empty(), "{setting}");
        }
    }
}

#[test]
fn every_secret_and_proxy_is_among_the_variables() {
    for name in [
        "JIRA_OAUTH2_CLIENT_SECRET",
        "JIRA_PASSWORD",
        "JIRA_API_TOKEN",
        "HTTPS_PROXY",
        "all_proxy",
    ] {
        assert!(variables().any(|known| known == name), "{name}");
    }
}
