//! The last deltas of a topic, for those who come back.

use std::collections::VecDeque;

use axum::extract::ws::Utf8Bytes;

/// How much a ring keeps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RingBounds {
    pub deltas: usize,
    pub bytes: usize,
}

/// Encoded deltas without a hole, the oldest first. The newest has the topic's own seq.
#[derive(Debug)]
pub(crate) struct Ring {
    /// The seq that a client must have to be continued from the oldest delta kept.
    base: u64,
    deltas: VecDeque<Utf8Bytes>,
    bytes: usize,
}

impl Ring {
    /// Nothing is known of what was before or at `seq`.
    pub fn beginning_at(seq: u64) -> Self {
        Self { base: seq, deltas: VecDeque::new(), bytes: 0 }
    }

    /// Keeps the next delta, and lets the oldest go where there is no room.
    pub fn push(&mut self, delta: Utf8Bytes, bounds: RingBounds) {
        self.bytes += delta.as_str().len();
        self.deltas.push_back(delta);
        while self.deltas.len() > bounds.deltas || self.bytes > bounds.bytes {
            let Some(oldest) = self.deltas.pop_front() else { break };
            self.bytes -= oldest.as_str().len();
            self.base += 1;
        }
    }

    /// What came after `seq`; `None` when some of it is gone, or `seq` was never reached.
    pub fn after(&self, seq: u64) -> Option<Vec<Utf8Bytes>> {
        let known = usize::try_from(seq.checked_sub(self.base)?).ok()?;
        let is_reached = known <= self.deltas.len();
        let known = known + usize::from(vocabulary::planted!("resume_skips_one"));
        is_reached.then(|| self.deltas.iter().skip(known).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEW: RingBounds = RingBounds { deltas: 3, bytes: 1_000 };

    fn texts(frames: Option<Vec<Utf8Bytes>>) -> Option<Vec<String>> {
        frames.map(|frames| frames.iter().map(|frame| frame.as_str().to_owned()).collect())
    }

    fn ring(bounds: RingBounds) -> Ring {
        let mut ring = Ring::beginning_at(10);
        for delta in ["11", "12", "13", "14", "15"] {
            ring.push(delta.into(), bounds);
        }
        ring
    }

    #[test]
    fn what_was_missed_is_replayed_from_any_point_that_is_kept() {
        let ring = ring(FEW);
        assert_eq!(texts(ring.after(12)).unwrap(), ["13", "14", "15"]);
        assert_eq!(texts(ring.after(14)).unwrap(), ["15"]);
        assert_eq!(texts(ring.after(15)).unwrap(), [""; 0]);
    }

    #[test]
    fn a_point_before_the_ring_or_after_its_end_is_a_miss() {
        let ring = ring(FEW);
        assert_eq!(ring.after(11), None, "12 is gone");
        assert_eq!(ring.after(0), None);
        assert_eq!(ring.after(16), None, "never reached");
        assert_eq!(ring.after(u64::MAX), None);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let ring = ring(RingBounds { deltas: 100, bytes: 4 });
        assert_eq!(texts(ring.after(13)).unwrap(), ["14", "15"]);
        assert_eq!(ring.after(12), None);
        let mut ring = ring;
        ring.push("larger than the ring".into(), RingBounds { deltas: 100, bytes: 4 });
        assert_eq!(ring.after(15), None, "it could not be kept");
        assert_eq!(texts(ring.after(16)).unwrap(), [""; 0]);
    }

    #[test]
    fn a_new_ring_continues_only_those_who_are_up_to_date() {
        let ring = Ring::beginning_at(10);
        assert_eq!(texts(ring.after(10)).unwrap(), [""; 0]);
        assert_eq!(ring.after(9), None);
    }
}
