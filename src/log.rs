//! The log: one line an event to standard error, without colour or time, for a CI system has its own.

use crate::mask::Mask;
use crate::workflow_command::defused;
use std::fmt;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// Formats an event. What another crate writes is text from outside: it is cleaned.
struct Line {
    mask: Mask,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let level = match *event.metadata().level() {
            Level::ERROR => "error",
            Level::WARN => "warning",
            Level::INFO => "info",
            Level::DEBUG => "debug",
            Level::TRACE => "trace",
        };
        let mut text = String::new();
        context.field_format().format_fields(Writer::new(&mut text), event)?;
        if !event.metadata().target().starts_with(env!("CARGO_CRATE_NAME")) {
            text = self.mask.clean(&text);
        }
        writeln!(writer, "{level}: {}", defused(&text).replace(['\r', '\n'], " "))
    }
}

/// Begins the log. A second call in one process changes nothing.
pub fn begin(targets: Targets, mask: Mask) {
    let lines = tracing_subscriber::fmt::layer()
        .event_format(Line { mask })
        .with_writer(std::io::stderr)
        // A closed standard error is no reason to panic.
        .log_internal_errors(false);
    let _ = tracing_subscriber::registry().with(lines).with(targets).try_init();
}
