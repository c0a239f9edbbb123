//! A set of needs, small enough to be compared in a few instructions.

/// Which needs of a basket are meant. Holds the needs `0..Mask::SIZE`; others are never in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Mask {
    low: u128,
    high: u128,
}

impl Mask {
    pub(super) const SIZE: usize = 256;

    /// The needs `0..count`.
    pub(super) fn first(count: usize) -> Self {
        (0..count).fold(Self::default(), Self::with)
    }

    pub(super) fn with(self, need: usize) -> Self {
        match need {
            0..128 => Self { low: self.low | 1 << need, ..self },
            128..Self::SIZE => Self { high: self.high | 1 << (need - 128), ..self },
            _ => self,
        }
    }

    pub(super) fn contains(self, need: usize) -> bool {
        match need {
            0..128 => self.low >> need & 1 == 1,
            128..Self::SIZE => self.high >> (need - 128) & 1 == 1,
            _ => false,
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self { low: self.low & other.low, high: self.high & other.high }
    }

    /// What is here and not in `other`.
    pub(super) fn without(self, other: Self) -> Self {
        Self { low: self.low & !other.low, high: self.high & !other.high }
    }

    pub(super) fn covers(self, other: Self) -> bool {
        other.without(self).is_empty()
    }

    /// Whether any need is in both.
    pub(super) fn meets(self, other: Self) -> bool {
        self.low & other.low != 0 || self.high & other.high != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }

    pub(super) fn count(self) -> u32 {
        self.low.count_ones() + self.high.count_ones()
    }

    /// From the smallest need up.
    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        ones(self.low).chain(ones(self.high).map(|bit| bit + 128))
    }
}

fn ones(mut bits: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = bits.trailing_zeros() as usize;
        (bits != 0).then(|| {
            bits &= bits - 1;
            bit
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_count_alike() {
        let mask = [0, 3, 127, 128, 200, 255].into_iter().fold(Mask::default(), Mask::with);
        assert_eq!(mask.iter().collect::<Vec<_>>(), [0, 3, 127, 128, 200, 255]);
        assert_eq!(mask.count(), 6);
        assert!(mask.contains(200) && !mask.contains(201));
        assert!(Mask::first(Mask::SIZE).covers(mask));
        assert!(!Mask::first(255).covers(mask), "the last need is missing");
        assert_eq!(mask.without(Mask::first(128)).iter().collect::<Vec<_>>(), [128, 200, 255]);
    }

    #[test]
    fn needs_beyond_the_size_are_never_in_it() {
        assert!(Mask::default().with(Mask::SIZE).is_empty());
        assert!(!Mask::first(Mask::SIZE).contains(Mask::SIZE));
    }
}
