//! Every body that anybody may send, by its name in the document of the API: what a test or a
//! fuzzer reads without a door in front.

use super::fault::Fault;
use super::json;

/// Reads a body as its door would, and throws it away.
pub type Reads = fn(&[u8]) -> Result<(), Fault>;

macro_rules! bodies {
    ($($name:ident = $body:ty),+ $(,)?) => {
        pub const BODIES: &[(&str, Reads)] =
            &[$((stringify!($name), |bytes| json::read::<$body>(bytes).map(|_| ()))),+];
    };
}

bodies! {
    AcceptBody = super::board::AcceptBody,
    ActBody = super::relay::ActBody,
    AdjustBody = super::stock::AdjustBody,
    AdjustPointsBody = super::member::AdjustPointsBody,
    AdjustmentBody = super::settlement::AdjustmentBody,
    AdvanceBody = super::delivery::AdvanceBody,
    AnswerBody = super::approval::AnswerBody,
    ApprovalBody = super::approval::ApprovalBody,
    CampaignBody = super::campaign::CampaignBody,
    CampaignGrantBody = super::campaign::CampaignGrantBody,
    CancelBody = super::placing::CancelBody,
    CancelTransferBody = super::transfer::CancelTransferBody,
    CategoryBody = super::product::CategoryBody,
    ChangeBody = super::placing::ChangeBody,
    ChannelContract = commerce::ChannelContract,
    ClaimBody = super::member::ClaimBody,
    ClientFrame = super::socket::ClientFrame,
    CloseBody = super::settlement::CloseBody,
    ConditionBody = super::returns::ConditionBody,
    ConsentBody = super::member::ConsentBody,
    CountBody = super::stock::CountBody,
    CourierBody = super::courier::CourierBody,
    DeclineBody = super::courier::DeclineBody,
    DropBody = super::delivery::DropBody,
    EnrolBody = super::member::EnrolBody,
    FailBody = super::delivery::FailBody,
    HandOverBody = super::board::HandOverBody,
    HoldBody = super::placing::HoldBody,
    ListBody = super::stock::ListBody,
    LogInBody = super::session::LogInBody,
    LookUpBody = super::member::LookUpBody,
    MemberLogInBody = super::member::MemberLogInBody,
    MemberPolicy = commerce::member::MemberPolicy,
    MemberSearchBody = super::member::MemberSearchBody,
    MoveBody = super::delivery::MoveBody,
    NameBody = super::names::NameBody,
    NoteBody = super::returns::NoteBody,
    OnDutyBody = super::courier::OnDutyBody,
    ParcelBody = super::delivery::ParcelBody,
    PauseBody = super::store::PauseBody,
    PhoneBody = super::member::PhoneBody,
    PlaceBody = super::placing::PlaceBody,
    Policy = dispatch::Policy,
    PositionsBody = super::courier::PositionsBody,
    PriceGrant = commerce::PriceGrant,
    ProductBody = super::product::ProductBody,
    PublicationBody = super::product::PublicationBody,
    QuestionsBody = super::relay::QuestionsBody,
    QuoteBody = super::quote::QuoteBody,
    QuotePolicy = commerce::QuotePolicy,
    RatingBody = super::aftercare::RatingBody,
    ReceiveBackBody = super::returns::ReceiveBackBody,
    ReceiveBody = super::transfer::ReceiveBody,
    RejectBody = super::board::RejectBody,
    ReminderAnswerBody = super::aftercare::ReminderAnswerBody,
    ReplenishmentPolicy = commerce::replenishment::ReplenishmentPolicy,
    ResolveBody = super::delivery::ResolveBody,
    ReturnBody = super::returns::ReturnBody,
    Role = crate::access::Role,
    RushBody = super::store::RushBody,
    SafetyBody = super::stock::SafetyBody,
    SaleBody = super::stock::SaleBody,
    SandboxPayBody = super::payment::SandboxPayBody,
    SandboxWebhook = super::payment::SandboxWebhook,
    ScreenBody = super::store::ScreenBody,
    SeatBody = super::relay::SeatBody,
    SettlementPolicyBody = super::settlement::SettlementPolicyBody,
    ShipBody = super::transfer::ShipBody,
    ShortPickBody = super::board::ShortPickBody,
    SkuBody = super::catalog::SkuBody,
    SteerBody = super::delivery::SteerBody,
    StockLine = super::stock::StockLine,
    StoreBody = super::store::StoreBody,
    StorePriceBody = super::catalog::StorePriceBody,
    TaxRateBody = super::catalog::TaxRateBody,
    TicketBody = super::access::TicketBody,
    TokenBody = super::access::TokenBody,
    TransferBody = super::transfer::TransferBody,
    UserBody = super::session::UserBody,
    CourierBodyList = Vec<super::courier::CourierBody>,
    SkuBodyList = Vec<super::catalog::SkuBody>,
    StockLineList = Vec<super::stock::StockLine>,
    StoreBodyList = Vec<super::store::StoreBody>,
    TokenBodyList = Vec<super::access::TokenBody>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::OnceLock;
    use std::time::{Duration, Instant};

    use proptest::prelude::*;
    use proptest::sample::Index;
    use serde_json::Value;

    use super::*;

    /// A build for tests on a busy machine; in a release everything takes microseconds.
    const LONGEST: Duration = Duration::from_secs(2);

    /// Names of bodies with an example of each.
    fn examples() -> &'static [(String, Value)] {
        static EXAMPLES: OnceLock<Vec<(String, Value)>> = OnceLock::new();
        EXAMPLES.get_or_init(made)
    }

    fn made() -> Vec<(String, Value)> {
        let document = serde_json::to_value(crate::http::openapi()).unwrap();
        let items = document["paths"].as_object().unwrap().values();
        let operations = items.flat_map(|item| item.as_object().unwrap().values());
        let contents = operations.map(|one| &one["requestBody"]["content"]["application/json"]);
        let named = contents.filter_map(|content| {
            let schema = &content["schema"];
            let (reference, suffix) = match schema["items"]["$ref"].as_str() {
                Some(reference) => (reference, "List"),
                None => (schema["$ref"].as_str()?, ""),
            };
            let name = format!("{}{suffix}", reference.rsplit('/').next()?);
            Some((name, content["example"].clone()))
        });
        named.collect()
    }

    #[test]
    fn every_body_of_the_document_is_here() {
        let known: BTreeSet<_> = BODIES.iter().map(|(name, _)| (*name).to_owned()).collect();
        let promised: BTreeSet<_> = examples().iter().map(|(name, _)| name.clone()).collect();
        let missing: Vec<_> = promised.difference(&known).collect();
        assert!(missing.is_empty(), "add to BODIES: {missing:?}");
    }

    /// Any JSON: deep, wide, with numbers at the edges and names that our bodies know.
    fn any_json() -> impl Strategy<Value = Value> {
        let edges = prop_oneof![
            Just(Value::from(i64::MIN)),
            Just(Value::from(u64::MAX)),
            Just(Value::from(-1)),
            Just(Value::from(1e308)),
            Just(Value::from("")),
            Just(Value::from("\u{0}\u{202e}=1+1")),
            Just(Value::from("9".repeat(5_000))),
            Just(Value::from("019ab3c0-0000-7000-8000-000000000001")),
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            edges,
        ];
        let names = prop_oneof!["[a-z_]{1,12}", Just("type".into()), Just("kind".into())];
        leaf.prop_recursive(6, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(names.clone(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Puts other JSON somewhere into a body.
    fn graft(body: &mut Value, path: &[Index], other: Value) {
        let Some((first, rest)) = path.split_first() else {
            *body = other;
            return;
        };
        let inner = match body {
            Value::Object(fields) if !fields.is_empty() => {
                let at = first.index(fields.len());
                fields.values_mut().nth(at)
            }
            Value::Array(items) if !items.is_empty() => {
                let at = first.index(items.len());
                items.get_mut(at)
            }
            _ => None,
        };
        match inner {
            Some(inner) => graft(inner, rest, other),
            None => *body = other,
        }
    }

    fn is_read_in_time(name: &str, reads: Reads, bytes: &[u8]) {
        let began = Instant::now();
        if let Err(fault) = reads(bytes) {
            // Whoever sent it is told something that fits into an answer.
            assert!(!fault.message.is_empty() && fault.message.len() < 20_000, "{name}");
        }
        assert!(began.elapsed() < LONGEST, "{name} took {:?}", began.elapsed());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_body_is_too_strange_to_be_answered(json in any_json()) {
            let text = json.to_string();
            for (name, reads) in BODIES {
                is_read_in_time(name, *reads, text.as_bytes());
            }
        }

        #[test]
        fn nor_is_one_that_is_almost_right(
            grafts in prop::collection::vec((prop::collection::vec(any::<Index>(), 0..4), any_json()), 1..4),
            edits in prop::collection::vec((any::<Index>(), any::<u8>()), 0..3),
        ) {
            for (name, example) in examples() {
                let Some((_, reads)) = BODIES.iter().find(|(known, _)| known == name) else {
                    continue;
                };
                let mut body = example.clone();
                for (path, other) in &grafts {
                    graft(&mut body, path, other.clone());
                    is_read_in_time(name, *reads, body.to_string().as_bytes());
                }
                let mut bytes = body.to_string().into_bytes();
                for (place, byte) in &edits {
                    let at = place.index(bytes.len());
                    bytes[at] = *byte;
                }
                is_read_in_time(name, *reads, &bytes);
            }
        }

        #[test]
        fn nor_are_bytes_that_are_no_json(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for (name, reads) in BODIES {
                is_read_in_time(name, *reads, &bytes);
            }
        }
    }

    #[test]
    fn depth_and_length_are_bounded() {
        let deep = "[".repeat(60_000);
        let nested = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
        let long = format!("{{\"{}\":1}}", "a".repeat(60_000));
        let many = format!("[{}1]", "1,".repeat(30_000));
        for text in [deep, nested, long, many] {
            for (name, reads) in BODIES {
                is_read_in_time(name, *reads, text.as_bytes());
            }
        }
    }
}
