//! Passes the commit and the target that the program is built from on to it.
//! Outside of a repository there is no commit, unless `BUILD_COMMIT` names one.
//! Leaves what nobody reads out of a release for musl.

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
    if variable("PROFILE") == "release" && variable("CARGO_CFG_TARGET_ENV") == "musl" {
        leave_out_unwind_tables();
    }
}

/// A release ends where it panics, and has no symbols for a backtrace: the
/// tables for both would be a tenth of it. The C library's own files name theirs.
/// GNU's linker and LLVM's read the script.
fn leave_out_unwind_tables() {
    let path = Path::new(&variable("OUT_DIR")).join("no-unwind-tables.ld");
    let script = "SECTIONS { /DISCARD/ : { *(EXCLUDE_FILE(*crt*.o) .eh_frame) } }\n\
                  INSERT BEFORE .text;\n";
    match std::fs::write(&path, script) {
        Ok(()) => println!("cargo::rustc-link-arg-bins=-T{}", path.display()),
        Err(error) => println!("cargo::warning={}: {error}", path.display()),
    }
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
