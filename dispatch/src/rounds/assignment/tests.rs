use std::collections::BTreeSet;

use pathfinding::kuhn_munkres::kuhn_munkres_min;
use pathfinding::matrix::Matrix;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn row(candidates: &[(usize, i64)], unassigned: i64) -> Row {
    Row { candidates: candidates.to_vec(), unassigned }
}

/// Rows served, and what the whole costs.
fn value(rows: &[Row], answer: &[Option<usize>]) -> (usize, i64) {
    let mut taken = BTreeSet::new();
    let mut sum = 0;
    for (row, column) in rows.iter().zip(answer) {
        match column {
            Some(column) => {
                assert!(taken.insert(*column), "column {column} is given twice");
                let cost = row.candidates.iter().find(|(known, _)| known == column);
                sum += cost.expect("a row only gets what it may take").1;
            }
            None => sum += row.unassigned,
        }
    }
    (taken.len(), sum)
}

/// Every assignment there is: the most rows, then the least cost.
fn brute_force(rows: &[Row], taken: &mut BTreeSet<usize>) -> (usize, i64) {
    let Some((first, rest)) = rows.split_first() else { return (0, 0) };
    let (served, cost) = brute_force(rest, taken);
    let mut best = (served, cost + first.unassigned);
    for (column, cost) in &first.candidates {
        if taken.insert(*column) {
            let (served, rest) = brute_force(rest, taken);
            taken.remove(column);
            let found = (served + 1, rest + cost);
            if (std::cmp::Reverse(found.0), found.1) < (std::cmp::Reverse(best.0), best.1) {
                best = found;
            }
        }
    }
    best
}

fn any_rows(rows: usize, columns: usize) -> impl Strategy<Value = Vec<Row>> {
    let candidates = vec((0..columns, -50..200_i64), 0..=columns);
    vec((candidates, 0..30_i64), 0..=rows).prop_map(|rows| {
        rows.into_iter()
            .map(|(mut candidates, unassigned)| {
                candidates.sort_unstable();
                candidates.dedup_by_key(|(column, _)| *column);
                Row { candidates, unassigned }
            })
            .collect()
    })
}

#[test]
fn nobody_gets_nothing_and_nothing_gets_nobody() {
    assert_eq!(assign(&[]), []);
    assert_eq!(assign(&[Row::default(), Row::default()]), [None, None]);
}

#[test]
fn the_one_who_can_go_nowhere_else_is_served_first() {
    let rows = [row(&[(0, 1), (1, 90)], 0), row(&[(0, 50)], 0)];
    assert_eq!(assign(&rows), [Some(1), Some(0)]);
}

#[test]
fn the_longest_wait_wins_when_there_is_not_enough_for_all() {
    let rows = [row(&[(7, 100)], 10), row(&[(7, 105)], 60)];
    assert_eq!(assign(&rows), [None, Some(7)]);
}

#[test]
fn a_chain_of_exchanges_is_found() {
    let rows = [
        row(&[(0, 1), (1, 2)], 0),
        row(&[(1, 1), (2, 2)], 0),
        row(&[(2, 1), (3, 2)], 0),
        row(&[(0, 1)], 0),
    ];
    assert_eq!(assign(&rows), [Some(1), Some(2), Some(3), Some(0)]);
}

#[test]
fn equal_costs_go_to_the_smaller_column() {
    let rows = [row(&[(4, 9), (2, 9), (3, 9)], 0), row(&[(3, 9), (4, 9)], 0)];
    assert_eq!(assign(&rows), [Some(2), Some(3)]);
}

proptest! {
    #[test]
    fn no_assignment_is_better(rows in any_rows(6, 5)) {
        let answer = assign(&rows);
        prop_assert_eq!(value(&rows, &answer), brute_force(&rows, &mut BTreeSet::new()));
    }

    #[test]
    fn fewer_columns_than_rows(rows in any_rows(40, 25)) {
        agrees_with_kuhn_and_munkres(&rows, 25);
    }

    #[test]
    fn more_columns_than_rows(rows in any_rows(12, 60)) {
        agrees_with_kuhn_and_munkres(&rows, 60);
    }
}

/// Pairs that cannot meet cost more in the oracle's matrix than any sum of real ones.
fn agrees_with_kuhn_and_munkres(rows: &[Row], columns: usize) {
    const NEVER: i64 = 1_000_000;
    if rows.is_empty() {
        return;
    }
    let mut matrix = Matrix::new(rows.len(), columns + rows.len(), 2 * NEVER);
    for (index, row) in rows.iter().enumerate() {
        for (column, cost) in &row.candidates {
            matrix[(index, *column)] = *cost;
        }
        matrix[(index, columns + index)] = NEVER + row.unassigned;
    }
    let (total, _) = kuhn_munkres_min(&matrix);
    let (served, sum) = value(rows, &assign(rows));
    assert_eq!(sum + NEVER * (rows.len() - served) as i64, total);
}
