//! From ways to what a search needs: junctions, the stretches between them, and the largest part in
//! which everybody comes back.

use super::map::RoadMap;
use crate::distance::metres_between;

/// A piece of one way between two junctions, or between a junction and the way's end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stretch {
    pub(super) way: u32,
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) metres: f64,
    /// Nodes of the map, in the order of the way.
    pub(super) nodes: Vec<u32>,
}

/// The same for all modes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Graph {
    pub(super) junctions: u32,
    pub(super) stretches: Vec<Stretch>,
}

impl Graph {
    pub(super) fn of(map: &RoadMap) -> Self {
        let numbers = junctions(map);
        let count = numbers.iter().filter(|number| number.is_some()).count();
        let mut graph = Self { junctions: count as u32, stretches: Vec::new() };
        for (way, number) in map.ways.iter().zip(0..) {
            graph.cut(map, &numbers, number, &way.nodes);
        }
        graph
    }

    fn cut(&mut self, map: &RoadMap, numbers: &[Option<u32>], way: u32, nodes: &[u32]) {
        let mut begun: Option<(u32, Vec<u32>)> = None;
        for &node in nodes {
            let number = numbers.get(node as usize).copied().flatten();
            if let Some((_, gathered)) = &mut begun {
                gathered.push(node);
            }
            let Some(to) = number else { continue };
            if let Some((from, nodes)) = begun.take() {
                let metres = length(map, &nodes);
                self.stretches.push(Stretch { way, from, to, metres, nodes });
            }
            begun = Some((to, vec![node]));
        }
    }
}

fn length(map: &RoadMap, nodes: &[u32]) -> f64 {
    let places: Vec<_> = nodes.iter().filter_map(|&node| map.place(node)).collect();
    places.iter().zip(places.iter().skip(1)).map(|(&a, &b)| metres_between(a, b)).sum()
}

/// The number of each node where ways meet or end; nothing for one that is only on the way.
fn junctions(map: &RoadMap) -> Vec<Option<u32>> {
    let mut uses = vec![0_u8; map.places.len()];
    for way in &map.ways {
        let last = way.nodes.len().saturating_sub(1);
        for (index, &node) in way.nodes.iter().enumerate() {
            let weight = if index == 0 || index == last { 2 } else { 1 };
            if let Some(count) = uses.get_mut(node as usize) {
                *count = count.saturating_add(weight);
            }
        }
    }
    let mut next = 0..;
    uses.into_iter().map(|count| if count >= 2 { next.next() } else { None }).collect()
}

/// Marks the nodes of the largest part in which each is reached from each; of two equally large
/// ones that with the smallest number.
pub(super) fn largest_part(nodes: u32, arcs: &[(u32, u32)]) -> Vec<bool> {
    let mut forward = vec![Vec::new(); nodes as usize];
    let mut backward = vec![Vec::new(); nodes as usize];
    for &(from, to) in arcs {
        push(&mut forward, from, to);
        push(&mut backward, to, from);
    }
    // Kosaraju's two passes, on stacks of our own: a long street must not end the thread's.
    let mut order = Vec::with_capacity(nodes as usize);
    let mut seen = vec![false; nodes as usize];
    for start in 0..nodes {
        if !is_new(&mut seen, start) {
            continue;
        }
        let mut stack = vec![(start, 0_usize)];
        while let Some((node, next)) = stack.pop() {
            let Some(&to) = forward.get(node as usize).and_then(|list| list.get(next)) else {
                order.push(node);
                continue;
            };
            stack.push((node, next + 1));
            if is_new(&mut seen, to) {
                stack.push((to, 0));
            }
        }
    }
    let mut part_of = vec![u32::MAX; nodes as usize];
    let mut parts: Vec<(usize, u32)> = Vec::new();
    for &start in order.iter().rev() {
        let number = parts.len() as u32;
        let (mut size, mut least, mut stack) = (0, u32::MAX, vec![start]);
        while let Some(node) = stack.pop() {
            match part_of.get_mut(node as usize) {
                Some(part) if *part == u32::MAX => *part = number,
                Some(_) | None => continue,
            }
            size += 1;
            least = least.min(node);
            stack.extend(backward.get(node as usize).into_iter().flatten());
        }
        if size > 0 {
            parts.push((size, least));
        }
    }
    let largest = parts
        .iter()
        .zip(0_u32..)
        .max_by_key(|((size, least), _)| (*size, std::cmp::Reverse(*least)))
        .map(|(_, number)| number);
    part_of.into_iter().map(|part| Some(part) == largest).collect()
}

fn push(lists: &mut [Vec<u32>], at: u32, node: u32) {
    if let Some(list) = lists.get_mut(at as usize) {
        list.push(node);
    }
}

/// Whether this is the first time the node is met.
fn is_new(seen: &mut [bool], node: u32) -> bool {
    seen.get_mut(node as usize).is_some_and(|seen| !std::mem::replace(seen, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_part_is_where_everybody_comes_back() {
        // 0 → 1 → 2 → 0 is a round; 3 leads into it, 4 out of it; 5 ⇄ 6 are on their own.
        let arcs = [(0, 1), (1, 2), (2, 0), (3, 0), (1, 4), (5, 6), (6, 5)];
        let part = largest_part(7, &arcs);
        assert_eq!(part, [true, true, true, false, false, false, false]);
        assert_eq!(largest_part(4, &[(0, 1), (1, 0), (2, 3), (3, 2)]), [true, true, false, false]);
        assert!(largest_part(0, &[]).is_empty());
    }
}
