//! All couriers at a glance, for maps that show thousands.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Doors;
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::call::Caller;
use crate::wire::courier::{FleetCourier, FleetView};
use crate::wire::fault::Fault;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(fleet))
}

/// Where every courier is that has told its position, and whether it has work.
#[utoipa::path(get, path = "/v1/fleet", tag = "couriers", responses((status = 200, body = FleetView)))]
async fn fleet(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<FleetView>, Fault> {
    app.may(&caller, Verb::ReadCouriers, Resource::Chain)?;
    let seen = app.city().read(|reader| {
        let couriers = reader.view(|city| {
            let known = city.couriers().iter().filter_map(|(id, row)| {
                let (place, at) = city.position(*id)?;
                Some(FleetCourier {
                    id: *id,
                    lat: rounded(place.latitude()),
                    lon: rounded(place.longitude()),
                    at,
                    state: row.availability.text().to_owned(),
                    task_count: u32::try_from(row.tasks.len()).unwrap_or(u32::MAX),
                })
            });
            known.collect()
        });
        FleetView { now: reader.now(), couriers }
    });
    Ok(Json(seen.await?))
}

/// To about ten centimetres: a shorter text for the same point on a screen.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}
