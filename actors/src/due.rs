//! Due times in order.

use std::collections::VecDeque;

use vocabulary::Timestamp;

/// Timers that wait, by time, each once. An order has one or two and an inventory thousands, of
/// which new ones are nearly the last: a row of them takes a tenth of what a tree of one does.
#[derive(Debug)]
pub(crate) struct DueTimes<T>(VecDeque<(Timestamp, T)>);

impl<T> Default for DueTimes<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: Copy + Ord> DueTimes<T> {
    pub fn insert(&mut self, due: Timestamp, timer: T) {
        if self.0.capacity() == 0 {
            self.0.reserve_exact(1);
        }
        if let Err(place) = self.0.binary_search(&(due, timer)) {
            self.0.insert(place, (due, timer));
        }
    }

    pub fn first(&self) -> Option<Timestamp> {
        self.0.front().map(|(due, _)| *due)
    }

    /// Takes the first out if it is due by then.
    pub fn take_due(&mut self, by: Timestamp) -> Option<T> {
        let (due, timer) = self.0.front().copied()?;
        if due > by {
            return None;
        }
        self.0.pop_front();
        if self.0.is_empty() {
            self.0 = VecDeque::new();
        }
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use dispatch::Timer;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn what_is_due_comes_in_order_and_once() {
        let mut due = DueTimes::default();
        for (seconds, timer) in
            [(5, Timer::Stale), (3, Timer::PaymentDue), (5, Timer::Stale), (9, Timer::StatusEnd)]
        {
            due.insert(at(seconds), timer);
        }
        assert_eq!(due.first(), Some(at(3)));
        assert_eq!(due.take_due(at(2)), None);
        assert_eq!(due.take_due(at(5)), Some(Timer::PaymentDue));
        assert_eq!(due.take_due(at(5)), Some(Timer::Stale));
        assert_eq!(due.take_due(at(5)), None);
        assert_eq!(due.take_due(at(9)), Some(Timer::StatusEnd));
        assert_eq!(due.first(), None);
    }
}
