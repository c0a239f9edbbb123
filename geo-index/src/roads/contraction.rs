//! Makes the hierarchy: takes junctions out one by one, the least important first, and lays
//! shortcuts where the quickest way led through them.
//!
//! Contraction hierarchies are by Geisberger, Sanders, Schultes and Delling (2008).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::cost::Cost;

/// From or to a node at this cost.
pub(super) type Arc = (u32, Cost);

/// How many nodes a search for a way round may settle. What it does not find costs a shortcut too
/// many, never a wrong answer.
const SEARCH: usize = 120;

/// Of each node, when it was taken out and what it was still joined to then.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Contracted {
    /// The nodes, the least important first.
    pub(super) order: Vec<u32>,
    /// By node: to more important ones.
    pub(super) up: Vec<Vec<Arc>>,
    /// By node: from more important ones.
    pub(super) down: Vec<Vec<Arc>>,
}

/// Equal arcs in equal order give equal hierarchies.
pub(super) fn contract(nodes: u32, arcs: impl IntoIterator<Item = (u32, u32, Cost)>) -> Contracted {
    let mut rest = Rest::new(nodes, arcs);
    let mut queue: BinaryHeap<_> =
        (0..nodes).map(|node| Reverse((rest.importance(node).0, node))).collect();
    let mut order = Vec::with_capacity(nodes as usize);
    let (mut up, mut down) = (vec![Vec::new(); nodes as usize], vec![Vec::new(); nodes as usize]);
    while let Some(Reverse((_, node))) = queue.pop() {
        let (importance, shortcuts) = rest.importance(node);
        // What was taken out since may have made it more important than the next.
        if queue.peek().is_some_and(|Reverse(next)| (importance, node) > *next) {
            queue.push(Reverse((importance, node)));
            continue;
        }
        let (out, into) = rest.take_out(node, shortcuts);
        put(&mut up, node, out);
        put(&mut down, node, into);
        order.push(node);
    }
    Contracted { order, up, down }
}

fn put(lists: &mut [Vec<Arc>], node: u32, mut arcs: Vec<Arc>) {
    arcs.sort_unstable();
    if let Some(list) = lists.get_mut(node as usize) {
        *list = arcs;
    }
}

/// What is not taken out yet.
struct Rest {
    out: Vec<Vec<Arc>>,
    into: Vec<Vec<Arc>>,
    /// How many steps of taking out led to each node.
    level: Vec<u32>,
    /// The cost of a search's nodes so far, and which of them to forget after it.
    cost: Vec<Cost>,
    touched: Vec<u32>,
    heap: BinaryHeap<Reverse<(Cost, u32)>>,
}

impl Rest {
    fn new(nodes: u32, arcs: impl IntoIterator<Item = (u32, u32, Cost)>) -> Self {
        let count = nodes as usize;
        let mut rest = Self {
            out: vec![Vec::new(); count],
            into: vec![Vec::new(); count],
            level: vec![0; count],
            cost: vec![Cost::NEVER; count],
            touched: Vec::new(),
            heap: BinaryHeap::new(),
        };
        for (from, to, cost) in arcs {
            rest.lay(from, to, cost);
        }
        rest
    }

    /// Of several arcs between two nodes only the best is kept, and none from a node to itself.
    fn lay(&mut self, from: u32, to: u32, cost: Cost) {
        if from != to {
            improve(self.out.get_mut(from as usize), to, cost);
            improve(self.into.get_mut(to as usize), from, cost);
        }
    }

    /// Few new arcs for many old ones first, and evenly over the city. With the shortcuts that
    /// taking it out would need.
    fn importance(&mut self, node: u32) -> (i64, Vec<(u32, u32, Cost)>) {
        let shortcuts = self.shortcuts(node);
        let arcs = arcs_of(&self.out, node).len() + arcs_of(&self.into, node).len();
        let level = self.level.get(node as usize).copied().unwrap_or_default();
        (2 * shortcuts.len() as i64 - arcs as i64 + i64::from(level), shortcuts)
    }

    fn shortcuts(&mut self, node: u32) -> Vec<(u32, u32, Cost)> {
        let into = arcs_of(&self.into, node).to_vec();
        let out = arcs_of(&self.out, node).to_vec();
        let Some(longest) = out.iter().map(|(_, cost)| *cost).max() else { return Vec::new() };
        let mut shortcuts = Vec::new();
        for (from, first) in into {
            self.search(from, node, first.plus(longest));
            for &(to, second) in &out {
                let through = first.plus(second);
                if to != from && self.cost_of(to) > through {
                    shortcuts.push((from, to, through));
                }
            }
        }
        shortcuts
    }

    /// The quickest ways from a node that do not lead through another, as far as they matter.
    fn search(&mut self, from: u32, without: u32, farthest: Cost) {
        for node in self.touched.drain(..) {
            if let Some(cost) = self.cost.get_mut(node as usize) {
                *cost = Cost::NEVER;
            }
        }
        self.heap.clear();
        self.reach(from, Cost::ZERO);
        let mut settled = 0;
        while let Some(Reverse((cost, node))) = self.heap.pop() {
            if cost > farthest || settled == SEARCH {
                break;
            }
            if cost > self.cost_of(node) {
                continue;
            }
            settled += 1;
            for index in 0..arcs_of(&self.out, node).len() {
                let Some(&(to, more)) = arcs_of(&self.out, node).get(index) else { break };
                if to != without {
                    self.reach(to, cost.plus(more));
                }
            }
        }
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

    fn cost_of(&self, node: u32) -> Cost {
        self.cost.get(node as usize).copied().unwrap_or(Cost::NEVER)
    }

    /// The arcs the node had, out and in.
    fn take_out(&mut self, node: u32, shortcuts: Vec<(u32, u32, Cost)>) -> (Vec<Arc>, Vec<Arc>) {
        let take = |lists: &mut [Vec<Arc>]| {
            lists.get_mut(node as usize).map(std::mem::take).unwrap_or_default()
        };
        let (out, into) = (take(&mut self.out), take(&mut self.into));
        for &(to, _) in &out {
            forget(self.into.get_mut(to as usize), node);
        }
        for &(from, _) in &into {
            forget(self.out.get_mut(from as usize), node);
        }
        let level = self.level.get(node as usize).copied().unwrap_or_default() + 1;
        for &(neighbour, _) in out.iter().chain(&into) {
            if let Some(known) = self.level.get_mut(neighbour as usize) {
                *known = level.max(*known);
            }
        }
        for (from, to, cost) in shortcuts {
            self.lay(from, to, cost);
        }
        (out, into)
    }
}

fn arcs_of(lists: &[Vec<Arc>], node: u32) -> &[Arc] {
    lists.get(node as usize).map(Vec::as_slice).unwrap_or_default()
}

fn improve(list: Option<&mut Vec<Arc>>, node: u32, cost: Cost) {
    let Some(list) = list else { return };
    match list.iter_mut().find(|(known, _)| *known == node) {
        Some((_, known)) => *known = cost.min(*known),
        None => list.push((node, cost)),
    }
}

fn forget(list: Option<&mut Vec<Arc>>, node: u32) {
    if let Some(list) = list {
        list.retain(|(known, _)| *known != node);
    }
}
