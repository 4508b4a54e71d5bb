//! Writes the manual pages and the shells' completions, made of the program's own flags:
//! `cargo run --example man-and-completions -- FOLDER`.

use clap::ValueEnum;
use clap_complete::Shell;
use jira_build_status::cli;
use std::io;
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let folder: PathBuf = std::env::args_os()
        .nth(1)
        .ok_or_else(|| io::Error::other("name a folder"))?
        .into();
    let (manual, completions) = (folder.join("man"), folder.join("completions"));
    std::fs::create_dir_all(&manual)?;
    std::fs::create_dir_all(&completions)?;
    clap_mangen::generate_to(cli::command(), &manual)?;
    for shell in Shell::value_variants() {
        clap_complete::generate_to(
            *shell,
            &mut cli::command(),
            "jira-build-status",
            &completions,
        )?;
    }
    Ok(())
}
