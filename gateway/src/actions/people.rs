//! People who are not to be known any more.

use persistence::ErasedList;
use vocabulary::{OrderId, PersonId};

use crate::access::Verb;
use crate::app::App;
use crate::call::Caller;
use crate::wire::fault::{Code, Fault};

/// Forgets the shopper of an order that is over. Asked twice it changes nothing more.
pub async fn forget_shopper(app: &App, caller: &Caller, order: OrderId) -> Result<(), Fault> {
    app.may_order(caller, Verb::ForgetPeople, order).await?;
    let found = app.cities.of(order).read_order(order, |order| {
        let is_over = order.status.is_over() && !order.is_live();
        (order.terms.shopper, order.personal_ids(), is_over)
    });
    let (shopper, besides, is_over) = found.await?;
    if !is_over {
        let message =
            "the order is not over, and its shopper is needed until then: wait or cancel it";
        return Err(Fault::new(Code::OrderState, message));
    }
    // Pictures of the door and the words of the rating go with the name.
    for sealed in besides {
        forget(app, sealed).await?;
    }
    let forgotten = forget(app, shopper).await?;
    tracing::info!(%order, forgotten, "the shopper of an order is forgotten");
    Ok(())
}

/// Forgets a person, also in what is restored later. Says whether there was anything to forget.
pub async fn forget(app: &App, person: PersonId) -> Result<bool, Fault> {
    if let Some(erased) = app.erased.clone() {
        note(erased, person).await?;
    }
    vocabulary::planted::kill_point("noted_and_not_erased");
    Ok(app.journal.erase_persons(vec![person]).await? > 0)
}

/// Written down first: what is erased without being on the list would come back with a backup.
async fn note(erased: ErasedList, person: PersonId) -> Result<(), Fault> {
    let noted = tokio::task::spawn_blocking(move || erased.note(person)).await;
    match noted {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(Fault::internal()),
    }
}
