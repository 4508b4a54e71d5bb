//! `get PATH`: one authenticated GET, its body to standard output. Gives the
//! body no meaning.

use crate::client::{RequestSpec, SHORT_BODY};
use crate::error::Failure;
use crate::jira::Jira;
use crate::output::{OutputFormat, Reporting, stdout};
use crate::redact::RedactingStream;
use crate::response::evidence::Operation;
use crate::text::Disarmer;
use std::cell::RefCell;
use std::ops::ControlFlow;
use url::Url;

/// Asks, and passes the body of a success on as it comes.
///
/// # Errors
/// Any other answer, and a body that cannot be written. The body of any other
/// answer goes to standard output like a success's, unless one JSON object is
/// to stand there.
pub(crate) async fn run(jira: &Jira, url: Url, reporting: Reporting) -> Result<(), Failure> {
    let stream = RefCell::new(Some(RedactingStream::new(jira.redactor().clone())));
    // Elsewhere a body is what Jira sent; where lines are taken for commands, an
    // issue's description must give none.
    let disarmer = RefCell::new(reporting.takes_commands.then(Disarmer::default));
    let unwritten = RefCell::new(None);
    let print = |bytes: &[u8]| {
        let printed = match disarmer.borrow_mut().as_mut() {
            Some(disarmer) => stdout::write(&disarmer.pass(bytes)),
            None => stdout::write(bytes),
        };
        printed.unwrap_or_else(|failure| {
            unwritten.replace(Some(failure));
            ControlFlow::Break(())
        })
    };
    let pass = |piece: &[u8]| {
        let cleaned = stream
            .borrow_mut()
            .as_mut()
            .map(|stream| stream.pass(piece));
        print(&cleaned.unwrap_or_default())
    };
    let path = url.path().to_owned();
    let budget = jira.budget();
    let call = jira
        .stream(&RequestSpec::get(url, SHORT_BODY), &budget, &pass)
        .await;
    let cut = !call.answer.as_ref().is_ok_and(|answer| answer.complete);
    if let Some(stream) = stream.take() {
        let _ = print(&stream.finish(cut));
    }
    let answer = match &call.answer {
        Ok(answer) if answer.is_success() => return unwritten.take().map_or(Ok(()), Err),
        Ok(answer) => answer,
        Err(failure) => return Err(failure.clone()),
    };
    if reporting.output == OutputFormat::Text {
        let _ = print(
            jira.redactor()
                .redact_bytes(&answer.body, !answer.complete)
                .as_bytes(),
        );
    }
    if let Some(failure) = unwritten.take() {
        tracing::error!("{failure}");
    }
    let operation = Operation::Read(&path);
    jira.classify(&call, operation, &budget).await.map(|_| ())
}
