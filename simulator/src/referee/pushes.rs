//! Pushes come without a hole: within an epoch of a topic each delta follows the one before, and
//! whatever is lost is announced by a fresh snapshot.

use std::collections::BTreeMap;

use super::verdicts::Verdicts;

/// One frame on one connection.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Names the client's screen, across its reconnections.
    pub screen: String,
    pub epoch: i64,
    pub seq: i64,
    pub kind: FrameKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameKind {
    Snapshot,
    Delta,
}

#[derive(Default)]
pub(super) struct Pushes {
    screens: BTreeMap<String, (i64, i64)>,
    gaps: u64,
}

impl Pushes {
    pub fn see(&mut self, frame: &Frame, at_ms: i64, verdicts: &mut Verdicts) {
        let known = self.screens.insert(frame.screen.clone(), (frame.epoch, frame.seq));
        verdicts.looked("pushes_without_a_hole");
        if frame.kind == FrameKind::Snapshot {
            return;
        }
        let follows = known == Some((frame.epoch, frame.seq - 1));
        if !follows {
            self.gaps += 1;
            let (epoch, seq) = (frame.epoch, frame.seq);
            let detail = format!("delta ({epoch}, {seq}) follows {known:?} without a snapshot");
            verdicts.broken("pushes_without_a_hole", at_ms, &frame.screen, detail);
        }
    }

    pub fn gap_count(&self) -> u64 {
        self.gaps
    }
}
