//! One member: profile, points, coupons, purchases, consent, and being forgotten.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use commerce::member::{ClaimTerms, Member, MemberCommand};
use persistence::EventRow;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{CampaignId, CouponId, MemberId, PrincipalId};

use super::members::{consent, tell};
use super::{Doors, Input, Route, Search};
use crate::access::{Field, Resource, Scope, Verb};
use crate::actions::people;
use crate::app::{App, within};
use crate::call::{Call, Caller};
use crate::members;
use crate::wire::coupon_story::coupon_history;
use crate::wire::fault::{Code, Fault};
use crate::wire::member::{
    AdjustPointsBody, ClaimBody, ClaimableView, ClaimedView, ConsentBody, CouponHistory,
    CouponView, MemberCodeView, MemberView, PointsLedger, PurchaseList, WalletView, coupon_view,
    member_view, points_ledger, purchases,
};
use crate::wire::store::{Done, words};

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(get, erase))
        .routes(routes!(show_code))
        .routes(routes!(wallet, claim))
        .routes(routes!(coupon_lines))
        .routes(routes!(points, adjust))
        .routes(routes!(orders))
        .routes(routes!(agree))
}

/// `me`, or a member's id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whose(Option<MemberId>);

impl<'de> Deserialize<'de> for Whose {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.as_str() {
            "me" => Ok(Self(None)),
            text => text.parse().map(|id| Self(Some(id))).map_err(serde::de::Error::custom),
        }
    }
}

/// The member that is meant, if the caller may do this with that one.
fn may(app: &App, caller: &Caller, verb: Verb, whose: Whose) -> Result<MemberId, Fault> {
    let own = match caller.principal.scope {
        Scope::Member(member) => Some(member),
        _ => None,
    };
    let member = whose.0.or(own).ok_or_else(members::no_such_member)?;
    app.may(caller, verb, Resource::Member(member))?;
    Ok(member)
}

/// The profile: tier, points, and the person for whoever may see people.
#[utoipa::path(get, path = "/v1/members/{member}", tag = "members",
    responses((status = 200, body = MemberView)))]
async fn get(
    State(app): State<Arc<App>>,
    Route(whose): Route<Whose>,
    caller: Caller,
) -> Result<Json<MemberView>, Fault> {
    let member = may(&app, &caller, Verb::ReadMember, whose)?;
    let seen = view(&app, &caller, member).await?;
    members::note_opening(&app, &caller, member).await?;
    Ok(Json(seen))
}

pub(super) async fn view(
    app: &App,
    caller: &Caller,
    member: MemberId,
) -> Result<MemberView, Fault> {
    let (now, policy) = (app.now(), app.reference.member_policy());
    let read = move |member: &Member| {
        (member_view(member, &policy, now), members::person_id(&member.enrolment))
    };
    let (mut view, person) = app.cities.members().read_member(member, read).await?;
    if caller.sees(Field::Person)
        && let Some(person) = person
        && let Some(person) = members::person_of(app, person).await?
    {
        let is_self = matches!(caller.principal.scope, Scope::Member(own) if own == member);
        view.phone = Some(if is_self { person.phone.clone() } else { person.masked_phone() });
        view.name = person.name;
    }
    Ok(view)
}

/// Forgets the member: points, coupons, name and phone. Refused while an order is under way.
#[utoipa::path(delete, path = "/v1/members/{member}", tag = "members",
    responses((status = 200, body = Done)))]
async fn erase(
    State(app): State<Arc<App>>,
    Route(whose): Route<Whose>,
    call: Call,
) -> Result<Json<Done>, Fault> {
    let member = may(&app, &call.caller, Verb::UseMember, whose)?;
    let person = |member: &Member| members::person_id(&member.enrolment);
    let person = app.cities.members().read_member(member, person).await?;
    let seq = tell(&app, &call, member, MemberCommand::Erase).await?;
    if let Some(person) = person {
        people::forget(&app, person).await?;
    }
    for token in app.tokens.of_principal(PrincipalId::from_bits(member.bits())) {
        app.tokens.revoke(token, app.now()).await.map_err(|error| {
            tracing::error!(%error, "a session cannot be ended");
            Fault::internal()
        })?;
    }
    Ok(Json(Done { seq }))
}

/// A new code to be shown at the counter, as a QR code. It is good for five minutes.
#[utoipa::path(post, path = "/v1/members/{member}/code", tag = "members",
    responses((status = 201, body = MemberCodeView)))]
async fn show_code(
    State(app): State<Arc<App>>,
    Route(whose): Route<Whose>,
    call: Call,
) -> Result<(StatusCode, Json<MemberCodeView>), Fault> {
    let member = may(&app, &call.caller, Verb::UseMember, whose)?;
    let expires_at = app.now().after(members::CODE_LIFE);
    let code = members::member_code(&app.keys, member, expires_at);
    Ok((StatusCode::CREATED, Json(MemberCodeView { code, expires_at })))
}

/// The coupons of a member, and those that can be claimed now.
#[utoipa::path(get, path = "/v1/members/{member}/coupons", tag = "members",
    responses((status = 200, body = WalletView)))]
async fn wallet(
    State(app): State<Arc<App>>,
    Route(whose): Route<Whose>,
    caller: Caller,
) -> Result<Json<WalletView>, Fault> {
    let member = may(&app, &caller, Verb::ReadMember, whose)?;
    let (now, policy) = (app.now(), app.reference.member_policy());
    let read = move |member: &Member| {
        let tier = member.tier(&policy).map(|tier| tier.code.clone());
        (member.coupons.clone(), member.claims.clone(), tier)
    };
    let (held, claims, tier) = app.cities.members().read_member(member, read).await?;
    let campaigns = app.reference.campaigns();
    let name = |campaign: CampaignId| campaigns.get(campaign).map(|known| known.name.clone());
    let coupons: Vec<CouponView> = held
        .iter()
        .filter(|(_, coupon)| now < coupon.expires_at)
        .map(|(id, coupon)| coupon_view(*id, coupon, name(coupon.campaign)))
        .collect();
    let claimable = campaigns.iter().filter(|campaign| !campaign.stopped).filter_map(|campaign| {
        let template = campaign.coupon()?;
        let is_open = template.claim_from <= now && now < template.claim_until;
        let is_for = tier.as_ref().is_some_and(|tier| members::is_for(campaign, tier));
        let claimed = claims.get(&campaign.id).copied().unwrap_or_default();
        let left = template.per_member.saturating_sub(claimed);
        (is_open && is_for && left > 0).then(|| ClaimableView {
            campaign: campaign.id,
            name: campaign.name.clone(),
            left,
            claim_until: template.claim_until,
        })
    });
    Ok(Json(WalletView { coupons, claimable: claimable.collect() }))
}

/// Puts a coupon of a campaign into the wallet.
#[utoipa::path(post, path = "/v1/members/{member}/coupons", tag = "members",
    request_body = ClaimBody, responses((status = 201, body = ClaimedView)))]
async fn claim(
    State(app): State<Arc<App>>,
    Route(whose): Route<Whose>,
    Input { call, body }: Input<ClaimBody>,
) -> Result<(StatusCode, Json<ClaimedView>), Fault> {
    let member = may(&app, &call.caller, Verb::UseMember, whose)?;
    if let Some(reason) = &body.reason {
        app.may(&call.caller, Verb::ManageMembers, Resource::Member(member))?;
        words("reason", reason, 200)?;
    }
    let (campaigns, now) = (app.reference.campaigns(), app.now());
    let campaign = campaigns.get(body.campaign).ok_or_else(|| Fault::not_found("campaign"))?;
    let policy = app.reference.member_policy();
    let tier = move |member: &Member| member.tier(&policy).map(|tier| tier.code.clone());
    let tier = app.cities.members().read_member(member, tier).await?;
    let is_for = tier.is_some_and(|tier| members::is_for(campaign, &tier));
    let open = campaign.coupon().filter(|template| {
        !campaign.stopped && is_for && template.claim_from <= now && now < template.claim_until
    });
    let (Some(template), Some(expires_at)) = (open, campaign.coupon_expires_at(now)) else {
        let message = "this campaign gives you no coupon now: look at those you can claim";
        return Err(Fault::new(Code::NotClaimable, message).about("campaign"));
    };
    let coupon = coupon_id(&app, &call);
    let per_member = Some(template.per_member);
    let terms = ClaimTerms { campaign: campaign.id, per_member, expires_at };
    tell(&app, &call, member, MemberCommand::Claim { coupon, terms, reason: body.reason }).await?;
    Ok((StatusCode::CREATED, Json(ClaimedView { coupon, expires_at })))
}

/// The same for a repeated claim under one key, so that its answer names the coupon it made.
fn coupon_id(app: &App, call: &Call) -> CouponId {
    match &call.key {
        None => app.id(),
        Some(key) => {
            let seed = [key.as_bytes(), &call.hash, &call.caller.principal.bits().to_be_bytes()];
            let hash = crate::call::hash_of("coupon", &seed.concat());
            CouponId::from_bits(
                hash.iter().take(16).fold(0, |bits, byte| (bits << 8) | u128::from(*byte)),
            )
        }
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Page {
    /// 1 to 1,000; 100 when absent.
    limit: Option<u32>,
}

impl Page {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(100).clamp(1, 1_000) as usize
    }
}

/// What became of every coupon: claimed or given with a reason, held, used, given back, expired.
#[utoipa::path(get, path = "/v1/members/{member}/coupons/history", tag = "members", params(Page),
    responses((status = 200, body = CouponHistory)))]
async fn coupon_lines(
    State(app): State<Arc<App>>,
    Route(whose): Route<Whose>,
    Search(page): Search<Page>,
    caller: Caller,
) -> Result<Json<CouponHistory>, Fault> {
    let member = may(&app, &caller, Verb::ReadMember, whose)?;
    let history = history(&app, member).await?;
    let campaigns = app.reference.campaigns();
    let name = |campaign: CampaignId| campaigns.get(campaign).map(|known| known.name.clone());
    Ok(Json(coupon_history(&history, app.now(), page.limit(), name)))
}

/// The ledger of points: every change with its reason.
#[utoipa::path(get, path = "/v1/members/{member}/points", tag = "members", params(Page),
    responses((status = 200, body = PointsLedger)))]
async fn points(
    State(app): State<Arc<App>>,
    Route(whose): Route<Whose>,
    Search(page): Search<Page>,
    caller: Caller,
) -> Result<Json<PointsLedger>, Fault> {
    let member = may(&app, &caller, Verb::ReadMember, whose)?;
    let history = history(&app, member).await?;
    Ok(Json(points_ledger(&history, app.now(), page.limit())))
}

/// Gives or takes points by hand, with the reason that the ledger shows.
#[utoipa::path(post, path = "/v1/members/{member}/points", tag = "members",
    request_body = AdjustPointsBody, responses((status = 200, body = Done)))]
async fn adjust(
    State(app): State<Arc<App>>,
    Route(whose): Route<Whose>,
    Input { call, body }: Input<AdjustPointsBody>,
) -> Result<Json<Done>, Fault> {
    let member = may(&app, &call.caller, Verb::ManageMembers, whose)?;
    let permit = app.may(&call.caller, Verb::ManageMembers, Resource::Member(member))?;
    within(permit, body.points.saturating_abs())?;
    let command = MemberCommand::Adjust { points: body.points, reason: body.reason };
    Ok(Json(Done { seq: tell(&app, &call, member, command).await? }))
}

/// The orders that were completed, at every store and through every channel.
#[utoipa::path(get, path = "/v1/members/{member}/orders", tag = "members", params(Page),
    responses((status = 200, body = PurchaseList)))]
async fn orders(
    State(app): State<Arc<App>>,
    Route(whose): Route<Whose>,
    Search(page): Search<Page>,
    caller: Caller,
) -> Result<Json<PurchaseList>, Fault> {
    let member = may(&app, &caller, Verb::ReadMember, whose)?;
    let history = history(&app, member).await?;
    Ok(Json(purchases(&history, page.limit())))
}

/// Changes what the member agrees to.
#[utoipa::path(put, path = "/v1/members/{member}/consent", tag = "members",
    request_body = ConsentBody, responses((status = 200, body = Done)))]
async fn agree(
    State(app): State<Arc<App>>,
    Route(whose): Route<Whose>,
    Input { call, body }: Input<ConsentBody>,
) -> Result<Json<Done>, Fault> {
    let member = may(&app, &call.caller, Verb::UseMember, whose)?;
    let consent = consent(&body)?;
    Ok(Json(Done { seq: tell(&app, &call, member, MemberCommand::Consent { consent }).await? }))
}

/// Everything that ever happened to the member. Read when all of it is recorded.
async fn history(app: &App, member: MemberId) -> Result<Vec<EventRow>, Fault> {
    let members = app.cities.members();
    members.read_member(member, |_| ()).await?;
    Ok(app.journal.entity_history(members.partition(), "member", member.bits()).await?)
}
