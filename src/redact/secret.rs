//! Secrets: how one is held, read and handed over; never prints, logs or compares one.

use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// A secret and the variable it came from. Its memory is wiped when it is
/// dropped, and it has no `Display`.
#[derive(Clone)]
pub struct Secret {
    text: SecretString,
    from_file: bool,
}

impl Secret {
    /// Takes the text of a variable, as it is given by CI systems: one trailing
    /// line end and a byte order mark are dropped.
    ///
    /// # Errors
    /// Says what is wrong with it, without showing it: a control character, which
    /// no credential holds and which would end a header early. Line ends and tabs
    /// are allowed where `multiline` says so: inside a private key.
    pub(crate) fn from_setting(raw: &str, multiline: bool) -> Result<Self, &'static str> {
        let text = raw.strip_prefix('\u{feff}').unwrap_or(raw);
        let text = text
            .strip_suffix("\r\n")
            .or_else(|| text.strip_suffix('\n'))
            .unwrap_or(text);
        if text.is_empty() {
            return Err("is empty");
        }
        let allowed = |c: char| multiline && matches!(c, '\n' | '\r' | '\t');
        if text.chars().any(|c| c.is_control() && !allowed(c)) {
            return Err("holds a control character, such as a line end in its middle");
        }
        Ok(Secret::derived(text.to_owned()))
    }

    /// The same, from the bytes of a file.
    ///
    /// # Errors
    /// As [`Secret::from_setting`], and for bytes that are no UTF-8.
    pub(crate) fn from_file(raw: Vec<u8>, multiline: bool) -> Result<Self, &'static str> {
        let text = String::from_utf8(raw).map_err(|_| "is not UTF-8 text")?;
        let secret = Secret::from_setting(&text, multiline)?;
        drop(SecretString::from(text)); // wiped
        Ok(Secret {
            from_file: true,
            ..secret
        })
    }

    /// A secret made from others: a header, a cookie, a token that Jira just gave.
    pub fn derived(text: String) -> Self {
        Secret {
            text: SecretString::from(text),
            from_file: false,
        }
    }

    /// The secret itself. Called where it is sent or goes into a signature,
    /// and by the redactor that hides it.
    pub fn reveal(&self) -> &str {
        self.text.expose_secret()
    }

    /// True when no CI system can know this secret, because it was read from a file.
    pub(crate) fn is_from_file(&self) -> bool {
        self.from_file
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    #[test]
    fn one_line_end_and_a_byte_order_mark_are_dropped_and_nothing_else() {
        let rows = [
            ("secret", "secret"),
            ("secret\n", "secret"),
            ("secret\r\n", "secret"),
            ("\u{feff}secret\n", "secret"),
            (" se cret ", " se cret "),
        ];
        each(rows, |(raw, text)| {
            assert_eq!(
                Secret::from_setting(raw, false).unwrap().reveal(),
                text,
                "{raw:?}"
            );
        });
        each(["secret\n\n", "se\ncret", "se\u{0}cret", "", "\n"], |raw| {
            assert!(Secret::from_setting(raw, false).is_err(), "{raw:?}");
        });
        assert!(Secret::from_setting("-----BEGIN\nKEY-----\n", true).is_ok());
    }

    #[test]
    fn one_that_was_read_from_a_file_says_so() {
        let secret = Secret::from_file(b"secret\n".to_vec(), false).unwrap();
        assert!(secret.is_from_file() && secret.reveal() == "secret");
        assert!(
            !Secret::from_setting("secret", false)
                .unwrap()
                .is_from_file()
        );
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::derived("hunter2".into())), "***");
    }
}
