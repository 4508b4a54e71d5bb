//! The README and the pages of the book: each is listed, each link leads
//! somewhere, and none uses a word that readers do not know.

use crate::situations::RETIRED;
use std::path::{Path, PathBuf};

/// Words that pages do not use, beside those that messages do not.
const RETIRED_WORDS: [&str; 4] = ["house", "herd", "dance", "thundering"];

/// What the repository is called in links from outside of it.
const REPOSITORY: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/");

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A page of the book.
pub fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("docs/src").join(name)).unwrap()
}

/// The README and every page, each with its path from the repository's root.
pub fn pages() -> Vec<(String, String)> {
    let mut found = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_string_lossy();
        (
            name.replace('\\', "/"),
            std::fs::read_to_string(path).unwrap(),
        )
    };
    found.iter().map(read).collect()
}

/// The blocks of a page in this language, each without its fences.
pub fn blocks(page: &str, language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(named) = line.strip_prefix("```") else {
            continue;
        };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        if named == language {
            found.push(block.join("\n"));
        }
    }
    found
}

/// A page's text outside of its blocks.
pub fn prose(page: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in page.lines() {
        if line.starts_with("```") {
            inside = !inside;
        } else if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// What stands between single backticks.
pub fn code_spans(prose: &str) -> Vec<&str> {
    prose.split('`').skip(1).step_by(2).collect()
}

/// The targets of a page's links and pictures.
fn links(page: &str) -> Vec<String> {
    let prose = prose(page);
    let without_code: String = prose.split('`').step_by(2).collect();
    let starts = without_code
        .match_indices("](")
        .map(|(at, _)| &without_code[at + 2..]);
    starts
        .filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()))
        .collect()
}

/// The name of a heading in a link, as forges and mdBook make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|c| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}

fn has_anchor(page: &str, wanted: &str) -> bool {
    let prose = prose(page);
    let mut headings = prose
        .lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#'));
    headings.any(|heading| anchor(heading) == wanted)
}

/// Why a link of a page leads nowhere.
fn wrong(page: &str, text: &str, link: &str) -> Option<String> {
    let (target, anchor) = link
        .split_once('#')
        .map_or((link, None), |(target, anchor)| (target, Some(anchor)));
    if let Some(path) = target.strip_prefix(REPOSITORY) {
        return (!root().join(path).exists()).then(|| format!("there is no {path}"));
    }
    if target.contains("://") {
        return None;
    }
    let folder = root().join(page).parent().unwrap().to_owned();
    let path = folder.join(target);
    let text = if target.is_empty() {
        text.to_owned()
    } else if !path.exists() {
        return Some(format!("there is no {}", path.display()));
    } else if path.extension().is_some_and(|end| end == "md") {
        std::fs::read_to_string(&path).unwrap()
    } else {
        String::new()
    };
    if let Some(anchor) = anchor.filter(|anchor| !has_anchor(&text, anchor)) {
        return Some(format!("{target} has no heading {anchor}"));
    }
    let in_book = page.starts_with("docs/src/");
    let leaves = in_book
        && !path
            .canonicalize()
            .unwrap()
            .starts_with(root().join("docs/src").canonicalize().unwrap());
    leaves.then(|| format!("it leaves the book: {REPOSITORY}…"))
}

#[test]
fn every_link_of_the_readme_and_the_book_leads_somewhere() {
    let mut bad = Vec::new();
    let mut count = 0;
    for (name, text) in pages() {
        for link in links(&text) {
            count += 1;
            bad.extend(wrong(&name, &text, &link).map(|why| format!("{name}: {link}: {why}")));
        }
    }
    assert!(bad.is_empty(), "{bad:#?}");
    assert!(count > 80, "{count}");
}

#[test]
fn every_page_of_the_book_is_in_its_summary_once() {
    let listed = links(&page("SUMMARY.md"));
    for (name, text) in pages() {
        let Some(name) = name.strip_prefix("docs/src/") else {
            continue;
        };
        let times = listed.iter().filter(|link| *link == name).count();
        let wanted = usize::from(name != "SUMMARY.md");
        assert_eq!(times, wanted, "{name}");
        assert!(text.starts_with("# "), "{name} has no title");
    }
}

#[test]
fn the_readme_is_a_landing_page() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(
        readme.lines().count() <= 200,
        "{} lines",
        readme.lines().count()
    );
    let first = &blocks(&readme, "sh")[0];
    assert_eq!(first, "cargo run --example demo\ncargo test");
    let (before, _) = readme.split_once(first).unwrap();
    assert!(before.lines().count() <= 20, "{before}");
}

#[test]
fn no_page_uses_a_word_that_was_retired() {
    let mut found = Vec::new();
    let further = [
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
    ]
    .map(|name| {
        let text = std::fs::read_to_string(root().join(name)).unwrap();
        (name.to_owned(), text)
    });
    for (name, text) in pages().into_iter().chain(further) {
        let text = text.to_lowercase();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let bad = RETIRED.iter().chain(&[" way in "]);
        let bad = bad.filter(|words| text.contains(**words));
        found.extend(bad.map(|words| format!("{name}: {words}")));
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        let bad = words.find(|word| RETIRED_WORDS.contains(word));
        found.extend(bad.map(|word| format!("{name}: {word}")));
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn pictures_are_small_and_all_are_shown() {
    let shown: Vec<_> = pages().iter().flat_map(|(_, text)| links(text)).collect();
    for entry in std::fs::read_dir(root().join("docs/src/pictures")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        let size = entry.metadata().unwrap().len();
        assert!(size < 100 << 10, "{name} has {size} bytes");
        assert!(shown.iter().any(|link| link.ends_with(&name)), "{name}");
    }
}
