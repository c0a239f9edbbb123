//! Draws the city needs beyond [`Chance`]: picking, weighing, shuffling.

use vocabulary::Chance;

/// Picks by weight in logarithmic time.
#[derive(Debug, Clone)]
pub struct Weighted {
    /// Running sums; the last one is the total.
    sums: Vec<f64>,
}

impl Weighted {
    /// Negative weights count as zero.
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut total = 0.0;
        let sums = weights
            .into_iter()
            .map(|weight: f64| {
                total += weight.max(0.0);
                total
            })
            .collect();
        Self { sums }
    }

    /// The position drawn; `None` when nothing weighs anything.
    pub fn pick(&self, chance: &mut Chance) -> Option<usize> {
        let total = *self.sums.last()?;
        let mark = chance.unit() * total;
        let position = self.sums.partition_point(|sum| *sum <= mark);
        (position < self.sums.len()).then_some(position)
    }
}

/// One of a list, each as likely as the others.
pub fn one_of<'a, T>(list: &'a [T], chance: &mut Chance) -> Option<&'a T> {
    list.get(chance.below(list.len() as u64) as usize)
}

/// One of a list of words; empty text for an empty list.
pub fn word<'a>(list: &[&'a str], chance: &mut Chance) -> &'a str {
    one_of(list, chance).copied().unwrap_or_default()
}

/// A whole number in `low..=high`.
pub fn between(low: u32, high: u32, chance: &mut Chance) -> u32 {
    low + chance.below(u64::from(high.saturating_sub(low)) + 1) as u32
}

/// A number in `low..high`.
pub fn within(low: f64, high: f64, chance: &mut Chance) -> f64 {
    low + (high - low) * chance.unit()
}

/// A draw of the standard normal distribution (Box and Muller's transform).
pub fn normal(chance: &mut Chance) -> f64 {
    let radius = (-2.0 * (1.0 - chance.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * chance.unit()).cos()
}

/// Fisher and Yates' shuffle.
pub fn shuffle<T>(list: &mut [T], chance: &mut Chance) {
    for last in (1..list.len()).rev() {
        list.swap(last, chance.below(last as u64 + 1) as usize);
    }
}

/// Hands out the words of a list in a drawn order, then starts again with a numeral added, so that
/// no two things carry the same name.
#[derive(Debug, Clone)]
pub struct NameBag {
    words: Vec<&'static str>,
    handed_out: usize,
}

impl NameBag {
    pub fn new(words: &[&'static str], chance: &mut Chance) -> Self {
        let mut words = words.to_vec();
        shuffle(&mut words, chance);
        Self { words, handed_out: 0 }
    }

    /// The next word, and the numeral when the list has been gone through before.
    pub fn next(&mut self) -> String {
        let rounds = self.handed_out / self.words.len().max(1);
        let word = self.words.get(self.handed_out % self.words.len().max(1)).copied();
        self.handed_out += 1;
        match rounds {
            0 => word.unwrap_or_default().to_owned(),
            again => format!("{}{}", word.unwrap_or_default(), numeral(again + 1)),
        }
    }
}

/// 一, 二, … 十, then digits.
pub fn numeral(number: usize) -> String {
    const SMALL: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let small = number.checked_sub(1).and_then(|position| SMALL.get(position));
    small.map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_decide_how_often_a_position_is_drawn() {
        let mut chance = Chance::from_seed(5);
        let weighted = Weighted::new([1.0, 0.0, 3.0]);
        let mut seen = [0u32; 3];
        for _ in 0..4_000 {
            seen[weighted.pick(&mut chance).unwrap()] += 1;
        }
        assert_eq!(seen[1], 0);
        assert!((2_850..3_150).contains(&seen[2]), "{seen:?}");
        assert_eq!(Weighted::new([0.0]).pick(&mut chance), None);
    }

    #[test]
    fn a_bag_never_hands_out_the_same_name_twice() {
        let mut bag = NameBag::new(&["东", "西"], &mut Chance::from_seed(1));
        let names: std::collections::BTreeSet<String> = (0..30).map(|_| bag.next()).collect();
        assert_eq!(names.len(), 30);
    }

    #[test]
    fn normal_draws_have_mean_zero_and_spread_one() {
        let mut chance = Chance::from_seed(9);
        let draws: Vec<f64> = (0..20_000).map(|_| normal(&mut chance)).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
