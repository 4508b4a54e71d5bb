//! The log: one line an event to standard error, without colour or time, for a
//! CI system has its own.

use crate::redact::Redactor;
use crate::text::escape_commands;
use std::io::{Write, stderr};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{DefaultFields, Writer};

/// Shows events and no spans, so that it keeps nothing. What another crate writes
/// is text from outside: it is cleaned.
struct Log<W> {
    targets: Targets,
    redactor: Redactor,
    writer: fn() -> W,
}

impl<W: Write + 'static> Subscriber for Log<W> {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.targets
            .would_enable(metadata.target(), metadata.level())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let levels = self.targets.iter().map(|(_, level)| level);
        levels.chain(self.targets.default_level()).max()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let level = match *event.metadata().level() {
            Level::ERROR => "error",
            Level::WARN => "warning",
            Level::INFO => "info",
            Level::DEBUG => "debug",
            Level::TRACE => "trace",
        };
        let mut text = String::new();
        let fields = DefaultFields::new();
        if fields.format_fields(Writer::new(&mut text), event).is_err() {
            return;
        }
        let ours = env!("CARGO_CRATE_NAME");
        if !event.metadata().target().starts_with(ours) {
            text = self.redactor.redact(&text);
        }
        let text = escape_commands(&text).replace(['\r', '\n'], " ");
        // A closed standard error is no reason to fail.
        let _ = (self.writer)().write_all(format!("{level}: {text}\n").as_bytes());
    }
}

/// Begins the log. A second call in one process changes nothing.
pub(crate) fn begin(targets: Targets, redactor: Redactor) {
    let _ = tracing::subscriber::set_global_default(Log {
        targets,
        redactor,
        writer: stderr,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Secret;
    use std::sync::Mutex;

    static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

    struct Written;

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            WRITTEN.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn each_event_is_one_line_and_only_what_another_crate_writes_is_cleaned() {
        let redactor = Redactor::default();
        redactor.register(&Secret::derived("HSP-1".to_owned()));
        let log = Log {
            targets: Targets::new()
                .with_default(Level::DEBUG)
                .with_target(env!("CARGO_CRATE_NAME"), Level::TRACE),
            redactor,
            writer: || Written,
        };
        tracing::subscriber::with_default(log, || {
            tracing::warn!("HSP-1\r\n##[error]");
            tracing::trace!("> GET /issue/HSP-1");
            tracing::error!(target: "hyper", "got HSP-1\nmore");
            tracing::info!(target: "hyper", "none");
            tracing::debug!(target: "hyper", size = 3, "HSP-1");
            tracing::trace!(target: "hyper", "not wanted");
        });
        let written = String::from_utf8(WRITTEN.lock().unwrap().clone()).unwrap();
        let lines: Vec<_> = written.lines().collect();
        let warning = "warning: HSP-1  # #[error]";
        assert_eq!(
            lines,
            [
                warning,
                "trace: > GET /issue/HSP-1",
                "error: got *** more",
                "info: none",
                "debug: *** size=3"
            ]
        );
    }
}
