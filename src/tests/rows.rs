//! Tables whose every bad row is reported, not the first alone.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Collects what is wrong with rows; fails when it goes out of scope.
#[derive(Default)]
pub(crate) struct Rows {
    checked: usize,
    wrong: Vec<String>,
}

impl Rows {
    pub(crate) fn checked(&self) -> usize {
        self.checked
    }

    /// A row is wrong that gives an error, and one whose assertion fails.
    pub(crate) fn check<T: Verdict>(&mut self, row: &str, check: impl FnOnce() -> T) {
        self.add(row, judge(check));
    }

    /// Takes what [`judge`] said, for rows that are checked side by side.
    pub(crate) fn add(&mut self, row: &str, wrong: Option<String>) {
        self.checked += 1;
        self.wrong.extend(wrong.map(|why| format!("{row}: {why}")));
    }
}

/// Why a row is wrong, or nothing.
pub(crate) fn judge<T: Verdict>(check: impl FnOnce() -> T) -> Option<String> {
    let verdict = catch_unwind(AssertUnwindSafe(check));
    verdict.map_or_else(|panic| Some(words(&*panic)), Verdict::wrong)
}

/// Checks a table whose rows' assertions say by themselves which row they are about.
pub(crate) fn each<T>(rows: impl IntoIterator<Item = T>, mut check: impl FnMut(T)) {
    let mut table = Rows::default();
    for (at, row) in rows.into_iter().enumerate() {
        table.check(&format!("row {}", at + 1), || check(row));
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        assert!(self.checked > 0, "a table without rows shows nothing");
        let (wrong, checked) = (self.wrong.len(), self.checked);
        assert!(
            wrong == 0,
            "{wrong} of {checked} rows are wrong:\n{}",
            self.wrong.join("\n")
        );
    }
}

/// What a row's check gives.
pub(crate) trait Verdict {
    fn wrong(self) -> Option<String>;
}

impl Verdict for () {
    fn wrong(self) -> Option<String> {
        None
    }
}

impl Verdict for Result<(), String> {
    fn wrong(self) -> Option<String> {
        self.err()
    }
}

pub(crate) fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// What an assertion that failed says.
fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

#[test]
fn a_table_reports_every_bad_row() {
    let table = || {
        let mut rows = Rows::default();
        rows.check("good", || ());
        rows.check("bad", || assert_eq!(1, 2, "not equal"));
        rows.check("bad, too", || ensure(false, || "not so".to_owned()));
        assert_eq!(rows.checked(), 3);
    };
    let failed = words(&*catch_unwind(table).unwrap_err());
    for part in ["2 of 3 rows", "bad: ", "not equal", "bad, too: not so"] {
        assert!(failed.contains(part), "{failed}");
    }
    assert!(!failed.contains("good"), "{failed}");
}
