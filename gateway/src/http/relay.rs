//! For gateways in front of this server: who sits at their sockets, what they do, what they hear.
//!
//! A gateway is trusted to carry, not to speak: each thing that a socket does comes with the seat
//! that its own ticket opened.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::TokenId;

use super::{Doors, Input};
use crate::access::{Keys, Principal, Purpose, Verb};
use crate::app::App;
use crate::call::Caller;
use crate::hub::relay::Question;
use crate::hub::{Listening, Sight};
use crate::relay;
use crate::socket::House;
use crate::wire::courier::PositionsBody;
use crate::wire::fault::{Code, Fault};
use crate::wire::relay::{
    ActBody, ActText, ActView, AnswerView, AnswersView, HelloView, QuestionsBody, SeatBody,
    SeatView,
};

/// Topics that one request may ask about.
const MOST_QUESTIONS: usize = 1_024;

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(hello))
        .routes(routes!(seat))
        .routes(routes!(answers))
        .routes(routes!(act))
}

/// What a gateway needs to begin, and what time it is.
#[utoipa::path(get, path = "/v1/relay", tag = "relay", responses((status = 200, body = HelloView)))]
async fn hello(State(app): State<Arc<App>>, caller: Caller) -> Result<Json<HelloView>, Fault> {
    app.permits(&caller, Verb::Relay)?;
    Ok(Json(HelloView {
        key: app.relay.key.text().to_owned(),
        chain: app.relay.chain.clone(),
        epoch: app.hub.epoch(),
        now: app.now(),
        scale: app.clock.scale(),
        fast_for_ms: app.clock.fast_for().map(|left| left.as_millis() as u64),
        picture_origins: app.ground.origins(),
    }))
}

/// Takes a socket's ticket.
#[utoipa::path(post, path = "/v1/relay/seats", tag = "relay", request_body = SeatBody,
    responses((status = 200, body = SeatView)))]
async fn seat(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<SeatBody>,
) -> Result<Json<SeatView>, Fault> {
    app.permits(&call.caller, Verb::Relay)?;
    let ticket = app.tickets.redeem(&body.ticket).ok_or_else(|| {
        let message = "the ticket was used, is too old or was never given: get another";
        Fault::new(Code::TicketInvalid, message)
    })?;
    let sitting = Sitting { principal: Principal::clone(&ticket.principal), token: ticket.token };
    let seat = sitting.sealed(&app).ok_or_else(Fault::internal)?;
    Ok(Json(SeatView { seat, token: ticket.token, topics: ticket.topics }))
}

/// What came of some topics since, and topics whole for those who begin.
#[utoipa::path(post, path = "/v1/relay/questions", tag = "relay", request_body = QuestionsBody,
    responses((status = 200, body = AnswersView)))]
async fn answers(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<QuestionsBody>,
) -> Result<Json<AnswersView>, Fault> {
    app.permits(&call.caller, Verb::Relay)?;
    if body.questions.len() > MOST_QUESTIONS {
        let message = format!("questions must be at most {MOST_QUESTIONS} at once");
        return Err(Fault::invalid("questions", message));
    }
    let answers = body.questions.into_iter().map(|asked| {
        let question = Question {
            topic: asked.topic,
            after: asked.after,
            needs_snapshot: asked.snapshot,
            is_attended: asked.attended.unwrap_or(true),
        };
        relay::answer(&app.hub, question)
    });
    let answers = join_all(answers).await;
    Ok(Json(AnswersView { answers: answers.iter().map(AnswerView::from).collect() }))
}

/// Carries out what somebody at a gateway's socket does.
#[utoipa::path(post, path = "/v1/relay/acts", tag = "relay", request_body = ActBody,
    responses((status = 200, body = ActView)))]
async fn act(
    State(app): State<Arc<App>>,
    Input { call, body }: Input<ActBody>,
) -> Result<Json<ActView>, Fault> {
    app.permits(&call.caller, Verb::Relay)?;
    let app = app.as_ref();
    let who = Arc::new(Sitting::opened(app, &body.seat)?.principal);
    let view = match body.act {
        ActText::Listen { topic } => {
            let Listening { sight, is_at_work } = House::may_listen(app, &who, topic).await?;
            let masked = sight == Sight::Masked;
            ActView { masked, at_work: Some(is_at_work), ..ActView::default() }
        }
        ActText::Carry { id, command } => {
            let seq = House::carry_out(app, &who, &id, command).await?;
            ActView { seq: Some(seq), ..ActView::default() }
        }
        ActText::Locate { pings } => {
            House::locate(app, &who, PositionsBody { pings }.pings()?)?;
            ActView::default()
        }
    };
    Ok(Json(view))
}

/// Who sits at a gateway's socket; only this installation can write it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sitting {
    principal: Principal,
    token: Option<TokenId>,
}

impl Sitting {
    fn sealed(&self, app: &App) -> Option<String> {
        serde_json::to_vec(self).ok().map(|text| Self::signed(&app.keys, &text))
    }

    pub(crate) fn signed(keys: &Keys, text: &[u8]) -> String {
        let signature = keys.sign(Purpose::Seat, text);
        let (text, signature) = (URL_SAFE_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(signature));
        format!("{text}.{signature}")
    }

    /// Whoever was shown out since has no seat any more; nor has, after a start of this server,
    /// whoever has not asked for anything yet: a fresh ticket opens a fresh seat.
    fn opened(app: &App, seat: &str) -> Result<Self, Fault> {
        let over = || Fault::new(Code::Unauthenticated, "this seat is over: get another ticket");
        let sitting = Self::read(&app.keys, seat).ok_or_else(over)?;
        House::still_knows(app, &Arc::new(sitting.principal.clone())).map_err(|_| over())?;
        Caller::with_token(app, Arc::new(sitting.principal.clone()), sitting.token)?;
        Ok(sitting)
    }

    pub(crate) fn read(keys: &Keys, seat: &str) -> Option<Self> {
        let (text, signature) = seat.split_once('.')?;
        let (text, signature) =
            (URL_SAFE_NO_PAD.decode(text).ok()?, URL_SAFE_NO_PAD.decode(signature).ok()?);
        let is_ours = keys.is_signed(Purpose::Seat, &text, &signature);
        is_ours.then(|| serde_json::from_slice(&text).ok())?
    }
}
