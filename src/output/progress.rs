//! How far a run of many issues has come, for a person who watches; shows
//! nothing in a pipeline.

use std::cell::Cell;
use std::io::{IsTerminal, Write as _, stderr};
use std::time::{Duration, Instant};

/// The bar's width, in characters.
const WIDTH: usize = 30;
/// A person sees no more, and a thousand issues a second are not slowed down.
const REDRAW_AFTER: Duration = Duration::from_millis(50);

/// A line on standard error that is drawn anew as issues end, where that is a
/// terminal and there is something to watch.
pub(crate) struct Progress {
    issues: usize,
    visible: bool,
    ended: Cell<usize>,
    begun: Instant,
    drawn: Cell<Option<Instant>>,
}

impl Progress {
    pub(crate) fn begin(issues: usize, quiet: bool) -> Self {
        Progress {
            issues,
            visible: !quiet && issues >= 2 && stderr().is_terminal(),
            ended: Cell::new(0),
            begun: Instant::now(),
            drawn: Cell::new(None),
        }
    }

    /// One more issue has ended.
    pub(crate) fn advance(&self) {
        self.ended.set(self.ended.get() + 1);
        let now = Instant::now();
        let is_due = |drawn: Instant| now.duration_since(drawn) >= REDRAW_AFTER;
        if self.visible && self.drawn.get().is_none_or(is_due) {
            self.drawn.set(Some(now));
            self.write(&format!("\r{}\u{1b}[K", self.line()));
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        if self.drawn.take().is_some() {
            self.write("\r\u{1b}[K");
        }
    }

    fn line(&self) -> String {
        let (ended, issues) = (self.ended.get(), self.issues);
        let done = "█".repeat(WIDTH * ended / issues.max(1));
        let seconds = self.begun.elapsed().as_secs();
        format!("{done:░<WIDTH$} {ended}/{issues} issues, {seconds} s")
    }

    fn write(&self, text: &str) {
        let mut stderr = stderr().lock();
        // Whoever closed the stream watches nothing.
        let _ = stderr.write_all(text.as_bytes());
        let _ = stderr.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    fn watched(issues: usize, ended: usize) -> Progress {
        Progress {
            issues,
            visible: true,
            ended: Cell::new(ended),
            begun: Instant::now(),
            drawn: Cell::new(None),
        }
    }

    #[test]
    fn the_bar_grows_with_the_issues_that_have_ended() {
        let rows = [(0, 0), (1, 0), (25, 3), (200, 25), (239, 29), (240, 30)];
        each(rows, |(ended, done)| {
            let line = watched(240, ended).line();
            assert_eq!(line.matches('█').count(), done, "{line}");
            assert_eq!(line.matches('░').count(), WIDTH - done, "{line}");
            assert!(line.contains(&format!(" {ended}/240 issues, ")), "{line}");
        });
    }

    #[test]
    fn the_line_is_drawn_anew_only_after_a_while() {
        let now = Instant::now();
        let drawn_anew = |drawn: Instant| {
            let progress = watched(2, 0);
            progress.drawn.set(Some(drawn));
            progress.advance();
            progress.drawn.get() != Some(drawn)
        };
        assert!(drawn_anew(now.checked_sub(REDRAW_AFTER).unwrap()));
        assert!(!drawn_anew(now + Duration::from_secs(3600)));
    }
}
