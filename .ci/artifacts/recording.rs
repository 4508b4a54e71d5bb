//! Converts a terminal's text on standard input to an SVG, for the README;
//! `.ci/pictures` does so. The arguments are the commands that printed it.

use anstyle_svg::Term;
use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    for command in std::env::args().skip(1) {
        text += &format!("\u{1b}[1m$ {command}\u{1b}[0m\n");
    }
    std::io::stdin().read_to_string(&mut text)?;
    // The field, before and after, stands out.
    let lines = text
        .lines()
        .map(|line| match line.split_whitespace().next() {
            Some("before" | "after") => format!("\u{1b}[32m{line}\u{1b}[0m"),
            _ => line.to_owned(),
        });
    let text: Vec<_> = lines.collect();
    print!("{}", Term::new().render_svg(&text.join("\n")));
    Ok(())
}
