//! Dates and times in Jira's form; the clock is handed in.

use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};

/// `2015-11-18`: of `now` and `today` in UTC, and of an RFC 3339 time; any
/// other text as it is, for Jira to judge.
pub(super) fn date(text: &str, now: u64) -> String {
    let text = text.trim();
    if is_now(text) {
        return day(at(now).date());
    }
    OffsetDateTime::parse(text, &Rfc3339)
        .map_or_else(|_| text.to_owned(), |moment| day(moment.date()))
}

/// `2015-11-18T14:39:00.000+1100`, with the offset as it was given. Every
/// Atlassian example writes the offset without a colon.
pub(super) fn datetime(text: &str, now: u64) -> String {
    let text = text.trim();
    let moment = if is_now(text) {
        Ok(at(now))
    } else {
        OffsetDateTime::parse(text, &Rfc3339)
    };
    let Ok(moment) = moment else {
        return text.to_owned();
    };
    let (hours, minutes, _) = moment.offset().as_hms();
    let sign = if moment.offset().is_negative() {
        '-'
    } else {
        '+'
    };
    format!(
        "{}T{:02}:{:02}:{:02}.{:03}{sign}{:02}{:02}",
        day(moment.date()),
        moment.hour(),
        moment.minute(),
        moment.second(),
        moment.millisecond(),
        hours.unsigned_abs(),
        minutes.unsigned_abs()
    )
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

    /// 2015-11-18T03:39:00Z.
    const NOW: u64 = 1_447_817_940;

    #[test]
    fn times_become_jiras_form_and_other_texts_stay() {
        for (text, jiras) in [
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
            ("18/Nov/15 2:39 PM", "18/Nov/15 2:39 PM"),
        ] {
            assert_eq!(datetime(text, NOW), jiras);
        }
        for (text, jiras) in [
            ("today", "2015-11-18"),
            ("2015-11-18", "2015-11-18"),
            ("2015-11-18T14:39:00+11:00", "2015-11-18"),
            ("1981-13-1", "1981-13-1"),
        ] {
            assert_eq!(date(text, NOW), jiras);
        }
    }
}
