//! Sales and service, from the books alone, and the postings behind every figure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use commerce::ledger::{FeeAmount, Posting, SaleLine};
use commerce::report::{DayBook, Figures};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vocabulary::{MerchantId, Money, OrderId, SkuId, StoreId};

use super::{Doors, Search};
use crate::access::Verb;
use crate::app::App;
use crate::books::{Days, Rated, Span, Stars, local_today};
use crate::call::Caller;
use crate::sheets::Form;
use crate::wire::aftercare::{CourierStars, RatingsReport, StarsView, StoreStars};
use crate::wire::fault::{Code, Fault};
use crate::wire::filters::PostingKind;
use crate::wire::ledger::{LedgerPage, posting_view};
use crate::wire::reports::{
    BorneView, SalesReport, SalesRow, ServiceDay, ServiceReport, ServiceRow, ServiceView,
};
use crate::wire::{lists, tables};

pub(super) fn doors() -> Doors {
    OpenApiRouter::new()
        .routes(routes!(sales))
        .routes(routes!(service))
        .routes(routes!(ledger))
        .routes(routes!(ratings))
}

/// The most postings of one file.
pub(super) const MOST_EXPORTED: usize = 200_000;

/// The longest span of one report.
const MOST_DAYS: i32 = 366;

/// Days and stores that are asked about.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The first day; today when absent.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// The last day; the first one when absent.
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
    /// All stores within reach when absent.
    #[param(value_type = Option<String>)]
    pub store: Option<StoreId>,
}

/// The span that is asked for, as far as the caller's reach goes.
pub(super) fn span(app: &App, caller: &Caller, asked: &Asked) -> Result<Span, Fault> {
    let own = app.stores_of(caller, Verb::ReadReports)?;
    let mut stores = app.reference.directory().stores();
    stores.retain(|record| own.as_ref().is_none_or(|own| own.contains(&record.id)));
    let now = app.now();
    let today = stores.iter().map(|record| local_today(record, now)).max();
    let today = today.unwrap_or_else(|| utc_date(now));
    let from = asked.from.unwrap_or(today);
    let to = asked.to.unwrap_or(from);
    let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
    if !(0..MOST_DAYS).contains(&days) {
        let message = format!("to must be from to {MOST_DAYS} days after from");
        return Err(Fault::new(Code::InvalidQuery, message).about("to"));
    }
    let stores = match asked.store {
        Some(store) if stores.iter().any(|known| known.id == store) => {
            Some(BTreeSet::from([store]))
        }
        Some(_) => return Err(Fault::not_found("store")),
        None => own,
    };
    Ok(Span { from, to, stores })
}

fn utc_date(at: vocabulary::Timestamp) -> Date {
    let utc = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default();
    utc.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The address of the postings behind a figure.
pub(super) fn list_of(span: &Span, more: &str) -> String {
    let mut address = format!("/v1/ledger?from={}&to={}", span.from, span.to);
    if let Some(stores) = span.stores.as_ref().filter(|stores| stores.len() == 1) {
        stores.iter().for_each(|store| address.push_str(&format!("&store={store}")));
    }
    address.push_str(more);
    address
}

/// How stores and couriers were rated: all ratings ever, as far as the books have read; with
/// `Accept: text/csv` or xlsx as a file.
#[utoipa::path(get, path = "/v1/reports/ratings", tag = "reports",
    responses((status = 200, body = RatingsReport)))]
async fn ratings(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let own = app.stores_of(&caller, Verb::ReadReports)?;
    let report = rated(&app, own.as_ref());
    if let Some(form) = Form::wanted(&headers) {
        let book = app.reference.book();
        let figures = lists::ratings(&report, app.reference.called(&book));
        return figures.reply(form).await;
    }
    Ok(Json(report).into_response())
}

/// Of these stores, or of all and their couriers.
fn rated(app: &App, own: Option<&BTreeSet<StoreId>>) -> RatingsReport {
    let shelf = app.books.shelf();
    let (mut stores, mut couriers) = (Vec::new(), Vec::new());
    for (of, stars) in &shelf.voices.stars {
        match of {
            Rated::Store(store) if own.is_none_or(|own| own.contains(store)) => {
                stores.push(StoreStars { store: *store, stars: stars_view(stars) });
            }
            Rated::Courier(courier) if own.is_none() => {
                couriers.push(CourierStars { courier: *courier, stars: stars_view(stars) });
            }
            Rated::Store(_) | Rated::Courier(_) => {}
        }
    }
    RatingsReport { read_to_at: shelf.read_to.at, stores, couriers }
}

pub(super) fn stars_view(stars: &Stars) -> StarsView {
    StarsView { count: stars.count(), average: stars.average(), by_stars: stars.by_stars }
}

/// By what sales are broken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    #[default]
    Store,
    Day,
    Hour,
    Sku,
    Channel,
    Tier,
    /// The rule that took something off: a campaign, a coupon, a store's own price.
    Campaign,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct SalesAsked {
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
    /// `store` when absent.
    #[param(inline)]
    by: Option<By>,
}

/// Sales less returns of the days asked for, broken down by one thing. With `Accept: text/csv` or
/// xlsx the rows come as a file.
#[utoipa::path(get, path = "/v1/reports/sales", tag = "reports", params(SalesAsked),
    responses((status = 200, body = SalesReport)))]
async fn sales(
    State(app): State<Arc<App>>,
    Search(asked): Search<SalesAsked>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let SalesAsked { from, to, store, by } = asked;
    let span = span(&app, &caller, &Asked { from, to, store })?;
    let Days { read_to, books } = app.books.day_books(&span).await?;
    let mut sum = DayBook::default();
    books.iter().for_each(|(_, book)| sum.merge(book));
    let by = by.unwrap_or_default();
    let rows = broken_down(by, &books, &sum);
    let rows = rows.into_iter().map(|(key, figures)| {
        let (name, list) = named(&app, by, &key, &span);
        let borne = if by == By::Campaign { borne(&sum, &key) } else { Vec::new() };
        SalesRow { key, name, figures: (&figures).into(), borne, list }
    });
    let rows: Vec<SalesRow> = rows.collect();
    if let Some(form) = Form::wanted(&headers) {
        return tables::sales(&rows, by == By::Campaign).reply(form).await;
    }
    let report = SalesReport {
        read_to: read_to.into(),
        from: span.from,
        to: span.to,
        by: text_of(by).to_owned(),
        total: (&sum.all).into(),
        list: list_of(&span, "&kind=goods"),
        rows,
    };
    Ok(Json(report).into_response())
}

fn text_of(by: By) -> &'static str {
    match by {
        By::Store => "store",
        By::Day => "day",
        By::Hour => "hour",
        By::Sku => "sku",
        By::Channel => "channel",
        By::Tier => "tier",
        By::Campaign => "campaign",
    }
}

type Books = [((Date, StoreId), DayBook)];

fn broken_down(by: By, books: &Books, sum: &DayBook) -> BTreeMap<String, Figures> {
    fn texts<K: ToString>(map: &BTreeMap<K, Figures>) -> BTreeMap<String, Figures> {
        map.iter().map(|(key, figures)| (key.to_string(), *figures)).collect()
    }
    let by_key = |key: fn(&(Date, StoreId)) -> String| {
        let mut sums: BTreeMap<String, Figures> = BTreeMap::new();
        for (place, book) in books {
            sums.entry(key(place)).or_default().merge(&book.all);
        }
        sums
    };
    match by {
        By::Store => by_key(|(_, store)| store.to_string()),
        By::Day => by_key(|(day, _)| day.to_string()),
        By::Hour => {
            let hours = sum.by_hour.iter();
            hours.map(|(hour, figures)| (format!("{hour:02}"), *figures)).collect()
        }
        By::Sku => texts(&sum.by_sku),
        By::Channel => texts(&sum.by_channel),
        By::Tier => texts(&sum.by_tier),
        By::Campaign => texts(&sum.by_campaign),
    }
}

/// Who bears what a rule took off.
fn borne(sum: &DayBook, rule: &str) -> Vec<BorneView> {
    let shares = sum.discounts.iter().filter(|((source, _), _)| **source == *rule);
    let view = |((_, bearer), amount): (&(Box<str>, Box<str>), &Money)| BorneView {
        bearer: bearer.to_string(),
        amount_fen: *amount,
    };
    shares.map(view).collect()
}

/// What people call a row, and the list behind it.
fn named(app: &App, by: By, key: &str, span: &Span) -> (Option<String>, String) {
    let more = match by {
        By::Day => {
            let day = Span { from: key.parse().unwrap_or(span.from), ..span.clone() };
            return (None, list_of(&Span { to: day.from, ..day }, "&kind=goods"));
        }
        By::Store | By::Hour | By::Sku | By::Channel | By::Tier | By::Campaign => {
            format!("&kind=goods&{}={key}", text_of(by))
        }
    };
    let name = match by {
        By::Store => {
            let store = key.parse().ok().and_then(|store| app.reference.directory().store(store));
            store.map(|record| record.body.name.clone())
        }
        By::Sku => {
            let sku: Option<SkuId> = key.parse().ok();
            let book = app.reference.book();
            sku.and_then(|sku| book.catalog().get(sku)).map(|sku| sku.name.clone())
        }
        By::Campaign => {
            // The stage, and the campaign where there is one.
            let campaign = key.split_once(':').and_then(|(_, campaign)| campaign.parse().ok());
            let campaigns = app.reference.campaigns();
            let known = campaign.and_then(|campaign| campaigns.get(campaign));
            known.map(|campaign| campaign.name.clone())
        }
        By::Day | By::Hour | By::Channel | By::Tier => None,
    };
    let span = match by {
        By::Store => Span { stores: None, ..span.clone() },
        By::Day | By::Hour | By::Sku | By::Channel | By::Tier | By::Campaign => span.clone(),
    };
    (name, list_of(&span, &more))
}

/// How fast orders were accepted, packed, fetched and brought, and how many came in time, by store;
/// as JSON or a file.
#[utoipa::path(get, path = "/v1/reports/service", tag = "reports", params(Asked),
    responses((status = 200, body = ServiceReport)))]
async fn service(
    State(app): State<Arc<App>>,
    Search(asked): Search<Asked>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let span = span(&app, &caller, &asked)?;
    let Days { read_to, books } = app.books.day_books(&span).await?;
    let mut stores: BTreeMap<StoreId, DayBook> = BTreeMap::new();
    let mut days: BTreeMap<Date, DayBook> = BTreeMap::new();
    for ((day, store), book) in &books {
        stores.entry(*store).or_default().merge(book);
        days.entry(*day).or_default().merge(book);
    }
    let mut sum = DayBook::default();
    stores.values().for_each(|book| sum.merge(book));
    let directory = app.reference.directory();
    let rows = stores.iter().filter(|(_, book)| book.service.served > 0).map(|(store, book)| {
        let name = directory.store(*store).map(|record| record.body.name.clone());
        let own = Span { stores: Some(BTreeSet::from([*store])), ..span.clone() };
        ServiceRow {
            store: *store,
            name: name.unwrap_or_default(),
            service: (&book.service).into(),
            list: list_of(&own, "&kind=sold"),
        }
    });
    let rows: Vec<ServiceRow> = rows.collect();
    if let Some(form) = Form::wanted(&headers) {
        return tables::service(&rows).reply(form).await;
    }
    let days = days.iter().filter(|(_, book)| book.service.served > 0).map(|(day, book)| {
        let own = Span { from: *day, to: *day, stores: span.stores.clone() };
        ServiceDay { day: *day, service: (&book.service).into(), list: list_of(&own, "&kind=sold") }
    });
    let report = ServiceReport {
        days: days.collect(),
        read_to: read_to.into(),
        from: span.from,
        to: span.to,
        total: ServiceView::from(&sum.service),
        list: list_of(&span, "&kind=sold"),
        rows,
    };
    Ok(Json(report).into_response())
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
    #[param(value_type = Option<String>)]
    store: Option<StoreId>,
    /// `goods` says sold or returned.
    #[param(inline)]
    kind: Option<PostingKind>,
    #[param(value_type = Option<String>)]
    order: Option<OrderId>,
    /// Postings with a line of this SKU.
    #[param(value_type = Option<String>)]
    sku: Option<SkuId>,
    /// Of the store's day, 0 to 23.
    hour: Option<u8>,
    channel: Option<String>,
    tier: Option<String>,
    /// Postings with a line that this rule took something off.
    campaign: Option<String>,
    #[param(value_type = Option<String>)]
    merchant: Option<MerchantId>,
    /// Postings with a line of goods of this tax class.
    tax_class: Option<String>,
    /// Postings with a line that carries this fee.
    fee: Option<String>,
    /// With `tax_class` or `fee`: the rate of that, in thousandths.
    tax_rate: Option<u16>,
    /// The key of the last posting of the page before.
    after: Option<String>,
    /// 1 to 1,000; 100 when absent.
    limit: Option<u32>,
}

impl Wanted {
    fn has(&self, posting: &Posting) -> bool {
        let lines = posting.entry.lines();
        let kind = posting.entry.kind();
        let is_kind = |wanted: PostingKind| match wanted {
            PostingKind::Goods => kind == "sold" || kind == "returned",
            PostingKind::Sold
            | PostingKind::Returned
            | PostingKind::Received
            | PostingKind::PaidBack
            | PostingKind::Kept => kind == wanted.text(),
        };
        let tier = posting.tier.as_deref().unwrap_or(commerce::report::NO_TIER);
        let by_rule = |rule: &String| {
            let mut shares = lines.iter().flat_map(|line| &line.discounts);
            shares.any(|share| *share.source == **rule)
        };
        self.kind.is_none_or(is_kind)
            && self.order.is_none_or(|order| posting.order == order)
            && self.sku.is_none_or(|sku| lines.iter().any(|line| line.sku == sku))
            && self.hour.is_none_or(|hour| posting.occasion.hour == hour)
            && self.channel.as_deref().is_none_or(|channel| *posting.channel == *channel)
            && self.tier.as_deref().is_none_or(|wanted| wanted == tier)
            && self.campaign.as_ref().is_none_or(by_rule)
            && self.merchant.is_none_or(|merchant| posting.occasion.merchant == merchant)
            && self
                .tax_class
                .as_ref()
                .is_none_or(|class| lines.iter().any(|line| self.is_taxed(line, class)))
            && self.fee.as_ref().is_none_or(|fee| lines.iter().any(|line| self.has_fee(line, fee)))
    }
}

impl Wanted {
    fn is_taxed(&self, line: &SaleLine, class: &str) -> bool {
        *line.tax_class == *class && self.tax_rate.is_none_or(|rate| line.tax_rate == rate)
    }

    fn has_fee(&self, line: &SaleLine, kind: &str) -> bool {
        let is_meant = |fee: &FeeAmount| {
            *fee.kind == *kind && self.tax_rate.is_none_or(|rate| fee.tax_rate == rate)
        };
        line.fees.iter().any(is_meant)
    }
}

/// The postings of the days asked for, by day, store and time: the list behind every figure. With
/// `Accept: text/csv` or xlsx all of them come as a file.
#[utoipa::path(get, path = "/v1/ledger", tag = "reports", params(Wanted),
    responses((status = 200, body = LedgerPage)))]
async fn ledger(
    State(app): State<Arc<App>>,
    Search(wanted): Search<Wanted>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let asked = Asked { from: wanted.from, to: wanted.to, store: wanted.store };
    let span = span(&app, &caller, &asked)?;
    let form = Form::wanted(&headers);
    let limit = match form {
        Some(_) => MOST_EXPORTED,
        None => wanted.limit.unwrap_or(100).clamp(1, 1_000) as usize,
    };
    let read_to = app.books.read_to().into();
    let mut postings = Vec::new();
    app.books
        .each_posting(&span, wanted.after.as_deref(), &mut |posting| {
            if wanted.has(&posting) {
                postings.push(posting_view(crate::books::posting_key(&posting), &posting));
            }
            postings.len() < limit
        })
        .await?;
    let is_full = postings.len() == limit;
    if let Some(form) = form {
        if is_full {
            let message = format!("more than {MOST_EXPORTED} postings: ask for fewer days");
            return Err(Fault::new(Code::InvalidQuery, message).about("to"));
        }
        return tables::ledger(&postings).reply(form).await;
    }
    let next_after = postings.last().filter(|_| is_full).map(|last| last.key.clone());
    Ok(Json(LedgerPage { read_to, postings, next_after }).into_response())
}
