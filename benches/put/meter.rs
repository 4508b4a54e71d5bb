//! Knows how to measure a run of a program; refuses to know what it does.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Makes the same command anew for each run.
pub(crate) type Make<'a> = &'a dyn Fn() -> Command;

/// Runs it once, which must succeed.
pub(crate) fn run(command: &mut Command) {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let status = status.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

/// Instructions that one run takes in user mode, by callgrind; none where
/// valgrind is not installed.
pub(crate) fn instructions(make: Make) -> Option<u64> {
    let command = make();
    let log = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("callgrind.log");
    let mut counted = Command::new("valgrind");
    counted.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    counted
        .arg(format!("--log-file={}", log.display()))
        .arg(command.get_program())
        .args(command.get_args());
    counted.env_clear().envs(
        command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    counted.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let status = counted
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    assert!(status.success(), "{counted:?}: {status}");
    let log = std::fs::read_to_string(log).ok()?;
    log.lines()
        .find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
}

/// The median of each, run in turn for so many rounds, so that a slow moment
/// hits all of them.
pub(crate) fn walls(rounds: usize, makes: &[Make]) -> Vec<Duration> {
    let mut taken = vec![Vec::new(); makes.len()];
    for _ in 0..rounds {
        for (make, taken) in makes.iter().zip(&mut taken) {
            let mut command = make();
            let begun = Instant::now();
            run(&mut command);
            taken.push(begun.elapsed());
        }
    }
    taken.into_iter().map(median).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The most memory that one run held, in KiB; none where the kernel does not
/// tell. The run should last for some moments at its end: the mark is read now
/// and then, and stays when memory is given back.
pub(crate) fn peak(make: Make) -> Option<u64> {
    let mut command = make();
    let name = std::path::Path::new(command.get_program())
        .file_name()?
        .to_string_lossy()
        .into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    while child.try_wait().ok()?.is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        // Until it is the program, it is a fork of this process, with this process's
        // memory.
        let own = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("Name:\t"));
        if own.is_some_and(|own| !own.is_empty() && name.starts_with(own)) {
            let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            peak = peak.max(mark.and_then(|mark| mark.trim().trim_end_matches(" kB").parse().ok()));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    peak
}
