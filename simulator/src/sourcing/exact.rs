//! The exact optimum of one basket: a mixed integer program over the stores that may serve the door.
//!
//! One yes-or-no for each store. A keep-together group needs a store that has it whole, and so does a
//! line that some store has whole; where nobody has, or where lines may be parted, the units of the
//! chosen stores must do. Fewest stores first, then fewest metres. Given the stores, who gives
//! what always works out, as long as no product is wanted twice: such baskets are not solved.

use std::collections::BTreeMap;

use dispatch::Policy;
use dispatch::sourcing::SourcingRequest;
use dispatch::view::CityView;
use good_lp::{
    Expression, ProblemVariables, ResolutionError, Solution, SolverModel, Variable, constraint,
    variable,
};
use vocabulary::SkuId;

use super::able::Able;
use super::answer::{self, Share};
use super::gap::Gap;

/// One store more is never worth it, however many metres it saves.
const METRES_OF_A_STORE: f64 = 1e6;

#[derive(Debug, Clone, Copy)]
pub(super) enum Parted {
    /// Where no store has the whole line, or where it saves a store: the planner's own rule.
    ToSaveAStore,
    /// Wherever it saves a store or a metre.
    Freely,
}

/// The fewest stores and, of these ways, the fewest metres.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Best {
    parts: u64,
    metres: u64,
}

enum Solved {
    Best(Best),
    Nobody,
    Unclear,
}

/// What must come from the chosen stores.
struct Need {
    units: BTreeMap<SkuId, u32>,
    together: bool,
}

pub(super) fn gaps() -> Vec<(Parted, Gap)> {
    let named = |parted, lines_parted| (parted, Gap { lines_parted, ..Gap::default() });
    vec![named(Parted::ToSaveAStore, "to save a store"), named(Parted::Freely, "freely")]
}

/// Solves the basket and adds the answer's distance from it.
pub(super) fn compare(
    gap: &mut Gap,
    parted: Parted,
    (view, policy): (&CityView, &Policy),
    (request, able): (&SourcingRequest, &[Able]),
    given: Option<&[Share]>,
) {
    let best = match (solve(view, policy, request, able, parted), given) {
        (Solved::Unclear, _) => {
            gap.not_solved += 1;
            return;
        }
        (Solved::Nobody, given) => {
            gap.solved += 1;
            gap.beyond += u64::from(given.is_some());
            return;
        }
        (Solved::Best(_), None) => {
            gap.solved += 1;
            gap.missed += 1;
            return;
        }
        (Solved::Best(best), Some(_)) => best,
    };
    let shares = given.unwrap_or_default();
    let found = Best { parts: shares.len() as u64, metres: answer::metres(shares) };
    gap.solved += 1;
    gap.splits += u64::from(best.parts > 1);
    gap.parts += found.parts;
    gap.best_parts += best.parts;
    gap.cost_fen += cost(policy, found);
    gap.best_cost_fen += cost(policy, best);
    gap.worse += u64::from(found.parts > best.parts);
}

fn cost(policy: &Policy, of: Best) -> f64 {
    let kilometres = of.metres as f64 / 1_000.0;
    of.parts as f64 * f64::from(policy.sourcing.part_cost_fen)
        + kilometres * f64::from(policy.sourcing.kilometre_cost_fen)
}

fn solve(
    view: &CityView,
    policy: &Policy,
    request: &SourcingRequest,
    able: &[Able],
    parted: Parted,
) -> Solved {
    let freely = solve_with(view, policy, request, able, true);
    match (parted, &freely) {
        (Parted::Freely, _) | (Parted::ToSaveAStore, Solved::Nobody | Solved::Unclear) => freely,
        (Parted::ToSaveAStore, Solved::Best(free)) => {
            match solve_with(view, policy, request, able, false) {
                Solved::Best(whole) if whole.parts <= free.parts => Solved::Best(whole),
                Solved::Best(_) | Solved::Nobody => freely,
                Solved::Unclear => Solved::Unclear,
            }
        }
    }
}

/// Parted anyway are lines that no store has whole; the others only if they may be.
fn solve_with(
    view: &CityView,
    policy: &Policy,
    request: &SourcingRequest,
    able: &[Able],
    may_part: bool,
) -> Solved {
    let needs = needs(request);
    let wanted: usize = needs.iter().map(|need| need.units.len()).sum();
    let different = needs.iter().flat_map(|need| need.units.keys());
    if different.collect::<std::collections::BTreeSet<_>>().len() < wanted {
        return Solved::Unclear;
    }
    let has = |one: &Able, sku: SkuId| view.available(one.store, sku).unwrap_or(0);
    let has_whole =
        |one: &Able, need: &Need| need.units.iter().all(|(sku, units)| has(one, *sku) >= *units);
    // One store with everything needs no solver: the nearest is the best there is.
    if let Some(one) = able.iter().find(|one| needs.iter().all(|need| has_whole(one, need))) {
        return Solved::Best(Best { parts: 1, metres: u64::from(one.distance.0) });
    }
    let mut variables = ProblemVariables::new();
    let chosen: Vec<(Variable, &Able)> =
        able.iter().map(|one| (variables.add(variable().binary()), one)).collect();
    let sum = |weight: &dyn Fn(&Able) -> f64| -> Expression {
        chosen.iter().map(|(variable, one)| *variable * weight(one)).sum()
    };
    let metres = sum(&|one| METRES_OF_A_STORE + f64::from(one.distance.0));
    let mut rules = vec![constraint!(sum(&|_| 1.0) <= f64::from(policy.sourcing.max_splits))];
    for need in &needs {
        let somebody_has_all = able.iter().any(|one| has_whole(one, need));
        let whole = need.together || (somebody_has_all && !may_part);
        if whole && !somebody_has_all {
            return Solved::Nobody;
        }
        if whole {
            rules.push(constraint!(sum(&|one| f64::from(u8::from(has_whole(one, need)))) >= 1.0));
        } else {
            for (sku, units) in &need.units {
                let gives = |one: &Able| f64::from(has(one, *sku).min(*units));
                rules.push(constraint!(sum(&gives) >= f64::from(*units)));
            }
        }
    }
    let model = variables.minimise(metres).using(good_lp::microlp);
    match rules.into_iter().fold(model, |model, rule| model.with(rule)).solve() {
        Ok(solution) => {
            let taken = chosen.iter().filter(|(variable, _)| solution.value(*variable) > 0.5);
            let far: Vec<u64> = taken.map(|(_, one)| u64::from(one.distance.0)).collect();
            Solved::Best(Best { parts: far.len() as u64, metres: far.iter().sum() })
        }
        Err(ResolutionError::Infeasible) => Solved::Nobody,
        Err(_) => Solved::Unclear,
    }
}

fn needs(request: &SourcingRequest) -> Vec<Need> {
    let mut needs: BTreeMap<(Option<&str>, Option<SkuId>), Need> = BTreeMap::new();
    for line in &request.lines {
        let group = line.keep_together.as_deref();
        let together = group.is_some();
        let need = needs
            .entry((group, (!together).then_some(line.sku)))
            .or_insert(Need { units: BTreeMap::new(), together });
        *need.units.entry(line.sku).or_default() += line.units;
    }
    needs.into_values().collect()
}
