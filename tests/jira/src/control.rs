//! `/__fake`: faults and changes that administrators order while a Jira runs.

mod orders;

use crate::connection::{Shared, lock};
use crate::login::CAPTCHA_AFTER;
use crate::message::{Reply, Request};
use crate::pages::is_from_here;
use crate::refusal;
use crate::site::Site;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use orders::{IssueOrder, Orders};

const PATH: &str = "/__fake";
const STATES: [&str; 6] = [
    "RUNNING",
    "STARTING",
    "STOPPING",
    "FIRST_RUN",
    "MAINTENANCE",
    "ERROR",
];

/// Nothing where the request is for another path, or the site has none such.
pub(crate) fn answer(shared: &Shared, request: &Request) -> Option<Reply> {
    let mut site = lock(&shared.site);
    if !site.switches.pages || site.below_context(request.path())? != PATH {
        return None;
    }
    if let Err(refused) = admitted(&site, request) {
        return Some(refused);
    }
    let mut faults = lock(&shared.faults);
    Some(match request.method.as_str() {
        "DELETE" => {
            faults.clear();
            Reply::new(204)
        }
        "POST" => match read(&site, request) {
            Err(wrong) => refusal::messages(400, &[&wrong]),
            Ok((orders, ordered)) => {
                for (order, fault) in orders.faults.iter().zip(ordered) {
                    faults.order(order.place(), fault.0, fault.1);
                }
                site.carry_out(orders);
                Reply::new(204)
            }
        },
        _ => refusal::messages(405, &["POST orders, DELETE removes every fault"])
            .header("Allow", "POST, DELETE"),
    })
}

/// A page in a browser can send none of these from another site.
fn admitted(site: &Site, request: &Request) -> Result<(), Reply> {
    if !is_from_here(request) {
        return Err(refusal::messages(
            403,
            &["Orders are for this machine alone."],
        ));
    }
    match site.administers(request) {
        Some(true) => {}
        Some(false) => return Err(refusal::messages(403, &["Orders are for administrators."])),
        None => {
            let text = "Orders need the name and password, or a token, of an administrator.";
            return Err(refusal::messages(401, &[text]));
        }
    }
    let media_type = request.value_of("Content-Type").unwrap_or_default();
    match request.method == "POST" && !media_type.starts_with("application/json") {
        true => Err(refusal::messages(415, &["Orders are application/json."])),
        false => Ok(()),
    }
}

type Ordered = Vec<(crate::fault::Fault, Option<u32>)>;

/// Everything is checked before anything is done.
fn read(site: &Site, request: &Request) -> Result<(Orders, Ordered), String> {
    let orders: Orders =
        serde_json::from_slice(&request.body).map_err(|error| error.to_string())?;
    let faults = orders.faults.iter();
    let faults = faults.map(|order| Ok((order.fault()?, order.times()?)));
    let faults = faults.collect::<Result<_, String>>()?;
    if let Some(state) = &orders.site.state
        && !STATES.contains(&state.as_str())
    {
        return Err(format!(
            "state is one of {}, not {state:?}",
            STATES.join(", ")
        ));
    }
    for name in orders.users.keys() {
        site.user(name)
            .ok_or_else(|| format!("there is no user {name:?}"))?;
    }
    for id in orders.fields.keys() {
        let known = site.fields.iter().any(|field| field.id == *id);
        known
            .then_some(())
            .ok_or_else(|| format!("there is no field {id:?}"))?;
    }
    for (key, order) in &orders.issues {
        let known = site.keys.contains_key(key);
        known
            .then_some(())
            .ok_or_else(|| format!("there is no issue {key:?}"))?;
        if let Some(target) = &order.moved_to {
            site.can_move_to(target)?;
        }
    }
    Ok((orders, faults))
}

impl Site {
    /// Whether the credentials are an administrator's; nothing where they are nobody's.
    fn administers(&self, request: &Request) -> Option<bool> {
        let credentials = request.value_of("Authorization")?;
        let (scheme, rest) = credentials.split_once(' ')?;
        let pair = match scheme.eq_ignore_ascii_case("basic") {
            true => String::from_utf8(BASE64_STANDARD.decode(rest).ok()?).ok()?,
            false => format!(":{rest}"),
        };
        let (name, secret) = pair.split_once(':')?;
        let user = self.users.iter().find(|user| {
            let tokens = user.api_tokens.iter().chain(&user.personal_tokens);
            let by_token = tokens.into_iter().any(|token| token == secret);
            let by_password = !name.is_empty() && user.password == secret;
            let named = name.is_empty() || name == user.name || name == user.email;
            user.active && named && (by_token || by_password)
        });
        user.map(|user| user.administrator)
    }

    fn can_move_to(&self, key: &str) -> Result<(), String> {
        let (project, number) = key.rsplit_once('-').unwrap_or((key, ""));
        let known = self.projects.iter().any(|known| known.key == project);
        match known && number.parse::<u64>().is_ok() && !self.keys.contains_key(key) {
            true => Ok(()),
            false => Err(format!("{key:?} is taken, or no key of a project here")),
        }
    }

    fn carry_out(&mut self, orders: Orders) {
        let site = orders.site;
        if let Some(maintenance) = site.maintenance {
            self.switches.maintenance = maintenance;
            self.set_state(if maintenance {
                "MAINTENANCE"
            } else {
                "RUNNING"
            });
        }
        if let Some(state) = &site.state {
            self.set_state(state);
        }
        if let Some(blocked) = site.basic_blocked {
            self.block_basic(blocked);
        }
        self.limits.cloud = site.cloud_limits.unwrap_or(self.limits.cloud);
        self.limits.budget = site.budget.or(self.limits.budget);
        for (name, order) in orders.users {
            match order.captcha {
                Some(true) => drop(self.bad_logins.insert(name.clone(), CAPTCHA_AFTER)),
                Some(false) => self.solve_captcha(&name),
                None => {}
            }
            if let Some(user) = self.user_mut(&name) {
                user.active = order.active.unwrap_or(user.active);
            }
        }
        for (id, order) in orders.fields {
            if let Some(field) = self.field_mut(&id) {
                field.name = order.name.unwrap_or_else(|| field.name.clone());
                field.on_screen = order.on_screen.unwrap_or(field.on_screen);
                field.required = order.required.unwrap_or(field.required);
                field.ignored = order.ignored.unwrap_or(field.ignored);
            }
        }
        for (key, order) in orders.issues {
            self.change_issue(&key, order);
        }
    }

    fn change_issue(&mut self, key: &str, order: IssueOrder) {
        if order.removed {
            self.remove_issue(key);
            return;
        }
        let Some(issue) = self.issue_mut(key) else {
            return;
        };
        issue.closed = order.closed.unwrap_or(issue.closed);
        issue.archived = order.archived.unwrap_or(issue.archived);
        if let Some(names) = order.read_only_for {
            issue.read_only_for = names;
        }
        if let Some(target) = order.moved_to {
            let (project, _) = target.rsplit_once('-').unwrap_or((&target, ""));
            project.clone_into(&mut issue.project);
            issue.key.clone_from(&target);
            let id = issue.id;
            // The old key goes on leading there.
            self.keys.insert(target, id);
        }
    }

    /// What everything below `/rest` answers in the meantime. The status is documented,
    /// of the body no more than Cloud's title.
    pub(crate) fn maintenance(&self) -> Reply {
        match self.is_self_hosted() {
            true => refusal::tomcat(503, ""),
            false => refusal::page(
                503,
                "Atlassian Cloud Notifications - Page Unavailable",
                "This page is not available at the moment.",
            ),
        }
    }
}
