//! Who goes with whom: the cheapest of all assignments that serve as many rows as possible.
//!
//! Rectangular and sparse: a row names only the columns it may take. Shortest augmenting paths with
//! column prices (after Jonker and Volgenant), one connected component at a time. Of a row with very
//! many columns only the cheapest are looked at first; the prices that come out tell which of the
//! others could make it better, and with these it is solved again, until none could. That is exact,
//! and of a thousand columns a row some dozens are ever searched. Equal inputs give equal answers;
//! where two paths cost the same, the smaller column is tried first.

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
    let (components, place_of) = components(rows);
    for component in components {
        for (row, column) in component.solve(rows, &place_of) {
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
#[derive(Default)]
struct Component {
    rows: Vec<usize>,
    columns: Vec<usize>,
}

/// The components, and the place of each column among the columns of its own.
fn components(rows: &[Row]) -> (Vec<Component>, Vec<usize>) {
    let width = rows.iter().flat_map(|row| &row.candidates).map(|(column, _)| column + 1).max();
    let width = width.unwrap_or(0);
    let mut sets = Sets::new(rows.len() + width);
    let mut is_wanted = vec![false; width];
    for (index, row) in rows.iter().enumerate() {
        for (column, _) in &row.candidates {
            sets.join(index, rows.len() + column);
            if let Some(is_wanted) = is_wanted.get_mut(*column) {
                *is_wanted = true;
            }
        }
    }
    let mut component_of: Vec<Option<usize>> = vec![None; rows.len() + width];
    let mut components: Vec<Component> = Vec::new();
    for index in (0..rows.len()).filter(|row| rows.get(*row).is_some_and(Row::wants)) {
        let Some(entry) = component_of.get_mut(sets.root(index)) else { continue };
        let place = *entry.get_or_insert(components.len());
        if place == components.len() {
            components.push(Component::default());
        }
        if let Some(component) = components.get_mut(place) {
            component.rows.push(index);
        }
    }
    let mut place_of = vec![0; width];
    for (column, place) in place_of.iter_mut().enumerate() {
        let component = component_of.get(sets.root(rows.len() + column)).copied().flatten();
        let is_wanted = is_wanted.get(column).is_some_and(|wanted| *wanted);
        if let Some(component) =
            component.filter(|_| is_wanted).and_then(|at| components.get_mut(at))
        {
            *place = component.columns.len();
            component.columns.push(column);
        }
    }
    (components, place_of)
}

impl Row {
    fn wants(&self) -> bool {
        !self.candidates.is_empty()
    }
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
        // In a crowd most pairs are joined already, both a step below their root.
        if self.parent(one) == self.parent(other) {
            return;
        }
        let (one, other) = (self.root(one), self.root(other));
        if let Some(parent) = self.0.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }
}

impl Component {
    fn solve(&self, rows: &[Row], place_of: &[usize]) -> Vec<(usize, Option<usize>)> {
        let wishes: Vec<Wish<'_>> = self
            .rows
            .iter()
            .filter_map(|row| rows.get(*row))
            .map(|row| Wish { row, place_of })
            .collect();
        let alone = self.alone(&wishes);
        let mut edges: Vec<Vec<Edge>> = wishes.iter().map(Wish::cheapest).collect();
        loop {
            let mut search = Search::new(&edges, &alone, self.columns.len());
            for row in 0..wishes.len() {
                search.augment(row);
            }
            let better = search.left_out(&wishes);
            if better.is_empty() {
                let taken = search.column_of.iter();
                let taken = taken.map(|column| self.columns.get((*column)?).copied());
                return self.rows.iter().copied().zip(taken).collect();
            }
            for (row, mut more) in better {
                if let Some(edges) = edges.get_mut(row) {
                    edges.append(&mut more);
                    edges.sort_unstable();
                }
            }
        }
    }

    /// Each row may also take a private column that stands for going without. It costs more than
    /// any rearrangement of the rest could save, so that nobody goes without to make others cheap.
    fn alone(&self, wishes: &[Wish<'_>]) -> Vec<Edge> {
        let dearest = |wish: &Wish<'_>| {
            let costs = wish.row.candidates.iter().map(|(_, cost)| cost.abs());
            2 * costs.max().unwrap_or(0) + wish.row.unassigned.abs()
        };
        let without = 1 + wishes.iter().map(dearest).sum::<i64>();
        let edge = |(index, wish): (usize, &Wish<'_>)| Edge {
            cost: without + wish.row.unassigned,
            column: self.columns.len() + index,
        };
        wishes.iter().enumerate().map(edge).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    cost: i64,
    column: usize,
}

/// A row, and where its columns are within the component.
struct Wish<'r> {
    row: &'r Row,
    place_of: &'r [usize],
}

/// How many of a row's columns are looked at first, and at most how many more each time after.
const LOOKED_AT: usize = 24;

impl Wish<'_> {
    /// The cheapest edges, in order.
    fn cheapest(&self) -> Vec<Edge> {
        let mut cheapest = Cheapest::default();
        for &(column, cost) in &self.row.candidates {
            cheapest.offer(cost, || self.place_of.get(column).copied());
        }
        cheapest.into_sorted()
    }

    /// The edges that would make the row better off at these prices than what it pays now, the best
    /// of them.
    fn better(&self, columns: &[Column], pays: i64) -> Vec<Edge> {
        let mut cheapest = Cheapest::default();
        for &(column, cost) in &self.row.candidates {
            // No price is above zero, so most need not be looked up.
            if cost >= pays {
                continue;
            }
            let Some(&column) = self.place_of.get(column) else { continue };
            let price = columns.get(column).map_or(0, |column| column.price);
            if cost - price < pays {
                cheapest.offer(cost - price, || Some(column));
            }
        }
        let mut better = cheapest.into_sorted();
        for edge in &mut better {
            edge.cost += columns.get(edge.column).map_or(0, |column| column.price);
        }
        better
    }
}

/// Keeps the cheapest of many edges, cutting down when there are twice too many.
#[derive(Default)]
struct Cheapest {
    edges: Vec<Edge>,
    below: Option<i64>,
}

impl Cheapest {
    fn offer(&mut self, cost: i64, column: impl FnOnce() -> Option<usize>) {
        if self.below.is_some_and(|below| cost > below) {
            return;
        }
        if let Some(column) = column() {
            self.edges.push(Edge { cost, column });
        }
        if self.edges.len() == 2 * LOOKED_AT {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.edges.len() > LOOKED_AT {
            let (_, next, _) = self.edges.select_nth_unstable(LOOKED_AT);
            self.below = Some(next.cost);
            self.edges.truncate(LOOKED_AT);
        }
    }

    fn into_sorted(mut self) -> Vec<Edge> {
        self.cut();
        self.edges.sort_unstable();
        self.edges
    }
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

struct Search<'r> {
    /// Of each row, the cheapest first.
    edges: &'r [Vec<Edge>],
    /// The last edge of each row, which nobody else has: to go without.
    alone: &'r [Edge],
    reached: Reached,
    column_of: Vec<Option<usize>>,
    /// What each row pays for its column.
    paid: Vec<i64>,
    finished: Vec<usize>,
}

/// The columns, and how far the search under way has come among them.
struct Reached {
    columns: Vec<Column>,
    frontier: BinaryHeap<Reverse<(i64, usize)>>,
    /// How far the nearest column is that nobody has, of those reached.
    bound: i64,
    search: usize,
}

impl<'r> Search<'r> {
    fn new(edges: &'r [Vec<Edge>], alone: &'r [Edge], columns: usize) -> Self {
        let rows = edges.len();
        let reached = Reached {
            columns: vec![Column::default(); columns + rows],
            frontier: BinaryHeap::new(),
            bound: i64::MAX,
            search: 0,
        };
        let column_of = vec![None; rows];
        Self { edges, alone, reached, column_of, paid: vec![0; rows], finished: Vec::new() }
    }

    /// Gives one more row a column, moving others along the cheapest path of exchanges.
    fn augment(&mut self, row: usize) {
        self.reached.begin();
        self.finished.clear();
        self.relax(row, 0);
        let Some((end, length)) = self.cheapest_free() else { return };
        for index in std::mem::take(&mut self.finished) {
            if let Some(column) = self.reached.columns.get_mut(index) {
                column.price += column.distance - length;
            }
        }
        self.exchange(row, end);
    }

    /// Walks on from a row: its columns are reached at their reduced cost beyond `base`.
    fn relax(&mut self, row: usize, base: i64) {
        for edge in self.edges.get(row).into_iter().flatten() {
            // No price is above zero: this and all dearer ones are beyond the nearest free column.
            if base + edge.cost > self.reached.bound {
                return;
            }
            self.reached.reach(*edge, row, base);
        }
        if let Some(edge) = self.alone.get(row) {
            self.reached.reach(*edge, row, base);
        }
    }

    /// The nearest column that nobody has, and how far it is. There always is one: going without.
    fn cheapest_free(&mut self) -> Option<(usize, i64)> {
        while let Some((distance, index)) = self.reached.nearest() {
            let column = self.reached.columns.get_mut(index)?;
            column.is_final = true;
            let Some(holder) = column.row else { return Some((index, distance)) };
            // The holder gives it up: what it paid comes back.
            let reduced = self.paid.get(holder).copied()? - column.price;
            self.finished.push(index);
            self.relax(holder, distance - reduced);
        }
        None
    }

    /// Edges that no search has looked at though they would make a row better off.
    fn left_out(&self, wishes: &[Wish<'_>]) -> Vec<(usize, Vec<Edge>)> {
        let columns = &self.reached.columns;
        let better = |row: usize, wish: &Wish<'_>| {
            if wish.row.candidates.len() <= self.edges.get(row)?.len() {
                return None;
            }
            let price = columns.get((*self.column_of.get(row)?)?)?.price;
            let better = wish.better(columns, self.paid.get(row)? - price);
            (!better.is_empty()).then_some((row, better))
        };
        wishes.iter().enumerate().filter_map(|(row, wish)| better(row, wish)).collect()
    }

    fn exchange(&mut self, free: usize, end: usize) {
        let mut index = end;
        loop {
            let Some(column) = self.reached.columns.get_mut(index) else { return };
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

impl Reached {
    fn begin(&mut self) {
        self.search += 1;
        self.bound = i64::MAX;
        self.frontier.clear();
    }

    fn reach(&mut self, edge: Edge, row: usize, base: i64) {
        let Some(column) = self.columns.get_mut(edge.column) else { return };
        let distance = base + edge.cost - column.price;
        let is_known = column.reached_in == self.search;
        if distance > self.bound || is_known && (column.is_final || column.distance <= distance) {
            return;
        }
        column.distance = distance;
        column.through = row;
        column.cost = edge.cost;
        column.reached_in = self.search;
        column.is_final = false;
        if column.row.is_none() {
            self.bound = distance;
        }
        self.frontier.push(Reverse((distance, edge.column)));
    }

    /// The nearest column that is not final.
    fn nearest(&mut self) -> Option<(i64, usize)> {
        while let Some(Reverse((distance, index))) = self.frontier.pop() {
            let column = self.columns.get(index)?;
            if !column.is_final && column.distance == distance {
                return Some((distance, index));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
