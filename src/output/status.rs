//! What is known of a run at any moment: kept by the thread that works, and
//! read by whoever has to end the run in its place.

use crate::error::{Failure, Kind};
use crate::issue_key::IssueKey;
use crate::output::report::{IssueOutcome, Report, State};
use crate::output::reporting::{Files, Reporting};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Settings and files are read; nothing was sent.
    Preparing,
    Working,
    /// The result is on its way to standard output, and the process will end with
    /// this code.
    Telling(u8),
    /// Somebody else ends the process: the work must not go on.
    Ended,
}

/// What is known of a run.
#[derive(Debug)]
pub struct Status {
    pub started: Instant,
    deadline: watch::Sender<Option<Duration>>,
    state: Mutex<Known>,
    /// What is to be said once the result was.
    warnings: Mutex<Vec<String>>,
}

#[derive(Debug)]
struct Known {
    phase: Phase,
    reporting: Reporting,
    files: Files,
    base: Option<String>,
    issues: Vec<IssueOutcome>,
}

/// How a run ends that cannot end itself.
#[derive(Debug)]
pub(crate) struct LastWords {
    /// What became of the run; none where the result was being told already.
    pub report: Option<Report>,
    pub reporting: Reporting,
    /// Where it goes beside the streams.
    pub files: Files,
    /// The exit code of the process.
    pub code: u8,
}

impl Status {
    /// A run that begins now, and so far is known to report this way.
    pub fn new(reporting: Reporting) -> Self {
        let state = Known {
            phase: Phase::Preparing,
            reporting,
            files: Files::default(),
            base: None,
            issues: Vec::new(),
        };
        Status {
            started: Instant::now(),
            deadline: watch::Sender::new(None),
            state: Mutex::new(state),
            warnings: Mutex::default(),
        }
    }

    /// Sets how the run reports, and how long it may last.
    pub fn set_frame(&self, reporting: Reporting, files: &Files, deadline: Duration) {
        let mut state = self.state();
        state.reporting = reporting;
        state.files = files.clone();
        drop(state);
        self.deadline.send_replace(Some(deadline));
    }

    /// Whether errors alone are shown.
    pub fn is_quiet(&self) -> bool {
        self.state().reporting.quiet
    }

    /// Ends when the run's time is over, and says how long it was.
    pub(crate) async fn out_of_time(&self) -> Duration {
        let mut known = self.deadline.subscribe();
        loop {
            if let Some(deadline) = *known.borrow_and_update() {
                tokio::time::sleep_until(self.started + deadline).await;
                return deadline;
            }
            if known.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// Keeps warnings until the result was told: an error is read first.
    pub(crate) fn keep_warnings(&self, warnings: &[String]) {
        self.warnings().extend_from_slice(warnings);
    }

    /// Says what was kept.
    pub(crate) fn warn(&self) {
        for warning in std::mem::take(&mut *self.warnings()) {
            tracing::warn!("{warning}");
        }
    }

    fn warnings(&self) -> MutexGuard<'_, Vec<String>> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True as long as nothing was sent and nothing is told.
    pub(crate) fn is_preparing(&self) -> bool {
        self.state().phase == Phase::Preparing
    }

    /// From now on requests may be sent.
    pub(crate) fn begin_work(&self) {
        self.go_on().phase = Phase::Working;
    }

    /// From now on the result goes to standard output, and the process ends with
    /// this code.
    pub(crate) fn begin_telling(&self, code: u8) {
        self.go_on().phase = Phase::Telling(code);
    }

    /// Nothing of these issues is begun yet.
    pub(crate) fn set_issues(&self, base: String, issues: &[IssueKey]) {
        let mut state = self.go_on();
        state.base = Some(base);
        state.issues = issues.iter().map(IssueOutcome::pending).collect();
    }

    /// Work on an issue begins. The flag says at any moment whether a write may have
    /// been carried out.
    pub(crate) fn set_started(&self, at: usize, maybe_written: Arc<AtomicBool>) {
        if let Some(known) = self.go_on().issues.get_mut(at) {
            known.state = State::Started(maybe_written);
        }
    }

    pub(crate) fn set_outcome(&self, at: usize, outcome: IssueOutcome) {
        if let Some(known) = self.go_on().issues.get_mut(at) {
            *known = outcome;
        }
    }

    /// What is known now. Whatever has not ended was ended by this.
    pub(crate) fn report(&self, ended_by: Option<Failure>) -> Report {
        self.state().report(ended_by)
    }

    /// Ends the run in place of the thread that works, which does nothing more.
    /// `None` where that was done before.
    pub(crate) fn end(&self, why: &Failure) -> Option<LastWords> {
        let mut state = self.state();
        let told = match state.phase {
            Phase::Ended => return None,
            Phase::Telling(code) => Some(code),
            Phase::Preparing | Phase::Working => None,
        };
        state.phase = Phase::Ended;
        let (reporting, files) = (state.reporting, state.files.clone());
        let (report, code) = match (told, why.kind) {
            // What took no more was a reader, and the work was done before.
            (Some(code), Kind::Timeout) => (None, code),
            (Some(_), kind) => (None, reporting.process_exit_code(kind.exit_code())),
            (None, _) => {
                let report = state.report(Some(why.clone()));
                let code = reporting.process_exit_code(report.exit_code());
                (Some(report), code)
            }
        };
        Some(LastWords {
            report,
            reporting,
            files,
            code,
        })
    }

    fn state(&self) -> MutexGuard<'_, Known> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For the thread that works: once somebody else has told how the run ended, it
    /// must not go on and make that untrue.
    fn go_on(&self) -> MutexGuard<'_, Known> {
        let state = self.state();
        if state.phase == Phase::Ended {
            drop(state);
            wait_for_the_exit();
        }
        state
    }
}

impl Default for Status {
    fn default() -> Self {
        Status::new(Reporting::default())
    }
}

impl Known {
    fn report(&self, ended_by: Option<Failure>) -> Report {
        let unfinished = ended_by
            .clone()
            .unwrap_or_else(|| Failure::new(Kind::Internal, "the run ended before this issue did"));
        let issues = self.issues.iter().map(|issue| issue.ended_by(&unfinished));
        Report {
            issues: issues.collect(),
            failure: ended_by.clone().filter(|_| self.issues.is_empty()),
            interruption: ended_by
                .filter(|failure| matches!(failure.kind, Kind::Interrupted(_) | Kind::Internal)),
            base: self.base.clone(),
            ..Report::default()
        }
    }
}

pub(crate) fn wait_for_the_exit() -> ! {
    loop {
        std::thread::park();
    }
}
