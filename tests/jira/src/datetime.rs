//! The forms of dates and times that Jira reads and writes, in the Gregorian
//! calendar.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

const DAY: i64 = 86_400_000;

/// Whether the text is a date as Jira reads it, `2015-11-18`.
pub(crate) fn is_day(text: &str) -> bool {
    text.is_ascii() && text.len() == 10 && day(text).is_some()
}

/// `2015-11-18T14:39:00.000+1100`, and no other form, in Jira's own form in UTC.
pub(crate) fn normalised(text: &str) -> Option<String> {
    if !text.is_ascii() || text.len() != 28 {
        return None;
    }
    let (date, rest) = text.split_at(10);
    let (clock, offset) = rest.split_at(13);
    let clock = clock.strip_prefix('T')?;
    let (sign, offset) = match offset.split_at(1) {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let hours = number(offset.get(..2)?, 0, 23)?;
    let minutes = number(offset.get(2..)?, 0, 59)?;
    let local = day(date)? * DAY + time_of_day(clock)?;
    Some(formatted(local - sign * (hours * 60 + minutes) * 60_000))
}

/// A time in Jira's own form in UTC, `2020-03-31T16:43:50.000+0000`.
pub(crate) fn utc(at: SystemTime) -> String {
    formatted(milliseconds(at))
}

/// A time as rate limit headers have it, `2026-01-01T01:01:01Z`.
pub(crate) fn iso(at: SystemTime) -> String {
    format!("{}Z", &utc(at)[..19])
}

fn milliseconds(at: SystemTime) -> i64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn formatted(milliseconds: i64) -> String {
    let (year, month, day) = civil(milliseconds.div_euclid(DAY));
    let rest = milliseconds.rem_euclid(DAY);
    let (seconds, thousandths) = (rest / 1000, rest % 1000);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{thousandths:03}+0000",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

fn time_of_day(text: &str) -> Option<i64> {
    let separated = text.get(2..3)? == ":" && text.get(5..6)? == ":" && text.get(8..9)? == ".";
    let hours = number(text.get(..2)?, 0, 23)?;
    let minutes = number(text.get(3..5)?, 0, 59)?;
    let seconds = number(text.get(6..8)?, 0, 59)?;
    let thousandths = number(text.get(9..)?, 0, 999)?;
    separated.then_some(((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths)
}

fn number(digits: &str, least: i64, most: i64) -> Option<i64> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = plain.then(|| digits.parse().ok()).flatten()?;
    (least..=most).contains(&value).then_some(value)
}

/// Days since 1970-01-01 of a date that exists.
fn day(text: &str) -> Option<i64> {
    let separated = text.get(4..5)? == "-" && text.get(7..8)? == "-";
    let year = number(text.get(..4)?, 1, 9999)?;
    let month = number(text.get(5..7)?, 1, 12)?;
    let day = number(text.get(8..10)?, 1, 31)?;
    let days = days(year, month, day);
    (separated && civil(days) == (year, month, day)).then_some(days)
}

/// Days since 1970-01-01, counted in years that begin in March.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = (shifted + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_that_does_not_exist_is_none() {
        for text in [
            "1981-13-1",
            "1981-13-01",
            "2015-02-29",
            "15-11-18",
            "2015/11/18",
            "",
        ] {
            assert!(!is_day(text), "{text}");
        }
        assert!(is_day("2016-02-29"));
    }

    #[test]
    fn a_time_is_converted_to_utc() {
        let read = |text| normalised(text).unwrap();
        assert_eq!(
            read("2015-11-18T14:39:00.000+1100"),
            "2015-11-18T03:39:00.000+0000"
        );
        assert_eq!(
            read("2015-12-31T23:30:00.250-0100"),
            "2016-01-01T00:30:00.250+0000"
        );
    }

    #[test]
    fn a_time_in_another_form_is_none() {
        for text in [
            "1981-13-01T15:12:00.000+1000",
            "2015-11-18T14:39:00.000+11:00",
            "2015-11-18T14:39:00.000Z",
            "2015-11-18T14:39:00+1100",
            "2015-11-18 14:39:00.000+1100",
        ] {
            assert_eq!(normalised(text), None, "{text}");
        }
    }

    #[test]
    fn a_reset_is_written_to_the_second() {
        let at = UNIX_EPOCH + Duration::from_millis(1_767_229_261_500);
        assert_eq!(iso(at), "2026-01-01T01:01:01Z");
    }
}
