//! Users and the credentials they log in with.

#[derive(Debug, Clone)]
pub struct User {
    /// The login name on Server and Data Center.
    pub name: String,
    /// The password that goes with it.
    pub password: String,
    /// The display name.
    pub display_name: String,
    /// The address, with which Cloud pairs API tokens.
    pub email: String,
    /// The id by which Cloud knows the user.
    pub account_id: String,
    /// API tokens of Cloud without scopes.
    pub api_tokens: Vec<String>,
    /// API tokens of Cloud with scopes, which the site itself refuses.
    pub scoped_tokens: Vec<String>,
    /// Personal access tokens of Data Center.
    pub personal_tokens: Vec<String>,
    /// Names of the user's groups.
    pub groups: Vec<String>,
    /// Administers Jira: sees and edits everything, and may switch notifications off.
    pub administrator: bool,
    /// Whether the account is in use; a deactivated one cannot log in.
    pub active: bool,
}

impl User {
    /// A user who can log in with a password.
    pub fn new(name: &str, password: &str) -> Self {
        Self {
            name: name.to_owned(),
            password: password.to_owned(),
            display_name: name.to_owned(),
            email: format!("{name}@example.com"),
            account_id: format!("557058:{name}"),
            api_tokens: Vec::new(),
            scoped_tokens: Vec::new(),
            personal_tokens: Vec::new(),
            groups: vec!["jira-users".to_owned()],
            administrator: false,
            active: true,
        }
    }

    /// Sets the display name.
    pub fn display_name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.display_name);
        self
    }

    pub fn email(mut self, email: &str) -> Self {
        email.clone_into(&mut self.email);
        self
    }

    /// Sets Cloud's id.
    pub fn account_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.account_id);
        self
    }

    /// Gives an API token without scopes.
    pub fn api_token(mut self, token: &str) -> Self {
        self.api_tokens.push(token.to_owned());
        self
    }

    /// Gives an API token with scopes.
    pub fn scoped_token(mut self, token: &str) -> Self {
        self.scoped_tokens.push(token.to_owned());
        self
    }

    /// Gives a personal access token.
    pub fn personal_token(mut self, token: &str) -> Self {
        self.personal_tokens.push(token.to_owned());
        self
    }

    /// Puts the user into one more group.
    pub fn group(mut self, name: &str) -> Self {
        self.groups.push(name.to_owned());
        self
    }

    /// Makes the user an administrator of Jira.
    pub fn administrator(mut self) -> Self {
        self.administrator = true;
        self
    }
}
