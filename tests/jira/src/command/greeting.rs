//! What the program prints when it is ready: all that a person needs to use it.

use fake_jira::{Jira, Kind, Site, User, world};
use std::fmt::Write;
use std::path::Path;

/// How many issues and fields are listed.
const LISTED: usize = 60;

/// All but comments are lines for a shell, and those that begin with `export` are settings.
pub(crate) fn greeting(jira: &Jira, ca_out: Option<&Path>) -> Result<String, String> {
    let site = jira.site();
    let site = site.lock().map_err(|_| "the Jira has failed")?;
    let user = site.users().first().ok_or("the world has no user")?;
    let Some((issue, field, value)) = an_edit(&site) else {
        return Err("the world has no issue with a field that can be written".to_owned());
    };
    let ca_file = jira.base_url().starts_with("https").then(|| {
        let file = ca_out.unwrap_or_else(|| jira.ca_file());
        std::path::absolute(file).map_or(file.display().to_string(), |f| f.display().to_string())
    });
    let sheet = Sheet {
        jira,
        site: &site,
        user,
        ca_file,
        issue,
        field,
        value,
    };
    let mut text = String::new();
    let written = sheet.write(&mut text);
    written.map_err(|error| error.to_string()).map(|()| text)
}

/// The first issue, and a field of it that takes a text as it stands.
fn an_edit(site: &Site) -> Option<(String, String, String)> {
    let issue = site.issues().next()?;
    let options = |id: &str| site.options(&issue.key, id);
    let named = |id: &str, value: &str| Some((issue.key.clone(), id.to_owned(), value.to_owned()));
    if options(world::BUILD_STATUS).contains(&"Passed".to_owned()) {
        return named(world::BUILD_STATUS, "Passed");
    }
    let mut fields = site.fields().iter().filter(|field| field.on_screen);
    let selects = fields.clone().filter(|field| field.kind.is_select());
    for field in selects {
        if let Some(value) = options(&field.id).first() {
            return named(&field.id, value);
        }
    }
    let field = fields.find(|field| field.kind.is_text())?;
    named(&field.id, "Passed")
}

struct Sheet<'a> {
    jira: &'a Jira,
    site: &'a Site,
    user: &'a User,
    ca_file: Option<String>,
    issue: String,
    field: String,
    value: String,
}

impl Sheet<'_> {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        let base = self.jira.base_url();
        let kind = match self.site.kind() {
            Kind::Server => "server",
            Kind::DataCenter => "data-center",
            Kind::Cloud => "cloud",
        };
        writeln!(out, "# A Jira ({kind}) is listening; Ctrl-C ends it.")?;
        let (first, issue) = (format!("{base}/"), format!("{base}/browse/{}", self.issue));
        writeln!(out, "# In a browser: {first} and {issue}")?;
        writeln!(out, "# For another shell:\nexport JIRA_BASE_URL={base}")?;
        if let Some(file) = &self.ca_file {
            writeln!(out, "export JIRA_CA_BUNDLE={}", quoted(file))?;
        }
        self.credentials(out)?;
        writeln!(
            out,
            "export JIRA_ISSUE_KEY={} JIRA_FIELD_ID={} JIRA_FIELD_VALUE={}",
            self.issue,
            self.field,
            quoted(&self.value)
        )?;
        self.examples(out)?;
        self.orders(out)?;
        self.contents(out)
    }

    fn credentials(&self, out: &mut String) -> std::fmt::Result {
        let user = self.user;
        if self.site.kind() == Kind::Cloud {
            writeln!(
                out,
                "export JIRA_CLOUD_API_URL={} JIRA_CLOUD_AUTH_URL={}",
                self.jira.api_url(),
                self.jira.auth_url()
            )?;
        }
        let (name, secret) = self.pair();
        let (name, secret) = (quoted(name), quoted(secret));
        match self.site.kind() {
            Kind::Cloud => writeln!(out, "export JIRA_USER_EMAIL={name} JIRA_API_TOKEN={secret}")?,
            _ => writeln!(out, "export JIRA_USERNAME={name} JIRA_PASSWORD={secret}")?,
        }
        if let (Kind::DataCenter, Some(token)) = (self.site.kind(), user.personal_tokens.first()) {
            let token = quoted(token);
            writeln!(
                out,
                "# or, in place of the password: JIRA_PERSONAL_TOKEN={token}"
            )?;
        }
        if self.site.kind() != Kind::Server {
            writeln!(
                out,
                "# or a user's consent, with oauth2 authorize (its redirect address is {}):\n\
                 # JIRA_OAUTH2_CLIENT_ID={} JIRA_OAUTH2_CLIENT_SECRET={}",
                world::REDIRECT,
                world::CLIENT_ID,
                world::CLIENT_SECRET
            )?;
        }
        Ok(())
    }

    /// What Basic authentication takes here.
    fn pair(&self) -> (&str, &str) {
        let user = self.user;
        match self.site.kind() {
            Kind::Cloud => (&user.email, user.api_tokens.first().map_or("", |t| t)),
            _ => (&user.name, &user.password),
        }
    }

    fn examples(&self, out: &mut String) -> std::fmt::Result {
        let base = self.jira.base_url();
        let (name, secret) = self.pair();
        let trusted = self.ca_file.as_deref().map(quoted);
        let for_curl = trusted.as_deref().map(|file| format!("--cacert {file} "));
        let for_program = trusted.map(|file| format!("JIRA_CA_BUNDLE={file} "));
        let variables = match self.site.kind() {
            Kind::Cloud => ["JIRA_USER_EMAIL", "JIRA_API_TOKEN"],
            _ => ["JIRA_USERNAME", "JIRA_PASSWORD"],
        };
        writeln!(
            out,
            "# Each of these works as it stands:\n\
             curl {}--user {} '{base}/rest/api/2/issue/{}?fields={}'\n\
             JIRA_BASE_URL={base} {}{}={} {}={} jira-build-status --issue {} --field {} --value {}",
            for_curl.unwrap_or_default(),
            quoted(&format!("{name}:{secret}")),
            self.issue,
            self.field,
            for_program.unwrap_or_default(),
            variables[0],
            quoted(name),
            variables[1],
            quoted(secret),
            self.issue,
            self.field,
            quoted(&self.value)
        )
    }

    /// How to let the next write fail, where there is an administrator to order it.
    fn orders(&self, out: &mut String) -> std::fmt::Result {
        let mut users = self.site.users().iter();
        let Some(user) = users.find(|user| user.administrator && user.active) else {
            return Ok(());
        };
        let trusted = self.ca_file.as_deref().map(quoted);
        let trusted = trusted.map(|file| format!("--cacert {file} "));
        writeln!(
            out,
            "# To let the next write fail:\n\
             # curl {}--user {} -H 'Content-Type: application/json' \
             -d '{{\"faults\": [{{\"method\": \"PUT\", \"status\": 503}}]}}' {}/__fake",
            trusted.unwrap_or_default(),
            quoted(&format!("{}:{}", user.name, user.password)),
            self.jira.base_url()
        )
    }

    fn contents(&self, out: &mut String) -> std::fmt::Result {
        for field in self.site.fields().iter().take(LISTED) {
            let choices = field.contexts.iter().flat_map(|context| &context.options);
            let options: Vec<_> = choices.map(|choice| choice.value.as_str()).collect();
            let more = if options.len() > 12 { " | ..." } else { "" };
            let colon = if options.is_empty() { "" } else { ": " };
            let shown = options.iter().take(12).copied().collect::<Vec<_>>();
            let shown = shown.join(" | ");
            writeln!(
                out,
                "# Field: {} {}{colon}{shown}{more}",
                field.id, field.name
            )?;
        }
        let count = self.site.issues().count();
        let issues = self.site.issues().take(LISTED);
        let keys: Vec<&str> = issues.map(|issue| issue.key.as_str()).collect();
        let more = if count > LISTED { " ..." } else { "" };
        writeln!(
            out,
            "# Issues ({count}): {}{more}\n# Users:",
            keys.join(" ")
        )?;
        for user in self.site.users() {
            let role = if user.administrator {
                ", administrator"
            } else {
                ""
            };
            writeln!(out, "#   {}{role}", self.login(user))?;
        }
        Ok(())
    }

    fn login(&self, user: &User) -> String {
        let tokens = |tokens: &[String]| tokens.join(" or ");
        match self.site.kind() {
            Kind::Cloud if user.api_tokens.is_empty() => format!("{}, without a token", user.email),
            Kind::Cloud => format!("{} with {}", user.email, tokens(&user.api_tokens)),
            Kind::DataCenter if !user.personal_tokens.is_empty() => format!(
                "{} with {:?} or as bearer {}",
                user.name,
                user.password,
                tokens(&user.personal_tokens)
            ),
            _ => format!("{} with {:?}", user.name, user.password),
        }
    }
}

/// One word of a shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word_in_a_shell() {
        assert_eq!(quoted("ci@example.com"), "ci@example.com");
        assert_eq!(quoted("correct horse"), "'correct horse'");
        assert_eq!(quoted("it's $(it)"), "'it'\\''s $(it)'");
        assert_eq!(quoted(""), "''");
    }
}
