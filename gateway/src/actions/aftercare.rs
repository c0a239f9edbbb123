//! What a shopper asks while waiting and says afterwards, and what a courier pictures at the door.

use axum::body::Bytes;
use dispatch::Message;
use dispatch::order::OrderCommand;
use vocabulary::{OrderId, PersonId};

use super::delivery::{Of, acting_courier};
use super::{done, sealed};
use crate::access::{Field, Verb};
use crate::app::App;
use crate::call::{Call, Caller};
use crate::images::Kind;
use crate::wire::aftercare::{PictureQuery, PictureView, RatingBody, ReminderAnswerBody};
use crate::wire::fault::{Code, Fault};
use crate::wire::store::Done;

/// The largest picture of a door: phones make theirs smaller before they send them.
pub const LARGEST_PICTURE: usize = 256 * 1_024;
const LONGEST_TEXT: usize = 500;

pub async fn remind(app: &App, call: &Call, order: OrderId) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::RemindOrder, order).await?;
    done(app, call, Message::Order(order, Box::new(OrderCommand::Remind))).await
}

pub async fn answer_reminder(
    app: &App,
    call: &Call,
    order: OrderId,
    body: ReminderAnswerBody,
) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::WorkFulfillment, order).await?;
    let command = OrderCommand::AnswerReminder { answer: body.answer };
    done(app, call, Message::Order(order, Box::new(command))).await
}

/// The text is sealed first; what the order then refuses is taken back.
pub async fn rate(app: &App, call: &Call, order: OrderId, body: RatingBody) -> Result<Done, Fault> {
    app.may_order(&call.caller, Verb::RateOrder, order).await?;
    let text = body.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if text.is_some_and(|text| !is_text(text)) {
        let message = format!("text must be at most {LONGEST_TEXT} characters and line breaks");
        return Err(Fault::invalid("text", message));
    }
    // What is said of an order that is rated already must not touch what lies sealed of it.
    let rated = app.cities.of(order).read_order(order, |order| order.rating.is_some()).await?;
    let text = match text {
        Some(text) if rated => Some(sealed::name(order, text.as_bytes())),
        Some(text) => Some(sealed::keep(app, order, text.as_bytes()).await?),
        None => None,
    };
    let command = OrderCommand::Rate { words: body.words(text) };
    let answer = done(app, call, Message::Order(order, Box::new(command))).await;
    if let (Err(fault), Some(text), false) = (&answer, text, rated) {
        give_up(app, order, text, fault).await;
    }
    answer
}

fn is_text(text: &str) -> bool {
    let is_good = |letter: char| letter == '\n' || !letter.is_control();
    text.chars().take(LONGEST_TEXT + 1).count() <= LONGEST_TEXT && text.chars().all(is_good)
}

/// Keeps a photo or a signature of a door, for `delivered` to name.
pub async fn keep_picture(
    app: &App,
    call: &Call,
    of: Of,
    query: PictureQuery,
    picture: Bytes,
) -> Result<PictureView, Fault> {
    app.may_order(&call.caller, Verb::AdvanceDelivery, of.order).await?;
    if Kind::of(&picture).is_none() {
        let message = "the file is no JPEG, PNG or WebP: send one of these";
        return Err(Fault::new(Code::NotAnImage, message));
    }
    let courier = acting_courier(app, call, of).await?;
    let name = sealed::name(of.order, &picture);
    if is_recorded(app, of.order, name).await? {
        return Ok(PictureView { picture: name });
    }
    let picture = sealed::keep(app, of.order, &picture).await?;
    let (delivery, attempt, what) = (of.delivery, query.attempt, query.what);
    let command = OrderCommand::KeepPicture { delivery, attempt, courier, picture, what };
    match done(app, call, Message::Order(of.order, Box::new(command))).await {
        Ok(_) => Ok(PictureView { picture }),
        Err(fault) => {
            give_up(app, of.order, picture, &fault).await;
            Err(fault)
        }
    }
}

/// Somebody else may have recorded the same meanwhile: then it stays.
async fn give_up(app: &App, order: OrderId, id: PersonId, fault: &Fault) {
    if matches!(is_recorded(app, order, id).await, Ok(false)) {
        sealed::take_back(app, id, fault).await;
    }
}

async fn is_recorded(app: &App, order: OrderId, id: PersonId) -> Result<bool, Fault> {
    let known =
        app.cities.of(order).read_order(order, move |order| order.personal_ids().contains(&id));
    Ok(known.await?)
}

/// A picture of one of the order's doors, for its shopper, its stores and headquarters.
pub async fn picture(
    app: &App,
    caller: &Caller,
    order: OrderId,
    picture: PersonId,
) -> Result<(Vec<u8>, Kind), Fault> {
    app.may_order(caller, Verb::ReadProof, order).await?;
    if !caller.sees(Field::Person) {
        return Err(Fault::forbidden());
    }
    let is_of_a_door = app.cities.of(order).read_order(order, move |order| {
        let mut kept = order.evidence.iter().flat_map(|evidence| &evidence.pictures);
        kept.any(|known| known.picture == picture)
    });
    if !is_of_a_door.await? {
        return Err(Fault::not_found("picture"));
    }
    let bytes = sealed::read(app, picture).await?.ok_or_else(|| Fault::not_found("picture"))?;
    let kind = Kind::of(&bytes).ok_or_else(Fault::internal)?;
    Ok((bytes, kind))
}
