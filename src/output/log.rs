//! The log: one line an event to standard error, without colour or time, for a
//! CI system has its own.

use crate::redact::Redactor;
use crate::text::escape_commands;
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
    redactor: Redactor,
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let level = match *event.metadata().level() {
            Level::ERROR => "error",
            Level::WARN => "warning",
            Level::INFO => "info",
            Level::DEBUG => "debug",
            Level::TRACE => "trace",
        };
        let mut text = String::new();
        context
            .field_format()
            .format_fields(Writer::new(&mut text), event)?;
        if !event
            .metadata()
            .target()
            .starts_with(env!("CARGO_CRATE_NAME"))
        {
            text = self.redactor.redact(&text);
        }
        writeln!(
            writer,
            "{level}: {}",
            escape_commands(&text).replace(['\r', '\n'], " ")
        )
    }
}

/// Begins the log. A second call in one process changes nothing.
pub(crate) fn begin(targets: Targets, redactor: Redactor) {
    let lines = tracing_subscriber::fmt::layer()
        .event_format(Line { redactor })
        .with_writer(std::io::stderr)
        // A closed standard error is no reason to panic.
        .log_internal_errors(false);
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .try_init();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Secret;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn each_event_is_one_line_and_only_what_another_crate_writes_is_cleaned() {
        let (redactor, written) = (Redactor::default(), Written::default());
        redactor.register(&Secret::derived("HSP-1".to_owned()));
        let out = written.clone();
        let lines = tracing_subscriber::fmt::layer()
            .event_format(Line { redactor })
            .with_writer(move || out.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            tracing::warn!("HSP-1\r\n##[error]");
            tracing::trace!("> GET /issue/HSP-1");
            tracing::error!(target: "hyper", "got HSP-1\nmore");
            tracing::info!(target: "hyper", "none");
            tracing::debug!(target: "hyper", "HSP-1");
        });
        let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<_> = written.lines().collect();
        let warning = "warning: HSP-1  # #[error]";
        assert_eq!(
            lines,
            [
                warning,
                "trace: > GET /issue/HSP-1",
                "error: got *** more",
                "info: none",
                "debug: ***"
            ]
        );
    }
}
