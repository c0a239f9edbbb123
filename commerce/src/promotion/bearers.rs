//! Who carries what a campaign takes off.

use vocabulary::{Money, apportion};

use super::campaign::BearerPart;
use crate::Bearer;

/// What each bearer carries of each line's discount: every line to the fen, and all lines together
/// as near to the bearers' thousandths as whole fen allow. What rounding owes a bearer at one line
/// is made good at the next.
pub(super) fn split(bearers: &[BearerPart], offs: &[Money]) -> Vec<Vec<(Bearer, Money)>> {
    // In thousandths of a fen; adds up to nothing after each line.
    let mut owed: Vec<i128> = vec![0; bearers.len()];
    offs.iter().map(|off| split_line(bearers, &mut owed, *off)).collect()
}

fn split_line(bearers: &[BearerPart], owed: &mut [i128], off: Money) -> Vec<(Bearer, Money)> {
    match bearers {
        _ if off == Money::ZERO => return Vec::new(),
        [only] => return vec![(only.bearer, off)],
        [] | [_, ..] => {}
    }
    for (owed, part) in owed.iter_mut().zip(bearers) {
        *owed += i128::from(off.as_fen()) * i128::from(part.permille.0);
    }
    let weights: Vec<u64> =
        owed.iter().map(|owed| u64::try_from((*owed).max(0)).unwrap_or(u64::MAX)).collect();
    // Some bearer is owed something unless there is nothing to carry.
    let parts = apportion(off, &weights).unwrap_or_else(|_| vec![Money::ZERO; weights.len()]);
    for (owed, part) in owed.iter_mut().zip(&parts) {
        *owed -= i128::from(part.as_fen()) * 1_000;
    }
    let carried = bearers.iter().zip(parts).map(|(bearer, part)| (bearer.bearer, part));
    carried.filter(|(_, part)| *part != Money::ZERO).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Permille;

    fn parts(permille: &[u32]) -> Vec<BearerPart> {
        let all = [Bearer::Hq, Bearer::Store, Bearer::Platform, Bearer::Merchant];
        let parts = all.into_iter().zip(permille);
        parts.map(|(bearer, part)| BearerPart { bearer, permille: Permille(*part) }).collect()
    }

    #[test]
    fn a_third_and_two_thirds_are_made_good_over_the_lines() {
        let split = split(&parts(&[333, 667]), &[Money::fen(1), Money::fen(1), Money::fen(1)]);
        let carried: Vec<(Bearer, Money)> = split.into_iter().flatten().collect();
        let fen = Money::fen(1);
        assert_eq!(carried, [(Bearer::Store, fen), (Bearer::Hq, fen), (Bearer::Store, fen)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn lines_are_exact_and_bearers_within_two_fen(
            cuts in prop::collection::btree_set(1u32..1_000, 0..4),
            offs in prop::collection::vec(0i64..100_000, 1..20),
        ) {
            let edges: Vec<u32> = [0].into_iter().chain(cuts).chain([1_000]).collect();
            let permille: Vec<u32> = edges.windows(2).map(|edge| edge[1] - edge[0]).collect();
            let bearers = parts(&permille);
            prop_assume!(bearers.len() == permille.len());
            let offs: Vec<Money> = offs.into_iter().map(Money::fen).collect();
            let split = split(&bearers, &offs);
            for (carried, off) in split.iter().zip(&offs) {
                prop_assert_eq!(carried.iter().map(|(_, part)| *part).sum::<Money>(), *off);
                prop_assert!(carried.iter().all(|(_, part)| *part > Money::ZERO));
            }
            let total: Money = offs.iter().copied().sum();
            for part in &bearers {
                let own = split.iter().flatten().filter(|(bearer, _)| *bearer == part.bearer);
                let own: Money = own.map(|(_, amount)| *amount).sum();
                let exact = i128::from(total.as_fen()) * i128::from(part.permille.0);
                prop_assert!((i128::from(own.as_fen()) * 1_000 - exact).abs() <= 2_000);
            }
        }
    }
}
