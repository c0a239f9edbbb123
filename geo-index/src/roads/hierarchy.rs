//! Quickest ways over a contracted graph: every way goes up to its most important node and down
//! again, and there are few nodes on the way up.

use std::cell::RefCell;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::contraction::{Arc, Contracted, contract};
use super::cost::Cost;

/// One graph, its nodes numbered by importance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hierarchy {
    /// The number here of each node of the graph.
    numbers: Vec<u32>,
    /// To more important nodes.
    up: Fan,
    /// From more important nodes.
    down: Fan,
}

/// Arcs by node, one list after the other.
#[derive(Debug, Clone, Default, PartialEq)]
struct Fan {
    first: Vec<u32>,
    arcs: Vec<Arc>,
}

impl Fan {
    fn of(order: &[u32], numbers: &[u32], lists: &[Vec<Arc>]) -> Self {
        let mut fan = Self { first: vec![0], arcs: Vec::new() };
        for &node in order {
            let list = lists.get(node as usize).into_iter().flatten();
            let renamed = list.filter_map(|(to, cost)| Some((*numbers.get(*to as usize)?, *cost)));
            fan.arcs.extend(renamed);
            fan.first.push(fan.arcs.len() as u32);
        }
        fan
    }

    fn of_node(&self, node: u32) -> &[Arc] {
        let at = node as usize;
        let (Some(&from), Some(&to)) = (self.first.get(at), self.first.get(at + 1)) else {
            return &[];
        };
        self.arcs.get(from as usize..to as usize).unwrap_or_default()
    }
}

/// Where a trip may begin or end: at a node, after or before so much.
pub(super) type Ends = smallvec::SmallVec<[Arc; 2]>;

impl Hierarchy {
    pub(super) fn of(nodes: u32, arcs: impl IntoIterator<Item = (u32, u32, Cost)>) -> Self {
        let Contracted { order, up, down } = contract(nodes, arcs);
        let mut numbers = vec![0; nodes as usize];
        for (number, &node) in (0..).zip(&order) {
            if let Some(known) = numbers.get_mut(node as usize) {
                *known = number;
            }
        }
        let (up, down) = (Fan::of(&order, &numbers, &up), Fan::of(&order, &numbers, &down));
        Self { numbers, up, down }
    }

    /// Arcs of streets and shortcuts.
    pub(super) fn arc_count(&self) -> usize {
        self.up.arcs.len() + self.down.arcs.len()
    }

    /// What is reached upwards from these ends, by node.
    pub(super) fn above(&self, from: &[Arc]) -> Box<[Arc]> {
        self.climb(&self.up, &self.down, from)
    }

    /// From what these ends are reached downwards, by node.
    pub(super) fn below(&self, to: &[Arc]) -> Box<[Arc]> {
        self.climb(&self.down, &self.up, to)
    }

    /// The same as [`way`] for each pair: all of `to` for the first of `from`, then for the second.
    ///
    /// What the destinations reach is laid at the nodes, and the origins pick it up there (Knopp,
    /// Sanders, Schultes, Schulz and Wagner, 2007).
    pub(super) fn ways(&self, from: &[&[Arc]], to: &[&[Arc]]) -> Vec<Cost> {
        let mut best = vec![Cost::NEVER; from.len() * to.len()];
        if best.is_empty() {
            return best;
        }
        let laid = to.iter().zip(0..).flat_map(|(reached, number)| {
            reached.iter().map(move |&(node, cost)| (node, number, cost))
        });
        let laid = Laid::of(self.numbers.len(), laid.collect());
        for (reached, row) in from.iter().zip(best.chunks_exact_mut(to.len())) {
            for &(node, first) in *reached {
                for &(number, second) in laid.at(node) {
                    if let Some(known) = row.get_mut(number as usize) {
                        *known = first.plus(second).min(*known);
                    }
                }
            }
        }
        best
    }

    /// Everything that is reached upwards by `fan`. A node that is reached quicker from above, by
    /// `other`, is on no quickest way up: it is left out and not gone on from.
    fn climb(&self, fan: &Fan, other: &Fan, from: &[Arc]) -> Box<[Arc]> {
        DESK.with_borrow_mut(|desk| {
            desk.clear(self.numbers.len());
            for &(node, cost) in from {
                if let Some(&number) = self.numbers.get(node as usize) {
                    desk.reach(number, cost);
                }
            }
            let mut reached = Vec::with_capacity(64);
            while let Some(Reverse((cost, node))) = desk.heap.pop() {
                if cost > desk.cost_of(node) {
                    continue;
                }
                let from_above = other.of_node(node).iter();
                if from_above.copied().any(|(above, step)| desk.cost_of(above).plus(step) < cost) {
                    continue;
                }
                reached.push((node, cost));
                for &(to, step) in fan.of_node(node) {
                    desk.reach(to, cost.plus(step));
                }
            }
            reached.sort_unstable_by_key(|(node, _)| *node);
            reached.into_boxed_slice()
        })
    }
}

/// The quickest way over a node that one end reaches and that reaches the other.
pub(super) fn way(above: &[Arc], below: &[Arc]) -> Cost {
    let mut best = Cost::NEVER;
    let (mut ups, mut downs) = (above.iter().peekable(), below.iter().peekable());
    while let (Some(&&(up, first)), Some(&&(down, second))) = (ups.peek(), downs.peek()) {
        match up.cmp(&down) {
            Ordering::Less => drop(ups.next()),
            Ordering::Greater => drop(downs.next()),
            Ordering::Equal => {
                best = first.plus(second).min(best);
                ups.next();
                downs.next();
            }
        }
    }
    best
}

/// What destinations laid at each node.
struct Laid {
    first: Vec<u32>,
    costs: Vec<(u32, Cost)>,
}

impl Laid {
    fn of(nodes: usize, mut laid: Vec<(u32, u32, Cost)>) -> Self {
        laid.sort_unstable_by_key(|&(node, number, _)| (node, number));
        let mut first = vec![0_u32; nodes + 1];
        for &(node, _, _) in &laid {
            if let Some(count) = first.get_mut(node as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut first {
            sum += *count;
            *count = sum;
        }
        Self { first, costs: laid.into_iter().map(|(_, number, cost)| (number, cost)).collect() }
    }

    fn at(&self, node: u32) -> &[(u32, Cost)] {
        let at = node as usize;
        let (Some(&from), Some(&to)) = (self.first.get(at), self.first.get(at + 1)) else {
            return &[];
        };
        self.costs.get(from as usize..to as usize).unwrap_or_default()
    }
}

thread_local! {
    /// Where a thread keeps the costs of a search: as long as the largest graph it asked, and clean
    /// in as many steps as the last search took.
    static DESK: RefCell<Desk> = RefCell::new(Desk::default());
}

#[derive(Debug, Default)]
struct Desk {
    cost: Vec<Cost>,
    touched: Vec<u32>,
    heap: BinaryHeap<Reverse<(Cost, u32)>>,
}

impl Desk {
    fn clear(&mut self, nodes: usize) {
        for node in self.touched.drain(..) {
            if let Some(cost) = self.cost.get_mut(node as usize) {
                *cost = Cost::NEVER;
            }
        }
        if self.cost.len() < nodes {
            self.cost.resize(nodes, Cost::NEVER);
        }
        self.heap.clear();
    }

    fn cost_of(&self, node: u32) -> Cost {
        self.cost.get(node as usize).copied().unwrap_or(Cost::NEVER)
    }

    fn reach(&mut self, node: u32, at: Cost) {
        let Some(cost) = self.cost.get_mut(node as usize) else { return };
        if at < *cost {
            if *cost == Cost::NEVER {
                self.touched.push(node);
            }
            *cost = at;
            self.heap.push(Reverse((at, node)));
        }
    }
}

#[cfg(test)]
mod tests {
    use pathfinding::prelude::dijkstra_all;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against a plain search over the arcs as they were given.
        #[test]
        fn a_hierarchy_finds_what_a_plain_search_finds(
            nodes in 1..40_u32,
            arcs in vec((0..40_u32, 0..40_u32, 1..60_u64), 0..160),
        ) {
            let arcs: Vec<_> = arcs
                .into_iter()
                .map(|(from, to, cost)| (from % nodes, to % nodes, Cost(((cost / 3) << 32) | cost)))
                .collect();
            let hierarchy = Hierarchy::of(nodes, arcs.iter().copied());
            let above: Vec<_> = (0..nodes).map(|node| hierarchy.above(&[(node, Cost::ZERO)])).collect();
            let below: Vec<_> = (0..nodes).map(|node| hierarchy.below(&[(node, Cost::ZERO)])).collect();
            let ups: Vec<&[Arc]> = above.iter().map(AsRef::as_ref).collect();
            let downs: Vec<&[Arc]> = below.iter().map(AsRef::as_ref).collect();
            let table = hierarchy.ways(&ups, &downs);
            for from in 0..nodes {
                let found = dijkstra_all(&from, |&node| {
                    let from_here = arcs.iter().filter(move |(from, _, _)| *from == node);
                    from_here.map(|&(_, to, cost)| (to, cost.0)).collect::<Vec<_>>()
                });
                for to in 0..nodes {
                    let plain = match found.get(&to) {
                        _ if from == to => Cost::ZERO,
                        Some((_, cost)) => Cost(*cost),
                        None => Cost::NEVER,
                    };
                    let one = way(ups[from as usize], downs[to as usize]);
                    prop_assert_eq!(one, plain);
                    prop_assert_eq!(table[(from * nodes + to) as usize], plain);
                }
            }
        }
    }
}
