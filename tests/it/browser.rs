//! A browser of a few lines: it opens an address, presses a button of a form,
//! and goes where it is sent.

use std::io::{Read, Write};
use std::net::TcpStream;
use url::Url;

/// What a browser shows.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
    address: Url,
}

pub fn open(address: &str) -> Page {
    ask(Url::parse(address).unwrap(), "GET", "")
}

impl Page {
    /// Presses the button of this id: the form's hidden fields and the button's
    /// value go back to the same page.
    pub fn press(&self, button: &str) -> Page {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for input in self.body.split("<input type=\"hidden\" ").skip(1) {
            form.append_pair(&attribute(input, "name"), &attribute(input, "value"));
        }
        let button = self
            .body
            .split("<button ")
            .find(|text| attribute(text, "id") == button)
            .unwrap();
        form.append_pair(&attribute(button, "name"), &attribute(button, "value"));
        ask(self.address.clone(), "POST", &form.finish())
    }

    /// Goes where the page sends the browser.
    pub fn follow(&self) -> Page {
        assert_eq!(self.status, 302, "{self:?}");
        open(self.location.as_ref().unwrap())
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let start = tag.split_once(&format!("{name}=\"")).map(|(_, rest)| rest);
    let text = start
        .and_then(|rest| rest.split_once('"'))
        .map_or("", |(text, _)| text);
    text.replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn ask(address: Url, method: &str, form: &str) -> Page {
    let mut stream = TcpStream::connect(("localhost", address.port().unwrap())).unwrap();
    let target = &address[url::Position::BeforePath..url::Position::AfterQuery];
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Mozilla/5.0\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let location = head
        .lines()
        .find_map(|line| line.strip_prefix("Location: "))
        .map(str::to_owned);
    Page {
        status: head[9..12].parse().unwrap(),
        location,
        body: body.to_owned(),
        address,
    }
}
