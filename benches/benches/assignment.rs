//! How long does the assignment of a thousand orders to a thousand couriers take?
//!
//! Workload: orders and couriers uniform over 20 × 20 km, costs in whole metres of straight line:
//! all pairs, and the 16 nearest couriers of each order. Unit: milliseconds, the optimum each time.
//! Floor, in the same run: the same matrix by the dense Hungarian method of the crate `pathfinding`
//! at 200 × 200, where it is fast enough to wait for. Peer, where `PAIDAN_PEER_PYTHON` names a Python
//! that has scipy: `linear_sum_assignment` on all pairs and `min_weight_full_bipartite_matching` on
//! the nearest, whose optima must be ours. Too slow: half of scipy's time on all pairs, a quarter of
//! its time on the nearest.

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use dispatch::rounds::assignment::{Row, assign};
use paidan_benches::{ask, folder, median, must, runs, table};
use pathfinding::matrix::Matrix;
use pathfinding::prelude::kuhn_munkres_min;
use vocabulary::Chance;

const SIDE_METERS: f64 = 20_000.0;
const MANY: usize = 1_000;
const FEW: usize = 200;
const NEAREST: usize = 16;
/// What going without costs the sparse peer, who cannot leave anybody out.
const WITHOUT: i64 = 100_000_000;

fn main() {
    ask(
        "How long does the assignment of a thousand orders to a thousand couriers take?",
        "uniform over 20 × 20 km, straight lines in whole metres; all pairs, and the 16 nearest",
    );
    let small = costs(FEW);
    let mut rows = vec![
        line("200 × 200, all pairs", millis(|| assign(&all(&small))), cost(&all(&small))),
        hungarian(&small),
    ];
    let costs = costs(MANY);
    let (dense, sparse) = (all(&costs), nearest(&costs));
    let (whole, cost_of_all) = (millis(|| assign(&dense)), cost(&dense));
    let (near, cost_of_near) = (millis(|| assign(&sparse)), cost(&sparse));
    rows.push(line("1000 × 1000, all pairs", whole, cost_of_all));
    rows.push(line("1000 × 1000, 16 nearest", near, cost_of_near));
    if let Ok(python) = std::env::var("PAIDAN_PEER_PYTHON") {
        let peer = scipy(&python, &costs);
        assert_eq!(peer.dense_cost, cost_of_all, "both found the optimum of all pairs");
        rows.push(line("scipy, all pairs", peer.dense_ms, peer.dense_cost));
        rows.push(line("scipy, 16 nearest", peer.sparse_ms, peer.sparse_cost));
        let ratio = |ours: f64, theirs: f64| format!("{:.2} of scipy's time", ours / theirs);
        rows.push(vec!["ratio, all pairs".into(), ratio(whole, peer.dense_ms), String::new()]);
        rows.push(vec!["ratio, 16 nearest".into(), ratio(near, peer.sparse_ms), String::new()]);
    }
    table(&["what", "ms", "cost in metres"], &rows);
}

fn line(name: &str, took: f64, cost: i64) -> Vec<String> {
    vec![name.to_owned(), format!("{took:.2}"), cost.to_string()]
}

/// The middle of the runs.
fn millis<T>(mut work: impl FnMut() -> T) -> f64 {
    let took = (0..runs()).map(|_| {
        let began = Instant::now();
        black_box(work());
        began.elapsed().as_secs_f64() * 1e3
    });
    median(took.collect())
}

/// Of the pairs that were assigned; going without costs as much as the sparse peer pays for it.
fn cost(rows: &[Row]) -> i64 {
    let pairs = rows.iter().zip(assign(rows));
    pairs
        .map(|(row, column)| {
            row.candidates
                .iter()
                .find(|(known, _)| Some(*known) == column)
                .map_or(WITHOUT, |(_, cost)| *cost)
        })
        .sum()
}

fn hungarian(costs: &[Vec<i64>]) -> Vec<String> {
    let matrix = must("rows of one length", Matrix::from_rows(costs.to_vec()));
    let (cost, _) = kuhn_munkres_min(&matrix);
    line("200 × 200, dense Hungarian", millis(|| kuhn_munkres_min(&matrix)), cost)
}

fn costs(count: usize) -> Vec<Vec<i64>> {
    let mut chance = Chance::from_seed(count as u64);
    let mut somewhere = || (chance.unit() * SIDE_METERS, chance.unit() * SIDE_METERS);
    let orders: Vec<_> = (0..count).map(|_| somewhere()).collect();
    let couriers: Vec<_> = (0..count).map(|_| somewhere()).collect();
    let row = |(x, y): &(f64, f64)| {
        couriers.iter().map(|(a, b)| (x - a).hypot(y - b).round() as i64).collect()
    };
    orders.iter().map(row).collect()
}

fn all(costs: &[Vec<i64>]) -> Vec<Row> {
    let row = |costs: &Vec<i64>| Row {
        candidates: costs.iter().copied().enumerate().collect(),
        unassigned: WITHOUT,
    };
    costs.iter().map(row).collect()
}

fn nearest(costs: &[Vec<i64>]) -> Vec<Row> {
    let mut rows = all(costs);
    for row in &mut rows {
        row.candidates.sort_unstable_by_key(|(courier, cost)| (*cost, *courier));
        row.candidates.truncate(NEAREST);
        row.candidates.sort_unstable();
    }
    rows
}

struct Peer {
    dense_ms: f64,
    dense_cost: i64,
    sparse_ms: f64,
    sparse_cost: i64,
}

fn scipy(python: &str, costs: &[Vec<i64>]) -> Peer {
    let folder = folder();
    let path = folder.path().join("costs.txt");
    let mut text = String::new();
    for row in costs {
        for cost in row {
            let _ = write!(text, "{cost} ");
        }
        text.push('\n');
    }
    must("the matrix for the peer", std::fs::write(&path, text));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/scipy_assignment.py");
    let ran = Command::new(python)
        .arg(script)
        .args([path.as_os_str(), runs().to_string().as_ref(), NEAREST.to_string().as_ref()])
        .arg(WITHOUT.to_string())
        .output();
    let ran = must("the peer runs", ran);
    let said = String::from_utf8_lossy(&ran.stdout);
    let figures: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let &[dense_ms, dense_cost, sparse_ms, sparse_cost] = figures.as_slice() else {
        panic!("the peer says four figures, not {said} {}", String::from_utf8_lossy(&ran.stderr));
    };
    let (dense_cost, sparse_cost) = (dense_cost as i64, sparse_cost as i64);
    Peer { dense_ms, dense_cost, sparse_ms, sparse_cost }
}
