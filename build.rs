//! Passes the commit and the target that the program is built from on to it.
//! Outside of a repository there is no commit, unless `BUILD_COMMIT` names one.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=BUILD_COMMIT");
    let named = std::env::var("BUILD_COMMIT")
        .ok()
        .filter(|commit| !commit.is_empty());
    let commit = named
        .or_else(commit)
        .map(|commit| format!("{commit}, "))
        .unwrap_or_default();
    let (version, target) = (variable("CARGO_PKG_VERSION"), variable("TARGET"));
    println!("cargo::rustc-env=BUILD_VERSION={version} ({commit}{target})");
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// The commit of this repository. One in which this folder merely lies, as a
/// dependency's sources may, is another's.
fn commit() -> Option<String> {
    let root = git(&["rev-parse", "--show-toplevel"])?;
    let ours = Path::new(&variable("CARGO_MANIFEST_DIR"))
        .canonicalize()
        .ok()?;
    if Path::new(&root).canonicalize().ok()? != ours {
        return None;
    }
    // Every commit and every switch of branches is noted here.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    if Path::new(&log).exists() {
        println!("cargo::rerun-if-changed={log}");
    }
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let done = Command::new("git")
        .args(arguments)
        .output()
        .ok()
        .filter(|done| done.status.success())?;
    let said = String::from_utf8(done.stdout).ok()?;
    Some(said.trim().to_owned()).filter(|said| !said.is_empty())
}
