//! One list of commands, given to the same city on every journal, gets the same answers and leaves
//! the same memory of it: events, states, answers under keys.

use actix::System;
use dispatch::Message;
use dispatch::inventory::{InventoryCommand, Observation};
use dispatch::order::{CancelReason, OrderCommand, PaymentMethod};
use dispatch::store::{RejectReason, StoreCommand};
use persistence::{Journal, MemoryOptions};
use vocabulary::{Chance, FulfillmentOrderId, OrderId, StoreId};

use crate::city::{City, Started, sku_id, store_id};
use crate::cluster;

const STORES: u32 = 4;
const STEPS: u64 = 160;

/// What somebody outside can tell two cities apart by.
#[derive(Debug, PartialEq)]
struct Memory {
    answers: Vec<String>,
    recovered: Started,
    digest: [u8; 32],
    events: String,
}

/// A player who knows what it was told, and draws the next command from that.
struct Player {
    city: City,
    chance: Chance,
    orders: Vec<OrderId>,
    shares: Vec<(StoreId, FulfillmentOrderId)>,
    answers: Vec<String>,
}

impl Player {
    async fn play(journal: Journal, seed: u64) -> Memory {
        let city = City::standing_still(journal, STORES).await;
        let chance = Chance::from_seed(seed);
        let mut player =
            Self { city, chance, orders: Vec::new(), shares: Vec::new(), answers: Vec::new() };
        for step in 0..STEPS {
            player.step(step).await;
            if step == STEPS / 2 {
                player.city = player.city.restart().await;
            }
        }
        let (recovered, digest, events) = player.city.recorded().await;
        Memory { answers: player.answers, recovered, digest, events }
    }

    async fn step(&mut self, step: u64) {
        let answer = match self.chance.below(12) {
            0..=4 => self.place(step).await,
            5 => self.place(step.saturating_sub(3)).await,
            6 | 7 => {
                self.work(|fulfillment_order| StoreCommand::Accept {
                    fulfillment_order,
                    ready_in: None,
                })
                .await
            }
            8 => self.work(|fulfillment_order| StoreCommand::Pack { fulfillment_order }).await,
            9 => {
                self.work(|fulfillment_order| StoreCommand::Reject {
                    fulfillment_order,
                    lines: Vec::new(),
                    reason: RejectReason::NotInStock,
                })
                .await
            }
            10 => self.cancel().await,
            _ => self.observe(step).await,
        };
        self.answers.push(format!("{step}: {answer}"));
    }

    /// Under the step's own key: an earlier step's is a repetition.
    async fn place(&mut self, step: u64) -> String {
        let count = 1 + self.chance.below(2);
        let lines: Vec<(usize, u32)> =
            (0..count).map(|number| (number as usize, 1 + self.chance.below(40) as u32)).collect();
        let method = match self.chance.below(2) {
            0 => PaymentMethod::CashOnDelivery,
            _ => PaymentMethod::ChannelPaid,
        };
        let placed = self.city.place(&lines, method, &format!("k{step}")).await;
        if let Ok(placed) = &placed {
            self.orders.push(placed.order);
            let parts = placed.parts.iter();
            self.shares.extend(parts.map(|part| (part.store, part.fulfillment_order)));
        }
        format!("{placed:?}")
    }

    async fn work(&mut self, command: impl Fn(FulfillmentOrderId) -> StoreCommand) -> String {
        let Some((store, share)) = pick(&mut self.chance, &self.shares) else {
            return "nothing to work on".to_owned();
        };
        format!("{:?}", self.city.store(store, command(share)).await)
    }

    async fn cancel(&mut self) -> String {
        let Some(order) = pick(&mut self.chance, &self.orders) else {
            return "nothing to cancel".to_owned();
        };
        let cancel = OrderCommand::Cancel { reason: CancelReason::ShopperRequest, note: None };
        format!("{:?}", self.city.command(Message::Order(order, Box::new(cancel))).await)
    }

    async fn observe(&mut self, step: u64) -> String {
        let store = store_id(self.chance.below(u64::from(STORES)) as u32);
        let sku = sku_id(self.chance.below(3) as usize);
        let units = 1 + self.chance.below(30) as u32;
        let seen = match self.chance.below(2) {
            0 => Observation::Counted { sku, on_hand: units * 3 },
            _ => Observation::PosSale { sku, units, reference: step.to_string(), sold_at: None },
        };
        let observe = InventoryCommand::Observe(seen);
        format!("{:?}", self.city.command(Message::Inventory(store, Box::new(observe))).await)
    }
}

fn pick<T: Copy>(chance: &mut Chance, known: &[T]) -> Option<T> {
    let bound = known.len() as u64;
    (bound > 0).then(|| known[chance.below(bound) as usize])
}

#[test]
fn a_city_is_the_same_on_every_journal() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("journal.db").display());
    let server = cluster::shared().database();
    let play = async |url: &str| {
        let journal = Journal::open(url).await.unwrap();
        let memory = Player::play(journal.clone(), 7).await;
        journal.close().await.unwrap();
        memory
    };
    System::new().block_on(async {
        let memory = Player::play(Journal::memory(MemoryOptions::default()), 7).await;
        let told = memory.answers.join("\n");
        let is_mixed = told.contains("Ok(") && told.contains("Unfillable");
        assert!(is_mixed, "the list proves little:\n{told}");
        assert!(memory.recovered.1.len() > 20 && memory.events.lines().count() > 100);
        assert_eq!(play(&file).await, memory);
        assert_eq!(play(&server).await, memory);
    });
}
