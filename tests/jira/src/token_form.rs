//! The forms in which a provider may return tokens.

use crate::message::Reply;
use serde_json::Value;

/// The form of an answer that holds tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TokenForm {
    /// A 200 with one JSON object.
    #[default]
    Plain,
    /// The same as a 201.
    Created,
    /// Behind a byte order mark.
    Marked,
    /// With members that a later one of the same name replaces.
    Doubled,
    /// Members other than the refresh token are missing or of no use.
    RefreshAlone,
    /// A member in an encoding that is not UTF-8, and text behind the object.
    Garbled,
}

impl TokenForm {
    pub(crate) fn reply(self, tokens: &Value) -> Reply {
        let plain = tokens.to_string();
        let rest = plain.strip_prefix('{').unwrap_or_default();
        match self {
            Self::Plain => Reply::json(200, tokens),
            Self::Created => Reply::json(201, tokens),
            Self::Marked => json(format!("\u{feff}{plain}").into_bytes()),
            Self::Doubled => {
                let first = r#"{"access_token":"first","refresh_token":"first","expires_in":"1","#;
                json(format!("{first}{rest}").into_bytes())
            }
            Self::RefreshAlone => {
                let refresh = &tokens["refresh_token"];
                json(
                    format!(r#"{{"access_token":[],"expires_in":{{}},"refresh_token":{refresh}}}"#)
                        .into_bytes(),
                )
            }
            Self::Garbled => {
                let mut body = b"{\"name\":\"Andr\xe9\",".to_vec();
                body.extend(rest.bytes());
                body.extend(b"\n<!-- served by node 3 -->");
                json(body)
            }
        }
    }
}

fn json(body: Vec<u8>) -> Reply {
    Reply {
        body,
        ..Reply::new(200).header("Content-Type", "application/json")
    }
}
