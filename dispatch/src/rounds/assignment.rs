//! Who goes with whom: the cheapest of all assignments that serve as many rows as possible.
//!
//! Rectangular and sparse: a row names only the columns it may take. Shortest augmenting paths with
//! column prices (after Jonker and Volgenant), one connected component at a time. Equal inputs give
//! equal answers; where two paths cost the same, the smaller column is tried first.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// One row's wishes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// Columns this row may take and what each costs; a column at most once.
    pub candidates: Vec<(usize, i64)>,
    /// What going without costs, among assignments that serve equally many rows.
    pub unassigned: i64,
}

/// The column of each row. First as many rows as possible get one, then the sum of costs is least.
///
/// Costs and columns are meant to be far below 2⁴⁰, so that sums of them cannot overflow.
pub fn assign(rows: &[Row]) -> Vec<Option<usize>> {
    let mut answer = vec![None; rows.len()];
    for component in components(rows) {
        for (row, column) in component.solve(rows) {
            if let Some(place) = answer.get_mut(row) {
                *place = column;
            }
        }
    }
    answer
}

/// The floor that a better planner must beat: each row in turn takes what is cheapest for it and
/// still free.
pub fn in_turn(rows: &[Row]) -> Vec<Option<usize>> {
    let mut taken = BTreeSet::new();
    let choose = |row: &Row| {
        let free = row.candidates.iter().filter(|(column, _)| !taken.contains(column));
        let (column, _) = free.min_by_key(|(column, cost)| (*cost, *column))?;
        taken.insert(*column);
        Some(*column)
    };
    rows.iter().map(choose).collect()
}

/// Rows that compete for the same columns, and those columns, both ascending.
struct Component {
    rows: Vec<usize>,
    columns: Vec<usize>,
}

fn components(rows: &[Row]) -> Vec<Component> {
    let width = rows.iter().flat_map(|row| &row.candidates).map(|(column, _)| column + 1).max();
    let mut sets = Sets::new(rows.len() + width.unwrap_or(0));
    for (index, row) in rows.iter().enumerate() {
        for (column, _) in &row.candidates {
            sets.join(index, rows.len() + column);
        }
    }
    let mut place_of = vec![None; rows.len() + width.unwrap_or(0)];
    let mut components: Vec<Component> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if row.candidates.is_empty() {
            continue;
        }
        let root = sets.root(index);
        let known = place_of.get(root).copied().flatten();
        let place = known.unwrap_or(components.len());
        if known.is_none() {
            components.push(Component { rows: Vec::new(), columns: Vec::new() });
            if let Some(entry) = place_of.get_mut(root) {
                *entry = Some(place);
            }
        }
        if let Some(component) = components.get_mut(place) {
            component.rows.push(index);
            component.columns.extend(row.candidates.iter().map(|(column, _)| *column));
        }
    }
    for component in &mut components {
        component.columns.sort_unstable();
        component.columns.dedup();
    }
    components
}

/// Disjoint sets by halving paths; the smaller root wins, so that answers do not depend on luck.
struct Sets(Vec<usize>);

impl Sets {
    fn new(members: usize) -> Self {
        Self((0..members).collect())
    }

    fn parent(&self, member: usize) -> usize {
        self.0.get(member).copied().unwrap_or(member)
    }

    fn root(&mut self, mut member: usize) -> usize {
        while self.parent(member) != member {
            let above = self.parent(self.parent(member));
            if let Some(parent) = self.0.get_mut(member) {
                *parent = above;
            }
            member = above;
        }
        member
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(parent) = self.0.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }
}

impl Component {
    fn solve(&self, rows: &[Row]) -> Vec<(usize, Option<usize>)> {
        let wishes: Vec<&Row> = self.rows.iter().filter_map(|row| rows.get(*row)).collect();
        let mut search = Search::new(self.edges(&wishes), self.columns.len() + wishes.len());
        for row in 0..wishes.len() {
            search.augment(row);
        }
        let taken = search.column_of.iter().map(|column| self.columns.get((*column)?).copied());
        self.rows.iter().copied().zip(taken).collect()
    }

    /// Each row may also take a private column that stands for going without. It costs more than
    /// any rearrangement of the rest could save, so that nobody goes without to make others cheap.
    fn edges(&self, wishes: &[&Row]) -> Vec<Vec<Edge>> {
        let dearest = |row: &&Row| {
            let costs = row.candidates.iter().map(|(_, cost)| cost.abs());
            2 * costs.max().unwrap_or(0) + row.unassigned.abs()
        };
        let without = 1 + wishes.iter().map(dearest).sum::<i64>();
        let edges_of = |(index, row): (usize, &&Row)| {
            let known = row.candidates.iter().filter_map(|(column, cost)| {
                let column = self.columns.binary_search(column).ok()?;
                Some(Edge { column, cost: *cost })
            });
            let alone = Edge { column: self.columns.len() + index, cost: without + row.unassigned };
            known.chain([alone]).collect()
        };
        wishes.iter().enumerate().map(edges_of).collect()
    }
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    column: usize,
    cost: i64,
}

/// A column as the search sees it.
#[derive(Debug, Clone, Copy, Default)]
struct Column {
    /// What competition has made it cheaper by; never above zero.
    price: i64,
    row: Option<usize>,
    /// Of the shortest path found in this search, and the row before it.
    distance: i64,
    through: usize,
    cost: i64,
    /// The search that last reached it, and whether it was finished there.
    reached_in: usize,
    is_final: bool,
}

struct Search {
    edges: Vec<Vec<Edge>>,
    columns: Vec<Column>,
    column_of: Vec<Option<usize>>,
    /// What each row pays for its column.
    paid: Vec<i64>,
    frontier: BinaryHeap<Reverse<(i64, usize)>>,
    finished: Vec<usize>,
    number: usize,
}

impl Search {
    fn new(edges: Vec<Vec<Edge>>, columns: usize) -> Self {
        Self {
            columns: vec![Column::default(); columns],
            column_of: vec![None; edges.len()],
            paid: vec![0; edges.len()],
            edges,
            frontier: BinaryHeap::new(),
            finished: Vec::new(),
            number: 0,
        }
    }

    /// Gives one more row a column, moving others along the cheapest path of exchanges.
    fn augment(&mut self, row: usize) {
        self.number += 1;
        self.frontier.clear();
        self.finished.clear();
        self.relax(row, 0);
        let Some((end, length)) = self.cheapest_free() else { return };
        for index in std::mem::take(&mut self.finished) {
            if let Some(column) = self.columns.get_mut(index) {
                column.price += column.distance - length;
            }
        }
        self.exchange(row, end);
    }

    /// Walks on from a row: its columns are reached at their reduced cost beyond `base`.
    fn relax(&mut self, row: usize, base: i64) {
        let Some(edges) = self.edges.get(row) else { return };
        for edge in edges {
            let Some(column) = self.columns.get_mut(edge.column) else { continue };
            let distance = base + edge.cost - column.price;
            let is_known = column.reached_in == self.number;
            if is_known && (column.is_final || column.distance <= distance) {
                continue;
            }
            column.distance = distance;
            column.through = row;
            column.cost = edge.cost;
            column.reached_in = self.number;
            column.is_final = false;
            self.frontier.push(Reverse((distance, edge.column)));
        }
    }

    /// The nearest column that nobody has, and how far it is. There always is one: going without.
    fn cheapest_free(&mut self) -> Option<(usize, i64)> {
        while let Some(Reverse((distance, index))) = self.frontier.pop() {
            let column = self.columns.get_mut(index)?;
            if column.is_final || column.distance != distance {
                continue;
            }
            column.is_final = true;
            let Some(holder) = column.row else { return Some((index, distance)) };
            // The holder gives it up: what it paid comes back.
            let reduced = self.paid.get(holder).copied()? - column.price;
            self.finished.push(index);
            self.relax(holder, distance - reduced);
        }
        None
    }

    fn exchange(&mut self, free: usize, end: usize) {
        let mut index = end;
        loop {
            let Some(column) = self.columns.get_mut(index) else { return };
            let row = column.through;
            column.row = Some(row);
            if let Some(paid) = self.paid.get_mut(row) {
                *paid = column.cost;
            }
            let Some(place) = self.column_of.get_mut(row) else { return };
            let given_up = place.replace(index);
            if row == free {
                return;
            }
            let Some(next) = given_up else { return };
            index = next;
        }
    }
}

#[cfg(test)]
mod tests;
