//! Knows which costs have a budget, and prints each by its name in
//! `.ci/budgets`; refuses to judge.

use crate::meter::{instructions, peak};
use crate::programs::{Binaries, CONNECTIONS, big_jira, ours, with_one_authority};
use fake_jira::{Fault, On};
use std::path::Path;
use std::process::Command;

/// So many copies of one certificate, to see what each more costs.
const ROOTS: u64 = 101;

/// Measures and prints all of them.
pub(crate) fn print(binaries: &Binaries) {
    let count = |name: &str| {
        let connection = CONNECTIONS
            .iter()
            .find(|connection| connection.name == name)
            .expect("a connection of this name");
        let jira = connection.start();
        instructions(&|| with_one_authority(&binaries.ours, &jira, connection))
            .expect("valgrind is installed")
    };
    let one = count("basic");
    show(
        "binary_bytes",
        std::fs::metadata(&binaries.ours)
            .expect("it was just built")
            .len(),
    );
    show("instructions_one_put_one_ca", one);
    show(
        "instructions_more_for_type_auto",
        count("basic, type auto") - one,
    );
    show("instructions_more_for_oauth1", count("oauth1") - one);
    show(
        "instructions_more_for_each_root",
        (with_many_roots(&binaries.ours) - one) / (ROOTS - 1),
    );
    let help = || {
        let mut command = Command::new(&binaries.ours);
        command.env_clear().arg("--help");
        command
    };
    show(
        "instructions_help",
        instructions(&help).expect("valgrind is installed"),
    );
    show("peak_kib_one_put", peak_of(binaries, 1));
    show("peak_kib_1000_issues", peak_of(binaries, 1000));
}

fn show(name: &str, figure: u64) {
    println!("{name} {figure}");
}

fn with_many_roots(program: &Path) -> u64 {
    let jira = CONNECTIONS[0].start();
    let one = std::fs::read_to_string(jira.ca_file()).expect("the authority's file");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("roots.pem");
    std::fs::write(&path, one.repeat(ROOTS as usize)).expect("a file in the target folder");
    let make = || {
        let mut command = ours(program, &jira);
        command
            .envs(CONNECTIONS[0].variables(&jira))
            .env("SSL_CERT_FILE", &path);
        command
    };
    instructions(&make).expect("valgrind is installed")
}

fn peak_of(binaries: &Binaries, issues: usize) -> u64 {
    let (jira, keys) = big_jira(issues);
    jira.misbehave(On::Write, Fault::Delay(crate::LINGER));
    let make = || {
        let mut command = with_one_authority(&binaries.ours, &jira, &CONNECTIONS[0]);
        command.env("JIRA_ISSUE_KEY", &keys);
        command
    };
    peak(&make).expect("the kernel tells a program's memory")
}
