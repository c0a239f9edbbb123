//! How opening hours are written by people: names of zones, weekdays and "HH:MM".

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};
use vocabulary::Seconds;

use super::{MINUTES_PER_DAY, MinuteRange, OpeningHours, Schedule};
use crate::Refusal;

const MOST_RANGES_PER_DAY: usize = 12;
const MOST_EXCEPTIONS: usize = 400;

/// Opening hours as text, before they are checked and after they are written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursDocument {
    /// IANA name such as `Asia/Shanghai`.
    pub time_zone: String,
    pub weekly: Week,
    /// What replaces the weekday on a date, such as `2027-02-06`; an empty list means closed.
    #[serde(default)]
    pub exceptions: BTreeMap<Date, Vec<DayRange>>,
    /// No new orders within this time before closing.
    #[serde(default)]
    pub cutoff_before_close: Seconds,
    /// Whether an accepted order may still be prepared after closing.
    #[serde(default)]
    pub closing_while_cooking_allowed: bool,
}

/// Ranges by weekday; a weekday without ranges is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Week {
    pub monday: Vec<DayRange>,
    pub tuesday: Vec<DayRange>,
    pub wednesday: Vec<DayRange>,
    pub thursday: Vec<DayRange>,
    pub friday: Vec<DayRange>,
    pub saturday: Vec<DayRange>,
    pub sunday: Vec<DayRange>,
}

/// `open` from `00:00` to `23:59`, `close` up to `24:00`. A close that is not after the open is on
/// the next day: `18:00` to `02:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayRange {
    pub open: String,
    pub close: String,
}

/// The field that is wrong and what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} must be {expected}")]
pub struct HoursError {
    pub field: String,
    pub expected: String,
}

impl HoursError {
    fn new(field: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { field: field.into(), expected: expected.into() }
    }
}

impl From<HoursError> for Refusal {
    fn from(error: HoursError) -> Self {
        Refusal::Invalid { what: error.field, expected: error.expected }
    }
}

impl Week {
    /// The same ranges on all seven days.
    pub fn every_day(ranges: &[DayRange]) -> Self {
        let day = || ranges.to_vec();
        Self {
            monday: day(),
            tuesday: day(),
            wednesday: day(),
            thursday: day(),
            friday: day(),
            saturday: day(),
            sunday: day(),
        }
    }

    fn named(self) -> [(&'static str, Vec<DayRange>); 7] {
        [
            ("monday", self.monday),
            ("tuesday", self.tuesday),
            ("wednesday", self.wednesday),
            ("thursday", self.thursday),
            ("friday", self.friday),
            ("saturday", self.saturday),
            ("sunday", self.sunday),
        ]
    }
}

impl TryFrom<HoursDocument> for OpeningHours {
    type Error = HoursError;

    fn try_from(document: HoursDocument) -> Result<Self, HoursError> {
        let zone = zone_named(&document.time_zone)?;
        let mut weekly: [Vec<MinuteRange>; 7] = Default::default();
        for (day, (name, ranges)) in weekly.iter_mut().zip(document.weekly.named()) {
            *day = parse_day(&format!("weekly.{name}"), &ranges)?;
        }
        if document.exceptions.len() > MOST_EXCEPTIONS {
            let expected = format!("at most {MOST_EXCEPTIONS} dates");
            return Err(HoursError::new("exceptions", expected));
        }
        let mut exceptions = BTreeMap::new();
        for (date, ranges) in &document.exceptions {
            exceptions.insert(*date, parse_day(&format!("exceptions.{date}"), ranges)?);
        }
        if document.cutoff_before_close > Seconds::minutes(MINUTES_PER_DAY.into()) {
            return Err(HoursError::new("cutoff_before_close", "at most 86400 seconds"));
        }
        Ok(Self(Arc::new(Schedule {
            zone,
            weekly,
            exceptions,
            cutoff_before_close: document.cutoff_before_close,
            closing_while_cooking_allowed: document.closing_while_cooking_allowed,
        })))
    }
}

impl From<OpeningHours> for HoursDocument {
    fn from(hours: OpeningHours) -> Self {
        let schedule = &*hours.0;
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] =
            schedule.weekly.each_ref().map(|day| write_day(day));
        Self {
            time_zone: hours.time_zone().to_owned(),
            weekly: Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday },
            exceptions: schedule
                .exceptions
                .iter()
                .map(|(date, ranges)| (*date, write_day(ranges)))
                .collect(),
            cutoff_before_close: schedule.cutoff_before_close,
            closing_while_cooking_allowed: schedule.closing_while_cooking_allowed,
        }
    }
}

/// Only the compiled-in database is asked, so that no machine's own copy changes an answer.
fn zone_named(name: &str) -> Result<TimeZone, HoursError> {
    TimeZoneDatabase::bundled()
        .get(name)
        .map_err(|_| HoursError::new("time_zone", "an IANA zone name such as Asia/Shanghai"))
}

fn parse_day(field: &str, ranges: &[DayRange]) -> Result<Vec<MinuteRange>, HoursError> {
    if ranges.len() > MOST_RANGES_PER_DAY {
        return Err(HoursError::new(field, format!("at most {MOST_RANGES_PER_DAY} ranges")));
    }
    let mut parsed: Vec<MinuteRange> = Vec::with_capacity(ranges.len());
    for (position, range) in ranges.iter().enumerate() {
        let field = format!("{field}[{position}]");
        let range = parse_range(&field, range)?;
        if parsed.last().is_some_and(|earlier| range.open < earlier.close) {
            let expected = "after the range before it: in order and without overlap";
            return Err(HoursError::new(field, expected));
        }
        parsed.push(range);
    }
    Ok(parsed)
}

fn parse_range(field: &str, range: &DayRange) -> Result<MinuteRange, HoursError> {
    let open = parse_minutes(&range.open)
        .filter(|minutes| *minutes < MINUTES_PER_DAY)
        .ok_or_else(|| HoursError::new(format!("{field}.open"), "HH:MM from 00:00 to 23:59"))?;
    let close = parse_minutes(&range.close)
        .ok_or_else(|| HoursError::new(format!("{field}.close"), "HH:MM from 00:00 to 24:00"))?;
    if open == close {
        let expected = "different from open; all day is 00:00 to 24:00";
        return Err(HoursError::new(format!("{field}.close"), expected));
    }
    let close = if close > open { close } else { close.saturating_add(MINUTES_PER_DAY) };
    Ok(MinuteRange { open, close })
}

/// Minutes of a strict `HH:MM`, up to `24:00`.
fn parse_minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two_digits = |part: &str| -> Option<u16> {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse().ok() } else { None }
    };
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    let total = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && total <= MINUTES_PER_DAY).then_some(total)
}

fn write_day(ranges: &[MinuteRange]) -> Vec<DayRange> {
    ranges
        .iter()
        .map(|range| DayRange { open: write_minutes(range.open), close: write_close(range.close) })
        .collect()
}

fn write_close(minutes: u16) -> String {
    if minutes > MINUTES_PER_DAY {
        write_minutes(minutes % MINUTES_PER_DAY)
    } else {
        write_minutes(minutes)
    }
}

fn write_minutes(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
