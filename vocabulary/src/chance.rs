//! Chance from a seed passed in, and the ids made with it.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::{Slot, Timestamp};

/// A reproducible source of draws. Equal seeds give equal draws on every machine (PCG-64 MCG).
#[derive(Debug, Clone)]
pub struct Chance(Pcg64Mcg);

impl Chance {
    pub fn from_seed(seed: u64) -> Self {
        Self(Pcg64Mcg::seed_from_u64(seed))
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number in `0..bound`; 0 when `bound` is 0. Unbiased enough for our bounds: the
    /// error of the multiply-shift is below `bound / 2^64`.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A number in `0.0..1.0`.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with the given probability.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A child source, so that one consumer's draws never shift another's.
    pub fn fork(&mut self, label: u64) -> Self {
        Self::from_seed(self.next_u64() ^ label.rotate_left(17))
    }
}

/// What [`IdSource`] can make.
pub trait Id {
    fn pack(at: Timestamp, slot: Slot, chance: u64) -> Self;
}

/// Makes the ids of one slot from time and seeded chance.
#[derive(Debug, Clone)]
pub struct IdSource {
    slot: Slot,
    chance: Chance,
}

impl IdSource {
    pub fn new(slot: Slot, chance: Chance) -> Self {
        Self { slot, chance }
    }

    /// The id of something that lives in another slot.
    pub fn next_in<I: Id>(&mut self, now: Timestamp, slot: Slot) -> I {
        I::pack(now, slot, self.chance.next_u64())
    }

    pub fn next<I: Id>(&mut self, now: Timestamp) -> I {
        I::pack(now, self.slot, self.chance.next_u64())
    }
}

/// The id of something that belongs to `parent`: same birth and slot, the rest drawn from the
/// parent's bits, what kind of child it is and which one. Decisions name their children with this
/// and so need no chance; two children collide with probability 2⁻⁵⁸.
pub fn derive<I: Id>(parent: u128, kind: u64, ordinal: u32) -> I {
    let parent_id = crate::OrderId::from_bits(parent);
    let seed = (parent as u64) ^ (kind << 56) ^ (u64::from(ordinal) << 24);
    let mut chance = Chance::from_seed(seed ^ (parent >> 64) as u64);
    I::pack(parent_id.born_at(), parent_id.slot(), chance.next_u64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OrderId;

    #[test]
    fn equal_seeds_give_equal_ids() {
        let now = Timestamp::from_millis(1);
        let mut one = IdSource::new(Slot(3), Chance::from_seed(7));
        let mut two = IdSource::new(Slot(3), Chance::from_seed(7));
        assert_eq!(one.next::<OrderId>(now), two.next::<OrderId>(now));
        assert_ne!(one.next::<OrderId>(now), one.next::<OrderId>(now));
    }

    #[test]
    fn children_keep_the_slot_and_birth_of_their_parent() {
        let parent: OrderId =
            IdSource::new(Slot(9), Chance::from_seed(1)).next(Timestamp::from_millis(77));
        let child: crate::DeliveryId = derive(parent.bits(), 3, 1);
        assert_eq!((child.slot(), child.born_at()), (parent.slot(), parent.born_at()));
        assert_ne!(child, derive(parent.bits(), 3, 2));
        assert_ne!(child.bits(), derive::<crate::OfferId>(parent.bits(), 4, 1).bits());
        assert_eq!(child, derive(parent.bits(), 3, 1));
    }

    #[test]
    fn below_stays_below() {
        let mut chance = Chance::from_seed(1);
        assert!((0..1000).all(|_| chance.below(7) < 7));
        assert_eq!(chance.below(0), 0);
    }
}
