//! One way of answering, in a city of its own.

use std::ops::RangeInclusive;

use dispatch::Policy;
use dispatch::hours::HoursError;

use super::able::able;
use super::answer::{self, Answer, faults, parted_groups};
use super::baskets::{Asked, Baskets};
use super::beside::Beside;
use super::city::{City, Terms};
use super::figures::{Efforts, Figures};
use super::rules;
use crate::trial::effort;

/// How a basket is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By the planner that a running city uses.
    Planner,
    /// Priority by distance.
    Distance,
    /// Rules by proximity.
    Rules,
}

/// What is played.
#[derive(Debug, Clone)]
pub struct Play {
    pub terms: Terms,
    pub baskets: u64,
    /// A night comes after so many.
    pub baskets_a_day: u64,
    pub lines: RangeInclusive<u32>,
    /// Its sourcing binds all ways: baskets that need more stores than `max_splits` are refused.
    pub policy: Policy,
    /// Solve every so many baskets of the planner exactly as well; 0 none.
    pub exact_every: u64,
    /// Ask the rules about the planner's baskets as well, with the planner's stock.
    pub beside: bool,
}

impl Way {
    pub const ALL: [Self; 3] = [Self::Planner, Self::Distance, Self::Rules];
    const RULES: [Self; 2] = [Self::Distance, Self::Rules];

    pub fn name(self) -> &'static str {
        match self {
            Self::Planner => "the city's planner",
            Self::Distance => "priority by distance",
            Self::Rules => "rules by proximity",
        }
    }

    fn answer(self, city: &City, asked: &Asked, policy: &Policy) -> Answer {
        let request = &asked.request;
        if self == Self::Planner {
            let plan = dispatch::sourcing::plan(request, &city.view, policy, asked.at);
            return plan.ok().map(answer::of_plan);
        }
        let able = able(&city.view, policy, request.destination?, asked.at);
        let shares = match self {
            Self::Rules => rules::by_proximity(&city.view, request, &able)?,
            Self::Planner | Self::Distance => rules::by_distance(&city.view, request, &able)?,
        };
        (shares.len() <= policy.sourcing.max_splits as usize).then_some(shares)
    }
}

/// Answers every basket this way. The same play gives every way the same baskets.
pub fn play(play: &Play, way: Way) -> Result<Figures, HoursError> {
    let mut city = City::furnish(&play.terms)?;
    let mut baskets = Baskets::new(&play.terms, play.lines.clone(), play.baskets_a_day);
    let mut figures = Figures::of(way.name());
    let mut efforts = Efforts::new();
    if way == Way::Planner && play.beside {
        figures.beside = Way::RULES.map(|other| Beside::of(other.name())).to_vec();
    }
    #[cfg(feature = "exact")]
    let mut gaps = super::exact::gaps();
    for _ in 0..play.baskets {
        let asked = baskets.next(&city);
        if asked.new_day {
            city.sleep();
        }
        let began = effort::spent();
        let answer = way.answer(&city, &asked, &play.policy);
        efforts.record(effort::spent().saturating_sub(began));
        #[cfg(feature = "exact")]
        if way == Way::Planner
            && play.exact_every > 0
            && figures.baskets.is_multiple_of(play.exact_every)
        {
            compare(&mut gaps, &city, &asked, &play.policy, &answer);
        }
        for (beside, other) in figures.beside.iter_mut().zip(Way::RULES) {
            beside.count(&asked.request, &answer, &other.answer(&city, &asked, &play.policy));
        }
        count(&mut figures, &asked, &answer, &city);
        if let Some(shares) = &answer {
            city.take(shares, &play.policy);
        }
    }
    figures.p50_micros = efforts.at(0.5);
    figures.p99_micros = efforts.at(0.99);
    figures.slowest_micros = efforts.at(1.0);
    #[cfg(feature = "exact")]
    if way == Way::Planner && play.exact_every > 0 {
        figures.gaps = gaps.into_iter().map(|(_, gap)| gap).collect();
    }
    Ok(figures)
}

fn count(figures: &mut Figures, asked: &Asked, answer: &Answer, city: &City) {
    let lines = asked.request.lines.len() as u64;
    figures.baskets += 1;
    figures.lines += lines;
    let Some(shares) = answer else {
        figures.refused += 1;
        figures.refused_lines += lines;
        return;
    };
    figures.placed += 1;
    figures.parts += shares.len() as u64;
    figures.metres += answer::metres(shares);
    figures.parted_groups += parted_groups(&asked.request, shares);
    let faults = faults(&asked.request, shares, &city.view);
    if !faults.is_empty() {
        figures.wrong += 1;
        figures.first_wrong.get_or_insert_with(|| faults.join("; "));
    }
}

#[cfg(feature = "exact")]
fn compare(
    gaps: &mut [(super::exact::Parted, super::Gap)],
    city: &City,
    asked: &Asked,
    policy: &Policy,
    answer: &Answer,
) {
    let Some(door) = asked.request.destination else { return };
    let able = able(&city.view, policy, door, asked.at);
    for (parted, gap) in gaps {
        let basket = (&asked.request, able.as_slice());
        super::exact::compare(gap, *parted, (&city.view, policy), basket, answer.as_deref());
    }
}
