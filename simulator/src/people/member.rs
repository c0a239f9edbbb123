//! Which shoppers are members, and what they do with what they have.

/// One in so many shoppers has an account.
const MEMBERS: u32 = 3;

/// What headquarters gives whoever enrols.
pub const WELCOME_POINTS: i64 = 200;
/// Nobody spends fewer points at once.
pub const LEAST_POINTS: u64 = 100;
/// The version of the terms that everybody agrees to.
pub const TERMS: &str = "2026-11";

/// Whether the shopper with this phone shops with an account.
pub fn is_member(phone: &str) -> bool {
    let digits: u32 = phone.bytes().filter(u8::is_ascii_digit).map(u32::from).sum();
    digits.is_multiple_of(MEMBERS)
}

/// What a member with so many points asks to pay with.
pub fn points_to_spend(points: u64) -> u64 {
    if points >= LEAST_POINTS { points } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_third_shopper_is_a_member_and_small_change_stays() {
        let members = (0..300).filter(|number| is_member(&format!("1380000{number:04}"))).count();
        assert!((60..140).contains(&members), "{members}");
        assert_eq!((points_to_spend(99), points_to_spend(100)), (0, 100));
    }
}
