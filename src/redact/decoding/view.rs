//! A text as it is or decoded, byte by byte with the place that each comes from.

/// A text as it is, or decoded.
#[derive(Default, PartialEq)]
pub(in crate::redact) struct View {
    pub(in crate::redact) bytes: Vec<u8>,
    /// Where they come from, in their order; empty for the text as it is.
    runs: Vec<Run>,
    /// The place in the text at which something begins that may be an escape once
    /// its end is there.
    pub(in crate::redact) unfinished: Option<usize>,
    /// Whether the bytes come from places that follow each other without a gap, so
    /// that the text can be broken between them only.
    pub(in crate::redact) whole: bool,
}

/// Bytes from `at` on, up to the next run.
#[derive(Clone, Copy, PartialEq)]
struct Run {
    at: u32,
    /// The place in the text that they come from, or the first of them. A text is
    /// decoded in pieces that are far shorter.
    start: u32,
    end: u32,
    /// Whether each comes from a byte of its own, not from all of them.
    copied: bool,
}

impl Run {
    /// The place in the text that the byte here comes from.
    fn span(&self, at: usize) -> (usize, usize) {
        if !self.copied {
            return (self.start as usize, self.end as usize);
        }
        let start = self.start as usize + at - self.at as usize;
        (start, start + 1)
    }
}

impl View {
    pub(in crate::redact) fn of(text: &[u8]) -> Self {
        View {
            bytes: text.to_vec(),
            ..View::default()
        }
    }

    /// An empty one that is to have no gap.
    pub(in crate::redact) fn whole() -> Self {
        View {
            whole: true,
            ..View::default()
        }
    }

    /// The place in the text that this byte comes from.
    pub(in crate::redact) fn span(&self, at: usize) -> (usize, usize) {
        let behind = self.runs.partition_point(|run| run.at as usize <= at);
        let run = self.runs[..behind].last();
        run.map_or((at, at + 1), |run| run.span(at))
    }

    /// The place that some bytes come from.
    pub(in crate::redact) fn span_of(&self, from: usize, to: usize) -> (usize, usize) {
        (self.span(from).0, self.span(to - 1).1)
    }

    /// Adds bytes that all come from this place.
    pub(in crate::redact) fn push(&mut self, bytes: &[u8], (start, end): (usize, usize)) {
        let copied = [bytes.len(), (start..end).len()] == [1, 1];
        self.add((start, end), copied);
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds some bytes of another view, as they are.
    pub(in crate::redact) fn copy(&mut self, other: &View, from: usize, to: usize) {
        if from == to {
            return;
        }
        if other.runs.is_empty() {
            self.add(other.span(from), true);
            self.bytes.extend_from_slice(&other.bytes[from..to]);
            return;
        }
        let first = other.runs.partition_point(|run| run.at as usize <= from) - 1;
        for (index, run) in other.runs.iter().enumerate().skip(first) {
            let at = (run.at as usize).max(from);
            if at >= to {
                break;
            }
            let next = other.runs.get(index + 1);
            let until = next.map_or(to, |next| to.min(next.at as usize));
            self.add(run.span(at), run.copied);
            self.bytes.extend_from_slice(&other.bytes[at..until]);
        }
    }

    /// Notes where the bytes come from that are added next: the first of them, where
    /// each comes from a byte of its own, or all.
    fn add(&mut self, (start, end): (usize, usize), copied: bool) {
        let at = self.bytes.len();
        let goes_on = |last: &Run| copied && last.copied && last.span(at).0 == start;
        if self.runs.last().is_some_and(goes_on) {
            return;
        }
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.runs.push(Run {
            at: place(at),
            start: place(start),
            end: place(end),
            copied,
        });
    }

    /// The beginning of what would be torn apart at this place of the text; the
    /// same place where nothing is.
    pub(in crate::redact) fn whole_before(&self, place: usize) -> usize {
        if !self.whole {
            return place;
        }
        let behind = self
            .runs
            .partition_point(|run| (run.start as usize) < place);
        let torn = self.runs[..behind]
            .last()
            .filter(|run| !run.copied && run.end as usize > place);
        torn.map_or(place, |run| run.start as usize)
    }
}
