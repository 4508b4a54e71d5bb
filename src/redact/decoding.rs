//! What a reader's decoders may make of a text, byte by byte with the place
//! that each comes from; looks for nothing.

mod charset;
mod escape;
mod runs;

use escape::Read;

/// So many times a text is decoded in a row.
pub(super) const DEPTH: usize = 4;
/// Of one text no more are made, so that none that is written for it takes long.
const MOST_VIEWS: usize = 40;

/// A text as it is, or decoded.
#[derive(Default)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    /// Where each byte comes from; empty for the text as it is.
    spans: Vec<(u32, u32)>,
    /// The place in the text at which something begins that may be an escape once
    /// its end is there.
    pub(super) unfinished: Option<usize>,
    /// Whether the bytes come from places that follow each other without a gap, so
    /// that the text can be broken between them only.
    whole: bool,
}

impl View {
    fn of(text: &[u8]) -> Self {
        View {
            bytes: text.to_vec(),
            ..View::default()
        }
    }

    /// The place in the text that this byte comes from.
    pub(super) fn span(&self, at: usize) -> (usize, usize) {
        self.spans.get(at).map_or((at, at + 1), |(start, end)| {
            (*start as usize, *end as usize)
        })
    }

    /// The place that some bytes come from.
    fn span_of(&self, from: usize, to: usize) -> (usize, usize) {
        (self.span(from).0, self.span(to - 1).1)
    }

    fn push(&mut self, bytes: &[u8], (start, end): (usize, usize)) {
        self.bytes.extend_from_slice(bytes);
        // A text is decoded in pieces that are far shorter.
        let span = (
            u32::try_from(start).unwrap_or(u32::MAX),
            u32::try_from(end).unwrap_or(u32::MAX),
        );
        self.spans.extend(std::iter::repeat_n(span, bytes.len()));
    }

    /// The beginning of what would be torn apart at this place of the text; the
    /// same place where nothing is.
    pub(super) fn whole_before(&self, place: usize) -> usize {
        if !self.whole {
            return place;
        }
        let behind = self
            .spans
            .partition_point(|(start, _)| (*start as usize) < place);
        let torn = self.spans[..behind]
            .last()
            .filter(|(_, end)| *end as usize > place);
        torn.map_or(place, |(start, _)| *start as usize)
    }

    /// Every escape once decoded.
    fn unescaped(&self, more: bool) -> Option<View> {
        if !self
            .bytes
            .iter()
            .any(|byte| matches!(byte, b'%' | b'\\' | b'&'))
        {
            return None;
        }
        let mut view = View {
            whole: true,
            ..View::default()
        };
        let mut changed = false;
        let mut at = 0;
        while at < self.bytes.len() {
            match escape::read(&self.bytes[at..]) {
                Read::Escape(bytes, length) => {
                    changed = true;
                    view.push(&bytes, self.span_of(at, at + length));
                    at += length;
                }
                Read::Unfinished if more => {
                    view.unfinished = Some(self.span(at).0);
                    changed = true;
                    break;
                }
                Read::Unfinished | Read::Nothing => {
                    view.push(&self.bytes[at..=at], self.span(at));
                    at += 1;
                }
            }
        }
        changed.then_some(view)
    }

    fn decoded(&self, more: bool) -> Vec<View> {
        let mut views: Vec<View> = self.unescaped(more).into_iter().collect();
        views.extend(charset::views(self, more));
        if !more {
            views.extend(runs::views(self));
        }
        views
    }
}

/// The text and what may be made of it; `more` where it may go on.
pub(super) fn views(text: &[u8], more: bool) -> Vec<View> {
    let mut views = vec![View::of(text)];
    let mut done = 0;
    for _ in 0..DEPTH {
        let level = done..views.len();
        done = views.len();
        for at in level {
            let next = views[at].decoded(more);
            let room = MOST_VIEWS.saturating_sub(views.len());
            views.extend(next.into_iter().take(room));
        }
    }
    views
}

/// A text with every escape once decoded, where it holds one and is text then.
pub(super) fn unescaped(text: &str) -> Option<String> {
    String::from_utf8(View::of(text.as_bytes()).unescaped(false)?.bytes).ok()
}

pub(super) use charset::decomposed;
