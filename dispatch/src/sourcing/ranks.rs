//! A set of contenders by rank, small enough to be copied and cut in a few instructions.

const BITS: usize = u64::BITS as usize;
const WORDS: usize = 8;

/// Holds the ranks `0..Ranks::SIZE`; others are never in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ranks([u64; WORDS]);

impl Ranks {
    pub(super) const SIZE: usize = WORDS * BITS;

    /// The ranks `0..count`.
    pub(super) fn first(count: usize) -> Self {
        (0..count).fold(Self::default(), Self::with)
    }

    pub(super) fn with(mut self, rank: usize) -> Self {
        if let Some(word) = self.0.get_mut(rank / BITS) {
            *word |= 1 << (rank % BITS);
        }
        self
    }

    pub(super) fn without(mut self, rank: usize) -> Self {
        if let Some(word) = self.0.get_mut(rank / BITS) {
            *word &= !(1 << (rank % BITS));
        }
        self
    }

    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= other);
        self
    }

    pub(super) fn count(self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// From the smallest rank up.
    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(index, mut word)| {
            std::iter::from_fn(move || {
                let bit = word.trailing_zeros() as usize;
                (word != 0).then(|| {
                    word &= word - 1;
                    index * BITS + bit
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_counts_alike() {
        let ranks = [0, 63, 64, 300, 511].into_iter().fold(Ranks::default(), Ranks::with);
        assert_eq!(ranks.iter().collect::<Vec<_>>(), [0, 63, 64, 300, 511]);
        assert_eq!(ranks.without(300).count(), 4);
        assert_eq!(ranks.and(Ranks::first(64)).iter().collect::<Vec<_>>(), [0, 63]);
        assert_eq!(Ranks::first(Ranks::SIZE).without(Ranks::SIZE).count() as usize, Ranks::SIZE);
        assert_eq!(Ranks::default().with(Ranks::SIZE), Ranks::default());
    }
}
