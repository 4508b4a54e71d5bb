//! Takes workflow commands out of bytes as they come.

/// Where in a line the next byte stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Nothing but what a runner may skip stands before it.
    Beginning,
    /// As at the beginning, with one colon behind it.
    Colon,
    Inside,
}

/// Puts a blank into whatever would be a command, and changes no other byte. In
/// JSON the same is done by an escape in a string, so that its meaning stays.
pub(crate) struct Disarmer {
    place: Place,
    after_hash: bool,
    /// Whether this is JSON, as far as its first byte tells; `None` before that.
    json: Option<bool>,
}

impl Default for Disarmer {
    fn default() -> Self {
        Disarmer {
            place: Place::Beginning,
            after_hash: false,
            json: None,
        }
    }
}

impl Disarmer {
    /// For words, in which `#` is never escaped.
    pub(super) fn of_text() -> Self {
        Disarmer {
            json: Some(false),
            ..Disarmer::default()
        }
    }

    /// What can be passed on after this chunk: all of it.
    pub(crate) fn pass(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(chunk.len());
        for &byte in chunk {
            self.step(byte, &mut out);
        }
        out
    }

    fn step(&mut self, byte: u8, out: &mut Vec<u8>) {
        // .NET trims white space of all of Unicode and compares as if characters
        // without a width were not there.
        let skipped = byte <= b' ' || byte >= 0x7f;
        if !skipped && self.json.is_none() {
            self.json = Some(matches!(byte, b'{' | b'[' | b'"'));
        }
        if byte == b'#' && self.after_hash {
            if self.json == Some(true) {
                out.extend_from_slice(b"\\u0023");
                self.after_hash = false;
                return;
            }
            out.push(b' ');
        }
        if byte == b':' && self.place == Place::Colon {
            out.push(b' ');
        }
        out.push(byte);
        self.after_hash = byte == b'#';
        self.place = match (self.place, byte) {
            (_, b'\n' | b'\r') => Place::Beginning,
            (Place::Beginning, b':') => Place::Colon,
            (Place::Beginning, _) if skipped => Place::Beginning,
            _ => Place::Inside,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_chunks(text: &[u8], size: usize) -> String {
        let mut disarmer = Disarmer::default();
        let out: Vec<u8> = text
            .chunks(size)
            .flat_map(|chunk| disarmer.pass(chunk))
            .collect();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_command_is_found_wherever_the_pieces_end() {
        let body =
            "\u{feff}::a::\r::b::\r\n \t::c\n\u{3000}::d\nnot::e ###[f]\n:: ##vso[g] ::\n:::h";
        let safe = "\u{feff}: :a::\r: :b::\r\n \t: :c\n\u{3000}: :d\nnot::e # # #[f]\n: : # #vso[g] ::\n: ::h";
        for size in 1..=body.len() {
            assert_eq!(in_chunks(body.as_bytes(), size), safe, "{size}");
        }
    }

    #[test]
    fn json_keeps_its_meaning() {
        let body = "\n{\"a\": \"###[x]::y\",\n\"::b\": [\"##\"]}";
        for size in 1..=body.len() {
            let safe = in_chunks(body.as_bytes(), size);
            assert!(!safe.contains("##"), "{safe}");
            let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(parsed(&safe), parsed(body));
        }
    }

    #[test]
    fn what_commands_nobody_stays_as_it_is() {
        let body = "a # b\nx::y\n:z\n\u{e9}t\u{e9}: :\n# title\n";
        assert_eq!(in_chunks(body.as_bytes(), 3), body);
    }
}
