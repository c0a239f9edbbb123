//! What shoppers write and couriers picture: sealed with names and addresses, under a name that
//! follows from the order and the content, so that nothing that was recorded can be replaced.

use sha2::{Digest, Sha256};
use vocabulary::{OrderId, PersonId};

use crate::app::App;
use crate::wire::fault::{Code, Fault};

/// Seals it and writes it down. The same content of the same order has the same name.
pub(super) async fn keep(app: &App, order: OrderId, content: &[u8]) -> Result<PersonId, Fault> {
    let id = name(order, content);
    let sealed = app.vault.seal(id, content)?;
    app.journal.put_persons(vec![sealed]).await?;
    Ok(id)
}

pub(super) fn name(order: OrderId, content: &[u8]) -> PersonId {
    let hash = Sha256::new()
        .chain_update(b"paidan sealed 1")
        .chain_update(order.bits().to_be_bytes())
        .chain_update(content)
        .finalize();
    let bits = hash.iter().take(16).fold(0u128, |bits, byte| (bits << 8) | u128::from(*byte));
    PersonId::from_bits(bits)
}

/// What lies under a name; `None` once it was erased.
pub(crate) async fn read(app: &App, id: PersonId) -> Result<Option<Vec<u8>>, Fault> {
    let Some(sealed) = app.journal.person(id).await? else { return Ok(None) };
    Ok(Some(app.vault.unseal(&sealed)?))
}

/// Takes back what the order refused. Where nobody knows what became of the command, it stays.
pub(super) async fn take_back(app: &App, id: PersonId, fault: &Fault) {
    let may_have_happened = matches!(
        fault.code,
        Code::Busy | Code::Unavailable | Code::Timeout | Code::NotOwner | Code::Internal
    );
    if may_have_happened {
        return;
    }
    if let Err(error) = app.journal.erase_persons(vec![id]).await {
        tracing::warn!(%error, "what an order refused to keep is still there");
    }
}
