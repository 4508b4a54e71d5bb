//! Reads the credentials: secrets from variables or files, made into the one
//! set that is meant. Shows none of them.

use crate::commands::consent::token_sink::TokenSink;
use crate::config::reader::{Reader, pick};
use crate::credentials::private_key::{self, PrivateKey};
use crate::credentials::{self, AuthMethod, Candidate, Credentials, RequiredVariable};
use crate::credentials::{Consumer, OAuth1State};
use crate::named_file;
use crate::redact::Secret;
use std::io::{self, Read};
use std::path::PathBuf;

/// Secrets shorter than this cannot be hidden without hiding half of every text.
const SHORT_SECRET: usize = 4;
/// A secret's file is read no further.
const LONGEST_SECRET: u64 = 1 << 20;

const CONSUMER_KEY: &str = "JIRA_OAUTH1_CONSUMER_KEY";
const PRIVATE_KEY: &str = "JIRA_OAUTH1_PRIVATE_KEY";

/// A secret's variable and the one that names its file.
type Given = (Option<String>, Option<String>);

impl Reader {
    /// The one set that is meant.
    pub(super) fn credentials(&mut self, flag: &Option<String>) -> Option<Credentials> {
        let method = match pick(flag, &self.environment.known.auth) {
            None => None,
            Some(name) => {
                let found = AuthMethod::ALL
                    .into_iter()
                    .find(|method| method.name() == name.trim());
                if found.is_none() {
                    let names: Vec<_> =
                        AuthMethod::ALL.iter().map(|method| method.name()).collect();
                    self.problem(
                        "JIRA_AUTH (--auth)",
                        format!("must be one of {}, not {name:?}", names.join(" ")),
                    );
                    return None;
                }
                found
            }
        };
        let before = self.problems.len();
        let candidates = self.candidates(method);
        if self.problems.len() > before {
            return None;
        }
        let chosen = credentials::choose(candidates, method).map_err(|(sentence, missing)| {
            let lookalikes = missing.iter().filter_map(|missing| {
                let name = self.environment.lookalike(missing)?;
                Some(format!("; {name} is set, did you mean {missing}?"))
            });
            let advice = lookalikes.collect::<String>();
            self.problems.push(format!("{sentence}{advice}"));
        });
        chosen.ok()
    }

    /// Every set of credentials that the variables might make.
    fn candidates(&mut self, method: Option<AuthMethod>) -> Vec<Candidate> {
        let mut candidates = self.passwords(method);
        let vars = &mut self.environment.known;
        let personal_token = (vars.personal_token.take(), vars.personal_token_file.take());
        let app_key = vars.connect_app_key.take();
        let shared_secret = (
            vars.connect_shared_secret.take(),
            vars.connect_shared_secret_file.take(),
        );
        let personal_token = self.secret("JIRA_PERSONAL_TOKEN", personal_token, false);
        let shared_secret = self.secret("JIRA_CONNECT_SHARED_SECRET", shared_secret, false);
        candidates.push(Candidate {
            method: AuthMethod::Bearer,
            parts: vec![RequiredVariable {
                variable: "JIRA_PERSONAL_TOKEN",
                given: personal_token.is_some(),
            }],
            complete: personal_token.map(Credentials::Bearer),
        });
        candidates.push(self.oauth1(method));
        candidates.extend(self.oauth2_offers());
        candidates.push(Candidate {
            method: AuthMethod::Connect,
            parts: vec![
                RequiredVariable {
                    variable: "JIRA_CONNECT_APP_KEY",
                    given: app_key.is_some(),
                },
                RequiredVariable {
                    variable: "JIRA_CONNECT_SHARED_SECRET",
                    given: shared_secret.is_some(),
                },
            ],
            complete: app_key.zip(shared_secret).map(|(app_key, shared_secret)| {
                Credentials::Connect {
                    app_key,
                    shared_secret,
                }
            }),
        });
        candidates
    }

    /// The pairs of a name and a secret. A name and password make a session only
    /// when one is asked for.
    fn passwords(&mut self, method: Option<AuthMethod>) -> Vec<Candidate> {
        let vars = &mut self.environment.known;
        let (username, user_email) = (vars.username.take(), vars.user_email.take());
        let password = (vars.password.take(), vars.password_file.take());
        let api_token = (vars.api_token.take(), vars.api_token_file.take());
        let password = self.secret("JIRA_PASSWORD", password, false);
        let api_token = self.secret("JIRA_API_TOKEN", api_token, false);
        let parts = |user: &Option<String>, user_name, secret: &Option<Secret>, secret_name| {
            vec![
                RequiredVariable {
                    variable: user_name,
                    given: user.is_some(),
                },
                RequiredVariable {
                    variable: secret_name,
                    given: secret.is_some(),
                },
            ]
        };
        let with_password = parts(&username, "JIRA_USERNAME", &password, "JIRA_PASSWORD");
        if method == Some(AuthMethod::Session) {
            let complete = username
                .zip(password)
                .map(|(user, password)| Credentials::Session { user, password });
            return vec![Candidate {
                method: AuthMethod::Session,
                parts: with_password,
                complete,
            }];
        }
        let with_token = parts(&user_email, "JIRA_USER_EMAIL", &api_token, "JIRA_API_TOKEN");
        let basic = |parts, pair: Option<(String, Secret)>, is_api_token| Candidate {
            method: AuthMethod::Basic,
            parts,
            complete: pair.map(|(user, secret)| Credentials::Basic {
                user,
                secret,
                is_api_token,
            }),
        };
        vec![
            basic(with_password, username.zip(password), false),
            basic(with_token, user_email.zip(api_token), true),
        ]
    }

    fn oauth1(&mut self, method: Option<AuthMethod>) -> Candidate {
        let vars = &mut self.environment.known;
        let token = (
            vars.oauth1_access_token.take(),
            vars.oauth1_access_token_file.take(),
        );
        let (consumer_key, key) = self.consumer_parts();
        let token = self.secret("JIRA_OAUTH1_ACCESS_TOKEN", token, false);
        let parts = vec![
            RequiredVariable {
                variable: CONSUMER_KEY,
                given: consumer_key.is_some(),
            },
            RequiredVariable {
                variable: PRIVATE_KEY,
                given: key.is_some(),
            },
            RequiredVariable {
                variable: "JIRA_OAUTH1_ACCESS_TOKEN",
                given: token.is_some(),
            },
        ];
        let meant = method.is_none_or(|method| method == AuthMethod::OAuth1);
        let consumer = match (consumer_key, key) {
            (Some(name), Some(key)) if meant => self.consumer_of(name, key),
            _ => None,
        };
        let complete = consumer
            .zip(token)
            .map(|(consumer, token)| Credentials::OAuth1 {
                consumer,
                state: OAuth1State::Access(token),
            });
        Candidate {
            method: AuthMethod::OAuth1,
            parts,
            complete,
        }
    }

    fn consumer_parts(&mut self) -> (Option<String>, Option<Secret>) {
        let vars = &mut self.environment.known;
        let name = vars.oauth1_consumer_key.take();
        let key = (
            vars.oauth1_private_key.take(),
            vars.oauth1_private_key_file.take(),
        );
        (name, self.secret(PRIVATE_KEY, key, true))
    }

    /// Who asks for a token, for the steps in which there is none yet.
    pub(super) fn consumer(&mut self) -> Option<Consumer> {
        let before = self.problems.len();
        let (name, key) = self.consumer_parts();
        if name.is_none() {
            self.problem(
                CONSUMER_KEY,
                "is missing: the consumer key of Jira's application link",
            );
        }
        if key.is_none() && self.problems.len() == before + usize::from(name.is_none()) {
            self.problem(
                PRIVATE_KEY,
                "is missing: jira-build-status oauth1 keygen makes one",
            );
        }
        self.consumer_of(name?, key?)
    }

    /// A secret of a few minutes, which a person copies from a page.
    pub(super) fn typed_secret(
        &mut self,
        flag: &str,
        text: Option<String>,
        what: &str,
    ) -> Option<Secret> {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            self.problem(flag, format!("is missing: {what}"));
            return None;
        };
        Secret::from_setting(&text, false)
            .map_err(|what| self.problem(flag, what))
            .ok()
    }

    /// Where an access token goes.
    pub(super) fn token_file(&self, out: Option<String>) -> TokenSink {
        match out.filter(|path| !path.is_empty()) {
            Some(path) if path == "-" => TokenSink::Stdout,
            path => TokenSink::File(
                path.map_or_else(|| PathBuf::from("jira-oauth1.token"), PathBuf::from),
            ),
        }
    }

    fn consumer_of(&mut self, name: String, text: Secret) -> Option<Consumer> {
        let key = PrivateKey::read(&text)
            .map_err(|what| self.problem(PRIVATE_KEY, what))
            .ok()?;
        if key.bits() < private_key::ADVISED {
            self.warn(format!(
                "{PRIVATE_KEY} has {} bits, which is short for an RSA key; jira-build-status oauth1 keygen makes one of {}",
                key.bits(),
                private_key::ADVISED
            ));
        }
        Some(Consumer {
            key: name,
            private_key: key,
            private_key_text: text,
        })
    }

    /// A secret from its variable or from the file that `X_FILE` names.
    pub(super) fn secret(
        &mut self,
        name: &str,
        (value, file): Given,
        multiline: bool,
    ) -> Option<Secret> {
        let read = match (value, file) {
            (None, None) => return None,
            (Some(_), Some(_)) => {
                self.problem(name, format!("and {name}_FILE are both set; set one"));
                return None;
            }
            (Some(value), None) => Secret::from_setting(&value, multiline).map_err(str::to_owned),
            (None, Some(path)) => {
                let setting = format!("{name}_FILE");
                let bytes = match read_file(&path) {
                    Ok(bytes) => bytes,
                    Err(error) => {
                        self.problem(&setting, named_file::unreadable(&setting, &error));
                        return None;
                    }
                };
                Secret::from_file(bytes, multiline)
                    .map_err(|what| format!("(from {setting}, {path}) {what}"))
            }
        };
        match read {
            Ok(secret) => {
                if secret.reveal().chars().count() < SHORT_SECRET {
                    self.warn(format!(
                        "{name} has fewer than {SHORT_SECRET} characters: it will be hidden wherever they occur in Jira's words"
                    ));
                }
                Some(secret)
            }
            Err(what) => {
                self.problem(name, what);
                None
            }
        }
    }
}

pub(super) fn read_file(path: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(LONGEST_SECRET + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_SECRET {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "it is longer than a mebibyte",
        ));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secrets_file_is_read_up_to_a_mebibyte() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        file.as_file().set_len(1 << 20).unwrap();
        assert_eq!(read_file(path).unwrap().len(), 1 << 20);
        file.as_file().set_len((1 << 20) + 1).unwrap();
        assert_eq!(
            read_file(path).unwrap_err().to_string(),
            "it is longer than a mebibyte"
        );
    }
}
