//! What a reader's decoders may make of a text, byte by byte with the place
//! that each comes from; looks for nothing.

mod charset;
mod escape;
mod runs;
mod view;

pub(super) use view::View;

use escape::Read;
use memchr::memchr3;

/// So many times a text is decoded in a row.
pub(super) const DEPTH: usize = 4;
/// Of one text no more are made, so that none that is written for it takes long.
const MOST_VIEWS: usize = 40;

/// The text and what may be made of it; `more` where it may go on.
pub(super) fn views(text: &[u8], more: bool, utf16: Utf16) -> Vec<View> {
    let mut views = vec![View::of(text)];
    let mut done = 0;
    for _ in 0..DEPTH {
        let level = done..views.len();
        done = views.len();
        for at in level {
            for view in decoded(&views[at], more, utf16) {
                // Decoders that undo different things come to the same in either order.
                if views.len() < MOST_VIEWS && !views.contains(&view) {
                    views.push(view);
                }
            }
        }
    }
    views
}

/// Decodes each escape once, so that `%2541` becomes `%41`.
fn unescape(text: &View, more: bool) -> Option<View> {
    let next_escape = |at: usize| memchr3(b'%', b'\\', b'&', &text.bytes[at..]);
    next_escape(0)?;
    let mut view = View::whole();
    let mut changed = false;
    let (mut at, mut copied) = (0, 0);
    while let Some(next) = next_escape(at) {
        at += next;
        match escape::read(&text.bytes[at..]) {
            Read::Escape(bytes, length) => {
                changed = true;
                view.copy(text, copied, at);
                view.push(&bytes, text.span_of(at, at + length));
                at += length;
                copied = at;
            }
            Read::Unfinished if more => {
                view.copy(text, copied, at);
                view.unfinished = Some(text.span(at).0);
                return Some(view);
            }
            Read::Unfinished | Read::Nothing => at += 1,
        }
    }
    view.copy(text, copied, text.bytes.len());
    changed.then_some(view)
}

fn decoded(text: &View, more: bool, utf16: Utf16) -> Vec<View> {
    let mut views: Vec<View> = unescape(text, more).into_iter().collect();
    views.extend(charset::views(text, more, utf16));
    if !more {
        views.extend(runs::views(text));
    }
    views
}

/// A text with every escape once decoded, where it holds one and is text then.
pub(super) fn unescaped(text: &str) -> Option<String> {
    String::from_utf8(unescape(&View::of(text.as_bytes()), false)?.bytes).ok()
}

pub(super) use charset::{FOREIGN, Utf16, decomposed};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_nests_everything_is_decoded_so_many_times_and_never_twice_the_same() {
        let text = "%25&amp;#x5c;\\u0025\\x5c\0\u{c3}\u{83}ab12QUJD".repeat(8);
        let utf16 = Utf16 {
            any_char: true,
            without_nul: true,
        };
        let views = views(text.as_bytes(), false, utf16);
        assert_eq!(views.len(), MOST_VIEWS);
        for (at, view) in views.iter().enumerate() {
            assert!(!views[..at].contains(view), "{at}");
        }
    }
}
