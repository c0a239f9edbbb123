//! Budgets: a table for each rule, and cities that never overspend together.

use proptest::prelude::*;
use vocabulary::{Money, OrderId, Slot};

use super::*;

fn yuan(yuan: i64) -> Money {
    Money::fen(yuan * 100)
}

fn order(number: u64) -> OrderId {
    OrderId::from_bits(number.into())
}

/// A budget and its cities, with letters that arrive in order, sooner or later.
struct World {
    budget: Budget,
    cities: Vec<Allowance>,
    letters: std::collections::VecDeque<Letter>,
}

enum Letter {
    Up(BudgetCommand),
    Down(usize, AllowanceCommand),
}

impl World {
    fn new(total: Portion, cities: usize) -> Self {
        let cities = vec![Allowance::default(); cities];
        let mut world = Self { budget: Budget::default(), cities, letters: Default::default() };
        world.budget(BudgetCommand::Set { total });
        for city in 0..world.cities.len() {
            world.city(city, AllowanceCommand::Open { home: Slot(60_000) });
        }
        world.deliver_all();
        world
    }

    fn budget(&mut self, command: BudgetCommand) {
        let (events, wishes) = self.budget.decide(&command);
        events.iter().for_each(|event| self.budget.apply(event));
        for wish in wishes {
            self.letters.push_back(match wish {
                BudgetWish::Grant { city, portion } => {
                    Letter::Down(city.0.into(), AllowanceCommand::Grant { portion })
                }
                BudgetWish::Recall { city } => {
                    Letter::Down(city.0.into(), AllowanceCommand::Recall)
                }
            });
        }
    }

    fn city(&mut self, city: usize, command: AllowanceCommand) -> bool {
        let decision = self.cities[city].decide(&command);
        decision.events.iter().for_each(|event| self.cities[city].apply(event));
        let slot = Slot(city as u16);
        for wish in decision.wishes {
            self.letters.push_back(Letter::Up(match wish {
                AllowanceWish::Ask { wanted, .. } => BudgetCommand::Ask { city: slot, wanted },
                AllowanceWish::Return { portion, .. } => {
                    BudgetCommand::Return { city: slot, portion }
                }
            }));
        }
        decision.refusal.is_none()
    }

    fn deliver(&mut self) -> bool {
        match self.letters.pop_front() {
            Some(Letter::Up(command)) => self.budget(command),
            Some(Letter::Down(city, command)) => {
                self.city(city, command);
            }
            None => return false,
        }
        true
    }

    fn deliver_all(&mut self) {
        while self.deliver() {}
    }

    fn drawn(&self) -> (i64, u64) {
        let fen = |city: &Allowance| {
            city.spent_money.as_fen() + city.open.values().map(|open| open.as_fen()).sum::<i64>()
        };
        let uses = |city: &Allowance| city.spent_uses + city.open.len() as u64;
        (self.cities.iter().map(fen).sum(), self.cities.iter().map(uses).sum())
    }
}

#[test]
fn two_cities_spend_one_budget_to_the_last_fen_and_not_one_more() {
    let total = Portion { money: Some(yuan(100)), uses: None };
    let mut world = World::new(total, 2);
    let mut placed = 0;
    for number in 0..80 {
        let city = (number % 2) as usize;
        let mut drawn = false;
        // A refused draw asks for more; the shopper quotes again.
        for _ in 0..3 {
            let draw = AllowanceCommand::Draw { order: order(number), amount: yuan(2) };
            drawn = drawn || world.city(city, draw);
            world.deliver_all();
        }
        placed += u32::from(drawn);
    }
    assert_eq!(placed, 50);
    assert_eq!(world.drawn().0, yuan(100).as_fen());
}

#[test]
fn an_order_that_ends_without_goods_gives_its_draw_back() {
    let mut world = World::new(Portion { money: None, uses: Some(1) }, 1);
    let draw = |number| AllowanceCommand::Draw { order: order(number), amount: yuan(5) };
    assert!(world.city(0, draw(1)));
    assert!(world.city(0, draw(1)), "the same order draws once");
    assert!(!world.city(0, draw(2)));
    world.city(0, AllowanceCommand::Settle { order: order(1), used: false });
    assert!(world.city(0, draw(2)));
    world.city(0, AllowanceCommand::Settle { order: order(2), used: true });
    assert!(!world.city(0, draw(3)));
    assert_eq!(world.drawn(), (500, 1));
}

#[test]
fn a_budget_that_is_lowered_takes_nothing_from_orders_and_grants_nothing_more() {
    let mut world = World::new(Portion { money: Some(yuan(160)), uses: None }, 1);
    let before = world.cities[0].left;
    world.budget(BudgetCommand::Set { total: Portion { money: Some(yuan(1)), uses: None } });
    world.deliver_all();
    assert_eq!(world.cities[0].left, before);
    assert!(world.budget.free().is_spent());
}

#[test]
fn the_page_shows_how_two_cities_share_a_budget() {
    let total = |fen| Portion { money: Some(Money::fen(fen)), uses: None };
    let mut world = World::new(total(16_000), 2);
    let mut rows = Vec::new();
    let mut row = |world: &mut World, text: &str| {
        world.deliver_all();
        let shown = |portion: Portion| {
            let fen = portion.money.unwrap().as_fen();
            format!("{}.{:02}", fen / 100, fen % 100)
        };
        let [one, two] = [0, 1].map(|city| shown(world.cities[city].left));
        rows.push(format!("| {text} | {one} | {two} | {} |", shown(world.budget.free())));
    };
    let draw =
        |number, fen| AllowanceCommand::Draw { order: order(number), amount: Money::fen(fen) };
    row(&mut world, "both cities begin");
    assert!(world.city(0, draw(1, 600)));
    row(&mut world, "the first draws 6.00 and asks for more");
    world.budget(BudgetCommand::Set { total: total(3_000) });
    row(&mut world, "headquarters lowers the budget to 30.00");
    assert!(world.city(0, draw(2, 1_400)));
    row(&mut world, "the first draws 14.00, and the second returns its rest");
    let page = include_str!("../../../docs/commerce.md");
    let table = rows.join("\n");
    assert!(page.contains(&table), "docs/commerce.md should say:\n\n{table}");
}

#[derive(Debug, Clone)]
enum Step {
    Draw { city: usize, fen: i64 },
    Settle { nth: usize, used: bool },
    Deliver,
    Raise { fen: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..3usize, 1..900i64).prop_map(|(city, fen)| Step::Draw { city, fen }),
        2 => (0..50usize, any::<bool>()).prop_map(|(nth, used)| Step::Settle { nth, used }),
        4 => Just(Step::Deliver),
        1 => (0..500i64).prop_map(|fen| Step::Raise { fen }),
    ]
}

#[test]
fn what_is_too_little_for_an_order_counts_as_used_up_until_more_comes() {
    let total = Portion { money: Some(Money::fen(1_000)), uses: None };
    let mut world = World::new(total, 1);
    assert!(world.city(0, AllowanceCommand::Draw { order: order(1), amount: Money::fen(50) }));
    world.deliver_all();
    for number in 2.. {
        let drawn =
            world.city(0, AllowanceCommand::Draw { order: order(number), amount: Money::fen(300) });
        world.deliver_all();
        if !drawn && world.cities[0].is_used_up() {
            break;
        }
    }
    let left = world.cities[0].left.money.unwrap_or_default();
    assert!(left > Money::ZERO && left < Money::fen(300), "{left:?}");
    world.budget(BudgetCommand::Set {
        total: Portion { money: Some(Money::fen(5_000)), uses: None },
    });
    world.deliver_all();
    assert!(!world.cities[0].is_used_up(), "more has come: {:?}", world.cities[0]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Whatever is drawn, settled and delivered in whatever order: never above the budget.
    #[test]
    fn cities_never_overspend(
        fen in 0..20_000i64,
        uses in prop::option::of(0..60u64),
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let mut total = Portion { money: Some(Money::fen(fen)), uses };
        let mut world = World::new(total, 3);
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Draw { city, fen } => {
                    let order = order(number as u64);
                    world.city(city, AllowanceCommand::Draw { order, amount: Money::fen(fen) });
                }
                Step::Settle { nth, used } => {
                    for city in 0..3 {
                        let found = world.cities[city].open.keys().nth(nth).copied();
                        if let Some(order) = found {
                            world.city(city, AllowanceCommand::Settle { order, used });
                        }
                    }
                }
                Step::Deliver => {
                    world.deliver();
                }
                Step::Raise { fen } => {
                    total.money = total.money.map(|money| Money::fen(money.as_fen() + fen));
                    world.budget(BudgetCommand::Set { total });
                }
            }
            let (drawn, used) = world.drawn();
            prop_assert!(Money::fen(drawn) <= total.money.unwrap());
            prop_assert!(total.uses.is_none_or(|uses| used <= uses));
        }
    }
}
