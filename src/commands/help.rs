//! `help TOPIC`: the credentials and the fields, with an example each.

use crate::edit::app_field::APP_FIELDS;
use crate::edit::field_types::FIELD_TYPES;
use std::fmt::Write;

const CREDENTIALS: &str = "\
Set credentials in the environment. Give each secret X as X_FILE, a path, if you like.

  basic   Server, Data Center: JIRA_USERNAME, JIRA_PASSWORD
            JIRA_USERNAME=ci-bot JIRA_PASSWORD_FILE=/run/secrets/jira
          Cloud: JIRA_USER_EMAIL, JIRA_API_TOKEN (id.atlassian.com, Security, API tokens)
            JIRA_USER_EMAIL=ci@example.com JIRA_API_TOKEN=...
  session Server, Data Center: one login for all issues
            JIRA_AUTH=session JIRA_USERNAME=ci-bot JIRA_PASSWORD_FILE=/run/secrets/jira
  bearer  Data Center: JIRA_PERSONAL_TOKEN (your profile, Personal Access Tokens)
            JIRA_PERSONAL_TOKEN_FILE=/run/secrets/jira-token
  oauth1  Server, Data Center: an application link, and what oauth1 --help explains
            JIRA_OAUTH1_CONSUMER_KEY=ci JIRA_OAUTH1_PRIVATE_KEY_FILE=key.pem
            JIRA_OAUTH1_ACCESS_TOKEN_FILE=jira-oauth1.token
  oauth2  an access token as it is: JIRA_OAUTH2_ACCESS_TOKEN
          a service account (Cloud: admin.atlassian.com; Data Center: an application link)
            JIRA_OAUTH2_CLIENT_ID=abc JIRA_OAUTH2_CLIENT_SECRET_FILE=/run/secrets/jira
            JIRA_OAUTH2_SCOPE=WRITE
          a user's consent, from oauth2 authorize, in a file that is kept between runs, because
          each use replaces the token
            JIRA_OAUTH2_CLIENT_ID=abc JIRA_OAUTH2_CLIENT_SECRET=...
            JIRA_OAUTH2_REFRESH_TOKEN_FILE=jira-oauth2.token
  connect Cloud: an installed app
            JIRA_CONNECT_APP_KEY=com.example.ci JIRA_CONNECT_SHARED_SECRET_FILE=/run/secrets/jira

Send Cloud's tokens with scopes, as API token (basic) or alone (bearer, JIRA_PERSONAL_TOKEN),
through Atlassian's gateway: JIRA_CLOUD_ID=auto (--cloud-id auto). OAuth 2.0 on Cloud always goes
there. Complete one kind; where more than one is complete, choose with JIRA_AUTH (--auth).
";

pub(crate) const TOPICS: [&str; 2] = ["credentials", "fields"];

/// The text of a topic; `None` where there is no such topic.
pub(crate) fn text(topic: &str) -> Option<String> {
    match topic {
        "credentials" => Some(CREDENTIALS.to_owned()),
        "fields" => Some(fields()),
        _ => None,
    }
}

fn fields() -> String {
    let mut text = String::from(
        "With --type auto, the default, Jira is asked for the field's type. Name it to save that request.\n\
         To list the fields of an issue: jira-build-status fields --issue HSP-1\n\n",
    );
    for entry in FIELD_TYPES {
        let types = entry.jira_types.join(", ").replace("system:", "");
        let for_types = if types.is_empty() {
            String::new()
        } else {
            wrapped(&format!("for {types}"))
        };
        let _ = write!(
            text,
            "  {}\n{for_types}      {}\n        sends {}\n",
            entry.name, entry.text, entry.json
        );
    }
    text.push_str("\nFields of apps need no --type; Jira is asked for theirs:\n\n");
    for one in APP_FIELDS {
        let _ = write!(
            text,
            "  {}\n      {}\n        sends {}\n",
            one.name, one.text, one.json
        );
    }
    text.push_str(
        "\nSeparate several values by commas or lines, or give a JSON array. On Cloud give account ids\n\
         for users. Dates and times may be now. FIELD:=JSON sends JSON as it is, FIELD:=null clears a\n\
         field; FIELD+=TEXT and FIELD-=TEXT add to and remove from a field of several values.\n\
         --comment TEXT, worklog+=1h and issuelinks+=blocks HSP-2 add a comment, a worklog and a link;\n\
         timetracking=2h is the estimate.\n",
    );
    text
}

/// The words on lines of a width that any terminal and log has, indented.
fn wrapped(words: &str) -> String {
    let mut text = String::new();
    let mut line = String::new();
    for word in words.split(' ') {
        if !line.is_empty() && line.len() + word.len() > 85 {
            let _ = writeln!(text, "     {line}");
            line.clear();
        }
        let _ = write!(line, " {word}");
    }
    text + "     " + &line + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_words_is_as_long_as_it_may_be_and_no_longer() {
        let rest = "b".repeat(45);
        let lines = |first: usize| wrapped(&format!("{} {rest} c", "a".repeat(first)));
        assert_eq!(lines(39).lines().count(), 2);
        assert!(lines(39).lines().next().unwrap().ends_with('b'));
        assert!(lines(40).lines().next().unwrap().ends_with('a'));
    }
}
