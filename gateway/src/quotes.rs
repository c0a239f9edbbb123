//! Quotes as signed tokens: the server keeps none, and believes only its own.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use commerce::Quote;

use crate::access::{Keys, Purpose};
use crate::wire::fault::{Code, Fault};

/// `base64url(JSON).base64url(HMAC)`.
pub fn seal(keys: &Keys, quote: &Quote) -> Result<String, Fault> {
    let json = serde_json::to_vec(quote).map_err(|error| {
        tracing::error!(%error, "a quote cannot be written");
        Fault::internal()
    })?;
    Ok(signed(keys, &json))
}

pub(crate) fn signed(keys: &Keys, json: &[u8]) -> String {
    let signature = keys.sign(Purpose::Quote, json);
    let mut token = String::with_capacity(json.len() * 4 / 3 + 48);
    URL_SAFE_NO_PAD.encode_string(json, &mut token);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    token
}

/// The quote inside a token of ours; its time may be over.
pub fn open(keys: &Keys, token: &str) -> Result<Quote, Fault> {
    let (body, signature) = token.split_once('.').ok_or_else(not_ours)?;
    let json = URL_SAFE_NO_PAD.decode(body).map_err(|_| not_ours())?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| not_ours())?;
    if !keys.is_signed(Purpose::Quote, &json, &signature) {
        return Err(not_ours());
    }
    let quote: Quote = serde_json::from_slice(&json).map_err(|_| not_ours())?;
    // Signed by an older build, perhaps, that added up differently.
    quote.verify_totals().map_err(|error| {
        tracing::warn!(%error, quote = %quote.id, "a signed quote does not add up");
        not_ours()
    })?;
    Ok(quote)
}

fn not_ours() -> Fault {
    let message = "this is not a quote of ours, or it was changed: quote again";
    Fault::new(Code::QuoteInvalid, message).about("quote")
}

#[cfg(test)]
mod tests {
    use commerce::{
        BookCommand, Campaigns, Channel, Context, Facts, PriceBook, QuoteLineRequest, QuoteRequest,
        Sku, TaxClass, price_basket,
    };
    use vocabulary::{Grams, Money, PrincipalId, Quantity, QuoteId, SkuId, Timestamp};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn quote() -> Quote {
        let sku = Sku {
            id: SkuId::from_bits(1),
            code: "MILK".into(),
            name: "牛奶".into(),
            name_en: None,
            category: "dairy".into(),
            barcode: None,
            tax_class: TaxClass::Standard,
            list_price: Money::fen(500),
            weight: Grams(500),
            temperature: Default::default(),
            keep_together: None,
            age_restricted: false,
            version: 0,
            delisted: false,
            details: Default::default(),
        };
        let mut book = PriceBook::default();
        let context = Context { now: NOW, by: PrincipalId::from_bits(1) };
        let event = book.decide(&BookCommand::PutSku(sku), &context).unwrap();
        book.apply(&event);
        let line = QuoteLineRequest {
            sku: SkuId::from_bits(1),
            quantity: Quantity::new(3).unwrap(),
            channel_price: None,
        };
        let request = QuoteRequest {
            channel: Channel::new("app").unwrap(),
            mode: Default::default(),
            store: None,
            lines: vec![line],
            coupons: Vec::new(),
            points: 0,
        };
        let facts = Facts {
            book: &book,
            campaigns: &Campaigns::default(),
            member: None,
            exhausted: &Default::default(),
        };
        price_basket(&facts, &request, QuoteId::from_bits(9), NOW).unwrap().quote
    }

    fn code(result: Result<Quote, Fault>) -> Code {
        result.unwrap_err().code
    }

    #[test]
    fn a_quote_comes_back_as_it_went_out() {
        let keys = Keys::from_secret(&[1; 32]).unwrap();
        let token = seal(&keys, &quote()).unwrap();
        assert_eq!(open(&keys, &token).unwrap(), quote());
    }

    #[test]
    fn a_changed_and_a_strange_quote_are_refused() {
        let keys = Keys::from_secret(&[1; 32]).unwrap();
        let others = Keys::from_secret(&[2; 32]).unwrap();
        let quote = quote();
        let token = seal(&keys, &quote).unwrap();
        let cheaper = Quote { payable_total: Money::fen(1), ..quote.clone() };
        let forged = seal(&others, &cheaper).unwrap();
        let (body, _) = forged.split_once('.').unwrap();
        let (_, signature) = token.split_once('.').unwrap();
        assert_eq!(code(open(&keys, &format!("{body}.{signature}"))), Code::QuoteInvalid);
        assert_eq!(code(open(&keys, &forged)), Code::QuoteInvalid);
        assert_eq!(code(open(&keys, "")), Code::QuoteInvalid);
        assert_eq!(code(open(&keys, "a.b.c")), Code::QuoteInvalid);
        let wrong_sum = seal(&keys, &cheaper).unwrap();
        assert_eq!(code(open(&keys, &wrong_sum)), Code::QuoteInvalid);
    }
}
