//! Rows that are checked at the same time: each waits for a program that it runs.

use crate::rows::{Rows, Verdict, judge};
use std::sync::Mutex;

const THREADS: usize = 8;

/// Checks named rows, and reports every bad one.
pub fn side_by_side<T: Send, V: Verdict>(
    rows: impl IntoIterator<Item = (String, T), IntoIter: Send>,
    check: impl Fn(T) -> V + Sync,
) {
    let rows = Mutex::new(rows.into_iter());
    let table = Mutex::new(Rows::default());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let Some((name, row)) = rows.lock().unwrap().next() else {
                        return;
                    };
                    let wrong = judge(|| check(row));
                    table.lock().unwrap().add(&name, wrong);
                }
            });
        }
    });
}
