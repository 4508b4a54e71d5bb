//! Dates and times in Jira's form; the clock is handed in.

use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};

/// `2015-11-18`: of `now` and `today` in UTC, and of a time; any other text as
/// it is, for Jira to judge.
pub(super) fn date(text: &str, now: u64) -> String {
    let text = text.trim();
    if is_now(text) {
        return day(at(now).date());
    }
    read(text).map_or_else(|| text.to_owned(), |read| day(read.time.date()))
}

/// `2015-11-18T14:39:00.000+1100`, with the offset as it was given. Every
/// Atlassian example writes the offset without a colon.
pub(super) fn datetime(text: &str, now: u64) -> String {
    let text = text.trim();
    let time = if is_now(text) {
        Some(at(now))
    } else {
        read(text).map(|read| read.time)
    };
    let Some(time) = time else {
        return text.to_owned();
    };
    let (hours, minutes, _) = time.offset().as_hms();
    let sign = if time.offset().is_negative() {
        '-'
    } else {
        '+'
    };
    format!(
        "{}T{:02}:{:02}:{:02}.{:03}{sign}{:02}{:02}",
        day(time.date()),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond(),
        hours.unsigned_abs(),
        minutes.unsigned_abs()
    )
}

/// True of a time that is taken as UTC because it names no zone.
pub(super) fn lacks_zone(text: &str) -> bool {
    read(text.trim()).is_some_and(|read| !read.names_zone)
}

struct Read {
    time: OffsetDateTime,
    names_zone: bool,
}

/// RFC 3339, and what `date`, databases and CI systems write for it: a blank in
/// place of `T`, no seconds, an offset without a colon or without minutes, no zone.
fn read(text: &str) -> Option<Read> {
    let (date, rest) = text.split_at_checked(10)?;
    let clock = rest.strip_prefix(['T', 't', ' '])?.trim_start();
    let is_clock = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ',');
    let end = clock.find(|c| !is_clock(c)).unwrap_or(clock.len());
    let (clock, zone) = (&clock[..end], clock[end..].trim_start());
    let seconds = if clock.len() == "14:39".len() {
        ":00"
    } else {
        ""
    };
    let offset = match zone.len() {
        0 => "Z".to_owned(),
        _ if matches!(zone, "UTC" | "GMT") => "Z".to_owned(),
        3 => format!("{zone}:00"),
        5 if zone.is_ascii() => format!("{}:{}", &zone[..3], &zone[3..]),
        _ => zone.to_owned(),
    };
    let text = format!("{date}T{}{seconds}{offset}", clock.replace(',', "."));
    Some(Read {
        time: OffsetDateTime::parse(&text, &Rfc3339).ok()?,
        names_zone: !zone.is_empty(),
    })
}

fn is_now(text: &str) -> bool {
    text.eq_ignore_ascii_case("now") || text.eq_ignore_ascii_case("today")
}

fn at(now: u64) -> OffsetDateTime {
    let seconds = i64::try_from(now).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn day(date: Date) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::rows::each;

    /// 2015-11-18T03:39:00Z.
    const NOW: u64 = 1_447_817_940;

    #[test]
    fn times_become_jiras_form_and_other_texts_stay() {
        let rows = [
            ("now", "2015-11-18T03:39:00.000+0000"),
            ("2015-11-18T14:39:00+11:00", "2015-11-18T14:39:00.000+1100"),
            (
                "2015-11-18t14:39:00.1239-03:30",
                "2015-11-18T14:39:00.123-0330",
            ),
            ("2015-11-18T14:39:00Z", "2015-11-18T14:39:00.000+0000"),
            (
                "2015-11-18T14:39:00.000+1100",
                "2015-11-18T14:39:00.000+1100",
            ),
            ("2026-01-21T15:00:00+0000", "2026-01-21T15:00:00.000+0000"),
            ("2026-01-21 15:00:00 +0530", "2026-01-21T15:00:00.000+0530"),
            ("2026-01-21T15:00-08", "2026-01-21T15:00:00.000-0800"),
            ("2026-01-21 15:00", "2026-01-21T15:00:00.000+0000"),
            ("2026-01-21T15:00:00.5", "2026-01-21T15:00:00.500+0000"),
            ("2026-01-21T15:00:00,25Z", "2026-01-21T15:00:00.250+0000"),
            ("2026-01-21 15:00:00 UTC", "2026-01-21T15:00:00.000+0000"),
            ("2026-01-21T25:00:00Z", "2026-01-21T25:00:00Z"),
            ("2026-01-21T15:00:00 CET", "2026-01-21T15:00:00 CET"),
            (
                "2026-01-21T15:00:00 aa\u{e9}a",
                "2026-01-21T15:00:00 aa\u{e9}a",
            ),
            ("2026-01-21", "2026-01-21"),
            ("2026-01-2\u{1}\u{e9}15:00", "2026-01-2\u{1}\u{e9}15:00"),
            ("18/Nov/15 2:39 PM", "18/Nov/15 2:39 PM"),
        ];
        each(rows, |(text, jiras)| {
            assert_eq!(datetime(text, NOW), jiras);
        });
        let rows = [
            ("today", "2015-11-18"),
            ("2015-11-18", "2015-11-18"),
            ("2015-11-18T14:39:00+11:00", "2015-11-18"),
            ("2026-01-21 15:00", "2026-01-21"),
            ("2026-01-21T23:30:00-0800", "2026-01-21"),
            ("1981-13-1", "1981-13-1"),
        ];
        each(rows, |(text, jiras)| {
            assert_eq!(date(text, NOW), jiras);
        });
    }
}
