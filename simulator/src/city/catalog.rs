//! What is sold: kinds of goods, their tax, and a few hundred SKUs made of them.

use serde::{Deserialize, Serialize};
use vocabulary::{Chance, Grams, Money};

use super::draws::{one_of, shuffle, within, word};
use super::goods::{GOODS, Goods};

/// Position of a SKU among the city's SKUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SkuNumber(pub u32);

/// Value added tax charged on a SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxRate {
    /// Vegetables, fresh meat and eggs are exempt in retail.
    Exempt,
    /// Prepared in the store and sold as a service.
    Six,
    /// Farm produce, grain, oil, fresh milk.
    Nine,
    /// Everything else.
    Thirteen,
}

/// How a SKU must be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Temperature {
    Ambient,
    Chilled,
    Frozen,
}

/// A thing that is sold, in one size and taste.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sku {
    pub number: SkuNumber,
    /// The chain's own code, such as `K0042`.
    pub code: String,
    pub name: String,
    pub category: String,
    pub size: String,
    /// EAN-13 of the range kept for use inside stores (it begins with 2).
    pub barcode: String,
    pub tax: TaxRate,
    /// Headquarters' list price.
    pub list_price: Money,
    pub weight: Grams,
    pub temperature: Temperature,
    /// How often it is bought, relative to other SKUs; falls off like Zipf's law.
    pub popularity: f64,
}

impl TaxRate {
    pub fn percent(self) -> u32 {
        match self {
            Self::Exempt => 0,
            Self::Six => 6,
            Self::Nine => 9,
            Self::Thirteen => 13,
        }
    }
}

/// The thirteen digits of an in-store code: a 2, eleven digits, and the check digit.
pub fn barcode(serial: u64) -> String {
    let digits = format!("2{:011}", serial % 100_000_000_000);
    let check = check_digit(&digits);
    format!("{digits}{check}")
}

/// The check digit of twelve EAN digits: weights 1 and 3 in turn from the left, to the next ten.
pub fn check_digit(digits: &str) -> u32 {
    let sum: u32 = digits
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (10 - sum % 10) % 10
}

/// Draws `count` SKUs, no two with the same name.
pub(super) fn stock_up(count: usize, chance: &mut Chance) -> Vec<Sku> {
    let mut offers = combinations(chance);
    shuffle(&mut offers, chance);
    let mut ranks: Vec<usize> = (1..=count).collect();
    shuffle(&mut ranks, chance);
    let base = chance.below(90_000);
    ranks
        .into_iter()
        .enumerate()
        .filter_map(|(position, rank)| {
            let offer = offers.get(position % offers.len().max(1))?;
            Some(offer.sku(position, position / offers.len().max(1), rank, base, chance))
        })
        .collect()
}

/// One way to fill a shelf: a maker's variety of a kind of goods, in one size.
struct Offer {
    maker: &'static str,
    goods: &'static Goods,
    variety: &'static str,
    size: &'static (&'static str, u32, i64),
}

/// Every variety in every size, each from one or two makers.
fn combinations(chance: &mut Chance) -> Vec<Offer> {
    let mut offers = Vec::new();
    for goods in GOODS {
        for variety in goods.varieties() {
            for maker in goods.drawn_makers(chance) {
                offers.extend(goods.sizes.iter().map(|size| Offer { maker, goods, variety, size }));
            }
        }
    }
    offers
}

impl Offer {
    fn sku(
        &self,
        position: usize,
        edition: usize,
        rank: usize,
        base: u64,
        chance: &mut Chance,
    ) -> Sku {
        let (size, grams, fen) = self.size;
        let maker_price = within(0.85, 1.25, chance);
        // Shelf prices are whole yuan or a little below: 12.90, 12.50.
        let yuan = ((*fen as f64) * maker_price / 100.0).round() as i64 * 100;
        let ending = one_of(&[0, 10, 20, 50], chance).copied().unwrap_or_default();
        let price = (yuan - ending).max(50);
        let edition =
            if edition == 0 { String::new() } else { format!("（{}版）", edition + 1) };
        Sku {
            number: SkuNumber(position as u32),
            code: format!("K{:04}", position + 1),
            name: format!("{}{} {size}{edition}", self.maker, self.variety),
            category: self.goods.category.to_owned(),
            size: (*size).to_owned(),
            barcode: barcode((base + position as u64) * 1_000 + chance.below(1_000)),
            tax: self.goods.tax,
            list_price: Money::fen(price),
            weight: Grams(*grams),
            temperature: self.goods.temperature,
            popularity: (zipf(rank) * self.goods.pull * 1e6).round() / 1e6,
        }
    }
}

/// Zipf's law, flattened at the top as in grocery sales.
fn zipf(rank: usize) -> f64 {
    1.0 / (rank as f64 + 2.7).powf(0.9)
}

/// A note to the store, sometimes.
pub(super) fn note(chance: &mut Chance) -> String {
    const NOTES: [&str; 6] = [
        "请放门口",
        "到了打电话",
        "不要塑料袋",
        "牛奶要日期新的",
        "请敲门，小孩在睡觉",
        "放前台即可",
    ];
    if chance.happens(0.18) { word(&NOTES, chance).to_owned() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_check_digit_is_that_of_the_standard() {
        assert_eq!(check_digit("400638133393"), 1, "the example every EAN page shows");
        let code = barcode(42);
        assert_eq!((code.len(), &code[..1]), (13, "2"));
        assert_eq!(check_digit(&code[..12]).to_string(), code[12..]);
    }

    #[test]
    fn skus_are_distinct_and_sellable() {
        let skus = stock_up(1_500, &mut Chance::from_seed(3));
        let names: BTreeSet<&str> = skus.iter().map(|sku| sku.name.as_str()).collect();
        let codes: BTreeSet<&str> = skus.iter().map(|sku| sku.barcode.as_str()).collect();
        assert_eq!((names.len(), codes.len()), (1_500, 1_500));
        assert!(skus.iter().all(|sku| sku.list_price.as_fen() >= 50 && sku.weight.0 > 0));
        for tax in [TaxRate::Exempt, TaxRate::Six, TaxRate::Nine, TaxRate::Thirteen] {
            assert!(skus.iter().any(|sku| sku.tax == tax), "{tax:?} is missing");
        }
    }
}
