//! The program's arguments.

use fake_jira::{Builder, Jira};
use std::path::PathBuf;

pub(crate) const USAGE: &str = "usage: fake-jira [server|data-center|cloud] [--port N] [--tls] \
    [--ca-out FILE] [--consumer KEY=PUBLIC.pem] [--world FILE] [--record FILE]";

pub(crate) const HELP: &str = "\
A Jira on this machine's loopback interface, as strict as the real one.

usage: fake-jira [server|data-center|cloud] [flags]

  server                    Jira Server 8.13 (the default)
  data-center               Jira Data Center 10.3
  cloud                     a site of Jira Cloud
  --port N                  listen there; a free port without it
  --tls                     serve https with a certificate of its own authority
  --ca-out FILE             the same, and write the authority's certificate there
  --consumer KEY=FILE       an application link for OAuth 1.0a: its key and public key (PEM)
  --world FILE              users, projects, fields and issues of this file, in JSON
  --record FILE             write each request there, a line of JSON each, secrets hidden
  --help                    this text

It prints its address, users, issues and fields, then each request with the status of its answer.
";

/// What was asked for.
pub(crate) struct Options {
    pub(crate) builder: Builder,
    pub(crate) port: u16,
    pub(crate) ca_out: Option<PathBuf>,
    pub(crate) record: Option<PathBuf>,
}

#[derive(Default)]
struct Given {
    kind: Option<String>,
    port: u16,
    tls: bool,
    ca_out: Option<PathBuf>,
    record: Option<PathBuf>,
    world: Option<PathBuf>,
    consumers: Vec<(String, String)>,
}

/// Nothing where help was asked for.
pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut given = Given::default();
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let value = arguments.next();
            value.ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "server" | "data-center" | "cloud" if given.kind.is_none() => {
                given.kind = Some(argument);
            }
            "--help" | "-h" => return Ok(None),
            "--tls" => given.tls = true,
            "--port" => {
                let number = value()?.parse();
                given.port = number.map_err(|_| "--port takes a number up to 65535")?;
            }
            "--ca-out" => given.ca_out = Some(value()?.into()),
            "--world" => given.world = Some(value()?.into()),
            "--record" => given.record = Some(value()?.into()),
            "--consumer" => given.consumers.push(consumer(&value()?)?),
            other => return Err(format!("{other:?} is no kind of Jira and no flag")),
        }
    }
    given.options().map(Some)
}

fn consumer(text: &str) -> Result<(String, String), String> {
    let (key, file) = text
        .split_once('=')
        .ok_or("--consumer takes KEY=PUBLIC.pem")?;
    Ok((key.to_owned(), read_text(file.as_ref())?))
}

fn read_text(file: &std::path::Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

impl Given {
    fn options(self) -> Result<Options, String> {
        let builder = match self.kind.as_deref() {
            Some("cloud") => Jira::cloud(),
            Some("data-center") => Jira::data_center(),
            _ => Jira::server(),
        };
        let mut builder = builder.port(self.port);
        if let Some(file) = &self.world {
            let wrong = |wrong| format!("{}: {wrong}", file.display());
            builder = builder.world(&read_text(file)?).map_err(wrong)?;
        }
        for (key, pem) in &self.consumers {
            builder = builder.consumer(key, pem);
        }
        if self.tls || self.ca_out.is_some() {
            builder = builder.tls();
        }
        Ok(Options {
            builder,
            port: self.port,
            ca_out: self.ca_out,
            record: self.record,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(arguments: &[&str]) -> String {
        let all = arguments.iter().map(|&argument| argument.to_owned());
        read(all).err().unwrap_or_default()
    }

    #[test]
    fn what_is_no_argument_is_named() {
        for (arguments, words) in [
            (&["servre"][..], "\"servre\" is no kind of Jira and no flag"),
            (&["cloud", "server"], "\"server\" is no kind"),
            (&["--port", "x"], "--port takes a number"),
            (&["--port"], "--port needs a value"),
            (&["--consumer", "key"], "--consumer takes KEY=PUBLIC.pem"),
            (&["--world", "/absent/world.json"], "/absent/world.json: "),
            (&["--consumer", "key=/absent.pem"], "/absent.pem: "),
        ] {
            assert!(wrong(arguments).contains(words), "{}", wrong(arguments));
        }
    }
}
