//! What ARCHITECTURE.md promises of the source, as far as its text can show it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The layers, from the top. A module may use those below its own line.
const LAYERS: [&str; 25] = [
    "main",
    "watch",
    "lib",
    "config",
    "cli",
    "commands",
    "jira",
    "site",
    "auth",
    "client",
    "response",
    "transport",
    "output",
    "edit",
    "credentials",
    "redact",
    "named_file",
    "private_file",
    "issue_key",
    "base_url",
    "deployment",
    "error",
    "settings",
    "invalid",
    "text",
];

/// What reads or writes something outside the process. All other modules below
/// the client only compute.
const EFFECTS: [&str; 3] = ["transport", "output", "private_file"];

/// A module of the program, without its comments and tests.
struct Module {
    /// Its path below `src`, such as `auth/oauth2`.
    name: String,
    code: String,
}

impl Module {
    fn layer(&self) -> usize {
        position(self.name.split('/').next().unwrap()).unwrap()
    }

    /// Whether it is this module or stands inside it.
    fn is_in(&self, name: &str) -> bool {
        self.name == name || self.name.starts_with(&format!("{name}/"))
    }
}

fn position(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| *layer == name)
}

fn modules() -> Vec<Module> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut modules = Vec::new();
    for path in rust_files(&src) {
        let below = path.strip_prefix(&src).unwrap();
        if below.ends_with("tests.rs") || below.iter().any(|part| part == "tests") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let code: Vec<_> = text
            .lines()
            .take_while(|line| line.trim() != "#[cfg(test)]")
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let name = below.with_extension("");
        modules.push(Module {
            name: name.to_string_lossy().replace('\\', "/"),
            code: code.join("\n"),
        });
    }
    assert!(modules.len() > 40, "{}", modules.len());
    modules
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let (folders, files): (Vec<_>, Vec<_>) = entries
        .map(|entry| entry.unwrap().path())
        .partition(|path| path.is_dir());
    let mut found: Vec<_> = files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .collect();
    found.extend(folders.iter().flat_map(|folder| rust_files(folder)));
    found
}

/// The paths behind every `crate::` in the code, each written out: of
/// `crate::edit::{Edit, editmeta::Field}` both.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // A visibility, `pub(in crate::…)`, is no import.
        if code[..at].ends_with("in ") {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        let end = rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
            .unwrap_or(rest.len());
        let path = rest[..end].trim_end_matches(':');
        match rest[end..]
            .strip_prefix('{')
            .and_then(|list| list.split_once('}'))
        {
            Some((list, _)) if rest[..end].ends_with("::") => {
                let items = list
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                found.extend(items.map(|item| format!("{path}::{item}").replace("::self", "")));
            }
            _ => found.push(path.to_owned()),
        }
    }
    found
}

#[test]
fn a_module_uses_only_what_stands_below_its_layer() {
    let mut wrong = Vec::new();
    for module in modules() {
        for import in imports(&module.code) {
            let top = import.split("::").next().unwrap();
            let Some(layer) = position(top) else { continue };
            let own = module.name.split('/').next().unwrap() == top;
            if !own && layer <= module.layer() {
                wrong.push(format!("{} uses crate::{import}", module.name));
            }
        }
    }
    assert!(wrong.is_empty(), "these imports point upwards: {wrong:#?}");
}

#[test]
fn every_module_has_its_layer() {
    for module in modules() {
        let top = module.name.split('/').next().unwrap();
        assert!(position(top).is_some(), "{top} stands in no layer");
    }
}

#[test]
fn no_modules_inside_a_layer_use_each_other_in_a_circle() {
    let modules = modules();
    let names: Vec<String> = modules
        .iter()
        .map(|module| module.name.replace('/', "::"))
        .collect();
    let mut uses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (module, name) in modules.iter().zip(&names) {
        let code = without_reexports(&module.code);
        let mut targets: Vec<&str> = imports(&code)
            .iter()
            .filter_map(|import| deepest(&names, import))
            .collect();
        // A module that is declared here may be named without `crate::`.
        let declared = names.iter().filter(|child| {
            child
                .strip_prefix(name.as_str())
                .and_then(|rest| rest.strip_prefix("::"))
                .is_some_and(|rest| !rest.contains("::") && names_module(&code, rest))
        });
        targets.extend(declared.map(String::as_str));
        targets.retain(|target| target != name);
        uses.insert(name, targets);
    }
    for name in &names {
        let mut path = vec![name.as_str()];
        assert!(
            !returns_to(name, &uses, &mut path, &mut Vec::new()),
            "a circle of modules: {path:?}"
        );
    }
}

/// A parent that hands on its children's names does not use them.
fn without_reexports(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while let Some(at) = ["pub use ", "pub(crate) use "]
        .iter()
        .filter_map(|start| rest.find(start))
        .min()
    {
        kept.push_str(&rest[..at]);
        rest = rest[at..].split_once(';').map_or("", |(_, behind)| behind);
    }
    kept + rest
}

fn names_module(code: &str, name: &str) -> bool {
    code.match_indices(&format!("{name}::"))
        .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

/// The module that an import names or takes an item of.
fn deepest<'a>(names: &'a [String], import: &str) -> Option<&'a str> {
    let mut path = import;
    loop {
        if let Some(name) = names.iter().find(|name| *name == path) {
            return Some(name);
        }
        path = path.rsplit_once("::")?.0;
    }
}

/// Whether the last module of the path leads back to `start`; the path is that
/// circle then.
fn returns_to<'a>(
    start: &str,
    uses: &BTreeMap<&'a str, Vec<&'a str>>,
    path: &mut Vec<&'a str>,
    seen: &mut Vec<&'a str>,
) -> bool {
    let last = *path.last().unwrap();
    for next in uses.get(last).into_iter().flatten() {
        if *next == start {
            path.push(next);
            return true;
        }
        if seen.contains(next) {
            continue;
        }
        seen.push(next);
        path.push(next);
        if returns_to(start, uses, path, seen) {
            return true;
        }
        path.pop();
    }
    false
}

#[test]
fn what_only_computes_touches_nothing_outside_the_process() {
    let outside = [
        "SystemTime::now",
        "Instant::now",
        "tokio",
        "std::env",
        "std::fs",
        "std::process",
        "TcpStream",
        "TcpListener",
        "reqwest",
        "stdout()",
        "stderr()",
    ];
    let client = position("client").unwrap();
    for module in modules() {
        let computes = module.layer() > client || module.name == "client/retry";
        if !computes || EFFECTS.iter().any(|name| module.is_in(name)) {
            continue;
        }
        for word in outside {
            assert!(!module.code.contains(word), "{} names {word}", module.name);
        }
    }
}

#[track_caller]
fn only(allowed: &[&str], words: &[&str]) {
    for word in words {
        let named: Vec<Module> = modules()
            .into_iter()
            .filter(|module| module.code.contains(word))
            .collect();
        assert!(
            !named.is_empty(),
            "nobody names {word}: the rule is out of date"
        );
        let others: Vec<&str> = named
            .iter()
            .filter(|module| !allowed.iter().any(|name| module.is_in(name)))
            .map(|module| module.name.as_str())
            .collect();
        assert!(
            others.is_empty(),
            "{word} belongs to {allowed:?} and stands in {others:?}"
        );
    }
}

#[test]
fn only_the_transport_knows_the_http_client_and_tls() {
    only(&["transport"], &["reqwest", "rustls"]);
}

#[test]
fn only_main_reads_the_environment_and_only_config_gives_it_a_meaning() {
    only(&["main"], &["env::var", "env::args"]);
    only(&["config"], &["envy"]);
}

#[test]
fn variables_are_named_by_the_settings_table_and_the_help_alone() {
    // The dotenv report names variables that later jobs read.
    only(
        &["settings", "cli", "commands/help", "output/dotenv"],
        &["JIRA_"],
    );
}

#[test]
fn only_cli_and_config_know_the_flags_library() {
    only(&["cli", "config"], &["clap"]);
}

#[test]
fn only_what_signs_sends_or_hides_a_secret_opens_it() {
    only(&["redact/secret"], &["expose_secret"]);
    let who = ["redact", "auth", "transport", "site"];
    // The length of a short one, a runner that is told what to hide, and a person
    // who is handed a token.
    let asked = [
        "credentials",
        "config/credentials",
        "lib",
        "commands/oauth1",
        "commands/oauth2",
        "commands/consent",
    ];
    only(&[who.as_slice(), &asked].concat(), &[".reveal()"]);
}

#[test]
fn the_clock_and_randomness_are_read_in_one_place_and_handed_on() {
    only(&["lib"], &["SystemTime::now", "fastrand"]);
    for module in modules() {
        for word in ["std::time::Instant", "thread::sleep"] {
            let name = &module.name;
            assert!(
                !module.code.contains(word),
                "{name} names {word}, which no test can stop"
            );
        }
    }
}

/// The schedules run on virtual time.
#[test]
fn no_test_judges_by_how_fast_the_machine_is() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let measures = concat!(".elapsed", "()");
    for path in rust_files(&tests) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.display().to_string();
        assert!(
            name.contains("schedules") || !text.contains(measures),
            "{name} measures time, which belongs in a bench"
        );
    }
}

#[test]
fn the_stand_in_knows_nothing_of_the_program() {
    let stand_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jira");
    let manifest = std::fs::read_to_string(stand_in.join("Cargo.toml")).unwrap();
    assert!(!manifest.contains("jira-build-status"), "{manifest}");
    for path in rust_files(&stand_in) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("jira_build_status"), "{}", path.display());
    }
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut long = Vec::new();
    for folder in ["src", "tests", "benches", "examples"] {
        for path in rust_files(&root.join(folder)) {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            if lines > 400 {
                long.push(format!("{} has {lines} lines", path.display()));
            }
        }
    }
    assert!(long.is_empty(), "{long:#?}");
}
