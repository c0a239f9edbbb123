//! The verdict over a run, and the exit code that tells it to other programs.

use super::summary::{Ending, RunSummary};

/// From best to worst; the worst that applies is the run's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Passed,
    ThresholdsFailed,
    Interrupted,
    RulesBroken,
    Unreachable,
}

impl Outcome {
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::ThresholdsFailed => 99,
            Self::Interrupted => 130,
            Self::RulesBroken => 98,
            Self::Unreachable => 2,
        }
    }
}

impl RunSummary {
    pub fn outcome(&self) -> Outcome {
        let ending = match self.ending {
            Ending::Completed => Outcome::Passed,
            Ending::Interrupted => Outcome::Interrupted,
            Ending::Unreachable { .. } => Outcome::Unreachable,
        };
        let rules = match self.referee.violation_count {
            0 => Outcome::Passed,
            1.. => Outcome::RulesBroken,
        };
        let failed = self.thresholds.iter().any(|threshold| threshold.failed);
        let thresholds = if failed { Outcome::ThresholdsFailed } else { Outcome::Passed };
        ending.max(rules).max(thresholds)
    }
}
