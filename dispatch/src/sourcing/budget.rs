//! How much searching one plan may cost. Counted, not timed, so that equal inputs end equally.

/// The most steps that one set of stores may take from the budget of its plan.
const STEPS_PER_SET: u32 = 1_000;
const STEPS_PER_PLAN: u32 = 50_000;
/// Stores asked what they would add to a cover.
const STEPS_PER_COVER: u32 = 10_000;

pub(super) struct Budget {
    steps_left: u32,
    /// Whether something was left undecided: the answer is good, but not proven best.
    pub(super) gave_up: bool,
}

impl Budget {
    pub(super) fn of_a_plan() -> Self {
        Self { steps_left: STEPS_PER_PLAN, gave_up: false }
    }

    /// For covers: their search proves nothing, so it may stop anywhere.
    pub(super) fn of_covers() -> Self {
        Self { steps_left: STEPS_PER_COVER, gave_up: false }
    }

    /// A share for deciding one set; hand it back with [`Budget::settle`].
    pub(super) fn share(&mut self) -> Self {
        let steps = self.steps_left.min(STEPS_PER_SET);
        self.steps_left -= steps;
        Self { steps_left: steps, gave_up: false }
    }

    pub(super) fn settle(&mut self, share: Self) {
        self.steps_left += share.steps_left;
        self.gave_up |= share.gave_up;
    }

    /// Whether another step may be made; if not, something stays undecided.
    pub(super) fn allows_step(&mut self) -> bool {
        let Some(left) = self.steps_left.checked_sub(1) else {
            self.gave_up = true;
            return false;
        };
        self.steps_left = left;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unused_share_comes_back_and_an_exhausted_one_is_remembered() {
        let mut budget = Budget::of_a_plan();
        let mut share = budget.share();
        assert!((0..STEPS_PER_SET).all(|_| share.allows_step()));
        budget.settle(share);
        assert_eq!(budget.steps_left, STEPS_PER_PLAN - STEPS_PER_SET);
        assert!(!budget.gave_up, "a share used up to the last step decided everything");

        let mut share = budget.share();
        assert!(!(0..=STEPS_PER_SET).all(|_| share.allows_step()));
        budget.settle(share);
        assert!(budget.gave_up);
    }
}
