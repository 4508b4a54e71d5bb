//! Issue keys in a text that people wrote for people: a branch's name, a title,
//! a commit's message. Knows no environment.

use crate::issue_key::IssueKey;
use std::collections::HashSet;

/// The shortest project key: a single capital before a number is rather a size,
/// a class or a street.
const SHORTEST_PROJECT: usize = 2;
/// The longest that an administrator of Jira can allow.
const LONGEST_PROJECT: usize = 255;

/// The keys in a text, each once, in the order in which they stand there; of
/// these projects only, unless none are named.
///
/// A key is a whole word in upper case: `feature/HSP-12_fix` and `[HSP-12]`
/// hold one, `feature/hsp-12` and `XHSP-12b` do not. A number that goes on as a
/// number is a version or a date: `RELEASE-3.7.0` and `CVE-2024-1234` hold
/// none. Where projects are named their keys may stand in either case, and they
/// also tell where a word begins: `fix_hsp-12` is `HSP-12` for the project `HSP`.
pub fn keys_in(text: &str, projects: &[String]) -> Vec<IssueKey> {
    let projects: HashSet<&str> = projects.iter().map(String::as_str).collect();
    let mut keys = Vec::new();
    let mut seen = HashSet::new();
    for (dash, _) in text.match_indices('-') {
        // What follows is looked at only behind a project's letters, so that no part of
        // a row of numbers is read twice.
        let Some(project) = project_before(&text[..dash], &projects) else {
            continue;
        };
        let number = number_after(&text[dash + 1..]);
        let key = number.and_then(|number| IssueKey::parse(&format!("{project}-{number}")));
        keys.extend(key.filter(|key| seen.insert(key.clone())));
    }
    keys
}

/// The project key that ends the text. An underscore may be part of one, and
/// may stand before one.
fn project_before<'a>(text: &'a str, projects: &HashSet<&str>) -> Option<&'a str> {
    let in_case =
        |c: char| c.is_ascii_uppercase() || !projects.is_empty() && c.is_ascii_lowercase();
    let rest = text.trim_end_matches(|c: char| in_case(c) || c.is_ascii_digit() || c == '_');
    let run = &text[rest.len()..];
    let inside_word = rest.ends_with(char::is_alphanumeric);
    let starts = run.match_indices('_').map(|(at, _)| at + 1);
    let starts = (!inside_word).then_some(0).into_iter().chain(starts);
    let wanted = |project: &&str| match projects.is_empty() {
        true => {
            project.len() >= SHORTEST_PROJECT
                && project.starts_with(|c: char| c.is_ascii_uppercase())
        }
        false => projects.contains(project.to_ascii_uppercase().as_str()),
    };
    starts
        .map(|at| &run[at..])
        .filter(|project| project.len() <= LONGEST_PROJECT)
        .find(wanted)
}

/// The number that begins the text, if it is one of an issue.
fn number_after(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = &text[..text.len() - rest.len()];
    let mut behind = rest.chars();
    let whole = match (behind.next(), behind.next()) {
        (Some('.'), Some(next)) => !next.is_ascii_digit(),
        // Words may follow a key, also words that begin with a number: `HSP-12-2nd-try`.
        (Some('-'), Some(next)) if next.is_ascii_digit() => {
            let words = rest.trim_start_matches(|c: char| c == '-' || c.is_ascii_digit());
            words.starts_with(|c: char| c.is_alphabetic() || c == '_')
        }
        (Some(next), _) => !next.is_alphanumeric(),
        (None, _) => true,
    };
    (whole && number.starts_with(|c: char| c != '0')).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;
    use proptest::prelude::*;

    fn found(text: &str, projects: &[&str]) -> String {
        let projects: Vec<_> = projects.iter().map(|&project| project.to_owned()).collect();
        let keys = keys_in(text, &projects);
        keys.iter()
            .map(IssueKey::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn keys_are_whole_words_in_upper_case() {
        let rows = [
            ("HSP-12", "HSP-12"),
            ("feature/HSP-12_fix", "HSP-12"),
            ("feature/HSP-12-fix-the-login", "HSP-12"),
            ("fix-HSP-12-login", "HSP-12"),
            ("fix_HSP-12", "HSP-12"),
            ("FIX_HSP-12", "FIX_HSP-12"),
            ("refs/heads/HSP-12", "HSP-12"),
            (
                "[HSP-12] Fix (see A1_B-3, HSP-12; MKY-1.)",
                "HSP-12 A1_B-3 MKY-1",
            ),
            ("HSP-12: fix\n\nCloses HSP-13\r\n", "HSP-12 HSP-13"),
            ("HSP-12-2nd-try", "HSP-12"),
            ("HSP-12-2-columns", "HSP-12"),
            ("HSP-12-2_columns", "HSP-12"),
            ("HSP-12-[wip]", "HSP-12"),
            ("MKY-1-HSP-2", "MKY-1 HSP-2"),
            ("decode UTF-8", "UTF-8"),
            ("é-HSP-1-é", "HSP-1"),
            ("feature/hsp-12", ""),
            ("Hsp-12", ""),
            ("release-3.7.0", ""),
            ("RELEASE-3.7.0", ""),
            ("CVE-2024-1234", ""),
            ("CVE-2024-1234 (openssl)", ""),
            ("BUILD-2024-01-02", ""),
            ("HSP-12b", ""),
            ("HSP-12é", ""),
            ("xHSP-12", ""),
            ("éHSP-12", ""),
            ("2HSP-12", ""),
            ("H-12", ""),
            ("HSP-0", ""),
            ("HSP-012", ""),
            ("HSP-", ""),
            ("HSP--12", ""),
            ("HSP -12", ""),
            ("-12", ""),
            ("HSP–12", ""),
            ("", ""),
        ];
        each(rows, |(text, keys)| {
            assert_eq!(found(text, &[]), keys, "{text}");
        });
    }

    #[test]
    fn only_keys_of_the_named_projects_count() {
        let rows = [
            ("HSP-12: decode UTF-8 for MKY-1", &["HSP"][..], "HSP-12"),
            (
                "HSP-12: decode UTF-8 for MKY-1",
                &["MKY", "HSP"],
                "HSP-12 MKY-1",
            ),
            ("FIX_HSP-12", &["HSP"], "HSP-12"),
            ("FIX_HSP-12", &["FIX_HSP", "HSP"], "FIX_HSP-12"),
            ("feature/hsp-12-fix", &["HSP"], "HSP-12"),
            ("fix_Hsp-12 HSP-12", &["HSP"], "HSP-12"),
            ("XHSP-12 xhsp-13 hsp-14b éhsp-15 utf-8", &["HSP"], ""),
            ("X-1", &["X"], "X-1"),
        ];
        each(rows, |(text, projects, keys)| {
            assert_eq!(found(text, projects), keys, "{text} of {projects:?}");
        });
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_a_key_among_words_is_found(before in "(\\PC* )?", after in "( \\PC*)?", number in 1u32..) {
            let key = format!("HSP-{number}");
            let keys = keys_in(&format!("{before}{key}{after}"), &[]);
            prop_assert!(keys.iter().any(|found| found.as_str() == key), "{keys:?}");
        }
    }
}
