//! When a store is open, in its own time zone; the one answer that pages, API and sourcing share.
//!
//! The zone database is compiled in: the same hours mean the same instants on every machine. This
//! room knows schedules only; a pause or a rush is the store's [`crate::store::StoreStatus`].

mod document;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Serialize};
use vocabulary::{Seconds, Timestamp};

pub use document::{DayRange, HoursDocument, HoursError, Week};

const MINUTES_PER_DAY: u16 = 24 * 60;
/// A weekly rhythm shows all of itself within this many days, yesterday's night included.
const DAYS_OF_A_RHYTHM: usize = 9;
const LONGER_THAN_A_RHYTHM: Seconds = Seconds::minutes(9 * 24 * 60);

/// A checked schedule with its zone already looked up; cheap to clone and to ask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "HoursDocument", into = "HoursDocument")]
pub struct OpeningHours(Arc<Schedule>);

#[derive(Debug, PartialEq)]
struct Schedule {
    zone: TimeZone,
    /// From Monday.
    weekly: [Vec<MinuteRange>; 7],
    /// What replaces the weekday on a date; nothing means closed.
    exceptions: BTreeMap<Date, Vec<MinuteRange>>,
    cutoff_before_close: Seconds,
    closing_while_cooking_allowed: bool,
}

/// Minutes after the local midnight of the day it opens; `close` may lie in the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct MinuteRange {
    open: u16,
    close: u16,
}

/// Which end of a range a clock reading is, where the zone has the reading twice.
#[derive(Clone, Copy)]
enum Edge {
    Open,
    Close,
}

/// An uninterrupted time of being open; the end is no longer open.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    open: Timestamp,
    close: Timestamp,
}

impl OpeningHours {
    /// Open day and night, every day. Refuses a zone that is not in the IANA database.
    pub fn always(time_zone: &str) -> Result<Self, HoursError> {
        let all_day = vec![DayRange { open: "00:00".into(), close: "24:00".into() }];
        HoursDocument {
            time_zone: time_zone.into(),
            weekly: Week::every_day(&all_day),
            exceptions: BTreeMap::new(),
            cutoff_before_close: Seconds::ZERO,
            closing_while_cooking_allowed: false,
        }
        .try_into()
    }

    /// IANA name of the zone.
    pub fn time_zone(&self) -> &str {
        self.0.zone.iana_name().unwrap_or("UTC")
    }

    /// The store's calendar date at an instant.
    pub fn local_date(&self, at: Timestamp) -> Date {
        self.0.local(at).map_or(Date::ZERO, DateTime::date)
    }

    /// The hour of the store's day at an instant, 0 to 23.
    pub fn local_hour(&self, at: Timestamp) -> u8 {
        self.0.local(at).map_or(0, |local| local.hour().unsigned_abs())
    }

    pub fn is_open_at(&self, at: Timestamp) -> bool {
        self.0.stretch_at(at).is_some()
    }

    /// Whether an order may still come in: open, and not within the cut-off before closing.
    pub fn accepts_order(&self, at: Timestamp) -> bool {
        self.0.open_throughout(at, at.after(self.0.cutoff_before_close))
    }

    /// Whether work can start at `start` and be ready at `ready_at`. Unless the store may go on
    /// cooking behind closed doors, it must be open all the while.
    pub fn accepts_work(&self, start: Timestamp, ready_at: Timestamp) -> bool {
        let last_order = start.after(self.0.cutoff_before_close);
        let until = if self.0.closing_while_cooking_allowed {
            last_order
        } else {
            last_order.max(ready_at)
        };
        self.0.open_throughout(start, until)
    }

    /// The next time the doors open, strictly after `at`; `None` when they never do or never
    /// close.
    pub fn opens_next_after(&self, at: Timestamp) -> Option<Timestamp> {
        let schedule = &*self.0;
        let horizon = DAYS_OF_A_RHYTHM.saturating_add(schedule.exceptions.len());
        schedule
            .days_around(at)?
            .take(horizon)
            .flat_map(|date| schedule.stretches(date))
            .map(|stretch| stretch.open)
            .find(|open| *open > at && schedule.stretch_at(just_before(*open)).is_none())
    }

    /// When the doors close, for a store that is open at `at`; `None` when it is closed, or stays
    /// open for more than a week.
    pub fn closes_after(&self, at: Timestamp) -> Option<Timestamp> {
        let mut close = self.0.stretch_at(at)?.close;
        while close < at.after(LONGER_THAN_A_RHYTHM) {
            match self.0.stretch_at(close) {
                Some(next) => close = next.close,
                None => return Some(close),
            }
        }
        None
    }
}

impl MinuteRange {
    fn crosses_midnight(self) -> bool {
        self.close > MINUTES_PER_DAY
    }
}

impl Schedule {
    fn local(&self, at: Timestamp) -> Option<DateTime> {
        let instant = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        Some(self.zone.to_datetime(instant))
    }

    fn ranges_on(&self, date: Date) -> &[MinuteRange] {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        let exception = if self.exceptions.is_empty() { None } else { self.exceptions.get(&date) };
        exception.or_else(|| self.weekly.get(weekday)).map_or(&[], Vec::as_slice)
    }

    /// The stretches that begin on a date.
    fn stretches(&self, date: Date) -> impl Iterator<Item = Stretch> {
        self.ranges_on(date).iter().filter_map(move |range| self.stretch(date, *range))
    }

    /// A range inside a skipped hour does not exist that day.
    fn stretch(&self, date: Date, range: MinuteRange) -> Option<Stretch> {
        let open = self.instant(date, range.open, Edge::Open)?;
        let close = self.instant(date, range.close, Edge::Close)?;
        (open < close).then_some(Stretch { open, close })
    }

    /// The stretch that contains an instant; the longest where exceptions overlap the night. Asked
    /// for every candidate of every order, so of yesterday only the nights are looked at.
    fn stretch_at(&self, at: Timestamp) -> Option<Stretch> {
        let today = self.local(at)?.date();
        let yesterday = today.yesterday().ok()?;
        let nights = self.ranges_on(yesterday).iter().filter(|range| range.crosses_midnight());
        nights
            .filter_map(|range| self.stretch(yesterday, *range))
            .chain(self.stretches(today))
            .filter(|stretch| stretch.open <= at && at < stretch.close)
            .max_by_key(|stretch| stretch.close)
    }

    /// Yesterday, whose night may reach into today, then today and on.
    fn days_around(&self, at: Timestamp) -> Option<impl Iterator<Item = Date> + use<>> {
        let yesterday = self.local(at)?.date().yesterday().ok()?;
        Some(std::iter::successors(Some(yesterday), |date| date.tomorrow().ok()))
    }

    /// Open at `from` and at every instant before `until`, over any number of touching stretches.
    fn open_throughout(&self, from: Timestamp, until: Timestamp) -> bool {
        let mut covered = from;
        loop {
            match self.stretch_at(covered) {
                Some(stretch) if stretch.close >= until => return true,
                Some(stretch) => covered = stretch.close,
                None => return false,
            }
        }
    }

    /// The instant of a clock reading. A range is one stretch that holds every reading inside it:
    /// where an hour is doubled it opens at the first and closes at the second, and where an hour
    /// is skipped both ends fall on the jump.
    fn instant(&self, date: Date, minutes: u16, edge: Edge) -> Option<Timestamp> {
        let date = if minutes < MINUTES_PER_DAY { date } else { date.tomorrow().ok()? };
        let minutes = minutes % MINUTES_PER_DAY;
        let hour = i8::try_from(minutes / 60).ok()?;
        let minute = i8::try_from(minutes % 60).ok()?;
        let reading = date.at(hour, minute, 0, 0);
        let instant = match (self.zone.to_ambiguous_timestamp(reading).offset(), edge) {
            (AmbiguousOffset::Unambiguous { offset }, _)
            | (AmbiguousOffset::Fold { before: offset, .. }, Edge::Open)
            | (AmbiguousOffset::Fold { after: offset, .. }, Edge::Close) => {
                offset.to_timestamp(reading).ok()?
            }
            (AmbiguousOffset::Gap { after, .. }, _) => {
                let ahead_of_the_jump = after.to_timestamp(reading).ok()?;
                self.zone.following(ahead_of_the_jump).next()?.timestamp()
            }
        };
        Some(Timestamp::from_millis(instant.as_millisecond()))
    }
}

fn just_before(at: Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millis().saturating_sub(1))
}

#[cfg(test)]
mod tests;
