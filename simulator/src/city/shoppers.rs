//! The shoppers: a name, a number, a home and for some a desk.

use serde::{Deserialize, Serialize};
use vocabulary::Chance;

use super::districts::{Crowd, Housing};
use super::streets::Address;
use super::words::{Line, person, phone};

/// Position of a shopper among the city's shoppers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShopperNumber(pub u32);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shopper {
    pub number: ShopperNumber,
    pub name: String,
    pub phone: String,
    pub home: Address,
    /// Where noon finds them, for those who work or study.
    pub desk: Option<Address>,
}

pub(super) fn move_in(count: usize, housing: &Housing<'_>, chance: &mut Chance) -> Vec<Shopper> {
    (0..count)
        .map_while(|position| {
            let home = housing.door(Crowd::Homes, chance)?;
            let works = chance.happens(0.6);
            Some(Shopper {
                number: ShopperNumber(position as u32),
                name: person(chance),
                phone: phone(Line::Shopper, position),
                home,
                desk: if works { housing.door(Crowd::Desks, chance) } else { None },
            })
        })
        .collect()
}
