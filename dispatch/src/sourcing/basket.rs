//! What is asked, cut into the pieces that one store should give whole.
//!
//! A [`Need`] is a keep-together group, or all that is wanted of one SKU outside of groups:
//! demand is added up per SKU before anything is compared with stock, so two lines of one product
//! never pass on the same units.

use std::collections::BTreeMap;
use std::ops::Range;

use vocabulary::{Money, SkuId, StoreId};

use super::mask::Mask;
use super::{SourcingLine, SourcingRequest};
use crate::Refusal;
use crate::view::{CityView, Shelf as StoreShelf, Shelves, SkuNumber};

pub(super) struct Basket<'a> {
    pub(super) needs: Vec<Need>,
    wants: Vec<Want>,
    shelves: &'a Shelves,
    /// Lines of the request, those of one need side by side.
    lines: Vec<&'a SourcingLine>,
    /// Whether two needs want the same SKU: a group, and a line or group beside it.
    pub(super) has_rivals: bool,
    all: Mask,
}

pub(super) struct Need {
    wants: Range<usize>,
    lines: Range<usize>,
    pub(super) value: Money,
    /// Lines of a group are never parted; loose units may be, as the last resort.
    pub(super) together: bool,
}

/// Units of one SKU within one need.
pub(super) struct Want {
    pub(super) sku: SkuId,
    pub(super) units: u32,
    /// Where a store's units of this SKU are counted: needs of one SKU share a slot.
    pub(super) slot: usize,
    /// Whether another need wants the same SKU.
    pub(super) has_rival: bool,
    /// Absent when no store ever listed it.
    number: Option<SkuNumber>,
}

/// What one store has of a basket.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf {
    /// Needs it can give whole.
    pub(super) whole: Mask,
    /// Loose needs it can give a part of, or all.
    pub(super) some: Mask,
    pub(super) lists_any: bool,
    /// Units for sale by want; a want that shares its slot with another repeats them.
    units: Vec<u32>,
}

impl<'a> Basket<'a> {
    /// Refuses a basket without lines, a line without units, and more needs than [`Mask::SIZE`].
    pub(super) fn of(request: &'a SourcingRequest, view: &'a CityView) -> Result<Self, Refusal> {
        let mut lines: Vec<&SourcingLine> = request.lines.iter().collect();
        lines.sort_unstable_by_key(|line| (group(line), line.sku, line.line));
        let mut basket = Self {
            needs: Vec::with_capacity(lines.len()),
            wants: Vec::with_capacity(lines.len()),
            shelves: view.shelves(),
            lines,
            has_rivals: false,
            all: Mask::default(),
        };
        let mut start = 0;
        while let Some(rest) = basket.lines.get(start..).filter(|rest| !rest.is_empty()) {
            let size = rest
                .iter()
                .take_while(|line| rest.first().is_some_and(|first| travels_with(first, line)))
                .count();
            basket.add_need(start..start + size);
            start += size;
        }
        basket.mark_rivals();
        basket.all = Mask::first(basket.needs.len());
        basket.checked()
    }

    fn add_need(&mut self, lines: Range<usize>) {
        let first_want = self.wants.len();
        let mut value = Money::ZERO;
        let mut together = false;
        for line in self.lines.get(lines.clone()).unwrap_or_default() {
            value = [value, line.value].into_iter().sum();
            together |= line.keep_together.is_some();
            match self.wants.get_mut(first_want..).and_then(<[Want]>::last_mut) {
                Some(want) if want.sku == line.sku => {
                    want.units = want.units.saturating_add(line.units)
                }
                Some(_) | None => self.wants.push(Want {
                    sku: line.sku,
                    units: line.units,
                    slot: self.wants.len(),
                    has_rival: false,
                    number: self.shelves.number(line.sku),
                }),
            }
        }
        self.needs.push(Need { wants: first_want..self.wants.len(), lines, value, together });
    }

    /// Only groups can want what others want: loose lines of one SKU are one need already.
    fn mark_rivals(&mut self) {
        if self.wants.len() < 2 || !self.needs.iter().any(|need| need.together) {
            return;
        }
        let mut slots: BTreeMap<SkuId, Vec<usize>> = BTreeMap::new();
        for want in &self.wants {
            slots.entry(want.sku).or_default().push(want.slot);
        }
        for want in &mut self.wants {
            if let Some([first, _, ..]) = slots.get(&want.sku).map(Vec::as_slice) {
                want.slot = *first;
                want.has_rival = true;
                self.has_rivals = true;
            }
        }
    }

    fn checked(self) -> Result<Self, Refusal> {
        let invalid =
            |expected: &str| Refusal::Invalid { what: "lines".into(), expected: expected.into() };
        if self.lines.is_empty() || self.lines.iter().any(|line| line.units == 0) {
            return Err(invalid("at least one, each with at least one unit"));
        }
        if self.needs.len() > Mask::SIZE {
            return Err(invalid("at most 256 different products"));
        }
        Ok(self)
    }

    /// Every need.
    pub(super) fn all(&self) -> Mask {
        self.all
    }

    pub(super) fn wants(&self) -> &[Want] {
        &self.wants
    }

    pub(super) fn wants_of(&self, need: &Need) -> &[Want] {
        self.wants.get(need.wants.clone()).unwrap_or_default()
    }

    pub(super) fn lines_of(&self, need: &Need) -> &[&'a SourcingLine] {
        self.lines.get(need.lines.clone()).unwrap_or_default()
    }

    pub(super) fn line_count(&self) -> u32 {
        self.lines.len() as u32
    }

    /// Lines of the request in these needs.
    pub(super) fn lines_in(&self, needs: Mask) -> u32 {
        needs
            .iter()
            .filter_map(|need| self.needs.get(need))
            .map(|need| need.lines.len() as u32)
            .sum()
    }

    pub(super) fn shelf_of(&self, store: StoreId) -> Shelf {
        let there = self.shelves.of(store);
        let mut shelf = Shelf { units: Vec::with_capacity(self.wants.len()), ..Shelf::default() };
        for (index, need) in self.needs.iter().enumerate() {
            let mut has_all = true;
            for want in self.wants_of(need) {
                let listed = want.available_on(there);
                let available = listed.unwrap_or(0);
                shelf.lists_any |= listed.is_some();
                shelf.units.push(available);
                has_all &= available >= want.units;
                if available > 0 && !need.together {
                    shelf.some = shelf.some.with(index);
                }
            }
            if has_all {
                shelf.whole = shelf.whole.with(index);
            }
        }
        shelf
    }

    /// Whether the store has a unit of something in these needs.
    pub(super) fn has_any_of(&self, needs: Mask, store: StoreId) -> bool {
        let there = self.shelves.of(store);
        let needs = needs.iter().filter_map(|need| self.needs.get(need));
        let mut wants = needs.flat_map(|need| self.wants_of(need));
        wants.any(|want| want.available_on(there).is_some_and(|units| units > 0))
    }

    /// Whether a shelf holds the whole basket, needs that share a SKU added up.
    pub(super) fn is_all_on(&self, shelf: &Shelf) -> bool {
        shelf.whole == self.all && (!self.has_rivals || self.rivals_fit_on(shelf))
    }

    fn rivals_fit_on(&self, shelf: &Shelf) -> bool {
        let mut wanted: BTreeMap<usize, u32> = BTreeMap::new();
        self.wants.iter().filter(|want| want.has_rival).all(|want| {
            let total = wanted.entry(want.slot).or_default();
            *total = total.saturating_add(want.units);
            shelf.units_in(want.slot) >= *total
        })
    }
}

impl Shelf {
    /// Units for sale in a [`Want::slot`].
    pub(super) fn units_in(&self, slot: usize) -> u32 {
        self.units.get(slot).copied().unwrap_or(0)
    }
}

impl Want {
    /// Units for sale; `None` when the store does not list the SKU.
    fn available_on(&self, shelf: Option<&StoreShelf>) -> Option<u32> {
        shelf?.units(self.number?)
    }
}

fn group(line: &SourcingLine) -> Option<&str> {
    line.keep_together.as_deref()
}

fn travels_with(first: &SourcingLine, line: &SourcingLine) -> bool {
    group(first) == group(line) && (first.keep_together.is_some() || first.sku == line.sku)
}
