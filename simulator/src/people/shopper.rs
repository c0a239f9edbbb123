//! How a shopper behaves.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use vocabulary::Chance;

use super::delay::{Delay, Spell, Spells};
use super::faults::FaultMix;

/// The habits all shoppers of a run share; what one shopper does is drawn for each order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShopperBehavior {
    pub pays_after: Delay,
    pub abandon_share: f64,
    pub cancel_share: f64,
    /// From placing to the tap on cancel.
    pub cancels_after: Delay,
    /// From the notice that a pickup is ready to the counter.
    pub collects_after: Delay,
    pub no_show_share: f64,
    /// Share of orders watched over a socket.
    pub watch_share: f64,
    /// Breaks of a watching socket, and how long until it comes back.
    pub disconnects: Spells,
    pub return_share: f64,
    /// From having the goods to asking to send some back.
    pub returns_after: Delay,
}

/// What a shopper does about paying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payment {
    Pays { after: Duration },
    Abandons,
}

/// What one shopper will do about one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShopperPlan {
    pub payment: Payment,
    /// Asks to cancel so long after placing, whatever has happened by then.
    pub cancels_after: Option<Duration>,
    /// Comes for a pickup so long after it is ready; `None` never comes.
    pub collects_after: Option<Duration>,
    pub watches: bool,
    /// The network is gone for a while, should the order still be watched then.
    pub disconnects: Option<Spell>,
    /// Asks to send something back so long after the order is completed.
    pub returns_after: Option<Duration>,
}

impl ShopperBehavior {
    pub fn draw(mix: &FaultMix) -> Self {
        Self {
            pays_after: Delay::around(9.0, 0.6),
            abandon_share: mix.payment_abandoned,
            cancel_share: mix.shopper_cancels,
            cancels_after: Delay::around(150.0, 0.9),
            collects_after: Delay::around(900.0, 0.6),
            no_show_share: mix.no_show,
            watch_share: 0.6,
            disconnects: Spells {
                per_hour: mix.disconnect_per_hour,
                lasts: Delay::around(6.0, 0.9),
            },
            return_share: mix.returns,
            returns_after: Delay::around(10_800.0, 0.8),
        }
    }

    pub fn plan(&self, chance: &mut Chance) -> ShopperPlan {
        let pays_after = self.pays_after.draw(chance);
        let cancels_after = self.cancels_after.draw(chance);
        let collects_after = self.collects_after.draw(chance);
        let returns_after = self.returns_after.draw(chance);
        ShopperPlan {
            payment: if chance.happens(self.abandon_share) {
                Payment::Abandons
            } else {
                Payment::Pays { after: pays_after }
            },
            cancels_after: chance.happens(self.cancel_share).then_some(cancels_after),
            collects_after: (!chance.happens(self.no_show_share)).then_some(collects_after),
            watches: chance.happens(self.watch_share),
            disconnects: self.disconnects.next(chance),
            returns_after: chance.happens(self.return_share).then_some(returns_after),
        }
    }
}
