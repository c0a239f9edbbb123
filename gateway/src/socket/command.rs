//! Commands over a socket: the actions that HTTP has too, with the same bodies.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use vocabulary::{CourierId, OrderId, StoreId};

use crate::access::{Principal, Scope};
use crate::actions::delivery::Of;
use crate::actions::fulfillment::At;
use crate::actions::{aftercare, courier, delivery, fulfillment, store};
use crate::app::App;
use crate::call::Call;
use crate::wire::fault::{Code, Fault};
use crate::wire::json;
use crate::wire::socket::CommandBody;
use crate::wire::store::Done;

/// A command without anything beside its ids.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

macro_rules! commands {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// Every command that a socket can say.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CommandName { $($name),+ }

        impl CommandName {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// As it stands in a frame.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

commands! {
    OnDuty = "on_duty",
    Break = "break",
    OffDuty = "off_duty",
    AcceptOffer = "accept_offer",
    DeclineOffer = "decline_offer",
    Advance = "advance",
    Drop = "drop",
    Fail = "fail",
    Acknowledge = "acknowledge",
    Accept = "accept",
    Reject = "reject",
    Start = "start",
    ShortPick = "short_pick",
    Pack = "pack",
    HandOver = "hand_over",
    Hold = "hold",
    Resume = "resume",
    ReceiveBack = "receive_back",
    AnswerReminder = "answer_reminder",
    Pause = "pause",
    Rush = "rush",
    Reopen = "reopen",
    Screen = "screen",
}

impl CommandName {
    fn of(text: &str) -> Result<Self, Fault> {
        let known = Self::ALL.iter().find(|name| name.text() == text);
        known.copied().ok_or_else(|| {
            let message = format!("command.name cannot be {text:?}: see the protocol's list");
            Fault::invalid("command.name", message)
        })
    }
}

/// Carries out one command; answers when it is recorded.
pub(crate) async fn carry_out(app: &App, call: &Call, command: CommandBody) -> Result<Done, Fault> {
    let CommandBody { name, rest } = command;
    let mut said = Said { rest, who: &call.caller.principal };
    match CommandName::of(&name)? {
        // A courier's.
        CommandName::OnDuty => courier::on_duty(app, call, said.courier()?, said.body()?).await,
        CommandName::Break => {
            let (courier, Nothing {}) = (said.courier()?, said.body()?);
            courier::take_break(app, call, courier).await
        }
        CommandName::OffDuty => {
            let (courier, Nothing {}) = (said.courier()?, said.body()?);
            courier::off_duty(app, call, courier).await
        }
        CommandName::AcceptOffer => {
            let (courier, offer, Nothing {}) =
                (said.courier()?, said.named("offer")?, said.body()?);
            courier::accept_offer(app, call, courier, offer).await
        }
        CommandName::DeclineOffer => {
            let (courier, offer) = (said.courier()?, said.named("offer")?);
            courier::decline_offer(app, call, courier, offer, said.body()?).await
        }
        CommandName::Advance => delivery::advance(app, call, said.of()?, said.body()?).await,
        CommandName::Drop => delivery::drop_it(app, call, said.of()?, said.body()?).await,
        CommandName::Fail => delivery::fail(app, call, said.of()?, said.body()?).await,
        // A store's.
        CommandName::Acknowledge => {
            let (at, Nothing {}) = (said.at()?, said.body()?);
            fulfillment::acknowledge(app, call, at).await
        }
        CommandName::Accept => fulfillment::accept(app, call, said.at()?, said.body()?).await,
        CommandName::Reject => fulfillment::reject(app, call, said.at()?, said.body()?).await,
        CommandName::Start => {
            let (at, Nothing {}) = (said.at()?, said.body()?);
            fulfillment::start(app, call, at).await
        }
        CommandName::ShortPick => {
            fulfillment::short_pick(app, call, said.at()?, said.body()?).await
        }
        CommandName::Pack => {
            let (at, Nothing {}) = (said.at()?, said.body()?);
            fulfillment::pack(app, call, at).await
        }
        CommandName::HandOver => fulfillment::hand_over(app, call, said.at()?, said.body()?).await,
        CommandName::Hold => {
            let (at, Nothing {}) = (said.at()?, said.body()?);
            fulfillment::hold(app, call, at).await
        }
        CommandName::Resume => {
            let (at, Nothing {}) = (said.at()?, said.body()?);
            fulfillment::resume(app, call, at).await
        }
        CommandName::ReceiveBack => {
            delivery::receive_back(app, call, said.of()?, said.body()?).await
        }
        CommandName::AnswerReminder => {
            let order = said.order_of_a_store()?;
            aftercare::answer_reminder(app, call, order, said.body()?).await
        }
        CommandName::Pause => store::pause(app, call, said.store()?, said.body()?).await,
        CommandName::Rush => store::rush(app, call, said.store()?, said.body()?).await,
        CommandName::Reopen => {
            let (store, Nothing {}) = (said.store()?, said.body()?);
            store::reopen(app, call, store).await
        }
        CommandName::Screen => store::screen(app, call, said.store()?, said.body()?).await,
    }
}

/// What a command says beside its name: first its ids are taken out, what is left is its body.
struct Said<'a> {
    rest: Map<String, Value>,
    who: &'a Principal,
}

impl Said<'_> {
    /// The courier of this socket; nobody commands another's hands.
    fn courier(&self) -> Result<CourierId, Fault> {
        self.who.courier().ok_or_else(|| {
            let message = "only a courier's own socket says this: use HTTP for another courier";
            Fault::new(Code::Forbidden, message)
        })
    }

    /// The named store, or the only one of this socket.
    fn store(&mut self) -> Result<StoreId, Fault> {
        match (&self.who.scope, self.rest.contains_key("store")) {
            (Scope::Stores(stores), false) if stores.len() == 1 => {
                stores.first().copied().ok_or_else(|| missing("store"))
            }
            (_, _) => self.named("store"),
        }
    }

    /// The order; which store says it does not matter, and is left out.
    fn order_of_a_store(&mut self) -> Result<OrderId, Fault> {
        self.rest.remove("store");
        self.named("order")
    }

    fn at(&mut self) -> Result<At, Fault> {
        Ok(At { store: self.store()?, fulfillment_order: self.named("fulfillment_order")? })
    }

    fn of(&mut self) -> Result<Of, Fault> {
        Ok(Of { order: self.named("order")?, delivery: self.named("delivery")? })
    }

    /// Takes one field out.
    fn named<T: DeserializeOwned>(&mut self, field: &'static str) -> Result<T, Fault> {
        let value = self.rest.remove(field).ok_or_else(|| missing(field))?;
        serde_json::from_value(value)
            .map_err(|error| Fault::invalid(field, format!("{field}: {error}")))
    }

    /// Everything that is left, as the body of the same address over HTTP.
    fn body<B: DeserializeOwned>(&mut self) -> Result<B, Fault> {
        let rest = Value::Object(std::mem::take(&mut self.rest));
        json::read(rest.to_string().as_bytes())
    }
}

fn missing(field: &'static str) -> Fault {
    Fault::new(Code::MissingField, format!("missing field `{field}`: add it")).about(field)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use vocabulary::{FulfillmentOrderId, PrincipalId};

    use super::*;
    use crate::access::PrincipalKind;
    use crate::wire::board::RejectBody;

    fn who(scope: Scope) -> Principal {
        Principal {
            id: PrincipalId::from_bits(1),
            kind: PrincipalKind::Staff,
            role: "picker".into(),
            name: "till".into(),
            scope,
        }
    }

    fn said(who: &Principal, rest: Value) -> Said<'_> {
        let Value::Object(rest) = rest else { panic!() };
        Said { rest, who }
    }

    #[test]
    fn a_screen_of_one_store_need_not_name_it() {
        let store = StoreId::from_bits(7);
        let one = who(Scope::Stores([store].into()));
        let id = FulfillmentOrderId::from_bits(9);
        let at = said(&one, json!({"fulfillment_order": id})).at().unwrap();
        assert_eq!(at, At { store, fulfillment_order: id });
        let other = StoreId::from_bits(8);
        assert_eq!(said(&one, json!({"store": other})).store().unwrap(), other);
        let fault = said(&who(Scope::All), json!({})).store().unwrap_err();
        assert_eq!((fault.code, fault.field.as_deref()), (Code::MissingField, Some("store")));
    }

    #[test]
    fn what_is_left_is_the_body_and_strangers_are_refused() {
        let hq = who(Scope::All);
        let mut reject = said(&hq, json!({"store": StoreId::from_bits(1), "reason": "closing"}));
        reject.store().unwrap();
        assert!(reject.body::<RejectBody>().unwrap().lines.is_empty());
        let mut pack = said(&hq, json!({"store": StoreId::from_bits(1), "loud": true}));
        pack.store().unwrap();
        let fault = pack.body::<Nothing>().unwrap_err();
        assert_eq!((fault.code, fault.field.as_deref()), (Code::UnknownField, Some("loud")));
        assert_eq!(said(&hq, json!({})).courier().unwrap_err().code, Code::Forbidden);
        let fault = said(&hq, json!({"order": 7})).of().unwrap_err();
        assert_eq!((fault.code, fault.field.as_deref()), (Code::InvalidValue, Some("order")));
    }
}
