//! The main job against a Jira on this machine: the field before, the step as a
//! Jenkinsfile runs it, the field after. With `--keep` a browser can watch it.

use fake_jira::{Jira, world};
use jira_build_status::config::Input;
use jira_build_status::output::status::Status;
use std::process::ExitCode;

const ISSUE: &str = "HSP-1";

fn main() -> ExitCode {
    let keep = std::env::args().any(|argument| argument == "--keep");
    // A browser does not know the authority of the certificate.
    let jira = match keep {
        true => Jira::server().pages().start(),
        false => Jira::server().tls().start(),
    };
    let show = |when: &str| {
        let value = jira.field(ISSUE, world::BUILD_STATUS);
        let text = value["value"].as_str().unwrap_or("(empty)");
        println!(
            "{when:<6} {ISSUE} {}  Build status: {text}",
            world::BUILD_STATUS
        );
    };
    println!("A Jira Server is listening on {}", jira.base_url());
    println!();
    show("before");
    println!();
    let base_url = jira.base_url();
    if keep {
        println!("Open {base_url}/browse/{ISSUE} in a browser, then press Enter here.");
        read_line();
    }
    let ca_bundle = match keep {
        true => String::new(),
        false => jira.ca_file().display().to_string(),
    };
    let mut settings = vec![
        ("JIRA_BASE_URL", base_url.as_str()),
        ("JIRA_CA_BUNDLE", &ca_bundle),
        ("JIRA_USERNAME", world::CI_BOT),
        ("JIRA_PASSWORD", world::CI_BOT_PASSWORD),
        ("JIRA_ISSUE_KEY", ISSUE),
        ("JIRA_FIELD_ID", world::BUILD_STATUS),
        ("JIRA_FIELD_VALUE", "Development Completed"),
        ("JIRA_FIELD_TYPE", "select"),
    ];
    // An empty variable counts as unset.
    settings.retain(|(_, value)| !value.is_empty());
    let code = run(&settings);
    println!("  exit code {code}");
    println!();
    show("after");
    for request in jira.writes() {
        println!();
        println!("What Jira was asked: {} {}", request.method, request.path);
        println!("{}", String::from_utf8_lossy(&request.body));
    }
    if keep {
        println!();
        println!("{base_url}/ stays there until Ctrl-C.");
        loop {
            std::thread::park();
        }
    }
    ExitCode::from(code)
}

/// The program with these variables, which are shown first.
fn run(settings: &[(&str, &str)]) -> u8 {
    for &(name, value) in settings {
        let shown = if name == "JIRA_PASSWORD" {
            "****"
        } else {
            value
        };
        println!("  {name}={shown:?}");
    }
    println!("  $ jira-build-status");
    let variables = settings.iter();
    let input = Input {
        arguments: vec!["jira-build-status".into()],
        variables: variables
            .map(|&(name, value)| (name.into(), value.into()))
            .collect(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(jira_build_status::run(
        &input,
        &Status::default(),
        std::future::pending(),
    ))
}

/// Waits for Enter; goes on at once where standard input is at its end.
fn read_line() {
    if let Err(error) = std::io::stdin().read_line(&mut String::new()) {
        eprintln!("standard input: {error}");
    }
}
