//! Hides secrets in a body that comes in chunks.

use crate::redact::{InputEnd, Redactor};

/// Hides secrets in a stream, also where one is broken over two chunks.
pub struct RedactingStream {
    redactor: Redactor,
    held: Vec<u8>,
}

impl RedactingStream {
    pub fn new(redactor: Redactor) -> Self {
        let held = Vec::new();
        RedactingStream { redactor, held }
    }

    /// What can be passed on after this chunk.
    pub fn pass(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        self.redactor.pass(chunk, &mut self.held, &mut out);
        out
    }

    /// What was held back; `cut` where the stream broke off.
    pub fn finish(self, cut: bool) -> Vec<u8> {
        let mut out = Vec::new();
        self.redactor
            .filter(&self.held, InputEnd::the_last(cut), &mut out);
        out
    }
}
