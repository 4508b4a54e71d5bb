//! How the time of a whole run grows with what it is given and what Jira
//! answers, beside curl with the same requests and the floor with the same PUT.
//! `cargo bench --bench growth` measures the parts alone, and memory.

use crate::meter::{Make, run, walls};
use crate::programs::{
    Binaries, CONNECTIONS, Expected, big_jira, curl_put, floor_put, with_one_authority, xargs_curl,
};
use fake_jira::{Fault, Jira, On, Reply, world};
use serde_json::{Value, json};

const ROUNDS: usize = 7;
const TIMES: [usize; 3] = [1, 2, 4];
const METADATA: &str = "/rest/api/2/issue/HSP-1/editmeta";

/// What our program is given beside its credentials, and the Jira that answers it.
struct Load {
    jira: Jira,
    variables: Vec<(&'static str, String)>,
    issues: usize,
}

type Row = (&'static str, fn(usize) -> Load);

const ROWS: [Row; 6] = [
    ("300 values of 1000 options", |times| {
        values(300 * times, 1000 * times)
    }),
    ("100 values of 5000 options", |times| {
        values(100 * times, 5000)
    }),
    ("one value of 30,000 options", |times| {
        values(1, 30_000 * times)
    }),
    ("edit metadata of 4 MB, one field", |times| {
        fields(5000 * times)
    }),
    ("a refusal with 2500 messages", |times| {
        messages(2500 * times)
    }),
    ("100 issues", |times| issues(100 * times)),
];

/// Prints a row for each, with the exponent of each program's time from 1x to 4x.
pub(crate) fn growing(binaries: &Binaries) {
    println!(
        "\n| Wall, ms at 1x, 2x, 4x | ours | exponent | curl | exponent | floor, the PUT alone | exponent |"
    );
    println!("|---|---|---|---|---|---|---|");
    for (name, load) in ROWS {
        let measured = TIMES.map(|times| measure(binaries, &load(times)));
        let cells = (0..3).map(|program| cell(measured.each_ref().map(|walls| walls[program])));
        println!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
}

fn cell(walls: [Option<f64>; 3]) -> String {
    let [Some(least), Some(twice), Some(most)] = walls else {
        return " | ".to_owned();
    };
    let exponent = (most / least).log(4.0);
    format!("{least:.1}, {twice:.1}, {most:.1} | {exponent:.2}")
}

/// Milliseconds of ours, curl's and the floor's.
fn measure(binaries: &Binaries, load: &Load) -> [Option<f64>; 3] {
    let Load {
        jira,
        variables,
        issues,
    } = load;
    let ours = || {
        let mut command = with_one_authority(&binaries.ours, jira, &CONNECTIONS[0]);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command
    };
    run(&mut ours());
    let requests = jira.requests();
    let asked = requests.iter().any(|asked| asked.path.ends_with(METADATA));
    let write = requests.last().expect("it has written");
    let body = String::from_utf8(write.body.clone()).expect("JSON");
    let expected = match write.status {
        Some(204) => Expected::Success,
        _ => Expected::Refusal,
    };
    let theirs = || match issues {
        1 => {
            let before = asked.then_some(METADATA);
            curl_put(jira, jira.ca_file(), expected, before, &body)
        }
        count => xargs_curl(jira, *count),
    };
    let floor = || floor_put(&binaries.floor, jira, jira.port(), &body);
    let mut makes: Vec<Make> = vec![&ours, &theirs];
    // It takes a success alone, and writes one issue.
    if let (Expected::Success, 1) = (expected, issues) {
        makes.push(&floor);
    }
    let mut walls = walls(ROUNDS, &makes)
        .into_iter()
        .map(|wall| wall.as_secs_f64() * 1e3);
    [walls.next(), walls.next(), walls.next()]
}

/// Writes what Jira's stand-in would have to look up; it answers as Jira does where
/// everything is as the metadata says.
fn write(metadata: &Value, value: String) -> Load {
    let jira = CONNECTIONS[0].start();
    let answer = Reply::json(200, metadata);
    jira.always(On::Path("editmeta"), Fault::Answer(answer));
    jira.always(On::Write, Fault::Answer(Reply::new(204)));
    Load {
        jira,
        variables: vec![
            ("JIRA_FIELD_TYPE", "auto".to_owned()),
            ("JIRA_FIELD_VALUE", value),
        ],
        issues: 1,
    }
}

fn field(name: &str, options: usize) -> Value {
    let option = |at: usize| {
        json!({
            "self": format!("https://jira.example.com/rest/api/2/customFieldOption/{at}"),
            "value": format!("Option {at}"),
            "id": at.to_string(),
        })
    };
    json!({
        "required": false,
        "schema": {
            "type": "array",
            "items": "option",
            "custom": "com.atlassian.jira.plugin.system.customfieldtypes:multiselect",
        },
        "name": name,
        "operations": ["add", "set", "remove"],
        "allowedValues": (0..options).map(option).collect::<Value>(),
    })
}

fn values(count: usize, listed: usize) -> Load {
    let metadata = json!({ "fields": { world::BUILD_STATUS: field("Stages", listed) } });
    let values: Vec<_> = (0..count).map(|at| format!("Option {at}")).collect();
    write(&metadata, values.join(","))
}

/// Edit metadata of ever more fields, of which one is written.
fn fields(count: usize) -> Load {
    let fields = (0..count).map(|at| (format!("customfield_2{at:05}"), field("Other", 4)));
    let mut fields: serde_json::Map<_, _> = fields.collect();
    fields.insert(world::BUILD_STATUS.to_owned(), field("Stages", 4));
    write(&json!({ "fields": fields }), "Option 1".to_owned())
}

fn messages(count: usize) -> Load {
    let jira = CONNECTIONS[0].start();
    let messages: Vec<_> = (0..count).map(|at| format!("Sentence {at}.")).collect();
    let refusal = Reply::json(400, &json!({ "errorMessages": messages, "errors": {} }));
    jira.always(On::Write, Fault::Answer(refusal));
    let variables = vec![("JIRA_ALLOW_FAILURE", "true".to_owned())];
    Load {
        jira,
        variables,
        issues: 1,
    }
}

fn issues(count: usize) -> Load {
    let (jira, keys) = big_jira(count);
    Load {
        jira,
        variables: vec![("JIRA_ISSUE_KEY", keys)],
        issues: count,
    }
}
