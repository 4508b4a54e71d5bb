//! A Jira on this machine, to try a pipeline on: `cargo run --example jira --
//! [server|data-center|cloud] [--port N] [--tls] [--consumer KEY=PUBLIC.pem]`.
//! `--consumer` is what an administrator enters under Application links for
//! OAuth 1.0a.

use fake_jira::{Builder, Jira, world};
use std::process::ExitCode;

fn main() -> ExitCode {
    match builder(std::env::args().skip(1)) {
        Ok((kind, builder)) => {
            let jira = builder.start();
            print(&kind, &jira);
            follow(&jira)
        }
        Err(wrong) => {
            eprintln!("error: {wrong}");
            eprintln!(
                "usage: cargo run --example jira -- [server|data-center|cloud] [--port N] [--tls] [--consumer KEY=PUBLIC.pem]"
            );
            ExitCode::from(2)
        }
    }
}

fn builder(arguments: impl Iterator<Item = String>) -> Result<(String, Builder), String> {
    let mut kind = "server".to_owned();
    let (mut port, mut tls) = (0, false);
    let mut consumers = Vec::new();
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "server" | "data-center" | "cloud" => kind = argument,
            "--tls" => tls = true,
            "--port" => {
                let number = arguments.next().and_then(|text| text.parse().ok());
                port = number.ok_or("--port takes a number")?;
            }
            "--consumer" => {
                let text = arguments.next().unwrap_or_default();
                let (key, file) = text
                    .split_once('=')
                    .ok_or("--consumer takes KEY=PUBLIC.pem")?;
                let pem =
                    std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
                consumers.push((key.to_owned(), pem));
            }
            other => return Err(format!("{other} is neither a kind of Jira nor a flag")),
        }
    }
    let builder = match kind.as_str() {
        "cloud" => Jira::cloud(),
        "data-center" => Jira::data_center(),
        _ => Jira::server(),
    };
    let builder = builder.port(port);
    let builder = consumers
        .iter()
        .fold(builder, |builder, (key, pem)| builder.consumer(key, pem));
    Ok((kind, if tls { builder.tls() } else { builder }))
}

#[expect(
    clippy::too_many_lines,
    reason = "one sequence that reads from top to bottom"
)]
fn print(kind: &str, jira: &Jira) {
    println!("# A Jira ({kind}) is listening; Ctrl-C ends it. For another shell:");
    println!("export JIRA_BASE_URL={}", jira.base_url());
    if jira.base_url().starts_with("https") {
        println!("export JIRA_CA_BUNDLE={}", jira.ca_file().display());
    }
    match kind {
        "cloud" => {
            println!(
                "export JIRA_CLOUD_API_URL={} JIRA_CLOUD_AUTH_URL={}",
                jira.api_url(),
                jira.auth_url()
            );
            println!(
                "export JIRA_USER_EMAIL={} JIRA_API_TOKEN={}",
                world::CI_EMAIL,
                world::CI_API_TOKEN
            );
        }
        _ => println!(
            "export JIRA_USERNAME={} JIRA_PASSWORD='{}'",
            world::CI_BOT,
            world::CI_BOT_PASSWORD
        ),
    }
    if kind == "data-center" {
        println!(
            "# or, in place of the password: JIRA_PERSONAL_TOKEN={}",
            world::CI_PERSONAL_TOKEN
        );
    }
    if kind != "server" {
        println!(
            "# or a user's consent, with oauth2 authorize (its redirect address is {}):",
            world::REDIRECT
        );
        println!(
            "# JIRA_OAUTH2_CLIENT_ID={} JIRA_OAUTH2_CLIENT_SECRET={}",
            world::CLIENT_ID,
            world::CLIENT_SECRET
        );
    }
    println!(
        "export JIRA_ISSUE_KEY=HSP-1 JIRA_FIELD_ID={} JIRA_FIELD_VALUE='Passed'",
        world::BUILD_STATUS
    );
    println!(
        "# Users: {} (edits), fred/fred, admin/admin. Issues: HSP-1 to HSP-9, MKY-1;",
        world::CI_BOT
    );
    println!(
        "# {} is read-only and {} hidden. Fields:",
        world::READ_ONLY_ISSUE,
        world::HIDDEN_ISSUE
    );
    let site = jira.site();
    let site = site.lock().expect("the site");
    for field in site.fields() {
        let choices = field.contexts.iter().flat_map(|context| &context.options);
        let options: Vec<_> = choices.map(|choice| choice.value.as_str()).collect();
        let options = if options.is_empty() {
            String::new()
        } else {
            format!(": {}", options.join(" | "))
        };
        println!("#   {} {}{options}", field.id, field.name);
    }
}

/// Prints each request with its answer, until the process ends.
fn follow(jira: &Jira) -> ExitCode {
    let mut seen = 0;
    loop {
        let requests = jira.requests();
        for request in &requests[seen..] {
            let Some(status) = request.status else { break };
            let body = if request.is_write() {
                String::from_utf8_lossy(&request.body).into_owned()
            } else {
                String::new()
            };
            println!("{} {} {status} {body}", request.method, request.path);
            seen += 1;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}
