//! What `get` costs by the size of the body, beside curl. The second of our columns
//! hides an RSA key, too, the secret that is written in the most ways.

use crate::meter::{Make, peak, walls};
use crate::programs::{Binaries, CONNECTIONS, curl_get, with_one_authority};
use fake_jira::{Fault, On, Reply};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::pkcs8::LineEnding;

/// One of the issues of a search.
const ISSUE: &str = r#"{"id":"10042","self":"https://jira.example.com/rest/api/2/issue/10042","key":"HSP-1","fields":{"summary":"Build of the release branch","customfield_10314":{"value":"Passed"},"description":"The tests of \"login\" failed:\r\ntimeout after 30 s"}},"#;
const MB: [usize; 3] = [12, 25, 50];

/// Prints one row for each size, and gives the MB a second and the peak of the
/// last one, with the RSA key.
pub(crate) fn bodies(binaries: &Binaries) -> (f64, Option<u64>) {
    let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 4096).expect("a key");
    let key = key.to_pkcs1_pem(LineEnding::LF).expect("a text");
    println!(
        "\n| Body of `get` | ours, MB/s | with an RSA-4096 key | peak, KiB | curl, MB/s | ours / curl |\n|---|---|---|---|---|---|"
    );
    let mut last = (0.0, None);
    for megabytes in MB {
        let jira = CONNECTIONS[0].start();
        let body = ISSUE.repeat(megabytes * 1_000_000 / ISSUE.len());
        let mut reply = Reply::new(200).header("Content-Type", "application/json");
        reply.body = body.into_bytes();
        jira.always(On::Path("search"), Fault::Answer(reply));
        let ours = || {
            let mut command = with_one_authority(&binaries.ours, &jira, &CONNECTIONS[0]);
            command.args(["get", "/rest/api/2/search"]);
            command
        };
        let with_key = || {
            let mut command = ours();
            command
                .env("JIRA_OAUTH1_PRIVATE_KEY", key.as_str())
                .env("JIRA_AUTH", "basic");
            command
        };
        let makes: [Make; 3] = [&ours, &with_key, &|| curl_get(&jira, "/rest/api/2/search")];
        let taken = walls(3, &makes).into_iter().map(|wall| wall.as_secs_f64());
        let taken: Vec<f64> = taken.collect();
        let speeds: Vec<f64> = taken.iter().map(|taken| megabytes as f64 / taken).collect();
        last = (speeds[1], peak(&with_key));
        println!(
            "| {megabytes} MB | {:.1} | {:.1} | {} | {:.1} | {:.2} |",
            speeds[0],
            speeds[1],
            last.1.unwrap_or_default(),
            speeds[2],
            taken[1] / taken[2]
        );
    }
    last
}
