//! What a write costs, side by side in one run, against a Jira on this machine
//! with TLS: `cargo bench --bench put`. Ours by each kind of credentials, curl,
//! and the least that rustls with ring can do; then many issues against `xargs
//! -P4 curl`, and what grows with the input. Instructions need valgrind, curl's
//! rows need curl. With `-- budgets` it prints what .ci/checks/budgets compares,
//! with `-- growing` what grows alone.

mod bodies;
mod budgets;
mod growing;
mod meter;
#[path = "../../tests/it/methods.rs"]
#[expect(dead_code, unreachable_pub, reason = "the tests ask for more of it")]
mod methods;
mod programs;
mod relay;

use fake_jira::{Fault, Jira, On};
use meter::{Make, instructions, peak, run, walls};
use programs::{
    Binaries, CONNECTIONS, big_jira, curl, floor, ours, signature, with_one_authority, xargs_curl,
};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Runs of each program, in turn, for a time.
const ROUNDS: usize = 41;
/// Jira's answer waits so long where memory is measured.
const LINGER: Duration = Duration::from_millis(100);

/// Makes the command that reaches Jira through a relay at this port.
type Relayed<'a> = &'a dyn Fn(u16) -> Command;

/// What one write took.
struct Cost {
    instructions: Option<u64>,
    peak: Option<u64>,
    wall: Duration,
}

#[expect(
    clippy::too_many_lines,
    reason = "one sequence that reads from top to bottom"
)]
fn main() {
    let binaries = Binaries::build();
    let asked = |what| std::env::args().any(|argument| argument == what);
    if asked("budgets") {
        return budgets::print(&binaries);
    }
    if asked("growing") {
        return growing::growing(&binaries);
    }
    let size = std::fs::metadata(&binaries.ours)
        .expect("it was just built")
        .len();
    let (one, oauth1) = ways(&binaries);
    let rivals = rivals(&binaries);
    let (sign, nothing) = signature(&binaries.floor);
    let rsa = instructions(&|| again(&sign))
        .zip(instructions(&|| again(&nothing)))
        .map(|(sign, nothing)| sign - nothing);
    let many = many(&binaries);
    let (speed, peak_of_get) = bodies::bodies(&binaries);
    growing::growing(&binaries);

    println!("\n| Aim | At most | This run |\n|---|---|---|");
    let per = |a: Option<u64>, b: Option<u64>| a.zip(b).map(|(a, b)| a as f64 / b as f64);
    let system = rivals.ours_system.instructions;
    aim(
        "instructions, one PUT, one CA: ours / curl",
        0.09,
        per(one.instructions, rivals.curl.instructions),
    );
    aim(
        "instructions, one PUT, one CA: ours / floor",
        1.15,
        per(one.instructions, rivals.floor.instructions),
    );
    let walls = rivals.ours_system.wall.as_secs_f64() / rivals.curl_system.wall.as_secs_f64();
    aim(
        "wall, one PUT, system store: ours / curl",
        0.18,
        Some(walls),
    );
    aim(
        "instructions, one PUT, system store: ours / one CA",
        2.0,
        per(system, one.instructions),
    );
    let mib = |kib: Option<u64>| kib.map(|kib| kib as f64 / 1024.0);
    let largest = one.peak.max(rivals.ours_system.peak);
    aim("peak memory, one PUT, MiB", 4.0, mib(largest));
    aim("peak memory, 1000 issues, MiB", 8.0, mib(many.peak));
    aim(
        "1000 issues, wall: ours / xargs -P4 curl",
        0.1,
        Some(many.ratio),
    );
    aim(
        "1000 issues: connections",
        4.0,
        Some(many.connections as f64),
    );
    aim(
        "`get` of 50 MB with an RSA-4096 key: ms for a MB",
        20.0,
        Some(1e3 / speed),
    );
    aim("peak memory, the same, MiB", 8.0, mib(peak_of_get));
    let signing = oauth1
        .zip(one.instructions)
        .map(|(with, without)| with - without);
    aim(
        "OAuth 1.0a signing: instructions added, million; where missed, the next line counts",
        15.0,
        signing.map(|added| added as f64 / 1e6),
    );
    aim(
        "the same / what the rsa crate alone takes for it",
        1.05,
        per(signing, rsa),
    );
    aim(
        "release binary, stripped, MiB",
        3.4,
        Some(size as f64 / f64::from(1 << 20)),
    );
}

fn aim(what: &str, most: f64, figure: Option<f64>) {
    let Some(figure) = figure else {
        return println!("| {what} | {most} | not measured |");
    };
    let verdict = if most.is_infinite() {
        ""
    } else if figure <= most {
        ", holds"
    } else {
        ", missed"
    };
    println!("| {what} | {most} | {figure:.3}{verdict} |");
}

fn head() {
    println!(
        "\n| One PUT | Instructions | Wall, median | Peak, KiB | Bytes sent | received | Connections | Requests |"
    );
    println!("|---|---|---|---|---|---|---|---|");
}

/// Every kind of credentials with the one authority. Gives what the first of
/// them cost, and OAuth 1.0a's instructions.
fn ways(binaries: &Binaries) -> (Cost, Option<u64>) {
    head();
    let mut costs: Vec<(&str, Cost)> = Vec::new();
    for connection in CONNECTIONS {
        let jira = connection.start();
        let make = || with_one_authority(&binaries.ours, &jira, connection);
        let cost = measure(&jira, &make);
        row(
            &format!("ours, {}", connection.name),
            &jira,
            &cost,
            &make,
            &proxied(&make),
        );
        costs.push((connection.name, cost));
    }
    let oauth1 = costs
        .iter()
        .find(|(name, _)| *name == "oauth1")
        .and_then(|(_, cost)| cost.instructions);
    (costs.swap_remove(0).1, oauth1)
}

struct Rivals {
    curl: Cost,
    floor: Cost,
    ours_system: Cost,
    curl_system: Cost,
}

/// The first connection and the others' ways to the same PUT, in turn.
fn rivals(binaries: &Binaries) -> Rivals {
    let jira = CONNECTIONS[0].start();
    let both = with_system_store(&jira);
    let one: Make = &|| with_one_authority(&binaries.ours, &jira, &CONNECTIONS[0]);
    let all: Make = &|| {
        let mut command = ours(&binaries.ours, &jira);
        command
            .envs(CONNECTIONS[0].variables(&jira))
            .env("JIRA_CA_BUNDLE", jira.ca_file());
        command
    };
    let curl_one: Make = &|| curl(&jira, jira.ca_file());
    let curl_all: Make = &|| curl(&jira, &both);
    // It knows no proxy: where bytes are counted, the relay stands in Jira's place.
    let floor_at = |port| floor(&binaries.floor, &jira, port);
    let least: Make = &|| floor_at(jira.port());
    let programs: [(&str, Make, Relayed); 5] = [
        ("ours, one CA", one, &proxied(one)),
        ("curl, the same CA", curl_one, &proxied(curl_one)),
        ("floor, the same CA", least, &floor_at),
        ("ours, the system's store", all, &proxied(all)),
        ("curl, the system's store", curl_all, &proxied(curl_all)),
    ];
    let walls = walls(ROUNDS, &programs.map(|(_, make, _)| make));
    println!("\nIn turn, {ROUNDS} times each:");
    head();
    let mut costs = programs
        .into_iter()
        .zip(walls)
        .map(|((name, make, relayed), wall)| {
            let cost = Cost {
                wall,
                ..measure(&jira, make)
            };
            row(name, &jira, &cost, make, relayed);
            cost
        });
    let mut next = || costs.next().expect("one for each program");
    // The first program stands among the ways, too.
    let (_, curl, floor, ours_system, curl_system) = (next(), next(), next(), next(), next());
    Rivals {
        curl,
        floor,
        ours_system,
        curl_system,
    }
}

/// The system's certificates and the loopback Jira's authority in one file, for
/// curl, which knows no second one.
fn with_system_store(jira: &Jira) -> PathBuf {
    let system = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ];
    let system = system
        .iter()
        .find_map(|path| std::fs::read(path).ok())
        .unwrap_or_default();
    let own = std::fs::read(jira.ca_file()).expect("the authority's file");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("system-and-own.pem");
    std::fs::write(&path, [system, own].concat()).expect("a file in the target folder");
    path
}

fn measure(jira: &Jira, make: Make) -> Cost {
    let wall = walls(ROUNDS, &[make])[0];
    let instructions = instructions(make);
    jira.always(On::Write, Fault::Delay(LINGER));
    let peak = peak(make);
    jira.behave();
    Cost {
        instructions,
        peak,
        wall,
    }
}

/// The same command with a proxy at this port.
fn proxied(make: Make) -> impl Fn(u16) -> Command {
    move |port| {
        let mut command = make();
        command.env("HTTPS_PROXY", format!("http://127.0.0.1:{port}"));
        command
    }
}

/// One more run of it, which tells what reached Jira; and one through a relay
/// that counts bytes.
fn row(name: &str, jira: &Jira, cost: &Cost, make: Make, relayed: Relayed) {
    let Cost {
        instructions,
        peak,
        wall,
    } = cost;
    let before = (jira.connections(), jira.requests().len());
    run(&mut make());
    let reached = [
        jira.connections() - before.0,
        jira.requests().len() - before.1,
    ]
    .map(|count| count.to_string());
    let (port, counted) = relay::start(jira.port());
    run(&mut relayed(port));
    let bytes =
        [&counted.sent, &counted.received].map(|count| grouped(count.load(Ordering::SeqCst)));
    println!(
        "| {name} | {} | {:.2} ms | {} | {} | {} |",
        instructions.map(grouped).unwrap_or_default(),
        wall.as_secs_f64() * 1e3,
        peak.map(grouped).unwrap_or_default(),
        bytes.join(" | "),
        reached.join(" | ")
    );
}

struct Many {
    ratio: f64,
    connections: usize,
    peak: Option<u64>,
}

/// From one issue to a thousand. Gives the last.
fn many(binaries: &Binaries) -> Many {
    println!(
        "\n| Issues | ours, wall | connections | `xargs -P4 curl`, wall | connections | ours / curl |\n|---|---|---|---|---|---|"
    );
    let mut last = Many {
        ratio: 1.0,
        connections: 0,
        peak: None,
    };
    for (count, rounds) in [(1, 21), (10, 11), (100, 5), (1000, 3)] {
        let (jira, keys) = big_jira(count);
        let ours = || {
            let mut command = with_one_authority(&binaries.ours, &jira, &CONNECTIONS[0]);
            command.env("JIRA_ISSUE_KEY", &keys);
            command
        };
        let theirs = || xargs_curl(&jira, count);
        let connections = [&ours as &dyn Fn() -> Command, &theirs].map(|make| {
            let before = jira.connections();
            run(&mut make());
            jira.connections() - before
        });
        let walls = walls(rounds, &[&ours, &theirs]);
        let ratio = walls[0].as_secs_f64() / walls[1].as_secs_f64();
        let [mine, curls] = [walls[0], walls[1]].map(|wall| wall.as_secs_f64() * 1e3);
        println!(
            "| {count} | {mine:.1} ms | {} | {curls:.1} ms | {} | {ratio:.3} |",
            connections[0], connections[1]
        );
        last = Many {
            ratio,
            connections: connections[0],
            peak: peak(&ours),
        };
    }
    last
}

fn again(command: &Command) -> Command {
    let mut same = Command::new(command.get_program());
    same.env_clear().args(command.get_args());
    same
}

/// Thousands by commas.
fn grouped(number: impl std::borrow::Borrow<u64>) -> String {
    let digits = number.borrow().to_string();
    let parts: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|part| std::str::from_utf8(part).ok())
        .collect();
    parts.join(",")
}
