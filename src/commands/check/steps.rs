//! What `check` found, as lines and as JSON; knows nothing of Jira.

use crate::error::{EXIT_OK, Failure};
use crate::output::report::error_json;
use serde_json::{Value, json};
use std::cell::RefCell;

/// One thing that works, or does not.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// What was looked at: `address`, `proxy`, `tls`, `jira`, `credentials`,
    /// `issue`, `permission`, `field`, `value`.
    pub name: &'static str,
    pub outcome: Result<String, Failure>,
}

/// The steps that were taken, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps {
    steps: RefCell<Vec<Step>>,
    /// What to do next, where every step was taken.
    advice: RefCell<Option<String>>,
}

impl Steps {
    /// The exit code of the first step that failed.
    pub(crate) fn exit_code(&self) -> u8 {
        let steps = self.steps.borrow();
        let failure = steps.iter().find_map(|step| step.outcome.as_ref().err());
        failure.map_or(EXIT_OK, |failure| failure.kind.exit_code())
    }

    /// A line a step; what to do stands below what failed. Nothing else is told where
    /// errors alone are wanted.
    pub(crate) fn text(&self, quiet: bool) -> String {
        let mut text = String::new();
        for step in self.steps.borrow().iter() {
            match &step.outcome {
                Ok(_) if quiet => {}
                Ok(detail) => text.push_str(&format!("ok      {:<12} {detail}\n", step.name)),
                Err(failure) => {
                    text.push_str(&format!("not ok  {:<12} {}\n", step.name, failure.message));
                    if let Some(hint) = &failure.hint {
                        text.push_str(&format!("{:20} {hint}\n", ""));
                    }
                    if let Some(answer) = &failure.answer {
                        let (told, circumstances) = (&answer.told, &answer.circumstances);
                        text.push_str(&format!("{:20} answer: {told}\n", ""));
                        text.push_str(&format!("{:28} {circumstances}\n", ""));
                    }
                }
            }
        }
        if let Some(advice) = self.advice.borrow().as_ref().filter(|_| !quiet) {
            text.push_str(&format!("hint: {advice}\n"));
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let steps: Vec<_> = self.steps.borrow().iter().map(Step::json).collect();
        let outcome = if self.exit_code() == EXIT_OK {
            "ok"
        } else {
            "failed"
        };
        let mut json = json!({ "outcome": outcome, "exit_code": self.exit_code(), "steps": steps });
        if let Some(advice) = self.advice.borrow().as_ref() {
            json["hint"] = json!(advice);
        }
        json
    }

    /// Says what to do next.
    pub(super) fn advise(&self, advice: String) {
        *self.advice.borrow_mut() = Some(advice);
    }

    /// Notes a step. Without the value that it was to find, the way ends here.
    pub(super) fn note<T>(
        &self,
        name: &'static str,
        outcome: Result<(T, String), Failure>,
    ) -> Option<T> {
        let (found, outcome) = match outcome {
            Ok((found, detail)) => (Some(found), Ok(detail)),
            Err(failure) => (None, Err(failure)),
        };
        self.steps.borrow_mut().push(Step { name, outcome });
        found
    }

    /// Notes that the signal ended the way.
    pub(crate) fn interrupt(&self, failure: Failure) {
        self.note::<()>("interrupted", Err(failure));
    }
}

impl Step {
    fn json(&self) -> Value {
        match &self.outcome {
            Ok(detail) => json!({ "name": self.name, "ok": true, "detail": detail }),
            Err(failure) => json!({
                "name": self.name, "ok": false, "detail": failure.message,
                "error": error_json(failure),
            }),
        }
    }
}
