//! How far a run of many issues has come, for a person who watches; shows
//! nothing in a pipeline.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// A bar on standard error where that is a terminal and there is something to
/// watch; else one that never shows.
pub(crate) fn begin(issues: usize) -> ProgressBar {
    if issues < 2 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(issues as u64), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} issues, {elapsed}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
