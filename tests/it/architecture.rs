//! What ARCHITECTURE.md promises of the source, as far as its text can show it.

use std::path::{Path, PathBuf};

/// The rooms of the program, by their paths below `src`, without comments and tests.
fn rooms() -> Vec<(String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut rooms = Vec::new();
    for path in rust_files(&src).into_iter().filter(|path| !path.ends_with("tests.rs")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
        let code: Vec<_> = lines.filter(|line| !line.trim_start().starts_with("//")).collect();
        let name = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        rooms.push((name, code.join("\n")));
    }
    assert!(rooms.len() > 40, "{}", rooms.len());
    rooms
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let mut found: Vec<_> = files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs")).collect();
    found.extend(folders.iter().flat_map(|folder| rust_files(folder)));
    found
}

/// Whether a room is this one or stands inside it: `http` means `http.rs` and all of `http/`.
fn is_in(room: &str, name: &str) -> bool {
    room == format!("{name}.rs") || room.starts_with(&format!("{name}/"))
}

#[track_caller]
fn only(allowed: &[&str], words: &[&str]) {
    for word in words {
        let named: Vec<_> = rooms().into_iter().filter(|(_, code)| code.contains(word)).map(|(room, _)| room).collect();
        assert!(!named.is_empty(), "nobody names {word}: the rule is out of date");
        let strangers: Vec<_> = named.iter().filter(|room| !allowed.iter().any(|name| is_in(room, name))).collect();
        assert!(strangers.is_empty(), "{word} belongs to {allowed:?} and stands in {strangers:?}");
    }
}

#[test]
fn only_http_knows_the_http_client_and_tls() {
    only(&["http"], &["reqwest", "rustls"]);
}

#[test]
fn only_main_reads_the_environment_and_only_config_its_meaning() {
    only(&["main"], &["env::var", "env::args"]);
    only(&["config"], &["envy", "Environment::read"]);
}

#[test]
fn only_cli_config_and_help_know_the_flags_library() {
    only(&["cli", "config", "commands/help"], &["clap"]);
}

#[test]
fn only_secret_opens_a_secret_and_no_room_that_writes_a_message_or_the_log_asks_it_to() {
    only(&["secret"], &["expose_secret"]);
    let who = ["secret", "mask", "auth", "wire", "http", "proxy", "gateway"];
    // The length of a short one, a runner that is told what to hide, and a person who is handed a token.
    let asked = ["config/credentials", "lib", "commands/oauth1", "commands/oauth2"];
    only(&[who.as_slice(), &asked].concat(), &[".reveal()"]);
}

#[test]
fn a_text_from_outside_is_taken_as_it_came_only_where_it_is_compared_or_sent() {
    let who = ["outside", "metadata", "shape", "plan", "commands/check", "commands/report/explanation"];
    only(&who, &[".exact()"]);
}

#[test]
fn the_clock_and_chance_are_read_in_one_place_and_handed_on() {
    only(&["lib"], &["SystemTime::now", "fastrand"]);
    for (room, code) in rooms() {
        for word in ["std::time::Instant", "thread::sleep"] {
            assert!(!code.contains(word), "{room} names {word}, which no test can stop");
        }
    }
}

#[test]
fn what_only_computes_knows_no_clock_environment_file_or_network() {
    let pure = [
        "retry",
        "shape",
        "plan",
        "issue_key",
        "issue_text",
        "field",
        "metadata",
        "document",
        "mask",
        "base_url",
        "failure",
        "jira/said",
        "jira/refusal",
        "workflow_command",
        "outside",
        "credentials",
    ];
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
        "crate::http",
        "crate::config",
        "stdout()",
        "stderr()",
    ];
    let rooms = rooms();
    for name in pure {
        let inside: Vec<_> = rooms.iter().filter(|(room, _)| is_in(room, name)).collect();
        assert!(!inside.is_empty(), "there is no room {name}: the rule is out of date");
        for (room, code) in inside {
            for word in outside {
                assert!(!code.contains(word), "{room} names {word}");
            }
        }
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
    for folder in ["src", "tests", "benches", "examples"] {
        for path in rust_files(&root.join(folder)) {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 400, "{} has {lines} lines", path.display());
        }
    }
}
