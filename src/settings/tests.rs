//! The table is whole, and the book's page of settings is made of it: `UPDATE_DOCS=1
//! cargo test --lib settings` writes the page anew.

use super::*;
use crate::tests::rows::each;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::Path;

const BEGIN: &str = "<!-- Made of the table of settings by `UPDATE_DOCS=1 cargo test --lib settings`; only the last column is written by hand. -->\n";
const END: &str = "<!-- The end of what is made. -->\n";

/// The parts of the page, each with what it says before its table.
const PARTS: [(Group, &str, &str); 10] = [
    (Group::Issue, "Which issues", ""),
    (Group::Job, "What is written", ""),
    (Group::Run, "How it is run", ""),
    (Group::Reporting, "What is reported", ""),
    (Group::Connection, "How Jira is reached", ""),
    (
        Group::Environment,
        "Credentials, and other variables without a flag",
        "[Credentials](credentials.md) says which of them make a set.",
    ),
    (Group::Keygen, "Of `oauth1 keygen`", ""),
    (Group::AccessToken, "Of `oauth1 access-token`", ""),
    (Group::OAuth1Authorize, "Of `oauth1 authorize`", ""),
    (Group::OAuth2Authorize, "Of `oauth2 authorize`", ""),
];

fn code(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("`{text}`")
    }
}

/// The variables of a setting: its own, or those of other programs that its help
/// names.
fn variables_of(setting: &Setting) -> String {
    match setting.help.split_once("[env: ") {
        Some((_, names)) => {
            let names = names.trim_end_matches(']').split(", ");
            names.map(code).collect::<Vec<_>>().join(", ")
        }
        None => code(setting.variable),
    }
}

fn kind(value: Value) -> String {
    match value {
        Text => "text".to_owned(),
        List => "text, repeatable".to_owned(),
        Choice => "a word".to_owned(),
        Name => "a name".to_owned(),
        Field => "a field".to_owned(),
        Address => "an address".to_owned(),
        Boolean | LooseBoolean => "true or false".to_owned(),
        Switch => "a switch".to_owned(),
        Counted => "a switch, repeatable".to_owned(),
        Seconds => "seconds".to_owned(),
        Count(least) => format!("a number from {least}"),
        File => "a path".to_owned(),
        Secret => "a secret".to_owned(),
        SecretLines => "a secret of several lines".to_owned(),
    }
}

/// Where a meaning stands: the part's title, the flag and the variable.
type Place = (String, String, String);

/// The last columns of the page as it is.
fn written_by_hand(page: &str) -> HashMap<Place, String> {
    let mut title = "";
    let mut found = HashMap::new();
    for line in page.lines() {
        title = line.strip_prefix("## ").unwrap_or(title);
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        if let [flag, variable, _, _, meaning] = cells[..] {
            let place = (title.to_owned(), flag.to_owned(), variable.to_owned());
            found.insert(place, meaning.to_owned());
        }
    }
    found
}

/// What the page says of a setting: what was written by hand, or else its help.
fn meaning(setting: &Setting, by_hand: Option<&String>) -> String {
    let secret = setting.variable.strip_suffix("_FILE").and_then(|secret| {
        let mut settings = SETTINGS.iter();
        settings
            .find(|other| other.variable == secret && matches!(other.value, Secret | SecretLines))
    });
    match (by_hand, secret) {
        (Some(text), _) if !text.is_empty() => text.clone(),
        (_, Some(secret)) => format!("a file that holds `{}`", secret.variable),
        (_, None) => setting
            .help
            .split(" [env: ")
            .next()
            .unwrap_or_default()
            .to_owned(),
    }
}

/// The page with every setting of the table.
fn page_of(page: &str) -> String {
    let (before, rest) = page.split_once(BEGIN).expect("the mark of its begin");
    let (_, after) = rest.split_once(END).expect("the mark of its end");
    let by_hand = written_by_hand(rest);
    let mut made = String::new();
    each(PARTS, |(group, title, text)| {
        let _ = writeln!(made, "\n## {title}\n");
        if !text.is_empty() {
            let _ = writeln!(made, "{text}\n");
        }
        made.push_str("| Flag | Variable | Kind | Default | Meaning |\n|---|---|---|---|---|\n");
        for setting in SETTINGS.iter().filter(|setting| setting.group == group) {
            let (flag, variable) = (code(setting.flag), variables_of(setting));
            let text = meaning(
                setting,
                by_hand.get(&(title.to_owned(), flag.clone(), variable.clone())),
            );
            assert!(
                !text.is_empty(),
                "docs/src/settings.md lacks what {setting} means"
            );
            let (kind, default) = (kind(setting.value), code(setting.default));
            let row = format!("| {flag} | {variable} | {kind} | {default} | {text} |");
            let _ = writeln!(
                made,
                "{}",
                row.replace("|  |", "| |").replace("|  |", "| |")
            );
        }
    });
    format!("{before}{BEGIN}{made}\n{END}{after}")
}

#[test]
fn the_books_page_of_settings_is_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/settings.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let made = page_of(&page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).unwrap();
    } else {
        assert!(
            page == made,
            "UPDATE_DOCS=1 cargo test --lib settings writes it anew"
        );
    }
    each(SETTINGS, |setting| {
        let row = made.lines().find(|row| {
            row.starts_with("| ")
                && row.contains(&code(setting.flag))
                && row.contains(&variables_of(setting))
        });
        assert!(row.is_some(), "the page lacks {setting}");
    });
    assert_eq!(
        made.lines()
            .filter(|row| row.starts_with("| `") || row.starts_with("| | `"))
            .count(),
        SETTINGS.len()
    );
}

#[test]
fn the_book_and_the_readme_name_no_variable_that_there_is_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md")];
    let mut folders = vec![root.join("docs/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                pages.push(path);
            }
        }
    }
    // What the dotenv file is made of, what another program is told, and a variable of
    // the block for CircleCI.
    let elsewhere = [
        "JIRA_REPORT_OUTCOME",
        "JIRA_REPORT_WRITTEN",
        "JIRA_REPORT_FAILED",
        "JIRA_AUTH_TYPE",
        "JIRA_STATUS",
    ];
    let mut unknown = BTreeSet::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        let words =
            text.split(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
        for word in words.filter(|word| word.starts_with(PREFIX) && word.len() > PREFIX.len()) {
            let known = SETTINGS.iter().any(|setting| setting.variable == word);
            if !known
                && !elsewhere.contains(&word)
                && !NAMED_ELSEWHERE.iter().any(|(name, _)| *name == word)
            {
                unknown.insert(format!("{}: {word}", page.display()));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
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
    let rows = [
        "JIRA_OAUTH2_CLIENT_SECRET",
        "JIRA_PASSWORD",
        "JIRA_API_TOKEN",
        "HTTPS_PROXY",
        "all_proxy",
    ];
    each(rows, |name| {
        assert!(variables().any(|known| known == name), "{name}");
    });
}

#[test]
fn a_setting_says_how_to_give_it_a_right_value() {
    let rows = [
        (
            PASSWORD,
            "set JIRA_PASSWORD from a secret of the CI system, or JIRA_PASSWORD_FILE to a file's path",
        ),
        (VERIFIER, "jira-build-status --help shows --verifier"),
        (OUTPUT, "for example JIRA_OUTPUT=json (--output json)"),
    ];
    each(rows, |(setting, hint)| assert_eq!(setting.hint(), hint));
}
