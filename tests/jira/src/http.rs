//! HTTP/1.1: reading requests from a stream and encoding answers.

use crate::message::{Reply, Request};
use crate::refusal;
use std::time::SystemTime;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The limits of Tomcat's connector, roughly.
const LARGEST_HEAD: usize = 64 * 1024;
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// Why no request came.
pub(crate) enum NoRequest {
    /// The client closed the connection, perhaps within a request.
    Disconnected,
    /// Not HTTP: this answer, then the connection is closed.
    Refused(Reply),
}

/// Reads requests; holds the bytes that are read but not yet parsed.
#[derive(Debug, Default)]
pub(crate) struct RequestReader {
    buffer: Vec<u8>,
}

struct Head {
    request: Request,
    length: usize,
    framing: Framing,
}

enum Framing {
    Length(usize),
    Chunked,
}

impl RequestReader {
    /// Waits for the first bytes of a request. False at the end of the connection.
    pub(crate) async fn begins<S: AsyncRead + Unpin>(&mut self, stream: &mut S) -> bool {
        !self.buffer.is_empty() || self.fill(stream).await.is_ok()
    }

    /// The next request with its body.
    pub(crate) async fn request<S>(&mut self, stream: &mut S) -> Result<Request, NoRequest>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let head = loop {
            if let Some(head) = parsed(&self.buffer)? {
                break head;
            }
            if self.buffer.len() > LARGEST_HEAD {
                return Err(bad("Request header is too large"));
            }
            self.fill(stream).await?;
        };
        self.buffer.drain(..head.length);
        let mut request = head.request;
        let waits = request
            .value_of("Expect")
            .is_some_and(|expected| expected.eq_ignore_ascii_case("100-continue"));
        if waits && self.buffer.is_empty() {
            let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
            stream
                .write_all(interim)
                .await
                .map_err(|_| NoRequest::Disconnected)?;
            stream.flush().await.map_err(|_| NoRequest::Disconnected)?;
        }
        request.body = match head.framing {
            Framing::Length(length) if length > LARGEST_BODY => return Err(too_large()),
            Framing::Length(length) => self.take(stream, length).await?,
            Framing::Chunked => self.chunks(stream).await?,
        };
        Ok(request)
    }

    async fn fill<S: AsyncRead + Unpin>(&mut self, stream: &mut S) -> Result<(), NoRequest> {
        match stream.read_buf(&mut self.buffer).await {
            Ok(0) | Err(_) => Err(NoRequest::Disconnected),
            Ok(_) => Ok(()),
        }
    }

    async fn take<S>(&mut self, stream: &mut S, length: usize) -> Result<Vec<u8>, NoRequest>
    where
        S: AsyncRead + Unpin,
    {
        while self.buffer.len() < length {
            self.fill(stream).await?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    async fn chunks<S: AsyncRead + Unpin>(&mut self, stream: &mut S) -> Result<Vec<u8>, NoRequest> {
        let mut body = Vec::new();
        loop {
            let (used, size) = loop {
                match httparse::parse_chunk_size(&self.buffer) {
                    Ok(httparse::Status::Complete(found)) => break found,
                    Ok(httparse::Status::Partial) => self.fill(stream).await?,
                    Err(_) => return Err(bad("Invalid chunk header")),
                }
            };
            self.buffer.drain(..used);
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            if size > LARGEST_BODY.saturating_sub(body.len()) {
                return Err(too_large());
            }
            if size == 0 {
                self.trailers(stream).await?;
                return Ok(body);
            }
            body.extend(self.take(stream, size).await?);
            if self.take(stream, 2).await? != b"\r\n" {
                return Err(bad("Invalid end of chunk"));
            }
        }
    }

    async fn trailers<S: AsyncRead + Unpin>(&mut self, stream: &mut S) -> Result<(), NoRequest> {
        loop {
            while !self.buffer.windows(2).any(|pair| pair == b"\r\n") {
                self.fill(stream).await?;
            }
            let ends = self.buffer.windows(2).position(|pair| pair == b"\r\n");
            let ends = ends.unwrap_or_default();
            self.buffer.drain(..ends + 2);
            if ends == 0 {
                return Ok(());
            }
        }
    }
}

fn parsed(bytes: &[u8]) -> Result<Option<Head>, NoRequest> {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut parser = httparse::Request::new(&mut headers);
    let length = match parser.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(bad("Invalid character found in the request")),
    };
    let (method, target) = (parser.method.unwrap_or(""), parser.path.unwrap_or(""));
    let mut request = Request::new(method, target);
    for header in parser.headers.iter() {
        let value = String::from_utf8_lossy(header.value);
        request = request.header(header.name, &value);
    }
    if parser.version == Some(0) {
        request = request.header("Connection", "close");
    } else if request.value_of("Host").is_none() {
        return Err(bad("The host header is missing"));
    }
    let coded = request.value_of("Transfer-Encoding");
    let framing = match (coded, request.value_of("Content-Length")) {
        (Some(_), Some(_)) => return Err(bad("Both Content-Length and Transfer-Encoding")),
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => Framing::Chunked,
        (Some(_), None) => return Err(bad("Unsupported transfer encoding")),
        (None, None) => Framing::Length(0),
        (None, Some(length)) => match length.parse() {
            Ok(length) => Framing::Length(length),
            Err(_) => return Err(bad("The content length is not valid")),
        },
    };
    Ok(Some(Head {
        request,
        length,
        framing,
    }))
}

fn bad(message: &str) -> NoRequest {
    NoRequest::Refused(refusal::tomcat(400, message))
}

fn too_large() -> NoRequest {
    NoRequest::Refused(refusal::tomcat(413, "Request entity is too large"))
}

/// Whether the connection stays open.
pub(crate) fn keeps_alive(request: &Request, reply: &Reply) -> bool {
    let closes = |value: Option<&str>| value.is_some_and(|v| v.eq_ignore_ascii_case("close"));
    !closes(request.value_of("Connection")) && !closes(reply.value_of("Connection"))
}

/// The answer as bytes. `Content-Length` is added unless the answer has a framing header or may have no body.
pub(crate) fn encoded(reply: &Reply, method: &str) -> Vec<u8> {
    let status = reply.status;
    let mut head = format!("HTTP/1.1 {status} {}\r\n", refusal::reason(status));
    for (name, value) in &reply.headers {
        head += &format!("{name}: {value}\r\n");
    }
    if reply.value_of("Date").is_none() {
        head += &format!("Date: {}\r\n", httpdate::fmt_http_date(SystemTime::now()));
    }
    let framed = ["Content-Length", "Transfer-Encoding"]
        .iter()
        .any(|name| reply.value_of(name).is_some());
    let bodiless = matches!(status, 100..=199 | 204 | 304);
    if !framed && !bodiless {
        head += &format!("Content-Length: {}\r\n", reply.body.len());
    }
    head += "\r\n";
    let mut bytes = head.into_bytes();
    if method != "HEAD" && !bodiless {
        bytes.extend(&reply.body);
    }
    bytes
}
