//! What can be asked of the city, whatever door it comes through.
//!
//! Each action asks [`authorize`](crate::access::authorize) first, then turns the wire's words
//! into one command. HTTP and sockets call the same functions; none of them decides anything.

pub mod aftercare;
pub mod approvals;
pub mod catalog_sheet;
pub mod courier;
pub mod delivery;
pub mod fulfillment;
pub mod listing;
pub mod order;
pub mod people;
pub mod placing;
pub mod returns;
pub mod sales;
pub(crate) mod sealed;
pub mod stock;
pub mod store;
pub mod transfers;
mod uses;

use dispatch::Message;
use dispatch::order::line::LineUnits;
use vocabulary::OrderId;

use crate::app::App;
use crate::call::Call;
use crate::wire::board::LineUnitsBody;
use crate::wire::fault::{Code, Fault};
use crate::wire::store::Done;

/// Hands one command to its owner; answers when it is on disk.
pub(crate) async fn done(app: &App, call: &Call, message: Message) -> Result<Done, Fault> {
    let seq = app.cities.of_message(&message).command(call.submission(app), message).await?;
    Ok(Done { seq })
}

/// The named units of an order's lines, with the SKUs that the order knows.
pub(crate) async fn order_lines(
    app: &App,
    order: OrderId,
    named: &[LineUnitsBody],
) -> Result<Vec<LineUnits>, Fault> {
    let named = named.to_vec();
    let found = app.cities.of(order).read_order(order, move |order| {
        let units = named.iter().map(|units| {
            let line = order.line(units.line).ok_or(units.line)?;
            Ok(LineUnits { line: units.line, sku: line.sku, units: units.units })
        });
        units.collect::<Result<Vec<_>, u16>>()
    });
    found.await?.map_err(line_unknown)
}

pub(crate) fn line_unknown(line: u16) -> Fault {
    let message = format!("line {line} is not part of this order: refresh");
    Fault::new(Code::LineUnknown, message).about("lines")
}
