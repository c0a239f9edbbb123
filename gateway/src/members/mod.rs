//! Members at the doors: who a basket is for, log-in by phone, and the budgets of campaigns.
//!
//! What a quote reads here is advice: coupons, points and budgets are held when the order is
//! placed. This room decides nothing about them, and never keeps a phone number in clear.

mod budgets;
mod carrier;
pub(crate) mod code;
mod log_in;
mod openings;
mod person;
mod sender;

use std::collections::BTreeSet;

use commerce::MemberStanding;
use commerce::member::Enrolment;
use vocabulary::{CampaignId, MemberId, PersonId};

use crate::access::{Field, Scope};
use crate::app::App;
use crate::call::Caller;
use crate::wire::fault::{Code, Fault};

pub use budgets::{budget_of, is_for, tell_all_budgets, tell_budget};
pub use code::{CODE_LIFE, member_code, member_of_code};
pub use log_in::LogInCodes;
pub use openings::Openings;
pub use person::{MemberPerson, Phone, typed_tail};
pub use sender::{CodeSender, Message, Seat};

/// What the member may use; nobody in particular may use nothing. The text is the code that a
/// member shows, or the token of a member's session: an id alone proves nothing.
pub async fn standing(app: &App, member: Option<&str>) -> Result<Option<MemberStanding>, Fault> {
    let Some(text) = member else { return Ok(None) };
    let member = shown(app, text).await?;
    let (now, policy) = (app.now(), app.reference.member_policy());
    let read = move |member: &commerce::member::Member| member.standing(&policy, now);
    let standing = app.cities.members().read_member(member, read).await?;
    standing.map(Some).ok_or_else(no_such_member)
}

/// Whose code or session it is.
pub async fn shown(app: &App, text: &str) -> Result<MemberId, Fault> {
    if let Some(member) = member_of_code(&app.keys, text, app.now()) {
        return Ok(member);
    }
    let not_shown = || {
        let message = "the member's code is wrong or older than five minutes: show a new one";
        Fault::new(Code::MemberCodeInvalid, message).about("member")
    };
    let principal = app.tokens.principal(text, app.now()).await.map_err(|_| not_shown())?;
    match principal.scope {
        Scope::Member(member) => Ok(member),
        Scope::All
        | Scope::Stores(_)
        | Scope::Regions(_)
        | Scope::Merchant(_)
        | Scope::Courier(_)
        | Scope::Channel
        | Scope::Order(_) => Err(not_shown()),
    }
}

/// Campaigns of which this city knows that nothing, or too little, is left. Every city is asked: which one an order
/// goes to is not known before it is placed.
pub async fn exhausted(app: &App) -> BTreeSet<CampaignId> {
    let with_budget = app.reference.campaigns();
    let campaigns: Vec<CampaignId> =
        with_budget.iter().filter(|known| known.budget.is_some()).map(|known| known.id).collect();
    if campaigns.is_empty() {
        return BTreeSet::new();
    }
    let read = app.city().read(move |reader| {
        let spent = |campaign: &CampaignId| {
            reader.allowance(*campaign, commerce::budget::Allowance::is_used_up).unwrap_or(false)
        };
        campaigns.into_iter().filter(spent).collect()
    });
    // Advice only: placing decides.
    read.await.unwrap_or_default()
}

/// The person behind a member, as the vault keeps it; `None` where it was forgotten.
pub async fn person_of(app: &App, person: PersonId) -> Result<Option<MemberPerson>, Fault> {
    let Some(sealed) = app.journal.person(person).await? else { return Ok(None) };
    let record = app.vault.unseal(&sealed)?;
    serde_json::from_slice(&record).map(Some).map_err(|error| {
        tracing::error!(%error, %person, "a person's record cannot be read");
        Fault::internal()
    })
}

/// The person's id of a member who is enrolled.
pub fn person_id(enrolment: &Enrolment) -> Option<PersonId> {
    match enrolment {
        Enrolment::Enrolled { person, .. } => Some(*person),
        Enrolment::Unknown | Enrolment::Erased { .. } => None,
    }
}

/// Writes into the audit trail that somebody of the house looks at a member's name and phone.
pub async fn note_opening(app: &App, caller: &Caller, member: MemberId) -> Result<(), Fault> {
    let is_self = matches!(caller.principal.scope, Scope::Member(own) if own == member);
    let by = caller.principal.id;
    if is_self || !caller.sees(Field::Person) || !app.openings.is_new(by, member, app.now()) {
        return Ok(());
    }
    let noted = app.reference.note_opened_member(member, app.author(caller)).await;
    if noted.is_err() {
        app.openings.forget(by, member);
    }
    noted
}

pub fn no_such_member() -> Fault {
    Fault::not_found("member")
}
