//! What a reader's decoders may make of a text, byte by byte with the place
//! that each comes from; looks for nothing.

mod charset;
mod escape;
mod runs;
mod view;

pub(super) use view::View;

use escape::Read;

/// So many times a text is decoded in a row.
pub(super) const DEPTH: usize = 4;
/// Of one text no more are made, so that none that is written for it takes long.
const MOST_VIEWS: usize = 40;

/// The text and what may be made of it; `more` where it may go on.
pub(super) fn views(text: &[u8], more: bool) -> Vec<View> {
    let mut views = vec![View::of(text)];
    let mut done = 0;
    for _ in 0..DEPTH {
        let level = done..views.len();
        done = views.len();
        for at in level {
            let next = decoded(&views[at], more);
            let room = MOST_VIEWS.saturating_sub(views.len());
            views.extend(next.into_iter().take(room));
        }
    }
    views
}

/// Decodes each escape once, so that `%2541` becomes `%41`.
fn unescape(text: &View, more: bool) -> Option<View> {
    if !text
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
    while at < text.bytes.len() {
        match escape::read(&text.bytes[at..]) {
            Read::Escape(bytes, length) => {
                changed = true;
                view.push(&bytes, text.span_of(at, at + length));
                at += length;
            }
            Read::Unfinished if more => {
                view.unfinished = Some(text.span(at).0);
                changed = true;
                break;
            }
            Read::Unfinished | Read::Nothing => {
                view.push(&text.bytes[at..=at], text.span(at));
                at += 1;
            }
        }
    }
    changed.then_some(view)
}

fn decoded(text: &View, more: bool) -> Vec<View> {
    let mut views: Vec<View> = unescape(text, more).into_iter().collect();
    views.extend(charset::views(text, more));
    if !more {
        views.extend(runs::views(text));
    }
    views
}

/// A text with every escape once decoded, where it holds one and is text then.
pub(super) fn unescaped(text: &str) -> Option<String> {
    String::from_utf8(unescape(&View::of(text.as_bytes()), false)?.bytes).ok()
}

pub(super) use charset::decomposed;
