//! A text as it is or decoded, byte by byte with the place that each comes from.

/// A text as it is, or decoded.
#[derive(Default)]
pub(in crate::redact) struct View {
    pub(in crate::redact) bytes: Vec<u8>,
    /// Where each byte comes from; empty for the text as it is.
    pub(in crate::redact) spans: Vec<(u32, u32)>,
    /// The place in the text at which something begins that may be an escape once
    /// its end is there.
    pub(in crate::redact) unfinished: Option<usize>,
    /// Whether the bytes come from places that follow each other without a gap, so
    /// that the text can be broken between them only.
    pub(in crate::redact) whole: bool,
}

impl View {
    pub(in crate::redact) fn of(text: &[u8]) -> Self {
        View {
            bytes: text.to_vec(),
            ..View::default()
        }
    }

    /// The place in the text that this byte comes from.
    pub(in crate::redact) fn span(&self, at: usize) -> (usize, usize) {
        self.spans.get(at).map_or((at, at + 1), |(start, end)| {
            (*start as usize, *end as usize)
        })
    }

    /// The place that some bytes come from.
    pub(in crate::redact) fn span_of(&self, from: usize, to: usize) -> (usize, usize) {
        (self.span(from).0, self.span(to - 1).1)
    }

    pub(in crate::redact) fn push(&mut self, bytes: &[u8], (start, end): (usize, usize)) {
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
    pub(in crate::redact) fn whole_before(&self, place: usize) -> usize {
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
}
