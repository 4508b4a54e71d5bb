//! Reads the credentials: secrets from variables or files, made into the one
//! set that is meant. Shows none of them.

use crate::commands::consent::token_sink::TokenSink;
use crate::config::left_behind::is_credential;
use crate::config::parser::{NO_SECRET_HINT, SettingsParser, Subject, UNFILLED_HINT};
use crate::credentials::private_key::{self, PrivateKey};
use crate::credentials::{self, AuthMethod, Candidate, Credentials, NotChosen, RequiredVariable};
use crate::credentials::{Consumer, OAuth1State};
use crate::named_file;
use crate::redact::Secret;
use crate::settings::{
    API_TOKEN, API_TOKEN_FILE, AUTH, CONNECT_APP_KEY, CONNECT_SHARED_SECRET,
    CONNECT_SHARED_SECRET_FILE, Group, IF_NO_CREDENTIALS, OAUTH1_ACCESS_TOKEN,
    OAUTH1_ACCESS_TOKEN_FILE, OAUTH1_CONSUMER_KEY, OAUTH1_PRIVATE_KEY, OAUTH1_PRIVATE_KEY_FILE,
    PASSWORD, PASSWORD_FILE, PERSONAL_TOKEN, PERSONAL_TOKEN_FILE, SETTINGS, Setting, USER_EMAIL,
    USERNAME, Value,
};
use std::io::{self, Read};
use std::path::PathBuf;

/// Secrets shorter than this cannot be hidden without hiding half of every text.
const SHORT_SECRET: usize = 4;
/// A file with a secret or a value is read no further.
const LONGEST_FILE: u64 = 1 << 20;

pub(super) fn part(setting: &'static Setting, given: bool) -> RequiredVariable {
    RequiredVariable {
        variable: setting.variable,
        given,
    }
}

impl SettingsParser {
    /// The one set that is meant.
    pub(super) fn credentials(&mut self) -> Option<Credentials> {
        let method = match self.owned(AUTH) {
            None => None,
            Some(name) => {
                let found = AuthMethod::ALL
                    .into_iter()
                    .find(|method| method.name() == name.trim());
                if found.is_none() {
                    let names: Vec<_> =
                        AuthMethod::ALL.iter().map(|method| method.name()).collect();
                    let hint = format!("it is one of {}", names.join(" "));
                    self.error_with_hint(AUTH, format!("is {name:?}, which is no method"), hint);
                    return None;
                }
                found
            }
        };
        let before = self.errors.len();
        let candidates = self.candidates(method);
        if self.errors.len() > before || self.refused.iter().any(|one| is_credential(one)) {
            return None;
        }
        credentials::choose(candidates, method)
            .map_err(|why| self.not_chosen(why))
            .ok()
    }

    /// What is known of the cause is said in place of all that might be given.
    fn not_chosen(&mut self, why: NotChosen) {
        let environment = &self.given.environment;
        let is_empty = |name: &&&str| environment.is_empty(name);
        let empty: Vec<&str> = why.missing.iter().filter(is_empty).copied().collect();
        let unfilled = self.unfilled_among(&why.missing);
        let meant = environment.meant_as_credentials(&why.missing);
        let (message, hint) = if !unfilled.is_empty() {
            let message = unfilled.trim_start_matches("; ").to_owned();
            (message, UNFILLED_HINT.to_owned())
        } else if !empty.is_empty() {
            let verb = if empty.len() == 1 { "is" } else { "are" };
            let message = format!("{} {verb} set but empty", empty.join(" and "));
            (message, NO_SECRET_HINT.to_owned())
        } else if meant.is_empty() {
            (format!("{}{}", why.cause, why.kinds), why.hint)
        } else {
            (format!("{}{meant}", why.cause), why.hint)
        };
        self.push(message, hint);
    }

    /// Every set of credentials that the variables might make.
    fn candidates(&mut self, method: Option<AuthMethod>) -> Vec<Candidate> {
        let mut candidates = self.passwords(method);
        let app_key = self.owned(CONNECT_APP_KEY);
        let personal_token = self.secret(PERSONAL_TOKEN, PERSONAL_TOKEN_FILE);
        let shared_secret = self.secret(CONNECT_SHARED_SECRET, CONNECT_SHARED_SECRET_FILE);
        candidates.push(Candidate {
            method: AuthMethod::Bearer,
            parts: vec![part(PERSONAL_TOKEN, personal_token.is_some())],
            complete: personal_token.map(Credentials::Bearer),
        });
        candidates.push(self.oauth1(method));
        candidates.extend(self.oauth2_offers());
        candidates.push(Candidate {
            method: AuthMethod::Connect,
            parts: vec![
                part(CONNECT_APP_KEY, app_key.is_some()),
                part(CONNECT_SHARED_SECRET, shared_secret.is_some()),
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
        let (username, user_email) = (self.owned(USERNAME), self.owned(USER_EMAIL));
        let password = self.secret(PASSWORD, PASSWORD_FILE);
        let api_token = self.secret(API_TOKEN, API_TOKEN_FILE);
        let with_password = vec![
            part(USERNAME, username.is_some()),
            part(PASSWORD, password.is_some()),
        ];
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
        let with_token = vec![
            part(USER_EMAIL, user_email.is_some()),
            part(API_TOKEN, api_token.is_some()),
        ];
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
        let (consumer_key, key) = self.consumer_parts();
        let token = self.secret(OAUTH1_ACCESS_TOKEN, OAUTH1_ACCESS_TOKEN_FILE);
        let parts = vec![
            part(OAUTH1_CONSUMER_KEY, consumer_key.is_some()),
            part(OAUTH1_PRIVATE_KEY, key.is_some()),
            part(OAUTH1_ACCESS_TOKEN, token.is_some()),
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
        let key = self.secret(OAUTH1_PRIVATE_KEY, OAUTH1_PRIVATE_KEY_FILE);
        (self.owned(OAUTH1_CONSUMER_KEY), key)
    }

    /// Who asks for a token, for the steps in which there is none yet.
    pub(super) fn consumer(&mut self) -> Option<Consumer> {
        let before = self.errors.len();
        let (name, key) = self.consumer_parts();
        if name.is_none() {
            let what = ": the consumer key of Jira's application link";
            self.missing(OAUTH1_CONSUMER_KEY, what);
        }
        if key.is_none() && self.errors.len() == before + usize::from(name.is_none()) {
            let what = ": jira-build-status oauth1 keygen makes one";
            self.missing(OAUTH1_PRIVATE_KEY, what);
        }
        self.consumer_of(name?, key?)
    }

    /// A secret of a few minutes, which a person copies from a page.
    pub(super) fn typed_secret(&mut self, setting: &'static Setting, what: &str) -> Option<Secret> {
        let Some(text) = self.given.text(setting) else {
            self.missing(setting, &format!(": {what}"));
            return None;
        };
        Secret::from_setting(text, false)
            .map_err(|what| self.error(setting, what))
            .ok()
    }

    pub(super) fn token_sink(&self, out: &'static Setting) -> TokenSink {
        match self.given.text_or_default(out) {
            "-" => TokenSink::Stdout,
            path => TokenSink::File(PathBuf::from(path)),
        }
    }

    fn consumer_of(&mut self, name: String, text: Secret) -> Option<Consumer> {
        let key = PrivateKey::read(&text)
            .map_err(|wrong| {
                let hint = wrong.hint.unwrap_or_else(|| private_key::KEYGEN.to_owned());
                self.error_with_hint(OAUTH1_PRIVATE_KEY, wrong.cause, hint);
            })
            .ok()?;
        if key.bits() < private_key::ADVISED {
            self.warn(format!(
                "{OAUTH1_PRIVATE_KEY} has {} bits, which is short for an RSA key; \
                 jira-build-status oauth1 keygen makes one of {}",
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

    /// Why a job is skipped that is given no secret at all, where that is asked for. A
    /// name alone is no credential: it is the same in a fork's build.
    pub(super) fn skips_without_secrets(&mut self) -> Option<String> {
        let skip = self.fail_or_skip(IF_NO_CREDENTIALS);
        let is_secret = |setting: &&&Setting| {
            let kinds = [Value::Secret, Value::SecretLines, Value::File];
            setting.group == Group::Environment && kinds.contains(&setting.value)
        };
        let mut secrets = SETTINGS.iter().filter(is_secret);
        let given = secrets.any(|setting| self.given.text(setting).is_some());
        (skip && !given).then(|| {
            format!("no password, token or key is set, as in a fork's build, and {IF_NO_CREDENTIALS} is skip")
        })
    }

    /// A secret from its variable or from the file that `X_FILE` names.
    pub(super) fn secret(&mut self, name: &Setting, file: &Setting) -> Option<Secret> {
        let multiline = name.value == Value::SecretLines;
        let read = match (self.owned(name), self.owned(file)) {
            (None, None) => return None,
            (Some(_), Some(_)) => {
                self.error_with_hint(
                    name,
                    format!("and {file} are both set"),
                    "unset one of them",
                );
                return None;
            }
            (Some(value), None) => Secret::from_setting(&value, multiline).map_err(str::to_owned),
            (None, Some(path)) => {
                let bytes = match read_file(&path) {
                    Ok(bytes) => bytes,
                    Err(error) => {
                        self.error(
                            Subject::variable(file),
                            named_file::unreadable(file.variable, &error),
                        );
                        return None;
                    }
                };
                Secret::from_file(bytes, multiline)
                    .map_err(|what| format!("(from {file}, {path}) {what}"))
            }
        };
        match read {
            Ok(secret) => {
                if secret.reveal().chars().count() < SHORT_SECRET {
                    self.warn(format!(
                        "{name} has fewer than {SHORT_SECRET} characters: it will be hidden \
                         wherever they occur in Jira's words"
                    ));
                }
                Some(secret)
            }
            Err(what) => {
                self.error(name, what);
                None
            }
        }
    }
}

pub(super) fn read_file(path: &str) -> io::Result<Vec<u8>> {
    read_limited(std::fs::File::open(path)?)
}

/// All of it, where that is no more than a mebibyte.
pub(super) fn read_limited(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_FILE {
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
